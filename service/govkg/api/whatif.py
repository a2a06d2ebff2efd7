"""``/whatif``: what some facts more or less would change; ``/missing``: what a conclusion lacks."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from govkg.api import bodies
from govkg.api.dependencies import ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Service
from govkg.api.negotiation import JSON
from govkg.api.submissions import FAILS
from govkg.errors import NotFoundError, UnsupportedMediaTypeError

router = APIRouter(tags=["reasoning"])
_CASE: Final = "la-paz-anticorruption"
_QUESTION: Final = {
    "case": _CASE,
    "add": ":report-1 gov:reportsSymptom gc:public-complaints .",
    "remove": [["#report-2", "gov:reportsCause", "gc:poor-system-operation"]],
}
_CONCLUSION: Final = ["case:la-paz-anticorruption", "gov:suggestsCondition", "gc:authority-crisis"]
_CHANGES: Final[dict[str, Any]] = {"gained": [], "lost": [], "notFound": []}
_MISSING: Final = {"conclusion": {}, "follows": False, "missing": [{"facts": [], "turtle": "…"}]}
Conclusion = Annotated[str, Query(max_length=5000)]


@router.post(
    "/whatif",
    **operation(
        "whatIf",
        "Tell what some facts more or less would change",
        answers={JSON: _CHANGES},
        fails=(*FAILS, NotFoundError),
        body={JSON: _QUESTION},
    ),
)
async def what_if(request: Request, service: ServiceDep, wanted: WantedDep) -> Response:
    """Return the conclusions gained and lost, each with its proof. Nothing is stored.

    The body is a JSON object. `case` is the id of a published case, JSON-LD, or
    `{"format": "turtle", "text": "…"}`. `add` and `remove` are Turtle in a string (our prefixes are
    declared, and `:` names the parts of the case), JSON-LD in an object, or a list of
    `[s, p, o]` as in /explain. A gained conclusion says which added facts it `uses`, a lost one
    which removed facts it `needed`; `notFound` lists facts to remove that the case does not hold.
    Only this case and the ontology are known of, as with /diagnose.
    """
    wanted.choose((JSON,))
    return await _asked(request, service, "what_if", await _body(request, service))


@router.post(
    "/missing",
    **operation(
        "findMissing",
        "Tell what is missing for a conclusion about a document",
        answers={JSON: _MISSING},
        fails=(*FAILS, NotFoundError),
        body={JSON: {"case": _CASE, "conclusion": _CONCLUSION}},
    ),
)
async def find_missing(request: Request, service: ServiceDep, wanted: WantedDep) -> Response:
    """Return the smallest sets of facts that would make `conclusion` follow, the smallest first.

    The body is a JSON object; `case` is as for /whatif, `conclusion` is a list `[s, p, o]`. Only
    facts that a case can state are named, by the fields of the shapes; each set does make the
    conclusion follow, and no part of it does. Its `turtle` can be sent to /whatif as `add`.
    """
    wanted.choose((JSON,))
    return await _asked(request, service, "missing", await _body(request, service))


@router.get(
    "/missing",
    **operation(
        "getMissing",
        "Tell what is missing for a conclusion about a published case",
        answers={JSON: _MISSING},
        fails=(*FAILS, NotFoundError),
    ),
)
async def get_missing(
    request: Request,
    service: ServiceDep,
    wanted: WantedDep,
    case: Annotated[str, Query(max_length=200, examples=[_CASE])] = "",
    p: Annotated[Conclusion, Query(examples=["gov:suggestsCondition"])] = "",
    o: Annotated[Conclusion, Query(examples=["gc:authority-crisis"])] = "",
    s: Annotated[Conclusion, Query(examples=["#after"])] = "",
) -> Response:
    """Return what would make the statement s p o follow; s is the case unless it is given."""
    wanted.choose((JSON,))
    found = await missing_for(request, service, case, [s or f"case:{case}", p, o])
    return Response(found, media_type=JSON)


async def missing_for(
    request: Request, service: Service, case: str, conclusion: list[str]
) -> bytes:
    """Have a worker find what is missing for a conclusion about a published case, as JSON."""
    question = {"case": case, "conclusion": conclusion}
    header, seconds = _header(service), service.settings.submission_seconds
    _, found = await service.run(request, "missing", header, json.dumps(question).encode(), seconds)
    return found


async def _body(request: Request, service: Service) -> bytes:
    kind = bodies.media_type(request)
    if kind != JSON:
        raise UnsupportedMediaTypeError(given=kind or "(none)", accepted=JSON)
    return await bodies.read(request, service.settings.max_body_bytes, "question")


async def _asked(request: Request, service: Service, job: str, body: bytes) -> Response:
    seconds = service.settings.submission_seconds
    _, found = await service.run(request, job, _header(service), body, seconds)
    return Response(found, media_type=JSON)


def _header(service: Service) -> dict[str, Any]:
    settings = service.settings
    return {"base": settings.base_iri + "case/submitted", "limit": settings.max_body_bytes}
