"""Find terms and cases by words, English or Chinese.

Chinese has no spaces, so a query in it is matched as a whole first and then by its pairs of
characters (bigrams).
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from pyoxigraph import NamedNode

from govkg.cases import KG
from govkg.ontology import Texts

Kind = Literal["concept", "class", "property", "case"]
_WEIGHTS = {"label": 100.0, "alternative": 80.0, "hidden": 60.0, "definition": 30.0}
_KINDS: dict[Kind, float] = {"concept": 1.0, "class": 0.98, "case": 0.95, "property": 0.9}
"""What people look for most; a relation is seldom meant when it is called like a thing."""
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "at",
        "by",
        "for",
        "from",
        "in",
        "is",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
    ]
)
"""Words that do not count when it is asked how much of a text was named."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Hit:
    """One thing that was found, and by which of its texts."""

    iri: NamedNode
    kind: Kind
    labels: Texts
    definition: str
    matched: str
    """The text that fits best."""
    field: str
    """What that text is: label, alternative, hidden or definition."""
    score: float

    def as_json(self) -> dict[str, Any]:
        """Return the hit as JSON values."""
        return {
            "iri": self.iri.value,
            "kind": self.kind,
            "label": self.labels,
            "definition": self.definition or None,
            "matched": {"field": self.field, "text": self.matched},
            "score": round(self.score, 2),
        }


@dataclass(frozen=True)
class _Entry:
    iri: NamedNode
    kind: Kind
    labels: Texts
    definition: str
    texts: tuple[tuple[str, str, str], ...]
    """Field, text, and the text as it is compared."""
    weight: float = 1.0
    """How much it counts among others that fit as well: by its kind, and by how much is said."""


class SearchIndex:
    """All texts by which terms and cases can be found."""

    def __init__(self, kg: KG) -> None:
        """Collect the texts."""
        mentions = Counter(triple.object for triple in kg.asserted())
        self._entries = [
            replace(entry, weight=_KINDS[entry.kind] * _prominence(mentions[entry.iri]))
            for entry in (*_terms(kg), *_cases(kg))
        ]

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """Return the best hits, the best first."""
        words = plain(query)
        if not words:
            return []
        hits = [hit for entry in self._entries if (hit := _hit(entry, words))]
        hits.sort(key=lambda hit: (-hit.score, hit.iri.value))
        return hits[:limit]


def _terms(kg: KG) -> Iterator[_Entry]:
    for term in kg.ontology.terms():
        texts = [
            *(("label", text) for text in term.labels.values()),
            *(("alternative", name.value) for name in term.other_names),
            *(("hidden", name.value) for name in term.hidden_names),
            ("hidden", term.slug),
            ("definition", term.definition),
        ]
        types = " ".join(t.value for t in term.types)
        kind: Kind = (
            "class" if "#Class" in types else "property" if "Property" in types else "concept"
        )
        yield _Entry(term.iri, kind, term.labels, term.definition, _compared(texts))


def _cases(kg: KG) -> Iterator[_Entry]:
    for case in kg.cases():
        texts = [*(("label", title) for title in case.titles.values()), ("hidden", case.id)]
        yield _Entry(case.iri, "case", case.titles, "", _compared(texts))


def _prominence(mentions: int) -> float:
    """Return from 0.8 to 1 how much weight a thing has of which so many statements speak."""
    return 0.8 + 0.2 * min(1.0, math.log2(1 + mentions) / 8)


def _compared(texts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((field, text, plain(text)) for field, text in texts if text)


def plain(text: str) -> str:
    """Return a text without case, accents, hyphens and full-width forms."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(" " if c in "-_/" else c for c in folded if not unicodedata.combining(c))
    return " ".join(bare.split())


def _hit(entry: _Entry, words: str) -> Hit | None:
    """Return how an entry fits, or None."""
    graded = [
        (_WEIGHTS[field] * _fit(words, compared) * entry.weight, field, text)
        for field, text, compared in entry.texts
    ]
    score, field, text = max(graded, key=lambda each: each[0], default=(0.0, "", ""))
    if score <= 0:
        return None
    return Hit(entry.iri, entry.kind, entry.labels, entry.definition, text, field, score)


def _fit(words: str, text: str) -> float:
    """Return from 0 to 1 how well a text fits the words: whole, beginning, within, in pieces."""
    if words == text:
        return 1.0
    if words in text:
        at_word = text.startswith(words) or f" {words}" in text or _HAN.match(words)
        return (0.45 if at_word else 0.3) + 0.25 * _share(words, text)
    wanted = _pieces(words)
    found = sum(1 for piece in wanted if piece in text)
    share = found / len(wanted) if wanted else 0.0
    return 0.4 * share if share >= 0.5 else 0.0


def _share(words: str, text: str) -> float:
    """Return how much of a text that holds the words they are, in words that count."""
    if _HAN.search(text):
        return len(words) / len(text)
    counting = [word for word in text.split() if word not in _SMALL]
    return min(1.0, len(words.split()) / max(1, len(counting)))


def _pieces(words: str) -> list[str]:
    """Return the words of a query, Chinese ones as pairs of characters."""
    pieces: list[str] = []
    for word in _WORD.findall(words):
        if _HAN.match(word) and len(word) > 2:
            pieces += [word[i : i + 2] for i in range(len(word) - 1)]
        elif len(word) > 1 and word not in _SMALL:
            pieces.append(word)
    return pieces
