"""Axioms compiled: each rule with each set of axioms it applies to becomes a clause over data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from govkg.reasoning.facts import Fact, Relation, Terms
from govkg.reasoning.joins import Atom, chain, lay_out
from govkg.reasoning.rules import Form, Rule
from govkg.vocabulary import OWL, RDF, RDFS, XSD

HAS, BEFORE, EACH, ALONG, AGREE = -1, -2, -3, -4, -5
"""The words for lists and order, where a pattern has the number of a property otherwise."""

_WORDS: Final = {"has": HAS, "<": BEFORE, "each": EACH}
_PATHS: Final = {"along": ALONG, "agree": AGREE}
_HAVE_TWINS: Final = {"cls-svf1", "cls-maxqc1", "cls-maxqc3"}
"""Rules on a class that have another rule beside them for the case that it is owl:Thing."""

_PREFIXES: Final = {"rdf": RDF, "rdfs": RDFS, "owl": OWL}


@dataclass(frozen=True, slots=True)
class Clause:
    """A rule with its axioms put in: patterns of data, and the conclusion, None for a clash."""

    rule: str
    head: Atom | None
    body: tuple[Atom, ...]
    axioms: tuple[Fact, ...]
    base: int
    """The highest rank of the axioms."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One form of a rule as numbers."""

    rule: str
    given: tuple[Atom, ...]
    when: tuple[Atom, ...]
    then: Atom | None
    paths: dict[int, int]
    """For each variable of a list that stands where a property does, the word for it."""


class Order(Relation):
    """The pairs of different terms, each in one order only."""

    def rank(self, subject: int, value: int) -> int | None:
        """Say whether the first comes before the second."""
        return 0 if subject < value else None


def read_patterns(rules: dict[str, Rule], terms: Terms) -> list[Pattern]:
    """Return the forms of all rules as numbers."""
    return [_pattern(rule.name, form, terms) for rule in rules.values() for form in rule.forms]


def _pattern(rule: str, form: Form, terms: Terms) -> Pattern:
    names: dict[str, int] = {}

    def number(word: str) -> int:
        if word.startswith("?"):
            return names.setdefault(word, -10 - len(names))
        if word in _WORDS:
            return _WORDS[word]
        return terms.number(_constant(word))

    def atom(words: list[str]) -> Atom:
        if len(words) == 4:
            word = words.pop(1)
            paths[number(words[1])] = _PATHS[word]
        subject, prop, value = words
        return number(subject), number(prop), number(value)

    paths: dict[int, int] = {}
    given, when, then = (
        tuple(atom(part.split()) for part in text.split(" . ") if part)
        for text in (form.given, form.when, form.then)
    )
    return Pattern(rule, given, when, then[0] if then else None, paths)


def _constant(word: str) -> NamedNode | Literal:
    if word.isdigit():
        return Literal(word, datatype=NamedNode(XSD + "nonNegativeInteger"))
    if word == "true":
        return Literal(word, datatype=NamedNode(XSD + "boolean"))
    prefix, _, name = word.partition(":")
    return NamedNode(_PREFIXES[prefix] + name)


def read_facts(text: str, terms: Terms) -> list[Fact]:
    """Return triples written like the patterns of rules."""
    words = [word for word in text.split() if word != "."]
    numbers = iter(terms.number(_constant(word)) for word in words)
    return list(zip(numbers, numbers, numbers, strict=True))


