"""``/search``: find terms and cases by words, English or Chinese."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML, JSON

router = APIRouter(tags=["vocabulary"])
_EXAMPLE = {"query": "权威", "hits": [{"iri": "https://w3id.org/govkg/concept/authority-crisis"}]}


@router.get(
    "/search", **operation("search", "Find terms and cases", answers={JSON: _EXAMPLE, HTML: "…"})
)
def search(
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
    q: Annotated[
        str, Query(max_length=200, description="The words to find.", examples=["权威"])
    ] = "",
    limit: Annotated[int, Query(ge=1, le=200, description="The most hits to return.")] = 20,
) -> Response:
    """Look through labels, other names, definitions and titles of cases; the best come first."""
    hits = known.index.search(q, limit)
    if wanted.choose((JSON, HTML)) == JSON:
        return JSONResponse({"query": q, "hits": [hit.as_json() for hit in hits]})
    return page.render("search.html", q=q, hits=hits)
