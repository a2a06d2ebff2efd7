"""Why something holds: proofs down to what somebody asserted and to cited axioms."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode, Triple

from govkg.errors import NotEntailedError
from govkg.ontology import STRENGTH, Claim
from govkg.rdf import shorten
from govkg.reasoning.closure import Closure
from govkg.vocabulary import OWL, RDF, RDFS

ASSERTED = "asserted"
"""The name of the step that is no rule: somebody said so."""


@dataclass(frozen=True)
class Origin:
    """Where a statement was asserted, and on whose word, as far as that is known."""

    graph: str
    """The IRI of the named graph that holds it."""
    submitters: tuple[NamedNode, ...] = ()
    """Who submitted that graph."""
    attributed: tuple[NamedNode, ...] = ()
    """To whom the statement is attributed in it, such as the assessor of a report."""
    sources: tuple[NamedNode, ...] = ()
    """The evidence that it is based on, or the document that it is from."""


Sources = Callable[[Triple], tuple[Origin, ...]]
"""Tells where a triple was asserted."""

Claims = Callable[[Triple], Claim | None]
"""Tells on what footing a relation or axiom stands."""


@dataclass(frozen=True)
class Proof:
    """A statement with the reason why it holds; premises are proofs themselves."""

    statement: Triple
    rule: str
    """The rule of the last step, a key of ``rules.RULES``, or ``asserted``."""
    premises: tuple["Proof", ...] = ()
    origins: tuple[Origin, ...] = ()
    """For an asserted statement, where it was asserted."""
    claim: Claim | None = None
    """For a relation or axiom of the ontology, its footing and the words of the source."""

    @property
    def graphs(self) -> tuple[str, ...]:
        """Return the IRIs of the named graphs in which the statement was asserted."""
        return tuple(origin.graph for origin in self.origins)

    def steps(self) -> Iterator["Proof"]:
        """Yield this step and all below it, each before its premises."""
        yield self
        for premise in self.premises:
            yield from premise.steps()

    @property
    def depth(self) -> int:
        """Count the rule applications on the longest way down."""
        return 1 + max(p.depth for p in self.premises) if self.premises else 0

    def leaves(self) -> frozenset[Triple]:
        """Return the asserted statements that the proof rests on, axioms included."""
        return frozenset(step.statement for step in self.steps() if step.rule == ASSERTED)

    @property
    def size(self) -> tuple[int, int]:
        """Return how long the proof is: its different leaves, then its different steps."""
        steps = {step.statement for step in self.steps() if step.rule != ASSERTED}
        return len(self.leaves()), len(steps)

    def grounds(self) -> list["Proof"]:
        """Return the statements at the bottom, without the axioms and each only once."""
        leaves = (step for step in self.steps() if not step.premises)
        found = {step.statement: step for step in leaves if not _is_axiom(step.statement)}
        return list(found.values())

    @cached_property
    def status(self) -> str:
        """Return the grade of the proof: the status of the weakest relation that it rests on.

        Only relations between concepts count (such as *is symptom of*), since they are what the
        source claims; the axioms that define how to reason carry their own justification. A proof
        that rests on no such relation is ``stated``.
        """
        weakest = self.weakest
        return weakest.claim.status if weakest and weakest.claim else "stated"

    @cached_property
    def weakest(self) -> "Proof | None":
        """The step that gives the proof its grade, or None if it rests on no relation."""
        own = [self] if self.claim and not _is_axiom(self.statement) else []
        below = (premise.weakest for premise in self.premises)
        relations = [*own, *(step for step in below if step)]
        return min(relations, key=lambda s: STRENGTH.get(_status(s), 0), default=None)


def _status(step: Proof) -> str:
    return step.claim.status if step.claim else ""


def _is_axiom(triple: Triple) -> bool:
    """Say whether a triple is part of the logic, not a relation between concepts."""
    about = triple.object if triple.predicate.value == RDF + "type" else triple.predicate
    return isinstance(about, NamedNode) and about.value.startswith((OWL, RDFS))


def prove(
    closure: Closure,
    triple: Triple,
    sources: Sources,
    claims: Claims,
    known: dict[Triple, Proof] | None = None,
) -> Proof:
    """Return the proof of a triple by one derivation of each of its premises.

    Raises NotEntailedError if the triple neither was asserted nor follows. The derivations point
    to facts of lower rank only, so the proof is finite. Proofs that are ``known`` are taken, and
    new ones are added to them; that is good as long as the closure stays as it is.
    """
    if triple not in closure:
        raise not_entailed(triple)
    known = {} if known is None else known
    proof = known.get(triple)
    if proof is None:
        proof = known[triple] = _proof(closure, triple, sources, claims, known)
    return proof


def _proof(
    closure: Closure, triple: Triple, sources: Sources, claims: Claims, known: dict[Triple, Proof]
) -> Proof:
    derived = closure.derivation(triple)
    if derived is None:
        return Proof(triple, ASSERTED, (), sources(triple), claims(triple))
    premises = tuple(prove(closure, each, sources, claims, known) for each in derived.premises)
    return Proof(triple, derived.rule, premises)


def not_entailed(triple: Triple) -> NotEntailedError:
    """Return the error for a triple that does not hold."""
    parts = (triple.subject, triple.predicate, triple.object)
    statement = " ".join(shorten(p.value) if isinstance(p, NamedNode) else str(p) for p in parts)
    return NotEntailedError(statement=statement, hint="", missing=[])
