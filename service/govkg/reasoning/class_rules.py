"""Rules about classes: tables 6 (cls-*) and 7 (cax-*) of the OWL 2 RL rules."""

from collections.abc import Iterator
from itertools import combinations, permutations

from govkg.reasoning.facts import Fact, Facts
from govkg.reasoning.program import Axioms, Conclusion, Program, Trigger
from govkg.vocabulary import OWL


def compile_class_rules(axioms: Axioms, program: Program) -> None:
    """File a trigger for every axiom about a class."""
    _hierarchy(axioms, program)
    _boolean(axioms, program)
    _quantified(axioms, program)
    _values_and_limits(axioms, program)
    _disjointness(axioms, program)


def _member(rule: str, axiom: Fact, kind: int, target: int) -> Trigger:
    """Conclude that a member of one class is a member of another."""

    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion(rule, (fact[0], kind, target), (fact, axiom))

    return trigger


def _hierarchy(axioms: Axioms, program: Program) -> None:
    kind = program.words.type
    for one, other, axiom in axioms.pairs(OWL + "equivalentClass"):
        program.on_class[one].append(_member("cax-eqc", axiom, kind, other))
        program.on_class[other].append(_member("cax-eqc", axiom, kind, one))


def _boolean(axioms: Axioms, program: Program) -> None:
    kind = program.words.type
    for whole, head, axiom in axioms.pairs(OWL + "intersectionOf"):
        parts = axioms.members(head)
        for part in parts:
            program.on_class[part].append(_all_of(axiom, kind, whole, tuple(parts)))
            program.on_class[whole].append(_member("cls-int2", axiom, kind, part))
    for whole, head, axiom in axioms.pairs(OWL + "unionOf"):
        for part in axioms.members(head):
            program.on_class[part].append(_member("cls-uni", axiom, kind, whole))
    for whole, head, axiom in axioms.pairs(OWL + "oneOf"):
        for member in axioms.members(head):
            program.at_start.append(Conclusion("cls-oo", (member, kind, whole), (axiom,)))


def _all_of(axiom: Fact, kind: int, whole: int, parts: tuple[int, ...]) -> Trigger:
    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        needed = tuple((fact[0], kind, part) for part in parts)
        if all(one in facts for one in needed):
            yield Conclusion("cls-int1", (fact[0], kind, whole), (*needed, axiom))

    return trigger


def _quantified(axioms: Axioms, program: Program) -> None:
    for whole, target, axiom in axioms.pairs(OWL + "someValuesFrom"):
        for on in axioms.values(whole, OWL + "onProperty"):
            if target == program.words.thing:
                trigger = _any_value(axiom, on[1], program.words.type, whole)
                program.on_property[on[0]].append(trigger)
            else:
                _file_some(program, whole, on, target, axiom)
    for whole, target, axiom in axioms.pairs(OWL + "allValuesFrom"):
        for on in axioms.values(whole, OWL + "onProperty"):
            _file_only(program, whole, on, target, axiom)


def _any_value(axiom: Fact, on: Fact, kind: int, whole: int) -> Trigger:
    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion("cls-svf2", (fact[0], kind, whole), (fact, axiom, on))

    return trigger


