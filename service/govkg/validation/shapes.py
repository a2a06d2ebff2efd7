"""What the shapes say of themselves: names, rules, messages and the parameters of constraints."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.errors import Language, ShapesError
from govkg.ontology import IDENTIFIER, TYPE, Ontology, Texts
from govkg.rdf import Node
from govkg.validation.results import Path, read_path
from govkg.vocabulary import GOV, GSH, RDF, SH

LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
Words = dict[Language, str]
"""One text for each of our languages."""

_WEIGHT: Final = NamedNode(GSH + "weight")
_PROFILE: Final = NamedNode(GSH + "ValidationProfile")
_SHARED: Final = NamedNode(GSH + "isShared")
_ACROSS: Final = NamedNode(GSH + "acrossCases")
_RULE: Final = NamedNode(GOV + "ruleId")
_NAMED: Final = "urn:x-govkg:shape:"
_VALIDATORS: Final = ("validator", "nodeValidator", "propertyValidator")
_QUERIES: Final = {SH + "select", SH + "ask"}
_INNER: Final = re.compile(r"\{\s*SELECT\b([^{]*?)(?:WHERE\s*)?\{", re.IGNORECASE)
_THIS: Final = re.compile(r"[$?]this\b")
_STRUCTURE: Final = {
    RDF + "first",
    RDF + "rest",
    SH + "prefix",
    SH + "inversePath",
    SH + "alternativePath",
    SH + "zeroOrMorePath",
    SH + "oneOrMorePath",
    SH + "zeroOrOnePath",
}
"""The properties of lists, paths and prefixes, whose blank nodes are better left blank."""


def sh(name: str) -> NamedNode:
    """Return a term of SHACL."""
    return NamedNode(SH + name)


def named(shapes: Iterable[Triple]) -> list[Triple]:
    """Give each blank shape an IRI, so that what an engine says of it can be looked up."""
    shapes = list(shapes)
    parts = {t.subject for t in shapes if t.predicate.value in _STRUCTURE}
    blank = {t.subject for t in shapes if isinstance(t.subject, BlankNode)} - parts
    iris: dict[Node, NamedNode] = {
        node: NamedNode(_NAMED + node.value) for node in blank if isinstance(node, BlankNode)
    }
    return [
        Triple(iris.get(t.subject, t.subject), t.predicate, iris.get(t.object, t.object))
        for t in shapes
    ]


def unnamed(node: Node) -> Node:
    """Return the blank node that ``named`` gave this IRI, or the node itself."""
    if isinstance(node, NamedNode) and node.value.startswith(_NAMED):
        return BlankNode(node.value.removeprefix(_NAMED))
    return node


def declared_prefixes(shapes: Sequence[Triple]) -> dict[str, str]:
    """Return the prefixes that sh:declare declares anywhere in the shapes."""
    prefix = {t.subject: t.object for t in shapes if t.predicate.value == SH + "prefix"}
    space = {t.subject: t.object for t in shapes if t.predicate.value == SH + "namespace"}
    return {
        name.value: found.value
        for node, name in prefix.items()
        if isinstance(name, Literal) and isinstance(found := space.get(node), Literal)
    }


def text_of(node: Node) -> str:
    """Return an IRI, a blank node's label or a literal's text."""
    return str(node) if isinstance(node, Triple) else node.value


class Shapes:
    """The shapes, indexed."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Name the blank shapes and index all.

        Raises ShapesError for a query that SHACL does not allow (section 5.3.1).
        """
        self.triples = named(triples)
        self._index = Ontology(self.triples)
        self._values: dict[tuple[Node, str], Sequence[Node]] = {}
        self._texts: dict[tuple[Node, str], Texts] = {}
        self._templates: dict[Node, Sequence[Literal]] = {}
        self._check_queries()

    def values(self, shape: Node | None, name: str) -> Sequence[Node]:
        """Return the values of a property of SHACL."""
        if shape is None:
            return ()
        key = shape, name
        if key not in self._values:
            self._values[key] = self._index.values(shape, sh(name))
        return self._values[key]

    def rule(self, shape: Node | None) -> str:
        """Return the rule id of a shape, such as ``C05``, or nothing."""
        values = [] if shape is None else self._index.values(shape, _RULE)
        return next((value.value for value in values if isinstance(value, Literal)), "")

    def path(self, shape: Node) -> Path | None:
        """Return the path of a property shape."""
        found = self.values(shape, "path")
        return read_path(self._by_subject, found[0]) if found else None

    def texts(self, shape: Node | None, name: str) -> Texts:
        """Return the texts of a shape by language, such as its ``name``."""
        if shape is None:
            return {}
        key = shape, name
        if key not in self._texts:
            self._texts[key] = self._index.texts(shape, sh(name))
        return self._texts[key]

    def members(self, head: Node) -> list[Node]:
        """Return the members of a list."""
        return self._index.members_of(head)

    def templates(self, shape: Node | None) -> Sequence[Literal]:
        """Return the messages of a shape and of its SPARQL constraints, as they are written."""
        if shape is None:
            return ()
        if shape not in self._templates:
            self._templates[shape] = self._messages([shape, *self.values(shape, "sparql")])
        return self._templates[shape]

    def templates_of(self, component: str) -> list[Literal]:
        """Return the messages of a constraint component and of its validators, as written."""
        node = NamedNode(component)
        validators = (each for name in _VALIDATORS for each in self.values(node, name))
        return self._messages([node, *validators])

    def _messages(self, speakers: Iterable[Node]) -> list[Literal]:
        messages = (value for each in speakers for value in self.values(each, "message"))
        return [message for message in messages if isinstance(message, Literal)]

    @cached_property
    def shared_classes(self) -> frozenset[Node]:
        """Return the classes of what several cases may mention, as ``gsh:isShared`` says."""
        shapes = {t.subject for t in self.triples if t.predicate == _SHARED}
        return frozenset(each for shape in shapes for each in self.values(shape, "targetClass"))

    @cached_property
    def across_cases(self) -> frozenset[Node]:
        """Return the shapes that compare cases, as ``gsh:acrossCases`` says."""
        return frozenset(t.subject for t in self.triples if t.predicate == _ACROSS)

    def queries(self, shapes: Iterable[Node]) -> list[str]:
        """Return the queries of the SPARQL constraints of some shapes."""
        constraints = (each for shape in shapes for each in self.values(shape, "sparql"))
        found = (query for each in constraints for query in self.values(each, "select"))
        return [query.value for query in found if isinstance(query, Literal)]

    def _check_queries(self) -> None:
        """Refuse queries in which an inner one hides ``$this``; no engine of ours sees them all."""
        for triple in self.triples:
            if triple.predicate.value in _QUERIES and isinstance(triple.object, Literal):
                for inner in _INNER.finditer(triple.object.value):
                    if "*" not in inner[1] and not _THIS.search(inner[1]):
                        raise ShapesError(
                            reason=f"the inner query “SELECT {inner[1].strip()}” leaves out $this",
                            remedy="Select $this there too (SHACL, section 5.3.1).",
                        )

    def weight(self, shape: Node | None) -> int:
        """Return how much a shape counts towards completeness."""
        values = [] if shape is None else self._index.values(shape, _WEIGHT)
        return next((int(value.value) for value in values if isinstance(value, Literal)), 0)

    @cached_property
    def _by_subject(self) -> dict[Node, list[Triple]]:
        found: dict[Node, list[Triple]] = {}
        for triple in self.triples:
            found.setdefault(triple.subject, []).append(triple)
        return found

    @cached_property
    def profiles(self) -> dict[str, dict[Node, str]]:
        """Return the profiles by name: the severity of each shape for which they have another."""
        found: dict[str, dict[Node, str]] = {"standard": {}}
        for profile in self._index.subjects(TYPE, _PROFILE):
            for name in self._index.values(profile, IDENTIFIER):
                found[text_of(name)] = {
                    shape: SH + severity
                    for severity in ("Violation", "Warning")
                    for shape in self._index.values(profile, NamedNode(f"{GSH}as{severity}"))
                }
        return found

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Return every rule id once, in order."""
        values = {t.object for t in self.triples if t.predicate == _RULE}
        return tuple(sorted(value.value for value in values if isinstance(value, Literal)))


def in_both(texts: Texts) -> Words:
    """Return one text for each of our languages; English, or any, stands in for a missing one."""
    english = texts.get("en") or texts.get("") or next(iter(texts.values()), "")
    return {language: texts.get(language, english) for language in LANGUAGES}
