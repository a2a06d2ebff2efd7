"""Units as triples, and back: what the named graph of a register holds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from govkg.registers.mapping import Source
from govkg.registers.unit import Government, Moment, Period, Unit
from govkg.vocabulary import (
    AGENT,
    DCAT,
    DCTERMS,
    GC,
    GEO,
    GOV,
    ORG,
    PLACE,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    XSD,
)  # fmt: skip

_TYPE: Final = NamedNode(RDF + "type")
_LABEL: Final = NamedNode(RDFS + "label")
_OTHER: Final = NamedNode(SKOS + "altLabel")
_NOTATION: Final = NamedNode(SKOS + "notation")
_MATCH: Final = NamedNode(SKOS + "exactMatch")
_CODE: Final = NamedNode(GOV + "registerCode")
_REGISTER: Final = NamedNode(GOV + "inRegister")
_BECAME: Final = NamedNode(DCTERMS + "isReplacedBy")
_IN: Final = NamedNode(GOV + "isSubJurisdictionOf")
_LEVEL: Final = NamedNode(GOV + "hasGovernmentLevel")
_COUNTRY: Final = NamedNode(GOV + "countryCode")
_START: Final = NamedNode(GOV + "startDate")
_END: Final = NamedNode(GOV + "endDate")
_JURISDICTION: Final = NamedNode(GOV + "Jurisdiction")
_GOVERNS: Final = NamedNode(GOV + "governs")
_WITHIN: Final = NamedNode(ORG + "subOrganizationOf")
_LATITUDE: Final = NamedNode(GEO + "lat")
_LONGITUDE: Final = NamedNode(GEO + "long")


def unit_iri(key: str) -> NamedNode:
    """Return the IRI of a unit."""
    return NamedNode(PLACE + key)


def code_type(graph: NamedNode, system: str) -> NamedNode:
    """Return the datatype of a register's codes of one system."""
    return NamedNode(f"{graph.value}/code/{system}")


def describe_register(graph: NamedNode, source: Source, version: str) -> list[Triple]:
    """Return what the graph says of the register itself."""
    said: list[tuple[str, NamedNode | Literal]] = [
        (RDF + "type", NamedNode(DCAT + "Dataset")),
        (RDF + "type", NamedNode(GOV + "Register")),
        (DCTERMS + "identifier", Literal(source.id)),
        *((DCTERMS + "title", Literal(text, language=tag)) for tag, text in source.title.items()),
        *((RDFS + "label", Literal(text, language=tag)) for tag, text in source.title.items()),
        (GOV + "countryCode", Literal(source.country)),
        (DCTERMS + "publisher", Literal(source.publisher)),
        (DCTERMS + "source", NamedNode(source.homepage)),
        (DCTERMS + "license", NamedNode(source.licence)),
        (SCHEMA + "version", Literal(version)),
    ]
    return [Triple(graph, NamedNode(predicate), value) for predicate, value in said]


def describe_unit(graph: NamedNode, source: Source, unit: Unit) -> Iterator[Triple]:
    """Yield what the graph says of a unit."""
    this = unit_iri(unit.key)
    register = NamedNode(GC + source.concept) if source.concept else graph
    yield Triple(this, _REGISTER, register)
    for predicate, value in _said(graph, unit):
        yield Triple(this, predicate, value)


def _said(graph: NamedNode, unit: Unit) -> Iterator[tuple[NamedNode, NamedNode | Literal]]:
    """Yield the properties of a unit and their values."""
    yield _TYPE, _JURISDICTION
    yield _CODE, Literal(unit.code)
    yield _COUNTRY, Literal(unit.country)
    yield from ((_LABEL, _text(*name)) for name in unit.names)
    yield from ((_OTHER, _text(*name)) for name in unit.other_names)
    yield from ((_LEVEL, NamedNode(GC + level)) for level in (unit.level,) if level)
    yield from ((_START, _date(moment)) for moment in (unit.period.start,) if moment)
    yield from ((_END, _date(moment)) for moment in (unit.period.end,) if moment)
    yield from ((_IN, unit_iri(key)) for key in unit.parents)
    yield from ((_BECAME, unit_iri(key)) for key in unit.successors)
    yield from ((_NOTATION, _typed(code, code_type(graph, name))) for name, code in unit.codes)
    yield from ((_MATCH, NamedNode(match)) for match in unit.matches)
    if unit.point:
        pair = (_typed(each, NamedNode(XSD + "decimal")) for each in unit.point)
        yield from zip((_LATITUDE, _LONGITUDE), pair, strict=True)


