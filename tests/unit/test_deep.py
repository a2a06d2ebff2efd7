"""The deep check by HermiT, and what happens where it cannot run."""

import shutil

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from govkg.errors import DeadlineError, MissingToolError
from govkg.reasoning import deep_check

needs_java = pytest.mark.skipif(not shutil.which("java"), reason="Java is not on this machine")

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:A a owl:Class ; owl:disjointWith :B . :B a owl:Class .
"""


def triples(turtle: str) -> list[Triple]:
    """Read Turtle that uses the prefixes and classes above."""
    quads = parse((PREFIXES + turtle).encode(), RdfFormat.TURTLE)
    return [Triple(q.subject, q.predicate, q.object) for q in quads]


@needs_java
def test_consistent_data_passes() -> None:
    """Nothing is found where nothing clashes, and dates do no harm."""
    given = triples(':p a owl:DatatypeProperty . :a a :A ; :p "2014"^^xsd:gYear . :b a :B .')

    found = deep_check(given, 60)

    assert found.consistent
    assert found.unsatisfiable == ()


@needs_java
def test_a_contradiction_is_found() -> None:
    """A member of two disjoint classes makes the whole inconsistent."""
    assert not deep_check(triples(":a a :A , :B ."), 60).consistent


@needs_java
def test_a_class_that_can_have_no_member_is_named() -> None:
    """A class within two disjoint classes is unsatisfiable, though nothing is inconsistent."""
    found = deep_check(triples(":C a owl:Class ; rdfs:subClassOf :A , :B ."), 60)

    assert found.consistent
    assert found.unsatisfiable == ("http://example.org/C",)


@needs_java
def test_the_deadline_holds() -> None:
    """A check that takes too long is ended."""
    with pytest.raises(DeadlineError):
        deep_check(triples(":a a :A ."), 0.01)


def test_without_java_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no Java the error says what to install."""
    monkeypatch.setenv("PATH", "")

    monkeypatch.setattr("govkg.reasoning.deep.find_spec", lambda _: None)

    with pytest.raises(MissingToolError, match="Install a Java runtime"):
        deep_check([], 1)
