"""Which jurisdiction a name or a code meant at a date."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from rapidfuzz import fuzz, process

from govkg.registers.unit import Moment, Unit

_GENERIC: Final = re.compile(
    r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|市|县|区|盟|旗|省)\Z"
    r"|\b(?:city|county|borough|district|metropolitan|council|corporation|city of|the)\b"
)
"""Words that say what kind of place it is; names are compared with and without them."""
_TYPING_MISTAKES: Final = 86.0
"""How alike, of 100, a misspelt name must be."""
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
    match: bool = False
    """Whether nothing else can be meant."""

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as JSON values."""
        period = self.unit.period
        return {
            "key": self.unit.key,
            "code": self.unit.code,
            "names": [{"text": text, "lang": tag} for text, tag in self.unit.names],
            "country": self.unit.country,
            "level": self.unit.level or None,
            "start": period.start.text if period.start else None,
            "end": period.end.text if period.end else None,
            "parents": list(self.unit.parents),
            "successors": list(self.unit.successors),
            "score": round(self.score, 1),
            "matched": {"by": self.matched, "text": self.text},
            "validThen": self.valid,
            "changedThen": self.border,
            "match": self.match,
        }


class Resolver:
    """Finds units by name or code, as of a date; it never changes once it is made."""

    def __init__(self, units: Iterable[Unit]) -> None:
        """Index the names and codes of units."""
        self.units = {unit.key: unit for unit in units}
        self._index: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
        """How a text is met, the text, and the key of the unit, by the text as it is compared."""
        for unit in self.units.values():
            for how, text in _texts(unit):
                self._index[plain(text)].append((how, text, unit.key))
                if how != "code" and (bare := _bare(text)):
                    self._index[bare].append(("bare name", text, unit.key))

    def resolve(
        self, text: str, moment: Moment | None = None, *, country: str = "", limit: int = 10
    ) -> list[Candidate]:
        """Return who may be meant, the best first.

        Without a date the units that are there still are preferred. ``match`` is set on the first
        if it alone fits a code or name exactly among those that were there at the date.
        """
        found = self._exact(text) or self._alike(text)
        candidates = [
            _candidate(self.units[key], score, how, written, moment)
            for key, (score, how, written) in found.items()
            if country in ("", self.units[key].country)
        ]
        candidates.sort(key=lambda c: (-c.score, c.border, c.unit.key))
        return _decided(candidates)[:limit]

    def _exact(self, text: str) -> dict[str, tuple[float, str, str]]:
        """Return the units that the very text names, each by its best fit."""
        found: dict[str, tuple[float, str, str]] = {}
        for compared in dict.fromkeys((plain(text), _bare(text))):
            for how, written, key in self._index.get(compared, ()) if compared else ():
                score = _SCORES[how] - (10 if compared != plain(text) and how != "code" else 0)
                found[key] = max(found.get(key, (0.0, "", "")), (score, how, written))
        return found

    def _alike(self, text: str) -> dict[str, tuple[float, str, str]]:
        """Return the units with a name like the text, which may be misspelt."""
        wanted, found = plain(text), dict[str, tuple[float, str, str]]()
        near = process.extract(
            wanted, self._index.keys(), scorer=fuzz.ratio, limit=20, score_cutoff=_TYPING_MISTAKES
        )
        for compared, likeness, _ in near if len(wanted) > 2 else ():
            for how, written, key in self._index[compared]:
                score = likeness * 0.8 if how != "code" else 0.0
                found[key] = max(found.get(key, (0.0, "", "")), (score, "misspelt", written))
        return {key: value for key, value in found.items() if value[0] > 0}


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
    return Candidate(unit, weighed, how, written, valid, border)


def _decided(candidates: list[Candidate]) -> list[Candidate]:
    """Mark the first as the match if no other exact one was there as well."""
    exact = [c for c in candidates if c.valid and c.score >= _SCORES["other name"]]
    if len(exact) != 1 or exact[0] is not candidates[0]:
        return candidates
    first = Candidate(**(vars(candidates[0]) | {"match": True}))
    return [first, *candidates[1:]]
