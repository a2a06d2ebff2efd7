"""``/place/{slug}``: a place in which reforms happen."""

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
    "/place/{slug}",
    **operation(
        "getPlace",
        "Describe a place",
        answers=dict.fromkeys((*RDF, HTML), "…"),
        fails=(NotFoundError,),
    ),
)
def get_place(
    slug: Annotated[str, Path(examples=["china"])],
    known: HeldDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return what is said of a place, and what is said with it."""
    return described("place", slug, known, wanted, page)
