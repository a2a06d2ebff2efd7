"""Read the manifests of the W3C SPARQL 1.1 test suite into small objects.

The suite lies in the folder that ``CONFORMANCE_SUITES`` names, by default ``../shared/suites``
beside the repository. Where it is missing the tests are skipped and say so.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Store, parse

_ROOT = Path(__file__).parents[2]
SUITE: Final = (
    Path(os.environ.get("CONFORMANCE_SUITES") or _ROOT / ".." / "shared" / "suites")
    / "w3c-sparql11"
)
"""The folder of the suite; it need not exist."""
BASE: Final = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
"""The IRI that stands for the folder, so that every file of the suite has an IRI."""

MISSING: Final = f"no suite in {SUITE}: set CONFORMANCE_SUITES to the folder with w3c-sparql11/"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
_UT = "http://www.w3.org/2009/sparql/tests/test-update#"
_HT = "http://www.w3.org/2011/http#"
_CNT = "http://www.w3.org/2011/content#"

Node = NamedNode | BlankNode


@dataclass(frozen=True)
class Test:
    """One entry of a manifest."""

    __test__ = False  # for pytest: this is no class of tests

    iri: str
    kind: str
    """The local name of its class, such as ``QueryEvaluationTest``."""
    name: str

    @property
    def id(self) -> str:
        """The folder and the fragment, such as ``aggregates/agg01``."""
        return self.iri.removeprefix(BASE).replace("manifest#", "")


@dataclass(frozen=True)
class SyntaxTest(Test):
    """A query or an update that parses, or one that does not."""

    request: Path

    @property
    def good(self) -> bool:
        """Whether it must be accepted."""
        return self.kind.startswith("Positive")


@dataclass(frozen=True)
class QueryTest(Test):
    """A query, the graphs it is asked of, and its result."""

    query: Path
    data: tuple[Path, ...]
    """The files whose merge is the default graph."""
    named: tuple[Path, ...]
    """The files that are named graphs; their IRIs are the names."""
    services: tuple[tuple[str, Path], ...]
    """The addresses of other endpoints, with the file that each of them holds."""
    result: Path


@dataclass(frozen=True)
class Dataset:
    """The files that make a dataset."""

    default: tuple[Path, ...] = ()
    named: tuple[tuple[str, Path], ...] = ()
    """Names of graphs, with the file that holds each."""


@dataclass(frozen=True)
class UpdateTest(Test):
    """An update, with the dataset before and after it."""

    update: Path
    before: Dataset
    after: Dataset


@dataclass(frozen=True)
class Response:
    """What a response must be like; what is empty or None may be anything."""

    statuses: tuple[str, ...]
    """Local names of status codes, such as ``Created``, or of classes of them."""
    boolean: bool | None
    format: str | None
    location: str | None
    """The name under which later requests use the address in ``Location``."""
    headers: Mapping[str, str]
    body: str | None


@dataclass(frozen=True)
class Request:
    """One request, and the response it must get."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    response: Response


@dataclass(frozen=True)
class HttpTest(Test):
    """Requests to be sent in turn to a store that holds the given graphs."""

    graphs: tuple[tuple[str, Path], ...]
    requests: tuple[Request, ...]


def iri_of(path: Path) -> str:
    """Return the IRI of a file of the suite."""
    return BASE + path.relative_to(SUITE).as_posix()


def entries(manifest: str, *kinds: str) -> list[Test]:
    """Return the tests of these kinds in a manifest and all that it includes, in their order.

    Returns nothing where the suite is missing.
    """
    return [test for test in _all(manifest) if test.kind in kinds] if SUITE.is_dir() else []


@cache
def _all(manifest: str) -> tuple[Test, ...]:
    """Return every test of a manifest that is read here."""
    return tuple(_read(_Facts(SUITE / manifest)))


class _Facts:
    """The triples of one manifest, to be walked."""

    def __init__(self, path: Path) -> None:
        self.subject = NamedNode(iri_of(path))
        # "entailment" lists some properties more than once, which a store does not mind
        self._store = Store()
        for quad in parse(path=str(path), base_iri=iri_of(path), format=RdfFormat.TURTLE):
            self._store.add(quad)

    def all(self, subject: Node, predicate: str) -> list[Node | Literal]:
        """Return the objects of a property."""
        found = self._store.quads_for_pattern(subject, NamedNode(predicate), None)
        return [quad.object for quad in found if not isinstance(quad.object, tuple)]

    def one(self, subject: Node, predicate: str) -> Node | Literal | None:
        """Return the object of a property that is given once or not at all."""
        return next(iter(self.all(subject, predicate)), None)

    def text(self, subject: Node, predicate: str) -> str | None:
        """Return the text of a literal, or the IRI of a node."""
        found = self.one(subject, predicate)
        return None if found is None else found.value

    def node(self, subject: Node, predicate: str) -> Node:
        """Return a node that must be there."""
        found = self.one(subject, predicate)
        assert isinstance(found, NamedNode | BlankNode), f"{subject} has no {predicate}"
        return found

    def items(self, subject: Node, predicate: str) -> Iterator[Node]:
        """Yield the members of every list that a property names."""
        for head in self.all(subject, predicate):
            rest = head
            while isinstance(rest, NamedNode | BlankNode) and rest.value != _RDF + "nil":
                yield self.node(rest, _RDF + "first")
                rest = self.node(rest, _RDF + "rest")

    def files(self, subject: Node, predicate: str) -> tuple[Path, ...]:
        """Return the files that a property names."""
        found = (_file(each) for each in self.all(subject, predicate))
        return tuple(sorted(found))


