"""Find terms and cases by words, English or Chinese.

Chinese has no spaces, so a query in it is matched as a whole first and then by its pairs of
characters (bigrams).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pyoxigraph import NamedNode

from govkg.cases import KG
from govkg.ontology import Texts

Kind = Literal["concept", "class", "property", "case"]
_WEIGHTS = {"label": 100.0, "alternative": 80.0, "hidden": 60.0, "definition": 30.0}
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


class SearchIndex:
    """All texts by which terms and cases can be found."""

    def __init__(self, kg: KG) -> None:
        """Collect the texts."""
        self._entries = [*_terms(kg), *_cases(kg)]

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """Return the best hits, the best first."""
        words = _plain(query)
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


def _compared(texts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((field, text, _plain(text)) for field, text in texts if text)


def _plain(text: str) -> str:
    """Return a text without case, accents, hyphens and full-width forms."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(" " if c in "-_/" else c for c in folded if not unicodedata.combining(c))
    return " ".join(bare.split())


def _hit(entry: _Entry, words: str) -> Hit | None:
    """Return how an entry fits, or None."""
    graded = [
        (_WEIGHTS[field] * _fit(words, compared), field, text)
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
        return (0.5 if at_word else 0.3) + 0.25 * len(words) / len(text)
    wanted = _pieces(words)
    found = sum(1 for piece in wanted if piece in text)
    share = found / len(wanted) if wanted else 0.0
    return 0.4 * share if share >= 0.5 else 0.0


def _pieces(words: str) -> list[str]:
    """Return the words of a query, Chinese ones as pairs of characters."""
    pieces: list[str] = []
    for word in _WORD.findall(words):
        if _HAN.match(word) and len(word) > 2:
            pieces += [word[i : i + 2] for i in range(len(word) - 1)]
        elif len(word) > 1:
            pieces.append(word)
    return pieces
