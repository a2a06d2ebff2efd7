"""The words of a finding: the field, what is amiss, what is expected and how to mend it."""

import re
from functools import cache

from pyoxigraph import Literal, NamedNode

from govkg.errors import Language
from govkg.ontology import PREF_LABEL, Ontology, Texts
from govkg.rdf import shorten
from govkg.validation.results import Path, Result
from govkg.validation.shapes import Shapes, Words, in_both
from govkg.vocabulary import GC, GOV


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
        texts = {self._language(result, message): message.value for message in result.messages}
        return {
            language: self._with_labels(text, language) for language, text in in_both(texts).items()
        }

    def _language(self, result: Result, message: Literal) -> str:
        if message.language:
            return message.language
        for template in self._shapes.templates(result.shape):
            if template.language and _pattern(template.value).fullmatch(message.value):
                return template.language
        return ""

    def _with_labels(self, text: str, language: Language) -> str:
        def labelled(found: re.Match[str]) -> str:
            labels = self._labels(found.group())
            label = labels.get(language) or labels.get("en")
            return f"“{label}” ({shorten(found.group())})" if label else shorten(found.group())

        return _OUR_IRI.sub(labelled, text)

    def _labels(self, iri: str) -> Texts:
        return self._background.texts(NamedNode(iri), PREF_LABEL)


_OUR_IRI = re.compile(f"(?:{re.escape(GC)}|{re.escape(GOV)})[A-Za-z0-9-]+")


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
