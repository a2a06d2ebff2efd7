"""``/contexts/{name}``: the JSON-LD contexts, by which plain JSON becomes RDF."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from govkg import bundle
from govkg.api.dependencies import WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import JSON, JSON_LD
from govkg.errors import NotFoundError

router = APIRouter(tags=["data"])


@router.get(
    "/contexts/{name}",
    **operation(
        "getContext",
        "Return a JSON-LD context",
        answers={JSON_LD: {"@context": {}}, JSON: {"@context": {}}},
        fails=(NotFoundError,),
    ),
)
def get_context(
    name: Annotated[str, Path(examples=["case-v1.jsonld"])], wanted: WantedDep
) -> Response:
    """Return a context; one that was published never changes."""
    for path in bundle.contexts():
        if path.name == name:
            return Response(path.read_bytes(), media_type=wanted.choose((JSON_LD, JSON)))
    raise NotFoundError(what="context", name=name, hint="There is /contexts/case-v1.jsonld.")
