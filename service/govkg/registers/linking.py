"""What contains a unit and what it became: links between the units of a source, by code or name."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from govkg.registers import mapping as declared
from govkg.registers.reading import Cells, Reading, Remark, linked
from govkg.registers.unit import Moment, Unit

Rows = Mapping[str, Cells]
"""What a source says, by the key of the unit that was made of it."""


def link(
    mapping: declared.Mapping, reading: Reading, rows: Rows, known: Iterable[Unit] = ()
) -> None:
    """Give the units of a source their parents and successors, with remarks on what is missing.

    ``known`` are the units of the other register in which the mapping says that parents are.
    """
    reading.units = linked(reading.units, _Links(mapping, reading, rows, known).of)


class _Links:
    """Finds what contains a unit and what it became, among the units of one source."""

    def __init__(
        self, mapping: declared.Mapping, reading: Reading, cells: Rows, known: Iterable[Unit]
    ) -> None:
        self._mapping = mapping
        self._remarks = reading.remarks
        self._cells = cells
        self._by_code = _grouped(reading.units, lambda unit: unit.code)
        self._holders = self._named(reading.units, known)

    def _named(self, units: Iterable[Unit], known: Iterable[Unit]) -> dict[str, list[Unit]]:
        """Return what may contain a unit, by the value with which others refer to it."""
        parent = self._mapping.parent
        if parent.of:
            return _grouped(units, lambda unit: self._cells[unit.key].one(parent.of))
        return _grouped(known, lambda unit: unit.code) if parent.register_ else self._by_code

    def of(self, unit: Unit) -> tuple[list[str], list[str]]:
        """Return the keys of parents and successors."""
        return self._parents(unit), self._successors(unit)

    def _parents(self, unit: Unit) -> list[str]:
        """Return all that contained the unit at some time of its own."""
        parent = self._mapping.parent
        named = self._cells[unit.key].one(parent.column)
        codes = [named] if named else []
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
        holders = self._holders.get(code, [])
        if self._mapping.parent.of:
            return holders
        found = [each for each in holders if _meet(each, unit)]
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
        values = self._cells[unit.key].get(successor.column)
        for part in (p for value, _ in values for p in value.split(successor.separator)):
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


def _grouped(units: Iterable[Unit], value: Callable[[Unit], str]) -> dict[str, list[Unit]]:
    found: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        found[value(unit)].append(unit)
    return dict(found)


def _meet(one: Unit, other: Unit) -> bool:
    """Say whether two units were there at the same time, for longer than a moment."""
    first, second = one.period, other.period
    late_start = first.end and second.start and not second.start.before(first.end)
    late_end = second.end and first.start and not first.start.before(second.end)
    return not late_start and not late_end
