"""``/cases/compare``: up to four cases side by side."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response

from govkg.api import bodies
from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation, parameter
from govkg.api.faceting import as_table
from govkg.api.looking import Held
from govkg.api.negotiation import CSV, HTML, JSON, XLSX
from govkg.cases.comparing import shared
from govkg.cases.facets import values_of
from govkg.cases.kg import Case
from govkg.errors import Language, NotFoundError
from govkg.publishing.cases import columns
from govkg.rdf import Node
from govkg.vocabulary import GOV

router = APIRouter(tags=["cases"])
_MOST: Final = 4
_DERIVED: Final = ("suggestsCondition", "adoptsRemedy", "hasIndicatedRemedy")
"""What follows from the reports and measures of a case."""
_CASES: Final = parameter(
    "case", "The id of a case; two to four of them.", ["naga-city", "la-paz-anticorruption"],
    "array",
)  # fmt: skip


@dataclass(frozen=True)
class Aspect:
    """One thing about cases, with what each of them says."""

    key: str
    title: dict[Language, str]
    values: tuple[tuple[Node, ...], ...]
    inferred: bool

    @property
    def shared(self) -> frozenset[Node]:
        """Return the values that more than one case has."""
        return shared(self.values)


@router.get(
    "/cases/compare",
    **operation(
        "compareCases",
        "Return some cases side by side",
        answers={JSON: {"cases": [], "aspects": []}, CSV: "…", XLSX: "…", HTML: "…"},
        fails=(NotFoundError,),
        parameters=(_CASES,),
    ),
)
def compare_cases(
    request: Request, known: KnowledgeDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return what up to four cases say of the same aspects, and which values they share.

    It is what each record says, as its sources claim; CSV and XLSX have the columns of /cases.csv.
    """
    media = wanted.choose((JSON, CSV, XLSX, HTML))
    pairs = bodies.address_pairs(request)
    ids = list(dict.fromkeys(value for name, value in pairs if name == "case" and value))
    cases = [_case(known, each) for each in ids[:_MOST]]
    if media in (CSV, XLSX):
        return as_table(cases, known, media)
    aspects = _aspects(cases, known)
    if media == JSON:
        listed = [{"id": case.id, "title": case.titles} for case in cases]
        return JSONResponse({"cases": listed, "aspects": [_told(each) for each in aspects]})
    return page.render("compare.html", cases=cases, aspects=aspects, left_out=len(ids) > _MOST)


def _case(known: Held, case_id: str) -> Case:
    found = next((case for case in known.cases if case.id == case_id), None)
    if found is None:
        raise NotFoundError(what="case", name=case_id, hint="All cases are listed under /cases.")
    return found


def _aspects(cases: list[Case], known: Held) -> list[Aspect]:
    """Return the aspects of which at least one case says something."""
    told: list[tuple[str, dict[Language, str], tuple[str, ...], bool]] = [
        (column.name, {"en": column.title["en"], "zh": column.title["zh"]}, column.path, False)
        for column in columns()
    ]
    for name in _DERIVED:
        texts = known.kg.ontology.term(NamedNode(GOV + name))
        labels = texts.labels if texts else {}
        told.append((name, {"en": labels.get("en", name), "zh": labels.get("zh", name)},
                     (name,), True))  # fmt: skip
    found = (
        Aspect(key, title, tuple(values_of(known.kg, each.iri, path) for each in cases), derived)
        for key, title, path, derived in told
    )
    return [each for each in found if any(each.values)]


def _told(aspect: Aspect) -> dict[str, Any]:
    return {
        "aspect": aspect.key,
        "title": aspect.title,
        "inferred": aspect.inferred,
        "values": [[_text(node) for node in nodes] for nodes in aspect.values],
        "shared": sorted(_text(node) for node in aspect.shared),
    }


def _text(node: Node) -> str:
    return str(getattr(node, "value", node))
