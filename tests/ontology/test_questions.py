"""The forty competency questions of examples/queries/ are answered, and as their twins say."""

import csv
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from govkg.cases.kg import KG
from govkg.store import Query
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import GOV

QUESTIONS = Path(__file__).parents[2] / "examples" / "queries"
FILES = sorted(QUESTIONS.glob("*.rq"))
HEAD = re.compile(
    r"\A# Question: (?P<en>[^\n]+\?)\n"
    r"# 问题：(?P<zh>[^\n]*[\u4e00-\u9fff][^\n]*？)\n"
    r"# Needs: (?P<needs>reasoning aggregation|reasoning|aggregation|plain)\n"
    r"# Reads: (?P<reads>[^\n]{40,})\n"
    r"(?=PREFIX )"
)
# What no example records: two assessors who disagree, and neighbours who compete and cooperate.
QUARREL = """
@prefix gov: <https://w3id.org/govkg/ontology#> .
@prefix gc: <https://w3id.org/govkg/concept/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <https://w3id.org/govkg/case/quarrel#> .
:east a gov:TownshipGovernment ; rdfs:label "East"@en ; gov:cooperatesWith :west .
:west a gov:TownshipGovernment ; rdfs:label "West"@en ; gov:competesWith :east .
:profile a gov:GovernanceProfile ; rdfs:label "East today"@en ;
    gov:isProfileOf :east ; gov:hasAssessment :kind , :stern .
:kind a gov:AxisAssessment ; gov:onAxis gc:openness-axis ;
    gov:assignsPole gc:transparent-government ; prov:wasAttributedTo :optimist .
:stern a gov:AxisAssessment ; gov:onAxis gc:openness-axis ;
    gov:assignsPole gc:opaque-government ; prov:wasAttributedTo :pessimist .
:optimist a gov:Assessor ; rdfs:label "Optimist"@en .
:pessimist a gov:Assessor ; rdfs:label "Pessimist"@en .
"""
Rows = list[list[str]]

