"""Why something holds: proofs down to what somebody asserted and to cited axioms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from govkg.errors import NotEntailedError
from govkg.ontology import STRENGTH, Claim
from govkg.rdf import shorten
from govkg.reasoning.closure import Closure
from govkg.vocabulary import OWL, RDF, RDFS

ASSERTED = "asserted"
"""The name of the step that is no rule: somebody said so."""

Sources = Callable[[Triple], tuple[str, ...]]
"""Tells in which named graphs a triple was asserted."""

Claims = Callable[[Triple], Claim | None]
"""Tells on what footing a relation or axiom stands."""


@dataclass(frozen=True)
class Proof:
    """A statement with the reason why it holds; premises are proofs themselves."""

    statement: Triple
    rule: str
    """The rule of the last step, a key of ``rules.RULES``, or ``asserted``."""
    premises: tuple["Proof", ...] = ()
    graphs: tuple[str, ...] = ()
    """For an asserted statement, the IRIs of the named graphs that hold it."""
    claim: Claim | None = None
    """For a relation or axiom of the ontology, its footing and the words of the source."""

    def steps(self) -> Iterator["Proof"]:
        """Yield this step and all below it, each before its premises."""
        yield self
        for premise in self.premises:
            yield from premise.steps()

    @property
    def depth(self) -> int:
        """Count the rule applications on the longest way down."""
        return 1 + max(p.depth for p in self.premises) if self.premises else 0

    def grounds(self) -> list["Proof"]:
        """Return the statements at the bottom, without the axioms and each only once."""
        leaves = (step for step in self.steps() if not step.premises)
        found = {step.statement: step for step in leaves if not _is_axiom(step.statement)}
        return list(found.values())

    @property
    def status(self) -> str:
        """Return the status of the weakest relation that the proof rests on.

        Only relations between concepts count (such as *is symptom of*), since they are what the
        source claims; the axioms that define how to reason carry their own justification. A proof
        that rests on no such relation is ``stated``.
        """
        relations = [
            step.claim.status
            for step in self.steps()
            if step.claim and not _is_axiom(step.statement)
        ]
        return min(relations, key=lambda status: STRENGTH.get(status, 0), default="stated")


def _is_axiom(triple: Triple) -> bool:
    """Say whether a triple is part of the logic, not a relation between concepts."""
    about = triple.object if triple.predicate.value == RDF + "type" else triple.predicate
    return isinstance(about, NamedNode) and about.value.startswith((OWL, RDFS))


def prove(closure: Closure, triple: Triple, sources: Sources, claims: Claims) -> Proof:
    """Return the proof of a triple by the first derivation of each of its premises.

    Raises NotEntailedError if the triple neither was asserted nor follows. The derivations point
    backwards in time only, so the proof is finite.
    """
    if triple not in closure:
        parts = (triple.subject, triple.predicate, triple.object)
        statement = " ".join(shorten(p.value) if hasattr(p, "value") else str(p) for p in parts)
        raise NotEntailedError(statement=statement)
    return _prove(closure, triple, sources, claims)


def _prove(closure: Closure, triple: Triple, sources: Sources, claims: Claims) -> Proof:
    derived = closure.derivation(triple)
    if derived is None:
        return Proof(triple, ASSERTED, (), sources(triple), claims(triple))
    premises = tuple(_prove(closure, premise, sources, claims) for premise in derived.premises)
    return Proof(triple, derived.rule, premises)
