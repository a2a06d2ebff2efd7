"""Write triples down with short names and plain values."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.rdf import Node, expand
from govkg.vocabulary import XSD

Value = Node | str | int | Mapping[str, str]
"""A node, a short name such as ``void:Dataset``, a number, or a text by language."""

_INTEGER = NamedNode(XSD + "integer")
_name = cache(expand)


class Statements:
    """A growing list of triples, with a new blank node whenever one is wanted.

    A part of a thing has the same label whenever the same is written down, whatever else is and
    whatever its numbers are; so little changes when little does.
    """

    def __init__(self, label: str) -> None:
        """Take the beginning of the labels of all blank nodes."""
        self.triples: list[Triple] = []
        self._label = label
        self._nodes = Counter[str]()

    def node(self, told: str = "") -> BlankNode:
        """Return a new blank node; what is told of it makes its label."""
        digest = blake2b(told.encode(), digest_size=8).hexdigest()
        self._nodes[digest] += 1
        return BlankNode(f"{self._label}{digest}x{self._nodes[digest]}")

    def say(self, subject: NamedNode | BlankNode, name: str, *values: Value) -> None:
        """Add a triple for each value, or for each language of a value that is a text."""
        predicate = _name(name)
        for value in values:
            for node in _nodes(value):
                self.triples.append(Triple(subject, predicate, node))

    def part(
        self,
        subject: NamedNode | BlankNode,
        name: str,
        values: Mapping[str, Value] | None = None,
    ) -> BlankNode:
        """Add a nameless part, with a value for each property, and return it."""
        lasting = [each for each in (values or {}).items() if not isinstance(each[1], int)]
        node = self.node(f"{subject} {name} {lasting}")
        self.say(subject, name, node)
        for key, value in (values or {}).items():
            self.say(node, key, value)
        return node


def _nodes(value: Value) -> list[Node]:
    """Return the nodes that a plain value means."""
    if isinstance(value, int):
        return [Literal(str(value), datatype=_INTEGER)]
    if isinstance(value, str):
        return [_name(value)]
    if isinstance(value, Mapping):
        return [Literal(text, language=language) for language, text in value.items()]
    return [value]
