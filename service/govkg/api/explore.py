"""``/explore``: crises and problems by remedies, with the cases that show both, and why."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.faceting import catalogue
from govkg.api.negotiation import CSV, HTML, JSON, XLSX
from govkg.cases.remedies import Matrix, matrix
from govkg.forms.plain_tables import comma_separated, workbook
from govkg.vocabulary import GC

router = APIRouter(tags=["cases"])
_HEADER = ("condition", "remedy", "cases", "statements")
_PAIR = {
    "condition": "management-crisis",
    "remedy": "process-reengineering",
    "cases": 2,
    "statements": [],
}


@router.get(
    "/explore",
    **operation(
        "explore",
        "Tell which remedies answer which crises and problems, and in how many cases",
        answers={JSON: {"pairs": [_PAIR]}, CSV: "…", XLSX: "…", HTML: "…"},
    ),
)
def explore(known: KnowledgeDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return each crisis or problem with each remedy that a statement or a case brings together.

    The number is of cases that show both, by what follows from them; it is no measure of success.
    """
    media = wanted.choose((JSON, CSV, XLSX, HTML))
    found = matrix(known.kg, catalogue(known).entries)
    if media == HTML:
        return page.render("explore.html", matrix=found, code=lambda n: n.value.removeprefix(GC))
    pairs = _pairs(found)
    if media == JSON:
        return JSONResponse({"pairs": pairs})
    rows = [[" | ".join(v) if isinstance(v, list) else str(v) for v in p.values()] for p in pairs]
    write = workbook("pairs", _HEADER, rows) if media == XLSX else comma_separated(_HEADER, rows)
    return Response(write, media_type=media)


def _pairs(found: Matrix) -> list[dict[str, Any]]:
    return [
        {
            "condition": condition.value.removeprefix(GC),
            "remedy": remedy.value.removeprefix(GC),
            "cases": cell.cases,
            "statements": [str(triple) for triple in cell.answers],
        }
        for (condition, remedy), cell in found.cells.items()
    ]
