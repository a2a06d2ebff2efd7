"""Where the cases of a document happen, as far as it helps to find the places in registers."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from govkg.rdf import Node
from govkg.vocabulary import GOV, RDFS

_WHERE: Final = (NamedNode(GOV + "hasLeadJurisdiction"), NamedNode(GOV + "hasJurisdiction"))
_START: Final = NamedNode(GOV + "startDate")
_COUNTRY: Final = NamedNode(GOV + "countryCode")
_CODE: Final = NamedNode(GOV + "registerCode")
_LABEL: Final = NamedNode(RDFS + "label")


def jurisdictions(triples: Iterable[Triple]) -> list[dict[str, Any]]:
    """Return each place that a case names, with its names and codes and when the case began."""
    said: defaultdict[Node, defaultdict[NamedNode, list[Node]]]
    said = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        said[triple.subject][triple.predicate].append(triple.object)
    found = []
    for case, about in list(said.items()):
        places = dict.fromkeys(place for name in _WHERE for place in about.get(name, ()))
        for place in places:
            if isinstance(case, NamedNode) and isinstance(place, NamedNode):
                dates = _texts(about.get(_START, []))
                found.append(_told(case, place, said.get(place, {}), dates))
    return sorted(found, key=lambda each: (each["case"], each["place"]))


def _told(
    case: NamedNode, place: NamedNode, about: dict[NamedNode, list[Node]], dates: list[str]
) -> dict[str, Any]:
    return {
        "case": case.value,
        "place": place.value,
        "names": _texts(about.get(_LABEL, [])),
        "codes": _texts(about.get(_CODE, [])),
        "country": next(iter(_texts(about.get(_COUNTRY, []))), ""),
        "date": min(dates, default=""),
    }


def _texts(values: list[Node]) -> list[str]:
    return [value.value for value in values if isinstance(value, Literal)]
