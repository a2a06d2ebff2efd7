"""``/prefixes``: the prefixes that queries need not declare."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, PlainTextResponse, Response

from govkg.api.dependencies import WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import JSON, TURTLE
from govkg.vocabulary import GOV, PREFIXES

router = APIRouter(tags=["about"])


@router.get(
    "/prefixes",
    **operation(
        "listPrefixes",
        "List the prefixes",
        answers={JSON: {"gov": GOV}, TURTLE: f"@prefix gov: <{GOV}> .\n"},
    ),
)
async def list_prefixes(wanted: WantedDep) -> Response:
    """Return the prefixes that the service declares by itself, as JSON or as Turtle."""
    if wanted.choose((JSON, TURTLE)) == JSON:
        return JSONResponse(PREFIXES)
    lines = (f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    return PlainTextResponse("".join(lines), media_type=TURTLE)
