"""Find terms and cases by words, English or Chinese.

Chinese has no spaces, so a query in it is matched as a whole first and then by its pairs of
characters (bigrams); misspelt words stand for those that are spelt nearly so.
"""

import math
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal

from pyoxigraph import NamedNode, Quad

from govkg.api.holdings import Holdings
from govkg.cases import KG
from govkg.cases.kg import Case
from govkg.ontology import Ontology, Texts
from govkg.registers import Registry, Resolver, Unit
from govkg.store import Delta
from govkg.store.deltas import name_of
from govkg.vocabulary import PLACE
from govkg.wording import HAN, SMALL, asked, plain

Kind = Literal["concept", "class", "property", "case", "place"]
_WEIGHTS = {"label": 100.0, "alternative": 80.0, "hidden": 60.0, "definition": 30.0}
_KINDS: dict[Kind, float] = {"concept": 1.0, "class": 0.98, "case": 0.95, "property": 0.9}
"""What people look for most; a relation is seldom meant when it is called like a thing."""
_SHARES = {"label": 1.0, "alternative": 0.95, "hidden": 0.8, "definition": 0.6}
_IN_PIECES = 44.0
"""The most that a hit scores of which no text holds all that is asked in one piece."""
_ENOUGH = 0.4
"""How much of what is asked must be found for that."""
_PLACES = {"code": 90.0, "name": 93.0, "other name": 88.0, "bare name": 80.0, "misspelt": 45.0}
_BEGINNING = 55.0
_KIND_OF_PLACE = "省市县区州盟旗乡镇"


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
    """All texts by which terms and cases can be found; it never changes once it is made."""

    def __init__(self, kg: KG, registry: Registry | None = None) -> None:
        """Collect the texts; places are looked up in the registers when they are asked for."""
        self._registry = registry or Registry(kg.quads, kg.graphs)
        self._ontology = kg.ontology
        self._cases = {case.iri: case for case in kg.cases()}
        entries = (*_terms(kg.ontology), *map(_case, self._cases.values()))
        self._entries = {entry.iri: entry for entry in entries}
        self._mentions = {iri: _mentions(kg, iri) for iri in self._entries}
        self._holdings = Holdings().after((), map(_held, self._entries.values()))

    def after(
        self, kg: KG, registry: Registry, cases: Iterable[Case], delta: Delta
    ) -> "SearchIndex":
        """Return the index after a change; only what it touches is read again."""
        if kg.ontology is not self._ontology:
            return SearchIndex(kg, registry)
        later = copy(self)
        later._registry = registry
        later._cases = {case.iri: case for case in cases}
        gone = [iri for iri, case in self._cases.items() if later._cases.get(iri) is not case]
        come = [case for iri, case in later._cases.items() if self._cases.get(iri) is not case]
        new = {case.iri: _case(case) for case in come}
        kept = self._entries.keys() - set(gone)
        later._entries = {iri: each for iri, each in self._entries.items() if iri in kept} | new
        later._holdings = self._holdings.after(gone, map(_held, new.values()))
        later._mentions = self._counted(kg, delta, gone)
        later._mentions |= {iri: _mentions(kg, iri) for iri in new}
        return later

    def _counted(self, kg: KG, delta: Delta, gone: Iterable[NamedNode]) -> dict[NamedNode, int]:
        """Return how often things are mentioned after a change."""
        mentions = self._mentions.copy()
        for quads, step in ((delta.added, 1), (delta.removed, -1)):
            for quad in quads:
                value = quad.object
                if isinstance(value, NamedNode) and value in mentions and _counts(kg, quad):
                    mentions[value] += step
        for iri in gone:
            del mentions[iri]
        return mentions

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """Return the best hits, the best first."""
        words = asked(query)
        if not words:
            return []
        shares = self._holdings.shares(words)
        hits = [
            hit
            for iri, entry in self._entries.items()
            if (hit := _hit(entry, words, shares.get(iri, 0.0), self._weight(entry)))
        ]
        hits += _places(self._registry.resolver, query, words, limit)
        hits.sort(key=lambda hit: (-hit.score, hit.iri.value))
        return hits[:limit]

    def _weight(self, entry: "_Entry") -> float:
        """Return how much an entry counts among others that fit as well."""
        return _KINDS[entry.kind] * _prominence(self._mentions[entry.iri])

    def terms(self, query: str, limit: int) -> list[Hit]:
        """Return the best hits that are no places."""
        return [hit for hit in self.search(query, limit * 2) if hit.kind != "place"][:limit]


