"""What a register is made of: places as they were between two dates, and who governs them."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from govkg.vocabulary import PLACE

_DATE: Final = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?\Z")


@dataclass(frozen=True, order=True)
class Moment:
    """A year, a month or a day, as precisely as a source gives it."""

    text: str
    """As in XML Schema: 2010, 2010-06 or 2010-06-30."""

    def __post_init__(self) -> None:
        """Refuse what is no such date; raises ValueError."""
        found = _DATE.match(self.text)
        if not found:
            raise ValueError("it is no year, month or day like 2010, 2010-06 or 2010-06-30")
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))

    @property
    def datatype(self) -> str:
        """The local name of its XML Schema datatype."""
        return {4: "gYear", 7: "gYearMonth", 10: "date"}[len(self.text)]

    def before(self, other: "Moment") -> bool:
        """Say whether all of it lies before all of another."""
        shared = min(len(self.text), len(other.text))
        return self.text[:shared] < other.text[:shared]


@dataclass(frozen=True)
class Period:
    """When something held; an end that is missing is open."""

    start: Moment | None = None
    end: Moment | None = None

    def covers(self, moment: Moment) -> bool:
        """Say whether it may have held then, at the precision of the dates."""
        begun = self.start is None or not moment.before(self.start)
        return begun and (self.end is None or not self.end.before(moment))

    def borders(self, moment: Moment) -> bool:
        """Say whether it began or ended at that very date, so that more than one may have held."""
        ends = (end for end in (self.start, self.end) if end)
        return any(not end.before(moment) and not moment.before(end) for end in ends)


@dataclass(frozen=True)
class Unit:
    """A jurisdiction as a register has it for one period."""

    key: str
    """Its name within the register, such as 420600-2010; part of its IRI."""
    code: str
    names: tuple[tuple[str, str], ...]
    """Name and language tag, the official one first."""
    country: str
    """ISO 3166-1 alpha-2."""
    level: str = ""
    """The slug of a concept of the scheme of levels; empty if the register does not say."""
    period: Period = Period()
    parents: tuple[str, ...] = ()
    """Keys of the units that contain it."""
    successors: tuple[str, ...] = ()
    """Keys of the units that it became."""
    other_names: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    """Name of a system of codes, and the code there."""
    matches: tuple[str, ...] = ()
    """IRIs of the same place elsewhere, as the register says."""
    point: tuple[str, str] | None = None
    """Latitude and longitude, as decimal numbers."""
    place: str = field(default="", compare=False)
    """Where in the source it stands, such as “row 7”."""

    def has_code(self, code: str) -> bool:
        """Say whether this is its code in any system; an empty text is anybody's."""
        return not code or code == self.code or code in (each for _, each in self.codes)

    def as_json(self) -> dict[str, Any]:
        """Return the unit as JSON values."""
        start, end = self.period.start, self.period.end
        return {
            "id": self.key,
            "iri": PLACE + self.key,
            "code": self.code,
            "names": [{"text": text, "lang": tag} for text, tag in self.names],
            "otherNames": [{"text": text, "lang": tag} for text, tag in self.other_names],
            "country": self.country,
            "level": self.level or None,
            "start": start.text if start else None,
            "end": end.text if end else None,
            "parents": list(self.parents),
            "successors": list(self.successors),
        }


@dataclass(frozen=True)
class Government:
    """A government in a register, which governs one of its places."""

    key: str
    """The end of its IRI."""
    kind: str
    """Its class in the ontology."""
    name: tuple[str, str]
    """Name and language tag."""
    governs: str = ""
    """The key of a unit; empty if the register does not say which."""
    within: str = ""
    """The key of the government of which it is a part."""
    period: Period = Period()
    other_names: tuple[tuple[str, str], ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    """Name of a system of codes, and the code there."""
    matches: tuple[str, ...] = ()
    """IRIs of the same organisation elsewhere."""
