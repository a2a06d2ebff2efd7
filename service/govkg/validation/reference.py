"""The door of pyshacl and rdflib: run the shapes over already parsed triples."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from pyshacl.errors import ValidationFailure
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdflibLiteral
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result as QueryResult
from rdflib.term import IdentifiedNode
from rdflib.term import Node as RdflibNode

from govkg.errors import ShapesError, UnsafeInputError
from govkg.rdf import Node
from govkg.validation.results import Result, read_results
from govkg.validation.shapes import declared_prefixes
from govkg.vocabulary import XSD

_Statement = tuple[IdentifiedNode, URIRef, RdflibNode]


class ReferenceEngine:
    """The shapes and the background as graphs of rdflib, loaded once."""

    def __init__(self, shapes: Iterable[Triple], background: Iterable[Triple]) -> None:
        """Take the shapes, and what is known beside the data."""
        shapes = list(shapes)
        self._shapes = _graph(shapes)
        self._data = _graph(background)
        for prefix, namespace in declared_prefixes(shapes).items():
            self._data.bind(prefix, namespace)  # so that pyshacl finds them through owl:imports

    def with_shapes(self, shapes: Sequence[Triple]) -> "ReferenceEngine":
        """Return an engine with the same background; see ``Engine``."""
        other = copy(self)
        other._shapes = _graph(shapes)
        return other

    def results(self, data: Sequence[Triple]) -> list[Result]:
        """Validate data together with the background; see ``Engine``."""
        with self._together([_rdflib_triple(triple) for triple in data]):
            report = _report(self._data, self._shapes)
        return read_results(_triple(s, p, o) for s, p, o in report)

    @contextmanager
    def _together(self, submitted: Sequence[_Statement]) -> Iterator[None]:
        """Add the submission to the background for a while."""
        new = [triple for triple in submitted if triple not in self._data]
        for triple in new:
            self._data.add(triple)
        try:
            yield
        finally:
            for triple in new:
                self._data.remove(triple)


def _report(data: Graph, shapes: Graph) -> Graph:
    """Return the report of pyshacl; raises ShapesError if it can do nothing with the shapes."""
    try:
        _, results, _ = pyshacl.validate(
            data, shacl_graph=shapes, advanced=True, inplace=True, inference="none"
        )
    except Exception as error:  # rdflib raises Exception itself for bad queries
        raise _of_no_use(str(error)) from error
    if isinstance(results, ValidationFailure):
        raise _of_no_use(results.message)
    if not isinstance(results, Graph):
        raise TypeError("pyshacl gave neither a report nor a reason")
    return results


def _of_no_use(reason: str) -> ShapesError:
    line = re.sub(r"\s+", " ", reason).strip().rstrip(".")
    return ShapesError(reason=line, remedy="See https://www.w3.org/TR/shacl/ for what is allowed.")


class _Prepared(Graph):
    """A graph that parses each query text once; pyshacl asks the same few again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._prepared: dict[tuple[str, str], Query] = {}

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> QueryResult:
        """Answer a query as Graph does."""
        if isinstance(query_object, str):
            namespaces = dict(options.get("initNs") or self.namespaces())
            key = (query_object, repr(namespaces))
            if key not in self._prepared:
                self._prepared[key] = prepareQuery(query_object, initNs=namespaces)
            query_object = self._prepared[key]
        return super().query(query_object, *args, **options)


def _graph(triples: Iterable[Triple]) -> Graph:
    """Make an rdflib graph of parsed triples."""
    graph = _Prepared()
    for triple in triples:
        graph.add(_rdflib_triple(triple))
    return graph


def _rdflib_triple(triple: Triple) -> _Statement:
    subject = _rdflib_term(triple.subject)
    if not isinstance(subject, IdentifiedNode):
        raise _not_validated()
    return subject, URIRef(triple.predicate.value), _rdflib_term(triple.object)


def _rdflib_term(node: Node) -> RdflibNode:
    """Make an rdflib term of ours, keeping the lexical form of literals."""
    if isinstance(node, NamedNode):
        return URIRef(node.value)
    if isinstance(node, BlankNode):
        return BNode(node.value)
    if isinstance(node, Literal):
        if node.language:
            return RdflibLiteral(node.value, lang=node.language)
        if node.datatype.value == XSD + "string":  # rdflib holds "a" and "a"^^xsd:string for two
            return RdflibLiteral(node.value)
        return RdflibLiteral(node.value, datatype=URIRef(node.datatype.value), normalize=False)
    raise _not_validated()


def _not_validated() -> UnsafeInputError:
    return UnsafeInputError(
        what="a statement about a statement",
        remedy="Describe it by a node of its own, as the case model does.",
    )


def _triple(subject: RdflibNode, predicate: RdflibNode, value: RdflibNode) -> Triple:
    """Make one of our triples of an rdflib one."""
    ours = _term(subject)
    if isinstance(ours, Literal | Triple):
        raise TypeError("a report has no literal as subject")
    return Triple(ours, NamedNode(str(predicate)), _term(value))


def _term(node: RdflibNode) -> Node:
    """Make one of our terms of an rdflib term."""
    if isinstance(node, URIRef):
        return NamedNode(str(node))
    if isinstance(node, RdflibLiteral):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else None)
    return BlankNode(str(node))
