"""In which orders and words a name may be written: the patterns by which it is found."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from govkg.annotating.lexicon import lexicon
from govkg.annotating.names import Name, compared
from govkg.annotating.tokens import AND, BE, JOINING, OF, Token

Fit = Literal["exact", "inflected", "reworded", "turned", "interrupted", "shared", "scattered"]
"""How a name stands in a text: letter by letter; in another form of its words; with another word of
judgement; in another order; with words inside that are not of it; with an end that another name has
too; with its words anywhere in the sentence."""

FITS: Final[dict[Fit, float]] = {
    "exact": 1.0,
    "inflected": 0.97,
    "reworded": 0.9,
    "turned": 0.85,
    "interrupted": 0.8,
    "shared": 0.8,
    "scattered": 0.65,
}
"""How surely a name is meant that stands so."""
_DEEDS: Final = (
    *("tion", "sion", "ing", "ment"),  # codespell:ignore ment
    *("cuts", "control", "transfer", "exchange", "lack"),
)
"""Nouns that end so are made of verbs, which may stand before what they act on."""
_NOUNS: Final = ("tion", "sion", "ment", "ance", "ence", "ity")  # codespell:ignore ment
"""Words that end so are no verbs."""


@dataclass(frozen=True)
class Pattern:
    """A row of keys that means a name."""

    keys: tuple[str, ...]
    name: Name
    texts: tuple[str, ...] = ()
    """The words of the name, in the order of the keys, where they stand in the name's order."""
    fit: Fit = "exact"
    verb: bool = False
    """Whether the first word must be no noun."""

    def admits(self, first: Token) -> bool:
        """Say whether a match may begin with a token."""
        return not self.verb or not first.text.endswith(_NOUNS)


def patterns_of(name: Name) -> Iterator[Pattern]:
    """Yield the ways to write a name in one piece."""
    yield Pattern(name.keys, name, tuple(token.text for token in name.tokens))
    if name.language == "zh":
        for words in _reworded(name):
            yield Pattern(words, name, fit="reworded")
        return
    seen = {name.keys}
    for keys, verb in _orders(name):
        if keys not in seen:
            seen.add(keys)
            yield Pattern(keys, name, fit="turned", verb=verb)


def _reworded(name: Name) -> Iterator[tuple[str, ...]]:
    """Yield the keys of a Chinese name with other words of judgement in it."""
    said = "".join(token.text for token in name.tokens)
    for word, others in lexicon().same_in_chinese.items():
        if word in said and said != word:
            for other in others:
                yield tuple(token.key for token in compared(said.replace(word, other)))


Order = tuple[tuple[str, ...], bool]
"""A row of keys, and whether it begins with a verb."""


def _orders(name: Name) -> Iterator[Order]:
    """Yield the other orders of an English name."""
    keys, texts = name.keys, [token.text for token in name.tokens]
    if len(keys) > 3 and texts[1] == ",":  # one of two adjectives is enough
        for shorter in ((keys[0], *keys[3:]), keys[2:]):
            yield shorter, False
            yield (*shorter[1:], BE, shorter[0]), False
    if AND in keys or BE in keys or not 2 <= len(keys) <= 6:
        return
    if OF not in keys:
        yield from _without_of(keys, texts)
    elif keys.count(OF) == 1 and 0 < (place := keys.index(OF)) < len(keys) - 1:
        yield from _with_of(keys, texts, place)


def _without_of(keys: tuple[str, ...], texts: list[str]) -> Iterator[Order]:
    """Yield the orders of a name such as ``slow approval`` or ``staff cuts``."""
    yield from ((order, False) for order in _of(keys))
    if texts[-1].endswith(_DEEDS):
        yield (keys[-1], *keys[:-1]), True
    yield (*keys[1:], BE, keys[0]), False
    for order in _of(keys[1:]):
        yield (*order, BE, keys[0]), False


def _with_of(keys: tuple[str, ...], texts: list[str], place: int) -> Iterator[Order]:
    """Yield the orders of a name such as ``decline of government credibility``."""
    head, tail = keys[:place], keys[place + 1 :]
    yield (*tail, *head), False
    for order in _of(tail):
        yield (*head, OF, *order), False
    if texts[place - 1].endswith(_DEEDS):
        yield (*head, *tail), True


def _of(keys: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield ``efficiency of government`` for ``government efficiency``."""
    for place in range(1, len(keys)):
        yield (*keys[place:], OF, *keys[:place])


@dataclass(frozen=True)
class Bag:
    """The parts of a long name, which may stand anywhere in a sentence, close to each other."""

    parts: tuple[tuple[str, ...], ...]
    """Each as a row of keys: an English word, or a Chinese one of several characters."""
    name: Name
    reach: int
    """Over so many tokens they may be spread."""


def bags_of(name: Name, words: frozenset[str]) -> Iterator[Bag]:
    """Yield the parts of a name, if it is long enough that they say enough without order.

    ``words`` are the Chinese words by which a name is cut into parts.
    """
    if name.kind not in ("prefLabel", "altLabel"):
        return
    if name.language == "en":
        parts = tuple((key,) for key in dict.fromkeys(name.content))
        if len(parts) >= 3:
            yield Bag(parts, name, 2 * len(parts) + 6)
        return
    for keys in (name.keys, *_reworded(name)):
        said = "".join(key for key in keys if key not in JOINING)
        cut = tuple(dict.fromkeys(tuple(word) for word in cut_up(said, words)))
        if len(said) >= 5 and len(cut) >= 2:
            yield Bag(cut, name, 2 * len(said) + 6)


def simple(words: frozenset[str]) -> frozenset[str]:
    """Return the words that are not made of others of them."""
    return frozenset(word for word in words if not _is_made_of(word, words))


def _is_made_of(word: str, words: frozenset[str]) -> bool:
    """Say whether a word is two or more of some words, one after the other."""
    reached = {0}
    for end in range(1, len(word) + 1):
        if any(word[at:end] in words and (at, end) != (0, len(word)) for at in reached):
            reached.add(end)
    return len(word) in reached


def cut_up(text: str, words: frozenset[str]) -> list[str]:
    """Cut a Chinese name into words: the longest known ones first, the rest in pairs."""
    found, place, rest = [], 0, ""
    while place < len(text):
        longest = min(len(text) - place, len(text) - 1)
        sizes = (n for n in range(longest, 1, -1) if text[place : place + n] in words)
        if size := next(sizes, 0):
            found += [*_pairs(rest), text[place : place + size]]
            place, rest = place + size, ""
        else:
            place, rest = place + 1, rest + text[place]
    return found + _pairs(rest)


def _pairs(text: str) -> list[str]:
    return [text[place : place + 2] for place in range(0, len(text), 2)]
