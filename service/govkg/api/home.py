"""``/``: the start page."""

from fastapi import APIRouter
from pyoxigraph import NamedNode
from starlette.responses import Response

from govkg.api.concept import cases_with
from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import HTML
from govkg.api.version import versions
from govkg.cases.questions import examples
from govkg.ontology import Term
from govkg.rdf import Node
from govkg.vocabulary import GOV

router = APIRouter(tags=["about"])
_AXIS = NamedNode(GOV + "TransformationAxis")
_IS_POLE_OF = NamedNode(GOV + "isPoleOf")


@router.get("/", **operation("home", "Show the start page", answers={HTML: "…"}))
def home(known: KnowledgeDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return what this is, the five axes, and what to try."""
    wanted.choose((HTML,))
    return page.render(
        "home.html", counts=versions(known), axes=_axes(known), questions=examples()[:8]
    )


def _axes(known: Knowledge) -> list[tuple[Term, list[Node], int]]:
    """Return each axis with its poles, traditional first, and how many cases speak of it."""
    terms = (known.kg.ontology.term(iri) for iri in known.kg.ontology.members(_AXIS))
    axes = sorted((term for term in terms if term), key=lambda term: term.section)
    return [(axis, _poles(axis.iri, known), len(cases_with(axis.iri, known))) for axis in axes]


def _poles(axis: NamedNode, known: Knowledge) -> list[Node]:
    traditional = set(known.kg.ontology.members(NamedNode(GOV + "TraditionalPole")))
    poles = known.facts.subjects(_IS_POLE_OF, axis)
    return sorted(poles, key=lambda pole: pole not in traditional)
