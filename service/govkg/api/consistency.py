"""``/consistency``: whether facts and axioms can all hold, and which of them clash."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pyoxigraph import RdfFormat, Triple, parse
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Service
from govkg.api.negotiation import JSON
from govkg.api.submissions import BODIES, FAILS, header_of, received
from govkg.errors import BusyError, DeadlineError, MissingToolError
from govkg.ontology import load_ontology

router = APIRouter(tags=["reasoning"])
_EXAMPLE: Final[dict[str, Any]] = {"consistent": True, "contradictions": []}
_DL: Final = "Check by HermiT too, for OWL 2 DL; one check at a time."
DlDep = Annotated[bool, Query(description=_DL)]


@router.get(
    "/consistency",
    **operation(
        "getConsistency",
        "Tell what contradicts what in the whole graph",
        answers={JSON: _EXAMPLE},
        fails=(BusyError, DeadlineError, MissingToolError),
    ),
)
async def get_consistency(
    known: KnowledgeDep, service: ServiceDep, wanted: WantedDep, dl: DlDep = False
) -> Response:
    """Return each contradiction by the rules of OWL 2 RL, with the proofs of what clashes.

    With dl=true also what HermiT finds: whether all is consistent, and unsatisfiable classes.
    """
    wanted.choose((JSON,))
    found = await run_in_threadpool(known.kg.consistency)
    if dl:
        triples = await run_in_threadpool(known.kg.asserted)
        found["dl"] = await _deep(service, triples)
    return JSONResponse(found)


@router.post(
    "/consistency",
    **operation(
        "checkConsistency",
        "Tell what contradicts what in a document",
        answers={JSON: _EXAMPLE},
        fails=(*FAILS, MissingToolError),
        body=BODIES,
    ),
)
async def check_consistency(
    request: Request, service: ServiceDep, wanted: WantedDep, dl: DlDep = False
) -> Response:
    """Return the contradictions of a document with the ontology. Nothing is stored."""
    wanted.choose((JSON,))
    document = await received(request, service)
    header = header_of(document, service) | {"dl": dl}
    seconds = service.settings.submission_seconds
    head, body = await service.run(request, "consistency", header, document.data, seconds)
    found: dict[str, Any] = json.loads(body[: head["bytes"]])
    if dl:
        quads = parse(body[head["bytes"] :], RdfFormat.N_TRIPLES)
        triples = [quad.triple for quad in quads]  # which a worker has checked and written
        found["dl"] = await _deep(service, [*load_ontology().triples, *triples])
    return JSONResponse(found)


async def _deep(service: Service, triples: Iterable[Triple]) -> dict[str, Any]:
    found = await service.deep.check(triples)
    return {"consistent": found.consistent, "unsatisfiable": list(found.unsatisfiable)}
