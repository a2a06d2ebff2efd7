"""Tables: the columns of a form's sheets, and reading rows under a header as records."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from govkg.forms.building import Builder, split
from govkg.forms.choices import normalised
from govkg.forms.model import LANGUAGES, Entity, Field, Form, Words
from govkg.forms.places import Columns
from govkg.forms.problems import EXPECTED, Problem, nearest
from govkg.forms.records import Cell, Record, Value
from govkg.validation import Place

COMMENT: Final = "#"
"""A row whose first cell begins with this is not read."""
STATEMENTS: Final = "statements"
"""The sheet of statements for which the form has no field, each in N-Triples."""

_TONGUES: Final[dict[str, Words]] = {
    "en": {"en": "English", "zh": "英文"},
    "zh": {"en": "Chinese", "zh": "中文"},
}
_SPECIAL: Final[dict[str, Words]] = {
    "key": {"en": "key", "zh": "键"},
    "type": {"en": "type", "zh": "类型"},
}


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    key: str
    """What stands in row 1: ``key``, the key of an entity, a field, or a field with a language."""
    labels: Words
    field: Field | None = None

    @property
    def shown(self) -> str:
        """Return the label in both languages, as in row 2."""
        return " | ".join(dict.fromkeys(self.labels[language] for language in LANGUAGES))


def columns_of(form: Form, entity: Entity, languages: Iterable[str] = LANGUAGES) -> list[Column]:
    """Return the columns of an entity's sheet, words once for each language."""
    found = []
    for key in form.columns(entity):
        above = form.by_key.get(key)
        found.append(Column(key, above.labels if above else _SPECIAL[key]))
    for each in entity.cells:
        tags = list(dict.fromkeys([*LANGUAGES, *languages])) if each.kind == "text" else [""]
        found += [_column(each, tag) for tag in tags]
    return found


def _column(field: Field, tag: str) -> Column:
    if not tag:
        return Column(field.key, field.labels, field)
    tongue = _TONGUES.get(tag, {"en": tag, "zh": tag})
    labels: Words = {
        "en": f"{field.labels['en']} ({tongue['en']})",
        "zh": f"{field.labels['zh']}（{tongue['zh']}）",
    }
    return Column(f"{field.key}@{tag}", labels, field)


@dataclass
class Header:
    """What the columns of a table mean."""

    names: list[tuple[Entity, str] | None] = field(default_factory=list)
    """For each column its entity and key, or nothing if it is not read."""
    unknown: list[tuple[int, str]] = field(default_factory=list)
    """The columns with a name that nobody knows, by number from 0."""

    def paths(self, entity: Entity) -> dict[str, int]:
        """Return for each property of an entity the number of its first column, from 1."""
        found: dict[str, int] = {}
        for number, name in enumerate(self.names, 1):
            if name and name[0] is entity:
                known = entity.by_key.get(name[1].partition("@")[0])
                if known:
                    found.setdefault(known.path, number)
        return found


class HeaderReader:
    """Knows the names of columns: keys, and labels in either language or both."""

    def __init__(self, form: Form, entity: Entity | None) -> None:
        """Take the entity of a sheet, or none for a table of all with ``measure.ofType``."""
        self._names: dict[str, tuple[Entity, str]] = {}
        self._keys: dict[str, tuple[Entity, str]] = {}
        for each in [entity] if entity else form.entities:
            prefix = "" if entity or each is form.root else f"{each.key}."
            for column in columns_of(form, each):
                if prefix and column.key == form.root.key:
                    continue  # in a table of all, the first column says whose part it is
                self._keys[f"{prefix}{column.key}"] = (each, column.key)
                if not prefix:
                    for text in (*column.labels.values(), column.shown):
                        self._names.setdefault(normalised(text), (each, column.key))
        if entity is None:
            self._keys[form.root.key] = (form.root, "key")
            names = {normalised(label): (form.root, "key") for label in form.root.labels.values()}
            self._names |= names
            self._keys[STATEMENTS] = (form.root, STATEMENTS)

    def read(self, cells: list[str]) -> Header | None:
        """Return what a row of names means, or nothing if it is no header."""
        header = Header()
        for number, text in enumerate(cells):
            name = self._name(text)
            header.names.append(name)
            if name is None and text.strip():
                header.unknown.append((number, text.strip()))
        known = sum(name is not None for name in header.names)
        return header if known and known >= len(header.unknown) else None

    def _name(self, text: str) -> tuple[Entity, str] | None:
        plain = text.strip()
        if plain in self._keys:
            return self._keys[plain]
        key, at, tag = plain.partition("@")
        for known in (f"{key}@en", key):
            if at and known in self._keys and tag:
                entity, column = self._keys[known]
                return entity, f"{column.partition('@')[0]}@{tag}"
        if not at and f"{key}@en" in self._keys:  # words without a language, as they are
            entity, column = self._keys[f"{key}@en"]
            return entity, column.partition("@")[0]
        return self._names.get(normalised(plain))

    def problem(self, text: str) -> Problem:
        """Return the problem of a column that nobody knows."""
        names = nearest(text, [*self._keys, *self._names])
        return Problem("F01", text, names, EXPECTED["F01"])


