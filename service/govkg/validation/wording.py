"""The words of a finding: the field, what is amiss, what is expected and how to mend it."""

import re
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from govkg.errors import Language
from govkg.ontology import PREF_LABEL, Ontology, Texts
from govkg.rdf import Node, shorten
from govkg.validation.expecting import DEFAULT, EXPECTED, FOUND, MEND, kind, listed, parameter
from govkg.validation.results import Path, Result
from govkg.validation.shapes import LANGUAGES, Shapes, Words, in_both, text_of
from govkg.vocabulary import GC, GOV, SH

_OF_SHAPES: Final = {"And", "Or", "Xone", "Not", "Node", "SPARQL"}
"""Components of which the description of the shape says more than their parameter."""


class Wording:
    """Finds words in the shapes and labels in the background."""

    def __init__(self, shapes: Shapes, background: Ontology) -> None:
        """Take the shapes, and where labels of concepts are looked up."""
        self._shapes = shapes
        self._background = background

    def field(self, result: Result) -> Words:
        """Return the name of the field in plain words: that of the shape, or the property."""
        names = self._shapes.texts(result.shape, "name")
        if names or result.path is None:
            return in_both(names)
        if isinstance(result.path.node, NamedNode):
            names = self._labels(result.path.text)
        return in_both(names or {"en": short_path(result.path)})

    def message(self, result: Result) -> Words:
        """Return what the shape's author says, with labels in the place of concepts' IRIs.

        Some engines drop the language of a SPARQL constraint's message when they fill in a value,
        so such a message is matched with the templates of the shape.
        """
        if not self._shapes.templates(result.shape) and result.component.startswith(SH):
            return self._plain_message(result)
        texts = {self._language(result, message): message.value for message in result.messages}
        return {
            language: self._with_labels(text, language) for language, text in in_both(texts).items()
        }

    def remedy(self, result: Result, message: Words) -> Words:
        """Return how to mend it: what the message says after its first sentence."""
        if not self._shapes.templates(result.shape):
            return MEND[result.value is not None]
        return {language: _after_first_sentence(text) for language, text in message.items()}

    def expected(self, result: Result) -> Words:
        """Return what the constraint asks for."""
        asked = kind(result.component)
        description = self._shapes.texts(result.shape, "description")
        if description and (asked in _OF_SHAPES or asked.startswith("Qualified")):
            return in_both(description)
        template = EXPECTED.get(asked)
        if template is None:
            return in_both(description)
        return {
            language: template[language].format(value=self._parameter(result, language))
            for language in LANGUAGES
        }

    def _parameter(self, result: Result, language: Language) -> str:
        """Return the parameter of the constraint, for people."""
        values = self._shapes.values(result.shape, parameter(result.component))
        members = [m for value in values for m in self._shapes.members(value) or [value]]
        return listed([self._shown(member, language) for member in members], language)

    def _shown(self, node: Node, language: Language) -> str:
        if not isinstance(node, NamedNode):
            return text_of(node)
        labels = self._labels(node.value)
        label = labels.get(language) or labels.get("en")
        return f"“{label}” ({shorten(node.value)})" if label else shorten(node.value)

    def _plain_message(self, result: Result) -> Words:
        """Return what is amiss where the shape has no words for it."""
        expected = self.expected(result)
        template = DEFAULT if result.value is None else FOUND
        return {
            language: template[language].format(
                expected=expected[language],
                value="" if result.value is None else self._shown(result.value, language),
            )
            for language in LANGUAGES
        }

    def _language(self, result: Result, message: Literal) -> str:
        if message.language:
            return message.language
        for template in self._shapes.templates(result.shape):
            if template.language and _pattern(template.value).fullmatch(message.value):
                return template.language
        return ""

    def _with_labels(self, text: str, language: Language) -> str:
        return _OUR_IRI.sub(lambda found: self._shown(NamedNode(found.group()), language), text)

    def _labels(self, iri: str) -> Texts:
        return self._background.texts(NamedNode(iri), PREF_LABEL)


_OUR_IRI = re.compile(f"(?:{re.escape(GC)}|{re.escape(GOV)})[A-Za-z0-9-]+")
_END = re.compile(r"[.!?](?=\s+[A-Z<“\"])\s+|[。！？](?=.)")


def _after_first_sentence(text: str) -> str:
    found = _END.search(text)
    return text[found.end() :] if found else text


def short_path(path: Path) -> str:
    """Return a path with prefixes for the namespaces that are known."""
    if isinstance(path.node, NamedNode):
        return shorten(path.text)
    return re.sub(r"<([^<>]*)>", lambda found: shorten(found[1]), path.text)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a message looks like once its variables, ``{?name}``, are filled in."""
    parts = re.split(r"\{[?$]\w+\}", template)
    return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)
