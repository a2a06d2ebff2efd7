"""Texts that look like another, found among very many without comparing it with each of them."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import Final

from rapidfuzz import fuzz, process

HAN: Final = re.compile(r"[\u3400-\u9fff]")


class Nearness:
    """An index of texts; it never changes once it is made.

    How alike two texts are goes from 0 to 100: twice the length of what they have in common in the
    same order, of the length of both. So a text of another length, or without enough of the same
    characters, cannot be alike, and is not looked at: texts with Chinese characters are found by
    their rarest characters, others by their length.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Index texts, each once."""
        self._by_character: defaultdict[str, list[str]] = defaultdict(list)
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for text in dict.fromkeys(texts):
            if HAN.search(text):
                for character in set(text):
                    self._by_character[character].append(text)
            else:
                self._by_length[len(text)].append(text)

    def like(self, text: str, cutoff: float, limit: int) -> list[tuple[str, float]]:
        """Return the texts that are alike to at least a cutoff, the most alike first."""
        share = cutoff / 100
        least = math.ceil(len(text) * share / (2 - share))
        near = self._sharing(text, least) if HAN.search(text) else self._as_long(text, least, share)
        found = process.extract(text, near, scorer=fuzz.ratio, limit=limit, score_cutoff=cutoff)
        return [(other, likeness) for other, likeness, _ in found]

    def _as_long(self, text: str, least: int, share: float) -> list[str]:
        """Return the texts of a length that can be alike."""
        longest = math.floor(len(text) * (2 - share) / share)
        lengths = range(least, longest + 1)
        return list(chain.from_iterable(self._by_length.get(length, ()) for length in lengths))

    def _sharing(self, text: str, least: int) -> list[str]:
        """Return the texts that have at least one of the rarest characters.

        There are as many of these as it takes so that the others alone would be too few.
        """
        counted = Counter(text)
        rarest = sorted(counted, key=lambda each: len(self._by_character.get(each, ())))
        needed, near = len(text) - least + 1, dict[str, None]()
        for character in rarest:
            if needed <= 0:
                break
            near |= dict.fromkeys(self._by_character.get(character, ()))
            needed -= counted[character]
        return list(near)
