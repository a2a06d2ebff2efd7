"""Write any table as a workbook or as CSV, for people who work in a spreadsheet program."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Final

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from govkg.forms.unbuilding import is_plain

_LONGEST: Final = 32_000  # characters of a cell; a spreadsheet holds 32,767


def workbook(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return one sheet of texts; no cell can run as a formula, and the heading stays in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "B2"
    heads = [WriteOnlyCell(sheet, text) for text in header]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append([_text(sheet, text) for text in row])
    found = BytesIO()
    book.save(found)
    return found.getvalue()


def comma_separated(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV (RFC 4180), in UTF-8."""
    text = StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def _text(sheet: object, text: str) -> WriteOnlyCell:
    """Return a cell that is text whatever stands in it, without what XML cannot hold."""
    plain = text if is_plain(text) else "".join(each for each in text if is_plain(each))
    cell = WriteOnlyCell(sheet, plain[:_LONGEST])
    cell.data_type = "s"
    return cell
