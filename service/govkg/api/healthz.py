"""``/healthz``: the process is alive."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from govkg.api.describing import operation
from govkg.api.negotiation import JSON

router = APIRouter(tags=["operations"])


@router.get(
    "/healthz",
    **operation("healthz", "Say that the process is alive", answers={JSON: {"status": "alive"}}),
)
async def healthz() -> Response:
    """Touch nothing, so that this answers whatever else goes on."""
    return JSONResponse({"status": "alive"})
