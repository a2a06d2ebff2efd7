"""``/ontology``: the whole ontology, one module of it, and a page on every class and property.

The IRI of a class, such as https://w3id.org/govkg/ontology#Crisis, leads to the part of the page
whose anchor is ``Crisis``.
"""

from pathlib import Path as File
from typing import Annotated

from fastapi import APIRouter, Path
from pyoxigraph import NamedNode
from starlette.responses import Response

from govkg import bundle
from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import published
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import HTML, RDF
from govkg.api.scheme import members, schemes
from govkg.errors import NotFoundError
from govkg.ontology import TITLE, Ontology, Term, read_files
from govkg.rdf import Node
from govkg.vocabulary import DCTERMS, GOV, ONTOLOGY, OWL, RDFS

router = APIRouter(tags=["vocabulary"])
_KINDS = ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_DESCRIPTION = NamedNode(DCTERMS + "description")
_SHOWN = tuple(
    NamedNode(RDFS + name) for name in ("subClassOf", "subPropertyOf", "domain", "range")
)


@router.get(
    "/ontology",
    **operation("getOntology", "Return the ontology", answers=dict.fromkeys((*RDF, HTML), "…")),
)
def get_ontology(known: KnowledgeDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return the core of the ontology and the axioms that the service reasons with."""
    return published(wanted, lambda: known.kg.ontology.triples, lambda: _page(page, known))


@router.get(
    "/ontology/{module:path}",
    **operation(
        "getModule",
        "Return one module of the ontology",
        answers=dict.fromkeys((*RDF, HTML), "…"),
        fails=(NotFoundError,),
    ),
)
def get_module(
    module: Annotated[str, Path(examples=["crises"])],
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return a module, a profile (profiles/dl) or an alignment (alignments/org)."""
    path = modules().get(_without_version(module))
    if path is None:
        hint = f"There are: {', '.join(modules())}."
        raise NotFoundError(what="module", name=module, hint=hint)
    content = Ontology(read_files([path]))
    return published(
        wanted,
        lambda: content.triples,
        lambda: _module_page(page, _without_version(module), content, known),
    )


def modules() -> dict[str, File]:
    """Return the files of the ontology by what follows /ontology/ in their IRIs."""
    root = bundle.folder("ontology")
    found = {path.stem: path for path in sorted(root.glob("*.ttl")) if path.stem != "govkg"}
    found |= {path.stem: path for path in sorted((root / "modules").glob("*.ttl"))}
    for folder in ("profiles", "alignments"):
        found |= {f"{folder}/{path.stem}": path for path in sorted((root / folder).glob("*.ttl"))}
    return found


def _without_version(module: str) -> str:
    """Drop the version from a versionIRI: this server has the present one only."""
    head, _, last = module.rpartition("/")
    return head if head and last.replace(".", "").isdigit() else module


def _page(page: PageDep, known: Knowledge) -> Response:
    ontology = known.kg.ontology
    return page.render(
        "ontology.html",
        title=ontology.texts(NamedNode(ONTOLOGY), TITLE),
        description=ontology.texts(NamedNode(ONTOLOGY), _DESCRIPTION),
        kinds={kind: _entries(NamedNode(OWL + kind), known) for kind in _KINDS},
        schemes=[(scheme, len(members(scheme, known))) for scheme in schemes(known)],
        modules=list(modules()),
    )


def _entries(
    kind: NamedNode, known: Knowledge
) -> list[tuple[Term, list[tuple[NamedNode, list[Node]]]]]:
    """Return the terms of a kind, each with what is shown of its axioms."""
    ontology = known.kg.ontology
    terms = (ontology.term(iri) for iri in ontology.members(kind) if iri.value.startswith(GOV))
    return [
        (term, [(p, values) for p in _SHOWN if (values := _named(ontology, term.iri, p))])
        for term in terms
        if term
    ]


def _named(ontology: Ontology, iri: NamedNode, predicate: NamedNode) -> list[Node]:
    """Return the values of a property, without nameless class expressions."""
    return [value for value in ontology.values(iri, predicate) if isinstance(value, NamedNode)]


def _module_page(page: PageDep, name: str, content: Ontology, known: Knowledge) -> Response:
    header = NamedNode(f"{ONTOLOGY}/{name}")
    defined = dict.fromkeys(t.subject for t in content.triples if isinstance(t.subject, NamedNode))
    terms = [term for iri in defined if (term := known.kg.ontology.term(iri))]
    return page.render(
        "module.html",
        name=name,
        title=content.texts(header, TITLE),
        description=content.texts(header, _DESCRIPTION),
        terms=terms,
        size=len(content.triples),
    )
