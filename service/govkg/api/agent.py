"""``/agent/{slug}``: an actor: a government, a firm, a scholar."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from govkg.api.dependencies import HeldDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML, RDF
from govkg.api.resources import described
from govkg.errors import NotFoundError

router = APIRouter(tags=["cases"])


@router.get(
    "/agent/{slug}",
    **operation(
        "getAgent",
        "Describe an actor",
        answers=dict.fromkeys((*RDF, HTML), "…"),
        fails=(NotFoundError,),
    ),
)
def get_agent(
    slug: Annotated[str, Path(examples=["govkg"])],
    known: HeldDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return what is said of an actor, and what is said with it."""
    return described("agent", slug, known, wanted, page)