def describe_government(graph: NamedNode, this: Government) -> Iterator[Triple]:
    """Yield what the graph says of a government."""
    period = this.period
    said: list[tuple[NamedNode, NamedNode | Literal]] = [
        (_TYPE, NamedNode(GOV + this.kind)),
        (_LABEL, _text(*this.name)),
        *((_OTHER, _text(*name)) for name in this.other_names),
        *((_GOVERNS, unit_iri(key)) for key in (this.governs,) if key),
        *((_WITHIN, NamedNode(AGENT + key)) for key in (this.within,) if key),
        *((_START, _date(moment)) for moment in (period.start,) if moment),
        *((_END, _date(moment)) for moment in (period.end,) if moment),
        *((_NOTATION, _typed(code, code_type(graph, name))) for name, code in this.codes),
        *((_MATCH, NamedNode(match)) for match in this.matches),
    ]
    yield from (Triple(NamedNode(AGENT + this.key), predicate, value) for predicate, value in said)


def _date(moment: Moment) -> Literal:
    return _typed(moment.text, NamedNode(XSD + moment.datatype))


def _typed(text: str, datatype: NamedNode) -> Literal:
    return Literal(text, datatype=datatype)


def _text(value: str, language: str) -> Literal:
    return Literal(value) if language == "und" else Literal(value, language=language)


def units_in(triples: Iterable[Triple]) -> list[Unit]:
    """Return the units that triples of one or more registers describe, by key."""
    said: defaultdict[NamedNode, defaultdict[NamedNode, list[NamedNode | Literal]]]
    said = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        subject, value = triple.subject, triple.object
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode | Literal):
            said[subject][triple.predicate].append(value)
    places = (iri for iri, about in said.items() if _JURISDICTION in about[_TYPE])
    return [_unit(iri, said[iri]) for iri in sorted(places, key=str)]


def _unit(iri: NamedNode, about: dict[NamedNode, list[NamedNode | Literal]]) -> Unit:
    """Return the unit that was described by these values."""

    def texts(predicate: NamedNode) -> tuple[tuple[str, str], ...]:
        found = [v for v in about.get(predicate, ()) if isinstance(v, Literal)]
        return tuple(sorted((v.value, v.language or "und") for v in found))

    def first(predicate: NamedNode) -> str:
        return next((value.value for value in about.get(predicate, ())), "")

    def keys(predicate: NamedNode) -> tuple[str, ...]:
        return tuple(sorted(v.value.removeprefix(PLACE) for v in about.get(predicate, ())))

    codes = [v for v in about.get(_NOTATION, ()) if isinstance(v, Literal)]
    return Unit(
        key=iri.value.removeprefix(PLACE),
        code=first(_CODE),
        names=texts(_LABEL),
        country=first(_COUNTRY),
        level=first(_LEVEL).removeprefix(GC),
        period=Period(_moment(first(_START)), _moment(first(_END))),
        parents=keys(_IN),
        successors=keys(_BECAME),
        other_names=texts(_OTHER),
        codes=tuple(sorted((v.datatype.value.rpartition("/")[2], v.value) for v in codes)),
        matches=tuple(sorted(value.value for value in about.get(_MATCH, ()))),
        point=(first(_LATITUDE), first(_LONGITUDE)) if first(_LATITUDE) else None,
    )


def _moment(text: str) -> Moment | None:
    return Moment(text) if text else None
