"""The door of the Rust engine ``shacl``: compiled shapes over N-Triples."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import Final

import shacl
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from govkg.errors import ShapesError, UnsafeInputError
from govkg.rdf import Node
from govkg.validation.background import FORMAT, Background, as_text
from govkg.validation.gathering import Gathered
from govkg.validation.queries import mentioned
from govkg.validation.results import Path, Result, read_path
from govkg.validation.shapes import declared_prefixes, sh
from govkg.vocabulary import RDF, RDFS, SH

_SYNTAX: Final = "ntriples"
_SEE: Final = "See https://www.w3.org/TR/shacl/ for what is allowed."
_OURS: Final = "urn:x-govkg:engine:"
_NODE: Final = _OURS + "node:"
_NAMES: Final = NamedNode(_OURS + "names")
_PROBE: Final = f"""
@prefix sh: <{SH}> .
<{_OURS}probe> a sh:NodeShape ; sh:targetSubjectsOf {_NAMES} ; sh:property <{_OURS}names-probe> .
<{_OURS}names-probe> sh:path {_NAMES} ; sh:nodeKind sh:Literal .
"""
"""A shape that is broken by each blank node which something ``names``: the engine gives blank nodes
labels of its own, and the results of this shape tell which is which."""


class FastEngine:
    """Shapes compiled once; each validation parses the background again, so it is kept small."""

    def __init__(
        self,
        shapes: Iterable[Triple],
        background: Iterable[Triple],
        *,
        together: bool = True,
    ) -> None:
        """Compile the shapes and pick what they can ask of the background.

        If ``together``, SPARQL is asked for all nodes at once where that means the same.
        """
        shapes, background = list(shapes), list(background)
        self._background = Background(background, _predicates(shapes))
        self._gathered = Gathered(shapes if together else [], background)
        self._take(self._gathered.shapes if together else shapes)

    def _take(self, shapes: Sequence[Triple]) -> None:
        self._shapes = _compiled(shapes)
        self._paths = _paths(shapes)
        self._texts = _texts(shapes)

    def with_shapes(self, shapes: Sequence[Triple]) -> "FastEngine":
        """Return an engine with the same background; see ``Engine``."""
        other = copy(self)
        other._gathered = Gathered([], [])  # none of the copies has the target of its original
        other._take(shapes)
        return other

    def results(self, data: Sequence[Triple]) -> list[Result]:
        """Validate data together with the background; see ``Engine``."""
        known, given = self._background.text(data), as_text(data)
        marks, foci = self._gathered.marked(data)
        text = "".join((known, given, as_text([*_names(data, given), *marks])))
        found = self._read(_validated(self._shapes, text))
        return [self._gathered.told(result, foci) for result in found]

    def _read(self, found: Sequence[shacl.Result]) -> list[Result]:
        """Return what the engine found, with the labels that blank nodes had in the data."""
        labels = {
            each.value: BlankNode(each.focus_node[1:-1].removeprefix(_NODE))
            for each in found
            if each.focus_node.startswith(f"<{_NODE}") and each.value
        }
        return [
            self._result(each, labels)
            for each in found
            if not each.focus_node.startswith(f"<{_NODE}")
        ]

    def _result(self, found: shacl.Result, labels: Mapping[str, BlankNode]) -> Result:
        def node(text: str) -> Node:
            return labels.get(text) or _term(text)

        shape = node(found.source_shape) if found.source_shape else None
        return Result(
            focus=node(found.focus_node),
            severity=found.severity_iri,
            component=found.component_iri,
            shape=shape,
            path=self._path(shape, found.path),
            value=node(found.value) if found.value else None,
            messages=tuple(self._texts.get(text) or Literal(text) for text in found.messages),
        )

    def _path(self, shape: Node | None, text: str | None) -> Path | None:
        """Return the path of a result: the property that a query bound, or that of the shape."""
        if text is None:
            return None
        if text.startswith("<"):
            return Path(text[1:-1], _term(text))
        return None if shape is None else self._paths.get(shape)


def _compiled(shapes: Iterable[Triple]) -> shacl.Shapes:
    """Compile shapes, with the probe among them."""
    probe = (q.triple for q in parse(_PROBE, format=RdfFormat.TURTLE))
    try:
        return shacl.Shapes.from_text(as_text([*shapes, *probe]), _SYNTAX)
    except ValueError as error:
        raise ShapesError(reason=str(error), remedy=_SEE) from error


def _paths(shapes: Iterable[Triple]) -> dict[Node, Path]:
    """Return the paths of property shapes."""
    about: defaultdict[Node, list[Triple]] = defaultdict(list)
    for triple in shapes:
        about[triple.subject].append(triple)
    return {
        triple.subject: read_path(about, triple.object)
        for triples in about.values()
        for triple in triples
        if triple.predicate == sh("path")
    }


def _texts(shapes: Iterable[Triple]) -> dict[str, Literal]:
    """Return the messages in the shapes with their languages, of which the engine says nothing.

    Left out is what would be said alike in several languages.
    """
    found: defaultdict[str, set[Literal]] = defaultdict(set)
    for triple in shapes:
        if triple.predicate == sh("message") and isinstance(triple.object, Literal):
            found[triple.object.value].add(triple.object)
    return {text: alike.pop() for text, alike in found.items() if len(alike) == 1}


def _validated(shapes: shacl.Shapes, text: str) -> list[shacl.Result]:
    """Return what the engine finds in data in N-Triples."""
    try:
        return shapes.validate_text(text, _SYNTAX).results
    except ValueError as error:
        if str(error).startswith("SPARQL"):
            raise ShapesError(reason=str(error), remedy=_SEE) from error
        raise UnsafeInputError(
            what=f"something that cannot be validated ({error})",
            remedy="Check the IRIs, language tags and datatypes of the document.",
        ) from error


def _term(text: str) -> Node:
    """Return a term that is written as in N-Triples."""
    if text.startswith("<") and "\\" not in text:
        return NamedNode(text[1:-1])
    (quad,) = parse(f"<a:a> <a:a> {text} .", format=FORMAT)
    value: Node = quad.object
    return value


def _names(data: Iterable[Triple], text: str) -> Iterator[Triple]:
    """Yield a triple that names each blank node of the data, of which the text is given."""
    if "_:" not in text:
        return
    for node in {node for triple in data for node in (triple.subject, triple.object)}:
        if isinstance(node, BlankNode):
            yield Triple(NamedNode(f"{_NODE}{node.value}"), _NAMES, node)


def _predicates(shapes: Sequence[Triple]) -> set[str]:
    """Return the IRIs that the shapes mention, in paths or in SPARQL: all that they can ask for.

    A pattern with a variable as predicate must start at ``$this``: of the other properties in the
    background, an engine is only given those of the submission's own subjects.
    """
    found = {RDF + "type", RDFS + "subClassOf", RDF + "first", RDF + "rest"}
    for triple in shapes:
        if isinstance(triple.object, NamedNode):
            found.add(triple.object.value)
    prefixes = declared_prefixes(shapes)
    for triple in shapes:
        if triple.predicate.value in _QUERIES and isinstance(triple.object, Literal):
            found |= mentioned(triple.object.value, prefixes)
    return found


_QUERIES: Final = {SH + "select", SH + "ask", SH + "construct"}
