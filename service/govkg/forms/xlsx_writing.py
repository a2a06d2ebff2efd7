"""Write workbooks: the empty template, and cases as rows."""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter
from pyoxigraph import Triple

from govkg.errors import Language
from govkg.forms.examples import example_cells
from govkg.forms.guide import guide_lines
from govkg.forms.model import LANGUAGES, Entity, Form, Level, Option
from govkg.forms.tables import COMMENT, STATEMENTS, Column, columns_of
from govkg.forms.unbuilding import Tables, WrittenRow, chunks, statement_of, tables_of
from govkg.forms.values import SEPARATOR

LISTS: Final = "_lists"
"""The hidden sheet of choices."""
GUIDE: Final = "readme"

_ROWS = 2000  # rows with lists of choices
_COLOURS: Final[dict[Level, str]] = {
    "required": "F8CBAD",
    "recommended": "FFE699",
    "optional": "DDEBF7",
}
_LEVELS: Final[dict[Level, dict[Language, str]]] = {
    "required": {"en": "Required.", "zh": "必填。"},
    "recommended": {"en": "Recommended.", "zh": "建议填写。"},
    "optional": {"en": "Optional.", "zh": "选填。"},
}
_MANY: Final[dict[Language, str]] = {
    "en": "Several values: put a semicolon between them.",
    "zh": "可填多个值，用分号分隔。",
}
_DANGER = re.compile(r"[=+\-@\t\r]")

Sheet = Any
"""A sheet of openpyxl, which has no type that mypy knows."""


def template(form: Form) -> bytes:
    """Return a workbook to fill in: a sheet for each entity, with an example."""
    return _workbook(form, Tables({entity.key: [] for entity in form.entities}), example=True)


def write_xlsx(form: Form, triples: Iterable[Triple]) -> bytes:
    """Return triples as a workbook; what fits in no column is on the sheet of statements."""
    return _workbook(form, tables_of(form, triples), example=False)


def _workbook(form: Form, tables: Tables, *, example: bool) -> bytes:
    book = Workbook()
    book.remove(book.active)
    _write_guide(book.create_sheet(GUIDE), form)
    lists = _Lists(book.create_sheet(LISTS))
    for entity in form.entities:
        sheet = book.create_sheet(entity.key)
        columns = columns_of(form, entity, tables.languages)
        columns = _with_written(columns, entity, tables.rows[entity.key])
        _write_header(sheet, entity, columns)
        _add_choices(sheet, entity, columns, lists, book)
        if example:
            _write_example(sheet, form, entity, columns)
        for number, row in enumerate(tables.rows[entity.key], 3):
            _write_row(sheet, number, row, columns)
    if tables.statements:
        _write_statements(book.create_sheet(STATEMENTS), tables.statements)
    book.move_sheet(LISTS, offset=len(book.sheetnames))
    book[LISTS].sheet_state = "hidden"
    return saved(book)


def _with_written(
    columns: list[Column], entity: Entity, rows: Iterable[WrittenRow]
) -> list[Column]:
    """Add the columns that rows have beside the usual ones: words without a language."""
    known = {column.key for column in columns}
    more = dict.fromkeys(key for row in rows for key in row.cells if key not in known)
    return columns + [Column(key, entity.by_key[key].labels, entity.by_key[key]) for key in more]


def _write_guide(sheet: Sheet, form: Form) -> None:
    """Write what a person has to know, in both languages."""
    sheet.column_dimensions["A"].width = 60
    sheet.column_dimensions["B"].width = 50
    for number, line in enumerate(guide_lines(form), 1):
        for column, language in enumerate(LANGUAGES, 1):
            cell = sheet.cell(number, column)
            put(cell, line.words[language])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=line.is_heading)


def _write_header(sheet: Sheet, entity: Entity, columns: list[Column]) -> None:
    """Write the keys in row 1, the labels in row 2, and what each column means as a note."""
    for number, column in enumerate(columns, 1):
        key, label = sheet.cell(1, number), sheet.cell(2, number)
        put(key, column.key)
        put(label, column.shown)
        key.font = Font(color="808080", size=9)
        label.font = Font(bold=True)
        label.alignment = Alignment(wrap_text=True, vertical="top")
        level = column.field.level if column.field else "required"
        label.fill = PatternFill("solid", start_color=_COLOURS[level])
        if column.field:
            label.comment = _note(column)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 32 if _is_wide(column) else 18
        # so that a spreadsheet keeps 2014-05 and 000123 as they are written
        sheet.column_dimensions[letter].number_format = "@"
    sheet.freeze_panes = "B3"
    sheet.row_dimensions[2].height = 48
    sheet.sheet_properties.tabColor = _COLOURS["required" if entity.is_required else "optional"]


