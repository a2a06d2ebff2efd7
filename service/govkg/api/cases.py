"""``/cases``: all cases."""

from typing import Any

from fastapi import APIRouter
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import HTML, JSON
from govkg.cases.kg import Case
from govkg.rdf import Node
from govkg.vocabulary import GOV

router = APIRouter(tags=["cases"])
COLUMNS = {
    "place": "hasLeadJurisdiction",
    "start": "startDate",
    "status": "hasCaseStatus",
    "remedies": "adoptsRemedy",
}
"""What the list shows of each case, by the name of the column."""

_EXAMPLE = {"cases": [{"id": "porto-alegre-pb", "title": {"en": "Participatory budgeting"}}]}


@router.get(
    "/cases", **operation("listCases", "List all cases", answers={JSON: _EXAMPLE, HTML: "…"})
)
def list_cases(known: KnowledgeDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return every case with its title, place, start, status and the remedies it adopted."""
    found = [(case, _columns(case, known)) for case in known.cases]
    if wanted.choose((JSON, HTML)) == JSON:
        return JSONResponse({"cases": [_told(case, columns) for case, columns in found]})
    return page.render("cases.html", cases=found)


def _columns(case: Case, known: Knowledge) -> dict[str, list[Node]]:
    return {
        column: known.facts.values(case.iri, NamedNode(GOV + name))
        for column, name in COLUMNS.items()
    }


def _told(case: Case, columns: dict[str, list[Node]]) -> dict[str, Any]:
    values = {
        column: [getattr(v, "value", str(v)) for v in nodes] for column, nodes in columns.items()
    }
    return {"id": case.id, "iri": case.iri.value, "title": case.titles} | values
