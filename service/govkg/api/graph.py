"""``/graph/…``: one named graph as it is stored."""

from typing import Annotated

from fastapi import APIRouter, Path
from pyoxigraph import NamedNode
from starlette.responses import Response

from govkg.api.dependencies import KnowledgeDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import as_rdf
from govkg.api.negotiation import RDF
from govkg.errors import NotFoundError

router = APIRouter(tags=["data"])


@router.get(
    "/graph/{name:path}",
    **operation(
        "getGraph",
        "Return a named graph",
        answers=dict.fromkeys(RDF, "…"),
        fails=(NotFoundError,),
    ),
)
def get_graph(
    name: Annotated[str, Path(examples=["inferred"])], known: KnowledgeDep, wanted: WantedDep
) -> Response:
    """Return the triples of a graph: ontology, alignments, inferred, or case/{id}."""
    graph = next(
        (g for g in known.facts.sizes if g.value == f"{known.kg.graphs.base}graph/{name}"), None
    )
    if graph is None:
        names = "All graphs are named in the service description, GET /sparql."
        raise NotFoundError(what="graph", name=name, hint=names)
    return as_rdf(known.kg.store.triples(NamedNode(graph.value)), wanted.choose(RDF))
