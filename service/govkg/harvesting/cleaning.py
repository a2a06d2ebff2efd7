"""From the cells of a source to a clean table; what cannot be read is told by row and column."""

import csv
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from govkg.errors import NotFoundError, RecipeError
from govkg.harvesting.recipe import PRECISIONS, Column, Recipe
from govkg.registers import Resolver
from govkg.registers.unit import Moment

Row = dict[str, str]
Registers = Mapping[str, Resolver]
"""The registers at hand, by id."""


@dataclass(frozen=True)
class Remark:
    """A cell that could not be read as its rule says, or a row that was left out."""

    row: int
    column: str
    value: str
    problem: str
    remedy: str
    left_out: bool = False


@dataclass
class Cleaned:
    """The clean rows, and what was wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    read: int = 0
    """How many rows the source has; each is in ``rows`` or has a remark that leaves it out."""


class _UnreadableError(ValueError):
    """A cell does not fit its rule: what is wrong, and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


def clean(path: Path, recipe: Recipe, registers: Registers) -> Cleaned:
    """Clean a table.

    Raises NotFoundError for a missing file, RecipeError for a column or register that is missing.
    """
    cleaned, first = Cleaned(), dict[tuple[str, ...], int]()
    for number, source in enumerate(_rows(path, recipe, registers), 2):
        cleaned.read += 1
        row: Row = dict.fromkeys(recipe.clean_columns, "")
        for remark in _fill(row, number, source, recipe, registers):
            cleaned.remarks.append(remark)
            if remark.left_out:
                break
        else:
            if repeats := _again(number, row, recipe, first):
                cleaned.remarks.append(repeats)
            else:
                cleaned.rows.append(row)
    return cleaned


def _rows(path: Path, recipe: Recipe, registers: Registers) -> list[Row]:
    """Return the rows of the source, once all that the recipe needs is there."""
    columns, rows = _table(path, recipe)
    if not recipe.join:
        _check(recipe, columns, registers, path.name)
        return rows
    on = recipe.join.column
    more_columns, others = _table(path.parent / recipe.join.file, recipe)
    _check(recipe, [*columns, *more_columns], registers, path.name)
    beside = {row[on]: row for row in others}
    return [beside.get(row[on], {}) | row for row in rows]


def _table(path: Path, recipe: Recipe) -> tuple[list[str], list[Row]]:
    """Return the columns and the rows of a table."""
    try:
        text = path.read_text(recipe.source.encoding)
        table = csv.DictReader(
            StringIO(text, newline=""), delimiter=recipe.source.delimiter, restval="", restkey=""
        )
        columns, rows = list(table.fieldnames or ()), list(table)
    except OSError as error:
        raise NotFoundError(what="file", name=path.name, hint=str(error.strerror)) from error
    except (UnicodeDecodeError, LookupError, csv.Error) as error:
        reason = f"{path.name} cannot be read so: {error}"
        raise RecipeError(file="recipe", entry="source", reason=reason) from error
    if recipe.join and recipe.join.column not in columns:
        reason = f"the table {path.name} has no column “{recipe.join.column}”"
        raise RecipeError(file="recipe", entry="join.column", reason=reason)
    return columns, rows


def _check(recipe: Recipe, known: Collection[str], registers: Registers, file: str) -> None:
    """Refuse a recipe that asks for columns or registers that are not there."""
    for name, column in recipe.columns.items():
        reason = ""
        if column.from_ not in known:
            reason = f"the table {file} has no column “{column.from_}”"
        elif column.rule == "register" and column.register_ not in registers:
            reason = (
                f"the register “{column.register_}” is not in the store; `govkg register import` "
                "puts it there"
            )
        if reason:
            raise RecipeError(file="recipe", entry=f"columns.{name}", reason=reason)


