"""Words of English and Chinese texts as a search compares them, and which texts hold them."""

import math
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from rapidfuzz import fuzz, process

HAN: Final = re.compile(r"[\u3400-\u9fff]")
SMALL: Final = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "that"}
    | {"the", "to", "with"}
)
"""Words that do not count when it is asked how much of a text was named."""
_WORD: Final = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_PARTICLE: Final = re.compile(r"(?<=[\u3400-\u9fff])[的之](?=[\u3400-\u9fff])")
_ENDINGS: Final = ("ations", "ation", "ing", "ies", "ed", "es", "is", "s", "e", "y")
_BRITISH: Final = re.compile(r"(?<=\w{4})is(?=(?:ation|e|ed|es|ing)s?\Z)")
_STEM: Final = 4  # letters that an English word keeps at least
_LIKE: Final = 75.0  # how alike, of 100, a word must be to be what was meant


def plain(text: str) -> str:
    """Return a text without case, accents, hyphens and full-width forms."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(" " if c in "-_/" else c for c in folded if not unicodedata.combining(c))
    return " ".join(bare.split())


def asked(query: str) -> str:
    """Return a query as it is compared; Chinese without its particles."""
    words = plain(query)
    return "" if words in ("的", "之", "了") else _PARTICLE.sub("", words)


def tokens(text: str) -> Iterator[str]:
    """Yield the words of a plain text that count: English ones by stem, Chinese ones as pairs."""
    for word in _WORD.findall(text):
        if HAN.match(word):
            yield from (word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif len(word) > 1 and word not in SMALL:
            yield _stem(word)


def _stem(word: str) -> str:
    """Return a word without its ending, American as British ones."""
    word = _BRITISH.sub("iz", word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word.removesuffix("s") if len(word) == _STEM else word


class Holdings:
    """Which things have which words, each with the weight of the best field that has it."""

    def __init__(self, texts: Iterable[tuple[int, float, str]]) -> None:
        """Take the number of each thing, the weight of a field and its plain text."""
        self._holders: defaultdict[str, dict[int, float]] = defaultdict(dict)
        things = set()
        for number, weight, text in texts:
            things.add(number)
            for token in tokens(text):
                holders = self._holders[token]
                holders[number] = max(weight, holders.get(number, 0.0))
        self._count = len(things)
        self._words = sorted(self._holders)
        self._latin = [word for word in self._words if not HAN.match(word)]

    def shares(self, words: str) -> dict[int, float]:
        """Return how much of what is asked each thing has, from 0 to 1, by rarity of the words.

        A word that nobody has stands for those that are spelt nearly so.
        """
        parts = {token: self._meant(token) for token in tokens(words)}
        rarity = {token: self._rarity(token, meant) for token, meant in parts.items()}
        whole, found = sum(rarity.values()), defaultdict[int, float](float)
        for token, meant in parts.items():
            best: dict[int, float] = {}
            for word, likeness in meant.items():
                for number, weight in self._holders[word].items():
                    best[number] = max(best.get(number, 0.0), weight * likeness)
            for number, weight in best.items():
                found[number] += rarity[token] * weight / whole
        return dict(found)

    def _meant(self, token: str) -> dict[str, float]:
        """Return the known words that a word may stand for, with how likely that is."""
        found = {token: 1.0} if token in self._holders else {}
        if HAN.match(token):
            return found
        start = bisect_left(self._words, token)
        for word in self._words[start : start + 20] if len(token) > _STEM else ():
            if word.startswith(token):
                found.setdefault(word, 0.8)
        if found or len(token) < _STEM:
            return found
        near = process.extract(token, self._latin, scorer=fuzz.ratio, limit=3, score_cutoff=_LIKE)
        return {word: 0.8 * likeness / 100 for word, likeness, _ in near}

    def _rarity(self, token: str, meant: dict[str, float]) -> float:
        """Return how much a word says; a Chinese pair that nobody has may be a chance meeting."""
        holders: set[int] = set().union(*(self._holders[word] for word in meant))
        if not holders:
            return 1.0 if HAN.match(token) else math.log(1 + self._count)
        return math.log(1 + self._count / len(holders))
