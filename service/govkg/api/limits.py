"""``/limits``: what the service refuses, in numbers."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import ServiceDep
from govkg.api.describing import operation
from govkg.api.negotiation import JSON
from govkg.rdf import MAX_NESTING

router = APIRouter(tags=["about"])
LIMITS = (
    "query_seconds", "submission_seconds", "max_query_bytes", "max_body_bytes", "max_result_bytes",
    "update_seconds", "max_change_bytes", "worker_memory_mb", "workers", "waiting",
    "service_seconds", "service_bytes", "service_calls", "service_at_once",
)  # fmt: skip
"""The settings that are limits."""


@router.get(
    "/limits", **operation("listLimits", "List the limits", answers={JSON: {"query_seconds": 10.0}})
)
async def list_limits(service: ServiceDep) -> Response:
    """Return the limits on time and size; beyond them there is a problem, never less data."""
    found = {name: getattr(service.settings, name) for name in LIMITS}
    return JSONResponse(found | {"max_nesting": MAX_NESTING, "services": service.endpoints.open})
