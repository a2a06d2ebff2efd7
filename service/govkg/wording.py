"""Words of English and Chinese texts, as they are compared."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

HAN: Final = re.compile(r"[\u3400-\u9fff]")
SMALL: Final = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "that"}
    | {"the", "to", "with"}
)
"""Words that do not count when it is asked how much of a text was named."""
_WORD: Final = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_PARTICLE: Final = re.compile(r"(?<=[\u3400-\u9fff])[的之](?=[\u3400-\u9fff])")
_ENDINGS: Final = (
    *("ations", "ation", "ating", "ated", "ates", "ate"),
    *("ying", "ing", "ied", "ies", "ed", "es", "is", "s", "e", "y"),
)
_BRITISH: Final = re.compile(r"(?<=\w{4})is(?=(?:ation|e|ed|es|ing)s?\Z)")
_REDUCTION: Final = re.compile(r"(?<=\w{3})uctions?\Z")
_DOUBLED: Final = re.compile(r"([bdgmnprt])\1\Z")
STEM: Final = 4
"""How many letters an English word keeps at least."""


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
            yield stem(word)


def stem(word: str) -> str:
    """Return a word without its ending, American as British ones, verbs as the nouns of them."""
    word = _REDUCTION.sub("uce", _BRITISH.sub("iz", word))
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= STEM and not word.endswith("ss"):
            bare = word[: -len(ending)]
            return _DOUBLED.sub(r"\1", bare) if ending in ("ing", "ed") else bare
    return word.removesuffix("s") if len(word) == STEM else word
