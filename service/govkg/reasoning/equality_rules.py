"""Rules about things that are the same: table 4 (eq-*) of the OWL 2 RL rules."""

from collections.abc import Iterator

from govkg.reasoning.facts import Fact, Facts
from govkg.reasoning.program import Conclusion, Program, Trigger
from govkg.reasoning.triggers import through, turn_alone


def compile_equality_rules(program: Program) -> None:
    """File the rules of sameAs and differentFrom, which need no axiom."""
    same, different = program.words.same, program.words.different
    carry = _carry_over(same)
    program.on_property[same] += [
        turn_alone("eq-sym", same),
        through("eq-trans", same),
        _replace(carry),
        _clash(different),
    ]
    program.on_property[different].append(_clash(same))
    program.on_equality = carry


def _carry_over(same: int) -> Trigger:
    """Repeat a fact for whatever is the same as its subject or its value."""

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        subject, predicate, value = fact
        if predicate == same:
            return
        for other in facts.objects(same, subject):
            link = (subject, same, other)
            yield Conclusion("eq-rep-s", (other, predicate, value), (fact, link))
        for other in facts.objects(same, value):
            link = (value, same, other)
            yield Conclusion("eq-rep-o", (subject, predicate, other), (fact, link))

    return trigger


def _replace(carry: Trigger) -> Trigger:
    """Repeat all facts about a thing, when it is found to be the same as another."""

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for about in tuple(facts.about(fact[0])):
            yield from carry(facts, about)

    return trigger


def _clash(rival: int) -> Trigger:
    """Report two things that are the same and different."""

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        opposite = (fact[0], rival, fact[2])
        if opposite in facts:
            yield Conclusion("eq-diff1", None, (fact, opposite))

    return trigger
