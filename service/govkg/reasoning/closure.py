"""What follows: a set of triples closed under the rules, each with its first derivation.

Source: OWL 2 RL/RDF rules. Axioms are compiled once (``program.py``); then each new fact is met
with all facts before it (semi-naive evaluation), so no pair is joined twice.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pyoxigraph import BlankNode, NamedNode, Triple

from govkg.reasoning.class_rules import compile_class_rules
from govkg.reasoning.equality_rules import compile_equality_rules
from govkg.reasoning.facts import Fact, Facts, Terms
from govkg.reasoning.program import Axioms, Conclusion, Program, Words
from govkg.reasoning.property_rules import compile_property_rules
from govkg.reasoning.schema_rules import compile_schema_rules
from govkg.vocabulary import OWL, RDF


@dataclass(frozen=True)
class Derived:
    """How a triple was first derived."""

    rule: str
    """The name of the rule, a key of ``rules.RULES``."""
    premises: tuple[Triple, ...]
    """The triples it used, data first, axioms last."""


@dataclass(frozen=True)
class Contradiction:
    """Facts that cannot all hold under the axioms."""

    rule: str
    premises: tuple[Triple, ...]


class Closure:
    """Triples and all that follows from them by the rules of OWL 2 RL.

    The axioms are those in the triples given first; axioms among triples added later are kept as
    facts but not applied.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Take the triples, read the axioms among them, and derive all that follows."""
        self._terms = Terms()
        self._facts = Facts()
        self._clashes: list[Conclusion] = []
        asserted = [self._terms.fact(triple) for triple in triples]
        for fact in asserted:
            self._facts.add(fact, None)
        axioms = Axioms(self._facts, self._terms)
        self._program = Program(Words(self._terms))
        compile_property_rules(axioms, self._program)
        compile_class_rules(axioms, self._program)
        compile_equality_rules(self._program)
        compile_schema_rules(axioms, self._program)
        self._run(asserted, self._program.at_start)

    def __len__(self) -> int:
        """Count the triples, asserted and derived."""
        return len(self._facts)

    def __contains__(self, triple: Triple) -> bool:
        """Say whether a triple was asserted or follows."""
        fact = self._known(triple)
        return fact is not None and fact in self._facts

    def add(self, triples: Iterable[Triple]) -> None:
        """Assert more triples and derive what follows from them and all before."""
        facts = [self._terms.fact(triple) for triple in triples]
        self._run([fact for fact in facts if self._facts.add(fact, None)], ())

    @contextmanager
    def supposing(self, triples: Iterable[Triple]) -> Iterator[list[Triple]]:
        """Suppose some triples for a while; yields what newly holds, and then takes it all back."""
        mark, clashes = self._facts.mark(), len(self._clashes)
        try:
            self.add(triples)
            yield [self._terms.triple(fact) for fact in self._facts.since(mark)]
        finally:
            self._facts.undo(mark)
            del self._clashes[clashes:]

    def derivation(self, triple: Triple) -> Derived | None:
        """Return how a triple was derived, or None if it was asserted or does not hold."""
        fact = self._known(triple)
        found = self._facts.derivations.get(fact) if fact else None
        if found is None:
            return None
        return Derived(found[0], tuple(self._terms.triple(premise) for premise in found[1]))

    def inferred(self) -> Iterator[Triple]:
        """Yield the derived triples worth publishing.

        Left out are those about the nameless class expressions of axioms, and literals as subjects,
        which RDF does not allow.
        """
        for fact, derivation in self._facts.derivations.items():
            if derivation is not None and self._is_publishable(fact):
                yield self._terms.triple(fact)

    def contradictions(self) -> list[Contradiction]:
        """Return every contradiction found, with the triples that clash."""
        return [
            Contradiction(clash.rule, tuple(self._terms.triple(fact) for fact in clash.premises))
            for clash in self._clashes
        ]

    def objects(self, subject: NamedNode | BlankNode, predicate: NamedNode) -> list[object]:
        """Return the values of a property of a subject, asserted or derived."""
        node, prop = self._terms.known(subject), self._terms.known(predicate)
        if node is None or prop is None:
            return []
        return [self._terms.term(number) for number in self._facts.objects(prop, node)]

    def _known(self, triple: Triple) -> Fact | None:
        """Return a triple as numbers, or None if a term of it never occurred."""
        subject = self._terms.known(triple.subject)
        predicate = self._terms.known(triple.predicate)
        value = self._terms.known(triple.object)
        if subject is None or predicate is None or value is None:
            return None
        return subject, predicate, value

    def _run(self, new: Iterable[Fact], conclusions: Iterable[Conclusion]) -> None:
        """Meet every new fact with the triggers until nothing more follows."""
        agenda = deque(new)
        for conclusion in conclusions:
            self._accept(conclusion, agenda)
        while agenda:
            fact = agenda.popleft()
            for trigger in self._program.triggers(self._facts, fact):
                for conclusion in trigger(self._facts, fact):
                    self._accept(conclusion, agenda)

    def _accept(self, conclusion: Conclusion, agenda: deque[Fact]) -> None:
        """Keep a conclusion if it is new and well formed, and put it on the agenda."""
        fact = conclusion.fact
        if fact is None:
            self._clashes.append(conclusion)
        elif fact[0] != fact[2] or fact[1] != self._program.words.same:
            literal_subject = self._terms.is_literal(fact[0])
            if not literal_subject and self._facts.add(
                fact, (conclusion.rule, conclusion.premises)
            ):
                agenda.append(fact)

    def _is_publishable(self, fact: Fact) -> bool:
        """Say whether a derived fact speaks of named things, and says something."""
        subject, predicate, value = (self._terms.term(number) for number in fact)
        if isinstance(subject, BlankNode) or (isinstance(value, BlankNode) and predicate != _TYPE):
            return False
        return not (predicate == _TYPE and (isinstance(value, BlankNode) or value == _THING))


_TYPE = NamedNode(RDF + "type")
_THING = NamedNode(OWL + "Thing")
