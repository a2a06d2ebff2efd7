"""Read a SHACL validation report, as any engine writes it, into plain values."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.rdf import Node, shorten
from govkg.vocabulary import RDF, SH

_RESULT: Final = NamedNode(SH + "result")

_About = Mapping[Node, list[Triple]]


@dataclass(frozen=True)
class Path:
    """A property path: how people write it, and its triples (SHACL section 2.3.1)."""

    text: str
    """The IRI of a property, or a path in the syntax of SPARQL 1.1."""
    node: Node
    triples: tuple[Triple, ...] = ()


@dataclass(frozen=True)
class Result:
    """One validation result (SHACL section 3.6.2)."""

    focus: Node
    severity: str
    component: str
    """The IRI of the constraint component that is not satisfied."""
    shape: Node | None
    path: Path | None
    value: Node | None
    messages: tuple[Literal, ...]
    causes: tuple[tuple["Result", ...], ...] = ()
    """What breaks the inner shapes that the result speaks of: a group for each of them."""
    within: "Result | None" = None
    """The result of which this is a cause."""


def read_results(report: Iterable[Triple]) -> list[Result]:
    """Return the results that a report itself names; those in ``sh:detail`` are not among them."""
    about: defaultdict[Node, list[Triple]] = defaultdict(list)
    found: list[Node] = []
    for triple in report:
        about[triple.subject].append(triple)
        if triple.predicate == _RESULT:
            found.append(triple.object)
    return [_result(about, node) for node in found]


def _result(about: _About, node: Node) -> Result:
    values: defaultdict[str, list[Node]] = defaultdict(list)
    for triple in about[node]:
        values[triple.predicate.value.removeprefix(SH)].append(triple.object)

    def first(name: str) -> Node | None:
        return values[name][0] if values[name] else None

    path = first("resultPath")
    return Result(
        focus=values["focusNode"][0],
        severity=_iri(first("resultSeverity")),
        component=_iri(first("sourceConstraintComponent")),
        shape=first("sourceShape"),
        path=None if path is None else read_path(about, path),
        value=first("value"),
        messages=tuple(m for m in values["resultMessage"] if isinstance(m, Literal)),
    )


def _iri(node: Node | None) -> str:
    return node.value if isinstance(node, NamedNode) else ""


def read_path(about: _About, node: Node) -> Path:
    """Return a path with its triples, which may be nested (SHACL section 2.3.1)."""
    if isinstance(node, NamedNode):
        return Path(node.value, node)
    return Path(_text(about, node), node, tuple(_reachable(about, node)))


def short_path(path: Path) -> str:
    """Return a path with prefixes for the namespaces that are known."""
    if isinstance(path.node, NamedNode):
        return shorten(path.text)
    return re.sub(r"<([^<>]*)>", lambda found: shorten(found[1]), path.text)


_AFTER: Final = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


def _text(about: _About, node: Node) -> str:
    """Return a path in the syntax of SPARQL 1.1, with whole IRIs."""
    if isinstance(node, NamedNode):
        return str(node)
    values = {triple.predicate.value: triple.object for triple in about.get(node, ())}
    if RDF + "first" in values:
        return f"({'/'.join(_text(about, part) for part in _members(about, node))})"
    if SH + "inversePath" in values:
        return f"^{_text(about, values[SH + 'inversePath'])}"
    if SH + "alternativePath" in values:
        parts = _members(about, values[SH + "alternativePath"])
        return f"({'|'.join(_text(about, part) for part in parts)})"
    for name, sign in _AFTER.items():
        if SH + name in values:
            return f"({_text(about, values[SH + name])}){sign}"
    return str(node)


def _members(about: _About, head: Node) -> Iterator[Node]:
    """Yield the members of a list."""
    seen: set[Node] = set()
    while head in about and head not in seen:
        seen.add(head)
        values = {triple.predicate.value: triple.object for triple in about[head]}
        yield values[RDF + "first"]
        head = values[RDF + "rest"]


def _reachable(about: _About, node: Node) -> Iterator[Triple]:
    """Yield what is said of a blank node, and of the blank nodes that it leads to."""
    seen: set[Node] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here in seen or not isinstance(here, BlankNode):
            continue
        seen.add(here)
        for triple in about.get(here, ()):
            yield triple
            waiting.append(triple.object)