def _file(node: Node | Literal | None) -> Path:
    assert isinstance(node, NamedNode), f"{node} is no file"
    return SUITE / node.value.removeprefix(BASE)


def _read(facts: _Facts) -> Iterator[Test]:
    """Yield the tests of a manifest, those of included manifests first."""
    for included in facts.items(facts.subject, _MF + "include"):
        yield from _read(_Facts(_file(included)))
    for entry in facts.items(facts.subject, _MF + "entries"):
        kind = facts.text(entry, _RDF + "type") or ""
        yield _test(facts, entry, kind.removeprefix(_MF))


def _test(facts: _Facts, entry: Node, kind: str) -> Test:
    """Make the object for one entry."""
    known = (entry.value, kind, facts.text(entry, _MF + "name") or "")
    match kind:
        case "QueryEvaluationTest" | "CSVResultFormatTest":
            return _query_test(facts, entry, known)
        case "UpdateEvaluationTest":
            action, result = facts.node(entry, _MF + "action"), facts.node(entry, _MF + "result")
            update = _file(facts.one(action, _UT + "request"))
            return UpdateTest(*known, update, _dataset(facts, action), _dataset(facts, result))
        case "ProtocolTest" | "GraphStoreProtocolTest":
            connection = facts.node(entry, _MF + "action")
            requests = facts.items(connection, _HT + "requests")
            graphs = _named(facts, entry) + _named(facts, connection)
            return HttpTest(*known, graphs, tuple(_request(facts, each) for each in requests))
        case _ if "SyntaxTest" in kind:
            return SyntaxTest(*known, _file(facts.one(entry, _MF + "action")))
    return Test(*known)


def _query_test(facts: _Facts, entry: Node, known: tuple[str, str, str]) -> QueryTest:
    action = facts.node(entry, _MF + "action")
    return QueryTest(
        *known,
        query=_file(facts.one(action, _QT + "query")),
        data=facts.files(action, _QT + "data"),
        named=tuple(
            sorted(
                _file(each)
                for each in facts.all(action, _QT + "graphData")
                if isinstance(each, NamedNode)
            )
        ),
        services=_services(facts, action),
        result=_file(facts.one(entry, _MF + "result")),
    )


def _services(facts: _Facts, action: Node) -> tuple[tuple[str, Path], ...]:
    """Return the other endpoints that a query calls."""
    described = [
        each for each in facts.all(action, _QT + "serviceData") if isinstance(each, BlankNode)
    ]
    pairs = (
        (facts.text(each, _QT + "endpoint") or "", _file(facts.one(each, _QT + "data")))
        for each in described
    )
    return tuple(sorted(pairs))


def _dataset(facts: _Facts, node: Node) -> Dataset:
    return Dataset(facts.files(node, _UT + "data"), _named(facts, node))


def _named(facts: _Facts, node: Node) -> tuple[tuple[str, Path], ...]:
    """Return the named graphs of a dataset, with the file of each."""
    described = [each for each in facts.all(node, _UT + "graphData") if isinstance(each, BlankNode)]
    pairs = (
        (facts.text(each, _LABEL) or "", _file(facts.one(each, _UT + "graph")))
        for each in described
    )
    return tuple(sorted(pairs))


def _request(facts: _Facts, node: Node) -> Request:
    body = facts.one(node, _HT + "body")
    response = facts.node(node, _HT + "resp")
    return Request(
        method=facts.text(node, _HT + "methodName") or "GET",
        path=facts.text(node, _HT + "absolutePath") or "/",
        headers=_headers(facts, node),
        body=_encoded(facts, body) if isinstance(body, BlankNode) else None,
        response=_response(facts, response),
    )


def _response(facts: _Facts, node: Node) -> Response:
    boolean = facts.text(node, _MF + "expectedBoolean")
    body = facts.one(node, _HT + "body")
    names = (status.value for status in facts.all(node, _MF + "expectedStatus"))
    return Response(
        statuses=tuple(sorted(re.split("[#/]", name)[-1] for name in names)),
        boolean=None if boolean is None else boolean == "true",
        format=facts.text(node, _MF + "expectedFormat"),
        location=facts.text(node, _MF + "expectedLocation"),
        headers=_headers(facts, node),
        body=facts.text(body, _CNT + "chars") if isinstance(body, BlankNode) else None,
    )


def _headers(facts: _Facts, node: Node) -> dict[str, str]:
    return {
        (facts.text(each, _HT + "fieldName") or "").lower(): facts.text(each, _HT + "fieldValue")
        or ""
        for each in facts.items(node, _HT + "headers")
    }


def _encoded(facts: _Facts, body: BlankNode) -> bytes:
    """Return the bytes of a body in the encoding that the manifest names."""
    encoding = facts.text(body, _CNT + "characterEncoding") or "UTF-8"
    return (facts.text(body, _CNT + "chars") or "").encode(encoding)
