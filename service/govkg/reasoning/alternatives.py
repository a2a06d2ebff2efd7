"""Several proofs of one statement, the shortest first, each resting on other assertions.

The steps that lead to a statement are looked up backwards; then proofs are put together forwards
from the assertions, the smallest next (after D. Knuth, "A generalization of Dijkstra's algorithm",
1977). A proof is kept only if no proof of the same statement rests on a part of what it rests on:
what is kept are justifications in the sense of A. Kalyanpur et al. (ISWC 2007).
"""

from collections import defaultdict
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count, islice, product
from time import monotonic
from typing import Final

from pyoxigraph import Triple

from govkg.reasoning.closure import Closure, Derived
from govkg.reasoning.proofs import ASSERTED, Claims, Proof, Sources, not_entailed, prove

MOST: Final = 10
"""The most alternatives that are looked for."""
_SECONDS: Final = 2.0
"""How long proofs are looked for; those found until then are returned."""
_STATEMENTS: Final = 3000
"""How many statements are looked at on the way back to the assertions."""
_COMBINATIONS: Final = 200
"""How many combinations of proofs of premises are tried in one step."""


def alternatives(
    closure: Closure,
    triple: Triple,
    most: int,
    sources: Sources,
    claims: Claims,
    *,
    seconds: float = _SECONDS,
) -> list[Proof]:
    """Return at most ``most`` proofs of a triple, shortest first, none resting on all of another.

    What is short is told by ``Proof.size``. Where the bounds on time and number are met, proofs
    may be missing, but there is at least one. Raises NotEntailedError if the triple does not hold.
    """
    if triple not in closure:
        raise not_entailed(triple)
    search = _Search(closure, triple, most, monotonic() + seconds, sources, claims)
    return sorted(search.found(), key=lambda p: p.size) or [prove(closure, triple, sources, claims)]


class _Search:
    """The search for proofs of one statement."""

    def __init__(
        self,
        closure: Closure,
        goal: Triple,
        most: int,
        deadline: float,
        sources: Sources,
        claims: Claims,
    ) -> None:
        """Look up all steps that could have a part in a proof."""
        self._closure = closure
        self._goal = goal
        self._most = most
        self._deadline = deadline
        self._sources, self._claims = sources, claims
        self._kept: defaultdict[Triple, list[tuple[frozenset[Triple], Proof]]] = defaultdict(list)
        self._queue: list[tuple[int, int, int, frozenset[Triple], Proof]] = []
        self._number = count()
        self._uses: defaultdict[Triple, list[tuple[Triple, Derived]]] = defaultdict(list)
        self._look_back()

    def found(self) -> list[Proof]:
        """Return the proofs of the goal, when there are enough or time is up."""
        while self._queue and monotonic() < self._deadline:
            *_, leaves, proof = heappop(self._queue)
            kept = self._kept[proof.statement]
            if len(kept) == self._most or any(other <= leaves for other, _ in kept):
                continue
            kept.append((leaves, proof))
            if proof.statement == self._goal:
                if len(kept) == self._most:
                    break
                continue
            for conclusion, step in self._uses[proof.statement]:
                for each in self._combined(conclusion, step, proof, leaves):
                    self._push(*each)
        return [proof for _, proof in self._kept[self._goal]]

    def _look_back(self) -> None:
        """Find all steps on the way from the goal back to assertions; those start the queue."""
        seen, waiting = {self._goal}, [self._goal]
        for statement in waiting:  # which grows meanwhile
            if self._closure.is_asserted(statement):
                self._push(frozenset({statement}), self._leaf(statement))
            if len(seen) > _STATEMENTS or monotonic() > self._deadline:
                continue
            for step in self._closure.derivations(statement):
                for premise in dict.fromkeys(step.premises):
                    self._uses[premise].append((statement, step))
                    if premise not in seen:
                        seen.add(premise)
                        waiting.append(premise)
                if not step.premises:
                    self._push(frozenset(), Proof(statement, step.rule))

    def _leaf(self, statement: Triple) -> Proof:
        return Proof(statement, ASSERTED, (), self._sources(statement), self._claims(statement))

    def _push(self, leaves: frozenset[Triple], proof: Proof) -> None:
        entry = (len(leaves), proof.depth, next(self._number), leaves, proof)
        heappush(self._queue, entry)

    def _combined(
        self, conclusion: Triple, step: Derived, new: Proof, leaves: frozenset[Triple]
    ) -> Iterator[tuple[frozenset[Triple], Proof]]:
        """Yield the proofs by a step in which a new proof of one premise has a part."""
        choices = [
            [(leaves, new)] if premise == new.statement else self._kept[premise]
            for premise in step.premises
        ]
        for chosen in islice(product(*choices), _COMBINATIONS):
            union = frozenset().union(*(each for each, _ in chosen))
            if not any(other <= union for other, _ in self._kept[conclusion]):
                yield union, Proof(conclusion, step.rule, tuple(proof for _, proof in chosen))
