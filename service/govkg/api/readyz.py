"""``/readyz``: everything is loaded, the workers run, and the service is not ending."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import ServiceDep
from govkg.api.describing import operation
from govkg.api.negotiation import JSON
from govkg.errors import NotReadyError, ShuttingDownError

router = APIRouter(tags=["operations"])


@router.get(
    "/readyz",
    **operation(
        "readyz", "Say whether requests can be answered", answers={JSON: {"status": "ready"}}
    ),
)
async def readyz(service: ServiceDep) -> Response:
    """Answer 503 with the reason while the service loads, after loading failed, and at the end."""
    if service.draining:
        raise ShuttingDownError(retry_after=2)
    if not service.ready:
        raise NotReadyError(reason=service.reason, retry_after=2)
    return JSONResponse({"status": "ready"})
