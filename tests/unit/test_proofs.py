"""Every inference of the example data has a whole proof, and proofs are told in words."""

import pytest
from pyoxigraph import NamedNode, Triple

from govkg.cases.kg import KG
from govkg.errors import NotEntailedError
from govkg.rdf import expand
from govkg.reasoning import ASSERTED, RULES, Proof
from govkg.store.embedded import EmbeddedStore


@pytest.fixture(scope="module")
def kg() -> KG:
    """Return the bundled graph, in memory."""
    return KG.load(EmbeddedStore())


def statement(subject: str, predicate: str, value: str) -> Triple:
    """Make a triple of short names."""
    return Triple(expand(subject), expand(predicate), expand(value))


def test_every_inferred_triple_has_a_whole_proof(kg: KG) -> None:
    """Each leaf is asserted in a named graph, each step is a rule, and no step rests on itself."""
    inferred = list(kg.closure.inferred())
    assert len(inferred) > 1000

    for triple in inferred:
        proof = kg.prove(triple)
        assert proof.rule in RULES
        check(proof, frozenset())


def check(proof: Proof, above: frozenset[Triple]) -> None:
    """Hold one step of a proof, and all below it, to what a proof must be."""
    assert proof.statement not in above
    if proof.rule == ASSERTED:
        assert not proof.premises
        assert proof.graphs, proof.statement
    else:
        assert proof.premises
        assert not RULES[proof.rule].finds_clash
    for premise in proof.premises:
        check(premise, above | {proof.statement})


def test_a_proof_reaches_the_words_of_the_paper(kg: KG) -> None:
    """The relation that a conclusion rests on shows its section and quote."""
    proof = kg.prove(
        statement("case:la-paz-anticorruption", "gov:showsSymptomOf", "gc:management-crisis")
    )

    claims = [step.claim for step in proof.steps() if step.claim and step.claim.section == "3.2"]
    assert any("efficiency of approval" in claim.quote for claim in claims)


def test_a_conclusion_is_as_firm_as_its_weakest_relation(kg: KG) -> None:
    """A remedy that only editors connect is marked so, a stated symptom is not."""
    stated = statement("case:la-paz-anticorruption", "gov:showsSymptomOf", "gc:management-crisis")
    inferred = statement(
        "case:la-paz-anticorruption", "gov:hasCandidateRemedy", "gc:government-outsourcing"
    )

    assert kg.prove(stated).status == "stated"
    assert kg.prove(inferred).status == "editor-inferred"


def test_what_does_not_follow_is_not_explained(kg: KG) -> None:
    """Asking why something holds that does not is an error that names the statement."""
    with pytest.raises(NotEntailedError, match="gc:slow-approval gov:isSymptomOf gc:corruption"):
        kg.prove(statement("gc:slow-approval", "gov:isSymptomOf", "gc:corruption"))


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["because", "crisis of management", "§3.2"]), ("zh", ["因为", "管理危机", "§3.2"])],
)
def test_a_proof_is_told_in_both_languages(kg: KG, language: str, words: list[str]) -> None:
    """The text of a proof names things and rules in the language asked for."""
    proof = kg.prove(statement("gc:multilevel-approval", "gov:isCauseOf", "gc:management-crisis"))

    told = kg.teller.as_text(proof, language)  # type: ignore[arg-type]

    assert all(word in told for word in words)


def test_a_proof_in_json_nests_its_premises(kg: KG) -> None:
    """Programs get the same tree as people, with every claim's status."""
    triple = statement("gc:multilevel-approval", "gov:isCauseOf", "gc:management-crisis")

    told = kg.teller.as_json(kg.prove(triple))

    assert told["inferred"] is True
    assert told["rule"] == "prp-spo2"
    assert [premise["rule"] for premise in told["because"]] == [ASSERTED] * 3
    assert told["because"][0]["claim"]["status"] == "stated"


def test_a_proof_in_prov_derives_each_step(kg: KG) -> None:
    """In PROV-O each premise is an entity from which the conclusion was derived."""
    prov = "http://www.w3.org/ns/prov#"
    proof = kg.prove(statement("gc:multilevel-approval", "gov:isCauseOf", "gc:management-crisis"))

    triples = kg.teller.as_prov(proof)

    derived = [t for t in triples if t.predicate == NamedNode(prov + "wasDerivedFrom")]
    assert len(derived) == len(proof.premises)
    assert len({t.subject for t in derived}) == 1
