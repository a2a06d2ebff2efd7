"""Every quad of the store, indexed by subject and by object, to describe things on pages."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.cases import KG
from govkg.rdf import Node
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

    def __init__(self, kg: KG) -> None:
        """Index all graphs of a store; that which describes the dataset is only counted."""
        self._about: defaultdict[Node, list[Fact]] = defaultdict(list)
        self._towards: defaultdict[Node, list[Fact]] = defaultdict(list)
        self.sizes: dict[NamedNode, int] = {}
        """How many triples each graph holds."""
        distinct: set[Triple] = set()
        for graph in kg.store.graphs():
            triples = sorted(kg.store.triples(graph), key=str)
            self.sizes[graph] = len(triples)
            distinct.update(triples)
            if graph == kg.graphs.description:  # it speaks of the dataset, not of its subject
                continue
            for triple in triples:
                self._add(Fact(triple, graph, inferred=graph == kg.graphs.inferred))
        for triple in sorted(kg.store.unnamed(), key=str):
            distinct.add(triple)
            self._add(Fact(triple, kg.graphs.unnamed, inferred=False))
        self.distinct = len(distinct)
        """How many triples the union of all graphs holds."""

    def _add(self, fact: Fact) -> None:
        self._about[fact.triple.subject].append(fact)
        if not isinstance(fact.triple.object, Literal):
            self._towards[fact.triple.object].append(fact)

    def about(self, node: Node) -> list[Fact]:
        """Return the facts of which a node is the subject, asserted and derived."""
        return self._about.get(node, [])

    def towards(self, node: Node) -> list[Fact]:
        """Return the facts of which a node is the object, asserted and derived."""
        return self._towards.get(node, [])

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

    def named(self) -> Iterator[NamedNode]:
        """Yield everything with an IRI of which something is said."""
        return (node for node in self._about if isinstance(node, NamedNode))
