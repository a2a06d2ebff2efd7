"""Which jurisdiction a name or a code meant at a date."""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from rapidfuzz import fuzz, process

from govkg.registers.nearness import HAN, Nearness
from govkg.registers.unit import Moment, Unit

_GENERIC: Final = re.compile(
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|市|县|区|盟|旗|省)\Z"
    r"|\b(?:city|county|borough|district|metropolitan|council|corporation|city of|the)\b"
)
"""Words that say what kind of place it is; names are compared with and without them."""
_KINDS: Final = ("borough", "corporation", "council", "county", "district", "metropolitan")
"""Those of them that are long enough to be known when they are misspelt."""
_ASIDE: Final = re.compile(r"[(（][^()（）]*[)）]\s*\Z")
"""What is added to a name in brackets."""
_TYPING_MISTAKES: Final = 80.0
"""How alike, of 100, a misspelt name must be."""
_CHARACTER_MISTAKES: Final = 66.0
"""How alike in Chinese, where one wrong character of three is a third of a name."""
_NEAREST: Final = 50
"""So many texts that look alike are weighed."""
_SCORES: Final = {"code": 100.0, "name": 100.0, "other name": 95.0, "bare name": 85.0}


@dataclass(frozen=True)
class Candidate:
    """A unit that may be meant, and how good the guess is."""

    unit: Unit
    score: float
    """From 0 to 100."""
    matched: str
    """What fits: a code, a name, another name, a bare name, or a misspelt one."""
    text: str
    valid: bool
    """Whether it was there at the date."""
    border: bool
    """Whether it began or ended at that very date."""
    fit: float = 0.0
    """How well the text itself fits, from 0 to 100, whatever the date."""
    match: bool = False
    """Whether nothing else can be meant."""

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as JSON values."""
        return self.unit.as_json() | {
            "score": round(self.score, 1),
            "matched": {"by": self.matched, "text": self.text},
            "validThen": self.valid,
            "changedThen": self.border,
            "match": self.match,
        }

    def told(self, fits: bool) -> "Candidate":
        """Return the candidate once more is known: half as good, unless it fits."""
        return self if fits else replace(self, score=self.score / 2, fit=self.fit / 2)


class Resolver:
    """Finds units by name or code, as of a date; it never changes once it is made."""

    def __init__(self, units: Iterable[Unit]) -> None:
        """Index the names and codes of units."""
        self.units = {unit.key: unit for unit in units}
        self._index: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        """How a text is met, the text, and the key of the unit, by the text as it is compared."""
        self._former: defaultdict[str, list[str]] = defaultdict(list)
        for unit in self.units.values():
            for how, text in _texts(unit):
                self._index[plain(text)].append((how, text, unit.key))
                if how != "code" and (bare := _bare(text)):
                    self._index[bare].append(("bare name", text, unit.key))
            for later in unit.successors:
                self._former[later].append(unit.key)
        self._sorted = sorted(self._index)
        named = (t for t in self._sorted if any(how != "code" for how, *_ in self._index[t]))
        self._near = Nearness(named)

    def resolve(
        self,
        text: str,
        moment: Moment | None = None,
        *,
        code: str = "",
        country: str = "",
        fits: Callable[[Unit], bool] = lambda _: True,
        limit: int = 10,
    ) -> list[Candidate]:
        """Return who may be meant by a name or code, or by both, the best first.

        Without a date the units that are there still are preferred. What else is known of the place
        halves the score of those that it does not ``fit``. ``match`` is set on the first if nothing
        else can be meant: see ``_decided``.
        """
        found = self._exact(text or code) or self._alike(text or code)
        candidates = [
            _candidate(self.units[key], score, how, written, moment).told(fits(self.units[key]))
            for key, (score, how, written) in found.items()
            if country in ("", self.units[key].country) and self.units[key].has_code(code)
        ]
        candidates.sort(key=lambda c: (-c.score, c.border, c.unit.key))
        return self._decided(candidates, moment)[:limit]

    def beginning(self, text: str, limit: int) -> list[Unit]:
        """Return units with a name or code that begins so, those that are there still first."""
        start, found = plain(text), dict[str, Unit]()
        for compared in self._sorted[bisect_left(self._sorted, start) :]:
            if not start or not compared.startswith(start) or len(found) >= limit * 4:
                break
            found |= {key: self.units[key] for _, _, key in self._index[compared]}
        ranked = sorted(found.values(), key=lambda u: (u.period.end is not None, u.names[0], u.key))
        return ranked[:limit]

    def above(self, unit: Unit) -> list[Unit]:
        """Return all units that contain a unit, the nearest first."""
        return self._reached(unit, lambda each: each.parents)

    def later(self, unit: Unit) -> list[Unit]:
        """Return all units that a unit became in time, the nearest first."""
        return self._reached(unit, lambda each: each.successors)

    def former(self, unit: Unit) -> list[Unit]:
        """Return the units that became a unit."""
        return [self.units[key] for key in sorted(self._former.get(unit.key, ()))]

    def _reached(self, unit: Unit, step: Callable[[Unit], tuple[str, ...]]) -> list[Unit]:
        """Return the units that steps lead to, each once."""
        found, waiting = dict[str, Unit](), [unit]
        while waiting:
            for key in step(waiting.pop(0)):
                if key in self.units and key not in found and key != unit.key:
                    found[key] = self.units[key]
                    waiting.append(self.units[key])
        return list(found.values())

    def _exact(self, text: str) -> dict[str, tuple[float, str, str]]:
        """Return the units that the very text names, each by its best fit."""
        found: dict[str, tuple[float, str, str]] = {}
        for compared in dict.fromkeys((plain(text), _bare(text), plain(_ASIDE.sub("", text)))):
            for how, written, key in self._index.get(compared, ()) if compared else ():
                score = _SCORES[how] - (10 if compared != plain(text) and how != "code" else 0)
                found[key] = max(found.get(key, (0.0, "", "")), (score, how, written))
        return found

    def _alike(self, text: str) -> dict[str, tuple[float, str, str]]:
        """Return the units with a name like the text, which may be misspelt.

        A name is as like it as the two are with and without words for kinds of places, on average:
        so those words, which many share, count no more than what tells places apart.
        """
        wanted = " ".join(map(_mended, plain(_ASIDE.sub("", text)).split()))
        bare = _bare(wanted)
        cutoff = _CHARACTER_MISTAKES if HAN.match(wanted) else _TYPING_MISTAKES
        forms = [form for form in dict.fromkeys((wanted, bare)) if len(form) > 2]
        near = {each for form in forms for each, _ in self._near.like(form, cutoff, _NEAREST)}
        found: dict[str, tuple[float, str, str]] = {}
        for how, written, key in (each for text in near for each in self._index[text]):
            if how != "code":
                score = 0.8 * _likeness(wanted, bare, written)
                found[key] = max(found.get(key, (0.0, "", "")), (score, "misspelt", written))
        return found

    def _decided(self, candidates: list[Candidate], moment: Moment | None) -> list[Candidate]:
        """Mark the first as the match if nothing else can be meant.

        At a date: it alone fits exactly among those that were there. Without a date: all others
        that fit exactly became it in time.
        """
        exact = [each for each in candidates if each.fit >= _SCORES["other name"]]
        rivals = [each for each in exact[1:] if moment is None or each.valid]
        if not exact or exact[0] is not candidates[0] or (moment and not exact[0].valid):
            return candidates
        if moment and rivals:
            return candidates
        if any(exact[0].unit not in self.later(each.unit) for each in rivals):
            return candidates
        return [replace(candidates[0], match=True), *candidates[1:]]


def plain(text: str) -> str:
    """Return a text without case, accents, width and punctuation."""
    folded = unicodedata.normalize("NFKD", text).casefold()
    letters = (c for c in folded if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def _bare(text: str) -> str:
    """Return a plain text without words for kinds of places, unless hardly anything is left."""
    short = " ".join(_GENERIC.sub(" ", plain(text)).split())
    return short if len(short) > 1 else ""


def _texts(unit: Unit) -> Iterable[tuple[str, str]]:
    yield "code", unit.code
    yield from (("code", code) for _, code in unit.codes)
    yield from (("name", text) for text, _ in unit.names)
    yield from (("other name", text) for text, _ in unit.other_names)


def _candidate(
    unit: Unit, score: float, how: str, written: str, moment: Moment | None
) -> Candidate:
    """Weigh a unit by whether it was there at the date, or is there now."""
    valid = unit.period.covers(moment) if moment else unit.period.end is None
    border = moment is not None and valid and unit.period.borders(moment)
    weighed = score if valid else score * (0.5 if moment else 0.9)
    return Candidate(unit, weighed, how, written, valid, border, fit=score)


def _mended(word: str) -> str:
    """Return a misspelt word for a kind of place as it is spelt, and others as they are."""
    if word in _KINDS or len(word) < min(map(len, _KINDS)):
        return word
    near = process.extractOne(word, _KINDS, scorer=fuzz.ratio, score_cutoff=_TYPING_MISTAKES)
    return near[0] if near else word


def _likeness(wanted: str, bare: str, name: str) -> float:
    """Return how alike a text and a name are, with and without words for kinds of places."""
    whole = fuzz.ratio(wanted, plain(name))
    return (whole + fuzz.ratio(bare or wanted, _bare(name) or plain(name))) / 2


def same_name(text: str, unit: Unit) -> bool:
    """Say whether a text is a name of a unit, with or without the word for the kind of place."""
    names = [name for name, _ in (*unit.names, *unit.other_names)]
    forms = {form for name in names for form in (plain(name), _bare(name)) if form}
    return not forms.isdisjoint((plain(text), _bare(text)))
