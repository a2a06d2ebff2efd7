"""The reasoner: each rule by itself, and all of them together."""

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from govkg.reasoning import ABSENT, PROFILES, Closure

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

ENTAILED = {
    "eq-sym": (":a owl:sameAs :b .", ":b owl:sameAs :a"),
    "eq-trans": (":a owl:sameAs :b . :b owl:sameAs :c .", ":a owl:sameAs :c"),
    "eq-rep-s": (":a owl:sameAs :b . :a :p :x .", ":b :p :x"),
    "eq-rep-o": (":a owl:sameAs :b . :x :p :a .", ":x :p :b"),
    "prp-dom": (":p rdfs:domain :C . :a :p :b .", ":a a :C"),
    "prp-rng": (":p rdfs:range :C . :a :p :b .", ":b a :C"),
    "prp-fp": (":p a owl:FunctionalProperty . :a :p :b , :c .", ":b owl:sameAs :c"),
    "prp-ifp": (":p a owl:InverseFunctionalProperty . :a :p :c . :b :p :c .", ":a owl:sameAs :b"),
    "prp-symp": (":p a owl:SymmetricProperty . :a :p :b .", ":b :p :a"),
    "prp-trp": (":p a owl:TransitiveProperty . :a :p :b . :b :p :c .", ":a :p :c"),
    "prp-spo1": (":p rdfs:subPropertyOf :q . :a :p :b .", ":a :q :b"),
    "prp-spo2": (":q owl:propertyChainAxiom ( :p :r ) . :a :p :b . :b :r :c .", ":a :q :c"),
    "eq-rep-p": (":p owl:sameAs :q . :a :p :b .", ":a :q :b"),
    "prp-eqp1": (":p owl:equivalentProperty :q . :a :p :b .", ":a :q :b"),
    "prp-eqp2": (":p owl:equivalentProperty :q . :a :q :b .", ":a :p :b"),
    "prp-inv1": (":p owl:inverseOf :q . :a :p :b .", ":b :q :a"),
    "prp-inv2": (":p owl:inverseOf :q . :a :q :b .", ":b :p :a"),
    "prp-key": (":C owl:hasKey ( :k ) . :a a :C ; :k 1 . :b a :C ; :k 1 .", ":a owl:sameAs :b"),
    "cls-int1": (":C owl:intersectionOf ( :A :B ) . :a a :A , :B .", ":a a :C"),
    "cls-int2": (":C owl:intersectionOf ( :A :B ) . :a a :C .", ":a a :B"),
    "cls-uni": (":C owl:unionOf ( :A :B ) . :a a :B .", ":a a :C"),
    "cls-svf1": (
        ":C owl:onProperty :p ; owl:someValuesFrom :D . :a :p :b . :b a :D .",
        ":a a :C",
    ),
    "cls-svf2": (":C owl:onProperty :p ; owl:someValuesFrom owl:Thing . :a :p :b .", ":a a :C"),
    "cls-avf": (":C owl:onProperty :p ; owl:allValuesFrom :D . :a a :C ; :p :b .", ":b a :D"),
    "cls-hv1": (":C owl:onProperty :p ; owl:hasValue :v . :a a :C .", ":a :p :v"),
    "cls-hv2": (":C owl:onProperty :p ; owl:hasValue :v . :a :p :v .", ":a a :C"),
    "cls-maxc2": (
        ":C owl:onProperty :p ; owl:maxCardinality 1 . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c",
    ),
    "cls-oo": (":C owl:oneOf ( :a :b ) .", ":b a :C"),
    "cax-sco": (":C rdfs:subClassOf :D . :a a :C .", ":a a :D"),
    "cls-maxqc3": (
        ":C owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass :D . "
        ":a a :C ; :p :b , :c . :b a :D . :c a :D .",
        ":b owl:sameAs :c",
    ),
    "cls-maxqc4": (
        ":C owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onClass owl:Thing . "
        ":a a :C ; :p :b , :c .",
        ":b owl:sameAs :c",
    ),
    "cax-eqc1": (":C owl:equivalentClass :D . :a a :C .", ":a a :D"),
    "cax-eqc2": (":C owl:equivalentClass :D . :a a :D .", ":a a :C"),
    "scm-eqc2": (
        ":C rdfs:subClassOf :D . :D rdfs:subClassOf :C .",
        ":C owl:equivalentClass :D",
    ),
    "scm-eqp1": (":p owl:equivalentProperty :q .", ":q rdfs:subPropertyOf :p"),
    "scm-eqp2": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :p .",
        ":p owl:equivalentProperty :q",
    ),
    "scm-dom1": (":p rdfs:domain :C . :C rdfs:subClassOf :D .", ":p rdfs:domain :D"),
    "scm-dom2": (":q rdfs:domain :C . :p rdfs:subPropertyOf :q .", ":p rdfs:domain :C"),
    "scm-rng1": (":p rdfs:range :C . :C rdfs:subClassOf :D .", ":p rdfs:range :D"),
    "scm-rng2": (":q rdfs:range :C . :p rdfs:subPropertyOf :q .", ":p rdfs:range :C"),
    "dl-min1": (":C owl:onProperty :p ; owl:minCardinality 1 . :a :p :b .", ":a a :C"),
    "dl-minq1": (
        ":C owl:onProperty :p ; owl:minQualifiedCardinality 1 ; owl:onClass :D . "
        ":a :p :b . :b a :D .",
        ":a a :C",
    ),
    "dl-min2": (":C owl:onProperty :p ; owl:minCardinality 2 . :a :p 1 , 2 .", ":a a :C"),
    "dl-max2": (
        ":C owl:onProperty :p ; owl:maxQualifiedCardinality 1 ; owl:onDataRange :D . "
        ":a a :C ; :p :b , :c . :b a :D . :c a :D .",
        ":b owl:sameAs :c",
    ),
    "dl-exact1": (
        ":C owl:onProperty :p ; owl:cardinality 1 . :a a :C ; :p :b , :c .",
        ":b owl:sameAs :c",
    ),
    "dl-self1": (":C owl:onProperty :p ; owl:hasSelf true . :a :p :a .", ":a a :C"),
    "dl-self2": (":C owl:onProperty :p ; owl:hasSelf true . :a a :C .", ":a :p :a"),
    "dl-different": (
        "[] a owl:AllDifferent ; owl:distinctMembers ( :a :b ) .",
        ":b owl:differentFrom :a",
    ),
    "dl-union1": (":C owl:disjointUnionOf ( :A :B ) . :a a :B .", ":a a :C"),
    "scm-sco": (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":A rdfs:subClassOf :C"),
    "scm-eqc1": (":A owl:equivalentClass :B .", ":B rdfs:subClassOf :A"),
    "scm-int": (":C owl:intersectionOf ( :A :B ) .", ":C rdfs:subClassOf :B"),
    "scm-uni": (":C owl:unionOf ( :A :B ) .", ":B rdfs:subClassOf :C"),
    "scm-svf1": (
        ":C owl:onProperty :p ; owl:someValuesFrom :A . :D owl:onProperty :p ; "
        "owl:someValuesFrom :B . :A rdfs:subClassOf :B .",
        ":C rdfs:subClassOf :D",
    ),
    "scm-svf2": (
        ":C owl:onProperty :p ; owl:someValuesFrom :A . :D owl:onProperty :q ; "
        "owl:someValuesFrom :A . :p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D",
    ),
    "scm-avf1": (
        ":C owl:onProperty :p ; owl:allValuesFrom :A . :D owl:onProperty :p ; "
        "owl:allValuesFrom :B . :A rdfs:subClassOf :B .",
        ":C rdfs:subClassOf :D",
    ),
    "scm-avf2": (
        ":C owl:onProperty :p ; owl:allValuesFrom :A . :D owl:onProperty :q ; "
        "owl:allValuesFrom :A . :p rdfs:subPropertyOf :q .",
        ":D rdfs:subClassOf :C",
    ),
    "scm-hv": (
        ":C owl:onProperty :p ; owl:hasValue :v . :D owl:onProperty :q ; owl:hasValue :v . "
        ":p rdfs:subPropertyOf :q .",
        ":C rdfs:subClassOf :D",
    ),
    "scm-spo": (
        ":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .",
        ":p rdfs:subPropertyOf :r",
    ),
}

