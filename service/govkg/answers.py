"""What Python programs get back, from a service or without one: plain values with types."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from govkg.vocabulary import XSD

if TYPE_CHECKING:
    import pandas

Value = str | int | float | bool | None
_NUMBERS: Final[Mapping[str, type[int] | type[float]]] = {
    **dict.fromkeys((XSD + "integer", XSD + "int", XSD + "long", XSD + "short"), int),
    **dict.fromkeys((XSD + "decimal", XSD + "double", XSD + "float"), float),
}


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT query."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    """One value for each column: an IRI as text, a literal as text, number or truth; else None."""

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        """Yield each row by the names of the columns."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def to_frame(self) -> "pandas.DataFrame":
        """Return a pandas DataFrame; ImportError says how to install pandas."""
        return _frame(list(self), self.columns)

    @classmethod
    def of_json(cls, data: bytes) -> "Table | bool":
        """Read SPARQL 1.1 Query Results JSON: a table, or the answer to ASK."""
        told = json.loads(data)
        if "boolean" in told:
            return bool(told["boolean"])
        columns = tuple(told["head"]["vars"])
        rows = (
            tuple(_value(row.get(column)) for column in columns)
            for row in told["results"]["bindings"]
        )
        return cls(columns, tuple(rows))


@dataclass(frozen=True)
class Finding:
    """One thing to mend, or to know."""

    severity: str
    """``violation``, ``warning`` or ``info``."""
    rule: str
    focus: str
    """The IRI of the node that it is about."""
    field: Mapping[str, str]
    """In plain words, by language."""
    message: Mapping[str, str]
    """What was found, what is expected, and how to mend it, by language."""
    place: Mapping[str, Any] | None
    """Where in the document it is, as far as that is known."""


@dataclass(frozen=True)
class Report:
    """What the shapes find in a document."""

    conforms: bool
    cases: int
    findings: tuple[Finding, ...]
    raw: Mapping[str, Any]
    """All of it, as ``POST /validate`` gives it."""

    def to_frame(self, language: str = "en") -> "pandas.DataFrame":
        """Return the findings as a pandas DataFrame, one in a row."""
        columns = ("severity", "rule", "focus", "field", "message")
        rows: list[dict[str, Value]] = [
            {
                "severity": each.severity, "rule": each.rule, "focus": each.focus,
                "field": each.field.get(language), "message": each.message.get(language),
            }
            for each in self.findings
        ]  # fmt: skip
        return _frame(rows, columns)

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> "Report":
        """Read a report as JSON values."""
        findings = tuple(
            Finding(
                each["severity"], each["rule"], each["focus"], each["field"], each["message"],
                each.get("place"),
            )
            for each in told["findings"]
        )  # fmt: skip
        return cls(told["conforms"], told["cases"], findings, told)


def _value(term: Mapping[str, Any] | None) -> Value:
    """Return a term of a result as a plain value; what cannot be read stays a text."""
    if term is None:
        return None
    text, datatype = str(term["value"]), term.get("datatype", "")
    if datatype == XSD + "boolean":
        return text in ("true", "1")
    try:
        return _NUMBERS[datatype](text) if datatype in _NUMBERS else text
    except ValueError:
        return text


def _frame(rows: list[dict[str, Value]], columns: tuple[str, ...]) -> "pandas.DataFrame":
    try:
        import pandas  # noqa: PLC0415 # optional, and slow to import
    except ImportError as error:
        raise ImportError("data frames need pandas: pip install 'govkg[pandas]'") from error
    return pandas.DataFrame(rows, columns=list(columns))
