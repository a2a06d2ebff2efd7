"""Read a CSV file that somebody filled in: any delimiter, and the encodings of two worlds."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from govkg.errors import WorkbookError
from govkg.forms.building import Builder, Filled, TooManyProblemsError
from govkg.forms.model import Form
from govkg.forms.problems import Problem
from govkg.forms.records import Formula, Value
from govkg.forms.tables import Row, read_rows
from govkg.validation import Place

DELIMITERS: Final = (",", ";", "\t", "|")
_LONGEST = 1 << 20  # characters of one cell
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_DECLARED = ("gbk", "gb2312", "gb18030", "utf-8", "utf8", "utf-16", "us-ascii", "ascii", "big5")

for _name in (*_DECLARED, "utf-8-sig"):
    codecs.lookup(_name)  # now: a worker cannot open the file of a codec


def read_csv(form: Form, data: bytes, charset: str = "") -> Filled:
    """Return what a table says, and what in it cannot be understood.

    ``charset`` is what the sender declared. Without it UTF-8 is expected, with or without a byte
    order mark, then GB18030, with a note among the problems. Raises WorkbookError.
    """
    text, guessed = decoded(data, charset)
    builder = Builder(form)
    try:
        if guessed:
            builder.problem(Problem("F11", guessed), Place(), form.root.namespace)
        if not read_rows(builder, form, _rows(text), "", None):
            raise WorkbookError(
                reason="its first row holds no name of a column that the form knows"
            )
    except TooManyProblemsError:
        return builder.filled()
    return builder.finish()


def decoded(data: bytes, charset: str = "") -> tuple[str, str]:
    """Return bytes as text, and the encoding if it had to be guessed."""
    if charset.lower() in _DECLARED:
        return _as(data, charset), ""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(data, "utf-16"), ""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return _as(data, "gb18030"), "GB18030"


def _as(data: bytes, charset: str) -> str:
    name = "utf-8-sig" if charset.lower() in {"utf-8", "utf8"} else charset
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} does not fit the encoding {charset}"
        raise WorkbookError(reason=reason) from error


def delimiter_of(text: str) -> str:
    """Return the delimiter that divides the first line into the most parts."""
    line = next((each for each in text.splitlines() if each.strip()), "")
    plain = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=plain.count)


def _rows(text: str) -> Iterator[Row]:
    """Yield the rows of a table; a row keeps the number of the line where it begins."""
    csv.field_size_limit(_LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise WorkbookError(reason=f"line {reader.line_num}: {error}") from error
        yield Row(number, [_value(cell) for cell in cells])
        number += 1


def _value(text: str) -> Value:
    """Return a cell; an apostrophe before a sign of a formula only keeps it from being one."""
    if _GUARDED.match(text):
        return text[1:]
    return Formula(text) if text.startswith("=") else text