CLASHING = {
    "eq-diff1": ":a owl:sameAs :b ; owl:differentFrom :b .",
    "prp-irp": ":p a owl:IrreflexiveProperty . :a :p :a .",
    "prp-asyp": ":p a owl:AsymmetricProperty . :a :p :b . :b :p :a .",
    "prp-pdw": ":p owl:propertyDisjointWith :q . :a :p :b ; :q :b .",
    "prp-adp": "[] a owl:AllDisjointProperties ; owl:members ( :p :q ) . :a :p :b ; :q :b .",
    "prp-npa2": "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; "
    "owl:targetValue 1 . :a :p 1 .",
    "eq-diff2": "[] a owl:AllDifferent ; owl:members ( :a :b ) . :a owl:sameAs :b .",
    "eq-diff3": "[] a owl:AllDifferent ; owl:distinctMembers ( :a :b ) . :b owl:sameAs :a .",
    "prp-npa1": "[] owl:sourceIndividual :a ; owl:assertionProperty :p ; "
    "owl:targetIndividual :b . :a :p :b .",
    "cls-nothing2": ":a a owl:Nothing .",
    "cls-com": ":C owl:complementOf :D . :a a :C , :D .",
    "cls-maxc1": ":C owl:onProperty :p ; owl:maxCardinality 0 . :a a :C ; :p :b .",
    "cls-maxqc1": ":C owl:onProperty :p ; owl:maxQualifiedCardinality 0 ; owl:onClass :D . "
    ":a a :C ; :p :b . :b a :D .",
    "cls-maxqc2": ":C owl:onProperty :p ; owl:maxQualifiedCardinality 0 ; "
    "owl:onClass owl:Thing . :a a :C ; :p :b .",
    "cax-dw": ":C owl:disjointWith :D . :a a :C , :D .",
    "cax-adc": "[] a owl:AllDisjointClasses ; owl:members ( :C :D ) . :a a :C , :D .",
    "dt-not-type": ":p rdfs:range xsd:integer . :a :p 'one' .",
    "dt-diff": ":p a owl:FunctionalProperty . :a :p 1 , 2 .",
    "dl-exact0": ":C owl:onProperty :p ; owl:cardinality 0 . :a a :C ; :p :b .",
    "dl-union2": ":C owl:disjointUnionOf ( :A :B ) . :a a :A , :B .",
    "dl-negation": ":a owl:bottomObjectProperty :b .",
}


