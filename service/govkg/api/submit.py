"""``/submit``: a page to hand in cases as a file or as text."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from govkg.api import callers
from govkg.api.dependencies import PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML
from govkg.forms.formats import FORMATS

router = APIRouter(tags=["cases"])


@router.get(
    "/submit",
    **operation("submitForm", "Show a form to hand in cases", answers={HTML: "…"}),
)
async def form(request: Request, page: PageDep, wanted: WantedDep) -> Response:
    """Return a page with a file field and a text field, for those who have signed in."""
    wanted.choose((HTML,))
    caller = await callers.known(request)
    return page.render(
        "submit.html",
        headers={"Cache-Control": "no-store"},
        caller=caller,
        formats=[known for known in FORMATS if known.is_text],
    )
