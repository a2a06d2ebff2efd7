"""The door of the Rust engine ``shacl``: compiled shapes over N-Triples."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import shacl
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from govkg.errors import ShapesError, UnsafeInputError
from govkg.rdf import Node
from govkg.validation.setwise import SetWise, mentioned
from govkg.validation.shapes import declared_prefixes
from govkg.vocabulary import RDF, RDFS, SH

_SYNTAX: Final = "ntriples"
_FORMAT: Final = RdfFormat.N_TRIPLES
_SEE: Final = "See https://www.w3.org/TR/shacl/ for what is allowed."
_LARGE: Final = 2_500
"""From how many triples on SPARQL is asked for all nodes together: about ten cases."""
_OURS: Final = "urn:x-govkg:engine:"
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
        together_from: int = _LARGE,
    ) -> None:
        """Compile the shapes and pick what they can ask of the background.

        For data with ``together_from`` triples or more, SPARQL is asked for many nodes together.
        """
        shapes = list(shapes)
        probe = [q.triple for q in parse(_PROBE, format=RdfFormat.TURTLE)]
        self._shapes = _compiled([*shapes, *probe])
        self._set_wise = SetWise(shapes)
        self._rest = _compiled([*self._set_wise.rest, *probe])
        self._together_from = together_from
        asked = _predicates(shapes)
        background = list(background)
        self._asked_triples = [t for t in background if t.predicate.value in asked]
        self._other: defaultdict[Node, list[Triple]] = defaultdict(list)
        for triple in background:
            if triple.predicate.value not in asked:
                self._other[triple.subject].append(triple)
        self._words: defaultdict[Node, list[Triple]] = defaultdict(list)
        self._beyond: defaultdict[Node, list[Node]] = defaultdict(list)
        self._asked = _text(self._links())

    def _links(self) -> Iterator[Triple]:
        """Yield the asked triples between nodes; keep their literals by node, for ``_words_of``."""
        for triple in self._asked_triples:
            if isinstance(triple.object, Literal):
                self._words[triple.subject].append(triple)
            else:
                self._beyond[triple.subject].append(triple.object)
                yield triple

    def report(self, data: Sequence[Triple]) -> list[Triple]:
        """Validate data together with the background; see ``Engine``."""
        subjects = {triple.subject for triple in data}
        known = [triple for subject in subjects for triple in self._other.get(subject, ())]
        given = _text(data)
        words = self._words_of(data)
        text = self._asked + given + _text([*words, *known, *_names(data, given)])
        if len(data) < self._together_from:
            return _validated(self._shapes, text)
        together = self._set_wise.results([*self._asked_triples, *known, *data])
        return [*_validated(self._rest, text), *together]

    def _words_of(self, data: Iterable[Triple]) -> Iterator[Triple]:
        """Yield the literals that the background has for whatever the data leads to.

        Nobody asks for those of other nodes, and they are most of the background.
        """
        waiting = {node for t in data for node in (t.subject, t.predicate, t.object)}
        waiting &= self._beyond.keys() | self._words.keys()
        seen, queue = set(waiting), list(waiting)
        while queue:
            node = queue.pop()
            yield from self._words.get(node, ())
            for other in self._beyond.get(node, ()):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)


def _compiled(shapes: Iterable[Triple]) -> shacl.Shapes:
    try:
        return shacl.Shapes.from_text(_text(shapes), _SYNTAX)
    except ValueError as error:
        raise ShapesError(reason=str(error), remedy=_SEE) from error


def _validated(shapes: shacl.Shapes, text: str) -> list[Triple]:
    """Return what the engine reports of data in N-Triples."""
    try:
        report = shapes.validate_text(text, _SYNTAX).serialize(_SYNTAX)
    except ValueError as error:
        if str(error).startswith("SPARQL"):
            raise ShapesError(reason=str(error), remedy=_SEE) from error
        raise UnsafeInputError(
            what=f"something that cannot be validated ({error})",
            remedy="Check the IRIs, language tags and datatypes of the document.",
        ) from error
    return list(_as_given([q.triple for q in parse(report, format=_FORMAT)]))


def _text(triples: Iterable[Triple]) -> str:
    return (serialize(triples, format=_FORMAT) or b"").decode()


def _names(data: Iterable[Triple], text: str) -> Iterator[Triple]:
    """Yield a triple that names each blank node of the data, of which the text is given."""
    if "_:" not in text:
        return
    for node in {node for triple in data for node in (triple.subject, triple.object)}:
        if isinstance(node, BlankNode):
            yield Triple(NamedNode(f"{_OURS}node:{node.value}"), _NAMES, node)


def _as_given(report: Sequence[Triple]) -> Iterator[Triple]:
    """Yield a report with the labels that blank nodes had in the data, without the probe."""
    focus, value = NamedNode(SH + "focusNode"), NamedNode(SH + "value")
    probed = {
        t.subject: t.object.value.removeprefix(_OURS + "node:")
        for t in report
        if t.predicate == focus
        and isinstance(t.object, NamedNode)
        and t.object.value.startswith(_OURS + "node:")
    }
    if not probed:
        yield from report
        return
    given: dict[Node, Node] = {
        t.object: BlankNode(probed[t.subject])
        for t in report
        if t.predicate == value and t.subject in probed
    }
    for triple in report:
        if triple.subject not in probed and triple.object not in probed:
            yield Triple(triple.subject, triple.predicate, given.get(triple.object, triple.object))


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
