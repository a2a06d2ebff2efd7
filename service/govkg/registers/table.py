"""A register in a table: rows become units."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

from govkg.errors import MappingError, NotFoundError
from govkg.registers.mapping import Aliases, Mapping
from govkg.registers.reading import Cells, Reading, Remark, linked, unit_of
from govkg.registers.unit import Moment, Unit

Rows = dict[str, dict[str, str]]
"""The cells of each row, by the key of the unit that was made of it."""


def read_table(path: Path, mapping: Mapping, known: Iterable[Unit] = ()) -> Reading:
    """Read a table into units; raises MappingError if a mapped column is missing.

    ``known`` are the units that may contain those of the table, if they are in another register.
    """
    reading, rows = Reading(), Rows()
    for number, row in enumerate(_rows(path, mapping, mapping.code), 2):
        unit = unit_of(_cells(row, number, mapping), mapping, reading)
        if unit is None:
            continue
        if unit.key in rows:
            problem, remedy = f"{unit.key} occurs twice", "Keep one of the rows."
            told = Remark(unit.place, ", ".join(mapping.key), unit.code, problem, remedy, True)
            reading.remarks.append(told)
            continue
        rows[unit.key] = row
        reading.units.append(unit)
    _add_aliases(path, mapping, reading)
    links = _Links(mapping, reading, rows, known if mapping.parent.register_ else reading.units)
    reading.units = linked(reading.units, links.of)
    return reading


def _rows(path: Path, mapping: Mapping, *needed: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table, with the mapping's encoding and delimiter."""
    try:
        text = path.read_text(mapping.encoding)
    except OSError as error:
        raise NotFoundError(what="file", name=path.name, hint=str(error.strerror)) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise MappingError(file=path.name, entry="encoding", reason=str(error)) from error
    table = csv.DictReader(StringIO(text, newline=""), delimiter=mapping.delimiter, restval="")
    for column in (*needed, *_columns(mapping)) if needed else ():
        if column not in (table.fieldnames or ()):
            reason = f"the table {path.name} has no column “{column}”"
            raise MappingError(file=f"{mapping.register_.id}.toml", entry=column, reason=reason)
    yield from table


def _columns(mapping: Mapping) -> list[str]:
    """Return the columns that a mapping names."""
    named = [mapping.level, mapping.start, mapping.end, mapping.parent.column]
    named += [*mapping.key, *mapping.names.official, *mapping.names.others]
    named += [mapping.successor.column, *mapping.codes.values()]
    return [column for column in named if column]


def _cells(row: dict[str, str], number: int, mapping: Mapping) -> Cells:
    def get(column: str) -> Sequence[tuple[str, str]]:
        value = (row.get(column) or "").strip()
        return [(value, mapping.names.language)] if value else []

    return Cells(f"row {number}", get)


def _add_aliases(path: Path, mapping: Mapping, reading: Reading) -> None:
    """Give units the names in the second table, if there is one."""
    if mapping.aliases is None:
        return
    names = _aliases(path.parent / mapping.aliases.file, mapping, mapping.aliases)
    language = mapping.names.language
    for index, unit in enumerate(reading.units):
        more = dict.fromkeys((name, language) for name in names.get(unit.code, ()))
        others = tuple(n for n in dict.fromkeys((*unit.other_names, *more)) if n not in unit.names)
        reading.units[index] = replace(unit, other_names=others)


def _aliases(path: Path, mapping: Mapping, aliases: Aliases) -> dict[str, list[str]]:
    names: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows(path, mapping):
        if aliases.key not in row or aliases.name not in row:
            reason = f"{path.name} has not both columns, {aliases.key} and {aliases.name}"
            raise MappingError(file=f"{mapping.register_.id}.toml", entry="aliases", reason=reason)
        names[row[aliases.key].strip()].append(row[aliases.name].strip())
    return names


class _Links:
    """Finds what contains a unit and what it became, among the units of one table."""

    def __init__(
        self, mapping: Mapping, reading: Reading, rows: Rows, holders: Iterable[Unit]
    ) -> None:
        self._mapping = mapping
        self._remarks = reading.remarks
        self._rows = rows
        self._by_code = _by_code(reading.units)
        self._holders = _by_code(holders)

    def of(self, unit: Unit) -> tuple[list[str], list[str]]:
        """Return the keys of parents and successors."""
        return self._parents(unit), self._successors(unit)

    def _parents(self, unit: Unit) -> list[str]:
        """Return all that contained the unit at some time of its own."""
        row, parent = self._rows[unit.key], self._mapping.parent
        codes = [row[parent.column].strip()] if parent.column and row[parent.column].strip() else []
        padded = [unit.code[:length] + ending for length, ending in parent.paddings]
        codes += [code for code in padded if code != unit.code]
        for code in codes:
            if holders := self._holding(code, unit):
                return [each.key for each in holders]
        if parent.column and codes:
            self._missing(unit, parent.column, codes[0])
        return []

    def _holding(self, code: str, unit: Unit) -> list[Unit]:
        """Return the units with a code that were there at the time of another.

        A register without any dates says how things are: then those that are there still.
        """
        found = [each for each in self._holders.get(code, ()) if _meet(each, unit)]
        if self._mapping.start or self._mapping.end:
            return found
        return [each for each in found if each.period.end is None]

    def _successors(self, unit: Unit) -> list[str]:
        """Return what the unit became at its end; what left it before is another matter."""
        end, successor = unit.period.end, self._mapping.successor
        if end is None:
            return []
        found = []
        if successor.same_code:
            found += [
                each.key
                for each in self._by_code.get(unit.code, ())
                if each.period.start and each.period.start.text == end.text and each != unit
            ]
        for code, moment in self._codes(unit, end):
            if moment.text[:4] == end.text[:4]:
                found += self._at(unit, code, moment)
        return found

    def _codes(self, unit: Unit, end: Moment) -> Iterator[tuple[str, Moment]]:
        """Yield the codes in the column of successors, with the date of each."""
        successor = self._mapping.successor
        if not successor.column:
            return
        for part in self._rows[unit.key][successor.column].split(successor.separator):
            text = part.strip()
            found = re.fullmatch(successor.dated, text) if successor.dated else None
            if found:
                yield found["code"], Moment(found["year"]) if found["year"] else end
            elif text and not successor.dated:
                yield text, end
            elif text:
                self._missing(unit, successor.column, text)

    def _at(self, unit: Unit, code: str, moment: Moment) -> list[str]:
        """Return the units with a code that were there right after a date."""
        there = [each for each in self._by_code.get(code, ()) if each.period.covers(moment)]
        lasting = [each for each in there if not each.period.end or moment.before(each.period.end)]
        if not there:
            self._missing(unit, self._mapping.successor.column, code)
        return [each.key for each in (lasting or there) if each != unit]

    def _missing(self, unit: Unit, column: str, code: str) -> None:
        remedy = "Check the code; the link is left out."
        problem = "no unit of the register had this code then"
        self._remarks.append(Remark(unit.place, column, code, problem, remedy))


def _by_code(units: Iterable[Unit]) -> dict[str, list[Unit]]:
    found: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        found[unit.code].append(unit)
    return dict(found)


def _meet(one: Unit, other: Unit) -> bool:
    """Say whether two units were there at the same time, for longer than a moment."""
    first, second = one.period, other.period
    late_start = first.end and second.start and not second.start.before(first.end)
    late_end = second.end and first.start and not first.start.before(second.end)
    return not late_start and not late_end