def _is_wide(column: Column) -> bool:
    return bool(column.field and column.field.kind in {"text", "concept", "iri"})


def _note(column: Column) -> Comment:
    field = column.field
    if field is None:
        raise TypeError("only a field has a note")
    lines = []
    for language in LANGUAGES:
        lines.append(f"{field.descriptions[language]} {_LEVELS[field.level][language]}")
        if field.many and field.kind not in {"text", "string"}:
            lines.append(_MANY[language])
    return Comment("\n".join(lines), "govkg", height=140, width=320)


class _Lists:
    """The hidden sheet that holds each list of choices once."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._places: dict[tuple[str, ...], str] = {}

    def place(self, options: tuple[Option, ...]) -> str:
        """Return the cells that hold these options, as a formula names them."""
        shown = tuple(option.shown for option in options)
        if shown not in self._places:
            column = len(self._places) + 1
            for row, text in enumerate(shown, 1):
                put(self._sheet.cell(row, column), text)
            letter = get_column_letter(column)
            where = f"${letter}$1:${letter}${len(shown)}"
            self._places[shown] = f"{quote_sheetname(self._sheet.title)}!{where}"
        return self._places[shown]


def _add_choices(
    sheet: Sheet, entity: Entity, columns: list[Column], lists: _Lists, book: Workbook
) -> None:
    """Offer lists of choices; another text is allowed, since a cell may hold several values."""
    for number, column in enumerate(columns, 1):
        options = column.field.options if column.field else ()
        if column.key == "type":
            options = entity.types
        if not options:
            continue
        name = f"{entity.key}_{column.key}"
        book.defined_names[name] = DefinedName(name, attr_text=lists.place(options))
        rule = DataValidation(type="list", formula1=name, allow_blank=True, showErrorMessage=False)
        letter = get_column_letter(number)
        rule.add(f"{letter}3:{letter}{_ROWS}")
        sheet.add_data_validation(rule)


def _write_example(sheet: Sheet, form: Form, entity: Entity, columns: list[Column]) -> None:
    """Write the example into row 3, marked so that nobody reads it as a case."""
    cells = example_cells(form, entity, shown=True)
    for number, column in enumerate(columns, 1):
        text = cells.get(column.key, "")
        cell = sheet.cell(3, number)
        put(cell, f"{COMMENT} {text}" if number == 1 else text)
        cell.font = Font(italic=True, color="808080")


def _write_row(sheet: Sheet, number: int, row: WrittenRow, columns: list[Column]) -> None:
    for place, column in enumerate(columns, 1):
        text = row.cells.get(column.key)
        if text is not None:
            if column.key in row.options:
                text = _shown(text, column.field.options if column.field else row.entity.types)
            cell = sheet.cell(number, place)
            put(cell, text)
            cell.number_format = "@"


def _shown(text: str, options: Iterable[Option]) -> str:
    """Return keys of options as the list of choices shows them, if no two are shown alike."""
    shown = {option.key: option.shown for option in options}
    unique = {key: label for key, label in shown.items() if list(shown.values()).count(label) == 1}
    keys = text.split(SEPARATOR)
    return SEPARATOR.join(unique.get(key, key) for key in keys)


def _write_statements(sheet: Sheet, statements: Iterable[Triple]) -> None:
    put(
        sheet.cell(1, 1),
        "# Statements without a field, in N-Triples | 无对应字段的陈述（N-Triples）",
    )
    for number, triple in enumerate(statements, 2):
        for column, text in enumerate(chunks(statement_of(triple)), 1):
            put(sheet.cell(number, column), text)


def put(cell: Any, text: str) -> None:
    """Write text into a cell, never as a formula."""
    cell.value = text
    cell.data_type = "s"
    if _DANGER.match(text):
        cell.quotePrefix = True


class _MemoryWriter(ExcelWriter):  # type: ignore[misc] # openpyxl has no types
    """Writes sheets without temporary files, which a worker may not open."""

    def write_worksheet(self, ws: Sheet) -> None:
        """Write one sheet into the archive."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        out = BytesIO()
        writer = WorksheetWriter(ws, out)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], out.getvalue())
        self.manifest.append(ws)


def saved(book: Workbook) -> bytes:
    """Return a workbook as bytes; the same workbook gives the same bytes on one day."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        _MemoryWriter(book, archive).save()
    return out.getvalue()
