"""Blank nodes as an engine keeps them: as Skolem IRIs (RDF 1.1 Concepts, section 3.5).

A blank node cannot be named in a second request. It is a blank node again in all that is read.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias, overload
from urllib.parse import quote, unquote

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse, serialize

from govkg.rdf import Node

Subject: TypeAlias = NamedNode | BlankNode | Triple

BLANK: Final = "https://w3id.org/.well-known/genid/govkg/"
"""The Skolem IRIs of blank nodes start so."""


@overload
def skolemised(term: Subject) -> Subject: ...
@overload
def skolemised(term: Node) -> Node: ...
def skolemised(term: Node) -> Node:
    """Return the Skolem IRI of a blank node, and any other term as it is."""
    return NamedNode(BLANK + quote(term.value, safe="")) if isinstance(term, BlankNode) else term


@overload
def deskolemised(term: Subject) -> Subject: ...
@overload
def deskolemised(term: Node) -> Node: ...
def deskolemised(term: Node) -> Node:
    """Return the blank node that a Skolem IRI stands for, and any other term as it is."""
    if isinstance(term, NamedNode) and term.value.startswith(BLANK):
        return BlankNode(label_in(term.value))
    return term


def label_in(iri: str) -> str:
    """Return the label of the blank node that a Skolem IRI stands for."""
    return unquote(iri.removeprefix(BLANK))


def read_triples(body: bytes) -> list[Triple]:
    """Read N-Triples, with the blank nodes that were written as IRIs."""
    found = parse(body, format=RdfFormat.N_TRIPLES)
    return [Triple(deskolemised(q.subject), q.predicate, deskolemised(q.object)) for q in found]


def written_triples(triples: Iterable[Triple]) -> bytes:
    """Write N-Triples, with IRIs in the place of blank nodes."""
    named = (Triple(skolemised(t.subject), t.predicate, skolemised(t.object)) for t in triples)
    return serialize(named, format=RdfFormat.N_TRIPLES) or b""
