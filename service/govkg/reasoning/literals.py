"""Values of literals: when two literals are the same, and to which datatypes they belong.

Source: OWL 2 Structural Specification, section 4 (datatype maps), and XML Schema Datatypes 1.1.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Final

from pyoxigraph import Literal

from govkg.vocabulary import OWL, RDF, RDFS, XSD

Value = tuple[str, object]
"""The value space, such as ``real``, and the value in it; equal values are the same value."""

ILL_TYPED: Final = "ill-typed"
"""The value space of literals that have no value, such as ``"abc"^^xsd:integer``."""

_WHOLE: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
"""The whole numbers of XML Schema, with the least and the greatest."""

_STRINGS: Final[dict[str, re.Pattern[str]]] = {
    "string": re.compile(r"(?s).*"),
    "normalizedString": re.compile(r"[^\t\n\r]*"),
    "token": re.compile(r"(?:[^\s](?:(?! {2})[^\t\n\r])*)?(?<! )"),
    "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    "NMTOKEN": re.compile(r"[\w.:\-]+"),
    "Name": re.compile(r"[^\W\d][\w.:\-]*|:[\w.:\-]*"),
    "NCName": re.compile(r"[^\W\d][\w.\-]*"),
}
"""The strings of XML Schema, with what they look like."""

_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
_FLOAT = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_MOMENT = re.compile(
    r"(-?\d{4,})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII
)


def value_of(literal: Literal) -> Value | None:
    """Return the value of a literal, or None if its datatype is not one that OWL 2 knows."""
    datatype = literal.datatype.value
    if literal.language is not None:
        return "text", (literal.value, literal.language.lower())
    if not datatype.startswith(XSD):
        return None
    read = _READERS.get(datatype[len(XSD) :])
    if read is None:
        return None
    found = read(literal.value)
    return found if found is not None else (ILL_TYPED, (literal.value, datatype))


def belongs(value: Value | None, datatype: str) -> bool | None:
    """Say whether a value is in a datatype; None if nothing is known of the one or the other."""
    if datatype == RDFS + "Literal":
        return value is None or value[0] != ILL_TYPED
    if value is None or datatype not in KNOWN:
        return None
    if value[0] == ILL_TYPED:
        return False
    return _within(value, datatype.rpartition("#")[2])


def _within(value: Value, name: str) -> bool:
    """Say whether a value is in a datatype that is named by its last part."""
    space, content = value
    if name in _WHOLE:
        return isinstance(content, Decimal) and _is_whole(content, *_WHOLE[name])
    if name in _STRINGS:
        return space == "string" and _STRINGS[name].fullmatch(str(content)) is not None
    if name == "dateTimeStamp":
        return space == "moment"
    return space in _SPACES[name]


def _is_whole(number: Decimal, least: int | None, greatest: int | None) -> bool:
    """Say whether a number is whole and within the limits."""
    if number != number.to_integral_value():
        return False
    return (least is None or number >= least) and (greatest is None or number <= greatest)


def satisfies(value: Value | None, facet: str, limit: Value | None) -> bool | None:
    """Say whether a value keeps to a facet such as ``xsd:minInclusive``; None if unknown."""
    test = _FACETS.get(facet.removeprefix(XSD))
    if test is None or value is None or limit is None or ILL_TYPED in {value[0], limit[0]}:
        return None
    try:
        return test(value, limit)
    except (TypeError, ValueError, InvalidOperation, re.error, ArithmeticError):
        return None


def _compared(test: Callable[[object, object], bool]) -> Callable[[Value, Value], bool | None]:
    """Return a facet that compares values of one space."""

    def compare(value: Value, limit: Value) -> bool | None:
        return test(value[1], limit[1]) if value[0] == limit[0] else False

    return compare


def _length(value: Value, limit: Value, test: Callable[[int, int], bool]) -> bool | None:
    if value[0] not in {"string", "uri"}:
        return None
    return test(len(str(value[1])), int(str(limit[1])))


_FACETS: Final[dict[str, Callable[[Value, Value], bool | None]]] = {
    "minInclusive": _compared(lambda value, limit: value >= limit),  # type: ignore[operator]
    "maxInclusive": _compared(lambda value, limit: value <= limit),  # type: ignore[operator]
    "minExclusive": _compared(lambda value, limit: value > limit),  # type: ignore[operator]
    "maxExclusive": _compared(lambda value, limit: value < limit),  # type: ignore[operator]
    "length": lambda value, limit: _length(value, limit, lambda a, b: a == b),
    "minLength": lambda value, limit: _length(value, limit, lambda a, b: a >= b),
    "maxLength": lambda value, limit: _length(value, limit, lambda a, b: a <= b),
}
"""Facets by name. A pattern is left out: one that never ends could be given on purpose."""


def _decimal(text: str) -> Value | None:
    text = text.strip(" \t\r\n")
    return ("real", Decimal(text).normalize()) if _DECIMAL.fullmatch(text) else None


def _whole(name: str) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        found = _decimal(text) if "." not in text else None
        return found if found and _within(found, name) else None

    return read


def _floating(space: str) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        text = text.strip(" \t\r\n")
        if text in {"INF", "+INF", "-INF", "NaN"}:
            return space, text.lstrip("+")
        if not _FLOAT.fullmatch(text):
            return None
        number = float(text)
        return space, ("-0" if number == 0 and math.copysign(1, number) < 0 else number)

    return read


def _boolean(text: str) -> Value | None:
    found = {"true": True, "1": True, "false": False, "0": False}.get(text.strip(" \t\r\n"))
    return None if found is None else ("boolean", found)


def _moment(text: str) -> Value | None:
    match = _MOMENT.fullmatch(text.strip(" \t\r\n"))
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if not 1 < year < 9999:
        return "era", text.strip(" \t\r\n")  # beyond Python's calendar: equal when written alike
    try:
        found = datetime(year, month, day, hour % 24, minute, second)
    except ValueError:
        return None
    found += timedelta(days=hour // 24)
    fraction = Decimal("0" + (match[7] or ".0"))
    if match[8] is None:
        return "local moment", (found.isoformat(), fraction)
    return "moment", ((found.replace(tzinfo=_zone(match[8]))).timestamp(), fraction)


def _zone(text: str) -> timezone:
    if text == "Z":
        return timezone.utc  # noqa: UP017  # beside timezone(...), the same word
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _stamp(text: str) -> Value | None:
    found = _moment(text)
    return found if found and found[0] == "moment" else None


def _string(name: str) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        return ("string", text) if _STRINGS[name].fullmatch(text) else None

    return read


def _hex(text: str) -> Value | None:
    text = text.strip()
    return ("hex", text.lower()) if re.fullmatch(r"(?:[0-9a-fA-F]{2})*", text) else None


_READERS: Final[dict[str, Callable[[str], Value | None]]] = {
    **{name: _whole(name) for name in _WHOLE},
    **{name: _string(name) for name in _STRINGS},
    "decimal": _decimal,
    "float": _floating("float"),
    "double": _floating("double"),
    "boolean": _boolean,
    "dateTime": _moment,
    "dateTimeStamp": _stamp,
    "anyURI": lambda text: ("uri", text.strip()),
    "hexBinary": _hex,
}
"""How a literal of each datatype of XML Schema is read."""

_SPACES: Final[dict[str, set[str]]] = {
    "decimal": {"real"},
    "rational": {"real"},
    "real": {"real"},
    "float": {"float"},
    "double": {"double"},
    "boolean": {"boolean"},
    "dateTime": {"moment", "local moment", "era"},
    "anyURI": {"uri"},
    "hexBinary": {"hex"},
    "langString": {"text"},
    "PlainLiteral": {"text", "string"},
}
"""The value spaces that make up each datatype."""

KNOWN: Final[frozenset[str]] = frozenset(
    {XSD + name for name in _READERS}
    | {OWL + "real", OWL + "rational", RDF + "langString", RDF + "PlainLiteral"}
    | {RDFS + "Literal"}
)
"""The datatypes of which membership is known."""

FACETS: Final[tuple[str, ...]] = tuple(XSD + name for name in (*_FACETS, "pattern"))
"""The facets of XML Schema that limit a datatype."""
