"""``/docs``: the OpenAPI document as a page, without scripts."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from govkg.api.dependencies import PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML

router = APIRouter(tags=["about"])


@router.get("/docs", **operation("docs", "Show the API description", answers={HTML: "…"}))
def docs(request: Request, wanted: WantedDep, page: PageDep) -> Response:
    """Return a page on every operation: parameters, bodies, answers, errors."""
    wanted.choose((HTML,))
    document: dict[str, Any] = request.app.openapi()
    operations = [
        (method.upper(), path, each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]
    tags = dict.fromkeys(tag for _, _, each in operations for tag in each["tags"])
    grouped = {tag: [o for o in operations if tag in o[2]["tags"]] for tag in tags}
    return page.render("docs.html", groups=grouped, document=document)