def triples(turtle: str) -> list[Triple]:
    """Read Turtle that uses the prefixes above."""
    quads = parse((PREFIXES + turtle).encode(), RdfFormat.TURTLE)
    return [Triple(q.subject, q.predicate, q.object) for q in quads]


@pytest.mark.parametrize("rule", sorted(ENTAILED))
def test_rule_entails(rule: str) -> None:
    """Each rule of the W3C tables yields what it should, and is named as the reason."""
    given, expected = ENTAILED[rule]
    (conclusion,) = triples(expected + " .")

    closure = Closure(triples(given))

    assert conclusion in closure
    derived = closure.derivation(conclusion)
    assert derived is not None
    assert derived.rule == rule
    assert all(premise in closure for premise in derived.premises)


@pytest.mark.parametrize("rule", sorted(ENTAILED))
def test_rule_needs_its_premises(rule: str) -> None:
    """Without any one statement of the data, the conclusion no longer follows by accident."""
    given, expected = ENTAILED[rule]
    (conclusion,) = triples(expected + " .")
    facts = triples(given)

    survivors = [i for i in range(len(facts)) if conclusion in Closure(facts[:i] + facts[i + 1 :])]

    # one of two equal members of a class description may be redundant, never all statements
    assert len(survivors) < len(facts)


@pytest.mark.parametrize("rule", sorted(CLASHING))
def test_rule_finds_the_clash(rule: str) -> None:
    """A contradiction is reported with the facts and axioms that clash."""
    closure = Closure(triples(CLASHING[rule]))

    found = [clash for clash in closure.contradictions() if clash.rule == rule]
    assert found
    assert all(premise in closure for premise in found[0].premises)


def test_every_rule_is_tested() -> None:
    """No rule is listed that no test exercises."""
    assert set(PROFILES["rl"]) == set(ENTAILED) | set(CLASHING)
    assert {name for name, rule in PROFILES["rl"].items() if rule.finds_clash} == set(CLASHING)


def test_absent_rules_say_why() -> None:
    """Each rule of the tables that is left out carries its reason."""
    assert all(reason.endswith(".") for reason in ABSENT.values())


def test_consistent_data_has_no_contradiction() -> None:
    """Nothing is reported where nothing clashes."""
    assert Closure(triples(":C owl:disjointWith :D . :a a :C . :b a :D .")).contradictions() == []


def test_supposing_takes_everything_back() -> None:
    """A supposition leaves no trace: neither facts nor contradictions nor changed reasons."""
    closure = Closure(triples(":C rdfs:subClassOf :D . :D owl:disjointWith :E . :a a :C ."))
    (inferred,) = triples(":a a :D .")
    size = len(closure)

    with closure.supposing(triples(":a a :E , :D . :b a :C .")) as new:
        assert triples(":b a :D .")[0] in new
        assert closure.derivation(inferred) is None
        assert closure.contradictions()

    assert len(closure) == size
    assert closure.contradictions() == []
    derived = closure.derivation(inferred)
    assert derived is not None
    assert derived.rule == "cax-sco"


def test_adding_gives_the_closure_from_scratch() -> None:
    """Facts added one by one lead to what they lead to all at once."""
    axioms = triples(":p a owl:TransitiveProperty . :q owl:propertyChainAxiom ( :p :r ) .")
    facts = triples(":a :p :b . :b :p :c . :c :p :d . :d :r :e .")

    stepwise = Closure(axioms)
    for fact in facts:
        stepwise.add([fact])

    assert set(stepwise.inferred()) == set(Closure([*axioms, *facts]).inferred())


def test_a_literal_is_never_a_subject() -> None:
    """A range on a literal's property types nothing, since RDF has no statements about literals."""
    closure = Closure(triples(':p rdfs:range :C . :a :p "text" .'))

    assert list(closure.inferred()) == []


def test_chains_meet_at_any_link() -> None:
    """A chain of three is found whichever link arrives last."""
    axioms = triples(":q owl:propertyChainAxiom ( :x :y :z ) .")
    facts = triples(":a :x :b . :b :y :c . :c :z :d .")
    goal = Triple(*(NamedNode("http://example.org/" + name) for name in ("a", "q", "d")))

    for last in facts:
        closure = Closure([*axioms, *(fact for fact in facts if fact != last)])
        assert goal not in closure
        closure.add([last])
        assert goal in closure
