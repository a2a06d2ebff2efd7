"""The numbers of what some graphs of a store hold together, brought up to date as that changes."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TypeAlias

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from govkg.cases.statistics import (
    TYPE,
    Alike,
    Classes,
    PropertyUse,
    Statistics,
    Tally,
    classes_in,
    like,
    uses_by_class,
)
from govkg.rdf import Node
from govkg.store import Delta
from govkg.store.deltas import name_of
from govkg.store.embedded import EmbeddedStore

Counts: TypeAlias = Callable[[NamedNode | None], bool]
"""Says whether a graph is counted; None is the unnamed one."""
_Rows: TypeAlias = Callable[[Node | None, Node | None], set[Triple]]
"""Finds the triples about a node, or those that lead to one."""


class Totals:
    """What is counted of the triples that graphs hold together, each triple once."""

    def __init__(self, quads: EmbeddedStore, counts: Counts) -> None:
        """Count all that a store holds in some graphs."""
        self._counts = counts
        named = [graph for graph in quads.graphs() if counts(graph)]
        rows = {quad.triple for graph in named for quad in quads.matching(graph=graph)}
        rows |= {quad.triple for quad in quads.matching(graph=DefaultGraph())}
        self._tally = Tally()
        self._tally.count(rows, 1)
        self._alike = like(rows)

    def statistics(self) -> Statistics:
        """Return the numbers as they are now."""
        return self._tally.statistics()

    def uses(self) -> dict[NamedNode, dict[NamedNode, PropertyUse]]:
        """Return how the instances of each class use properties now."""
        return uses_by_class(self._alike)

    def change(self, quads: EmbeddedStore, delta: Delta) -> None:
        """Take a change, spelt out, that the store holds by now; it costs what it changes."""
        come, gone = self._merged(quads, delta)
        self._tally.count(gone, -1)
        self._tally.count(come, 1)

        def rows(subject: Node | None, value: Node | None) -> set[Triple]:
            return {q.triple for q in self._counted(_matching(quads, subject, value))}

        def earlier(subject: Node | None, value: Node | None) -> set[Triple]:
            back = {t for t in gone if subject in (None, t.subject) and value in (None, t.object)}
            return (rows(subject, value) - come) | back

        self._count_uses(_State(earlier), _State(rows), come | gone)

    def _count_uses(self, before: "_State", now: "_State", changed: set[Triple]) -> None:
        """Count again what is said of things that changed, or of what leads to others."""
        typed = {triple.subject for triple in changed if triple.predicate == TYPE}
        retyped = [node for node in typed if now.classes(node) != before.classes(node)]
        said: set[Node] = {triple.subject for triple in changed}
        said |= {triple.subject for node in retyped for triple in now.rows(None, node)}
        for subject in said:
            self._alike.subtract(before.alike(subject))
            self._alike.update(now.alike(subject))
        for key in [key for key, count in self._alike.items() if not count]:
            del self._alike[key]

    def _counted(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        return (quad for quad in quads if self._counts(name_of(quad)))

    def _merged(self, quads: EmbeddedStore, delta: Delta) -> tuple[set[Triple], set[Triple]]:
        """Return the triples that no graph held before, and those that none holds any more."""
        lost, got = defaultdict[Triple, set[Quad]](set), defaultdict[Triple, set[Quad]](set)
        for changed, found in ((delta.removed, lost), (delta.added, got)):
            for quad in self._counted(changed):
                found[quad.triple].add(quad)
        come, gone = set[Triple](), set[Triple]()
        for triple in lost.keys() | got.keys():
            found_now = _matching(quads, triple.subject, triple.object, triple.predicate)
            now = set(self._counted(found_now))
            before = (now - got.get(triple, set())) | lost.get(triple, set())
            if now and not before:
                come.add(triple)
            elif before and not now:
                gone.add(triple)
        return come, gone


class _State:
    """What is said before a change, or after it; what was found is kept."""

    def __init__(self, rows: _Rows) -> None:
        """Take what finds triples."""
        self.rows = rows
        self.classes = cache(self._classes)

    def _classes(self, node: Node) -> Classes:
        """Return the classes of a node, without those of the grammar."""
        return classes_in(self.rows(node, None)).get(node, frozenset())

    def alike(self, subject: Node) -> Iterator[Alike]:
        """Yield what each triple about a subject counts as."""
        of = self.classes(subject)
        for triple in self.rows(subject, None) if of else ():
            value = triple.object
            if triple.predicate != TYPE:
                end = value.datatype if isinstance(value, Literal) else self.classes(value)
                yield of, triple.predicate, end


def _matching(
    quads: EmbeddedStore,
    subject: Node | None,
    value: Node | None,
    predicate: NamedNode | None = None,
) -> Iterator[Quad]:
    """Yield the quads of a pattern; nothing is said of literals and triples."""
    if subject is not None and not isinstance(subject, NamedNode | BlankNode):
        return iter(())
    return quads.matching(subject, predicate, value)