class Compiler:
    """Meets the patterns of axioms with the facts there are."""

    def __init__(
        self, patterns: list[Pattern], terms: Terms, relation: Callable[[int], Relation]
    ) -> None:
        """Take the forms of the rules, and what gives the facts of a property."""
        self._patterns = patterns
        self._relation = relation
        self._type = terms.number(NamedNode(RDF + "type"))
        self._thing = terms.number(NamedNode(OWL + "Thing"))
        self._first = terms.number(NamedNode(RDF + "first"))
        self._rest = terms.number(NamedNode(RDF + "rest"))
        self._nil = terms.number(NamedNode(RDF + "nil"))
        given = [atom for pattern in patterns for atom in pattern.given]
        self.properties = {p for _, p, _ in given if p >= 0 and p != self._type}
        """The properties whose facts are axioms."""
        self.properties |= {self._first, self._rest}
        self.classes = {o for _, p, o in given if p == self._type}
        """The classes whose members are axioms, such as owl:TransitiveProperty."""

    def is_axiom(self, fact: Fact) -> bool:
        """Say whether a fact is an axiom or a part of one."""
        return fact[1] in self.properties or (fact[1] == self._type and fact[2] in self.classes)

    def members(self, head: int) -> list[int]:
        """Return the members of an RDF list; a broken list gives what could be read."""
        first, rest = self._relation(self._first), self._relation(self._rest)
        found: list[int] = []
        seen: set[int] = set()
        while head != self._nil and head not in seen:
            seen.add(head)
            found += [member for member, _ in first.objects(head)[:1]]
            after = rest.objects(head)
            if not after:
                break
            head = after[0][0]
        return found

    def clauses(self) -> Iterator[Clause]:
        """Yield a clause for each rule and each set of axioms that it applies to."""
        has = self._lists()
        for pattern in self._patterns:
            if pattern.given:
                yield from self._instances(pattern, has)
            else:
                yield Clause(pattern.rule, pattern.then, pattern.when, (), 0)

    def _lists(self) -> Relation:
        """Return which list has which members, for the lists that axioms speak of."""
        has = Relation(HAS)
        for prop in self._lists_of():
            for _, head, _ in self._relation(prop).pairs():
                for member in self.members(head):
                    has.put(head, member, 0)
        return has

    def _lists_of(self) -> set[int]:
        """Return the properties whose values are lists that rules look into."""
        return {
            prop
            for pattern in self._patterns
            for _, prop, value in pattern.given
            if any(word == HAS and head == value for head, word, _ in pattern.given)
        }

    def _instances(self, pattern: Pattern, has: Relation) -> Iterator[Clause]:
        """Yield the clauses of one form."""
        order = Order(BEFORE)

        def relation(prop: int) -> Relation:
            if prop == HAS:
                return has
            return order if prop == BEFORE else self._relation(prop)

        layout = lay_out(pattern.given)
        found: list[tuple[dict[int, int], int]] = []

        def keep(binding: list[int], rank: int) -> None:
            values = {term: binding[place] for term, place in layout.places.items() if term < 0}
            found.append((values, rank))

        chain(pattern.given, (), layout, relation)(list(layout.template), 0, keep)
        for values, rank in found:
            clause = self._clause(pattern, values, rank)
            if clause:
                yield clause

    def _clause(self, pattern: Pattern, values: dict[int, int], rank: int) -> Clause | None:
        """Put axioms into a form; None if the rest would say something of everything."""

        def put(atom: Atom) -> Atom:
            subject, prop, value = (values.get(term, term) for term in atom)
            return subject, prop, value

        axioms = tuple(put(atom) for atom in pattern.given if atom[1] >= 0)
        body = [
            each
            for atom in pattern.when
            for each in self._spelt_out(put(atom), pattern.paths.get(atom[1]))
        ]
        short = self._without_thing(list(dict.fromkeys(body)))
        if pattern.rule in _HAVE_TWINS and len(short) < len(body):
            return None
        body = short
        head = put(pattern.then) if pattern.then else None
        bound = {term for atom in body for term in (atom[0], atom[2])}
        loose = {term for term in (head or ()) if term < 0} - bound
        if loose or (pattern.when and not body):
            return None
        return Clause(pattern.rule, head, tuple(body), axioms, rank)

    def _spelt_out(self, atom: Atom, path: int | None) -> list[Atom]:
        """Return a pattern about a list as patterns about its members."""
        subject, prop, value = atom
        if prop == EACH:
            return [(subject, self._type, member) for member in self.members(value)]
        if path is None:
            return [atom]
        members = self.members(prop)
        stops = [subject, *(-1000 - n for n in range(len(members) - 1)), value]
        if path == ALONG:
            return [(stops[n], member, stops[n + 1]) for n, member in enumerate(members)]
        shared = [(member, -1000 - n) for n, member in enumerate(members)]
        return [(node, member, value) for member, value in shared for node in (subject, stops[-1])]

    def _without_thing(self, body: list[Atom]) -> list[Atom]:
        """Leave out that something is a thing, where another pattern speaks of it."""

        def needed(atom: Atom) -> bool:
            others = {t for other in body if other != atom for t in (other[0], other[2])}
            return atom[1:] != (self._type, self._thing) or atom[0] not in others

        return [atom for atom in body if needed(atom)]