def _file_some(
    program: Program, whole: int, on: tuple[int, Fact], target: int, axiom: Fact
) -> None:
    """File the two triggers of a someValuesFrom: by the property, and by the class."""
    prop, kind = on[0], program.words.type

    def by_property(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        typed = (fact[2], kind, target)
        if typed in facts:
            yield Conclusion("cls-svf1", (fact[0], kind, whole), (fact, typed, axiom, on[1]))

    def by_class(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for subject in facts.subjects(prop, fact[0]):
            premises = ((subject, prop, fact[0]), fact, axiom, on[1])
            yield Conclusion("cls-svf1", (subject, kind, whole), premises)

    program.on_property[prop].append(by_property)
    program.on_class[target].append(by_class)


def _file_only(
    program: Program, whole: int, on: tuple[int, Fact], target: int, axiom: Fact
) -> None:
    """File the two triggers of an allValuesFrom: by the property, and by the class."""
    prop, kind = on[0], program.words.type

    def by_property(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        typed = (fact[0], kind, whole)
        if typed in facts:
            yield Conclusion("cls-avf", (fact[2], kind, target), (fact, typed, axiom, on[1]))

    def by_class(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for value in facts.objects(prop, fact[0]):
            premises = ((fact[0], prop, value), fact, axiom, on[1])
            yield Conclusion("cls-avf", (value, kind, target), premises)

    program.on_property[prop].append(by_property)
    program.on_class[whole].append(by_class)


def _values_and_limits(axioms: Axioms, program: Program) -> None:
    for whole, value, axiom in axioms.pairs(OWL + "hasValue"):
        for on in axioms.values(whole, OWL + "onProperty"):
            _file_value(program, whole, on, value, axiom)
    for whole, number, axiom in axioms.pairs(OWL + "maxCardinality"):
        limit = getattr(axioms.terms.term(number), "value", "")
        for on in axioms.values(whole, OWL + "onProperty"):
            if limit in {"0", "1"}:
                _file_limit(program, whole, on, axiom, limit)


def _file_value(
    program: Program, whole: int, on: tuple[int, Fact], value: int, axiom: Fact
) -> None:
    """File the two triggers of a hasValue: by the class, and by the property."""
    prop, kind = on[0], program.words.type

    def by_class(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion("cls-hv1", (fact[0], prop, value), (fact, axiom, on[1]))

    def by_property(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        if fact[2] == value:
            yield Conclusion("cls-hv2", (fact[0], kind, whole), (fact, axiom, on[1]))

    program.on_class[whole].append(by_class)
    program.on_property[prop].append(by_property)


def _file_limit(
    program: Program, whole: int, on: tuple[int, Fact], axiom: Fact, limit: str
) -> None:
    """File the two triggers of a maxCardinality of 0 or 1: by the property, and by the class."""
    prop, kind, same = on[0], program.words.type, program.words.same

    def check(facts: Facts, subject: int) -> Iterator[Conclusion]:
        typed = (subject, kind, whole)
        values = facts.objects(prop, subject)
        if typed not in facts or not values:
            return
        if limit == "0":
            yield Conclusion("cls-maxc1", None, ((subject, prop, values[0]), typed, axiom, on[1]))
            return
        for one, other in permutations(values, 2):
            stated = ((subject, prop, one), (subject, prop, other))
            yield Conclusion("cls-maxc2", (one, same, other), (*stated, typed, axiom, on[1]))

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield from check(facts, fact[0])

    program.on_property[prop].append(trigger)
    program.on_class[whole].append(trigger)


def _disjointness(axioms: Axioms, program: Program) -> None:
    for one, other, axiom in axioms.pairs(OWL + "disjointWith"):
        _file_clash(program, "cax-dw", one, other, axiom)
    for one, other, axiom in axioms.pairs(OWL + "complementOf"):
        _file_clash(program, "cls-com", one, other, axiom)
    for group, axiom in axioms.typed(OWL + "AllDisjointClasses"):
        for head, _ in axioms.values(group, OWL + "members"):
            for one, other in combinations(axioms.members(head), 2):
                _file_clash(program, "cax-dw", one, other, axiom)

    def empty(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        yield Conclusion("cls-nothing2", None, (fact,))

    program.on_class[program.words.nothing].append(empty)


def _file_clash(program: Program, rule: str, one: int, other: int, axiom: Fact) -> None:
    """File a trigger on each of two classes that must not share a member."""
    kind = program.words.type

    def against(rival: int) -> Trigger:
        def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
            clash = (fact[0], kind, rival)
            if clash in facts:
                yield Conclusion(rule, None, (fact, clash, axiom))

        return trigger

    program.on_class[one].append(against(other))
    program.on_class[other].append(against(one))
