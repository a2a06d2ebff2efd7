"""What follows: a set of triples closed under rules, kept closed when triples come and go.

Source: OWL 2 RL/RDF rules, and RDF 1.1 Semantics for the profile ``rdfs``.
"""

from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import NamedTuple

from pyoxigraph import BlankNode, NamedNode, Triple

from govkg.rdf import Node
from govkg.reasoning.engine import Change, Engine, Step
from govkg.reasoning.facts import Fact, Terms
from govkg.reasoning.rules import Profile
from govkg.reasoning.types import Profile as Classes
from govkg.reasoning.withdrawal import restore, undo, withdraw
from govkg.vocabulary import OWL, RDF


@dataclass(frozen=True)
class Derived:
    """How a triple follows in one step."""

    rule: str
    """The name of the rule, a key of ``rules.RULES``."""
    premises: tuple[Triple, ...]
    """The triples it used, data first, axioms last."""


@dataclass(frozen=True)
class Contradiction:
    """Facts that cannot all hold under the axioms."""

    rule: str
    premises: tuple[Triple, ...]


class Changed(NamedTuple):
    """What a change made of the derived triples worth publishing."""

    appeared: frozenset[Triple]
    vanished: frozenset[Triple]


class Closure:
    """Triples and all that follows from them by the rules of a profile."""

    def __init__(self, triples: Iterable[Triple] = (), *, profile: Profile = "rl") -> None:
        """Take the triples and derive all that follows; axioms may stand anywhere among them."""
        self.lock = RLock()
        """For whoever asks for proofs while another thread may change the triples."""
        self._start(Terms(), profile)
        self.add(triples)
        self._few = len(self._terms)

    def _start(self, terms: Terms, profile: Profile) -> None:
        self._terms = terms
        self._engine = Engine(terms, profile)

    @property
    def engine(self) -> Engine:
        """The facts and clauses as numbers, for the modules of this package."""
        return self._engine

    def __len__(self) -> int:
        """Count the triples, asserted and derived."""
        return sum(1 for _ in self._engine.facts())

    def __contains__(self, triple: Triple) -> bool:
        """Say whether a triple was asserted or follows."""
        fact = self._known(triple)
        return fact is not None and self._engine.rank(fact) is not None

    # Triples that come and go

    def add(self, triples: Iterable[Triple]) -> None:
        """Assert more triples, axioms included, and derive what follows from them and all before.

        Axioms are taken first, so that each triple of data is met with all of them at once.
        """
        self._assert(self._terms.fact(triple) for triple in triples)

    def change(self, withdrawn: Iterable[Triple], asserted: Iterable[Triple]) -> Changed:
        """Withdraw some assertions and make others, in one go; returns what that changed.

        The cost depends on what rests on these triples, not on how many there are in all, unless
        axioms are withdrawn: then everything is derived anew.
        """
        new = [self._terms.fact(triple) for triple in asserted]
        known = (self._known(triple) for triple in withdrawn)
        old = {fact for fact in known if fact is not None} - self._engine.axiomatic
        return self._change(old.difference(new), new)

    def _change(self, old: set[Fact], new: list[Fact]) -> Changed:
        if len(self._terms) > 2 * self._few + _MANY:
            kept = {fact for fact, rank in self._engine.facts() if rank == 0} - old
            kept -= self._engine.axiomatic
            return self._afresh(self._terms.triple(fact) for fact in kept.union(new))
        if any(self._engine.compiler.is_axiom(fact) for fact in old):
            return self._anew(old, new)
        with self._logging() as log:
            gone = withdraw(self._engine, old)
            if not any(self._engine.compiler.is_axiom(fact) for fact in gone):
                self._engine.assert_all(new)
                restore(self._engine, gone)
                return self._changed(log)
            undo(self._engine, log)
        return self._anew(old, new)

    def become(self, triples: Iterable[Triple]) -> Changed:
        """Make exactly these triples the asserted ones, by changing what differs."""
        engine = self._engine
        wanted = {self._terms.fact(triple) for triple in triples}
        held = {fact for fact, rank in engine.facts() if rank == 0} - engine.axiomatic
        return self._change(held - wanted, list(wanted - held))

    @contextmanager
    def supposing(self, triples: Iterable[Triple]) -> Iterator[Iterator[Triple]]:
        """Suppose some triples for a while; yields what newly holds, and then takes it all back.

        Axioms among them are supposed as facts, but not applied.
        """
        engine = self._engine
        clashes = dict(engine.clashes)
        with self._logging() as log:
            try:
                for fact in [self._terms.fact(triple) for triple in triples]:
                    engine.assert_one(*fact)
                engine.run()
                yield self._spelled(log)
            finally:
                undo(engine, log)
                engine.new_axioms = False
                for key in engine.clashes.keys() - clashes.keys():
                    for fact in key:
                        engine.forget_clashes(fact)
                engine.clashes.update(clashes)

    def _spelled(self, log: list[Change]) -> Iterator[Triple]:
        """Yield what a log of additions tells to be new."""
        for fact in _new_facts(log, self._engine):
            yield self._terms.triple(fact)

    # What holds, and why

    def derivation(self, triple: Triple) -> Derived | None:
        """Return how a triple was derived, or None if it was asserted or does not hold.

        The premises are nearer to the assertions than the triple, so whoever asks on gets a proof.
        """
        fact = self._known(triple)
        rank = None if fact is None else self._engine.rank(fact)
        if fact is None or not rank:
            return None
        found = self._engine.derivations(fact, rank, first=True)
        return self._derived(found[0]) if found else None

    def derivations(self, triple: Triple) -> list[Derived]:
        """Return every way in which a triple follows in one step from others that hold.

        An asserted triple may have some, and one that does not hold has none.
        """
        fact = self._known(triple)
        if fact is None:
            return []
        return [self._derived(step) for step in self._engine.derivations(fact)]

    def is_asserted(self, triple: Triple) -> bool:
        """Say whether a triple was asserted, whether or not it follows as well."""
        fact = self._known(triple)
        return fact is not None and self._engine.rank(fact) == 0

    def inferred(self) -> Iterator[Triple]:
        """Yield the derived triples worth publishing.

        Left out are those about the nameless class expressions of axioms, those that everything
        has, and literals as subjects, which RDF does not allow.
        """
        for fact, rank in self._engine.facts():
            if rank and self._is_publishable(fact):
                yield self._terms.triple(fact)

    def inferred_of(self, subject: NamedNode | BlankNode, predicate: NamedNode) -> Iterator[Triple]:
        """Yield what ``inferred`` does of one property of a subject."""
        node, prop = self._terms.known(subject), self._terms.known(predicate)
        if node is None or prop is None or prop not in self._engine.relations:
            return
        for value, rank in self._engine.relations[prop].objects(node):
            if rank and self._is_publishable((node, prop, value)):
                yield self._terms.triple((node, prop, value))

    def entailed(self) -> Iterator[Triple]:
        """Yield every triple that holds, asserted or derived, if RDF can say it."""
        for fact, rank in self._engine.facts():
            property_is_named = isinstance(self._terms.term(fact[1]), NamedNode)
            if property_is_named and (rank or fact not in self._engine.axiomatic):
                yield self._terms.triple(fact)

    def contradictions(self) -> list[Contradiction]:
        """Return every contradiction found, with the triples that clash."""
        return [
            Contradiction(rule, tuple(self._terms.triple(fact) for fact in premises))
            for rule, premises in self._engine.clashes.values()
        ]

    def objects(self, subject: NamedNode | BlankNode, predicate: NamedNode) -> list[Node]:
        """Return the values of a property of a subject, asserted or derived."""
        node, prop = self._terms.known(subject), self._terms.known(predicate)
        if node is None or prop is None or prop not in self._engine.relations:
            return []
        values = self._engine.relations[prop].objects(node)
        return [self._terms.term(number) for number, _ in values]

    def _derived(self, step: Step) -> Derived:
        return Derived(step[0], tuple(self._terms.triple(premise) for premise in step[1]))

    def _known(self, triple: Triple) -> Fact | None:
        """Return a triple as numbers, or None if a term of it never occurred."""
        subject = self._terms.known(triple.subject)
        predicate = self._terms.known(triple.predicate)
        value = self._terms.known(triple.object)
        if subject is None or predicate is None or value is None:
            return None
        return subject, predicate, value

    def _assert(self, facts: Iterable[Fact]) -> None:
        """Assert axioms, then the rest, which waits as bare numbers."""
        is_axiom = self._engine.compiler.is_axiom
        waiting = array("q")

        def axioms() -> Iterator[Fact]:
            for fact in facts:
                if is_axiom(fact):
                    yield fact
                else:
                    waiting.extend(fact)

        self._engine.assert_all(axioms())
        numbers = iter(waiting)
        self._engine.assert_all(zip(numbers, numbers, numbers, strict=True))

    def _anew(self, withdrawn: set[Fact], new: list[Fact]) -> Changed:
        """Derive everything again, as axioms have changed."""
        before = frozenset(self.inferred())
        facts = [fact for fact, rank in self._engine.facts() if rank == 0]
        self._start(self._terms, self._engine.profile)
        self._assert([*(fact for fact in facts if fact not in withdrawn), *new])
        after = frozenset(self.inferred())
        return Changed(after - before, before - after)

    def _afresh(self, triples: Iterable[Triple]) -> Changed:
        """Begin again without the terms that nobody uses any more."""
        before, kept = frozenset(self.inferred()), list(triples)
        self._start(Terms(), self._engine.profile)
        self.add(kept)
        self._few = len(self._terms)
        after = frozenset(self.inferred())
        return Changed(after - before, before - after)

    @contextmanager
    def _logging(self) -> Iterator[list[Change]]:
        """Let the engine log what it changes; an inner log hands its entries on to an outer one."""
        outer, log = self._engine.log, list[Change]()
        self._engine.log = log
        try:
            yield log
        finally:
            self._engine.log = outer
            if outer is not None:
                outer.extend(log)

    def _changed(self, log: list[Change]) -> Changed:
        """Return what entered and left the derived triples, by a log."""
        before, after = _ranks(log, self._engine)
        appeared = {f for f, rank in after.items() if rank and not before.get(f)}
        vanished = {f for f, rank in before.items() if rank and not after.get(f)}
        return Changed(self._triples(appeared), self._triples(vanished))

    def _triples(self, facts: set[Fact]) -> frozenset[Triple]:
        return frozenset(self._terms.triple(fact) for fact in facts if self._is_publishable(fact))

    def _is_publishable(self, fact: Fact) -> bool:
        """Say whether a derived fact speaks of named things, and says something."""
        subject, predicate, value = (self._terms.term(number) for number in fact)
        if isinstance(subject, BlankNode) or isinstance(predicate, BlankNode):
            return False
        if isinstance(value, BlankNode):
            return False
        return not (predicate == _TYPE and value == _THING)


def _ranks(log: list[Change], engine: Engine) -> tuple[dict[Fact, int], dict[Fact, int]]:
    """Return the ranks that the facts of a log had at first and have now; -1 for none."""
    before: dict[Fact, int] = {}
    for relation, subject, value, was in log:
        if isinstance(was, Classes):
            for each in was.keys() | engine.types.profile(subject).keys() | {value}:
                before.setdefault((subject, engine.type, each), was.get(each, 0) or 0)
        else:
            before.setdefault((subject, relation.number, value), was or 0)
    return before, {fact: engine.rank(fact) or 0 for fact in before}


def _new_facts(log: list[Change], engine: Engine) -> list[Fact]:
    """Return the facts that a log of additions tells to be new."""
    found: dict[Fact, None] = {}
    for relation, subject, value, was in log:
        if isinstance(was, Classes):
            for each in engine.types.profile(subject).keys() - was.keys():
                found[subject, engine.type, each] = None
        elif was is None:
            found[subject, relation.number, value] = None
    return list(found)


_MANY = 100_000
"""So many terms may have become useless before the table of terms is made anew."""
_TYPE = NamedNode(RDF + "type")
_THING = NamedNode(OWL + "Thing")
