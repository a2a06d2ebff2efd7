"""``/.well-known/void``: the dataset in numbers (https://www.w3.org/TR/void/#well-known)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from govkg.api.dependencies import ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.description import void_document
from govkg.api.knowledge import address_of
from govkg.api.negotiation import RDF

router = APIRouter(tags=["about"])


@router.get(
    "/.well-known/void",
    **operation("void", "Describe the dataset in VoID", answers=dict.fromkeys(RDF, "…")),
)
def void(request: Request, service: ServiceDep, wanted: WantedDep) -> Response:
    """Return what the dataset holds in numbers: whole, by named graph, by class and by property."""
    media = wanted.choose(RDF)
    return Response(void_document(address_of(request), media, service), media_type=media)
