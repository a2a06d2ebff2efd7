"""The data in forms of others: Popolo, CPOV with ORG, GeoJSON, GraphML.

Each holds what has a place in its form, and nothing is made up to fill the rest. Only asserted
data is used, but for the order of steps in GraphML, which ``cases.diffusing`` reads from events.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from xml.etree import ElementTree

from pyoxigraph import Literal, NamedNode, Triple

from govkg.cases.diffusing import Way, ways
from govkg.cases.kg import KG
from govkg.ontology import TYPE
from govkg.rdf import Node, format_named, write
from govkg.vocabulary import (
    DCTERMS,
    GC,
    GEO,
    GOV,
    M8G,
    ORG,
    PREFIXES,
    SKOS,
    XSD,
)  # fmt: skip

_NAME: Final = NamedNode(SKOS + "prefLabel")
_WKT: Final = "http://www.opengis.net/ont/geosparql#asWKT"
_POINT: Final = re.compile(r"\s*POINT\s*\(\s*([-+.\dE]+)\s+([-+.\dE]+)\s*\)\s*", re.IGNORECASE)
_GRAPHML: Final = "http://graphml.graphdrawing.org/xmlns"
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_KEYS: Final = {
    "label": "node", "label_zh": "node", "case": "edge", "event": "edge", "date": "edge",
}  # fmt: skip


def popolo(kg: KG) -> bytes:
    """Return places as areas and governments as organisations (https://www.popoloproject.com/)."""
    look = _Look(kg)
    areas = [_area(place, look) for place in look.instances("Jurisdiction")]
    organizations = [_organization(each, look) for each in look.instances("Organization")]
    return _json({"areas": areas, "organizations": organizations})


def geojson(kg: KG) -> bytes:
    """Return the places that have coordinates, longitude first (RFC 7946)."""
    look = _Look(kg)
    features = [
        {
            "type": "Feature",
            "id": place.value,
            "geometry": {"type": "Point", "coordinates": point},
            "properties": _properties(place, look),
        }
        for place in look.instances("Jurisdiction")
        if (point := look.point(place))
    ]
    return _json({"type": "FeatureCollection", "features": features})


def graphml(kg: KG) -> bytes:
    """Return who adopted from whom as a network (http://graphml.graphdrawing.org/)."""
    look = _Look(kg)
    found = [step for case in kg.cases() for way in ways(kg, case) for step in _steps(way)]
    steps = sorted(dict.fromkeys(found), key=str)
    root = ElementTree.Element("graphml", xmlns=_GRAPHML)
    for name, of in _KEYS.items():
        attributes = {"id": name, "for": of, "attr.name": name, "attr.type": "string"}
        ElementTree.SubElement(root, "key", attributes)
    graph = ElementTree.SubElement(root, "graph", id="diffusion", edgedefault="directed")
    for stop in sorted({end for step in steps for end in step[:2]}, key=str):
        node = ElementTree.SubElement(graph, "node", id=stop.value)
        _data(node, label=look.label(stop), label_zh=look.labels(stop).get("zh", ""))
    for number, (origin, target, case, event) in enumerate(steps):
        ends = {"id": f"e{number}", "source": origin.value, "target": target.value}
        edge = ElementTree.SubElement(graph, "edge", ends)
        date = look.text(event, GOV + "startDate") if event else ""
        _data(edge, case=case.value, event=event.value if event else "", date=date)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def cpov(kg: KG) -> bytes:
    """Return the governments as public organisations in CPOV and the W3C Organization Ontology.

    Cases are no public services, so of CPSV-AP only this part, which it shares with CPOV, meets.
    """
    look = _Look(kg)
    triples = [t for each in look.instances("Government") for t in _public(each, look)]
    return write(triples, format_named("turtle"))


Maker = Callable[[KG], bytes]
FORMS: Final[Mapping[str, tuple[str, str, Maker]]] = {
    "popolo": ("popolo.json", "application/json", popolo),
    "geojson": ("places.geojson", "application/geo+json", geojson),
    "graphml": ("diffusion.graphml", "application/graphml+xml", graphml),
    "cpov": ("public-organisations.ttl", "text/turtle", cpov),
}
"""Each form with the name of its file, its media type, and what makes it."""


def _properties(place: NamedNode, look: "_Look") -> dict[str, Any]:
    """Return what a feature says of a place."""
    return {"name": look.label(place), "names": look.labels(place)} | _given(
        other_names=_others(place, look),
        code=look.text(place, GOV + "registerCode"),
        identifiers=_identifiers(place, look),
        country=look.text(place, GOV + "countryCode"),
        level=look.code(place, GOV + "hasGovernmentLevel"),
        parent=look.one(place, GOV + "isSubJurisdictionOf"),
        start=look.text(place, GOV + "startDate"),
        end=look.text(place, GOV + "endDate"),
    )


def _area(place: NamedNode, look: "_Look") -> dict[str, Any]:
    """Return a place; Popolo has no country, codes or dates of areas, so these are additions."""
    point = look.point(place)
    return _named(place, look) | _given(
        classification=look.code(place, GOV + "hasGovernmentLevel"),
        parent_id=look.one(place, GOV + "isSubJurisdictionOf"),
        identifier=look.text(place, GOV + "registerCode"),
        identifiers=_identifiers(place, look),
        geometry={"type": "Point", "coordinates": point} if point else None,
        country_code=look.text(place, GOV + "countryCode"),
        start_date=look.text(place, GOV + "startDate"),
        end_date=look.text(place, GOV + "endDate"),
    )


def _organization(this: NamedNode, look: "_Look") -> dict[str, Any]:
    kinds = [each.value.removeprefix(GOV) for each in look.iris(this, TYPE.value)]
    return _named(this, look) | _given(
        classification=next((each for each in kinds if ":" not in each), ""),
        area_id=look.one(this, GOV + "governs"),
        parent_id=look.one(this, ORG + "subOrganizationOf"),
        identifiers=_identifiers(this, look),
        founding_date=look.text(this, GOV + "startDate"),
        dissolution_date=look.text(this, GOV + "endDate"),
    )


def _identifiers(this: NamedNode, look: "_Look") -> list[dict[str, str]]:
    """Return the codes of a thing, each with the name of its system as far as that is known."""
    registers = [iri.value.rpartition("/")[2] for iri in look.iris(this, GOV + "inRegister")]
    scheme = registers[0] if len(registers) == 1 else ""
    codes = [_given(scheme=scheme, identifier=c) for c in look.texts(this, GOV + "registerCode")]
    return codes + [
        {"scheme": code.datatype.value.rpartition("/")[2], "identifier": code.value}
        for code in look.literals(this, SKOS + "notation")
        if code.datatype.value != XSD + "string"
    ]


def _named(this: NamedNode, look: "_Look") -> dict[str, Any]:
    name = look.label(this)
    others = [
        _given(name=text, lang=tag) for tag, text in look.labels(this).items() if text != name
    ]
    return {"id": this.value, "name": name} | _given(other_names=others + _others(this, look))


def _others(this: NamedNode, look: "_Look") -> list[dict[str, str]]:
    names = look.literals(this, SKOS + "altLabel")
    return [_given(name=each.value, lang=each.language or "") for each in names]


def _public(this: NamedNode, look: "_Look") -> Iterator[Triple]:
    """Yield what CPOV says of a government; its class in govkg is its classification."""
    kinds = (M8G + "PublicOrganisation", ORG + "FormalOrganization")
    yield from (Triple(this, TYPE, NamedNode(kind)) for kind in kinds)
    for tag, text in look.labels(this).items():
        yield Triple(this, _NAME, Literal(text, language=tag) if tag else Literal(text))
    for name in look.literals(this, SKOS + "altLabel"):
        yield Triple(this, NamedNode(SKOS + "altLabel"), name)
    for above in look.iris(this, ORG + "subOrganizationOf"):
        yield Triple(this, NamedNode(ORG + "subOrganizationOf"), above)
    for kind in look.kinds(this, "Organization"):
        yield Triple(this, NamedNode(ORG + "classification"), kind)
        yield Triple(kind, TYPE, NamedNode(SKOS + "Concept"))
        yield from (Triple(kind, _NAME, each) for each in look.literals(kind, SKOS + "prefLabel"))
    for place in look.iris(this, GOV + "governs"):
        yield Triple(this, NamedNode(DCTERMS + "spatial"), place)
        yield Triple(place, TYPE, NamedNode(DCTERMS + "Location"))


def _steps(way: Way) -> Iterator[tuple[NamedNode, NamedNode, NamedNode, NamedNode | None]]:
    """Yield origin, target, case and event of each step of a way."""
    for origin, target, event in zip(way.stops, way.stops[1:], way.events, strict=False):
        yield origin, target, way.case.iri, event


def _data(element: ElementTree.Element, **values: str) -> None:
    for key, value in values.items():
        if value:
            ElementTree.SubElement(element, "data", key=key).text = _NOT_XML.sub("", value)


def _given(**values: Any) -> dict[str, Any]:
    """Return the values that there are."""
    return {key: value for key, value in values.items() if value}


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class _Look:
    """Asserted things, looked up in a fixed order."""

    def __init__(self, kg: KG) -> None:
        self._kg = kg
        self._made = (kg.graphs.inferred, kg.graphs.description)

    def instances(self, kind: str) -> list[NamedNode]:
        """Return the places and actors of a class or its subclasses, sorted."""
        found = (
            quad.subject
            for each in self._kg.ontology.subclasses(NamedNode(GOV + kind))
            for quad in self._kg.quads.matching(None, TYPE, each)
            if quad.graph_name not in self._made
        )
        spaces = (PREFIXES["place"], PREFIXES["agent"])
        named = {n for n in found if isinstance(n, NamedNode) and n.value.startswith(spaces)}
        return sorted(named, key=str)

    def kinds(self, this: NamedNode, kind: str) -> list[NamedNode]:
        """Return the classes of a thing that are a class or its subclasses."""
        known = self._kg.ontology.subclasses(NamedNode(GOV + kind))
        return [each for each in self.iris(this, TYPE.value) if each in known]

    def _values(self, this: NamedNode, property: str) -> list[Node]:
        found = self._kg.quads.matching(this, NamedNode(property))
        return sorted({q.object for q in found if q.graph_name not in self._made}, key=str)

    def iris(self, this: NamedNode, property: str) -> list[NamedNode]:
        """Return the values that are IRIs."""
        return [each for each in self._values(this, property) if isinstance(each, NamedNode)]

    def one(self, this: NamedNode, property: str) -> str:
        """Return the first IRI, or nothing."""
        return next((each.value for each in self.iris(this, property)), "")

    def code(self, this: NamedNode, property: str) -> str:
        """Return the end of the IRI of a concept, or nothing."""
        return self.one(this, property).removeprefix(GC)

    def texts(self, this: NamedNode, property: str) -> list[str]:
        """Return the texts of the values that are literals."""
        return [each.value for each in self.literals(this, property)]

    def literals(self, this: NamedNode, property: str) -> list[Literal]:
        """Return the values that are literals."""
        return [each for each in self._values(this, property) if isinstance(each, Literal)]

    def text(self, this: NamedNode, property: str) -> str:
        """Return the first literal, or nothing."""
        return next(iter(self.texts(this, property)), "")

    def labels(self, this: NamedNode) -> dict[str, str]:
        """Return the labels by language."""
        return dict(sorted(self._kg.name.all(this).items()))

    def label(self, this: NamedNode) -> str:
        """Return a label, in English if there is one."""
        return self._kg.name(this)

    def point(self, place: NamedNode) -> list[float]:
        """Return longitude and latitude, or nothing, also where they lie on no globe."""
        pair = [self.text(place, GEO + "long"), self.text(place, GEO + "lat")]
        known = _POINT.fullmatch(self.text(place, _WKT))
        try:
            east, north = (float(each) for each in (known.groups() if known else pair))
        except ValueError:
            return []
        return [east, north] if abs(east) <= 180 and abs(north) <= 90 else []
