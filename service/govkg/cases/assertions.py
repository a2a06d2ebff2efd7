"""Which of the stored triples are reasoned with, and how that changes when some come and go.

All are, but of registers only those about the places that other graphs speak of, what contains
them, and what became of them; see docs/decisions/0027-registers-are-looked-up.md.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from govkg.cases.graphs import Graphs
from govkg.rdf import Node
from govkg.store import Delta
from govkg.store.deltas import name_of
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import DCTERMS, GOV

_LEADING = (NamedNode(GOV + "isSubJurisdictionOf"), NamedNode(DCTERMS + "isReplacedBy"))
"""By what a place in a register leads to others."""


@dataclass(frozen=True)
class Reassertion:
    """What a change means to the reasoner."""

    withdrawn: frozenset[Triple]
    asserted: frozenset[Triple]
    """May hold triples that were asserted before."""


@dataclass(frozen=True)
class Assertions:
    """What is reasoned with in one state of a store."""

    quads: EmbeddedStore
    graphs: Graphs
    mentioned: frozenset[NamedNode] = frozenset()
    """The places of registers that other graphs speak of."""
    reached: frozenset[NamedNode] = frozenset()
    """These, and where they lead."""

    @classmethod
    def of(cls, quads: EmbeddedStore, graphs: Graphs) -> "Assertions":
        """Read a store through."""
        found = cls(quads, graphs)
        mentioned: frozenset[NamedNode] = frozenset()
        if found._registers:
            named = {node for quad in found._plain_quads() for node in _named(quad)}
            mentioned = frozenset(filter(found._describes, named))
        return replace(found, mentioned=mentioned, reached=found._reach(mentioned))

    def triples(self) -> list[Triple]:
        """Return all that is reasoned with, a triple once for each graph that holds it."""
        said = [quad.triple for quad in self._plain_quads()]
        return said + [quad.triple for place in self.reached for quad in self._said(place)]

    def after(self, delta: Delta) -> tuple["Assertions", Reassertion]:
        """Return what is reasoned with after a change that the store holds by now.

        The change must be spelt out; see ``Delta.spelt_out``.
        """
        mentioned = self._still_mentioned(delta)
        registers = any(self._is_register(name) for name in delta.graphs)
        if mentioned == self.mentioned and not registers:
            return self, self._difference(self, delta)
        later = replace(self, mentioned=mentioned, reached=self._reach(mentioned))
        return later, self._difference(later, delta)

    @property
    def _registers(self) -> list[NamedNode]:
        return [graph for graph in self.quads.graphs() if self._is_register(graph)]

    def _is_register(self, graph: NamedNode | None) -> bool:
        return graph is not None and self.graphs.register_id(graph) is not None

    def _is_plain(self, graph: NamedNode | None) -> bool:
        """Say whether all that a graph holds is reasoned with; None is the unnamed one."""
        made = (self.graphs.inferred, self.graphs.description)
        return graph not in made and not self._is_register(graph)

    def _plain_quads(self) -> Iterator[Quad]:
        for graph in filter(self._is_plain, self.quads.graphs()):
            yield from self.quads.matching(graph=graph)
        yield from self.quads.matching(graph=DefaultGraph())

    def _said(self, place: NamedNode) -> Iterator[Quad]:
        """Yield what registers say of a place."""
        return (q for q in self.quads.matching(place) if self._is_register(name_of(q)))

    def _describes(self, node: NamedNode) -> bool:
        """Say whether a register describes a node."""
        return next(self._said(node), None) is not None

    def _reach(self, places: Iterable[NamedNode]) -> frozenset[NamedNode]:
        """Return places of registers, and those that they lead to."""
        waiting, seen = list(places), set(places)
        while waiting:
            for quad in self._said(waiting.pop()):
                value = quad.object
                if quad.predicate in _LEADING and isinstance(value, NamedNode):
                    if value not in seen:
                        waiting.append(value)
                    seen.add(value)
        return frozenset(seen)

    def _still_mentioned(self, delta: Delta) -> frozenset[NamedNode]:
        """Return the places of registers that other graphs speak of after a change."""
        if not self._registers:
            return frozenset()
        doubtful: set[NamedNode] = set()
        for quad in delta.removed | delta.added:
            if self._is_plain(name_of(quad)):
                doubtful.update(_named(quad))
            elif isinstance(quad.subject, NamedNode) and self._is_register(name_of(quad)):
                doubtful.add(quad.subject)
        found = {node for node in doubtful if self._describes(node) and self._is_mentioned(node)}
        return (self.mentioned - doubtful) | found

    def _is_mentioned(self, node: NamedNode) -> bool:
        """Say whether a graph that is no register speaks of a node."""
        found = (quads for quads in (self.quads.matching(node), self.quads.matching(value=node)))
        return any(self._is_plain(name_of(quad)) for quads in found for quad in quads)

    def _difference(self, later: "Assertions", delta: Delta) -> Reassertion:
        """Return what is withdrawn and what is asserted on the way to a later state."""
        gone = {quad.triple for quad in delta.removed if self._holds(quad)}
        come = {quad.triple for quad in delta.added if later._holds(quad)}
        for place in self.reached - later.reached:
            gone |= {quad.triple for quad in self._said(place)}
        for place in later.reached - self.reached:
            come |= {quad.triple for quad in self._said(place)}
        left = {triple for each in gone for triple in later._alike(each)}
        return Reassertion(frozenset(gone - left), frozenset(come | left))

    def _holds(self, quad: Quad) -> bool:
        """Say whether a quad that is or was stored is reasoned with."""
        name = name_of(quad)
        return self._is_plain(name) or (self._is_register(name) and quad.subject in self.reached)

    def _alike(self, triple: Triple) -> Iterator[Triple]:
        """Yield a triple that went, if another graph holds it, and those with another literal.

        To the reasoner literals of equal value are one, so these may say the same.
        """
        subject = triple.subject
        if isinstance(subject, NamedNode | BlankNode):
            value = None if isinstance(triple.object, Literal) else triple.object
            found = self.quads.matching(subject, triple.predicate, value)
            yield from (quad.triple for quad in found if self._holds(quad))


def _named(quad: Quad) -> Iterator[NamedNode]:
    """Yield what a quad speaks of by name."""
    nodes: tuple[Node, Node] = (quad.subject, quad.object)
    return (node for node in nodes if isinstance(node, NamedNode))
