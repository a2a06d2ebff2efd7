"""SPARQL constraints asked once for all focus nodes, where that means the same as once for each.

An engine asks the query of a SPARQL constraint for one focus node after the other (SHACL section
5.3.1), and each time some joins look at the whole graph: the time grows with the square of a
document. Here the focus nodes are put into the graph, and the query starts from them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final
from urllib.parse import quote

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
)

from govkg.ontology import TYPE, Ontology
from govkg.rdf import Node
from govkg.validation.queries import means_the_same, started_from, uncommented
from govkg.validation.results import Result
from govkg.validation.shapes import declared_prefixes, sh, text_of
from govkg.vocabulary import RDF, RDFS, SH

_OURS: Final = "urn:x-govkg:engine:targets:"
_FOCUS: Final = NamedNode("urn:x-govkg:engine:focus-of")
_SUBCLASS: Final = NamedNode(RDFS + "subClassOf")
_COMPONENT: Final = SH + "SPARQLConstraintComponent"
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
    """The query as it is given, without comments."""
    messages: tuple[Literal, ...]
    severity: Node
    classes: frozenset[Node]


def _target(classes: frozenset[Node]) -> NamedNode:
    """Return a name for the focus nodes of all shapes with these target classes."""
    return NamedNode(_OURS + quote(" ".join(sorted(map(str, classes)))))


class SetWise:
    """The SPARQL constraints of some shapes that may be asked for all focus nodes together."""

    def __init__(
        self,
        shapes: Sequence[Triple],
        background: Iterable[Triple] = (),
        only: frozenset[Node] | None = None,
    ) -> None:
        """Find these constraints, of some shapes ``only``; ``rest`` is left: all without them.

        Of the background it is kept which classes are below which.
        """
        known = Ontology(shapes)
        self.prefixes = declared_prefixes(shapes)
        used = {t.object for t in shapes if t.predicate.value.startswith((SH, RDF))}
        taken = {
            triple: constraint
            for triple in (shapes if _prefixes_are_clear(known) else ())
            if triple.predicate == sh("sparql") and triple.subject not in used
            if only is None or triple.subject in only
            if (constraint := _constraint(known, triple))
        }
        self.constraints = tuple(taken.values())
        self.shapes = frozenset[Node](constraint.shape for constraint in taken.values())
        self.classes = frozenset[Node]().union(*(each.classes for each in taken.values()))
        self.rest = [triple for triple in shapes if triple not in taken]
        self._above = _above(background)
        self.targets = self._targets(self._above)
        self._marks = {classes: _target(classes) for classes in self.targets}

    def results(self, data: Sequence[Triple], beside: str) -> Iterator[Result]:
        """Yield a result for each solution of a query that starts from a node of some data.

        What is known ``beside`` the data comes as N-Triples.
        """
        foci = self.foci(data)
        if not foci:
            return
        marks = (
            Quad(node, _FOCUS, self._marks[classes])
            for classes, nodes in foci.items()
            for node in nodes
        )
        given = (Quad(triple.subject, triple.predicate, triple.object) for triple in data)
        store = Store()
        store.load(beside.encode(), format=RdfFormat.N_TRIPLES)
        store.bulk_extend(chain(given, marks))
        for constraint in self.constraints:
            if constraint.classes in foci:
                yield from self._solutions(store, constraint)

    def _solutions(self, store: Store, constraint: Constraint) -> Iterator[Result]:
        focus = f"$this {_FOCUS} {self._marks[constraint.classes]} ."
        found = store.query(started_from(constraint.query, focus), prefixes=self.prefixes)
        if not isinstance(found, QuerySolutions):
            raise TypeError("a SELECT query gave no solutions")
        names = [variable.value for variable in found.variables]
        for solution in found:
            yield _result(constraint, dict(zip(names, solution, strict=True)))

    def foci(self, data: Sequence[Triple]) -> dict[frozenset[Node], set[NamedNode | BlankNode]]:
        """Return the focus nodes by the classes that make them so (SHACL section 2.1.3.2)."""
        members: defaultdict[Node, set[NamedNode | BlankNode]] = defaultdict(set)
        new: list[Triple] = []
        for triple in data:
            if triple.predicate == TYPE and not isinstance(triple.subject, Triple):
                members[triple.object].add(triple.subject)
            elif triple.predicate == _SUBCLASS:
                new.append(triple)
        kinds = self._targets(_above(new, self._above)) if new else self.targets
        found = {
            classes: set[NamedNode | BlankNode]().union(
                *(members[k] for k in below if k in members)
            )
            for classes, below in kinds.items()
        }
        return {classes: nodes for classes, nodes in found.items() if nodes}

    def _targets(self, above: Mapping[Node, set[Node]]) -> dict[frozenset[Node], set[Node]]:
        """Return for the target classes of each shape all classes below them, they included."""
        return {each.classes: below(each.classes, above) for each in self.constraints}


def _above(
    triples: Iterable[Triple], known: Mapping[Node, set[Node]] | None = None
) -> defaultdict[Node, set[Node]]:
    """Return which classes are right below which, beside what is known already."""
    above: defaultdict[Node, set[Node]] = defaultdict(set)
    for node, others in (known or {}).items():
        above[node] = set(others)
    for triple in triples:
        if triple.predicate == _SUBCLASS:
            above[triple.object].add(triple.subject)
    return above


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
    messages = known.values(node, sh("message")) or known.values(shape, sh("message"))
    if not means_the_same(query) or any(_PATH.search(str(message)) for message in messages):
        return None
    severity = known.values(shape, sh("severity"))
    return Constraint(
        shape,
        uncommented(query),
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


def _result(constraint: Constraint, bound: Mapping[str, Node | None]) -> Result:
    """Return one validation result (SHACL section 5.3.2)."""
    focus = bound["this"]
    if focus is None:
        raise TypeError("a query that starts from the focus node must bind it")
    texts = (
        _VARIABLE.sub(lambda found: _shown(bound.get(found[1]), found[0]), message.value)
        for message in constraint.messages
    )
    return Result(
        focus=focus,
        severity=text_of(constraint.severity),
        component=_COMPONENT,
        shape=constraint.shape,
        path=None,
        value=bound.get("value") or focus,
        messages=tuple(
            Literal(text, language=message.language)
            for text, message in zip(texts, constraint.messages, strict=True)
        ),
    )


_PATH: Final = re.compile(r"\{[?$]path\}", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")


def _shown(value: Node | None, otherwise: str) -> str:
    return otherwise if value is None else text_of(value)
