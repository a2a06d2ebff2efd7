"""Cases that come and go: the closure kept up to date is the closure from scratch."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, Triple, parse

from govkg.reasoning import Closure

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""

AXIOMS = """
:t a owl:TransitiveProperty . :s a owl:SymmetricProperty . :f a owl:FunctionalProperty .
:g a owl:InverseFunctionalProperty . :t owl:inverseOf :u . :p rdfs:subPropertyOf :t .
:q owl:propertyChainAxiom ( :p :s :u ) . :q rdfs:subPropertyOf :s .
:p rdfs:domain :A . :s rdfs:range :B . :A rdfs:subClassOf :C . :C owl:equivalentClass :D .
:E owl:intersectionOf ( :A :B ) . :E rdfs:subClassOf [ owl:onProperty :t ; owl:allValuesFrom :F ] .
[ owl:onProperty :s ; owl:someValuesFrom :F ] rdfs:subClassOf :G .
[ owl:onProperty :p ; owl:hasValue :i0 ] rdfs:subClassOf :H . :H owl:disjointWith :G .
:G rdfs:subClassOf [ owl:onProperty :f ; owl:maxCardinality 1 ] , [ owl:onProperty :q ;
owl:hasValue :i1 ] . :C owl:hasKey ( :k ) .
"""

individuals = st.sampled_from([f":i{n}" for n in range(6)])
properties = st.sampled_from([f":{p}" for p in "tsfgupqk"])
classes = st.sampled_from([f":{c}" for c in "ABCDEFGH"])
facts = st.one_of(
    st.tuples(individuals, classes).map(lambda t: f"{t[0]} a {t[1]} ."),
    st.tuples(individuals, properties, individuals).map(lambda t: f"{t[0]} {t[1]} {t[2]} ."),
    st.tuples(individuals, individuals).map(lambda t: f"{t[0]} owl:sameAs {t[1]} ."),
    st.tuples(individuals, st.integers(0, 2)).map(lambda t: f"{t[0]} :f {t[1]} ."),
)
changes = st.lists(
    st.tuples(st.sets(st.integers(0, 19), max_size=6), st.lists(facts, max_size=4)),
    min_size=1,
    max_size=5,
)
"""Each change withdraws what stands at some places of a list, and adds something."""


def triples(turtle: str) -> list[Triple]:
    """Read Turtle that uses the prefixes above."""
    quads = parse((PREFIXES + turtle).encode(), RdfFormat.TURTLE)
    return [Triple(q.subject, q.predicate, q.object) for q in quads]


GIVEN = triples(AXIOMS)


def apply(start: list[str], steps: list[tuple[set[int], list[str]]]) -> None:
    """Apply changes one after the other, and compare with the closure from scratch each time."""
    held = dict.fromkeys(triples("\n".join(start)))
    closure = Closure([*GIVEN, *held])
    published = set(closure.inferred())
    for places, new in steps:
        withdrawn = [triple for place, triple in enumerate(held) if place in places]
        asserted = triples("\n".join(new))
        changed = closure.change(withdrawn, asserted)

        held = {t: None for t in (*held, *asserted) if t not in withdrawn or t in asserted}
        scratch = Closure([*GIVEN, *held])
        published = (published - changed.vanished) | changed.appeared
        assert set(closure.inferred()) == set(scratch.inferred()) == published
        assert len(closure) == len(scratch)
        assert clashes(closure) == clashes(scratch)
        assert all(grounded(closure, triple) for triple in published)


def clashes(closure: Closure) -> set[frozenset[Triple]]:
    """Return what clashes, whatever the order and the rule."""
    return {frozenset(clash.premises) for clash in closure.contradictions()}


def grounded(closure: Closure, triple: Triple, depth: int = 0) -> bool:
    """Say whether the reasons of a triple end in assertions."""
    derived = closure.derivation(triple)
    if derived is None:
        return closure.is_asserted(triple)
    return depth < 200 and all(grounded(closure, each, depth + 1) for each in derived.premises)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(facts, max_size=14), changes)
def test_changes_give_the_closure_from_scratch(
    start: list[str], steps: list[tuple[set[int], list[str]]]
) -> None:
    """Whatever comes and goes, facts, contradictions and reasons are those from scratch."""
    apply(start, steps)


@pytest.mark.soak
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(facts, max_size=20), changes)
def test_changes_give_the_closure_from_scratch_at_length(
    start: list[str], steps: list[tuple[set[int], list[str]]]
) -> None:
    """The same, over many more sequences of changes."""
    apply(start, steps)


def test_a_circle_does_not_hold_itself_up() -> None:
    """Facts that follow from each other go with the assertion that they rested on."""
    closure = Closure(triples(":p owl:inverseOf :q . :a :p :b ."))

    changed = closure.change(triples(":a :p :b ."), [])

    assert len(closure) == 1
    assert changed.vanished == set(triples(":b :q :a ."))


def test_another_reason_keeps_a_fact() -> None:
    """What follows in two ways stays when one of them goes, and says the other reason."""
    closure = Closure(triples(":p rdfs:domain :C . :q rdfs:domain :C . :a :p :b ; :q :b ."))
    (kept,) = triples(":a a :C .")

    changed = closure.change(triples(":a :p :b ."), [])

    assert changed == (frozenset(), frozenset())
    derived = closure.derivation(kept)
    assert derived is not None
    assert triples(":a :q :b .")[0] in derived.premises


def test_an_assertion_that_also_follows_stays_as_inferred() -> None:
    """Withdrawing what follows anyway makes it a derived fact."""
    closure = Closure(triples(":A rdfs:subClassOf :B . :a a :A , :B ."))

    changed = closure.change(triples(":a a :B ."), [])

    assert changed.appeared == set(triples(":a a :B ."))


def test_withdrawn_axioms_take_their_effect_along() -> None:
    """An axiom that goes, goes with all that it made follow."""
    closure = Closure(triples(":A rdfs:subClassOf :B . :a a :A ."))

    changed = closure.change(triples(":A rdfs:subClassOf :B ."), triples(":b a :A ."))

    assert changed.vanished == set(triples(":a a :B ."))
    assert list(closure.inferred()) == []


def test_axioms_that_come_later_are_applied() -> None:
    """An axiom added after the data applies to it."""
    closure = Closure(triples(":a a :A ."))

    changed = closure.change([], triples(":A rdfs:subClassOf :B ."))

    assert changed.appeared == set(triples(":a a :B ."))


def test_a_contradiction_goes_with_its_facts() -> None:
    """What clashed no longer does once one side is withdrawn."""
    closure = Closure(triples(":A owl:disjointWith :B . :a a :A , :B ."))
    assert closure.contradictions()

    closure.change(triples(":a a :B ."), [])

    assert closure.contradictions() == []


def test_a_fact_may_follow_in_many_ways() -> None:
    """Every one-step derivation of a triple can be asked for."""
    closure = Closure(triples(":p rdfs:domain :C . :A rdfs:subClassOf :C . :a :p :b ; a :A ."))

    found = closure.derivations(triples(":a a :C .")[0])

    assert {derived.rule for derived in found} == {"prp-dom", "cax-sco"}


def test_a_closure_becomes_that_of_other_triples() -> None:
    """Only what differs is changed, and the result is that from scratch."""
    before = [*GIVEN, *triples(":a :p :b . :b :p :c . :c :s :d .")]
    after = [*GIVEN, *triples(":a :p :b . :c :s :d . :d :t :a .")]
    closure = Closure(before)

    closure.become(after)

    assert set(closure.inferred()) == set(Closure(after).inferred())
