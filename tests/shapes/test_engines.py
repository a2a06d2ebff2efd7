"""The fast SHACL engine and the reference find the same, whatever the case."""

import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import Literal as RdflibLiteral
from rdflib import URIRef

from govkg import bundle
from govkg.cases.checking import triples_of
from govkg.errors import UnsafeInputError
from govkg.forms.formats import format_named
from govkg.ontology import load_ontology, read_files
from govkg.rdf import Node
from govkg.validation import EngineName, Finding, Report, Validator, report_triples
from govkg.vocabulary import GC, GOV, SH, XSD

CASES = Path(__file__).parents[2] / "examples" / "cases"
FIXTURES = sorted(path for path in CASES.rglob("*") if path.suffix in {".ttl", ".jsonld"})
REAL = [path for path in FIXTURES if path.parent.name == "valid"]
QUICK = [path for path in FIXTURES if path not in REAL[1:]]
"""All but most of the real reforms, which are long and break little."""
SEEDS = [path for path in FIXTURES if path.parent.name != "invalid"]
TERMS = sorted({t.subject.value for t in load_ontology().triples if str(t.subject).startswith("<")})


@cache
def validator(engine: EngineName) -> Validator:
    """The validator of the service, with one of its engines."""
    return Validator(read_files(bundle.shapes()), load_ontology().triples, engine=engine)


@cache
def triples(path: Path) -> tuple[Triple, ...]:
    """The triples of a file."""
    return tuple(read_files([path]))


def told(finding: Finding) -> tuple[str, ...]:
    """All that a finding says, in one comparable value."""
    path = "" if finding.path is None else finding.path.text
    return (
        *(finding.rule, str(finding.shape), finding.component, finding.severity_iri),
        *(str(finding.focus), path, str(finding.value)),
        *finding.name.values(),
        *finding.message.values(),
    )


def beyond_reference(finding: Finding) -> bool:
    """Whether a value that is no number is out of a range of numbers.

    SHACL (section 4.3) has what cannot be compared as out of range; rdflib, below pyshacl, puts
    such values in an order of its own, so that some of these are not found.
    """
    asked = finding.component.removeprefix(SH)
    ranges = asked.startswith(("Min", "Max")) and "clusive" in asked
    value = finding.value
    return ranges and not (isinstance(value, Literal) and _is_number(value))


def _is_number(value: Literal) -> bool:
    number = RdflibLiteral(value.value, datatype=URIRef(value.datatype.value)).value
    return isinstance(number, int | float | Decimal)


def compared(data: list[Triple]) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """What each engine finds."""
    fast, reference = (validator(engine).validate(data) for engine in ("fast", "reference"))
    return (
        Counter(told(each) for each in fast.findings if not beyond_reference(each)),
        Counter(told(each) for each in reference.findings if not beyond_reference(each)),
    )


def apart(path: Path, number: int) -> list[Triple]:
    """A fixture whose nodes have names that no other fixture uses."""
    data = triples(path)
    own = {t.subject for t in data if isinstance(t.subject, NamedNode)}

    def renamed(node: Node) -> Node:
        return NamedNode(f"{node.value}-{number}") if node in own else node  # type: ignore[union-attr]

    return [Triple(renamed(t.subject), t.predicate, renamed(t.object)) for t in data]  # type: ignore[arg-type]


@pytest.mark.parametrize("start", range(0, len(QUICK), 10))
def test_engines_agree_on_fixtures(start: int) -> None:
    """Shape, place, value, severity and both messages are the same; ten fixtures at a time."""
    ten = enumerate(QUICK[start : start + 10])
    data = [triple for number, path in ten for triple in apart(path, number)]

    fast, reference = compared(data)

    assert fast == reference


@pytest.mark.soak
@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_engines_agree_on_fixture(path: Path) -> None:
    """The same for every fixture by itself."""
    fast, reference = compared(list(triples(path)))

    assert fast == reference


CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\\")
"""pyshacl fails on a backslash in a message; the shapes let none through, but paths are free."""
TEXTS = ["2014", "2014-05", "2014-05-01", "soon", "-1", "0.5", "7", "13812345678"]
TYPES = ["gYear", "gYearMonth", "date", "dateTime", "integer", "decimal", "string"]
TYPED = [Literal(text, datatype=NamedNode(XSD + kind)) for text in TEXTS for kind in TYPES]
TAGGED = [Literal("x", language=tag) for tag in ("en", "zh", "es", "zh-Hant")]
LITERALS = st.text(CHARACTERS, max_size=20).map(Literal) | st.sampled_from([*TYPED, *TAGGED])


@st.composite
def mutated_cases(draw: st.DrawFn) -> list[Triple]:
    """Draw an example with some statements dropped, changed or added."""
    data = list(triples(draw(st.sampled_from(SEEDS))))
    subjects = sorted({t.subject for t in data}, key=str)
    predicates = sorted({t.predicate for t in data}, key=str)
    values: st.SearchStrategy[Node] = st.one_of(
        LITERALS,
        st.sampled_from(sorted({t.object for t in data}, key=str)),
        st.sampled_from(TERMS).map(NamedNode),
        st.sampled_from([GC + "no-such-thing", GOV + "noSuchThing"]).map(NamedNode),
        st.just(BlankNode("nameless")),
    )
    for _ in range(draw(st.integers(1, 6))):
        kind, place = draw(st.sampled_from("dca")), draw(st.integers(0, len(data) - 1))
        if kind == "d" and len(data) > 1:
            del data[place]
        elif kind == "c":
            data[place] = Triple(data[place].subject, data[place].predicate, draw(values))
        else:
            subject = draw(st.sampled_from([*subjects, BlankNode("nameless")]))
            data.append(Triple(subject, draw(st.sampled_from(predicates)), draw(values)))
    return data


