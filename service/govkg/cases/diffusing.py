"""How innovations spread: who adopted from whom, along which way, as the sources claim.

A step is an adoption event: one government adopts from another, or, where it names no origin,
from whoever began the experiment. Who passed an innovation on has it from there too, by a step of
which nothing is recorded, unless an event says otherwise. Ways are followed inside one experiment
(decision 8) and never come back to a government.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode

from govkg.cases.kg import KG, Case
from govkg.rdf import Node
from govkg.vocabulary import GOV

_MOST: Final = 10_000
"""So many ways of one experiment are followed, and so many steps of one way."""
_MOST_STEPS: Final = 20


@dataclass(frozen=True)
class Way:
    """One way on which an innovation came from its origin to a government."""

    case: Case
    experiment: NamedNode
    stops: tuple[NamedNode, ...]
    """The governments, from the origin to the one that adopted."""
    events: tuple[NamedNode | None, ...]
    """The adoption events between them; None for a step of which nothing is recorded."""

    @property
    def steps(self) -> int:
        """Count the adoptions on the way."""
        return len(self.events)


def ways(kg: KG, case: Case) -> list[Way]:
    """Return the ways of each innovation of a case, the shortest first."""
    experiments = _values(kg, case.iri, "hasExperiment")
    found = [way for each in experiments for way in _of_experiment(kg, case, each)]
    return sorted(found, key=lambda way: (way.steps, [stop.value for stop in way.stops]))


def _of_experiment(kg: KG, case: Case, experiment: NamedNode) -> Iterator[Way]:
    starters = _values(kg, experiment, "isStartedBy")
    onward: defaultdict[NamedNode, list[tuple[NamedNode | None, NamedNode]]] = defaultdict(list)
    for event in _values(kg, experiment, "hasAdoption"):
        for origin in _values(kg, event, "adoptedFrom") or starters:
            onward[origin] += [(event, target) for target in _values(kg, event, "adoptedBy")]
    targets = {target for steps in onward.values() for _, target in steps}
    passers = [o for o in sorted(onward, key=str) if o not in targets and o not in starters]
    for starter in starters:
        onward[starter] += [(None, passer) for passer in passers]
    for origin in starters or passers:
        waiting = [Way(case, experiment, (origin,), ())]
        for way in waiting:  # which grows meanwhile
            for step, target in onward.get(way.stops[-1], ()):
                if target not in way.stops and way.steps < _MOST_STEPS and len(waiting) < _MOST:
                    longer = Way(case, experiment, (*way.stops, target), (*way.events, step))
                    waiting.append(longer)
                    yield longer


def _values(kg: KG, node: Node, name: str) -> list[NamedNode]:
    assert isinstance(node, NamedNode)  # noqa: S101  # the callers pass what they found
    quads = kg.quads.matching(node, NamedNode(GOV + name))
    named = {quad.object for quad in quads if isinstance(quad.object, NamedNode)}
    return sorted(named, key=lambda each: each.value)
