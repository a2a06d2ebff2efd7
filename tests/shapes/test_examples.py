"""The shapes against their fixtures: an invalid case breaks one shape, a valid one none."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import Triple
from pyshacl import validate
from rdflib import RDF, RDFS, SH, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from govkg import bundle
from govkg.ontology import load_ontology, read_files
from govkg.rdf import format_named, read
from govkg.validation import Finding, Validator

ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "shapes"
INVALID = sorted((ROOT / "examples" / "cases" / "invalid").glob("*.ttl"))
VALID = sorted((ROOT / "examples" / "cases" / "valid-fixtures").glob("*.ttl"))
GOV = Namespace("https://w3id.org/govkg/ontology#")
GSH = Namespace("https://w3id.org/govkg/shapes#")
ALL_RULES = ROOT / "examples" / "cases" / "valid-fixtures" / "all-rules.ttl"
FOUNDING_RULES = {f"C{number:02}" for number in range(1, 39)}
"""The rules of the design; those from C39 on were added with the shapes."""


@cache
def validator() -> Validator:
    """The validator of the service, with the bundled shapes and ontology."""
    return Validator(read_files(bundle.shapes()), load_ontology().triples)


@cache
def background() -> Graph:
    """The ontology's modules as one graph."""
    return parsed(sorted((ROOT / "ontology" / "modules").glob("*.ttl")))


@cache
def shapes() -> Graph:
    """All shapes files as one graph."""
    return parsed(sorted(SHAPES.glob("*.ttl")))


def parsed(paths: list[Path]) -> Graph:
    """Read files into one graph."""
    graph = Graph()
    for path in paths:
        graph.parse(path)
    return graph


