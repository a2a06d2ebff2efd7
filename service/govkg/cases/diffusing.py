"""How innovations spread: who adopted from whom, along which way, as the sources claim.

A step is an adoption event: one government adopts from another, or, where it names no origin,
from whoever began the experiment. Who passed an innovation on has it from there too, by a step of
which nothing is recorded, unless an event says otherwise. Ways are followed inside one experiment
(decision 8) and never come back to a government. Adoptions of which only place and date are known
are no steps, and are listed in the order of their dates.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode

from govkg.cases.kg import KG, Case
from govkg.ontology import TYPE
from govkg.rdf import Node
from govkg.vocabulary import DCTERMS, GOV

_SUBJECT: Final = NamedNode(DCTERMS + "subject")
_MEASURE: Final = NamedNode(GOV + "InnovationMeasure")
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


@dataclass(frozen=True)
class Adoption:
    """That a place adopted an innovation, and when; from whom it had it, nobody says."""

    place: NamedNode
    date: str
    """As in XML Schema; empty if it is not recorded."""
    measure: NamedNode


def adoptions(kg: KG, innovation: NamedNode) -> list[Adoption]:
    """Return the measures about a concept, by date and place; those without a place are left out.

    So data is recorded that says who adopted what in which year, and no more. It is no way:
    whoever was later need not have learned from whoever was earlier.
    """
    found = {
        Adoption(place, date, measure)
        for measure in _about(kg, innovation)
        for place in _values(kg, measure, "appliesIn")
        for date in _dates(kg, measure) or [""]
    }
    return sorted(found, key=lambda each: (not each.date, each.date, each.place.value))


def innovations(kg: KG) -> list[tuple[NamedNode, int]]:
    """Return the concepts that measures are about, with their number, the most adopted first."""
    counted: Counter[NamedNode] = Counter()
    for quad in set(kg.quads.matching(None, _SUBJECT)):
        if isinstance(quad.object, NamedNode) and _is_measure(kg, quad.subject):
            counted[quad.object] += 1
    return sorted(counted.items(), key=lambda each: (-each[1], each[0].value))


def _about(kg: KG, innovation: NamedNode) -> list[NamedNode]:
    found = {quad.subject for quad in kg.quads.matching(None, _SUBJECT, innovation)}
    return [each for each in found if isinstance(each, NamedNode) and _is_measure(kg, each)]


def _is_measure(kg: KG, node: Node) -> bool:
    return isinstance(node, NamedNode) and any(kg.quads.matching(node, TYPE, _MEASURE))


def _dates(kg: KG, node: NamedNode) -> list[str]:
    quads = kg.quads.matching(node, NamedNode(GOV + "startDate"))
    return sorted({quad.object.value for quad in quads if isinstance(quad.object, Literal)})


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
