"""“Did you mean …?”: the allowed values that are nearest to the one that was given."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from rapidfuzz import fuzz, process, utils

from govkg.ontology import ALT_LABEL, LABEL, PREF_LABEL, TYPE, Ontology
from govkg.rdf import Node, shorten
from govkg.validation.expecting import kind
from govkg.validation.results import Result
from govkg.validation.shapes import Shapes, Words, in_both, text_of
from govkg.vocabulary import GC, GOV, RDFS

_MOST: Final = 3
_LIKENESS: Final = 70.0
"""The least likeness, from 0 to 100, of what is suggested."""
_SUBCLASS: Final = NamedNode(RDFS + "subClassOf")

Names = dict[Node, tuple[str, ...]]
"""Nodes with all that they are called."""


@dataclass(frozen=True)
class Suggestion:
    """A value that may have been meant."""

    value: Node
    label: Words

    def as_json(self) -> dict[str, Any]:
        """Return the suggestion as JSON values."""
        return {"value": text_of(self.value), "label": self.label}


class Suggester:
    """Knows the allowed values of the shapes, and what they are called."""

    def __init__(self, shapes: Shapes, background: Ontology) -> None:
        """Take the shapes, and the concepts among which to choose."""
        self._shapes = shapes
        self._background = background
        self._pools: dict[Node | str, Names] = {}

    def suggest(
        self, result: Result, submitted: dict[Node, Sequence[Node]]
    ) -> tuple[Suggestion, ...]:
        """Return the nearest allowed values for the one that is to blame, the nearest first.

        ``submitted`` holds the submission's own nodes by their class.
        """
        if result.value is None or isinstance(result.value, BlankNode | Triple):
            return ()
        pool = self._pool(result, submitted)
        wanted = _slug(result.value)
        scored: dict[Node, float] = {}
        for node, names in pool.items():
            found = process.extractOne(
                wanted, names, scorer=fuzz.WRatio, processor=utils.default_process
            )
            if found and found[1] >= _LIKENESS and node != result.value:
                scored[node] = found[1]
        best = sorted(scored, key=lambda node: (-scored[node], str(node)))[:_MOST]
        return tuple(Suggestion(node, self._label(node)) for node in best)

    def _pool(self, result: Result, submitted: dict[Node, Sequence[Node]]) -> Names:
        """Return the values among which to look."""
        asked = kind(result.component)
        if asked == "In":
            heads = self._shapes.values(result.shape, "in")
            members = [member for head in heads for member in self._shapes.members(head)]
            return {member: self._names(member) for member in members}
        if asked == "Class":
            found: Names = {}
            for each in self._shapes.values(result.shape, "class"):
                found |= self._instances(each)
                found |= {node: self._names(node) for node in submitted.get(each, ())}
            return found
        return self._namesakes(result.value)

    def _instances(self, kind_of: Node) -> Names:
        """Return the concepts of a class and of the classes below it."""
        if kind_of not in self._pools:
            self._pools[kind_of] = {
                node: self._names(node)
                for each in self._below(kind_of)
                for node in self._background.members(each)
            }
        return self._pools[kind_of]

    def _below(self, kind_of: Node) -> Iterator[NamedNode]:
        """Yield a class and all classes below it."""
        waiting, seen = [kind_of], set[Node]()
        while waiting:
            here = waiting.pop()
            if isinstance(here, NamedNode) and here not in seen:
                seen.add(here)
                yield here
                waiting += self._background.subjects(_SUBCLASS, here)

    def _namesakes(self, value: Node | None) -> Names:
        """Return the terms of our own namespace, for an IRI in it that does not exist."""
        for space in (GOV, GC):
            if isinstance(value, NamedNode) and value.value.startswith(space):
                if self._background.values(value, TYPE):
                    return {}
                if space not in self._pools:
                    terms = (
                        t.iri
                        for t in self._background.terms()
                        if t.iri.value[: len(space)] == space
                    )
                    self._pools[space] = {iri: self._names(iri) for iri in terms}
                return self._pools[space]
        return {}

    def _names(self, node: Node) -> tuple[str, ...]:
        found = [_slug(node)]
        for predicate in (PREF_LABEL, LABEL, ALT_LABEL):
            found += [
                v.value for v in self._background.values(node, predicate) if isinstance(v, Literal)
            ]
        return tuple(dict.fromkeys(found))

    def _label(self, node: Node) -> Words:
        texts = self._background.texts(node, PREF_LABEL)
        short = shorten(node.value) if isinstance(node, NamedNode) else text_of(node)
        return in_both(texts or {"en": short})


def _slug(node: Node) -> str:
    """Return the words of a literal, or those in the last part of one of our IRIs."""
    if isinstance(node, NamedNode) and node.value.startswith((GOV, GC)):
        return node.value.removeprefix(GOV).removeprefix(GC).replace("-", " ")
    return text_of(node)


def by_class(submitted: Iterable[Triple]) -> dict[Node, Sequence[Node]]:
    """Return the submission's own nodes by their class."""
    found: defaultdict[Node, list[Node]] = defaultdict(list)
    for triple in submitted:
        if triple.predicate == TYPE:
            found[triple.object].append(triple.subject)
    return dict(found)
