"""The entailment tests of the suite whose regime is RDF, RDFS or OWL 2 RL.

A query is answered over what follows by our rules: those of RDFS, which contain RDF, those of
OWL 2 RL, or both, one after the other, as the manifest says.
"""

from functools import cache

import pytest
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, Store

from govkg.reasoning import Closure, Profile

from .comparing import MEDIA_TYPES, read, same
from .groups import given
from .loading import quads, with_base
from .manifest import SUITE, QueryTest, entries, iri_of

_ACTION = NamedNode("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#action")
_SD = "http://www.w3.org/ns/sparql-service-description#"

OUT_OF_SCOPE = "by RIF, by D-entailment alone, or of a profile beyond OWL 2 RL"

EXPECTED_FAILURES = {
    "entailment/simple1": "the query itself holds a class expression, which no rule answers",
    "entailment/sparqldl-13": "eq-ref is not applied: nothing is listed as the same as itself",
}
"""The tests that fail, each with its reason."""

ONLY_RDFS = {
    "entailment/rdfs05": "that a class is within itself (scm-cls) is not listed",
    "entailment/sparqldl-02": "that a class is within itself (scm-cls) is not listed",
}
"""The tests that pass by RDFS and would fail by OWL 2 RL, each with its reason."""


@cache
def regimes() -> dict[str, set[str]]:
    """Return the regimes and profiles that the manifest gives for each test."""
    store = Store()
    store.extend(quads(SUITE / "entailment" / "manifest.ttl"))
    found: dict[str, set[str]] = {}
    for quad in store.quads_for_pattern(None, _ACTION, None):
        words = found.setdefault(quad.subject.value, set())
        for name in ("entailmentRegime", "EntailmentProfile"):
            for value in _values(store, quad.object, _SD + name):
                words.add(value.rpartition("/")[2])
    return found


def _values(store: Store, node: object, name: str) -> list[str]:
    """Return the IRIs of a property, given one by one or as a list."""
    first = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#first")
    rest = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#rest")
    found = []
    for quad in store.quads_for_pattern(node, NamedNode(name), None):  # type: ignore[arg-type]
        here = quad.object
        heads = list(store.quads_for_pattern(here, first, None))
        if not heads:
            found.append(here.value)
        while heads:
            found.append(heads[0].object.value)
            here = next(store.quads_for_pattern(here, rest, None)).object
            heads = list(store.quads_for_pattern(here, first, None))
    return found


def profiles_of(test: QueryTest) -> list[Profile]:
    """Return the profiles by which a test is run; none if it is out of scope."""
    words = regimes().get(test.iri, set())
    found: list[Profile] = ["rdfs"] if words & {"RDF", "RDFS"} else []
    if test.id not in ONLY_RDFS and "RL" in words and words & {"OWL-RDF-Based", "OWL-Direct"}:
        found.append("rl")
    return found


TESTS = entries("entailment/manifest.ttl", "QueryEvaluationTest")


@given(TESTS, EXPECTED_FAILURES)
def test_entailment(test: QueryTest) -> None:
    """The result over what follows is the one in the suite."""
    profiles = profiles_of(test)
    if not profiles:
        pytest.skip(OUT_OF_SCOPE)
    for profile in profiles:
        answer(test, profile)


def answer(test: QueryTest, profile: Profile) -> None:
    """Answer the query of a test over what follows by a profile."""
    data = (quad.triple for path in test.data for quad in quads(path))
    closure = Closure(data, profile=profile)
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in closure.entailed())

    media_type = MEDIA_TYPES[test.result.suffix]
    found = store.query(with_base(test.query.read_text("utf-8"), test.query))
    expected = read(test.result.read_bytes(), media_type, iri_of(test.result))
    got = read(found.serialize(format=QueryResultsFormat.XML), MEDIA_TYPES[".srx"])

    assert same(got, expected), f"by {profile}: {got}\nis not\n{expected}"
