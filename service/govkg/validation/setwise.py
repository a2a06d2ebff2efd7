"""SPARQL constraints asked once for all focus nodes, where that means the same as once for each.

An engine asks the query of a SPARQL constraint for one focus node after the other (SHACL section
5.3.1), and each time some joins look at the whole graph: the time grows with the square of a
document. Here the focus nodes are put into the graph, and the query starts from them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    Store,
    Triple,
)

from govkg.ontology import TYPE, Ontology
from govkg.rdf import Node
from govkg.validation.shapes import declared_prefixes, sh, text_of
from govkg.vocabulary import RDF, RDFS, SH

_OURS: Final = "urn:x-govkg:engine:targets:"
_FOCUS: Final = NamedNode("urn:x-govkg:engine:focus-of")
_SUBCLASS: Final = NamedNode(RDFS + "subClassOf")
_COMPONENT: Final = sh("SPARQLConstraintComponent")
_PLAIN: Final = {SH + name for name in ("targetClass", "sparql", "message", "severity", "name")} | {
    SH + "description",
    SH + "order",
}
"""The properties of SHACL that a shape may have for its queries to be asked here."""


@dataclass(frozen=True)
class Constraint:
    """A SPARQL constraint of a node shape with target classes."""

    shape: NamedNode
    query: str
    """The query, which starts from the focus nodes of the shape."""
    messages: tuple[Literal, ...]
    severity: Node
    classes: frozenset[Node]


def _target(classes: frozenset[Node]) -> NamedNode:
    """Return a name for the focus nodes of all shapes with these target classes."""
    return NamedNode(_OURS + quote(" ".join(sorted(map(str, classes)))))


class SetWise:
    """The SPARQL constraints of some shapes that may be asked for all focus nodes together."""

    def __init__(self, shapes: Sequence[Triple], only: frozenset[Node] | None = None) -> None:
        """Find these constraints, of some shapes ``only``; ``rest`` is left: all without them."""
        known = Ontology(shapes)
        used = {t.object for t in shapes if t.predicate.value.startswith((SH, RDF))}
        taken = {
            triple: constraint
            for triple in (shapes if _prefixes_are_clear(known) else ())
            if triple.predicate == sh("sparql") and triple.subject not in used
            if only is None or triple.subject in only
            if (constraint := _constraint(known, triple))
        }
        self._constraints = tuple(taken.values())
        self.shapes = frozenset[Node](constraint.shape for constraint in taken.values())
        self.classes = frozenset[Node]().union(*(each.classes for each in taken.values()))
        self._prefixes = declared_prefixes(shapes)
        self.rest = [triple for triple in shapes if triple not in taken]

    def results(self, graph: Iterable[Triple]) -> Iterator[Triple]:
        """Yield a sh:ValidationResult for each solution, as triples, with blank nodes as given."""
        triples = list(graph)
        store = Store()
        store.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in triples)
        store.bulk_extend(self._foci(triples))
        for number, constraint in enumerate(self._constraints):
            found = store.query(constraint.query, prefixes=self._prefixes)
            if not isinstance(found, QuerySolutions):
                raise TypeError("a SELECT query gave no solutions")
            names = [variable.value for variable in found.variables]
            for row, solution in enumerate(found):
                bound = dict(zip(names, solution, strict=True))
                yield from _result(BlankNode(f"set{number}-{row}"), constraint, bound)

    def _foci(self, triples: Sequence[Triple]) -> Iterator[Quad]:
        """Yield which nodes are focus nodes of which shape (SHACL section 2.1.3.2)."""
        above: defaultdict[Node, set[Node]] = defaultdict(set)
        members: defaultdict[Node, set[NamedNode | BlankNode]] = defaultdict(set)
        for triple in triples:
            if triple.predicate == _SUBCLASS:
                above[triple.object].add(triple.subject)
            elif triple.predicate == TYPE and not isinstance(triple.subject, Triple):
                members[triple.object].add(triple.subject)
        for classes in {constraint.classes for constraint in self._constraints}:
            target = _target(classes)
            for kind in below(classes, above):
                for node in members[kind]:
                    yield Quad(node, _FOCUS, target)


def below(classes: Iterable[Node], above: Mapping[Node, set[Node]]) -> set[Node]:
    """Return classes with all classes below them."""
    found, waiting = set[Node](), list(classes)
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += above.get(here, ())
    return found


def _constraint(known: Ontology, triple: Triple) -> Constraint | None:
    """Return the constraint that a shape has, if it may be asked for all nodes together."""
    shape, node = triple.subject, triple.object
    classes = known.values(shape, sh("targetClass"))
    queries = known.values(node, sh("select"))
    if not isinstance(shape, NamedNode) or not classes or len(queries) != 1:
        return None
    if known.values(node, sh("deactivated")) or not _is_plain(known, shape):
        return None
    query = queries[0].value if isinstance(queries[0], Literal) else ""
    if not means_the_same(query):
        return None
    messages = known.values(node, sh("message")) or known.values(shape, sh("message"))
    severity = known.values(shape, sh("severity"))
    return Constraint(
        shape,
        _WHERE.sub(f"WHERE {{ $this {_FOCUS} {_target(frozenset(classes))} . ", query, count=1),
        tuple(each for each in messages if isinstance(each, Literal)),
        severity[0] if severity else sh("Violation"),
        frozenset(classes),
    )


def _prefixes_are_clear(known: Ontology) -> bool:
    """Return whether each prefix stands for one namespace in all the shapes."""
    pairs = {
        (prefix, space)
        for triple in known.triples
        if triple.predicate == sh("declare")
        for prefix in known.values(triple.object, sh("prefix"))
        for space in known.values(triple.object, sh("namespace"))
    }
    return len(pairs) == len({prefix for prefix, _ in pairs})


def _is_plain(known: Ontology, shape: NamedNode) -> bool:
    """Return whether a shape is one of nodes, with targets by class only."""
    return all(
        triple.predicate.value in _PLAIN
        for triple in known.about(shape)
        if triple.predicate.value.startswith(SH)
    )


_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_GROUPED: Final = re.compile(r"\bGROUP\s+BY\s+[$?]this\b", re.IGNORECASE)
_NOT_HERE: Final = re.compile(
    r"\b(?:MINUS|VALUES|GRAPH|SERVICE|LIMIT|OFFSET|HAVING|ASK)\b"
    r"|[$?](?:PATH|path|message|currentShape|shapesGraph)\b",
    re.IGNORECASE,
)
_FOR_EACH: Final = re.compile(r"^\s*SELECT\s+(?:DISTINCT\s+)?[$?]this\b", re.IGNORECASE)
_AGGREGATE: Final = re.compile(
    r"\b(?:COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT)\s*\(", re.IGNORECASE
)
_TEXT: Final = re.compile(r"\"[^\"\\\n]*\"|'[^'\\\n]*'|<[^<>\s]*>|#[^\n]*")
_INNERMOST: Final = re.compile(r"(\bEXISTS\s*)?\{([^{}]*)\}", re.IGNORECASE)
_USES_THIS: Final = re.compile(r"\b(?:FILTER|BIND)\b.*[$?]this\b", re.IGNORECASE | re.DOTALL)


def means_the_same(query: str) -> bool:
    """Return whether a query finds the same for all focus nodes as for each (a cautious answer).

    It must not count across nodes, nor ask of ``$this`` in a group where nothing binds it.
    """
    text = _TEXT.sub(" ", query)
    if not _FOR_EACH.search(text) or len(re.findall(r"\bSELECT\b", text, re.IGNORECASE)) > 1:
        return False
    if _NOT_HERE.search(text) or len(_WHERE.findall(query)) != 1:
        return False
    if _AGGREGATE.search(text) and not _GROUPED.search(text):
        return False
    inner = _WHERE.split(text)[-1].rpartition("}")[0]
    return not any(_USES_THIS.search(group) for group in _plain_groups(inner))


def _plain_groups(text: str) -> Iterator[str]:
    """Yield the groups within a group, but for those that are asked whether they EXIST."""
    while found := _INNERMOST.search(text):
        if not found[1]:
            yield found[2]
        text = text[: found.start()] + " " + text[found.end() :]


def _result(
    node: BlankNode, constraint: Constraint, bound: Mapping[str, Node | None]
) -> Iterator[Triple]:
    """Yield one validation result (SHACL section 5.3.2)."""
    focus = bound["this"]
    if focus is None:
        raise TypeError("a query that starts from the focus node must bind it")
    yield Triple(BlankNode("set-report"), sh("result"), node)
    yield Triple(node, sh("focusNode"), focus)
    yield Triple(node, sh("value"), bound.get("value") or focus)
    yield Triple(node, sh("resultSeverity"), constraint.severity)
    yield Triple(node, sh("sourceConstraintComponent"), _COMPONENT)
    yield Triple(node, sh("sourceShape"), constraint.shape)
    for message in constraint.messages:
        text = _VARIABLE.sub(lambda found: _shown(bound.get(found[1]), found[0]), message.value)
        yield Triple(node, sh("resultMessage"), Literal(text, language=message.language))


_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")


def _shown(value: Node | None, otherwise: str) -> str:
    return otherwise if value is None else text_of(value)


_IN_QUERY: Final = re.compile(r"<([^<>\s]+)>|([A-Za-z][\w-]*)?:([\w-]+)")


def mentioned(query: str, prefixes: Mapping[str, str]) -> set[str]:
    """Return every IRI in the text of a query."""
    return {
        found[1] or prefixes.get(found[2] or "", "") + found[3]
        for found in _IN_QUERY.finditer(query)
    }
