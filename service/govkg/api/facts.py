"""What the store says of a node and with a node, to describe things on pages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from govkg.cases import KG
from govkg.rdf import Node
from govkg.store import Delta
from govkg.store.deltas import name_of
from govkg.vocabulary import OWL, RDF

TYPE = NamedNode(RDF + "type")
_AXIOM_SOURCE = NamedNode(OWL + "annotatedSource")


@dataclass(frozen=True)
class Fact:
    """A triple, the graph that holds it, and whether it was derived."""

    triple: Triple
    graph: NamedNode
    inferred: bool


class Facts:
    """What is said of each node, and with each node; it never changes once it is made."""

    def __init__(
        self, kg: KG, sizes: Mapping[NamedNode, int] | None = None, unnamed: int | None = None
    ) -> None:
        """Look things up in what a store holds; the numbers may be known already."""
        self._quads = kg.quads
        self._graphs = kg.graphs
        self.sizes = kg.quads.sizes() if sizes is None else sizes
        """How many triples each named graph holds, in the order of the names."""
        named = sum(self.sizes.values())
        self.unnamed = len(kg.quads) - named if unnamed is None else unnamed
        """How many triples the unnamed graph holds."""
        self.quads = named + self.unnamed
        """How many quads there are, those of the unnamed graph among them."""

    def after(self, kg: KG, delta: Delta) -> "Facts":
        """Return the facts after a change; nothing is counted but what it changes."""
        growth = Counter(map(name_of, delta.added))
        growth.subtract(name_of(quad) for quad in delta.removed)
        sizes = dict(self.sizes)
        for graph in delta.graphs:
            if graph is not None:
                sizes[graph] = sizes.get(graph, 0) + growth[graph]
        for graph in delta.dropped:
            sizes[graph] = sum(name_of(quad) == graph for quad in delta.added)
            if not sizes[graph] and graph not in delta.created:
                del sizes[graph]
        if sizes.keys() != self.sizes.keys():
            sizes = {graph: sizes[graph] for graph in sorted(sizes, key=str)}
        return Facts(kg, sizes, self.unnamed + growth[None])

    @cached_property
    def distinct(self) -> int:
        """How many triples the union of all graphs holds."""
        return self._quads.distinct()

    def about(self, node: Node) -> list[Fact]:
        """Return the facts of which a node is the subject, asserted and derived."""
        if not isinstance(node, NamedNode | BlankNode):
            return []
        return self._facts(self._quads.matching(subject=node))

    def towards(self, node: Node) -> list[Fact]:
        """Return the facts of which a node is the object, asserted and derived."""
        return [] if isinstance(node, Literal) else self._facts(self._quads.matching(value=node))

    def inferred(self, predicate: NamedNode) -> list[Triple]:
        """Return what was derived with a property, sorted."""
        found = self._quads.matching(None, predicate, None, self._graphs.inferred)
        return sorted((quad.triple for quad in found), key=str)

    def _facts(self, quads: Iterable[Quad]) -> list[Fact]:
        """Return quads as facts, in the order of their graphs, those of the unnamed graph last."""
        describing = self._graphs.description  # it speaks of the dataset, not of its subject
        facts = [self._fact(quad) for quad in quads if quad.graph_name != describing]
        unnamed = self._graphs.unnamed
        return sorted(facts, key=lambda f: (f.graph == unnamed, f.graph.value, str(f.triple)))

    def _fact(self, quad: Quad) -> Fact:
        named, graph = quad.graph_name, self._graphs.unnamed
        graph = named if isinstance(named, NamedNode) else graph
        return Fact(quad.triple, graph, inferred=graph == self._graphs.inferred)

    def values(self, node: Node, predicate: NamedNode) -> list[Node]:
        """Return the values of a property, asserted and derived, each once."""
        found = (f.triple.object for f in self.about(node) if f.triple.predicate == predicate)
        return list(dict.fromkeys(found))

    def subjects(self, predicate: NamedNode, value: Node) -> list[Node]:
        """Return what has a value of a property, asserted or derived, each once."""
        found = (f.triple.subject for f in self.towards(value) if f.triple.predicate == predicate)
        return list(dict.fromkeys(found))

    def description(self, node: NamedNode) -> list[Triple]:
        """Return what is asserted about a node, with nameless parts and footings of relations."""
        footings = [
            f.triple.subject for f in self.towards(node) if f.triple.predicate == _AXIOM_SOURCE
        ]
        found = [t for each in (node, *footings) for t in self._spelt_out(each, set())]
        return list(dict.fromkeys(found))

    def _spelt_out(self, node: Node, seen: set[Node]) -> Iterator[Triple]:
        """Yield the asserted triples about a node and about the blank nodes it leads to."""
        seen.add(node)
        for fact in self.about(node):
            if not fact.inferred:
                yield fact.triple
                value = fact.triple.object
                if isinstance(value, BlankNode) and value not in seen:
                    yield from self._spelt_out(value, seen)
