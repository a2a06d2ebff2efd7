"""The engine: facts closed under clauses, kept closed when facts come and go.

Forwards, each new fact is met once with the facts before it (semi-naive evaluation). Every derived
fact has a rank above the ranks of the facts it was derived from, so no derivation needs to be kept:
matching the clauses backwards among facts of lower rank finds one again, and never runs in circles.
Withdrawing facts uses the same ranks; see ``withdrawal.py``.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from pyoxigraph import NamedNode

from govkg.reasoning.clauses import Clause, Compiler, read_facts, read_patterns
from govkg.reasoning.datatypes import Datatypes
from govkg.reasoning.equality import Equality
from govkg.reasoning.facts import Add, Fact, Relation, Terms
from govkg.reasoning.program import CLASH, Program
from govkg.reasoning.rules import AXIOMATIC, PROFILES, Profile
from govkg.reasoning.types import Profile as Classes
from govkg.reasoning.types import Types
from govkg.vocabulary import OWL, RDF

Step = tuple[str, tuple[Fact, ...]]
"""The rule of a derivation, and the facts it used: data first, axioms last."""


class Change(NamedTuple):
    """One entry of the log: a fact and the rank it had; for rdf:type, all classes it had."""

    relation: Relation
    subject: int
    value: int
    before: "int | Classes | None"


_SHORT_CUTS: dict[str, frozenset[str]] = {
    "cax-sco": frozenset({"scm-sco", "scm-eqc1", "scm-int", "scm-uni"}),
    "cax-eqc1": frozenset({"scm-eqc2"}),
    "cax-eqc2": frozenset({"scm-eqc2"}),
    "prp-spo1": frozenset({"scm-spo", "scm-eqp1"}),
    "prp-eqp1": frozenset({"scm-eqp2"}),
    "prp-eqp2": frozenset({"scm-eqp2"}),
    "prp-dom": frozenset({"scm-dom1", "scm-dom2"}),
    "prp-rng": frozenset({"scm-rng1", "scm-rng2"}),
}
"""For some rules, those whose axioms add nothing to the axioms that they were derived from."""


class Engine:
    """Facts and all that follows from them."""

    def __init__(self, terms: Terms, profile: Profile) -> None:
        """Start without facts, with the rules of a profile."""
        self.terms = terms
        self.profile: Profile = profile
        self.type = terms.number(NamedNode(RDF + "type"))
        self.same = terms.number(NamedNode(OWL + "sameAs"))
        self.datatypes = Datatypes(terms, self.relation)
        self.types = Types(self.type, self.datatypes.holds)
        self.relations: dict[int, Relation] = {self.type: self.types}
        different = terms.number(NamedNode(OWL + "differentFrom"))
        self.relations[different] = self.datatypes.difference(different)
        self.program = Program(self.types, self.relation)
        patterns = read_patterns(PROFILES[profile], terms)
        self.compiler = Compiler(patterns, terms, self.relation)
        self.equality = Equality(self.relations, self.type, self.relation(self.same))
        self._property = terms.number(NamedNode(RDF + "Property"))
        self._replaces = profile == "rl"
        self._watched = self.compiler.properties | {self.same}
        self.clashes: dict[frozenset[Fact], Step] = {}
        self._clashes_by_fact: dict[Fact, set[frozenset[Fact]]] = {}
        self.log: list[Change] | None = None
        """What was changed, in order, while somebody wants to know it."""
        self.new_axioms = False
        self._agenda: deque[tuple[Relation, int, int, int]] = deque()
        for clause in self.compiler.clauses():
            self.program.take(clause)
        self.axiomatic = frozenset(read_facts(AXIOMATIC[profile], terms))
        """What holds from the start, and nobody asserted."""
        self.assert_all(self.axiomatic)

    def relation(self, prop: int) -> Relation:
        """Return the facts of a property."""
        found = self.relations.get(prop)
        if found is None:
            found = self.relations[prop] = Relation(prop)
        return found

    def rank(self, fact: Fact) -> int | None:
        """Return the rank of a fact: 0 if asserted, None if it does not hold."""
        found = self.relations.get(fact[1])
        return None if found is None else found.rank(fact[0], fact[2])

    # What comes in

    def assert_all(self, facts: Iterable[Fact]) -> None:
        """Assert facts and derive what follows, axioms among them included."""
        for subject, prop, value in facts:
            self.assert_one(subject, prop, value)
            if self._agenda:
                self.run()
        while self.new_axioms:
            self.new_axioms = False
            self.compile()
            self.run()

    def assert_one(self, subject: int, prop: int, value: int) -> None:
        """Assert one fact; what follows waits for ``run``."""
        if value & 1 and value in self.datatypes.ill_typed():
            self._clash("dt-not-type", ((subject, prop, value),))
        if prop == self.type:
            rank = self.types.rank(subject, value)
            if rank is None:
                self._typed(subject, value, 0)
            elif rank:
                self._log(self.types, subject, value, self.types.profile(subject))
                self.types.put(subject, value, 0)
            return
        relation = self.relation(prop)
        rank = relation.rank(subject, value)
        if rank is None:
            self._new(relation, subject, value, 0)
        elif rank:
            self._log(relation, subject, value, rank)
            relation.put(subject, value, 0)

    def compile(self) -> None:
        """Read the axioms again, and meet what is new among them with all facts."""
        for clause in self.compiler.clauses():
            if clause in self.program.clauses or self._is_short_cut(clause):
                continue
            self.program.take(clause)
            self._catch_up(clause)
        self.datatypes.forget()

    def recompile(self) -> None:
        """File exactly the clauses of the axioms there are now, without deriving anything."""
        self.program.clear()
        for clause in self.compiler.clauses():
            if clause not in self.program.clauses and not self._is_short_cut(clause):
                self.program.take(clause)

    def _is_short_cut(self, clause: Clause) -> bool:
        """Say whether the axiom of a clause was derived from axioms that do the same."""
        short_cuts = _SHORT_CUTS.get(clause.rule)
        if not short_cuts or not clause.base:
            return False
        (axiom,) = clause.axioms
        return all(rule in short_cuts for rule, _ in self.derivations(axiom, clause.base))

    def _catch_up(self, clause: Clause) -> None:
        """Meet a new clause with the facts that were there before it."""
        if not clause.body:
            if clause.head:
                subject, prop, value = clause.head
                self.add(prop, subject, value, clause.base + 1)
            return
        _, prop, target = clause.body[0]
        trigger = self.program.trigger(clause, 0)
        relation = self.relation(prop)
        if target >= 0:
            for subject in relation.subjects(target):
                trigger(subject, target, relation.rank(subject, target) or 0, self.add)
            return
        for subject, value, rank in list(relation.pairs()):
            trigger(subject, value, rank, self.add)

    # What follows

    def add(self, prop: int, subject: int, value: int, rank: int) -> None:
        """Take a conclusion."""
        if prop == CLASH:
            self._clash(*self.program.clash(subject, value))  # type: ignore[arg-type]
        elif subject & 1:
            self._said_of_literal(subject, prop, value)
        elif prop == self.type:
            if value not in self.types.profile(subject):
                self._typed(subject, value, rank)
        elif prop != self.same or subject != value:
            relation = self.relations.get(prop) or self.relation(prop)
            if relation.rank(subject, value) is None:
                self._new(relation, subject, value, rank)

    def run(self) -> None:
        """Meet every new fact with the clauses until nothing more follows."""
        agenda, add = self._agenda, self.add
        while agenda:
            self._meet(*agenda.popleft(), add)

    def _meet(self, relation: Relation, subject: int, value: int, rank: int, add: Add) -> None:
        for trigger in relation.on_pair:
            trigger(subject, value, rank, add)
        if relation.on_object:
            for trigger in relation.on_object.get(value, ()):
                trigger(subject, value, rank, add)
        if self.equality.active and self._replaces:
            self.equality.replace(relation, subject, value, rank, add)

    def _new(self, relation: Relation, subject: int, value: int, rank: int) -> None:
        """Keep a new fact, and let it be met with the others if anything waits for it."""
        if not relation and not self._replaces:
            self._used(relation.number, rank)
        relation.put(subject, value, rank)
        if self.log is not None:
            self.log.append(Change(relation, subject, value, None))
        if relation.number in self._watched:
            self.equality.active |= relation.number == self.same
            self.new_axioms |= relation.number != self.same
        if relation.on_pair or value in relation.on_object or self.equality.active:
            self._agenda.append((relation, subject, value, rank))

    def _used(self, prop: int, rank: int) -> None:
        """Conclude that what is used as a property is one (RDF entailment)."""
        self.add(self.type, prop, self._property, rank + 1)

    def _typed(self, subject: int, value: int, rank: int) -> None:
        """Keep that something is of a class, and of all classes that this one is within."""
        types = self.types
        self._log(types, subject, value, types.profile(subject))
        step = types.extend(subject, value, rank)
        for clash in step.clashes:
            self._clash(*self.program.clash_of(clash, subject))
        for each, its_rank in step.new:
            if each in types.on_object or types.on_pair or self.equality.active:
                self._agenda.append((types, subject, each, its_rank))
            if each in self.compiler.classes:
                self.new_axioms = True

    def _log(
        self, relation: Relation, subject: int, value: int, before: "int | Classes | None"
    ) -> None:
        if self.log is not None:
            self.log.append(Change(relation, subject, value, before))

    def _said_of_literal(self, subject: int, prop: int, value: int) -> None:
        """Find the clash, if a conclusion about a literal is not so."""
        rule = None
        if prop == self.type and self.datatypes.holds(subject, value) is False:
            rule = "dt-not-type"
        elif prop == self.same and self.datatypes.differ(subject, value):
            rule = "dt-diff"
        if rule:
            for _, premises in self.derivations((subject, prop, value)):
                self._clash(rule, premises)

    def _clash(self, rule: str, premises: tuple[Fact, ...]) -> None:
        key = frozenset(premises)
        if key not in self.clashes:
            self.clashes[key] = rule, premises
            for fact in key:
                self._clashes_by_fact.setdefault(fact, set()).add(key)

    def forget_clashes(self, fact: Fact) -> None:
        """Forget the clashes in which a fact had a part that no longer holds."""
        for key in self._clashes_by_fact.pop(fact, ()):
            self.clashes.pop(key, None)

    # Where it follows from

    def derivations(
        self, fact: Fact, below: int | None = None, *, first: bool = False
    ) -> list[Step]:
        """Return the one-step derivations of a fact from facts that hold, or the ``first`` one.

        With ``below``, only those from facts of lower rank: following these never runs in circles.
        """
        found: list[Step] = []
        for clause in self.program.concluding(fact):

            def keep(premises: tuple[Fact, ...], rank: int, rule: str = clause.rule) -> bool:
                if (below is None or rank < below) and fact not in premises:
                    found.append((rule, premises))
                return first and bool(found)

            if self.program.search(clause, fact, keep):
                return found
        found += self._built_in(fact, below)
        return found[:1] if first else found

    def _built_in(self, fact: Fact, below: int | None) -> list[Step]:
        """Return the derivations by rules that speak of every property."""
        if self._replaces:
            carried = self.equality.replacements(fact) if self.equality.active else ()
            return [(rule, of) for rule, of, rank in carried if below is None or rank < below]
        if fact[1:] != (self.type, self._property):
            return []
        uses = self.relation(fact[0]).pairs()
        using = (((s, fact[0], o),) for s, o, rank in uses if below is None or rank < below)
        return [("rdf-property", of) for of in islice(using, 1)]

    def conclusions(self, fact: Fact, rank: int, add: Add) -> None:
        """Hand on everything that follows from a fact in one step together with the others."""
        subject, prop, value = fact
        relation = self.relations[prop]
        if relation is self.types:
            profile = self.types.profile(subject)
            for then, others, _ in self.types.hierarchy.get(value, ()):
                if all(other in profile for other in others):
                    add(prop, subject, then, rank + 1)
        if not self._replaces:
            add(self.type, prop, self._property, rank + 1)
        self._meet(relation, subject, value, rank, add)

    def rank_of(self, premises: Iterable[Fact]) -> int:
        """Return the highest rank of some facts that hold."""
        return max((self.rank(premise) or 0 for premise in premises), default=0)

    def facts(self) -> Iterator[tuple[Fact, int]]:
        """Yield every fact with its rank."""
        for prop, relation in list(self.relations.items()):
            for subject, value, rank in relation.pairs():
                yield (subject, prop, value), rank
