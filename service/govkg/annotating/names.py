"""What the concepts of an ontology are called, and how much each name says."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal

from govkg.annotating.lexicon import lexicon
from govkg.annotating.tokens import JOINING, OF, Token, known, passed_over, sentences
from govkg.errors import Language
from govkg.ontology import ALT_LABEL, HIDDEN_LABEL, PREF_LABEL, QUOTE, TYPE, Ontology, Term
from govkg.vocabulary import GC
from govkg.wording import plain

NAMING: Final = frozenset({TYPE, PREF_LABEL, ALT_LABEL, HIDDEN_LABEL, QUOTE})
"""What says how terms are called."""
Kind = Literal["prefLabel", "altLabel", "wording", "hiddenLabel"]
"""What a name is; a ``wording`` is a short passage of the source."""

Spoken = list[tuple[str, str]]
"""The Chinese names of all concepts, plain, each with its concept."""
Part = Literal["whole", "head", "topic"]
"""Whether a hidden label is a fuller label without its beginning, or only its topic."""

KINDS: Final[dict[Kind, float]] = {
    "prefLabel": 1.0,
    "altLabel": 0.95,
    "wording": 0.9,
    "hiddenLabel": 0.75,
}
"""How surely each kind of name means its concept."""
_PARTS: Final[dict[Part, float]] = {"whole": 1.0, "head": 0.6, "topic": 0.35}
"""How much of a name a hidden label is: a topic says only what a fuller label speaks of."""
GENERAL: Final = 0.4
"""As much says an everyday word; it is not enough without a firm name nearby."""
_SHORT: Final = 0.85
"""As much says one English word, or two Chinese characters, that are no everyday word."""
_NOTE: Final = re.compile(r"\s*[(（][^)）\d]*[)）]")
"""A note on a name, without which it is a name too; but nobody is known by a surname alone."""
_WORDS: Final = 6  # of a passage that is taken for a name


@dataclass(frozen=True)
class Name:
    """One name of one concept."""

    concept: str
    """The IRI."""
    text: str
    language: Language
    kind: Kind
    tokens: tuple[Token, ...]
    """Without articles and particles."""
    weight: float
    """From 0 to 1, how surely it means the concept, before it is seen in a text."""
    part: Part = "whole"
    general: bool = False

    @property
    def leans(self) -> bool:
        """Say whether it says too little by itself: an everyday word, or the end of a name."""
        return self.general or self.part == "head"

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the tokens as they are compared."""
        return tuple(token.key for token in self.tokens)

    @property
    def content(self) -> tuple[str, ...]:
        """Return the keys of the words that are not there to join others."""
        return tuple(key for key in self.keys if key not in JOINING)


def names_of(ontology: Ontology) -> list[Name]:
    """Return the names of the concepts for which the ontology cites a passage.

    The other concepts code the record of a case, such as its status, and are called by everyday
    words. A name that several concepts have counts for those of which it is the best name.
    """
    terms = [t for t in ontology.terms() if t.iri.value.startswith(GC) and t.quote]
    spoken = [
        (term.iri.value, plain(text))
        for term in terms
        for tag, text in _proper(term)
        if tag.startswith("zh")
    ]
    groups: defaultdict[tuple[str, ...], dict[str, Name]] = defaultdict(dict)
    for name in (name for term in terms for name in _names(term, spoken)):
        kept = groups[name.keys].setdefault(name.concept, name)
        if KINDS[name.kind] > KINDS[kept.kind]:
            groups[name.keys][name.concept] = name
    return [name for group in groups.values() for name in _shared(list(group.values()))]


def _shared(names: list[Name]) -> Iterator[Name]:
    """Yield the best of some names that read the same; equals share their weight."""
    best = max(KINDS[name.kind] for name in names)
    equals = [name for name in names if KINDS[name.kind] == best]
    equals = [name for name in equals if name.part == "head"] or equals
    for name in equals:
        yield replace(name, weight=name.weight / len(equals))


def _proper(term: Term) -> list[tuple[str, str]]:
    """Return the labels and other names of a concept, each with its language."""
    others = [(str(name.language), name.value) for name in term.other_names]
    return [*term.labels.items(), *others]


def _names(term: Term, spoken: Spoken) -> Iterator[Name]:
    """Yield the names of one concept, in every language that is looked for."""
    proper = _proper(term)
    hidden = [(str(name.language), name.value) for name in term.hidden_names]
    kinds: list[tuple[Kind, list[tuple[str, str]]]] = [
        ("prefLabel", list(term.labels.items())),
        ("altLabel", proper[len(term.labels) :]),
        ("hiddenLabel", hidden),
        ("wording", [("en", term.quote)] if _is_name(term.quote, proper) else []),
    ]
    for kind, texts in kinds:
        for tag, text in texts:
            for form in dict.fromkeys((text, _NOTE.sub("", text))):
                if name := _name(term.iri.value, form, tag, kind, spoken):
                    yield name


def _name(concept: str, text: str, tag: str, kind: Kind, spoken: Spoken) -> Name | None:
    """Return a name, or None if it is in a language that is not looked for, or too long."""
    language: Language | None = "zh" if tag.startswith("zh") else "en" if tag == "en" else None
    tokens = compared(text)
    if language is None or not tokens:
        return None
    part = _part(concept, plain(text), spoken) if kind == "hiddenLabel" else "whole"
    said = " ".join(token.text for token in tokens) if language == "en" else plain(text)
    general = said in _general(language)
    weight = KINDS[kind] * _PARTS[part]
    if general:
        weight *= GENERAL
    elif len(tokens) == 1 or (language == "zh" and len(tokens) == 2):
        weight *= _SHORT
    return Name(concept, text, language, kind, tokens, weight, part, general)


def compared(text: str) -> tuple[Token, ...]:
    """Return the tokens of a name, or nothing if it goes over the end of a sentence."""
    found = list(sentences(text))
    if len(found) != 1:
        return ()
    return tuple(token for token in found[0] if not passed_over(token))


def _part(concept: str, text: str, spoken: Spoken) -> Part:
    """Return how much of a fuller name a hidden label is; one of another concept's is a topic."""
    holders = [(holder, name) for holder, name in spoken if text in name and text != name]
    own = [name for holder, name in holders if holder == concept]
    if any(_is_head(text, name) for name in own):
        return "head"
    return "topic" if holders else "whole"


def _is_head(text: str, name: str) -> bool:
    """Say whether a text is the end of a longer name, or the first of two things it joins."""
    return name.endswith(text) or name.startswith(tuple(f"{text}{link}" for link in "与和及、"))


@cache
def _general(language: Language) -> frozenset[str]:
    """Return the everyday words of a language, in the singular and the plural."""
    words = lexicon().general[language]
    plurals = (f"{word[:-1]}ies" if word.endswith("y") else f"{word}s" for word in words)
    return frozenset(words).union(plurals if language == "en" else ())


def _is_name(quote: str, proper: list[tuple[str, str]]) -> bool:
    """Say whether a passage is short, and little more than a name that the concept has."""
    tokens = compared(quote)
    words = {token.key for token in tokens if token.key not in JOINING}
    if not tokens or len(quote.split()) > _WORDS or any(t.key not in words | {OF} for t in tokens):
        return False
    others = [
        {known(word)[0] for word in plain(text).split()} for tag, text in proper if tag == "en"
    ]
    return any(len(words & other) >= max(2, len(words) - 1) for other in others)