def _fill(
    row: Row, number: int, source: Row, recipe: Recipe, registers: Registers
) -> Iterator[Remark]:
    """Fill a clean row, column by column, and yield what is wrong with it."""
    for name, column in recipe.columns.items():
        given = (source.get(column.from_) or "").strip()
        value = "" if given in recipe.empty else given
        problem, remedy = "it is empty", "Fill it in."
        try:
            row[name] = _read(value, column, row, registers) if value else ""
        except _UnreadableError as error:
            problem, remedy = str(error), error.remedy
        missing = column.needed and not row[name]
        if missing or (value and not row[name]):
            yield Remark(number, column.from_, given, problem, remedy, left_out=missing)
        wanted = recipe.rows.keep.get(name, (row[name],))
        if row[name] not in wanted:
            problem = f"it means “{row[name]}”, and only “{'”, “'.join(wanted)}” is used"
            yield Remark(number, column.from_, given, problem, "Nothing to do.", left_out=True)
        if column.rule == "date" and row[name]:
            row[f"{name}_{PRECISIONS[len(row[name])]}"] = row[name]


def _again(
    number: int, row: Row, recipe: Recipe, first: dict[tuple[str, ...], int]
) -> Remark | None:
    """Say that a row repeats an earlier one, if so."""
    key = tuple(row[name] for name in recipe.rows.key)
    if first.setdefault(key, number) == number:
        return None
    columns = ", ".join(recipe.columns[name].from_ for name in recipe.rows.key)
    problem = f"row {first[key]} says the same"
    return Remark(number, columns, ", ".join(key), problem, "Keep one of the two.", left_out=True)


def _read(value: str, column: Column, row: Row, registers: Registers) -> str:
    """Return a cell as its rule reads it; raises _UnreadableError."""
    if column.rule == "date":
        return _date(value, column.formats)
    if column.rule == "choice":
        return _choice(value, column.choices)
    if column.rule == "register":
        return _unit(value, row.get(column.date, ""), column.give, registers[column.register_])
    return _PLAIN[column.rule](value)


def _text(value: str) -> str:
    return " ".join(value.split())


def _slug(value: str) -> str:
    """Return letters and digits of any script, without case and accents, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", value.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", "-", letters).strip("-")


def _date(value: str, formats: tuple[str, ...]) -> str:
    """Return a date in the form of XML Schema, as precise as the format that it fits."""
    for form in formats:
        try:
            read = datetime.strptime(value, form)
        except ValueError:
            continue
        precise = "%Y-%m-%d" if "%d" in form else "%Y-%m" if "%m" in form or "%B" in form else "%Y"
        return read.strftime(precise)
    raise _UnreadableError(
        "it is no date that the recipe knows", f"Write it like {', '.join(formats)}."
    )


def _year(value: str) -> str:
    """Return a year, also from a spreadsheet's 2030.0."""
    found = re.fullmatch(r"([12]\d{3})(?:\.0+)?", value)
    if not found:
        raise _UnreadableError("it is no year", "Write it like 2030.")
    return found[1]


def _choice(value: str, choices: tuple[tuple[str, str], ...]) -> str:
    for pattern, meaning in choices:
        if re.fullmatch(pattern, value, re.DOTALL):
            return meaning
    raise _UnreadableError("the recipe does not say what it means", "Add it to the choices.")


def _address(value: str) -> str:
    """Return a web address that can be an IRI and holds no personal data."""
    parts, unfit = urlsplit(value), re.search(r"[\s<>\"{}|\\^`]", value)
    if parts.scheme not in ("http", "https") or not parts.netloc or unfit:
        raise _UnreadableError("it is no web address", "Write it whole, from https:// on.")
    if "@" in unquote(value):
        raise _UnreadableError("it seems to hold an e-mail address", "Take the address out.")
    return value


def _unit(code: str, date: str, give: str, register: Resolver) -> str:
    """Return what is wanted of the unit that a code or name alone meant at a date."""
    found = register.resolve(code, Moment(date) if date else None)
    if not found:
        raise _UnreadableError("the register has nothing like it", "Correct it.")
    if not found[0].match:
        near = ", ".join(f"{c.unit.code} {c.unit.names[0][0]}" for c in found[:3])
        when = f" on {date}" if date else ""
        raise _UnreadableError(f"it names no unit of the register alone{when}", f"Nearest: {near}.")
    unit = found[0].unit
    wanted = {"key": unit.key, "code": unit.code, "name": unit.names[0][0], "level": unit.level}
    if not wanted[give]:
        raise _UnreadableError(f"the register gives no {give} for it", "Give it in the table.")
    return wanted[give]


_PLAIN: Final[Mapping[str, Callable[[str], str]]] = {
    "text": _text,
    "year": _year,
    "slug": _slug,
    "address": _address,
}
"""The rules that need nothing but the cell."""
