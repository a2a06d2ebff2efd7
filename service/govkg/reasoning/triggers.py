"""Triggers that several kinds of axioms share."""

from collections.abc import Iterator

from govkg.reasoning.facts import Fact, Facts
from govkg.reasoning.program import Conclusion, Trigger


def typing(rule: str, axiom: Fact, kind: int, target: int, position: int) -> Trigger:
    """Conclude that the subject (position 0) or the value (2) has a type."""

    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion(rule, (fact[position], kind, target), (fact, axiom))

    return trigger


def copy(rule: str, axiom: Fact, target: int) -> Trigger:
    """Conclude the same statement with another property."""

    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion(rule, (fact[0], target, fact[2]), (fact, axiom))

    return trigger


def turn(rule: str, axiom: Fact, target: int) -> Trigger:
    """Conclude the statement turned around, with another or the same property."""

    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion(rule, (fact[2], target, fact[0]), (fact, axiom))

    return trigger


def transitive(rule: str, axiom: Fact, prop: int) -> Trigger:
    """Conclude the statement that leads over two steps at once."""

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        start, _, end = fact
        for later in facts.objects(prop, end):
            yield Conclusion(rule, (start, prop, later), (fact, (end, prop, later), axiom))
        for earlier in facts.subjects(prop, start):
            yield Conclusion(rule, (earlier, prop, end), ((earlier, prop, start), fact, axiom))

    return trigger


def never_with(rule: str, axiom: Fact, other: int, *, turned: bool) -> Trigger:
    """Report a clash if a statement with another property holds too."""

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        clash = (fact[2], other, fact[0]) if turned else (fact[0], other, fact[2])
        if clash in facts:
            yield Conclusion(rule, None, (fact, clash, axiom))

    return trigger


def through(rule: str, prop: int) -> Trigger:
    """Conclude the two-step statement, leaving out that a thing is related to itself."""

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        start, _, end = fact
        for later in facts.objects(prop, end):
            if later != start:
                yield Conclusion(rule, (start, prop, later), (fact, (end, prop, later)))
        for earlier in facts.subjects(prop, start):
            if earlier != end:
                yield Conclusion(rule, (earlier, prop, end), ((earlier, prop, start), fact))

    return trigger


def turn_alone(rule: str, prop: int) -> Trigger:
    """Conclude the statement turned around, where that needs no axiom."""

    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion(rule, (fact[2], prop, fact[0]), (fact,))

    return trigger
