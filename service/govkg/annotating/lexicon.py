"""What is known of English and Chinese words beside the names of the concepts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from govkg.wording import stem

_FILE = Path(__file__).with_name("lexicon.toml")


@dataclass(frozen=True)
class Lexicon:
    """The lists of ``lexicon.toml``."""

    passed_over: Mapping[str, tuple[str, ...]]
    """Words that change nothing, by language."""
    prepositions: frozenset[str]
    links: frozenset[str]
    being: frozenset[str]
    same: Mapping[str, str]
    """Stems of English words of judgement and change, each with the one that stands for it."""
    same_in_chinese: Mapping[str, tuple[str, ...]]
    """Chinese words of judgement, each with those that may stand in its place."""
    general: Mapping[str, tuple[str, ...]]
    """Names that are everyday words, by language."""
    nouns: frozenset[str]
    """English names that count only as nouns."""
    before: frozenset[str]
    """What may follow those."""
    other_words: Mapping[str, tuple[str, ...]]
    """Longer words that hold a name and mean something else, by language."""
    characters: Mapping[int, int]
    """The simplified form of each traditional character, for ``str.translate``."""


@cache
def lexicon() -> Lexicon:
    """Read the lists."""
    told = tomllib.loads(_FILE.read_text("utf-8"))
    joining, characters = told["joining"], told["characters"]
    same = {stem(o): stem(word) for word, others in told["same"]["en"].items() for o in others}
    return Lexicon(
        passed_over=_tuples(told["passed_over"]),
        prepositions=frozenset(joining["prepositions"]),
        links=frozenset(joining["links"]),
        being=frozenset(joining["being"]),
        same=same,
        same_in_chinese=_tuples(told["same"]["zh"]),
        general=_tuples(told["general"]),
        nouns=frozenset(told["nouns"]["words"]),
        before=frozenset(told["nouns"]["before"]),
        other_words=_tuples(told["other_words"]),
        characters=str.maketrans(characters["traditional"], characters["simplified"]),
    )


def _tuples(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in lists.items()}
