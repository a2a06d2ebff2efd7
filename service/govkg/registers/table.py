"""A register in a table: rows become units."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

from govkg.errors import MappingError, NotFoundError
from govkg.registers.linking import link
from govkg.registers.mapping import Aliases, Mapping
from govkg.registers.reading import Cells, Reading, new_unit
from govkg.registers.unit import Unit


def read_table(path: Path, mapping: Mapping, known: Iterable[Unit] = ()) -> Reading:
    """Read a table into units; raises MappingError if a mapped column is missing.

    ``known`` are the units that may contain those of the table, if they are in another register.
    """
    reading, rows = Reading(), dict[str, Cells]()
    for number, row in enumerate(_rows(path, mapping, mapping.columns), 2):
        cells = _cells(row, number, mapping)
        if unit := new_unit(cells, mapping, reading, rows):
            rows[unit.key] = cells
            reading.units.append(unit)
    _add_aliases(path, mapping, reading)
    link(mapping, reading, rows, known)
    return reading


def _rows(path: Path, mapping: Mapping, needed: Iterable[str] = ()) -> Iterator[dict[str, str]]:
    """Yield the rows of a table, with the mapping's encoding and delimiter."""
    try:
        text = path.read_text(mapping.encoding)
    except OSError as error:
        raise NotFoundError(what="file", name=path.name, hint=str(error.strerror)) from error
    except (UnicodeDecodeError, LookupError) as error:
        raise MappingError(file=path.name, entry="encoding", reason=str(error)) from error
    table = csv.DictReader(StringIO(text, newline=""), delimiter=mapping.delimiter, restval="")
    for column in needed:
        if column not in (table.fieldnames or ()):
            reason = f"the table {path.name} has no column “{column}”"
            raise MappingError(file=f"{mapping.register_.id}.toml", entry=column, reason=reason)
    yield from table


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
