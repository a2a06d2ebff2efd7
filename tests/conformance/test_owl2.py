"""The W3C OWL 2 test cases, if somebody has put them where ``CONFORMANCE_SUITES`` says.

The collection is one file in RDF/XML, ``owl2/all.rdf`` in the folder of the suites. It is not part
of this project and no package brings it, so the tests are skipped where it is missing.

What the rules conclude must be right in every case, whatever its profile; in cases of OWL 2 RL all
of the conclusion must be there too, but for those listed here with the reason. No theorem promises
the latter, since rules make no facts about things and expressions that nobody named.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, Triple, parse

from govkg.reasoning import Closure
from govkg.vocabulary import OWL, RDF

from .manifest import SUITE

FILE = SUITE.parent / "owl2" / "all.rdf"
TEST = "http://www.w3.org/2007/OWL/testOntology#"
_BASE = "http://example.org/case"
_HEADER = (NamedNode(RDF + "type"), NamedNode(OWL + "Ontology"))

_UNNAMED = "the conclusion names a class or a list that the premises do not"
_DIFFER = "that things differ is not concluded from what would clash if they were the same"
_RANGES = "what two datatypes have in common is not given a name"
_NOTES = "by the direct semantics an annotation may be anything; rules keep to what was said"
EXPECTED_FAILURES = {
    "DisjointClasses-001": _UNNAMED,
    "DisjointClasses-003": _UNNAMED,
    "New-Feature-ObjectQCR-002": _UNNAMED,
    "WebOnt-I5.5-005": _UNNAMED,
    "New-Feature-DisjointDataProperties-002": _DIFFER,
    "New-Feature-DisjointObjectProperties-001": _DIFFER,
    "New-Feature-DisjointObjectProperties-002": _DIFFER,
    "owl2-rl-rules-fp-differentFrom": _DIFFER,
    "owl2-rl-rules-ifp-differentFrom": _DIFFER,
    "New-Feature-ReflexiveProperty-001": "that everything is related to itself is not listed",
    "chain2trans1": "that a property is transitive is not concluded from a chain",
    "WebOnt-I4.6-003": "that a class is as wide as itself (scm-cls) is not listed",
    "WebOnt-I4.6-005-Direct": _NOTES,
    "WebOnt-equivalentClass-008-Direct": _NOTES,
    "WebOnt-I5.8-006": _RANGES,
    "WebOnt-I5.8-008": _RANGES,
    "WebOnt-I5.8-009": _RANGES,
    "WebOnt-I5.8-011": "that the datatypes of OWL are datatypes (dt-type1) is not listed",
}
"""Conclusions of cases of OWL 2 RL that the rules do not reach, each with the reason."""
OUT_OF_SCOPE = {
    "FS2RDF-literals-ar": "its RDF/XML does not parse",
    "WebOnt-Ontology-003": "it is about the header of an ontology",
    "WebOnt-imports-002": "it is about imports, which are not fetched",
}


@dataclass(frozen=True)
class Case:
    """One test case, with its documents in RDF/XML."""

    id: str
    kinds: frozenset[str]
    is_rl: bool
    premises: tuple[str, ...]
    conclusion: str
    other: str
    """What must not follow."""


@cache
def cases() -> tuple[Case, ...]:
    """Return the cases whose documents are in RDF/XML, none if the file is missing."""
    if not FILE.exists():
        return ()
    store = Store()
    store.extend(parse(_plain(FILE.read_text("utf-8")).encode(), RdfFormat.RDF_XML, base_iri=_BASE))
    nodes = store.quads_for_pattern(None, NamedNode(RDF + "type"), NamedNode(TEST + "TestCase"))
    found = [_case(store, quad.subject) for quad in nodes if isinstance(quad.subject, NamedNode)]
    return tuple(sorted((c for c in found if c.premises or c.conclusion), key=lambda c: c.id))


def _case(store: Store, node: NamedNode) -> Case:
    def values(of: object, name: str) -> list[str]:
        quads = store.quads_for_pattern(of, NamedNode(TEST + name), None)  # type: ignore[arg-type]
        return [quad.object.value for quad in quads if not isinstance(quad.object, Triple)]

    kinds = store.quads_for_pattern(node, NamedNode(RDF + "type"), None)
    imported = [NamedNode(iri) for iri in values(node, "importedOntology")]
    documents = [values(node, "rdfXmlPremiseOntology")]
    documents += [values(each, "rdfXmlInputOntology") for each in imported]
    return Case(
        values(node, "identifier")[0],
        frozenset(quad.object.value.removeprefix(TEST) for quad in kinds),
        TEST + "RL" in values(node, "profile"),
        tuple(text for texts in documents for text in texts),
        "".join(values(node, "rdfXmlConclusionOntology")),
        "".join(values(node, "rdfXmlNonConclusionOntology")),
    )


def _plain(text: str) -> str:
    """Return RDF/XML without its document type, whose entities stand for the starts of IRIs."""
    found = re.search(r"<!DOCTYPE[^\[>]*\[(.*?)\]\s*>", text, re.DOTALL)
    if not found:
        return text
    entities = re.findall(r"<!ENTITY\s+([\w.\-]+)\s+([\"'])(.*?)\2\s*>", found[1])
    text = text[: found.start()] + text[found.end() :]
    for _ in entities:  # one may be made of others
        for name, _, value in entities:
            text = text.replace(f"&{name};", value)
    return text


def _triples(*documents: str) -> Iterator[Triple]:
    for text in documents:
        for quad in parse(_plain(text).encode(), RdfFormat.RDF_XML, base_iri=_BASE):
            yield quad.triple


def follows(closure: Closure, text: str) -> bool:
    """Say whether a document follows, its blank nodes standing for anything."""
    goal = [t for t in _triples(text) if (t.predicate, t.object) != _HEADER]
    store = Store()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in closure.entailed())
    patterns = " . ".join(
        " ".join(_term(each) for each in (t.subject, t.predicate, t.object)) for t in goal
    )
    return bool(store.query(f"ASK {{ {patterns} }}"))


def _term(node: object) -> str:
    return f"?b{node.value}" if isinstance(node, BlankNode) else str(node)


def _chosen(kind: str, *, only_rl: bool = False) -> list[object]:
    """Return the cases of a kind as parameters, or one that is skipped."""
    if not cases():
        reason = f"no {FILE.name} in {FILE.parent}: it is not part of the suites here"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    return [
        pytest.param(case, id=case.id)
        for case in cases()
        if kind in case.kinds and case.id not in OUT_OF_SCOPE and (case.is_rl or not only_rl)
    ]


@pytest.mark.parametrize("case", _chosen("ConsistencyTest"))
def test_consistent(case: Case) -> None:
    """Nothing clashes in what is consistent."""
    assert Closure(_triples(*case.premises)).contradictions() == []


@pytest.mark.parametrize("case", _chosen("InconsistencyTest", only_rl=True))
def test_inconsistent(case: Case) -> None:
    """What is inconsistent by OWL 2 RL clashes."""
    assert Closure(_triples(*case.premises)).contradictions()


@pytest.mark.parametrize("case", _chosen("PositiveEntailmentTest", only_rl=True))
def test_entailed(case: Case, request: pytest.FixtureRequest) -> None:
    """The conclusion follows from the premises."""
    if case.id in EXPECTED_FAILURES:
        request.applymarker(pytest.mark.xfail(reason=EXPECTED_FAILURES[case.id], strict=True))
    closure = Closure(_triples(*case.premises))

    assert follows(closure, case.conclusion) or closure.contradictions()


@pytest.mark.parametrize("case", _chosen("NegativeEntailmentTest"))
def test_not_entailed(case: Case) -> None:
    """What does not follow is not concluded."""
    assert not follows(Closure(_triples(*case.premises)), case.other)
