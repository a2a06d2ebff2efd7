"""Values of JSON objects, as the texts, codes and points that a register is made of."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from govkg.registers.reading import Reading, Remark, slug

Object = dict[str, Any]
Text = tuple[str, str]
"""A text, and the tag of its language; “und” if nobody says it."""
Point = tuple[str, str]
"""Latitude and longitude, as decimal numbers."""

_IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")
_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_UNNAMED: Final = "und"
_PARTS: Final = {"other_names": {"name", "lang"}, "identifiers": {"scheme", "identifier"}}
"""What is carried over of the objects in lists of Popolo."""


def values_of(this: Object, column: str, language: str) -> list[Text]:
    """Return the texts of a field; ``identifiers.x`` is what the list of identifiers has for x."""
    if column in this or "." not in column:
        return _texts(this.get(column), language)
    name, _, inner = column.partition(".")
    value = this.get(name)
    if isinstance(value, list):
        return [(code, _UNNAMED) for system, code in _identifiers(value) if system == inner]
    return values_of(value, inner, language) if isinstance(value, dict) else []


def _texts(value: Any, language: str) -> list[Text]:
    """Return a value as texts: what a list, an object by languages, or a name in Popolo holds."""
    if isinstance(value, list):
        return [text for each in value for text in _texts(each, language)]
    if isinstance(value, dict):
        if named := next((value[key] for key in ("name", "identifier") if key in value), None):
            tag = str(value.get("lang") or language)
            return _texts(named, tag if _TAG.fullmatch(tag) else _UNNAMED)
        return [text for tag in value if _TAG.fullmatch(tag) for text in _texts(value[tag], tag)]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return []
    text = " ".join(str(value).split())
    return [(text, language)] if text else []


def codes_of(this: Object) -> list[tuple[str, str]]:
    """Return the systems and codes in the identifiers of an object of Popolo."""
    value = this.get("identifiers")
    found = _identifiers(value) if isinstance(value, list) else []
    return [(slug(system).lower() or "identifier", code) for system, code in found]


def _identifiers(values: list[Any]) -> list[tuple[str, str]]:
    found = []
    for each in values:
        codes = _texts(each.get("identifier"), _UNNAMED) if isinstance(each, dict) else []
        found += [(str(each.get("scheme") or ""), code) for code, _ in codes]
    return found


def is_iri(text: str, space: str) -> bool:
    """Say whether a text is a web address that can name something, outside a namespace of ours."""
    return _IRI.fullmatch(text) is not None and not text.startswith(space)


def point_of(geometry: Any) -> Point | None:
    """Return where a Point of GeoJSON lies; None if it is none, or on no globe."""
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    numbers = geometry.get("coordinates")
    if not isinstance(numbers, list) or len(numbers) < 2 or not all(map(_is_number, numbers)):
        return None
    east, north = numbers[:2]
    if abs(east) > 180 or abs(north) > 90:
        return None
    return _decimal(north), _decimal(east)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _decimal(number: float) -> str:
    """Return a number without an exponent, exactly as precise as it was."""
    return format(Decimal(repr(number)), "f")


def others(objects: Iterable[Object], known: set[str]) -> dict[str, int]:
    """Return the fields of objects that are not known, and in how many they say something."""
    found: Counter[str] = Counter()
    for each in objects:
        said = {name for name, value in each.items() if value not in (None, "", [], {})}
        found.update(said - known)
        found.update(name for part in said & _PARTS.keys() for name in _beside(part, each[part]))
    return dict(sorted(found.items()))


def _beside(part: str, values: Any) -> set[str]:
    """Return what the objects in a list of Popolo hold beside what is carried over."""
    objects = (
        [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []
    )
    return {f"{part}.{name}" for each in objects for name in each if name not in _PARTS[part]}


def told(reading: Reading, name: str, count: int, kind: str) -> None:
    """Remark that a field of so many objects of a kind is not carried over."""
    problem = "nothing in a register, or in the mapping, stands for this"
    place = f"{count} of the {kind}"
    reading.remarks.append(Remark(place, name, "", problem, "It is left out."))