every_question = pytest.mark.parametrize("question", FILES, ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def kg() -> KG:
    """Hold the ontology, the examples and what follows from them."""
    return KG.load(EmbeddedStore())


@pytest.fixture(scope="session")
def quarrel() -> KG:
    """Hold one more case, in which assessors disagree and cooperating neighbours compete."""
    store = EmbeddedStore()
    graph = KG.load(store).graphs.case("quarrel")
    quads = parse(QUARREL.encode(), format=RdfFormat.TURTLE)
    store.put(graph, [quad.triple for quad in quads])
    return KG.load(store)


def rows(text: str) -> Rows:
    """Return the rows of a CSV text, the names of the columns first."""
    return list(csv.reader(text.splitlines()))


def answer(kg: KG, text: str, *, inferred: bool = True) -> Rows:
    """Return the answer to a SELECT query, with or without what the reasoner derives."""
    left_out = () if inferred else (kg.graphs.inferred.value,)
    query = Query(text, formats={"solutions": "text/csv"}, without_graphs=left_out)
    return rows(kg.store.query(query).body.decode())


def column(kg: KG, query: str) -> set[str]:
    """Return the distinct values in the first column of an answer."""
    return {row[0] for row in answer(kg, query)[1:]}


def head(question: Path) -> dict[str, str]:
    """Return the fields of a question's head, nothing if it is malformed."""
    found = HEAD.match(question.read_text(encoding="utf-8"))
    return found.groupdict() if found else {}


def code(question: Path) -> str:
    """Return a query without its comments."""
    lines = question.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def test_there_are_forty_questions() -> None:
    """The questions are numbered 01 to 40 without gaps, and each has its answer beside it."""
    numbers = [path.name[:2] for path in FILES]

    assert numbers == [f"{number:02d}" for number in range(1, 41)]
    assert {path.stem for path in QUESTIONS.glob("*.csv")} == {path.stem for path in FILES}


@every_question
def test_question_has_its_head(question: Path) -> None:
    """The head puts the question in both languages, says what it needs and how to read it."""
    fields = head(question)

    assert set(fields) == {"en", "zh", "needs", "reads"}


@every_question
def test_question_is_answered(question: Path, kg: KG) -> None:
    """The answer is that of the .csv file of the same name, row by row."""
    found = answer(kg, question.read_text(encoding="utf-8"))

    assert found == rows(question.with_suffix(".csv").read_text(encoding="utf-8"))


@every_question
def test_no_row_is_repeated(question: Path, kg: KG) -> None:
    """No row comes twice, although the same triple may stand in several graphs."""
    found = answer(kg, question.read_text(encoding="utf-8"))

    assert len({tuple(row) for row in found}) == len(found)


@every_question
def test_empty_answer_is_explained(question: Path, quarrel: KG) -> None:
    """A question that the examples do not answer says so, and answers if the data is there."""
    recorded = rows(question.with_suffix(".csv").read_text(encoding="utf-8"))

    found = answer(quarrel, question.read_text(encoding="utf-8"))

    assert len(found) > 1
    assert (len(recorded) == 1) == ("The answer is empty today" in head(question)["reads"])


@every_question
def test_reasoning_is_needed_where_it_says_so(question: Path, quarrel: KG) -> None:
    """Without inferred triples the answer differs if and only if the question needs reasoning."""
    text = question.read_text(encoding="utf-8")

    differs = answer(quarrel, text) != answer(quarrel, text, inferred=False)

    assert differs == ("reasoning" in head(question)["needs"])


@every_question
def test_readme_lists_the_question(question: Path) -> None:
    """The table in the README has the question in both languages, its needs and its rows."""
    fields = head(question)
    count = len(rows(question.with_suffix(".csv").read_text(encoding="utf-8"))) - 1

    readme = (QUESTIONS / "README.md").read_text(encoding="utf-8")

    link = f"[{question.name[:2]}]({question.name})"
    line = f"| {link} | {fields['en']}<br>{fields['zh']} | {fields['needs']} | {count} |"
    assert line in readme.splitlines()


def terms(kg: KG, kinds: str) -> set[str]:
    """Return the terms of this ontology that are of one of some OWL kinds."""
    found = column(kg, f"SELECT DISTINCT ?t {{ VALUES ?kind {{ {kinds} }} ?t a ?kind }}")
    return {term for term in found if term.startswith(GOV)}


def terms_of_questions() -> set[str]:
    """Return the classes and properties that a question names."""
    return {GOV + name for path in FILES for name in re.findall(r"\bgov:(\w+)", code(path))}


def classes_of_questions(kg: KG) -> set[str]:
    """Return the classes of the concepts that a question names."""
    names = {name for path in FILES for name in re.findall(r"\bgc:([\w-]+)", code(path))}
    concepts = " ".join(f"<https://w3id.org/govkg/concept/{name}>" for name in names)
    return column(kg, f"SELECT DISTINCT ?class {{ VALUES ?c {{ {concepts} }} ?c a ?class }}")


def terms_of_cases(kg: KG) -> set[str]:
    """Return the properties in the example cases and the classes of what these speak of."""
    inferred = kg.graphs.inferred.value
    in_a_case = "GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), '/graph/case/'))"
    queries = (
        f"SELECT DISTINCT ?p {{ {in_a_case} }}",
        f"SELECT DISTINCT ?q {{ {in_a_case} GRAPH <{inferred}> {{ ?s ?q ?any }} }}",
        f"SELECT DISTINCT ?class {{ {in_a_case} ?s a ?class }}",
        f"SELECT DISTINCT ?class {{ {in_a_case} ?o a ?class }}",
    )
    return set().union(*(column(kg, query) for query in queries))


@pytest.mark.parametrize(
    ("name", "kinds", "floor_questions", "floor_together"),
    [
        ("classes", "owl:Class", 57, 90),
        ("properties", "owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty", 79, 95),
    ],
)
def test_terms_are_used(
    kg: KG,
    name: str,
    kinds: str,
    floor_questions: int,
    floor_together: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Questions, and questions and cases together, use no smaller share of the terms than before.

    A class counts as used by its name or by a concept that is one of its members.
    """
    all_terms = terms(kg, kinds)
    asked = all_terms & (terms_of_questions() | classes_of_questions(kg))

    used = asked | (all_terms & terms_of_cases(kg))

    share_asked = 100 * len(asked) / len(all_terms)
    share_used = 100 * len(used) / len(all_terms)
    unused = ", ".join(sorted(term.removeprefix(GOV) for term in all_terms - used))
    with capsys.disabled():
        print(  # noqa: T201 - the coverage is for people to read
            f"\n{name}: {share_asked:.1f} % of {len(all_terms)} in questions, "
            f"{share_used:.1f} % in questions or cases; unused: {unused}"
        )
    assert share_asked >= floor_questions
    assert share_used >= floor_together
