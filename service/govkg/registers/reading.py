"""What both kinds of source have in common: cells become a unit, or a remark on what is wrong."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from govkg.registers.mapping import Mapping
from govkg.registers.unit import Moment, Period, Unit


@dataclass(frozen=True)
class Remark:
    """Something in a source that could not be taken over as it is."""

    place: str
    column: str
    value: str
    problem: str
    remedy: str
    dropped: bool = False
    """Whether the whole row was left out for it."""


@dataclass
class Reading:
    """What a source gave."""

    units: list[Unit] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Cells:
    """One row, or one concept: its values by column or property."""

    place: str
    get: Callable[[str], Sequence[tuple[str, str]]]
    """Values and language tags of a column."""

    def one(self, column: str) -> str:
        """Return the first value of a column, or nothing."""
        found = self.get(column) if column else ()
        return found[0][0].strip() if found else ""


def slug(text: str) -> str:
    """Return what of a key may stand in an IRI."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def unit_of(cells: Cells, mapping: Mapping, reading: Reading) -> Unit | None:
    """Make a unit of a row, with remarks on what is wrong; None if it cannot be told apart."""
    code, source = cells.one(mapping.code), mapping.register_
    names = [name for column in mapping.names.official for name in cells.get(column) if name[0]]
    if not code or not names:
        missing = mapping.names.official[0] if code else mapping.code
        told = Remark(cells.place, missing, "", "it is empty", "Fill it in.", dropped=True)
        reading.remarks.append(told)
        return None
    official = _official(names, mapping)
    others = [name for column in mapping.names.others for name in cells.get(column) if name[0]]
    return Unit(
        key=f"{source.prefix}-" + "-".join(slug(cells.one(column)) for column in mapping.key),
        code=code,
        names=tuple(official),
        country=source.country,
        level=_level(cells, code, mapping, reading),
        period=_period(cells, mapping, reading),
        other_names=tuple(name for name in dict.fromkeys(others) if name not in official),
        codes=tuple(
            (system, part.strip())
            for system, column in mapping.codes.items()
            for part in cells.one(column).split(",")
            if part.strip()
        ),
        place=cells.place,
    )


def _official(names: list[tuple[str, str]], mapping: Mapping) -> list[tuple[str, str]]:
    """Return the official names: one of a table, one for each language of SKOS."""
    return names[:1] if mapping.form == "table" else list(dict.fromkeys(names))


def _level(cells: Cells, code: str, mapping: Mapping, reading: Reading) -> str:
    """Return the level of a unit, if the mapping knows it."""
    for pattern, level in mapping.level_by_code:
        if re.fullmatch(pattern, code):
            return level
    value = cells.one(mapping.level)
    if value and value not in mapping.levels:
        remedy = "Add it to [levels] of the mapping, or leave the level out."
        reading.remarks.append(
            Remark(cells.place, mapping.level, value, "this level is not mapped", remedy)
        )
    return mapping.levels.get(value, "")


def _period(cells: Cells, mapping: Mapping, reading: Reading) -> Period:
    """Return when the unit was there; a start with which the register begins is open."""
    start = _moment(cells, mapping.start, reading)
    end = _moment(cells, mapping.end, reading)
    if start and start.text == mapping.register_.open_start:
        start = None
    if end and mapping.open_end and end.text.startswith(mapping.open_end):
        end = None
    if start and end and end.before(start):
        remedy = "Correct one of them; the end is left out."
        told = Remark(cells.place, mapping.end, end.text, "it lies before the start", remedy)
        reading.remarks.append(told)
        end = None
    return Period(start, end)


def _moment(cells: Cells, column: str, reading: Reading) -> Moment | None:
    """Return the date in a column; a time of day is cut off."""
    text = cells.one(column).partition("T")[0]
    if not text:
        return None
    try:
        return Moment(text)
    except ValueError as error:
        reading.remarks.append(
            Remark(cells.place, column, text, str(error), "Write the date so; it is left out.")
        )
        return None


def linked(
    units: Iterable[Unit], links: Callable[[Unit], tuple[list[str], list[str]]]
) -> list[Unit]:
    """Return units with the keys of what contains them and of what they became."""
    found = []
    for unit in units:
        parents, successors = (tuple(dict.fromkeys(keys)) for keys in links(unit))
        found.append(replace(unit, parents=parents, successors=successors))
    return found
