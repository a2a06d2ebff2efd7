"""``/scheme/{name}``: the concepts of one kind, as a list."""

from typing import Annotated

from fastapi import APIRouter, Path
from pyoxigraph import NamedNode, Triple
from starlette.responses import Response

from govkg.api.dependencies import HeldDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import published
from govkg.api.looking import Held
from govkg.api.negotiation import HTML, RDF
from govkg.errors import NotFoundError
from govkg.ontology import DEFINITION, TYPE, Term
from govkg.rdf import Node
from govkg.vocabulary import GS, SKOS

router = APIRouter(tags=["vocabulary"])
_IN_SCHEME = NamedNode(SKOS + "inScheme")
_SCHEME = NamedNode(SKOS + "ConceptScheme")


@router.get(
    "/scheme/{name}",
    **operation(
        "getScheme",
        "List the concepts of a scheme",
        answers=dict.fromkeys((*RDF, HTML), "…"),
        fails=(NotFoundError,),
    ),
)
def get_scheme(
    name: Annotated[str, Path(examples=["crisis-type"])],
    known: HeldDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return a concept scheme and the concepts in it."""
    scheme = next((s for s in schemes(known) if s.value == GS + name), None)
    if scheme is None:
        raise NotFoundError(
            what="scheme", name=name, hint="All schemes are listed under /ontology."
        )
    definition = known.kg.ontology.texts(scheme, DEFINITION)
    return published(
        wanted,
        lambda: _triples(scheme, known),
        lambda: page.render(
            "scheme.html", scheme=scheme, definition=definition, terms=members(scheme, known)
        ),
    )


def schemes(known: Held) -> list[NamedNode]:
    """Return all concept schemes, by their IRIs."""
    return known.kg.ontology.members(_SCHEME)


def members(scheme: NamedNode, known: Held) -> list[Term]:
    """Return the concepts of a scheme, by their IRIs."""
    found = (
        known.kg.ontology.term(s) for s in _subjects(scheme, known) if isinstance(s, NamedNode)
    )
    return sorted((term for term in found if term), key=lambda term: term.iri.value)


def _subjects(scheme: NamedNode, known: Held) -> list[Node]:
    return known.facts.subjects(_IN_SCHEME, scheme)


def _triples(scheme: NamedNode, known: Held) -> list[Triple]:
    described = known.facts.description(scheme)
    for term in members(scheme, known):
        described += [t for t in known.facts.description(term.iri) if t.predicate != TYPE]
        described += [Triple(term.iri, TYPE, kind) for kind in term.types]
    return list(dict.fromkeys(described))