def _places(resolver: Resolver, query: str, words: str, limit: int) -> Iterator[Hit]:
    """Yield places of registers that are called so, or nearly so, or begin so; each once."""
    found: dict[str, Hit] = {}
    for each in resolver.resolve(query, limit=limit):
        if each.matched != "misspelt" or len(words) > 3:
            score = _PLACES[each.matched] * each.score / each.fit
            score *= each.fit / 80 if each.matched == "misspelt" else 1
            found[each.unit.key] = _place(each.unit, each.text, score)
    short = words[:-1] if len(words) > 2 and words[-1] in _KIND_OF_PLACE else words
    for unit in resolver.beginning(short, limit) if len(short) > 1 else ():
        found.setdefault(unit.key, _place(unit, unit.names[0][0], _BEGINNING))
    yield from found.values()


def _place(unit: Unit, matched: str, score: float) -> Hit:
    """Return a place as a hit; in the place of a definition it says when and where it was."""
    labels = {(tag if tag != "und" else ""): text for text, tag in reversed(unit.names)}
    start, end = (m.text if m else "" for m in (unit.period.start, unit.period.end))
    told = f"{unit.code} · {start or '…'}–{end} · {unit.country}"
    return Hit(NamedNode(PLACE + unit.key), "place", labels, told, matched, "label", score)


def _terms(ontology: Ontology) -> Iterator[_Entry]:
    for term in ontology.terms():
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


def _case(case: Case) -> _Entry:
    texts = [*(("label", title) for title in case.titles.values()), ("hidden", case.id)]
    return _Entry(case.iri, "case", case.titles, "", _compared(texts))


def _held(entry: _Entry) -> tuple[NamedNode, list[tuple[float, str]]]:
    """Return the texts of an entry, each with its weight."""
    return entry.iri, [(_SHARES[field], compared) for field, _, compared in entry.texts]


def _mentions(kg: KG, iri: NamedNode) -> int:
    """Count how often something is spoken of, other than in registers."""
    return sum(_counts(kg, quad) for quad in kg.quads.matching(value=iri))


def _counts(kg: KG, quad: Quad) -> bool:
    """Say whether a quad was stated in a graph that is no register."""
    graphs, name = kg.graphs, name_of(quad)
    if name is None:
        return True
    return name not in (graphs.inferred, graphs.description) and not graphs.register_id(name)


def _prominence(mentions: int) -> float:
    """Return from 0.8 to 1 how much weight a thing has of which so many statements speak."""
    return 0.8 + 0.2 * min(1.0, math.log2(1 + mentions) / 8)


def _compared(texts: Iterable[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((field, text, plain(text)) for field, text in texts if text)


def _hit(entry: _Entry, words: str, share: float, weight: float) -> Hit | None:
    """Return how an entry fits, or None; it has a share of the words anywhere in its texts."""
    graded = [
        (_WEIGHTS[field] * _fit(words, compared) * weight, field, text)
        for field, text, compared in entry.texts
    ]
    score, field, text = max(graded, key=lambda each: each[0], default=(0.0, "", ""))
    in_pieces = _IN_PIECES * share * weight if share >= _ENOUGH else 0.0
    if max(score, in_pieces) <= 0:
        return None
    if in_pieces > score:
        score, field, text = in_pieces, "definition", entry.definition or entry.texts[0][1]
    return Hit(entry.iri, entry.kind, entry.labels, entry.definition, text, field, score)


def _fit(words: str, text: str) -> float:
    """Return from 0 to 1 how well a text fits the words: whole, beginning, within."""
    if words == text:
        return 1.0
    if words in text:
        at_word = text.startswith(words) or f" {words}" in text or HAN.match(words)
        return (0.45 if at_word else 0.3) + 0.25 * _share(words, text)
    return 0.0


def _share(words: str, text: str) -> float:
    """Return how much of a text that holds the words they are, in words that count."""
    if HAN.search(text):
        return len(words) / len(text)
    counting = [word for word in text.split() if word not in SMALL]
    return min(1.0, len(words.split()) / max(1, len(counting)))
