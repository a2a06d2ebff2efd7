"""Texts as sentences of tokens: English words, Chinese characters, and what joins them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from govkg.annotating.lexicon import lexicon
from govkg.wording import plain, stem

OF: Final = "~of"
AND: Final = "~and"
BE: Final = "~be"
JOINING: Final = frozenset({OF, AND, BE})
"""The keys of words that join the parts of a name."""
_MOST: Final = 400
"""So many tokens make a sentence at most; what is longer is cut there."""
_LATIN: Final = (
    "A-Za-z0-9\u00c0-\u024f\u0300-\u036f\u1e00-\u1eff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
)
_HAN: Final = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
_BEFORE: Final = "re|non|co|inter|sub|multi|over|pre|anti"
"""What makes one word with what follows, with a hyphen or without."""
_PIECE: Final = re.compile(
    rf"(?P<word>(?:(?:{_BEFORE})[-‐]|non )?[{_LATIN}]+(?:-(?:out|up|down|off)\b)?)"
    rf"|(?P<han>[{_HAN}])|(?P<link>[,，、&＆])|(?P<own>['’]s?(?![{_LATIN}]))"
    r"|(?P<end>[.!?;:…。！？；：．｡()（）\[\]【】《》〈〉—–]|\n\s*\n|[^\W\d_])",
    re.IGNORECASE,
)
_ADVERB: Final = re.compile(r"(?!family\Z|supply\Z|assembly\Z|monopoly\Z|reply\Z|apply\Z)\w{3,}ly")


class Token(NamedTuple):
    """One word, or one Chinese character, and where it stands in the text."""

    key: str
    """As it is compared."""
    text: str
    """Without case, accents and hyphens, in simplified characters."""
    start: int
    """The first code point, from 0."""
    end: int
    """The code point after the last."""


def sentences(text: str) -> Iterator[list[Token]]:
    """Yield the tokens of each sentence; no name goes beyond one."""
    found: list[Token] = []
    for piece in _PIECE.finditer(text):
        kind = piece.lastgroup
        if kind == "own":
            continue
        if kind != "end":
            key, bare = (AND, ",") if kind == "link" else known(piece.group())
            if key == AND and found and found[-1].key == AND:
                continue
            found.append(Token(key, bare, piece.start(), piece.end()))
        if found and (kind == "end" or len(found) >= _MOST):
            yield found
            found = []
    if found:
        yield found


@lru_cache(maxsize=65_536)
def known(piece: str) -> tuple[str, str]:
    """Return the key of a word or character, and its plain text."""
    words, bare = lexicon(), plain(piece).replace(" ", "").translate(lexicon().characters)
    for kind, group in ((OF, words.prepositions), (AND, words.links), (BE, words.being)):
        if bare in group:
            return kind, bare
    root = stem(bare) if bare.isascii() else bare
    return words.same.get(root, root), bare


def skips(sentence: list[Token]) -> dict[int, int]:
    """Return where words stand that change nothing inside a name, and of how many tokens."""
    found = {}
    chinese = _chinese()
    for place, token in enumerate(sentence):
        if _is_passed_over(token.text):
            found[place] = 1
        for word in chinese.get(token.text, ()):
            following = sentence[place : place + len(word)]
            if "".join(each.text for each in following) == word:
                found[place] = len(word)
                break
    return found


@lru_cache(maxsize=65_536)
def _is_passed_over(word: str) -> bool:
    return word.isascii() and (word in _english() or bool(_ADVERB.fullmatch(word)))


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset(lexicon().passed_over["en"])


@lru_cache(maxsize=1)
def _chinese() -> dict[str, list[str]]:
    """Return the Chinese words that change nothing by their first character, the longest first."""
    found: dict[str, list[str]] = {}
    for word in sorted(lexicon().passed_over["zh"], key=len, reverse=True):
        found.setdefault(word[0], []).append(word)
    return found


def passed_over(token: Token) -> bool:
    """Say whether names are compared without a word: an article, or a Chinese particle."""
    return token.text in _english() or token.text in ("的", "之")
