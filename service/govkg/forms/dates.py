"""Dates as people write them, as precise as they are written and never guessed."""

import re
import unicodedata
from datetime import date, datetime

from pyoxigraph import Literal, NamedNode

from govkg.forms.problems import Problem
from govkg.vocabulary import XSD

_YEAR_FIRST = re.compile(
    r"(?P<y>\d{4})\s*年?(?:\s*[-/.年]?\s*(?P<m>\d{1,2})\s*月?(?:\s*[-/.月]?\s*(?P<d>\d{1,2})\s*日?)?)?"
)
_SEPARATED = re.compile(
    r"\d{4}\s*年?|\d{4}(?:\s*年\s*|[-/.])\d{1,2}\s*月?|"
    r"\d{4}(?:\s*年\s*|[-/.])\d{1,2}(?:\s*月\s*|[-/.])\d{1,2}\s*[日号]?"
)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_NAMED = re.compile(r"(?:(\d{1,2})\s+)?([A-Za-z]{3,9})\.?,?\s+(\d{4})")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def read_date(text: str) -> Literal | Problem:
    """Read ``2014``, ``2014-05``, ``2014年5月``, ``2014/5/3`` or ``3 May 2014``.

    What could be read in two ways is a problem, with the ways as nearest values.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if _TIME.fullmatch(plain):
        return _literal(plain, "dateTime") if _is_time(plain) else Problem("F03", text)
    found = _YEAR_FIRST.fullmatch(plain.replace("号", "日"))
    if found and _SEPARATED.fullmatch(plain):
        return _dated(found["y"], found["m"], found["d"]) or Problem("F03", text)
    named = _NAMED.fullmatch(plain)
    if named and _month(named[2]):
        return _dated(named[3], _month(named[2]), named[1]) or Problem("F03", text)
    return Problem("F03", text, nearest=_readings(plain))


def date_of(value: datetime | date, number_format: str = "") -> Literal:
    """Return a date that a spreadsheet holds, only as precise as it shows it.

    A spreadsheet that is told ``2014-05`` keeps the first of May and shows the month.
    """
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return _literal(value.replace(microsecond=0).isoformat(), "dateTime")
    day = value.date() if isinstance(value, datetime) else value
    shown = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format).lower()
    if "y" in shown and "d" not in shown:
        if "m" not in shown:
            return _literal(f"{day.year:04}", "gYear")
        return _literal(f"{day.year:04}-{day.month:02}", "gYearMonth")
    return _literal(day.isoformat(), "date")


def _dated(year: str, month: str | None, day: str | None) -> Literal | None:
    """Return a date of its parts, or nothing if there is no such day."""
    try:
        real = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return _literal(real.isoformat(), "date")
    if month:
        return _literal(f"{real.year:04}-{real.month:02}", "gYearMonth")
    return _literal(f"{real.year:04}", "gYear")


def _readings(text: str) -> tuple[str, ...]:
    """Return the ways in which a date may have been meant."""
    if found := _DAY_FIRST.fullmatch(text):
        ways = [(found[3], found[2], found[1]), (found[3], found[1], found[2])]
    elif found := _MONTH_FIRST.fullmatch(text):
        ways = [(found[2], found[1], "")]
    elif found := _RUN.fullmatch(text):
        ways = [(found[1], found[2], found[3] or "")]
    else:
        return ()
    dates = (_dated(year, month, day) for year, month, day in ways)
    return tuple(dict.fromkeys(each.value for each in dates if each))


def _month(name: str) -> str:
    known = name[:3].lower()
    return str(_MONTHS.index(known) + 1) if known in _MONTHS else ""


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _literal(text: str, datatype: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + datatype))
