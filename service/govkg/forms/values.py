"""Read a cell as the values of a field, or say what is wrong with it."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode

from govkg.forms.choices import Choices
from govkg.forms.dates import date_of, read_date
from govkg.forms.keys import is_iri
from govkg.forms.model import Field
from govkg.forms.problems import Problem
from govkg.forms.records import Cell, Formula
from govkg.vocabulary import XSD

Result = NamedNode | Literal | Problem
SEPARATOR: Final = "; "
"""Stands between several values in one cell."""

_SPLIT = re.compile(r"\s*[;；\n]\s*")
_SPLIT_IRIS = re.compile(r"\s*[;；]?\s+")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_LONGEST = 1000  # characters of a cell that holds anything but words


class Values:
    """Reads cells; it remembers the choices of each field."""

    def __init__(self) -> None:
        """Begin with nothing remembered."""
        self._choices: dict[int, tuple[Field, Choices]] = {}

    def read(self, field: Field, cell: Cell, language: str = "") -> Iterator[Result]:
        """Yield what the cell holds; fields that refer to other nodes are not read here."""
        if isinstance(cell.value, Formula):
            yield Problem("F07", cell.value)
            return
        if field.kind in {"text", "string"}:
            yield from self._words(field, cell, language)
        elif field.kind == "date" and isinstance(cell.value, datetime | date):
            yield date_of(cell.value, cell.number_format)
        else:
            for token in tokens(field, cell):
                yield self._one(field, token)

    def choices(self, field: Field) -> Choices:
        """Return the choices of a field."""
        known = self._choices.get(id(field))
        if known is None:
            known = self._choices[id(field)] = (field, Choices(field.options))
        return known[1]

    def _words(self, field: Field, cell: Cell, language: str) -> Iterator[Result]:
        words = text_of(cell)
        if not words.strip():
            return
        if not language:
            yield Literal(words)
        elif _LANGUAGE.fullmatch(language) and field.kind == "text":
            yield Literal(words, language=language)
        else:
            yield Problem("F01", f"{field.key}@{language}")

    def _one(self, field: Field, token: str) -> Result:
        if field.kind == "date":
            return read_date(token)
        if field.kind == "number":
            return _number(token)
        if field.kind == "iri":
            return NamedNode(token) if _is_address(token) else Problem("F12", token)
        if _is_address(token):
            return NamedNode(token)  # the rules say whether it is a known one
        found = self.choices(field).find(token)
        return NamedNode(found) if isinstance(found, str) else found


def tokens(field: Field, cell: Cell) -> list[str]:
    """Return the values in one cell, each as text."""
    text = text_of(cell)
    if len(text) > _LONGEST and field.kind in {"date", "number"}:
        return [text]
    pattern = _SPLIT_IRIS if field.kind == "iri" else _SPLIT
    return [token for token in pattern.split(text.strip()) if token]


def text_of(cell: Cell) -> str:
    """Return what a cell holds as text, numbers without needless decimals."""
    value = cell.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain(Decimal(repr(value))) if value == value else "NaN"  # noqa: PLR0124 # NaN
    if isinstance(value, datetime | date):
        return date_of(value, cell.number_format).value
    return str(value)


def _plain(number: Decimal) -> str:
    if not number.is_finite() or abs(number.adjusted()) > 30:
        return str(number)
    text = f"{number:f}"
    return text.removesuffix(".0")


def _number(token: str) -> Result:
    plain = unicodedata.normalize("NFKC", token).replace("−", "-").replace(" ", "")
    if _NUMBER.fullmatch(plain):
        return Literal(plain, datatype=NamedNode(XSD + "decimal"))
    return Problem("F04", token, nearest=tuple(_readings(plain)))


def _readings(text: str) -> Iterator[str]:
    """Yield what a number may have been meant to be."""
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1]):
        yield _plain((Decimal(text[:-1]) / 100).normalize())
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        yield text.replace(",", ".")
        if re.fullmatch(r"[+-]?\d+,\d{3}", text):
            yield text.replace(",", "")


def _is_address(text: str) -> bool:
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]", text)) and _scheme_known(text)


def _scheme_known(text: str) -> bool:
    return text.partition(":")[0].lower() in {"http", "https", "urn", "doi", "ftp"} and is_iri(text)
