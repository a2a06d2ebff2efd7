"""Profiles and completeness: what the data in shapes/ says, and what reports make of it."""

from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from govkg import bundle
from govkg.cases.checking import Checker, rendered
from govkg.errors import ParameterError
from govkg.forms.formats import format_named
from govkg.ontology import load_ontology, read_files
from govkg.validation import EngineName, Report, Validator
from govkg.validation.completeness import SEVERITY
from govkg.validation.shapes import Shapes
from govkg.vocabulary import GSH, SH

CASES = Path(__file__).parents[2] / "examples" / "cases"
EXAMPLES = bundle.example_cases()
CHANGES = [
    ("case-without-publisher", "minimal", "warning"),
    ("case-without-publisher", "standard", "violation"),
    ("case-without-measure", "minimal", "violation"),
    ("description-too-short", "standard", "warning"),
    ("description-too-short", "research-grade", "violation"),
    ("email-address-in-label", "minimal", "violation"),
]


@cache
def checker() -> Checker:
    """The checker of the service."""
    return Checker()


@cache
def shapes() -> Shapes:
    """The bundled shapes."""
    return Shapes(read_files(bundle.shapes()))


def report(path: Path, profile: str = "standard") -> Report:
    """The report on a file."""
    name = "json-ld" if path.suffix == ".jsonld" else "turtle"
    return checker().validate(checker().read(path.read_bytes(), format_named(name)), profile)


def weighted() -> list[NamedNode]:
    """The shapes of completeness."""
    return [
        t.subject
        for t in shapes().triples
        if t.object == NamedNode(SEVERITY) and isinstance(t.subject, NamedNode)
    ]


@pytest.mark.parametrize(("name", "profile", "severity"), CHANGES)
def test_profile_changes_severity(name: str, profile: str, severity: str) -> None:
    """A profile says how grave it is to break a shape; what concerns safety stays grave."""
    found = report(CASES / "invalid" / f"{name}.ttl", profile)

    assert severity in {finding.severity for finding in found.findings}
    assert found.conforms == (severity != "violation")
    assert found.profile == profile


def test_profiles_name_shapes_that_exist() -> None:
    """No profile names a shape that is not there, or that has the severity already."""
    for changes in shapes().profiles.values():
        for shape, severity in changes.items():
            assert shapes().rule(shape)
            assert shapes().values(shape, "severity") != [NamedNode(severity)]


def test_profiles_get_stricter() -> None:
    """What the minimal profile refuses the standard refuses, and what that does the strictest."""
    ranks = {SH + "Info": 0, SH + "Warning": 1, SH + "Violation": 2}
    order = [shapes().profiles[name] for name in ("minimal", "standard", "research-grade")]

    for shape in {shape for changes in order for shape in changes}:
        [own] = shapes().values(shape, "severity")
        assert isinstance(own, NamedNode)
        found = [ranks[changes.get(shape, own.value)] for changes in order]
        assert found == sorted(found)


def test_unknown_profile_is_refused() -> None:
    """Whoever asks for a profile that is none is told which there are."""
    with pytest.raises(ParameterError, match="minimal"):
        report(EXAMPLES[0], "strictest")


def test_weights_add_up() -> None:
    """A case that lacks nothing has 100 points, one that lacks all has none."""
    assert sum(shapes().weight(shape) for shape in weighted()) == 100


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_empty_case_scores_nothing(engine: EngineName) -> None:
    """A case without any part has 0 points, and each gap says in both languages what to add."""
    validator = Validator(read_files(bundle.shapes()), load_ontology().triples, engine=engine)
    text = b"<urn:c> a <https://w3id.org/govkg/ontology#GovernanceCase> ."

    [found] = validator.validate(checker().read(text, format_named("turtle")).triples).completeness

    assert found.score == 0
    assert all(gap.message["en"] != gap.message["zh"] for gap in found.gaps)
    weights = [gap.weight for gap in found.gaps]
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_completeness_is_no_finding(path: Path) -> None:
    """Every bundled case has a score of its own, and no finding speaks of completeness."""
    found = report(path)

    assert [0 < each.score <= 100 for each in found.completeness] == [True]
    assert not [each for each in found.findings if each.severity_iri.startswith(GSH)]


def test_filling_a_gap_gains_its_weight() -> None:
    """A case with what was missing has as many points more as was promised."""
    text = (CASES / "invalid" / "case-without-measure.ttl").read_text("utf-8")
    more = text + "\n<https://w3id.org/govkg/case/example-town> gov:hasOutcome :outcome-1 ."

    [before], [after] = (
        checker().validate(checker().read(each.encode(), format_named("turtle"))).completeness
        for each in (text, more)
    )

    [gain] = [gap.weight for gap in before.gaps if gap.field["en"] == "outcome"]
    assert after.score == before.score + gain


def test_score_is_in_text_and_page() -> None:
    """Text and page say the score and what would raise it most, in both languages."""
    found = report(CASES / "invalid" / "case-without-measure.ttl")
    [score] = [each.score for each in found.completeness]

    assert f"{score} of 100" in rendered(found, "text", "en").decode()
    assert f"完整度：{score}/100" in rendered(found, "html", "zh").decode()
