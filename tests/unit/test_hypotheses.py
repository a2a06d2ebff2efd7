"""What would change, and what is missing: checked against closures made from scratch."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, Triple

from govkg import bundle
from govkg.cases.hypotheses import Hypotheses
from govkg.cases.stating import Fields, Statable, choices
from govkg.ontology import Ontology, load_ontology, read_files
from govkg.rdf import expand
from govkg.reasoning import Bounds, Closure, missing
from govkg.vocabulary import GOV

LA_PAZ = "https://w3id.org/govkg/case/la-paz-anticorruption"
ONTOLOGY = load_ontology()
CLOSURE = Closure(ONTOLOGY.triples)
FORM = Fields(Ontology(read_files(bundle.shapes())))
HYPOTHESES = Hypotheses(ONTOLOGY, CLOSURE, FORM)
CASE = read_files(
    [Path(path) for path in bundle.example_cases() if path.stem == LA_PAZ.rpartition("/")[2]]
)
CONDITIONS = [*ONTOLOGY.members(NamedNode(GOV + "CrisisType"))]
POLES = [
    *ONTOLOGY.members(NamedNode(GOV + "ModernPole")),
    *ONTOLOGY.members(NamedNode(GOV + "TraditionalPole")),
]
REMEDIES = [*ONTOLOGY.members(NamedNode(GOV + "RemedyType"))]
KINDS = ["EvidencedAuthorityCrisisCase", "EvidencedManagementCrisisCase", "RegionalCooperationCase"]


def fact(subject: str, predicate: str, value: str) -> Triple:
    """Make a triple of short names; ``#`` starts the name of a part of the case."""
    node = NamedNode(LA_PAZ + subject) if subject.startswith("#") else expand(subject)
    return Triple(node, expand(predicate), expand(value))


def goals() -> list[Triple]:
    """Return conclusions of each kind that could be asked for."""
    case, after = NamedNode(LA_PAZ), NamedNode(LA_PAZ + "#after")
    return [
        *(Triple(case, expand("gov:suggestsCondition"), each) for each in CONDITIONS),
        *(Triple(case, expand("gov:hasCandidateRemedy"), each) for each in REMEDIES),
        *(Triple(case, expand("gov:hasIndicatedRemedy"), each) for each in REMEDIES),
        *(Triple(after, expand("gov:hasPole"), each) for each in POLES),
        *(Triple(case, expand("rdf:type"), NamedNode(GOV + kind)) for kind in KINDS),
    ]


def statable() -> Statable:
    """Return what can be said of the case."""
    return Statable(FORM, choices(ONTOLOGY, CLOSURE), CLOSURE, LA_PAZ)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(goal=st.sampled_from(goals()), left_out=st.sets(st.integers(0, len(CASE) - 1), max_size=60))
def test_what_is_missing_does_suffice(goal: Triple, left_out: set[int]) -> None:
    """Each set makes the statement follow in a closure from scratch, and no part of it does."""
    case = [triple for number, triple in enumerate(CASE) if number not in left_out]
    with CLOSURE.supposing(case):
        follows = goal in CLOSURE
        sets = missing(CLOSURE, goal, statable())

    assert not (follows and sets)
    for facts in sets[:2]:
        assert goal not in facts
        assert goal in closure([*case, *facts])
        for part in facts:
            assert goal not in closure([*case, *(each for each in facts if each != part)])


def closure(case: list[Triple]) -> Closure:
    """Return a closure of the ontology and a case, kept apart from the shared one."""
    return Closure([*ONTOLOGY.triples, *case])


@pytest.mark.parametrize("goal", goals()[:3] + goals()[-14:], ids=str)
def test_only_what_can_be_stated_is_named(goal: Triple) -> None:
    """No set speaks of a term of the ontology, or by a property that the form does not have."""
    with CLOSURE.supposing(CASE):
        sets = missing(CLOSURE, goal, statable())

    sizes = [len(facts) for facts in sets]
    assert sizes == sorted(sizes)
    assert len({frozenset(facts) for facts in sets}) == len(sets)
    for triple in (triple for facts in sets for triple in facts):
        assert triple.predicate in FORM.fields or triple.predicate == expand("rdf:type")
        assert not Statable.is_term(triple.subject)


def test_a_crisis_is_missing_one_symptom_or_cause() -> None:
    """For a crisis that a case does not suggest one fact of the form is enough."""
    goal = fact("case:la-paz-anticorruption", "gov:suggestsCondition", "gc:authority-crisis")

    found = HYPOTHESES.missing(CASE, goal)

    assert not found["follows"]
    assert [len(each["facts"]) for each in found["missing"]] == [1] * 5
    assert {each["facts"][0]["field"]["en"] for each in found["missing"]} <= {
        "reports symptom",
        "reports cause",
    }
    assert all(each["facts"][0]["text"]["zh"] for each in found["missing"])


