"""Terms and facts as numbers: terms are interned once, and facts indexed by property.

The reasoner compares and joins millions of triples; small integers make that cheap in time and
memory. Nothing outside the reasoning package sees the numbers. Literals have odd numbers, and
literals of equal value share one.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from pyoxigraph import Literal, Triple

from govkg.rdf import Node
from govkg.reasoning.literals import ILL_TYPED, Value, value_of

Fact = tuple[int, int, int]
"""Subject, property and object, as numbers of a ``Terms``."""

Add = Callable[[int, int, int, int], Any]
"""Takes a conclusion: property, subject, object and rank."""

Trigger = Callable[[int, int, int, Add], None]
"""Meets a fact, given as subject, object and rank, with the others, and adds what follows."""

RANK: Final = 32
"""A fact with one value is kept as the value's number plus the rank, shifted by so many bits."""
NUMBER: Final = (1 << RANK) - 1


class Terms:
    """A two-way table between RDF terms and small integers."""

    def __init__(self) -> None:
        """Start empty."""
        self._numbers: dict[Node, int] = {}
        self._nodes: list[Node] = []
        self._literals: list[Literal] = []
        self._by_value: dict[Value, int] = {}
        self.ill_typed: set[int] = set()
        """The literals that have no value, such as ``"abc"^^xsd:integer``."""

    def __len__(self) -> int:
        """Count the terms, those that no fact uses any more included."""
        return len(self._nodes) + len(self._literals)

    def number(self, term: Node) -> int:
        """Return the number of a term, giving it the next one if it is new."""
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = self._new(term)
        return number

    def _new(self, term: Node) -> int:
        if not isinstance(term, Literal):
            self._nodes.append(term)
            return 2 * len(self._nodes) - 2
        value = None if term.datatype == _STRING else value_of(term)
        if value is not None and value[0] == "string":
            return self.number(Literal(str(value[1])))
        number = 2 * len(self._literals) + 1
        if value is not None:
            number = self._by_value.setdefault(value, number)
        if number == 2 * len(self._literals) + 1:
            self._literals.append(term)
            if value is not None and value[0] == ILL_TYPED:
                self.ill_typed.add(number)
        return number

    def known(self, term: Node) -> int | None:
        """Return the number of a term, or None if it never occurred."""
        number = self._numbers.get(term)
        if number is None and isinstance(term, Literal):
            value = value_of(term)
            if value is not None and value[0] == "string":
                return self._numbers.get(Literal(str(value[1])))
            return None if value is None else self._by_value.get(value)
        return number

    def term(self, number: int) -> Node:
        """Return the term with this number."""
        return self._literals[number >> 1] if number & 1 else self._nodes[number >> 1]

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
        return Triple(self._nodes[subject >> 1], self._nodes[predicate >> 1], self.term(value))  # type: ignore[arg-type]


_STRING = Literal("").datatype


class Relation:
    """The facts of one property, each with its rank.

    The rank of an asserted fact is 0; that of a derived one is above the ranks of the facts that
    it was derived from. A subject with one value costs one entry; the way back, from values to
    subjects, is indexed when it is first asked for.
    """

    __slots__ = ("_backward", "_forward", "number", "on_object", "on_pair")

    def __init__(self, number: int) -> None:
        """Start empty, for the property with this number."""
        self.number = number
        self._forward: dict[int, int | dict[int, int]] = {}
        self._backward: dict[int, int | set[int]] | None = None
        self.on_pair: list[Trigger] = []
        """Triggers that any fact of this property sets going (see ``program.py``)."""
        self.on_object: dict[int, list[Trigger]] = {}
        """Triggers that only facts with a certain value set going."""

    def __len__(self) -> int:
        """Count the subjects."""
        return len(self._forward)

    def rank(self, subject: int, value: int) -> int | None:
        """Return the rank of a fact, or None if it does not hold."""
        found = self._forward.get(subject)
        if found is None:
            return None
        if type(found) is int:
            return found >> RANK if found & NUMBER == value else None
        return found.get(value)  # type: ignore[union-attr]

    def objects(self, subject: int) -> list[tuple[int, int]]:
        """Return the values of a subject, each with the rank of the fact, as they are now."""
        found = self._forward.get(subject)
        if found is None:
            return []
        if type(found) is int:
            return [(found & NUMBER, found >> RANK)]
        return list(found.items())  # type: ignore[union-attr]

    def subjects(self, value: int) -> list[int]:
        """Return the subjects that have a value, as they are now."""
        found = self.backward().get(value)
        if found is None:
            return []
        return [found] if type(found) is int else list(found)  # type: ignore[arg-type]

    def pairs(self) -> Iterator[tuple[int, int, int]]:
        """Yield subject, value and rank of every fact there is when asked."""
        for subject in list(self._forward):
            for value, rank in self.objects(subject):
                yield subject, value, rank

    def put(self, subject: int, value: int, rank: int) -> int | None:
        """Add a fact, or give it another rank; returns the rank it had, None if it is new."""
        found = self._forward.get(subject)
        if found is None:
            self._forward[subject] = value | rank << RANK if rank else value
        elif type(found) is int:
            if found & NUMBER == value:
                self._forward[subject] = value | rank << RANK
                return found >> RANK
            self._forward[subject] = {found & NUMBER: found >> RANK, value: rank}
        else:
            before: int | None = found.get(value)  # type: ignore[union-attr]
            found[value] = rank  # type: ignore[index]
            if before is not None:
                return before
        if self._backward is not None:
            self._link(value, subject)
        return None

    def remove(self, subject: int, value: int) -> None:
        """Take a fact out; it must be there."""
        found = self._forward[subject]
        if type(found) is int or len(found) == 1:  # type: ignore[arg-type]
            del self._forward[subject]
        else:
            del found[value]  # type: ignore[union-attr]
        if self._backward is not None:
            self._unlink(value, subject)

    def backward(self) -> dict[int, int | set[int]]:
        """Return the index from values to subjects, made when first asked for."""
        if self._backward is None:
            self._backward = {}
            for subject, value, _ in self.pairs():
                self._link(value, subject)
        return self._backward

    def _link(self, value: int, subject: int) -> None:
        index = self._backward
        assert index is not None  # noqa: S101  # the callers have looked
        found = index.get(value)
        if found is None:
            index[value] = subject
        elif type(found) is int:
            index[value] = {found, subject}
        else:
            found.add(subject)  # type: ignore[union-attr]

    def _unlink(self, value: int, subject: int) -> None:
        index = self._backward
        assert index is not None  # noqa: S101  # the callers have looked
        found = index[value]
        if type(found) is int or len(found) == 1:  # type: ignore[arg-type]
            del index[value]
        else:
            found.remove(subject)  # type: ignore[union-attr]
