"""What both kinds of source have in common: cells become a unit, or a remark on what is wrong."""

import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace

from govkg.registers.mapping import Mapping
from govkg.registers.unit import Government, Moment, Period, Unit
from govkg.vocabulary import PLACE


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
    governments: list[Government] = field(default_factory=list)
    """Those that a source has beside its places."""
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


def new_unit(
    cells: Cells, mapping: Mapping, reading: Reading, there: Container[str]
) -> Unit | None:
    """Make a unit of a row as ``unit_of`` does; None and a remark if its key is there already."""
    unit = unit_of(cells, mapping, reading)
    if unit is None or unit.key not in there:
        return unit
    problem, remedy = f"{unit.key} occurs twice", "Keep one of them."
    told = Remark(unit.place, ", ".join(mapping.key), unit.code, problem, remedy, dropped=True)
    reading.remarks.append(told)
    return None


def unit_of(cells: Cells, mapping: Mapping, reading: Reading) -> Unit | None:
    """Make a unit of a row, with remarks on what is wrong; None if it cannot be told apart."""
    code, source = cells.one(mapping.code), mapping.register_
    named = ([n for n in cells.get(column) if n[0]] for column in mapping.names.official)
    names = next((found for found in named if found), [])
    if not code or not names:
        missing = mapping.names.official[0] if code else mapping.code
        told = Remark(cells.place, missing, "", "it is empty", "Fill it in.", dropped=True)
        reading.remarks.append(told)
        return None
    official = list(dict.fromkeys(names))
    others = [name for column in mapping.names.others for name in cells.get(column) if name[0]]
    return Unit(
        key=key_of([cells.one(column) for column in mapping.key], source.prefix, PLACE),
        code=code,
        names=tuple(official),
        country=_country(cells, mapping, reading),
        level=_level(cells, code, mapping, reading),
        period=period_of(cells, mapping.start, mapping.end, mapping, reading),
        other_names=tuple(name for name in dict.fromkeys(others) if name not in official),
        codes=tuple(
            (system, part.strip())
            for system, column in mapping.codes.items()
            for part in cells.one(column).split(",")
            if part.strip()
        ),
        place=cells.place,
    )


def key_of(values: Sequence[str], prefix: str, space: str) -> str:
    """Return the end of an IRI in a namespace; what has such an IRI already keeps it."""
    kept = values[0].removeprefix(space) if len(values) == 1 else ""
    if kept and kept != values[0] and slug(kept) == kept:
        return kept
    return f"{prefix}-" + "-".join(map(slug, values))


def _country(cells: Cells, mapping: Mapping, reading: Reading) -> str:
    """Return the country of a unit: its own, if the mapping names a column, or the register's."""
    value = cells.one(mapping.country)
    if value and not re.fullmatch("[A-Z]{2}", value):
        problem, remedy = "it is no code of two capital letters", "The register's is used."
        reading.remarks.append(Remark(cells.place, mapping.country, value, problem, remedy))
        value = ""
    return value or mapping.register_.country


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


def period_of(cells: Cells, starts: str, ends: str, mapping: Mapping, reading: Reading) -> Period:
    """Return a period by its columns; a start with which the register begins is open."""
    start = _moment(cells, starts, reading)
    end = _moment(cells, ends, reading)
    if start and start.text == mapping.register_.open_start:
        start = None
    if end and mapping.open_end and end.text.startswith(mapping.open_end):
        end = None
    if start and end and end.before(start):
        remedy = "Correct one of them; the end is left out."
        told = Remark(cells.place, ends, end.text, "it lies before the start", remedy)
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