def test_a_pole_is_missing_an_assessment_of_its_own() -> None:
    """An assessment has one pole, so a further pole needs a new one, which is named in words."""
    found = HYPOTHESES.missing(CASE, fact("#after", "gov:hasPole", "gc:transparent-government"))

    (only,) = found["missing"]
    assert [each["text"]["en"] for each in only["facts"]] == [
        "La Paz city hall from September 1985 has assessment a new axis assessment",
        "a new axis assessment assigns pole transparent government",
    ]


@pytest.mark.parametrize(
    ("kind", "subject", "held", "lacking"),
    [
        ("TraditionalProfile", "#baseline", 2, 3),
        ("ModernProfile", "#baseline", 0, 5),
        ("EvidencedManagementCrisisCase", "", 2, 0),
        ("EvidencedAuthorityCrisisCase", "", 0, 2),
    ],
)
def test_parts_of_a_definition_are_counted(
    kind: str, subject: str, held: int, lacking: int
) -> None:
    """A profile has a pole on each of five axes, an evidenced crisis a symptom and a cause."""
    goal = Triple(NamedNode(LA_PAZ + subject), expand("rdf:type"), NamedNode(GOV + kind))

    with CLOSURE.supposing(CASE):
        assert HYPOTHESES.parts(HYPOTHESES.statable(CASE), goal) == (held, lacking)


@pytest.mark.parametrize(
    "goal",
    [
        fact("gc:slow-approval", "gov:isSymptomOf", "gc:authority-crisis"),
        fact("case:la-paz-anticorruption", "gov:suggestsCondition", "gc:no-such-thing"),
        fact("case:la-paz-anticorruption", "urn:nothing", "gc:slow-approval"),
    ],
    ids=str,
)
def test_nothing_that_a_case_states_makes_this_follow(goal: Triple) -> None:
    """For a statement about the ontology, or with an unknown term, nothing is named."""
    assert HYPOTHESES.missing(CASE, goal)["missing"] == []


def test_bounds_hold() -> None:
    """No more and no larger sets than asked for come back, and without time none do."""
    goal = fact("case:la-paz-anticorruption", "rdf:type", "gov:EvidencedAuthorityCrisisCase")
    with CLOSURE.supposing(CASE):
        few = missing(CLOSURE, goal, statable(), Bounds(sets=2))
        small = missing(CLOSURE, goal, statable(), Bounds(facts=1))
        none = missing(CLOSURE, goal, statable(), Bounds(seconds=0))

    assert [len(facts) for facts in few] == [2, 2]
    assert small == none == []


PARTS = [triple for triple in CASE if triple.predicate.value.startswith(GOV)]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(
    removed=st.sets(st.sampled_from(PARTS), max_size=5),
    symptoms=st.sets(st.sampled_from(ONTOLOGY.members(NamedNode(GOV + "SymptomType"))), max_size=2),
)
def test_what_if_is_the_difference_of_two_closures(
    removed: set[Triple], symptoms: set[NamedNode]
) -> None:
    """What is gained and lost is what closures from scratch differ in; a loss names a reason."""
    added = [
        Triple(NamedNode(LA_PAZ + "#report-1"), expand("gov:reportsSymptom"), s) for s in symptoms
    ]

    found = HYPOTHESES.what_if(CASE, added, list(removed))

    after = [triple for triple in (*CASE, *added) if triple not in removed]
    old, new = published(CASE), published(after)
    assert statements(found["gained"]) == new - old
    assert statements(found["lost"]) == old - new
    assert all(each["uses"] for each in found["gained"] if not removed)
    assert all(each["needed"] for each in found["lost"] if not added)
    assert all(each["why"]["because"] for each in (*found["gained"], *found["lost"]))


def published(case: list[Triple]) -> set[tuple[str, str, str]]:
    """Return what follows from a case beyond it, as strings."""
    given = set(case)
    found = (t for t in closure(case).inferred() if t not in given and t not in ALONE)
    return {(t.subject.value, t.predicate.value, text(t)) for t in found}  # type: ignore[union-attr]


def text(triple: Triple) -> str:
    """Return an object as JSON shows it."""
    return triple.object.value if isinstance(triple.object, NamedNode) else str(triple.object)


def statements(told: list[dict[str, dict[str, str]]]) -> set[tuple[str, str, str]]:
    """Return the statements of conclusions."""
    return {tuple(each["statement"].values()) for each in told}  # type: ignore[misc]


ALONE = set(CLOSURE.inferred())


def test_what_the_case_does_not_hold_is_told() -> None:
    """A fact to be removed that is not there changes nothing and is listed."""
    absent = fact("#report-1", "gov:reportsSymptom", "gc:public-complaints")

    found = HYPOTHESES.what_if(CASE, [], [absent])

    assert found["gained"] == found["lost"] == []
    assert [each["statement"]["object"] for each in found["notFound"]] == [absent.object.value]
