"""The door of pyshacl and rdflib: run the shapes over already parsed triples."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyshacl
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdflibLiteral
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import IdentifiedNode
from rdflib.term import Node as RdflibNode

from govkg.errors import Language
from govkg.rdf import Node, shorten
from govkg.validation.findings import SEVERITIES, Finding, Report, Severity
from govkg.vocabulary import DCTERMS, GC, GOV, RDF, RDFS, SH, SKOS

_TYPE = URIRef(RDF + "type")
_CASE = URIRef(GOV + "GovernanceCase")
_RULE = URIRef(GOV + "ruleId")
_Statement = tuple[IdentifiedNode, URIRef, RdflibNode]
_LANGUAGES: tuple[Language, ...] = ("en", "zh")


class Validator:
    """The shapes and the ontology, loaded once; it may not be shared between threads."""

    def __init__(self, shapes: Iterable[Triple], background: Iterable[Triple]) -> None:
        """Take the shapes, and the ontology as background knowledge about concepts."""
        self._shapes = _graph(shapes)
        self._data = _graph(background)

    def validate(self, triples: Iterable[Triple]) -> Report:
        """Check the triples of a submission; findings speak of its own subjects only."""
        submitted = [_rdflib_triple(triple) for triple in triples]
        own = {subject for subject, _, _ in submitted}
        with self._together(submitted):
            results = self._run()
            findings = [
                self._finding(results, node)
                for node in results.subjects(_TYPE, URIRef(SH + "ValidationResult"))
                if results.value(node, URIRef(SH + "focusNode")) in own
            ]
        cases = sum(1 for _, p, o in submitted if p == _TYPE and o == _CASE)
        return Report(tuple(sorted(findings, key=_order)), cases)

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

    def _run(self) -> Graph:
        """Return the report of pyshacl as a graph."""
        _, results, _ = pyshacl.validate(
            self._data, shacl_graph=self._shapes, advanced=True, inplace=True, inference="none"
        )
        if not isinstance(results, Graph):
            raise TypeError("pyshacl gave no report")
        return results

    def _finding(self, results: Graph, node: RdflibNode) -> Finding:
        """Read one result into a finding, with the words of the shape that it breaks."""

        def value(name: str) -> RdflibNode | None:
            return results.value(node, URIRef(SH + name))

        shape, focus = value("sourceShape"), value("focusNode")
        severity = str(value("resultSeverity")).removeprefix(SH).lower()
        path, blamed = value("resultPath"), value("value")
        messages = results.objects(node, URIRef(SH + "resultMessage"))
        return Finding(
            rule=str(self._shapes.value(shape, _RULE) or ""),
            shape=str(shape),
            severity=next((known for known in SEVERITIES if known == severity), "violation"),
            focus=_term(focus),
            focus_label=self._label(focus),
            path=str(path) if isinstance(path, URIRef) else "",
            value=_term(blamed) if blamed is not None else None,
            name=_by_language(self._shapes.objects(shape, URIRef(SH + "name"))),
            message=self._message(shape, messages),
        )

    def _message(
        self, shape: RdflibNode | None, messages: Iterable[RdflibNode]
    ) -> dict[Language, str]:
        """Return one message for each language, with labels in the place of concepts' IRIs.

        pyshacl drops the language of a SPARQL constraint's message when it fills in a value, so
        such a message is matched with the templates of the shape.
        """
        tagged = [self._tagged(shape, message) for message in messages]
        found = _by_language(tagged)
        return {language: self._with_labels(text, language) for language, text in found.items()}

    def _tagged(self, shape: RdflibNode | None, message: RdflibNode) -> RdflibNode:
        if getattr(message, "language", None):
            return message
        for constraint in self._shapes.objects(shape, URIRef(SH + "sparql")):
            for template in self._shapes.objects(constraint, URIRef(SH + "message")):
                language = getattr(template, "language", None)
                if language and _pattern(str(template)).fullmatch(str(message)):
                    return RdflibLiteral(str(message), lang=language)
        return message

    def _with_labels(self, text: str, language: Language) -> str:
        def labelled(found: re.Match[str]) -> str:
            labels = self._data.objects(URIRef(found.group()), URIRef(SKOS + "prefLabel"))
            known = {getattr(label, "language", ""): str(label) for label in labels}
            label = known.get(language) or known.get("en")
            return f"“{label}” ({shorten(found.group())})" if label else shorten(found.group())

        return _OUR_IRI.sub(labelled, text)

    def _label(self, focus: RdflibNode | None) -> str:
        """Return what the submission calls a node."""
        for predicate in (DCTERMS + "title", RDFS + "label"):
            labels = [str(o) for o in self._data.objects(focus, URIRef(predicate))]
            if labels:
                return min(labels)
        return ""


def _order(finding: Finding) -> tuple[int, str, str, str]:
    """Sort the gravest first, then by rule and place."""
    return SEVERITIES.index(finding.severity), finding.rule, str(finding.focus), finding.path


def _pattern(template: str) -> re.Pattern[str]:
    """Return what a message looks like once its variables, ``{?name}``, are filled in."""
    parts = re.split(r"\{[?$]\w+\}", template)
    return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)


_OUR_IRI = re.compile(f"(?:{re.escape(GC)}|{re.escape(GOV)})[A-Za-z0-9-]+")


def _by_language(texts: Iterable[RdflibNode]) -> dict[Language, str]:
    """Return one text for each of our languages; English stands in for a missing one."""
    found = {getattr(text, "language", None) or "en": str(text) for text in texts}
    english = found.get("en", next(iter(found.values()), ""))
    return {language: found.get(language, english) for language in _LANGUAGES}


class _Prepared(Graph):
    """A graph that parses each query text once; pyshacl asks the same few again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._prepared: dict[tuple[str, str], Query] = {}

    def query(self, query_object: str | Query, *args: Any, **options: Any) -> Result:
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
        raise TypeError("triple terms are not validated")
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
        return RdflibLiteral(node.value, datatype=URIRef(node.datatype.value), normalize=False)
    raise TypeError("triple terms are not validated")


def _term(node: RdflibNode | None) -> Node:
    """Make one of our terms of an rdflib term."""
    if isinstance(node, URIRef):
        return NamedNode(str(node))
    if isinstance(node, RdflibLiteral):
        if node.language:
            return Literal(str(node), language=node.language)
        return Literal(str(node), datatype=NamedNode(str(node.datatype)) if node.datatype else None)
    return BlankNode(str(node))


__all__ = ["Severity", "Validator"]
