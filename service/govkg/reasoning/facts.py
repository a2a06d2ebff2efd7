"""Facts as triples of numbers: terms are interned once, and facts indexed by property.

The reasoner compares and joins millions of triples; small integers make that cheap in time and
memory. Nothing outside the reasoning package sees the numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, Triple

from govkg.rdf import Node

Fact = tuple[int, int, int]
"""Subject, property and object, as numbers of a ``Terms``."""

Derivation = tuple[str, tuple[Fact, ...]]
"""The rule that first yielded a fact, and the facts it used."""


class Terms:
    """A two-way table between RDF terms and small integers."""

    def __init__(self) -> None:
        """Start empty."""
        self._numbers: dict[Node, int] = {}
        self._terms: list[Node] = []
        self._literals: set[int] = set()

    def number(self, term: Node) -> int:
        """Return the number of a term, giving it the next one if it is new."""
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = len(self._terms)
            self._terms.append(term)
            if isinstance(term, Literal):
                self._literals.add(number)
        return number

    def known(self, term: Node) -> int | None:
        """Return the number of a term, or None if it never occurred."""
        return self._numbers.get(term)

    def term(self, number: int) -> Node:
        """Return the term with this number."""
        return self._terms[number]

    def is_literal(self, number: int) -> bool:
        """Say whether the term with this number is a literal."""
        return number in self._literals

    def fact(self, triple: Triple) -> Fact:
        """Return a triple as numbers."""
        return (
            self.number(triple.subject),
            self.number(triple.predicate),
            self.number(triple.object),
        )

    def triple(self, fact: Fact) -> Triple:
        """Return numbers as a triple."""
        subject, predicate, value = fact
        return Triple(self._terms[subject], self._terms[predicate], self._terms[value])  # type: ignore[arg-type]


class Facts:
    """A set of facts, each with its first derivation, that can be undone back to a mark."""

    def __init__(self) -> None:
        """Start empty."""
        self.derivations: dict[Fact, Derivation | None] = {}
        """Every fact; None stands for one that was asserted."""
        self._objects: defaultdict[int, dict[int, set[int]]] = defaultdict(dict)
        self._subjects: defaultdict[int, dict[int, set[int]]] = defaultdict(dict)
        self._log: list[tuple[Fact, Derivation | None, bool]] = []

    def __contains__(self, fact: Fact) -> bool:
        """Say whether the fact holds."""
        return fact in self.derivations

    def __len__(self) -> int:
        """Count the facts."""
        return len(self.derivations)

    def add(self, fact: Fact, derivation: Derivation | None) -> bool:
        """Add a fact and say whether it is new; asserting an inferred one makes it asserted."""
        if fact in self.derivations:
            if derivation is None and self.derivations[fact] is not None:
                self._log.append((fact, self.derivations[fact], False))
                self.derivations[fact] = None
            return False
        subject, predicate, value = fact
        self.derivations[fact] = derivation
        self._objects[predicate].setdefault(subject, set()).add(value)
        self._subjects[predicate].setdefault(value, set()).add(subject)
        self._log.append((fact, None, True))
        return True

    def objects(self, predicate: int, subject: int) -> tuple[int, ...]:
        """Return the values of a property of a subject, as they are now."""
        return tuple(self._objects[predicate].get(subject, ()))

    def subjects(self, predicate: int, value: int) -> tuple[int, ...]:
        """Return the subjects that have a value of a property, as they are now."""
        return tuple(self._subjects[predicate].get(value, ()))

    def pairs(self, predicate: int) -> list[tuple[int, int]]:
        """Return the subjects and values of a property, as they are now."""
        found = self._objects.get(predicate, {})
        return [(subject, value) for subject, values in found.items() for value in values]

    def uses(self, predicate: int) -> bool:
        """Say whether any fact has this property, or had it once."""
        return bool(self._objects.get(predicate))

    def about(self, node: int) -> Iterator[Fact]:
        """Yield the facts in which a node is subject or object."""
        for predicate in tuple(self._objects):
            for value in self.objects(predicate, node):
                yield node, predicate, value
            for subject in self.subjects(predicate, node):
                yield subject, predicate, node

    def mark(self) -> int:
        """Return a mark to which ``undo`` can go back."""
        return len(self._log)

    def undo(self, mark: int) -> None:
        """Take back, last first, whatever was added since the mark."""
        while len(self._log) > mark:
            fact, before, was_new = self._log.pop()
            if not was_new:
                self.derivations[fact] = before
                continue
            subject, predicate, value = fact
            del self.derivations[fact]
            self._objects[predicate][subject].discard(value)
            self._subjects[predicate][value].discard(subject)

    def since(self, mark: int) -> Iterable[Fact]:
        """Return the facts that were new since the mark, in order."""
        return [fact for fact, _, was_new in self._log[mark:] if was_new]
