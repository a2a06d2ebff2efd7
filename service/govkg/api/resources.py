"""Shared things that cases speak of: places and actors."""

from typing import Literal

from pyoxigraph import NamedNode
from starlette.responses import Response

from govkg.api.concept import cases_with
from govkg.api.documents import published
from govkg.api.facts import TYPE
from govkg.api.looking import Held
from govkg.api.negotiation import Wanted
from govkg.api.pages import Page
from govkg.errors import NotFoundError
from govkg.ontology import LABEL
from govkg.rdf import Node
from govkg.vocabulary import PREFIXES

Rows = dict[NamedNode, list[Node]]


def described(
    kind: Literal["place", "agent"], slug: str, known: Held, wanted: Wanted, page: Page
) -> Response:
    """Return what is said of a place or an actor; raises NotFoundError if nothing is."""
    iri = subject(PREFIXES[kind] + slug)
    if iri is None or not known.facts.about(iri):
        raise NotFoundError(what=kind, name=slug, hint="Search for it with /search?q=.")
    return published(wanted, lambda: known.facts.description(iri), lambda: _page(page, iri, known))


def subject(address: str) -> NamedNode | None:
    """Return an address as an IRI, or None if it is none."""
    try:
        return NamedNode(address)
    except ValueError:
        return None


def _page(page: Page, iri: NamedNode, known: Held) -> Response:
    rows: Rows = {}
    for fact in known.facts.about(iri):
        values = rows.setdefault(fact.triple.predicate, [])
        shown = fact.triple.predicate != LABEL and not fact.inferred
        if shown and fact.triple.object not in values:
            values.append(fact.triple.object)
    towards: Rows = {}
    for fact in known.facts.towards(iri):
        subjects = towards.setdefault(fact.triple.predicate, [])
        if "/case/" not in str(fact.triple.subject) and fact.triple.subject not in subjects:
            subjects.append(fact.triple.subject)
    return page.render(
        "resource.html",
        iri=iri,
        kinds=rows.pop(TYPE, []),
        rows={predicate: values for predicate, values in rows.items() if values},
        towards={predicate: subjects for predicate, subjects in towards.items() if subjects},
        cases=cases_with(iri, known),
    )