def findings(turtle: str) -> list[Finding]:
    """What the validator finds in a case."""
    quads = read(turtle.encode(), format_named("turtle"))
    triples = [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    return list(validator().validate(triples).findings)


def broken(turtle: str) -> set[str]:
    """The names of the shapes that a case breaks."""
    return {str(finding.shape)[1:-1].removeprefix(str(GSH)) for finding in findings(turtle)}


def named_shape(path: Path) -> str:
    """The shape named in the first line of an invalid fixture."""
    first_line = path.read_text(encoding="utf-8").splitlines()[0]
    assert first_line.startswith("# Breaks: gsh:")
    return first_line.removeprefix("# Breaks: gsh:")


def constraints() -> list[URIRef]:
    """Every shape that belongs to a rule."""
    return sorted({shape for shape in shapes().subjects(GOV.ruleId) if isinstance(shape, URIRef)})


def local(shape: URIRef) -> str:
    """The name of a shape without its namespace."""
    return str(shape).removeprefix(str(GSH))


def languages(values: Iterator[Node]) -> list[str]:
    """The language tags of the values, sorted."""
    return sorted(value.language or "" for value in values if isinstance(value, Literal))


def target_classes(shape: URIRef) -> set[Node]:
    """The classes at whose instances a shape, or the node shape that holds it, looks."""
    holders = set(shapes().subjects(SH.property, shape)) | {shape}
    return {target for holder in holders for target in shapes().objects(holder, SH.targetClass)}


@cache
def classes_in_valid_fixtures() -> frozenset[Node]:
    """The classes of which the valid fixtures hold an instance, broader ones included."""
    given = {kind for path in VALID for kind in Graph().parse(path).objects(None, RDF.type)}
    return frozenset(
        broader
        for kind in given
        for broader in background().transitive_objects(kind, RDFS.subClassOf)
        if broader
    )


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_case_breaks_the_named_shape_and_no_other(path: Path) -> None:
    """The first line names the shape; nothing else fires, not even an information."""
    turtle = path.read_text(encoding="utf-8")

    assert broken(turtle) == {named_shape(path)}


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_case_has_no_result(path: Path) -> None:
    """A fixture without fault draws no violation, warning or information."""
    turtle = path.read_text(encoding="utf-8")

    assert findings(turtle) == []


def test_case_of_the_documentation_has_no_violation() -> None:
    """The case in docs/case-model.md may be remarked on but is accepted."""
    text = (ROOT / "docs" / "case-model.md").read_text(encoding="utf-8")
    sample = re.search(r"```turtle\n(.*?)```", text, re.DOTALL)
    assert sample is not None

    found = findings(sample[1])

    assert [finding for finding in found if finding.severity == "violation"] == []


def test_dates_of_different_precision_agree() -> None:
    """A year, a month in it and a day in that month are no contradiction."""
    text = ALL_RULES.read_text(encoding="utf-8")
    text = text.replace('"2014-05-01T00:00:00Z"^^xsd:dateTime', '"2014"^^xsd:gYear', 1)
    text = text.replace('"2014-05-01T00:00:00Z"^^xsd:dateTime', '"2014-05"^^xsd:gYearMonth', 1)
    text = text.replace('"2019-12-31T00:00:00Z"^^xsd:dateTime', '"2019"^^xsd:gYear')

    assert broken(text) == {"Part-owlSafeDate"}


def test_backslash_in_a_literal_does_no_harm() -> None:
    """pyshacl fails on a backslash in a message; the constraints let none through."""
    text = ALL_RULES.read_text(encoding="utf-8")
    text = text.replace('"2014-05-01T00:00:00Z"^^xsd:dateTime', r'"2014\\d"')
    text = text.replace(
        "prov:wasAttributedTo agent:example-scholar", r'prov:wasAttributedTo "a\\d"'
    )

    assert "Part-date" in broken(text)


@pytest.mark.parametrize("shape", constraints(), ids=local)
def test_shape_speaks_both_languages(shape: URIRef) -> None:
    """Name, description and message are there once in English and once in Chinese."""
    graph = shapes()
    speakers = [shape, *graph.objects(shape, SH.sparql)]

    messages = [message for speaker in speakers for message in graph.objects(speaker, SH.message)]

    assert languages(graph.objects(shape, SH.name)) == ["en", "zh"]
    assert languages(graph.objects(shape, SH.description)) == ["en", "zh"]
    assert languages(iter(messages)) == ["en", "zh"]


@pytest.mark.parametrize("shape", constraints(), ids=local)
def test_shape_has_rule_severity_and_order(shape: URIRef) -> None:
    """Severity, order and rule are given once, and the rule's page is linked."""
    graph = shapes()

    [severity], [order], [rule] = (
        list(graph.objects(shape, key)) for key in (SH.severity, SH.order, GOV.ruleId)
    )

    assert severity in {SH.Violation, SH.Warning, SH.Info}
    assert int(str(order)) > 0
    assert (shape, RDFS.seeAlso, URIRef(f"https://w3id.org/govkg/rules/{rule}")) in graph


@pytest.mark.parametrize("shape", constraints(), ids=local)
def test_shape_has_passing_and_failing_fixture(shape: URIRef) -> None:
    """Some valid fixture gives the shape something to look at, and some invalid one breaks it."""
    failing = {named_shape(path) for path in INVALID}

    looked_at = target_classes(shape) & classes_in_valid_fixtures()

    assert looked_at
    assert local(shape) in failing


def test_every_founding_rule_has_a_shape() -> None:
    """None of C01 to C38 was forgotten."""
    covered = {str(rule) for rule in shapes().objects(None, GOV.ruleId)}

    assert FOUNDING_RULES - covered == set()


def test_readme_lists_every_rule_and_shape() -> None:
    """The table of rules in shapes/README.md is complete."""
    readme = (SHAPES / "README.md").read_text(encoding="utf-8")
    rules = {str(rule) for rule in shapes().objects(None, GOV.ruleId)}

    missing = {
        name
        for name in rules | {local(shape) for shape in constraints()}
        if f"`{name}`" not in readme
    }

    assert missing == set()


def test_every_shape_with_a_constraint_is_named() -> None:
    """What a report can point to is an IRI: no constraint hangs on a blank property shape."""
    graph = shapes()

    unnamed = [node for node in graph.objects(None, SH.property) if not isinstance(node, URIRef)]

    assert unnamed == []


def test_shapes_conform_to_shacl() -> None:
    """The shapes pass the shapes for shapes of the SHACL specification."""
    conforms, _, text = validate(Graph(), shacl_graph=shapes(), meta_shacl=True, advanced=True)

    assert conforms, text
