"""Every inference of the example data has a whole proof, and proofs are told in words."""

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from govkg.cases.kg import KG
from govkg.errors import NotEntailedError
from govkg.rdf import expand
from govkg.reasoning import ASSERTED, Closure, alternatives
from govkg.store.embedded import EmbeddedStore

from .checking_proofs import ProofChecker


@pytest.fixture(scope="module")
def kg() -> KG:
    """Return the bundled graph, in memory."""
    return KG.load(EmbeddedStore())


def statement(subject: str, predicate: str, value: str) -> Triple:
    """Make a triple of short names."""
    return Triple(expand(subject), expand(predicate), expand(value))


@pytest.fixture(scope="module")
def checker(kg: KG) -> ProofChecker:
    """Return a checker of proofs that knows the rules by itself."""
    return ProofChecker(frozenset(kg.asserted()))


def test_every_step_of_every_proof_is_right(kg: KG, checker: ProofChecker) -> None:
    """Each leaf is asserted in a named graph; each step is what the W3C tables say."""
    inferred = list(kg.closure.inferred())
    assert len(inferred) > 1000

    for triple in inferred:
        proof = kg.prove(triple)
        assert proof.rule != ASSERTED
        checker.check(proof)
        assert all(step.graphs for step in proof.steps() if step.rule == ASSERTED)


def test_the_checker_finds_what_is_wrong(kg: KG, checker: ProofChecker) -> None:
    """A step with a premise taken away, put in or exchanged is not accepted."""
    cases = [t for t in kg.closure.inferred() if "case/la-paz" in str(t.subject)]
    refused = 0
    for triple in cases:
        proof = kg.prove(triple)
        premises = [premise.statement for premise in proof.premises]
        assert checker.follows(proof.rule, premises, triple)
        for left_out in range(len(premises)):
            rest = premises[:left_out] + premises[left_out + 1 :]
            assert not checker.follows(proof.rule, rest, triple)
            refused += 1
        turned = Triple(triple.subject, triple.predicate, expand("gc:nothing-of-the-kind"))
        assert not checker.follows(proof.rule, premises, turned)
    assert refused > 50


def test_alternatives_rest_on_different_assertions(kg: KG, checker: ProofChecker) -> None:
    """Several proofs come shortest first; each is right, and none rests on all of another."""
    several = 0
    for triple in list(kg.closure.inferred())[::17]:
        proofs = kg.proofs(triple, 5)
        sizes = [proof.size for proof in proofs]
        assert 1 <= len(proofs) <= 5
        assert sizes == sorted(sizes)
        assert sizes[0] <= kg.prove(triple).size
        for proof in proofs:
            checker.check(proof)
            assert proof.statement == triple
            others = [other.leaves() for other in proofs if other is not proof]
            assert not any(leaves <= proof.leaves() for leaves in others)
        several += len(proofs) > 1
    assert several > 5


def test_alternatives_find_a_second_way() -> None:
    """Where two assertions each suffice there are two proofs, and no third of both."""
    ttl = """@prefix : <http://example.org/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    :p rdfs:domain :C . :q rdfs:domain :C . :a :p :b ; :q :b ."""
    triples = [quad.triple for quad in parse(ttl.encode(), RdfFormat.TURTLE)]
    goal = Triple(
        NamedNode("http://example.org/a"),
        expand("rdf:type"),
        NamedNode("http://example.org/C"),
    )

    proofs = alternatives(Closure(triples), goal, 5, lambda _: (), lambda _: None)

    assert [proof.size for proof in proofs] == [(2, 1), (2, 1)]
    assert not proofs[0].leaves() & proofs[1].leaves()


def test_time_that_is_up_leaves_one_proof(kg: KG) -> None:
    """Without any time for the search there is still a proof."""
    goal = statement("case:la-paz-anticorruption", "gov:suggestsCondition", "gc:management-crisis")

    proofs = alternatives(kg.closure, goal, 5, lambda _: (), lambda _: None, seconds=0)

    assert len(proofs) == 1


def test_a_leaf_tells_on_whose_word(kg: KG) -> None:
    """What a report says comes with its assessor, its evidence and who submitted the case."""
    triple = statement("case:la-paz-anticorruption", "gov:exhibitsSymptom", "gc:slow-approval")

    leaf = kg.prove(triple).premises[1]

    (origin,) = leaf.origins
    assert origin.graph == "https://w3id.org/govkg/graph/case/la-paz-anticorruption"
    assert origin.attributed == (expand("agent:ronald-maclean-abaroa"),)
    assert origin.submitters == (expand("agent:govkg"),)
    assert [each.value.rpartition("#")[2] for each in origin.sources] == ["maclean-1999"]


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


def test_a_proof_in_prov_is_valid_prov(kg: KG) -> None:
    """Each property of PROV stands between the kinds of things that PROV-O says, acyclically."""
    goal = statement("case:la-paz-anticorruption", "gov:suggestsCondition", "gc:management-crisis")
    proof = kg.prove(goal)

    triples = kg.teller.as_prov(proof)

    kinds: dict[object, set[str]] = {}
    for t in triples:
        if t.predicate == expand("rdf:type"):
            kinds.setdefault(t.subject, set()).update(WIDER[t.object.value.removeprefix(PROV)])
    said = [t for t in triples if t.predicate.value.startswith(PROV)]
    assert {t.predicate.value.removeprefix(PROV) for t in said} == set(ENDS)
    for t in said:
        domain, range_ = ENDS[t.predicate.value.removeprefix(PROV)]
        assert domain in kinds[t.subject], t
        assert range_ in kinds[t.object], t
    assert not any({"Entity", "Activity"} <= found for found in kinds.values())
    derived = {(t.subject, t.object) for t in said if t.predicate.value == PROV + "wasDerivedFrom"}
    assert len(derived) == len(
        {(s.statement, p.statement) for s in proof.steps() for p in s.premises}
    )


PROV = "http://www.w3.org/ns/prov#"
WIDER = {
    "Entity": {"Entity"},
    "Activity": {"Activity"},
    "Agent": {"Agent"},
    "SoftwareAgent": {"Agent"},
    "Plan": {"Entity", "Plan"},
    "Association": {"Association"},
    "Derivation": {"Derivation", "EntityInfluence"},
}
"""The classes of PROV-O in use, with those that they are within."""
ENDS = {
    "wasDerivedFrom": ("Entity", "Entity"),
    "wasQuotedFrom": ("Entity", "Entity"),
    "hadPrimarySource": ("Entity", "Entity"),
    "wasGeneratedBy": ("Entity", "Activity"),
    "wasAttributedTo": ("Entity", "Agent"),
    "used": ("Activity", "Entity"),
    "wasAssociatedWith": ("Activity", "Agent"),
    "qualifiedAssociation": ("Activity", "Association"),
    "agent": ("Association", "Agent"),
    "hadPlan": ("Association", "Plan"),
    "qualifiedDerivation": ("Entity", "Derivation"),
    "entity": ("EntityInfluence", "Entity"),
    "hadActivity": ("Derivation", "Activity"),
}
"""Domain and range of each property of PROV-O in use."""
