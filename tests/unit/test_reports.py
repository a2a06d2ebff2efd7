"""Reports in every format: what they hold, and that the formats are kept to."""

import csv
import io
import json
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from govkg import bundle
from govkg.cases.checking import TOGETHER, Checker
from govkg.errors import Language
from govkg.forms.formats import format_named
from govkg.ontology import load_ontology, read_files
from govkg.validation import Finding, Report, Validator
from govkg.validation.findings import did_you_mean
from govkg.validation.results import Result
from govkg.validation.shapes import Shapes
from govkg.validation.wording import Wording
from govkg.vocabulary import GC, GOV, RULES

INVALID = Path(__file__).parents[2] / "examples" / "cases" / "invalid"
BOTH: tuple[Language, ...] = ("en", "zh")


@cache
def checker() -> Checker:
    """The checker of the service."""
    return Checker()


@cache
def report(name: str, old: str = "", new: str = "") -> Report:
    """The report on an invalid case, with something in it replaced."""
    text = (INVALID / f"{name}.ttl").read_text("utf-8").replace(old or "\0", new)
    return checker().validate(checker().read(text.encode(), format_named("turtle")))


def only(found: Report) -> Finding:
    """The one finding of a report on a cause that is none, or its only finding."""
    [finding] = [each for each in found.findings if each.name["en"] in {"reports cause", "<urn:p>"}]
    return finding


def written(form: str, name: str = "cause-unknown", language: Language = "en") -> bytes:
    """A report in a form that holds several documents."""
    return TOGETHER[form]([(f"{name}.ttl", report(name))], language)


def test_finding_says_all() -> None:
    """Place, field, value, expectation, remedy and rule are told, in both languages."""
    found = only(report("cause-unknown")).as_json()

    assert found["place"]["line"] > 1
    assert found["value"] == GC + "slow-approval"
    assert found["rulePage"] == RULES + "C39"
    assert found["field"] == {"en": "reports cause", "zh": "报告原因"}
    assert "gov:CauseType" in found["expected"]["en"]
    assert "gov:CauseType" in found["expected"]["zh"]
    assert found["remedy"]["en"].startswith("It must be the IRI of a concept")
    assert found["remedy"]["zh"].startswith("应填写类")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("multilevel-aproval", "multilevel-approval"),
        ("multi-level-collective-approvals", "multilevel-approval"),
        ("resource-shortages", "resource-shortage"),
    ],
)
def test_nearest_concepts_are_suggested(wrong: str, meant: str) -> None:
    """A misspelt concept is answered with the one that was meant, by its labels."""
    found = only(report("cause-unknown", "gc:slow-approval", f"gc:{wrong}"))

    assert found.suggestions[0].value == NamedNode(GC + meant)
    assert did_you_mean(found, "zh").startswith("您是否想用")


def test_chinese_labels_are_searched_too() -> None:
    """Somebody who wrote a Chinese label in the place of an IRI is told the IRI."""
    label = load_ontology().label(NamedNode(GC + "resource-shortage"), "zh")

    found = report("cause-unknown", "gc:slow-approval", f'"{label}"')

    assert only(found).suggestions[0].value == NamedNode(GC + "resource-shortage")


def test_nearest_property_is_suggested() -> None:
    """A misspelt property is answered with the one that was meant."""
    found = report("cause-unknown", "gov:reportsCause", "gov:reportCause")

    [unknown] = [each for each in found.findings if each.rule == "C32"]
    assert NamedNode(GOV + "reportsCause") in [each.value for each in unknown.suggestions]


def test_nothing_is_suggested_for_nonsense() -> None:
    """A far-off value is not answered with a guess."""
    assert only(report("cause-unknown", "gc:slow-approval", "gc:xqzvw")).suggestions == ()


def test_every_shape_has_a_remedy() -> None:
    """What a message says after its first sentence is not empty, in both languages."""
    shapes = Shapes(read_files(bundle.shapes()))
    wording = Wording(shapes, load_ontology())
    ruled = {t.subject for t in shapes.triples if t.predicate == NamedNode(GOV + "ruleId")}

    for shape in ruled:
        for message in shapes.templates(shape):
            words: dict[Language, str] = {"en": message.value, "zh": message.value}
            result = Result(shape, "", "", shape, None, None, ())
            assert all(wording.remedy(result, words).values()), message


def test_shapes_without_words_are_given_some() -> None:
    """A constraint without a message of its own is explained in both languages."""
    shapes = """
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        <urn:s> sh:targetNode <urn:n> ; sh:property [ sh:path <urn:p> ; sh:maxLength 2 ] .
    """
    data = [Triple(NamedNode("urn:n"), NamedNode("urn:p"), Literal("long"))]

    quads = checker().read(shapes.encode(), format_named("turtle"))
    found = only(Validator(quads.triples, strict=True).validate(data))

    assert found.message["en"] == "Expected is: at most 2 character(s). Found is: long."
    assert found.message["zh"] == "应为：至多 2 个字符。实际为：long。"
    assert found.remedy["zh"]


@pytest.mark.parametrize("language", BOTH)
def test_csv(language: Language) -> None:
    """A line for each finding under a header that does not change with the language."""
    [row] = csv.DictReader(io.StringIO(written("csv", language=language).decode()))

    assert row["file"] == "cause-unknown.ttl"
    assert row["rule"] == "C39"
    assert int(row["line"]) > 1
    assert row["message"] == only(report("cause-unknown")).message[language]


@pytest.mark.parametrize("language", BOTH)
def test_sarif(language: Language) -> None:
    """The log has what SARIF 2.1.0 requires, and each result points to its rule and its line."""
    log = json.loads(written("sarif", language=language))

    assert log["version"] == "2.1.0"
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    [result] = run["results"]
    assert run["tool"]["driver"]["name"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "C39"
    assert rules[0]["helpUri"] == RULES + "C39"
    assert result["level"] in {"none", "note", "warning", "error"}
    assert result["message"]["text"]
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "cause-unknown.ttl"
    assert location["physicalLocation"]["region"]["startLine"] >= 1
    assert not any("\0" in str(value) for value in log.values())


def test_junit() -> None:
    """Each rule is a test case; the numbers at the top are right."""
    root = ElementTree.fromstring(written("junit"))  # noqa: S314 # our own

    cases = root.findall("testsuite/testcase")
    failed = [case.get("name") for case in cases if case.find("failure") is not None]
    assert root.tag == "testsuites"
    assert root.get("tests") == root[0].get("tests") == str(len(cases))
    assert root.get("failures") == root[0].get("failures") == "1"
    assert failed == ["C39"]
    assert len({case.get("name") for case in cases}) == len(cases)


def test_junit_takes_any_text() -> None:
    """A character that XML cannot hold does not spoil the document."""
    found = report("cause-unknown", '"Situation before the reform"', r'"bad \u0001 label"')

    text = TOGETHER["junit"]([("a\x02.ttl", found)], "en")

    assert ElementTree.fromstring(text) is not None  # noqa: S314 # our own


@pytest.mark.parametrize("language", BOTH)
def test_page_stands_alone(language: Language) -> None:
    """The page fetches nothing, and shows what users sent as text."""
    found = report("cause-unknown", "Situation before the reform", "<script>alert(1)</script>")

    text = TOGETHER["html"]([("<b>.ttl", found)], language).decode()

    assert "<script" not in text
    assert "<b>.ttl" not in text
    assert "src=" not in text
    assert only(found).expected[language].partition(" ")[0] in text
