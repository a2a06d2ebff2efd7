"""Axioms compiled into triggers: what to conclude when a fact with a given property arrives.

The axioms are read once. Each becomes one or two small functions, filed under the property or
the class whose facts set it going. A trigger sees the new fact and all facts so far and yields
conclusions; the agenda in ``closure.py`` does the rest.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode

from govkg.reasoning.facts import Fact, Facts, Terms
from govkg.vocabulary import OWL, RDF, RDFS


@dataclass(frozen=True)
class Conclusion:
    """What a rule yields: a fact, or a clash when the fact is None."""

    rule: str
    fact: Fact | None
    premises: tuple[Fact, ...]


Trigger = Callable[[Facts, Fact], Iterator[Conclusion]]


class Words:
    """The numbers of the words of RDF, RDFS and OWL that rules speak of."""

    def __init__(self, terms: Terms) -> None:
        """Look every word up once."""

        def word(iri: str) -> int:
            return terms.number(NamedNode(iri))

        self.type = word(RDF + "type")
        self.first = word(RDF + "first")
        self.rest = word(RDF + "rest")
        self.nil = word(RDF + "nil")
        self.sub_class = word(RDFS + "subClassOf")
        self.sub_property = word(RDFS + "subPropertyOf")
        self.equivalent_class = word(OWL + "equivalentClass")
        self.same = word(OWL + "sameAs")
        self.different = word(OWL + "differentFrom")
        self.nothing = word(OWL + "Nothing")
        self.thing = word(OWL + "Thing")


class Axioms:
    """The asserted facts, read as axioms: look-ups with full words instead of numbers."""

    def __init__(self, facts: Facts, terms: Terms) -> None:
        """Read from these facts."""
        self.facts = facts
        self.terms = terms
        self.words = Words(terms)

    def pairs(self, predicate: str) -> Iterator[tuple[int, int, Fact]]:
        """Yield subject, object and fact for each axiom with this property."""
        number = self.terms.known(NamedNode(predicate))
        if number is None:
            return
        for fact in tuple(self.facts.derivations):
            if fact[1] == number:
                yield fact[0], fact[2], fact

    def members(self, head: int) -> list[int]:
        """Return the members of an RDF list; a broken list gives what could be read."""
        found: list[int] = []
        while head != self.words.nil and len(found) < 10_000:
            found += self.facts.objects(self.words.first, head)[:1]
            rest = self.facts.objects(self.words.rest, head)
            if not rest:
                break
            head = rest[0]
        return found

    def values(self, subject: int, predicate: str) -> Iterator[tuple[int, Fact]]:
        """Yield the values of a property of a class expression, each with the fact."""
        number = self.terms.known(NamedNode(predicate))
        if number is not None:
            for value in self.facts.objects(number, subject):
                yield value, (subject, number, value)

    def typed(self, class_iri: str) -> Iterator[tuple[int, Fact]]:
        """Yield each subject that has this type, with the fact."""
        number = self.terms.known(NamedNode(class_iri))
        if number is None:
            return
        for subject in self.facts.subjects(self.words.type, number):
            yield subject, (subject, self.words.type, number)


@dataclass
class Program:
    """All triggers, filed by what sets them going."""

    words: Words
    on_property: defaultdict[int, list[Trigger]] = field(default_factory=lambda: defaultdict(list))
    on_class: defaultdict[int, list[Trigger]] = field(default_factory=lambda: defaultdict(list))
    at_start: list[Conclusion] = field(default_factory=list)
    on_fact: list[Trigger] = field(default_factory=list)
    """Triggers that any fact sets going."""
    on_equality: Trigger | None = None
    """Carries facts over to equal things; needed only once some things are equal."""

    def triggers(self, facts: Facts, fact: Fact) -> Iterable[Trigger]:
        """Return the triggers that a new fact sets going."""
        _, predicate, value = fact
        found = [*self.on_property.get(predicate, []), *self.on_fact]
        if predicate == self.words.type:
            found = [*self.on_class.get(value, []), *found]
        if self.on_equality and facts.uses(self.words.same):
            found = [*found, self.on_equality]
        return found
