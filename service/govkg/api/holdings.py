"""Which things have which words, for searches."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Final, TypeAlias

from pyoxigraph import NamedNode
from rapidfuzz import fuzz, process

from govkg.wording import HAN, STEM, tokens

_LIKE: Final = 75.0  # how alike, of 100, a word must be to be what was meant


Thing: TypeAlias = tuple[NamedNode, Iterable[tuple[float, str]]]
"""A thing and its plain texts, each with a weight."""


class Holdings:
    """Which things have which words, each with the weight of the best field that has it."""

    def __init__(self) -> None:
        """Begin without anything."""
        self._words_of: dict[NamedNode, frozenset[str]] = {}
        self._holders: dict[str, dict[NamedNode, float]] = {}

    def after(self, gone: Iterable[NamedNode], come: Iterable[Thing]) -> "Holdings":
        """Return the holdings without some things, and then with others."""
        later = Holdings()
        later._words_of, later._holders = self._words_of.copy(), self._holders.copy()
        mine: dict[str, dict[NamedNode, float]] = {}
        for thing in gone:
            for token in later._words_of.pop(thing):
                later._own(mine, token).pop(thing)
        for thing, texts in come:
            found: dict[str, float] = {}
            for weight, text in texts:
                for token in tokens(text):
                    found[token] = max(weight, found.get(token, 0.0))
            later._words_of[thing] = frozenset(found)
            for token, weight in found.items():
                later._own(mine, token)[thing] = weight
        for token in [token for token, holders in mine.items() if not holders]:
            del later._holders[token]
        return later

    def _own(self, mine: dict[str, dict[NamedNode, float]], token: str) -> dict[NamedNode, float]:
        """Return who has a word, to be changed: as a copy, unless that is ``mine`` already."""
        if token not in mine:
            mine[token] = self._holders[token] = self._holders.get(token, {}).copy()
        return mine[token]

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self._holders)

    @cached_property
    def _latin(self) -> list[str]:
        return [word for word in self._words if not HAN.match(word)]

    def shares(self, words: str) -> dict[NamedNode, float]:
        """Return how much of what is asked each thing has, from 0 to 1, by rarity of the words.

        A word that nobody has stands for those that are spelt nearly so.
        """
        parts = {token: self._meant(token) for token in tokens(words)}
        rarity = {token: self._rarity(token, meant) for token, meant in parts.items()}
        whole, found = sum(rarity.values()), defaultdict[NamedNode, float](float)
        for token, meant in parts.items():
            best: dict[NamedNode, float] = {}
            for word, likeness in meant.items():
                for thing, weight in self._holders[word].items():
                    best[thing] = max(best.get(thing, 0.0), weight * likeness)
            for thing, weight in best.items():
                found[thing] += rarity[token] * weight / whole
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
        holders: set[NamedNode] = set().union(*(self._holders[word] for word in meant))
        count = len(self._words_of)
        if not holders:
            return 1.0 if HAN.match(token) else math.log(1 + count)
        return math.log(1 + count / len(holders))
