"""Dates as people write them: what is clear is read, what is not is asked about."""

from datetime import datetime

import pytest
from pyoxigraph import Literal

from govkg.forms.dates import date_of, read_date
from govkg.forms.problems import Problem


@pytest.mark.parametrize(
    ("text", "value", "datatype"),
    [
        ("2014", "2014", "gYear"),
        ("2014年", "2014", "gYear"),
        ("２０１４", "2014", "gYear"),
        ("2014-04", "2014-04", "gYearMonth"),
        ("2014/4", "2014-04", "gYearMonth"),
        ("2014.04", "2014-04", "gYearMonth"),
        ("2014年4月", "2014-04", "gYearMonth"),
        ("April 2014", "2014-04", "gYearMonth"),
        ("2014/4/3", "2014-04-03", "date"),
        ("2014年4月3日", "2014-04-03", "date"),
        ("2014年4月3号", "2014-04-03", "date"),
        (" 2014-04-03 ", "2014-04-03", "date"),
        ("3 Apr 2014", "2014-04-03", "date"),
        ("2014-05-01T00:00:00Z", "2014-05-01T00:00:00Z", "dateTime"),
    ],
)
def test_reads_a_date_as_precisely_as_it_is_written(text: str, value: str, datatype: str) -> None:
    """A year stays a year, a month a month; width and separators do not matter."""
    found = read_date(text)

    assert isinstance(found, Literal)
    assert (found.value, found.datatype.value.rpartition("#")[2]) == (value, datatype)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("03/04/2014", ("2014-04-03", "2014-03-04")),
        ("25/04/2014", ("2014-04-25",)),
        ("04/2014", ("2014-04",)),
        ("201404", ("2014-04",)),
        ("20140403", ("2014-04-03",)),
        ("14/4/3", ()),
        ("2014-13", ()),
        ("2014-02-30", ()),
        ("in spring", ()),
        ("2014-25:99T", ()),
        ("2014-05-01T99:00:00Z", ()),
        ("9" * 5000, ()),
    ],
)
def test_asks_about_a_date_that_is_not_clear(text: str, nearest: tuple[str, ...]) -> None:
    """Nothing is guessed: the ways in which it could be read are offered."""
    found = read_date(text)

    assert isinstance(found, Problem)
    assert (found.rule, found.nearest) == ("F03", nearest)


@pytest.mark.parametrize(
    ("number_format", "value"),
    [
        ("yyyy-mm-dd", "2014-04-01"),
        ("mmm-yy", "2014-04"),
        ('yyyy"年"m"月"', "2014-04"),
        ("yyyy", "2014"),
        ("[$-409]mmmm yyyy", "2014-04"),
        ("General", "2014-04-01"),
    ],
)
def test_a_date_of_a_spreadsheet_is_as_precise_as_it_is_shown(
    number_format: str, value: str
) -> None:
    """Excel turns “2014-04” into the first of April, and shows Apr-14."""
    assert date_of(datetime(2014, 4, 1), number_format).value == value  # as in a cell
