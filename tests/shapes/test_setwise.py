"""SPARQL constraints asked for all focus nodes together find what they find one by one."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from govkg import bundle
from govkg.ontology import load_ontology, read_files
from govkg.rdf import Node
from govkg.validation.fast import FastEngine
from govkg.validation.queries import means_the_same
from govkg.validation.results import Result
from govkg.validation.setwise import SetWise
from govkg.validation.shapes import Shapes
from govkg.vocabulary import GOV

CASES = Path(__file__).parents[2] / "examples" / "cases"
FIXTURES = sorted(CASES.rglob("*.ttl"))


@cache
def shapes() -> list[Triple]:
    """The shapes of the project, each with an IRI."""
    return Shapes(read_files(bundle.shapes())).triples


@cache
def engine(*, together: bool) -> FastEngine:
    """The fast engine, which asks for many nodes together, or for one after the other."""
    return FastEngine(shapes(), load_ontology().triples, together=together)


def told(result: Result) -> tuple[str, ...]:
    """What a result says, in one comparable value; the tags of messages are left out."""
    texts = sorted(message.value for message in result.messages)
    path = result.path.text if result.path else ""
    about = (result.focus, result.severity, result.component, result.shape, path, result.value)
    return (*map(str, about), *texts)


def of(data: list[Triple], *, together: bool) -> Counter[tuple[str, ...]]:
    """What the engine reports."""
    own = {triple.subject for triple in data}
    results = engine(together=together).results(data)
    return Counter(told(result) for result in results if result.focus in own)


def compare(data: list[Triple]) -> Counter[tuple[str, ...]]:
    """Check that both ways report the same; return what they report."""
    together, one_by_one = of(data, together=True), of(data, together=False)
    assert together == one_by_one
    return together


def test_every_query_of_ours_is_asked_together() -> None:
    """None of the project's own constraints makes a large document slow."""
    left = SetWise(shapes()).rest

    assert not [t.subject for t in left if t.predicate.value.endswith("#sparql")]


@pytest.mark.parametrize("start", range(0, len(FIXTURES), 30))
def test_fixtures_that_share_nodes_are_reported_alike(start: int) -> None:
    """Thirty documents merged, as they are: they share places, agents and evidence."""
    assert compare(read_files(FIXTURES[start : start + 30]))


def test_nameless_nodes_are_reported_alike() -> None:
    """Both ways blame a nameless node under the label that it has in the data."""
    case = read_files([CASES / "invalid" / "C33.ttl"] if _exists("C33") else FIXTURES[:10])
    named = {t.subject for t in case if isinstance(t.subject, NamedNode)}
    labels: dict[Node, Node] = {n: BlankNode(f"n{i}") for i, n in enumerate(sorted(named, key=str))}
    data = [
        Triple(labels.get(t.subject, t.subject), t.predicate, labels.get(t.object, t.object))  # type: ignore[arg-type]
        for t in case
    ]

    assert compare(data)


def _exists(name: str) -> bool:
    return (CASES / "invalid" / f"{name}.ttl").exists()


def test_classes_that_a_document_adds_are_targets_too() -> None:
    """A node of a new class below one of ours is a focus node, together as one by one."""
    text = f"""
        @prefix gov: <{GOV}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        <urn:New> rdfs:subClassOf gov:InnovationMeasure .
        <urn:m> a <urn:New> ; gov:noSuchProperty 1 .
    """
    found = compare([q.triple for q in parse(text, format=RdfFormat.TURTLE)])

    assert any("knownTerms" in each[3] for each in found)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { $this <urn:p> ?value . FILTER(?value = $this) }",
        "SELECT $this WHERE { FILTER NOT EXISTS { $this <urn:p> ?o . FILTER(?o != $this) } }",
        "SELECT $this (COUNT(?o) AS ?n) WHERE { $this <urn:p> ?o } GROUP BY $this",
    ],
)
def test_queries_about_one_node_are_asked_together(query: str) -> None:
    """What binds $this where it is used may be asked for all nodes."""
    assert means_the_same(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { ?s <urn:p> ?o } LIMIT 1",
        "SELECT $this (COUNT(?o) AS ?n) WHERE { $this <urn:p> ?o }",
        "SELECT $this WHERE { { FILTER(bound($this)) } }",
        "SELECT $this WHERE { OPTIONAL { ?s <urn:p> ?o . FILTER(?s = $this) } }",
        "SELECT $this WHERE { { SELECT $this WHERE { $this <urn:p> ?o } } }",
        "SELECT ?value WHERE { $this $PATH ?value }",
        "SELECT $this WHERE { $this <urn:p> ?o MINUS { $this <urn:q> ?o } }",
    ],
)
def test_other_queries_are_asked_one_by_one(query: str) -> None:
    """Where the scope of $this matters, the engine that binds it beforehand answers."""
    assert not means_the_same(query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("# SELECT all\nSELECT $this ?value WHERE { $this ex:p ?value } # not these", "{?value}"),
        ("SELECT ?this ?value ?focus WHERE { $this ex:p ?value , ?focus }", "{?focus} {?value}"),
        ("SELECT $this WHERE { $this ex:p ?o . $this ex:p ?_other }", "{?path} of {?this}"),
        ("SELECT DISTINCT $this ?value WHERE { $this ex:p ?value } ORDER BY ?value", "{?none}"),
        ("SELECT $this (MAX(?o) AS ?value) WHERE { $this ex:p ?o } GROUP BY $this", "{?value}"),
    ],
)
def test_queries_of_others_are_reported_alike(query: str, message: str) -> None:
    """Comments, names of variables and what messages show make no difference."""
    prefix = "@prefix ex: <https://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> ."
    text = f"""{prefix}
        <urn:S> a sh:NodeShape ; sh:targetClass ex:C ; sh:severity sh:Warning ; sh:sparql [
            sh:prefixes [ sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/" ] ] ;
            sh:message "{message}"@en ; sh:select {json.dumps(query)} ] .
    """
    data = f"{prefix} ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C . _:c a ex:C ; ex:p 3 ."

    together, one_by_one = (
        Counter(
            told(result)
            for result in FastEngine(Shapes(turtle(text)).triples, [], together=way).results(
                turtle(data)
            )
        )
        for way in (True, False)
    )

    assert together
    assert together == one_by_one


def turtle(text: str) -> list[Triple]:
    """The triples of a document, with the labels of its blank nodes."""
    return [quad.triple for quad in parse(text, format=RdfFormat.TURTLE)]
