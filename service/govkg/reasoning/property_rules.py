"""Rules about properties: table 5 (prp-*) of the OWL 2 RL rules."""

from collections.abc import Iterator

from govkg.reasoning.facts import Fact, Facts
from govkg.reasoning.program import Axioms, Conclusion, Program, Trigger
from govkg.reasoning.triggers import copy, never_with, transitive, turn, typing
from govkg.vocabulary import OWL, RDFS


def compile_property_rules(axioms: Axioms, program: Program) -> None:
    """File a trigger for every axiom about a property."""
    _domains_and_ranges(axioms, program)
    _hierarchy(axioms, program)
    _kinds(axioms, program)
    _chains(axioms, program)
    _disjointness(axioms, program)
    _keys(axioms, program)


def _domains_and_ranges(axioms: Axioms, program: Program) -> None:
    kind = program.words.type
    for prop, target, axiom in axioms.pairs(RDFS + "domain"):
        program.on_property[prop].append(typing("prp-dom", axiom, kind, target, position=0))
    for prop, target, axiom in axioms.pairs(RDFS + "range"):
        program.on_property[prop].append(typing("prp-rng", axiom, kind, target, position=2))


def _hierarchy(axioms: Axioms, program: Program) -> None:
    for one, other, axiom in axioms.pairs(OWL + "equivalentProperty"):
        program.on_property[one].append(copy("prp-eqp1", axiom, other))
        program.on_property[other].append(copy("prp-eqp1", axiom, one))
    for one, other, axiom in axioms.pairs(OWL + "inverseOf"):
        program.on_property[one].append(turn("prp-inv", axiom, other))
        program.on_property[other].append(turn("prp-inv", axiom, one))


def _kinds(axioms: Axioms, program: Program) -> None:
    same = program.words.same
    for prop, axiom in axioms.typed(OWL + "SymmetricProperty"):
        program.on_property[prop].append(turn("prp-symp", axiom, prop))
    for prop, axiom in axioms.typed(OWL + "TransitiveProperty"):
        program.on_property[prop].append(transitive("prp-trp", axiom, prop))
    for prop, axiom in axioms.typed(OWL + "FunctionalProperty"):
        program.on_property[prop].append(_functional(axiom, prop, same))
    for prop, axiom in axioms.typed(OWL + "InverseFunctionalProperty"):
        program.on_property[prop].append(_inverse_functional(axiom, prop, same))
    for prop, axiom in axioms.typed(OWL + "IrreflexiveProperty"):
        program.on_property[prop].append(_irreflexive(axiom))
    for prop, axiom in axioms.typed(OWL + "AsymmetricProperty"):
        program.on_property[prop].append(never_with("prp-asyp", axiom, prop, turned=True))


def _functional(axiom: Fact, prop: int, same: int) -> Trigger:
    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for other in facts.objects(prop, fact[0]):
            if other != fact[2]:
                premises = (fact, (fact[0], prop, other), axiom)
                yield Conclusion("prp-fp", (fact[2], same, other), premises)

    return trigger


def _inverse_functional(axiom: Fact, prop: int, same: int) -> Trigger:
    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        for other in facts.subjects(prop, fact[2]):
            if other != fact[0]:
                premises = (fact, (other, prop, fact[2]), axiom)
                yield Conclusion("prp-ifp", (fact[0], same, other), premises)

    return trigger


def _irreflexive(axiom: Fact) -> Trigger:
    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        if fact[0] == fact[2]:
            yield Conclusion("prp-irp", None, (fact, axiom))

    return trigger


def _chains(axioms: Axioms, program: Program) -> None:
    for target, head, axiom in axioms.pairs(OWL + "propertyChainAxiom"):
        chain = tuple(axioms.members(head))
        for position, prop in enumerate(chain):
            program.on_property[prop].append(_chain(axiom, target, chain, position))


def _chain(axiom: Fact, target: int, chain: tuple[int, ...], position: int) -> Trigger:
    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        before = _backwards(facts, chain[:position], fact[0])
        for start, left in before:
            for end, right in _forwards(facts, chain[position + 1 :], fact[2]):
                premises = (*left, fact, *right, axiom)
                yield Conclusion("prp-spo2", (start, target, end), premises)

    return trigger


def _forwards(
    facts: Facts, chain: tuple[int, ...], node: int
) -> list[tuple[int, tuple[Fact, ...]]]:
    """Return each node at the end of a chain of properties, with the facts on the way."""
    paths: list[tuple[int, tuple[Fact, ...]]] = [(node, ())]
    for prop in chain:
        paths = [
            (after, (*steps, (here, prop, after)))
            for here, steps in paths
            for after in facts.objects(prop, here)
        ]
    return paths


def _backwards(
    facts: Facts, chain: tuple[int, ...], node: int
) -> list[tuple[int, tuple[Fact, ...]]]:
    """Return each node at the start of a chain of properties, with the facts on the way."""
    paths: list[tuple[int, tuple[Fact, ...]]] = [(node, ())]
    for prop in reversed(chain):
        paths = [
            (before, ((before, prop, here), *steps))
            for here, steps in paths
            for before in facts.subjects(prop, here)
        ]
    return paths


def _disjointness(axioms: Axioms, program: Program) -> None:
    for one, other, axiom in axioms.pairs(OWL + "propertyDisjointWith"):
        program.on_property[one].append(never_with("prp-pdw", axiom, other, turned=False))
        program.on_property[other].append(never_with("prp-pdw", axiom, one, turned=False))
    for denial, prop, axiom in axioms.pairs(OWL + "assertionProperty"):
        targets = [*axioms.values(denial, OWL + "targetIndividual")]
        targets += axioms.values(denial, OWL + "targetValue")
        for source, _ in axioms.values(denial, OWL + "sourceIndividual"):
            for target, _ in targets:
                program.on_property[prop].append(_denied(axiom, source, target))


def _denied(axiom: Fact, source: int, target: int) -> Trigger:
    def trigger(_: Facts, fact: Fact) -> Iterator[Conclusion]:
        if fact[0] == source and fact[2] == target:
            yield Conclusion("prp-npa", None, (fact, axiom))

    return trigger


def _keys(axioms: Axioms, program: Program) -> None:
    for owner, head, axiom in axioms.pairs(OWL + "hasKey"):
        keys = tuple(axioms.members(head))
        trigger = _key(axiom, program, owner, keys)
        program.on_class[owner].append(trigger)
        for prop in keys:
            program.on_property[prop].append(trigger)


def _key(axiom: Fact, program: Program, owner: int, keys: tuple[int, ...]) -> Trigger:
    kind, same = program.words.type, program.words.same

    def trigger(facts: Facts, fact: Fact) -> Iterator[Conclusion]:
        one = fact[0]
        if not keys or (one, kind, owner) not in facts:
            return
        for value in facts.objects(keys[0], one):
            for other in facts.subjects(keys[0], value):
                if other == one or (other, kind, owner) not in facts:
                    continue
                shared = _agreement(facts, keys, one, other)
                if shared:
                    typed = ((one, kind, owner), (other, kind, owner))
                    yield Conclusion("prp-key", (one, same, other), (*typed, *shared, axiom))

    return trigger


def _agreement(facts: Facts, keys: tuple[int, ...], one: int, other: int) -> tuple[Fact, ...]:
    """Return the facts by which two things agree in every key, or nothing if they do not."""
    found: list[Fact] = []
    for key in keys:
        common = set(facts.objects(key, one)) & set(facts.objects(key, other))
        if not common:
            return ()
        value = min(common)
        found += [(one, key, value), (other, key, value)]
    return tuple(found)
