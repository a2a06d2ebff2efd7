"""The words of a finding: the field, what is amiss, what is expected and how to mend it."""

import re
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from govkg.errors import Language
from govkg.ontology import Ontology
from govkg.validation.describing import Describer
from govkg.validation.expecting import (
    DEFAULT,
    EXPECTED,
    FOUND,
    INNER,
    MEND,
    MEND_ONE,
    NOT_SO,
    joined,
    kind,
    listed,
    numbered,
)
from govkg.validation.results import Result
from govkg.validation.shapes import LANGUAGES, Shapes, Words, in_both
from govkg.validation.tracing import ALL_OF, ONE_OF, groups
from govkg.vocabulary import GC, GOV, SH

_OF_SHAPES: Final = {*INNER, "SPARQL"}
"""Components of which the description of the shape says more than their parameter."""
_TRACED: Final = ALL_OF | ONE_OF


class Wording:
    """Finds words in the shapes and labels in the background."""

    def __init__(self, shapes: Shapes, background: Ontology) -> None:
        """Take the shapes, and where labels of concepts are looked up."""
        self._shapes = shapes
        self._describer = Describer(shapes, background)

    def field(self, result: Result) -> Words:
        """Return the name of the field in plain words: that of the shape, or the property."""
        names = self._shapes.texts(result.shape, "name")
        if names:
            return in_both(names)
        if result.path is not None:
            path = result.path
            return {each: self._describer.field(path, each) for each in LANGUAGES}
        return in_both({}) if result.within is None else self.field(result.within)

    def message(self, result: Result) -> Words:
        """Return what the shape's author says, with labels in the place of concepts' IRIs.

        Some engines drop the language of a message, so such a message is matched with the
        templates of the shape and of the constraint component.
        """
        if not self._shapes.templates(result.shape) and result.component.startswith(SH):
            return self._plain_message(result)
        texts = {self._language(result, message): message.value for message in result.messages}
        return {
            language: self._with_labels(text, language) for language, text in in_both(texts).items()
        }

    def remedy(self, result: Result, message: Words) -> Words:
        """Return how to mend it: what the message says after its first sentence."""
        if self._shapes.templates(result.shape):
            return {language: _after_first_sentence(text) for language, text in message.items()}
        return MEND_ONE if len(result.causes) > 1 else MEND[result.value is not None]

    def expected(self, result: Result) -> Words:
        """Return what the constraint asks for."""
        asked = kind(result.component)
        description = self._shapes.texts(result.shape, "description")
        if description and (asked in _OF_SHAPES or asked not in EXPECTED):
            return in_both(description)
        return {language: self._expected(result, language) for language in LANGUAGES}

    def _expected(self, result: Result, language: Language) -> str:
        """Return what a constraint asks for; of inner shapes, only what is not so."""
        asked = kind(result.component)
        if asked not in _TRACED or not result.causes:
            return self._describer.asked(result.shape, asked, language)
        ways = [self._way(way, language) for way in groups(result)]
        together = numbered if asked in ONE_OF else joined
        return EXPECTED[asked][language].format(inner=together(ways, language))

    def _way(self, leaves: list[Result], language: Language) -> str:
        """Return what is asked for by the leaves of one alternative."""
        return joined([self._leaf(leaf, language) for leaf in leaves], language)

    def _leaf(self, leaf: Result, language: Language) -> str:
        if self._shapes.templates(leaf.shape):
            return self.message(leaf)[language]
        field = self.field(leaf)[language]
        same = leaf.path is None or (leaf.within is not None and leaf.path == leaf.within.path)
        expected = self.expected(leaf)[language]
        return expected if same else f"{field}: {expected}"

    def _plain_message(self, result: Result) -> Words:
        """Return what is amiss where the shape has no words for it."""
        expected = self.expected(result)
        return {each: self._plain(result, expected[each], each) for each in LANGUAGES}

    def _plain(self, result: Result, expected: str, language: Language) -> str:
        if result.value is not None:
            value = self._describer.shown(result.value, language)
            return FOUND[language].format(expected=expected, value=value)
        text = DEFAULT[language].format(expected=expected)
        values = [
            f"“{self._describer.shown(way[0].value, language)}” ({self._way(way, language)})"
            for way in groups(result)
            if way and way[0].value is not None
        ]
        return text + NOT_SO[language].format(listed(values, language)) if values else text

    def _language(self, result: Result, message: Literal) -> str:
        if message.language:
            return message.language
        templates = self._shapes.templates(result.shape)
        for template in (*templates, *self._shapes.templates_of(result.component)):
            if template.language and _pattern(template.value).fullmatch(message.value):
                return template.language
        return ""

    def _with_labels(self, text: str, language: Language) -> str:
        return _OUR_IRI.sub(
            lambda found: self._describer.shown(NamedNode(found.group()), language), text
        )


_OUR_IRI = re.compile(f"(?:{re.escape(GC)}|{re.escape(GOV)})[A-Za-z0-9-]+")
_END = re.compile(r"[.!?](?=\s+[A-Z<“\"])\s+|[。！？](?=.)")


def _after_first_sentence(text: str) -> str:
    found = _END.search(text)
    return text[found.end() :] if found else text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return what a message looks like once its variables, ``{?name}``, are filled in."""
    parts = re.split(r"\{[?$]\w+\}", template)
    return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)