@dataclass(frozen=True)
class Row:
    """A row of a table as it was written; the number is from 1."""

    number: int
    cells: list[Value | None]
    formats: Mapping[int, str] = field(default_factory=dict)
    """How a spreadsheet shows a column, where that matters."""


def read_rows(
    builder: Builder, form: Form, rows: Iterable[Row], sheet: str, entity: Entity | None
) -> bool:
    """Give the rows of a table to a builder; with no entity, each row may speak of several.

    Returns False, and reads nothing, if no header is among the first rows.
    """
    reader = HeaderReader(form, entity)
    remaining = iter(rows)
    header = _find_header(builder, form, reader, remaining, sheet)
    if header is None:
        return False
    shared = {each.key: header.paths(each) for each in form.entities}
    for row in remaining:
        if not _is_skipped(row, header):
            _read_row(builder, form, row, header, sheet, shared)
    return True


def _find_header(
    builder: Builder, form: Form, reader: HeaderReader, rows: Iterator[Row], sheet: str
) -> Header | None:
    """Return the header among the first rows, and tell which columns nobody knows."""
    for _, row in zip(range(5), rows, strict=False):
        header = reader.read([_text(cell) for cell in row.cells])
        if header:
            for number, text in header.unknown:
                place = Place(column=number + 1, sheet=sheet or None, row=row.number)
                builder.problem(reader.problem(text), place, form.root.namespace)
            return header
    return None


def _is_skipped(row: Row, header: Header) -> bool:
    """Say whether a row is empty, a comment, or the labels under the header."""
    texts = [_text(cell).strip() for cell in row.cells]
    first = next((text for text in texts if text), "")
    if not first or first.startswith(COMMENT):
        return True
    if row.number > 5:
        return False
    named = [(n, t) for n, t in zip(header.names, texts, strict=False) if n and t]
    alike = sum(_is_label(name, text) for name, text in named)
    return alike > len(named) / 2


def _is_label(name: tuple[Entity, str], text: str) -> bool:
    """Say whether a text is the label of a column."""
    entity, column = name
    key = column.partition("@")[0]
    known = entity.by_key.get(key)
    labels = known.labels if known else _SPECIAL.get(key, entity.labels)
    return text.startswith(tuple(labels[language] for language in LANGUAGES))


def _read_row(
    builder: Builder,
    form: Form,
    row: Row,
    header: Header,
    sheet: str,
    shared: Mapping[str, Columns],
) -> None:
    """Give the records of one row to the builder, the case first."""
    found: dict[str, dict[str, list[Cell]]] = {}
    for number, (value, name) in enumerate(zip(row.cells, header.names, strict=False)):
        if name is None or value is None or not _text(value).strip():
            continue
        place = Place(column=number + 1, sheet=sheet or None, row=row.number)
        cell = Cell(value, place, row.formats.get(number, ""))
        found.setdefault(name[0].key, {}).setdefault(name[1], []).append(cell)
    for cell in found.get(form.root.key, {}).pop(STATEMENTS, []):
        builder.statement(str(cell.value), cell.place)
    owners = found.get(form.root.key, {}).get("key", [])
    several = len({name[0].key for name in header.names if name}) > 1
    for entity in form.entities:
        cells = found.get(entity.key)
        if not cells or (entity is form.root and several and _names_owners(cells)):
            continue
        if several and entity is not form.root and not entity.namespace:
            cells.setdefault(form.root.key, owners)
        continues = several and (entity is form.root or bool(entity.namespace))
        place = Place(sheet=sheet or None, row=row.number)
        key = f"{entity.key}-row-{row.number}"
        builder.add(Record(entity, place, cells, key, continues=continues), shared[entity.key])


def _names_owners(cells: Mapping[str, list[Cell]]) -> bool:
    """Say whether a row only names several cases, of which it describes a common part."""
    return set(cells) == {"key"} and len(split(cells["key"][0])) > 1


def _text(value: Value | None) -> str:
    return "" if value is None else str(value)
