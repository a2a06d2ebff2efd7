"""The W3C SHACL test suite, through the code behind ``govkg validate --shapes``.

The suite lies in the folder that ``CONFORMANCE_SUITES`` names, by default ``../shared/suites``
beside the repository. Where it is missing the tests are skipped and say so.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple, parse

from govkg.cases.checking import triples_of, with_shapes
from govkg.errors import ShapesError
from govkg.forms.formats import format_of_file
from govkg.validation import EngineName, report_triples
from govkg.validation.results import read_results
from govkg.vocabulary import SH

from .manifest import SUITE as SPARQL_SUITE

SUITE: Final = SPARQL_SUITE.with_name("w3c-shacl")
MISSING: Final = f"no suite in {SUITE}: set CONFORMANCE_SUITES to the folder with w3c-shacl/"
EXPECTED: Final = {"core": 98, "sparql": 23}
FAILING: Final[dict[tuple[EngineName, str], str]] = {
    ("reference", "core/property/uniqueLang-002"): (
        "pyshacl knows true, but not 1, as a value of sh:uniqueLang"
    ),
    ("reference", "sparql/pre-binding/shapesGraph-001"): "pyshacl does not support $shapesGraph",
}
"""Why a test fails with an engine, by engine and test; such a test must go on failing."""

_SHT = "http://www.w3.org/ns/shacl-test#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"


@dataclass(frozen=True)
class Case:
    """One test: data, shapes, and the node of the expected report in the manifest."""

    id: str
    data: Path
    shapes: Path
    manifest: tuple[Triple, ...]
    result: NamedNode | BlankNode


def cases() -> Iterator[Case]:
    """Yield every test of the suite."""
    for path in sorted((SUITE / "tests").rglob("*.ttl")):
        triples = tuple(q.triple for q in parse(path=str(path), base_iri=path.as_uri()))
        for triple in triples:
            if triple.object == NamedNode(_SHT + "Validate"):
                yield case(path, triples, triple.subject)


def case(path: Path, triples: tuple[Triple, ...], entry: object) -> Case:
    """Read one entry of a manifest."""

    def value(subject: object, predicate: str) -> object:
        return next(
            t.object for t in triples if (t.subject, t.predicate.value) == (subject, predicate)
        )

    action = value(entry, _MF + "action")
    data, shapes = (value(action, _SHT + name) for name in ("dataGraph", "shapesGraph"))
    result = value(entry, _MF + "result")
    assert isinstance(data, NamedNode)
    assert isinstance(shapes, NamedNode)
    assert isinstance(result, NamedNode | BlankNode)
    return Case(
        str(path.relative_to(SUITE / "tests").with_suffix("")),
        Path(data.value.removeprefix("file://")),
        Path(shapes.value.removeprefix("file://")),
        triples,
        result,
    )


CASES: Final = list(cases())


def summary(report: list[Triple], node: NamedNode | BlankNode) -> tuple[bool, Counter[str]]:
    """What the report at a node says, whatever its blank nodes are called."""
    [conforms] = [
        t.object for t in report if t.subject == node and t.predicate.value == SH + "conforms"
    ]
    assert isinstance(conforms, Literal)
    results = read_results(
        t for t in report if t.subject == node or t.predicate.value != SH + "result"
    )
    return conforms.value in {"true", "1"}, Counter(
        " ".join(
            "_" if isinstance(term, BlankNode) else str(term)
            for term in (
                *(each.focus, each.path.text if each.path else None, each.severity),
                *(each.component, each.shape, each.value),
            )
        )
        for each in results
    )


@pytest.mark.skipif(not CASES, reason=MISSING)
def test_the_suite_is_complete() -> None:
    """No test of the suite is overlooked."""
    assert Counter(case.id.partition("/")[0] for case in CASES) == EXPECTED


@pytest.mark.skipif(not CASES, reason=MISSING)
@pytest.mark.parametrize("engine", ["fast", "reference"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_report_is_as_expected(
    case: Case, engine: EngineName, request: pytest.FixtureRequest
) -> None:
    """Our report has the results of the expected one, and the same verdict, or both fail."""
    if reason := FAILING.get((engine, case.id)):
        request.applymarker(pytest.mark.xfail(reason=reason))
    failure = case.result == NamedNode(_SHT + "Failure")

    try:
        validator = with_shapes([case.shapes], engine)
        data = triples_of(
            case.data.read_bytes(), format_of_file(case.data.name), base=case.data.as_uri()
        )
        report = report_triples(validator.validate(data))
    except ShapesError:
        assert failure
        return

    [root] = [t.subject for t in report if t.object == NamedNode(SH + "ValidationReport")]
    assert isinstance(root, BlankNode)
    assert not failure
    assert summary(report, root) == summary(list(case.manifest), case.result)
