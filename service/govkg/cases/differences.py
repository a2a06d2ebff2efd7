"""What changed between two versions of a case."""

from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from govkg.cases.submitting import triples_in
from govkg.rdf import Node


@dataclass(frozen=True)
class Difference:
    """The triples that went and those that came."""

    removed: tuple[Triple, ...]
    added: tuple[Triple, ...]


@dataclass(frozen=True)
class Change:
    """What became of one property of one thing."""

    subject: Node
    predicate: NamedNode
    removed: tuple[Node, ...]
    added: tuple[Node, ...]


def changes(found: Difference) -> list[Change]:
    """Return a difference by things and their properties, as people read it."""
    told: dict[tuple[Node, NamedNode], tuple[list[Node], list[Node]]] = {}
    for number, triples in enumerate((found.removed, found.added)):
        for triple in triples:
            told.setdefault((triple.subject, triple.predicate), ([], []))[number].append(
                triple.object
            )
    rows = (Change(*key, tuple(removed), tuple(added)) for key, (removed, added) in told.items())
    return sorted(rows, key=lambda row: (str(row.subject), row.predicate.value))


def difference(old: bytes, new: bytes) -> Difference:
    """Compare two versions, given as canonical N-Triples: blank nodes are told by what they say."""
    before, after = set(old.splitlines()), set(new.splitlines())
    return Difference(_triples(before - after), _triples(after - before))


def _triples(lines: set[bytes]) -> tuple[Triple, ...]:
    return tuple(triples_in(b"\n".join(sorted(lines))))
