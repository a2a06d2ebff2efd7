"""Which things have which words, for searches."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process

from govkg.wording import HAN, STEM, tokens

_LIKE: Final = 75.0  # how alike, of 100, a word must be to be what was meant


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
        for word in self._words[start : start + 20] if len(token) > STEM else ():
            if word.startswith(token):
                found.setdefault(word, 0.8)
        if found or len(token) < STEM:
            return found
        near = process.extract(token, self._latin, scorer=fuzz.ratio, limit=3, score_cutoff=_LIKE)
        return {word: 0.8 * likeness / 100 for word, likeness, _ in near}

    def _rarity(self, token: str, meant: dict[str, float]) -> float:
        """Return how much a word says; a Chinese pair that nobody has may be a chance meeting."""
        holders: set[int] = set().union(*(self._holders[word] for word in meant))
        if not holders:
            return 1.0 if HAN.match(token) else math.log(1 + self._count)
        return math.log(1 + self._count / len(holders))
