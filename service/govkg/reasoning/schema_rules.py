"""Rules about the hierarchies themselves: table 9 (scm-*), with cax-sco and prp-spo1 on top.

Hierarchies can grow while reasoning goes on, so these rules look the axioms up as facts instead
of compiling each of them.
"""

from collections.abc import Iterator
from itertools import permutations

from govkg.reasoning.facts import Fact, Facts
from govkg.reasoning.program import Axioms, Conclusion, Program, Trigger
from govkg.reasoning.triggers import through
from govkg.vocabulary import OWL

Restriction = tuple[int, int, int, tuple[Fact, Fact]]
"""Class, property, filler, and the two facts that say so."""


def compile_schema_rules(axioms: Axioms, program: Program) -> None:
    """File the rules of the hierarchies of classes and properties."""
    words = program.words
    program.on_property[words.sub_class] += [through("scm-sco", words.sub_class), _inherit(program)]
    program.on_property[words.type].append(_inherited(program))
    program.on_property[words.sub_property] += [
        through("scm-spo", words.sub_property),
        _carry_over(),
    ]
    program.on_property[words.equivalent_class].append(_both_ways(program))
    program.on_fact.append(_carried_over(program))
    _expressions(axioms, program)
    _restrictions(axioms, program)


def _expressions(axioms: Axioms, program: Program) -> None:
    """Say that an intersection is within its parts, and the parts of a union within it."""
    sub_class = program.words.sub_class
    for whole, head, axiom in axioms.pairs(OWL + "intersectionOf"):
        for part in axioms.members(head):
            conclusion = Conclusion("scm-int", (whole, sub_class, part), (axiom,))
            program.at_start.append(conclusion)
    for whole, head, axiom in axioms.pairs(OWL + "unionOf"):
        for part in axioms.members(head):
            conclusion = Conclusion("scm-uni", (part, sub_class, whole), (axiom,))
            program.at_start.append(conclusion)


def _both_ways(program: Program) -> Trigger:
    """Say that equivalent classes are within each other."""
    sub_class = program.words.sub_class

    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion("scm-eqc1", (fact[0], sub_class, fact[2]), (fact,))
        yield Conclusion("scm-eqc1", (fact[2], sub_class, fact[0]), (fact,))

    return trigger


def _inherit(program: Program) -> Trigger:
    """Pass the members of a class on, when it is found to be within another."""
    kind = program.words.type

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for member in facts.subjects(kind, fact[0]):
            typed = (member, kind, fact[0])
            yield Conclusion("cax-sco", (member, kind, fact[2]), (typed, fact))

    return trigger


def _inherited(program: Program) -> Trigger:
    """Pass a new member on to the classes that its class is within."""
    kind, sub_class = program.words.type, program.words.sub_class

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for broad in facts.objects(sub_class, fact[2]):
            axiom = (fact[2], sub_class, broad)
            yield Conclusion("cax-sco", (fact[0], kind, broad), (fact, axiom))

    return trigger


def _carry_over() -> Trigger:
    """Repeat the statements of a property, when it is found to be within another."""

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for subject, value in facts.pairs(fact[0]):
            stated = (subject, fact[0], value)
            yield Conclusion("prp-spo1", (subject, fact[2], value), (stated, fact))

    return trigger


def _carried_over(program: Program) -> Trigger:
    """Repeat a new statement with the properties that its property is within."""
    sub_property = program.words.sub_property

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for broad in facts.objects(sub_property, fact[1]):
            axiom = (fact[1], sub_property, broad)
            yield Conclusion("prp-spo1", (fact[0], broad, fact[2]), (fact, axiom))

    return trigger


def _restrictions(axioms: Axioms, program: Program) -> None:
    """File the rules by which one restriction is within another."""
    for word, by_filler, by_property, turned in (
        ("someValuesFrom", "scm-svf1", "scm-svf2", False),
        ("allValuesFrom", "scm-avf1", "scm-avf2", True),
        ("hasValue", "", "scm-hv", False),
    ):
        found = list(_read(axioms, word))
        for one, other in permutations(found, 2):
            if one[1] == other[1] and by_filler:
                hierarchy = (one[2], program.words.sub_class, other[2])
                _file(program, by_filler, one, other, hierarchy)
            if one[2] == other[2]:
                hierarchy = (one[1], program.words.sub_property, other[1])
                _file(program, by_property, *((other, one) if turned else (one, other)), hierarchy)


def _read(axioms: Axioms, word: str) -> Iterator[Restriction]:
    """Yield the restrictions of one kind."""
    for whole, filler, axiom in axioms.pairs(OWL + word):
        for prop, on in axioms.values(whole, OWL + "onProperty"):
            yield whole, prop, filler, (axiom, on)


def _file(
    program: Program, rule: str, narrow: Restriction, broad: Restriction, hierarchy: Fact
) -> None:
    """Conclude that one restriction is within another as soon as a hierarchy says so."""
    goal = (narrow[0], program.words.sub_class, broad[0])
    spelt = (*narrow[3], *broad[3])
    if hierarchy[0] == hierarchy[2]:
        if goal[0] != goal[2]:
            program.at_start.append(Conclusion(rule, goal, spelt))
        return

    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        if fact == hierarchy:
            yield Conclusion(rule, goal, (fact, *spelt))

    program.on_property[hierarchy[1]].append(trigger)
