"""Which cases are alike, and in what: shared causes, symptoms, obstacles, remedies, status, level.

The score is the weighted share of what two cases have in common: for each aspect the Jaccard index
of their values (shared values over all values of both), times the weight of the aspect, summed, and
divided by the weights of the aspects of which at least one of the two says anything. It lies
between 0 and 1, and says how alike the records are, not how alike the places.
Source: P. Jaccard, "The distribution of the flora in the alpine zone" (1912).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from govkg.cases.kg import KG, Case
from govkg.rdf import Node
from govkg.vocabulary import GOV

ASPECTS: Final[dict[str, float]] = {
    "exhibitsCause": 3.0,
    "exhibitsSymptom": 3.0,
    "exhibitsObstacle": 2.0,
    "suggestsCondition": 2.0,
    "adoptsRemedy": 2.0,
    "respondsToDriver": 1.0,
    "hasGovernmentLevel": 1.0,
    "hasCaseStatus": 0.5,
}
"""The properties of a case that are compared, inferred values among them, with their weights."""

Values = dict[str, frozenset[Node]]


@dataclass(frozen=True)
class Likeness:
    """How alike a case is to another, and in what."""

    case: Case
    score: float
    """From 0 to 1; see the head of this file."""
    shared: dict[str, tuple[Node, ...]]
    """What both have, by the name of the property."""


def similar(kg: KG, case: Case, cases: Sequence[Case]) -> list[Likeness]:
    """Return the cases that share anything with a case beyond status and level, the nearest first.

    The order of equal ones is that of their ids.
    """
    own = _values(kg, case)
    found = [_likeness(other, own, _values(kg, other)) for other in cases if other.id != case.id]
    telling = [each for each in found if each.shared.keys() - _COMMON]
    return sorted(telling, key=lambda each: (-each.score, each.case.id))


_COMMON: Final = {"hasGovernmentLevel", "hasCaseStatus"}


def shared(values: Iterable[Iterable[Node]]) -> frozenset[Node]:
    """Return what more than one of several cases has."""
    counts = Counter(node for each in values for node in set(each))
    return frozenset(node for node, count in counts.items() if count > 1)


def _values(kg: KG, case: Case) -> Values:
    quads = kg.quads
    return {
        name: frozenset(q.object for q in quads.matching(case.iri, NamedNode(GOV + name)))
        for name in ASPECTS
    }


def _likeness(other: Case, own: Values, theirs: Values) -> Likeness:
    total = weighed = 0.0
    shared: dict[str, tuple[Node, ...]] = {}
    for name, weight in ASPECTS.items():
        both, either = own[name] & theirs[name], own[name] | theirs[name]
        if either:
            weighed += weight
            total += weight * len(both) / len(either)
        if both:
            shared[name] = tuple(sorted(both, key=str))
    return Likeness(other, round(total / weighed, 3) if weighed else 0.0, shared)
