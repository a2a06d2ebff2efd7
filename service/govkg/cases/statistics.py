"""How much a set of triples says about what: the numbers of a VoID description.

See https://www.w3.org/TR/void/#statistics for the counts and #class-property-partitions.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.rdf import Node
from govkg.vocabulary import OWL, RDF, RDFS, SH

Subject = NamedNode | BlankNode | Triple
Classes = frozenset[NamedNode]
Ranges = Counter[NamedNode]
"""How many triples lead to each class or datatype."""

_TYPE: Final = NamedNode(RDF + "type")
_GRAMMAR: Final = (OWL, RDF, RDFS, SH)
"""Namespaces whose classes say how the vocabulary is made, not what the data is about."""


@dataclass(frozen=True)
class PropertyCount:
    """How often a property is used."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True)
class PropertyUse:
    """How instances of one class use a property, and what it leads them to."""

    triples: int
    classes: Ranges
    datatypes: Ranges


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
    def of(cls, triples: Collection[Triple]) -> "Statistics":
        """Count distinct triples."""
        subjects: defaultdict[NamedNode, set[Subject]] = defaultdict(set)
        objects: defaultdict[NamedNode, set[Node]] = defaultdict(set)
        uses: Counter[NamedNode] = Counter()
        for triple in triples:
            uses[triple.predicate] += 1
            subjects[triple.predicate].add(triple.subject)
            objects[triple.predicate].add(triple.object)
        about: set[Subject] = set().union(*subjects.values())
        return cls(
            triples=len(triples),
            entities=sum(isinstance(node, NamedNode) for node in about),
            subjects=len(about),
            objects=len(set().union(*objects.values())),
            classes=_instances(triples),
            properties={
                name: PropertyCount(uses[name], len(subjects[name]), len(objects[name]))
                for name in _sorted(uses)
            },
        )


def _instances(triples: Iterable[Triple]) -> dict[NamedNode, int]:
    """Return how many instances each named class has."""
    found = Counter(t.object for t in triples if t.predicate == _TYPE)
    named = {node: count for node, count in found.items() if isinstance(node, NamedNode)}
    return {node: named[node] for node in _sorted(named)}


def uses_by_class(
    triples: Collection[Triple],
) -> dict[NamedNode, dict[NamedNode, PropertyUse]]:
    """Return how the instances of each class of the subject matter use each property.

    Subjects with the same classes are counted together first, since there are few such sets.
    """
    classes = _classes(triples)
    alike: Counter[tuple[Classes, NamedNode, Classes | NamedNode]] = Counter()
    nothing: Classes = frozenset()
    for each in triples:
        of = classes.get(each.subject, nothing)
        value = each.object
        end = value.datatype if isinstance(value, Literal) else classes.get(value, nothing)
        if of and each.predicate != _TYPE:
            alike[of, each.predicate, end] += 1
    found: dict[NamedNode, dict[NamedNode, PropertyUse]] = defaultdict(dict)
    for (of, name, end), count in alike.items():
        for one in of:
            before = found[one].get(name, PropertyUse(0, Counter(), Counter()))
            found[one][name] = _more(before, end, count)
    return {one: {name: found[one][name] for name in _sorted(found[one])} for one in _sorted(found)}


def _more(use: PropertyUse, end: Classes | NamedNode, count: int) -> PropertyUse:
    """Return a use with some more triples, which all lead to instances or values of one kind."""
    if isinstance(end, NamedNode):
        return PropertyUse(use.triples + count, use.classes, use.datatypes + Counter({end: count}))
    more = Counter(dict.fromkeys(end, count))
    return PropertyUse(use.triples + count, use.classes + more, use.datatypes)


def _classes(triples: Iterable[Triple]) -> dict[Node, Classes]:
    """Return the classes of each instance, without those of the grammar."""
    found: defaultdict[Node, set[NamedNode]] = defaultdict(set)
    for triple in triples:
        kind = triple.object
        if triple.predicate != _TYPE or not isinstance(kind, NamedNode):
            continue
        if not kind.value.startswith(_GRAMMAR):
            found[triple.subject].add(kind)
    return {node: frozenset(kinds) for node, kinds in found.items()}


def _sorted(nodes: Iterable[NamedNode]) -> list[NamedNode]:
    return sorted(nodes, key=lambda node: node.value)
