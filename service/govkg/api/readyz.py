"""``/readyz``: everything is loaded and the workers run."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import ServiceDep
from govkg.api.describing import operation
from govkg.api.negotiation import JSON
from govkg.errors import NotReadyError

router = APIRouter(tags=["operations"])


@router.get(
    "/readyz",
    **operation(
        "readyz", "Say whether requests can be answered", answers={JSON: {"status": "ready"}}
    ),
)
async def readyz(service: ServiceDep) -> Response:
    """Answer 503 with the reason while the service is loading, or after loading failed."""
    if not service.ready:
        raise NotReadyError(reason=service.reason, retry_after=2)
    return JSONResponse({"status": "ready"})
