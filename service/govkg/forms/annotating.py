"""Give a workbook back with what is wrong: coloured cells with notes, and a sheet of problems."""

from typing import Any, Final

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import quote_sheetname
from openpyxl.workbook import Workbook

from govkg.errors import Language
from govkg.forms.model import LANGUAGES
from govkg.forms.xlsx_reading import opened
from govkg.forms.xlsx_writing import put, saved
from govkg.validation import Finding, Place, Report, Severity
from govkg.validation.findings import did_you_mean
from govkg.validation.places import letter_of

SHEET: Final = "problems"

_COLOURS: Final[dict[Severity, str]] = {
    "violation": "FF9999",
    "warning": "FFD966",
    "info": "BDD7EE",
}
_SEVERITIES: Final[dict[Severity, str]] = {
    "violation": "error | 错误",
    "warning": "warning | 警告",
    "info": "note | 提示",
}
_HEADER: Final = (
    "severity | 级别",
    "place | 位置",
    "row of | 对象",
    "field | 字段",
    "what to mend | 说明",
    "说明",
    "value | 值",
    "rule | 规则",
)
_WIDTHS: Final = (16, 24, 30, 24, 60, 60, 24, 8)
_MAX_NOTES: Final = 2000
"""So many cells get a note; all others are coloured only."""

Sheet = Any
"""A sheet of openpyxl, which has no type that mypy knows."""


def annotated(report: Report, sent: bytes | None) -> bytes:
    """Return the workbook that was sent with its problems shown, or a new one if it was none.

    Formulas in it become text, since whoever opens it may not be the one who wrote them.
    """
    if sent is None:
        book = Workbook()
        book.remove(book.active)
        _add_problems(book, report)
        return saved(book)
    with opened(sent, read_only=False) as book:
        if SHEET in book.sheetnames:
            del book[SHEET]  # of an earlier turn
        for sheet in book.worksheets:
            _disarm(sheet)
        _colour(book, report)
        _add_problems(book, report)
        return saved(book)


def _disarm(sheet: Sheet) -> None:
    """Turn formulas into text, and wipe what an earlier turn coloured."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                put(cell, getattr(cell.value, "text", None) or str(cell.value))
            if cell.comment and cell.comment.author == _AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


_AUTHOR: Final = "govkg check"


def _colour(book: Workbook, report: Report) -> None:
    """Colour each cell that a finding points at, the gravest last so that its colour stays."""
    notes: dict[tuple[str, str], list[Finding]] = {}
    for each in reversed(report.findings):
        sheet = each.place.sheet if each.place else None
        if sheet and sheet in book.sheetnames and each.place and each.place.row:
            notes.setdefault((sheet, _cell(each.place)), []).append(each)
    for number, ((sheet, place), found) in enumerate(notes.items()):
        cell = book[sheet][place]
        cell.fill = PatternFill("solid", start_color=_COLOURS[found[-1].severity])
        if number < _MAX_NOTES:
            cell.comment = Comment(_note(found), _AUTHOR, height=160, width=360)


def _note(found: list[Finding]) -> str:
    texts = (
        f"{each.message[language]} {did_you_mean(each, language)}".strip()
        for each in reversed(found[-3:])
        for language in LANGUAGES
    )
    return "\n".join(texts)


def _cell(place: Place) -> str:
    """Return the name of a cell, that of the first of a row if no column is known."""
    return f"{letter_of(place.column or 1)}{place.row}"


def _add_problems(book: Workbook, report: Report) -> None:
    """Add the sheet that lists all findings, each with a link to its cell."""
    sheet = book.create_sheet(SHEET, 0)
    for number, (text, width) in enumerate(zip(_HEADER, _WIDTHS, strict=True), 1):
        cell = sheet.cell(1, number)
        put(cell, text)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for row, each in enumerate(report.findings, 2):
        _add_problem(sheet, row, each)
    sheet.freeze_panes = "A2"
    book.active = 0


def _add_problem(sheet: Sheet, row: int, found: Finding) -> None:
    texts = (
        _SEVERITIES[found.severity],
        _both({each: found.place.as_text(each) for each in LANGUAGES}) if found.place else "",
        found.focus_label,
        _both(found.name),
        f"{found.message['en']} {did_you_mean(found, 'en')}",
        f"{found.message['zh']}{did_you_mean(found, 'zh')}",
        getattr(found.value, "value", ""),
        found.rule,
    )
    for number, text in enumerate(texts, 1):
        cell = sheet.cell(row, number)
        put(cell, _clean(str(text)))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(row, 1).fill = PatternFill("solid", start_color=_COLOURS[found.severity])
    if found.place and found.place.sheet and found.place.row:
        target = f"{quote_sheetname(found.place.sheet)}!{_cell(found.place)}"
        link = sheet.cell(row, 2)
        link.hyperlink = f"#{target}"
        link.font = Font(color="0563C1", underline="single")


def _both(words: dict[Language, str]) -> str:
    return " | ".join(dict.fromkeys(words[language] for language in LANGUAGES))


def _clean(text: str) -> str:
    """Return a text without the characters that a workbook cannot hold, and not too long."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32)[:32_000]
