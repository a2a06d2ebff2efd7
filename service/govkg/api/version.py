"""``/version``: which code and which data answer here."""

from typing import Any

from fastapi import APIRouter
from pyoxigraph import Literal, NamedNode
from starlette.responses import JSONResponse, Response

from govkg import __version__
from govkg.api.dependencies import KnowledgeDep
from govkg.api.describing import operation
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import JSON
from govkg.vocabulary import ONTOLOGY, OWL

router = APIRouter(tags=["about"])
_EXAMPLE = {"govkg": "0.1.0", "ontology": "0.1.0", "cases": 29, "triples": 17000}


@router.get(
    "/version",
    **operation("version", "Say which code and data answer here", answers={JSON: _EXAMPLE}),
)
async def version(known: KnowledgeDep) -> Response:
    """Return the versions of code and ontology, and how much there is."""
    return JSONResponse(versions(known))


def versions(known: Knowledge) -> dict[str, Any]:
    """Return versions and counts."""
    numbers = known.kg.ontology.values(NamedNode(ONTOLOGY), NamedNode(OWL + "versionInfo"))
    sizes, graphs = known.facts.sizes, known.kg.graphs
    inferred, described = (sizes.get(each, 0) for each in (graphs.inferred, graphs.description))
    return {
        "govkg": __version__,
        "ontology": next((n.value for n in numbers if isinstance(n, Literal)), None),
        "terms": len(known.terms),
        "cases": len(known.cases),
        "triples": sum(sizes.values()) - inferred - described,
        "inferredTriples": inferred,
    }
