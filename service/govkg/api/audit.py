"""``/audit``: who changed what, or tried to, and when."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from govkg.api import callers
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML, JSON
from govkg.errors import ForbiddenError, UnauthorizedError

router = APIRouter(tags=["about"])
_LINE = {"sequence": 1, "at": "2026-11-23T10:00:00+00:00", "name": "lab", "action": "publish"}


@router.get(
    "/audit",
    **operation(
        "getAudit",
        "Return the audit log",
        answers={JSON: {"entries": [_LINE]}, HTML: "…"},
        fails=(UnauthorizedError, ForbiddenError),
    ),
)
async def get_audit(
    request: Request,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    before: Annotated[
        int | None, Query(ge=1, le=2**53, description="Only entries before this one.")
    ] = None,
) -> Response:
    """Return entries, the last first; ``before`` goes further back."""
    media = wanted.choose((JSON, HTML))
    await callers.required(request, "admin", "reading the audit log")
    found = await asyncio.to_thread(service.book().audit, limit=limit, before=before)
    headers = {"Cache-Control": "no-store"}
    if media == HTML:
        return page.render("audit.html", headers=headers, entries=found, limit=limit)
    return JSONResponse({"entries": found}, headers=headers)
