"""Which literals are of which datatypes, those that an ontology defines included.

Source: OWL 2 RL rules dt-*, and OWL 2 Structural Specification, section 7 (data ranges).
"""

from collections.abc import Callable

from pyoxigraph import Literal, NamedNode

from govkg.reasoning.facts import Relation, Terms
from govkg.reasoning.literals import FACETS, ILL_TYPED, belongs, satisfies, value_of
from govkg.vocabulary import OWL, RDF

_DEPTH = 6
"""Data ranges nested deeper, or in circles, are not looked into."""


class Difference(Relation):
    """The facts of owl:differentFrom; literals of different value are different (dt-diff)."""

    __slots__ = ("_differ",)

    def __init__(self, number: int, differ: Callable[[int, int], bool]) -> None:
        """Take the number of owl:differentFrom, and what knows of literals."""
        super().__init__(number)
        self._differ = differ

    def rank(self, subject: int, value: int) -> int | None:
        """Return the rank of a fact, or None if it does not hold."""
        if subject & 1:
            return 0 if self._differ(subject, value) else None
        return super().rank(subject, value)


class Datatypes:
    """Knows the datatypes of literals."""

    def __init__(self, terms: Terms, relation: Callable[[int], Relation]) -> None:
        """Take the terms, and what gives the facts of a property."""
        self._terms = terms
        self._relation = relation
        self._known: dict[tuple[int, int], bool | None] = {}

    def difference(self, number: int) -> Difference:
        """Return the facts of owl:differentFrom."""
        return Difference(number, self.differ)

    def ill_typed(self) -> set[int]:
        """Return the literals that have no value, such as ``"abc"^^xsd:integer``."""
        return self._terms.ill_typed

    def differ(self, one: int, other: int) -> bool:
        """Say whether two literals are known to have different values."""
        if one == other or not (one & 1 and other & 1):
            return False
        values = [value_of(self._literal(number)) for number in (one, other)]
        return all(value is not None and value[0] != ILL_TYPED for value in values)

    def holds(self, literal: int, datatype: int) -> bool | None:
        """Say whether a literal is of a datatype or data range; None if that is unknown."""
        key = literal, datatype
        if key not in self._known:
            self._known[key] = self._holds(literal, datatype, 0)
        return self._known[key]

    def forget(self) -> None:
        """Forget what was found, as the definitions may have changed."""
        self._known.clear()

    def _literal(self, number: int) -> Literal:
        found = self._terms.term(number)
        assert isinstance(found, Literal)  # noqa: S101  # odd numbers are literals
        return found

    def _holds(self, literal: int, datatype: int, depth: int) -> bool | None:
        if depth > _DEPTH:
            return None
        node = self._terms.term(datatype)
        if isinstance(node, NamedNode):
            found = self._named(literal, node)
            if found is not None:
                return found
        for look in (self._restricted, self._listed, self._combined, self._defined):
            found = look(literal, datatype, depth)
            if found is not None:
                return found
        return None

    def _named(self, literal: int, datatype: NamedNode) -> bool | None:
        own = self._literal(literal)
        found = belongs(value_of(own), datatype.value)
        return True if found is None and own.datatype == datatype else found

    def _values(self, node: int, name: str) -> list[int]:
        number = self._terms.known(NamedNode(OWL + name))
        return [] if number is None else [v for v, _ in self._relation(number).objects(node)]

    def _members(self, head: int) -> list[int]:
        first, rest = (self._terms.number(NamedNode(RDF + name)) for name in ("first", "rest"))
        found: list[int] = []
        while len(found) < 1000:
            found += [value for value, _ in self._relation(first).objects(head)[:1]]
            after = self._relation(rest).objects(head)
            if not after:
                break
            head = after[0][0]
        return found

    def _restricted(self, literal: int, datatype: int, depth: int) -> bool | None:
        """Look into owl:onDatatype and owl:withRestrictions."""
        verdicts: list[bool | None] = []
        for base in self._values(datatype, "onDatatype"):
            verdicts.append(self._holds(literal, base, depth + 1))
            for head in self._values(datatype, "withRestrictions"):
                for facet in self._members(head):
                    verdicts += self._facets(literal, facet)
        return _all(verdicts) if verdicts else None

    def _facets(self, literal: int, node: int) -> list[bool | None]:
        value = value_of(self._literal(literal))
        found: list[bool | None] = []
        for prop, relation in list(self._relation_items()):
            for limit, _ in relation.objects(node):
                if limit & 1:
                    name = self._terms.term(prop)
                    facet = name.value if isinstance(name, NamedNode) else ""
                    found.append(satisfies(value, facet, value_of(self._literal(limit))))
        return found or [None]

    def _relation_items(self) -> list[tuple[int, Relation]]:
        numbers = (self._terms.known(NamedNode(facet)) for facet in FACETS)
        return [(number, self._relation(number)) for number in numbers if number is not None]

    def _listed(self, literal: int, datatype: int, _: int) -> bool | None:
        """Look into owl:oneOf."""
        for head in self._values(datatype, "oneOf"):
            return literal in self._members(head)
        return None

    def _combined(self, literal: int, datatype: int, depth: int) -> bool | None:
        """Look into unions, intersections and complements of data ranges."""
        for head in self._values(datatype, "unionOf"):
            parts = [self._holds(literal, part, depth + 1) for part in self._members(head)]
            return True if True in parts else (None if None in parts else False)
        for head in self._values(datatype, "intersectionOf"):
            return _all([self._holds(literal, part, depth + 1) for part in self._members(head)])
        for other in self._values(datatype, "datatypeComplementOf"):
            found = self._holds(literal, other, depth + 1)
            return None if found is None else not found
        return None

    def _defined(self, literal: int, datatype: int, depth: int) -> bool | None:
        """Look into the definition of a datatype by another."""
        for other in self._values(datatype, "equivalentClass"):
            if other != datatype:
                found = self._holds(literal, other, depth + 1)
                if found is not None:
                    return found
        return None


def _all(verdicts: list[bool | None]) -> bool | None:
    """Return whether all hold: False as soon as one does not, None if one is unknown."""
    return False if False in verdicts else (None if None in verdicts else True)
