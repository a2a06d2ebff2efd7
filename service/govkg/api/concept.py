"""``/concept/{slug}``: one concept, as RDF and as a page."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated

from fastapi import APIRouter, Path
from pyoxigraph import NamedNode, Triple
from starlette.responses import Response

from govkg.api.dependencies import HeldDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import published
from govkg.api.facts import Fact
from govkg.api.looking import Held
from govkg.api.negotiation import HTML, RDF
from govkg.cases.kg import Case
from govkg.errors import NotFoundError
from govkg.ontology import Claim, Relation, Term
from govkg.vocabulary import GC, GOV, OWL, SKOS

router = APIRouter(tags=["vocabulary"])
_INVERSE = NamedNode(OWL + "inverseOf")
_IN_SCHEME = NamedNode(SKOS + "inScheme")
_MAPPINGS = {SKOS + f"{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}


@dataclass
class Row:
    """One property and the statements with it."""

    predicate: NamedNode
    statements: list[tuple[Triple, Claim | None]] = field(default_factory=list)


@router.get(
    "/concept/{slug}",
    **operation(
        "getConcept",
        "Describe a concept",
        answers=dict.fromkeys((*RDF, HTML), "…"),
        fails=(NotFoundError,),
    ),
)
def get_concept(
    slug: Annotated[str, Path(examples=["authority-crisis"])],
    known: HeldDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return labels, definition, passage of the source, relations with their footing, mappings."""
    term = known.kg.ontology.term(NamedNode(GC + slug)) if _is_name(slug) else None
    if term is None:
        raise NotFoundError(what="concept", name=slug, hint=_near(slug, known))
    return published(
        wanted, lambda: known.facts.description(term.iri), lambda: _page(page, term, known)
    )


def _is_name(slug: str) -> bool:
    """Say whether a name can be part of an IRI."""
    return slug.replace("-", "").isalnum() and slug.isascii()


def _near(slug: str, known: Held) -> str:
    """Return a hint that names the concepts spelt most like this one."""
    slugs = [term.slug for term in known.terms if term.iri.value.startswith(GC)]
    near = get_close_matches(slug, slugs, n=3, cutoff=0.5)
    return f"Did you mean {', '.join(near)}?" if near else "Search for it with /search?q=."


def _page(page: PageDep, term: Term, known: Held) -> Response:
    relations = known.kg.ontology.relations(term.iri)
    out = [r for r in relations if r.triple.subject == term.iri]
    into = [r for r in relations if r.triple.subject != term.iri]
    return page.render(
        "concept.html",
        term=term,
        schemes=known.kg.ontology.values(term.iri, _IN_SCHEME),
        outgoing=_rows((r.triple, r.claim) for r in out),
        incoming=_rows((r.triple, r.claim) for r in into if not _mirrors(r, out, known)),
        inferred=_rows((f.triple, None) for f in _inferred(term, known)),
        mappings=[f.triple for f in known.facts.about(term.iri) if _is_mapping(f)],
        cases=cases_with(term.iri, known),
    )


def _rows(statements: object) -> list[Row]:
    """Group statements by their property."""
    rows: dict[NamedNode, Row] = {}
    for triple, claim in statements:  # type: ignore[attr-defined]
        rows.setdefault(triple.predicate, Row(triple.predicate)).statements.append((triple, claim))
    return list(rows.values())


def _mirrors(relation: Relation, out: list[Relation], known: Held) -> bool:
    """Say whether a relation only says again, the other way round, what an outgoing one says."""
    predicate = relation.triple.predicate
    inverses = {*known.kg.ontology.values(predicate, _INVERSE), predicate}
    inverses |= set(known.facts.subjects(_INVERSE, predicate))
    return any(
        each.triple.object == relation.triple.subject and each.triple.predicate in inverses
        for each in out
    )


def _inferred(term: Term, known: Held) -> list[Fact]:
    """Return what was derived about a concept, in terms of the ontology."""
    facts = [f for f in known.facts.about(term.iri) if f.inferred]
    return [f for f in facts if f.triple.predicate.value.startswith(GOV)]


def _is_mapping(fact: Fact) -> bool:
    return fact.triple.predicate.value in _MAPPINGS


def cases_with(iri: NamedNode, known: Held) -> list[tuple[Case, list[Fact]]]:
    """Return the cases of which something is said with a term, and what that is."""
    found: list[tuple[Case, list[Fact]]] = []
    for case in known.cases:
        own = [f for f in known.facts.towards(iri) if _belongs(f, case)]
        if own:
            found.append((case, own))
    return found


def _belongs(fact: Fact, case: Case) -> bool:
    """Say whether a fact is about a case or a part of it."""
    subject = fact.triple.subject
    return isinstance(subject, NamedNode) and subject.value.split("#")[0] == case.iri.value