SLOW = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "derandomize": True,
}


@settings(max_examples=8, **SLOW)  # type: ignore[arg-type]
@given(mutated_cases())
def test_engines_agree_on_mutated_examples(data: list[Triple]) -> None:
    """Whatever is dropped from an example, changed or added, both engines find the same."""
    fast, reference = compared(data)

    assert fast == reference


@pytest.mark.soak
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@settings(max_examples=120, **(SLOW | {"derandomize": False}))  # type: ignore[arg-type]
@given(mutated_cases())
def test_engines_agree_on_many_mutated_examples(data: list[Triple]) -> None:
    """The same, on new examples in each run."""
    fast, reference = compared(data)

    assert fast == reference


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_only_nodes_of_the_submission_are_blamed(engine: EngineName) -> None:
    """The ontology's own nodes, which also break some shapes, never appear in a report."""
    report = validator(engine).validate(triples(CASES / "valid" / "bogota-turnaround.ttl"))

    own = {t.subject for t in triples(CASES / "valid" / "bogota-turnaround.ttl")}
    assert {finding.focus for finding in report.findings} <= own
    assert report.findings


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_blank_nodes_keep_their_labels(engine: EngineName) -> None:
    """A finding about a nameless node speaks of the node as the document has it."""
    given_node = BlankNode("mine")
    data = [
        Triple(NamedNode("https://example.org/c"), NamedNode(GOV + "adopts"), given_node),
        Triple(given_node, NamedNode(_TYPE), NamedNode(GOV + "InnovationMeasure")),
    ]

    report = validator(engine).validate(data)

    assert given_node in {finding.focus for finding in report.findings}


_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def test_values_that_cannot_be_compared_are_out_of_range() -> None:
    """An ill-formed date in the place of a number breaks both bounds, as SHACL has it."""
    report = "https://example.org/report"
    month = Literal("2014", datatype=NamedNode(XSD + "gYearMonth"))
    data = [
        Triple(NamedNode(report), NamedNode(_TYPE), NamedNode(GOV + "SituationReport")),
        Triple(NamedNode(report), NamedNode(GOV + "confidence"), month),
    ]

    found = {each.component for each in validator("fast").validate(data).findings}

    assert {SH + f"{side}InclusiveConstraintComponent" for side in ("Min", "Max")} <= found


@pytest.mark.parametrize("engine", ["fast", "reference"])
def test_messages_of_constraint_components_keep_their_language(engine: EngineName) -> None:
    """What a component of somebody else's says is told in the language in which it is said."""
    shapes = parsed(
        """
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .
        ex:Least a sh:ConstraintComponent ;
            sh:parameter [ sh:path ex:least ] ;
            sh:validator [ a sh:SPARQLAskValidator ;
                sh:message "Less than {?least}."@en , "小于 {?least}。"@zh ;
                sh:ask "ASK { FILTER(?value >= ?least) }" ] .
        ex:Shape a sh:NodeShape ; sh:targetNode ex:a ;
            sh:property [ sh:path ex:number ; ex:least 5 ] .
        """
    )
    data = parsed("<https://example.org/a> <https://example.org/number> 3 .")

    (found,) = Validator(shapes, engine=engine, strict=True).validate(data).findings

    assert found.message == {"en": "Less than 5.", "zh": "小于 5。"}


def test_statements_about_statements_are_refused() -> None:
    """A triple term, of which SHACL 1.0 says nothing, is an error with a remedy, not a crash."""
    with pytest.raises(UnsafeInputError):
        parsed("<urn:s> <urn:says> <<( <urn:s> <urn:p> <urn:o> )>> .")


def test_fast_engine_starts_no_thread_while_a_worker_is_prepared() -> None:
    """Workers are forks, which would lose a thread of the engine and hang."""
    code = (
        "import os; from govkg.cases.checking import Checker;"
        "from govkg.cases import jobs; from govkg.forms.formats import format_named;"
        "c = Checker('fast'); c.validate(c.read(jobs._WARM_UP, format_named('turtle')));"
        "print(len(os.listdir('/proc/self/task')))"
    )
    if not Path("/proc/self/task").is_dir():
        pytest.skip("only Linux lists the threads of a process")

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # as zygotes are started
    )

    assert done.stdout.strip() == "1", done.stderr


def test_strict_reports_speak_of_any_node() -> None:
    """With somebody's own shapes a node that is only mentioned can be blamed, as SHACL says."""
    shapes = """
        @prefix sh: <http://www.w3.org/ns/shacl#> .
        <urn:shape> sh:targetObjectsOf <urn:p> ; sh:nodeKind sh:Literal ; sh:severity sh:Warning .
    """
    data = [Triple(NamedNode("urn:s"), NamedNode("urn:p"), NamedNode("urn:o"))]

    report: Report = Validator(parsed(shapes), strict=True).validate(data)

    assert [finding.focus for finding in report.findings] == [NamedNode("urn:o")]
    assert not report.conforms
    assert report_triples(report)


def parsed(turtle: str) -> list[Triple]:
    """The triples of a Turtle text."""
    return triples_of(turtle.encode(), format_named("turtle"))
