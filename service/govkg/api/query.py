"""``/query``: a page to write queries, with examples and results as a table."""

import asyncio
import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pyoxigraph import BlankNode, Literal, NamedNode
from starlette.responses import Response

from govkg.api.dependencies import PageDep, ReleaseDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Service
from govkg.api.negotiation import HTML
from govkg.api.problems import caught, status_of
from govkg.api.sparql import QUERY_FAILS, ask_release, run_query, without
from govkg.cases.questions import examples
from govkg.errors import NotFoundError
from govkg.publishing.releases import Release, releases
from govkg.rdf import Node

router = APIRouter(tags=["query"])
_FORMATS: Final = {
    "solutions": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "graph": "text/turtle",
}
_PAGE_BYTES: Final = 5_000_000
"""The largest result that is shown as a page; /sparql sends larger ones."""
SHOWN_ROWS: Final = 500


@router.get(
    "/query",
    **operation(
        "queryPage",
        "Show a page to write queries",
        answers={HTML: "…"},
        fails=(NotFoundError, *QUERY_FAILS),
    ),
)
async def query_page(  # noqa: PLR0913, PLR0917 # one for each parameter
    request: Request,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
    release: ReleaseDep,
    query: Annotated[str, Query(description="A SPARQL query to run.", examples=["ASK {}"])] = "",
    example: Annotated[str, Query(description="The name of an example to run.")] = "",
    infer: Annotated[bool, Query(description="Whether inferred triples are queried too.")] = True,
) -> Response:
    """Return the page; with a query, also its result as a table, or what is wrong with it."""
    wanted.choose((HTML,))
    query = query or _text_of(example)
    answer, error = None, None
    if query.strip():
        running = _run(request, service, query, release, inferred=infer)
        answer, error = await caught(request, running)
    return page.render(
        "query.html",
        status=status_of(type(error)) if error else 200,
        examples=examples(),
        limit=SHOWN_ROWS,
        query=query,
        infer=infer,
        release=release.version if release else "",
        releases=await asyncio.to_thread(releases, service.settings.data_dir),
        result=_result(*answer) if answer else None,
        error=error,
    )


async def _run(
    request: Request, service: Service, query: str, release: Release | None, *, inferred: bool
) -> tuple[dict[str, Any], bytes]:
    """Have a worker answer a query in a form that the page can show."""
    header = {
        "formats": _FORMATS,
        "without_graphs": without(service, inferred=inferred),
        "max_query_bytes": service.settings.max_query_bytes,
        "max_result_bytes": min(_PAGE_BYTES, service.settings.max_result_bytes),
    }
    seconds = service.settings.query_seconds
    if release:
        answered = await ask_release(request, release.version, query, header, seconds)
        request.state.release = release
        return answered
    return await run_query(request, service, query, header, seconds)


def _result(head: dict[str, Any], body: bytes) -> dict[str, Any]:
    """Return a result as templates can show it."""
    if head["kind"] == "graph":
        return {"kind": "graph", "text": body.decode()}
    found = json.loads(body)
    if head["kind"] == "boolean":
        return {"kind": "boolean", "value": found["boolean"]}
    names, rows = found["head"]["vars"], found["results"]["bindings"]
    cells = [
        [_node(row[name]) if name in row else None for name in names] for row in rows[:SHOWN_ROWS]
    ]
    return {"kind": "solutions", "names": names, "rows": cells, "count": len(rows)}


def _node(term: dict[str, Any]) -> Node:
    """Return a term of the SPARQL JSON format."""
    if term["type"] == "uri":
        return NamedNode(term["value"])
    if term["type"] == "bnode":
        return BlankNode(term["value"])
    if "xml:lang" in term:
        return Literal(term["value"], language=term["xml:lang"])
    return Literal(str(term["value"]))


def _text_of(name: str) -> str:
    """Return the query of an example, or nothing."""
    return next((example.text for example in examples() if example.name == name), "")
