"""Read a workbook that somebody filled in."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Final

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.workbook import Workbook

from govkg.errors import GovkgError, UnsafeInputError, WorkbookError
from govkg.forms.archives import check_archive
from govkg.forms.building import Builder, Filled, TooManyProblemsError
from govkg.forms.choices import normalised
from govkg.forms.model import LANGUAGES, Entity, Form
from govkg.forms.records import Formula, Value
from govkg.forms.tables import STATEMENTS, Row, read_rows
from govkg.validation import Place

MAX_ROWS: Final = 100_000
"""The most rows of a sheet that are read."""
MAX_COLUMNS: Final = 400
"""The most columns of a sheet that are read."""

_GAP = 1000  # so many empty rows end a sheet

Sheet = Any
"""A sheet of openpyxl, which has no type that mypy knows."""


def read_xlsx(form: Form, data: bytes) -> Filled:
    """Return what a workbook says, and what in it cannot be understood.

    Raises WorkbookError, UnsafeInputError or TooLargeError if it cannot be opened at all.
    """
    with opened(data) as book:
        builder = Builder(form)
        try:
            if not _read_sheets(builder, form, book):
                raise WorkbookError(reason="no sheet has a header that the form knows")
        except TooManyProblemsError:
            return builder.filled()
        return builder.finish()


@contextmanager
def opened(data: bytes, *, read_only: bool = True) -> Iterator[Workbook]:
    """Open a workbook that anybody may have made; the one seam to openpyxl's errors."""
    check_archive(data)
    try:
        book = openpyxl.load_workbook(BytesIO(data), read_only=read_only, keep_links=False)
        yield book
    except (GovkgError, TooManyProblemsError, MemoryError):
        raise
    except DefusedXmlException as error:
        raise UnsafeInputError(
            what="a document type or an entity", remedy="Save the workbook again."
        ) from error
    except Exception as error:  # openpyxl raises whatever a broken file makes it meet
        raise WorkbookError(reason=_reason(error)) from error


def _reason(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def _read_sheets(builder: Builder, form: Form, book: Workbook) -> bool:
    """Read the sheets in the order of the form; say whether any could be read."""
    sheets = [(entity_of(form, sheet.title), sheet) for sheet in book.worksheets]
    found = False
    for entity in form.entities:
        for named, sheet in sheets:
            if named is entity:
                found = read_rows(builder, form, _rows(sheet), sheet.title, entity) or found
    for named, sheet in sheets:
        if sheet.title == STATEMENTS:
            _read_statements(builder, sheet)
        elif named is None and not found:  # a workbook of one sheet, named as its author liked
            found = read_rows(builder, form, _rows(sheet), sheet.title, None)
    return found


def entity_of(form: Form, title: str) -> Entity | None:
    """Return the entity of a sheet, by its key or its label in either language."""
    for entity in form.entities:
        names = (entity.key, *(entity.labels[language] for language in LANGUAGES))
        if normalised(title) in {normalised(name) for name in names}:
            return entity
    return None


def _rows(sheet: Sheet) -> Iterator[Row]:
    """Yield the rows of a sheet; what it says of its own size is not believed."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS)
    empty = 0
    for number, cells in enumerate(rows, 1):
        values = [_value(cell) for cell in cells]
        empty = 0 if any(value is not None for value in values) else empty + 1
        if empty > _GAP:
            return
        formats = {
            column: cell.number_format
            for column, (cell, value) in enumerate(zip(cells, values, strict=True))
            if cell.is_date and value is not None
        }
        yield Row(number, values, formats)


def _value(cell: Any) -> Value | None:
    """Return what a cell holds; errors such as #REF! are text."""
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula(getattr(value, "text", None) or str(value))
    if isinstance(value, Value):
        return value
    return str(value)


def _read_statements(builder: Builder, sheet: Sheet) -> None:
    """Read the statements of a sheet; long ones go on in further cells of the row."""
    for row in _rows(sheet):
        text = "".join(str(value) for value in row.cells if value is not None)
        if text.strip() and not text.startswith("#"):
            builder.statement(text, Place(sheet=sheet.title, row=row.number))
