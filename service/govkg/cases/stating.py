"""What somebody who submits a case can state: the fields of the shapes, and their values."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from govkg.errors import Language
from govkg.ontology import TYPE, Ontology
from govkg.rdf import Node
from govkg.reasoning import Closure
from govkg.vocabulary import GC, GOV, SH


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


@dataclass
class Field:
    """A property that the shapes ask of some classes."""

    of: set[NamedNode] = field(default_factory=set)
    """The classes whose things have it."""
    values: set[NamedNode] = field(default_factory=set)
    """The classes of its values, none if the shapes do not say."""
    single: bool = False
    """Whether it has one value at most."""
    name: dict[Language, str] = field(default_factory=dict)
    """What the form calls it."""


class Fields:
    """The fields of all shapes, by property."""

    def __init__(self, shapes: Ontology) -> None:
        """Read the shapes that speak of a property and of a class of our own."""
        self.fields: dict[NamedNode, Field] = {}
        self.classes: set[NamedNode] = set()
        """The classes that the shapes describe."""
        for triple in shapes.triples:
            shape, target = triple.subject, triple.object
            if triple.predicate == _sh("targetClass") and isinstance(target, NamedNode):
                self.classes.add(target)
                for each in shapes.values(shape, _sh("property")):
                    self._take(shapes, each, target)

    def _take(self, shapes: Ontology, shape: Node, target: NamedNode) -> None:
        """Take one property shape of a class."""
        for path in shapes.values(shape, _sh("path")):
            if isinstance(path, NamedNode) and path != TYPE:
                known = self.fields.setdefault(path, Field())
                known.of.add(target)
                wanted = shapes.values(shape, _sh("class"))
                known.single |= any(_is_one(each) for each in shapes.values(shape, _sh("maxCount")))
                known.values |= {each for each in wanted if isinstance(each, NamedNode)}
                texts = shapes.texts(shape, _sh("name"))
                known.name = known.name or {"en": texts.get("en", ""), "zh": texts.get("zh", "")}


def _is_one(node: Node) -> bool:
    return isinstance(node, Literal) and node.value == "1"


Choices = Mapping[NamedNode, Sequence[NamedNode]]
"""The concepts of each class."""


def choices(ontology: Ontology, closure: Closure) -> Choices:
    """Return the concepts of each class; nothing may be supposed, for no case adds a choice."""
    found: defaultdict[NamedNode, list[NamedNode]] = defaultdict(list)
    for node in filter(Statable.is_term, ontology.concepts()):
        for kind in closure.objects(node, TYPE):
            if isinstance(kind, NamedNode):
                found[kind].append(node)
    return found


class Statable:
    """The facts that could be added to one case, as ``reasoning.missing`` wants to know them."""

    def __init__(self, fields: Fields, choices: Choices, closure: Closure, case: str) -> None:
        """Take the form, its choices, and the IRI of the case, under which new parts are named."""
        self._fields = fields
        self._choices = choices
        self._closure = closure
        self._case = case

    def property(self, predicate: NamedNode) -> bool:
        """Say whether the form has a field for a property."""
        return predicate in self._fields.fields

    def fact(self, triple: Triple) -> bool:
        """Say whether the form has room for a fact: about a case, with a value that fits."""
        if self.is_term(triple.subject):
            return False
        if triple.predicate == TYPE:
            return self.is_new(triple.subject) and triple.object in self._fields.classes
        known = self._fields.fields.get(triple.predicate)
        if known is None or (known.single and self._has(triple.subject, triple.predicate)):
            return False
        return self._is(triple.subject, known.of) and self._is(triple.object, known.values)

    def together(self, triples: frozenset[Triple]) -> bool:
        """Say whether no field that has one value at most would have two."""
        single = [t for t in triples if (f := self._fields.fields.get(t.predicate)) and f.single]
        return len({(t.subject, t.predicate) for t in single}) == len(single)

    def values(self, predicate: NamedNode) -> Sequence[NamedNode] | None:
        """Return the concepts that a field chooses from, None if it names things of the case."""
        known = self._fields.fields.get(predicate)
        if known is None:
            return []
        kinds = sorted(known.values, key=str)
        return [each for kind in kinds for each in self._choices.get(kind, ())] or None

    def new(self, number: int) -> NamedNode:
        """Return the name of a new part of the case."""
        return NamedNode(f"{self._case}#new-{number}")

    def classes(self) -> Iterable[NamedNode]:
        """Return the classes that the form describes."""
        return self._fields.classes

    def likeness(self, triple: Triple) -> Hashable:
        """Take it as alike where a case says the same in another of its parts."""
        value = triple.object
        return triple.predicate, value if self.is_term(value) else None

    def is_new(self, node: Node) -> bool:
        """Say whether a node is a part that was supposed."""
        return isinstance(node, NamedNode) and node.value.startswith(f"{self._case}#new-")

    @staticmethod
    def is_term(node: Node) -> bool:
        """Say whether a node is a term of the ontology."""
        return isinstance(node, NamedNode) and node.value.startswith((GC, GOV))

    def kind(self, node: Node, predicate: NamedNode) -> NamedNode | None:
        """Return of which class a new part is that has a property."""
        known = self._fields.fields.get(predicate)
        named = sorted(known.of, key=str) if known and self.is_new(node) else []
        return named[0] if named else None

    def _has(self, subject: Node, predicate: NamedNode) -> bool:
        """Say whether a thing has a value of a property already."""
        return isinstance(subject, NamedNode) and bool(self._closure.objects(subject, predicate))

    def _is(self, node: Node, classes: set[NamedNode]) -> bool:
        """Say whether a node is of one of some classes; a new one may be of any but a concept's."""
        if self.is_new(node) or not classes:
            return True
        if not isinstance(node, NamedNode):
            return False
        return any(Triple(node, TYPE, kind) in self._closure for kind in classes)
