"""How much a set of triples says about what: the numbers of a VoID description.

See https://www.w3.org/TR/void/#statistics for the counts and #class-property-partitions.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.rdf import Node
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import OWL, RDF, RDFS, SH

Subject = NamedNode | BlankNode | Triple
Classes = frozenset[NamedNode]
Row: TypeAlias = Triple | tuple[Subject, NamedNode, Node]
"""A triple, or the same as a tuple: to take its terms out of a tuple is quicker."""
Ranges = Counter[NamedNode]
"""How many triples lead to each class or datatype."""

TYPE: Final = NamedNode(RDF + "type")
_GRAMMAR: Final = (OWL, RDF, RDFS, SH)
"""Namespaces whose classes say how the vocabulary is made, not what the data is about."""


@dataclass(frozen=True)
class PropertyCount:
    """How often a property is used."""

    triples: int
    subjects: int
    objects: int


@dataclass
class PropertyUse:
    """How instances of one class use a property, and what it leads them to."""

    triples: int = 0
    classes: Ranges = field(default_factory=Counter)
    datatypes: Ranges = field(default_factory=Counter)

    def count(self, end: Classes | NamedNode, triples: int) -> None:
        """Count some more triples, which all lead to instances or values of one kind."""
        self.triples += triples
        if isinstance(end, NamedNode):
            self.datatypes[end] += triples
        else:
            for kind in end:
                self.classes[kind] += triples


@dataclass(frozen=True)
class Statistics:
    """The counts of one dataset; all of distinct things."""

    triples: int
    entities: int
    """How many IRIs something is said about."""
    subjects: int
    objects: int
    classes: Mapping[NamedNode, int]
    """Every class that has instances, with their number."""
    properties: Mapping[NamedNode, PropertyCount]

    @classmethod
    def of_graph(cls, quads: EmbeddedStore, graph: NamedNode) -> "Statistics":
        """Count the triples of a graph."""
        subjects, objects = "(COUNT(DISTINCT ?s) AS ?a)", "(COUNT(DISTINCT ?o) AS ?b)"
        iris = "(COUNT(DISTINCT ?iri) AS ?i)"
        kinds = quads.counts(graph, "?o (COUNT(*) AS ?n)", f"FILTER (?p = {TYPE}) }} GROUP BY ?o")
        uses = quads.counts(graph, f"?p (COUNT(*) AS ?n) {subjects} {objects}", "} GROUP BY ?p")
        (whole,) = quads.counts(
            graph,
            f"(COUNT(*) AS ?n) {subjects} {objects} {iris}",
            "BIND (IF(isIRI(?s), ?s, 1/0) AS ?iri) }",
        )
        classes = {row["o"]: row["n"] for row in kinds if isinstance(row["o"], NamedNode)}
        properties = {row["p"]: PropertyCount(row["n"], row["a"], row["b"]) for row in uses}
        return cls(
            triples=whole["n"],
            entities=whole["i"],
            subjects=whole["a"],
            objects=whole["b"],
            classes={node: classes[node] for node in _sorted(classes)},
            properties={name: properties[name] for name in _sorted(properties)},
        )


class Tally:
    """The counts of a set of triples that grows and shrinks."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._triples = 0
        self._subjects: Counter[Subject] = Counter()
        self._objects: Counter[Node] = Counter()
        self._classes: Counter[NamedNode] = Counter()
        self._properties: dict[NamedNode, tuple[Counter[Subject], Counter[Node]]] = {}

    def count(self, triples: Iterable[Triple], step: int) -> None:
        """Take triples that are new to the set (``step`` is 1) or leave it (-1)."""
        for triple in triples:
            subject, predicate, value = triple.subject, triple.predicate, triple.object
            self._triples += step
            subjects, objects = self._properties.setdefault(predicate, (Counter(), Counter()))
            _add(self._subjects, subject, step)
            _add(self._objects, value, step)
            _add(subjects, subject, step)
            _add(objects, value, step)
            if predicate == TYPE and isinstance(value, NamedNode):
                _add(self._classes, value, step)
            if not subjects:
                del self._properties[predicate]

    def statistics(self) -> Statistics:
        """Return the counts as they are now."""
        return Statistics(
            triples=self._triples,
            entities=sum(isinstance(node, NamedNode) for node in self._subjects),
            subjects=len(self._subjects),
            objects=len(self._objects),
            classes={node: self._classes[node] for node in _sorted(self._classes)},
            properties={
                name: PropertyCount(subjects.total(), len(subjects), len(objects))
                for name in _sorted(self._properties)
                for subjects, objects in (self._properties[name],)
            },
        )


def _add(counter: Counter[Any], key: object, step: int) -> None:
    counter[key] += step
    if not counter[key]:
        del counter[key]


Alike: TypeAlias = tuple[Classes, NamedNode, Classes | NamedNode]
"""What makes triples count as one: the classes of the subject, the property, and the classes of
the object, or the datatype of a literal."""


def like(triples: Collection[Row]) -> Counter[Alike]:
    """Count the triples about instances by what they are like; there are few such kinds."""
    classes = classes_in(triples)
    nothing: Classes = frozenset()
    found: Counter[Alike] = Counter()
    for subject, predicate, value in triples:
        of = classes.get(subject, nothing)
        if of and predicate != TYPE:
            end = value.datatype if isinstance(value, Literal) else classes.get(value, nothing)
            found[of, predicate, end] += 1
    return found


def uses_by_class(alike: Counter[Alike]) -> dict[NamedNode, dict[NamedNode, PropertyUse]]:
    """Return how the instances of each class of the subject matter use each property."""
    found: defaultdict[NamedNode, defaultdict[NamedNode, PropertyUse]]
    found = defaultdict(lambda: defaultdict(PropertyUse))
    for (of, name, end), count in alike.items():
        for one in of:
            found[one][name].count(end, count)
    return {one: {name: found[one][name] for name in _sorted(found[one])} for one in _sorted(found)}


def classes_in(triples: Iterable[Row]) -> dict[Node, Classes]:
    """Return the classes of each instance, without those of the grammar."""
    found: defaultdict[Node, set[NamedNode]] = defaultdict(set)
    for subject, predicate, kind in triples:
        if predicate != TYPE or not isinstance(kind, NamedNode):
            continue
        if not kind.value.startswith(_GRAMMAR):
            found[subject].add(kind)
    return {node: frozenset(kinds) for node, kinds in found.items()}


def _sorted(nodes: Iterable[NamedNode]) -> list[NamedNode]:
    return sorted(nodes, key=lambda node: node.value)
