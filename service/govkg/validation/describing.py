"""What shapes ask for, in words that are made from their parameters."""

from collections.abc import Iterator
from typing import Final

from pyoxigraph import NamedNode

from govkg.errors import Language
from govkg.ontology import PREF_LABEL, Ontology, Texts
from govkg.rdf import Node, shorten
from govkg.validation.expecting import (
    DESCRIBED,
    EXPECTED,
    INNER,
    joined,
    listed,
    numbered,
    parameter,
)
from govkg.validation.results import Path, short_path
from govkg.validation.shapes import Shapes, text_of, unnamed

_DEEPEST: Final = 4
"""So many shapes within shapes are described; the next is called by its name."""


class Describer:
    """Describes shapes, with the labels that the background has for concepts."""

    def __init__(self, shapes: Shapes, background: Ontology) -> None:
        """Take the shapes, and where labels of concepts are looked up."""
        self._shapes = shapes
        self._background = background

    def labels(self, iri: str) -> Texts:
        """Return what the background calls something, by language."""
        return self._background.texts(NamedNode(iri), PREF_LABEL)

    def shown(self, node: Node, language: Language) -> str:
        """Return a value for people, a concept with its label."""
        if not isinstance(node, NamedNode):
            return text_of(node)
        labels = self.labels(node.value)
        label = labels.get(language) or labels.get("en")
        return f"“{label}” ({shorten(node.value)})" if label else shorten(node.value)

    def asked(self, shape: Node | None, component: str, language: Language, depth: int = 0) -> str:
        """Return what one constraint of a shape asks for, or nothing if that is unknown."""
        template = EXPECTED.get(component)
        if template is None:
            return ""
        values = self._shapes.values(shape, parameter(component))
        members = [m for value in values for m in self._shapes.members(value) or [value]]
        inner = list(self._inner(shape, component, language, depth))
        return template[language].format(
            value=listed([self.shown(member, language) for member in members], language),
            inner=(joined if component == "And" else numbered)(inner, language),
        )

    def _inner(
        self, shape: Node | None, component: str, language: Language, depth: int
    ) -> Iterator[str]:
        """Yield what each inner shape of a constraint asks for."""
        for value in self._shapes.values(shape, INNER[component]) if component in INNER else ():
            for inner in self._shapes.members(value) or [value]:
                yield self.described(inner, language, depth + 1)

    def described(self, shape: Node, language: Language, depth: int = 0) -> str:
        """Return what a shape asks for, in the words of its author if there are any."""
        texts = self._shapes.texts(shape, "description") or self._shapes.texts(shape, "name")
        if texts and depth:
            return texts.get(language) or texts.get("en") or next(iter(texts.values()))
        parts = [] if depth > _DEEPEST else list(self._parts(shape, language, depth))
        if parts:
            return joined(parts, language)
        return DESCRIBED[language] if unnamed(shape) != shape else self.shown(shape, language)

    def _parts(self, shape: Node, language: Language, depth: int) -> Iterator[str]:
        path = self._shapes.path(shape)
        before = f"{self.field(path, language)}: " if path else ""
        for component in EXPECTED:
            if self._shapes.values(shape, parameter(component)):
                yield before + self.asked(shape, component, language, depth)
        for inner in self._shapes.values(shape, "property"):
            yield before + self.described(inner, language, depth + 1)

    def field(self, path: Path, language: Language) -> str:
        """Return what people call the property at a path."""
        labels = self.labels(path.text) if isinstance(path.node, NamedNode) else {}
        return labels.get(language) or labels.get("en") or short_path(path)
