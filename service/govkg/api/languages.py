"""English or Chinese: what the client wants, and the words of the pages."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from govkg.errors import Language, ParameterError

LANGUAGES: tuple[Language, ...] = ("en", "zh")
_STRINGS = Path(__file__).parents[1] / "templates" / "strings.toml"


def language_of(connection: HTTPConnection) -> Language:
    """Return the language that ``?lang=`` or Accept-Language asks for, otherwise English."""
    asked = connection.query_params.get("lang", "")
    known = _known(asked)
    return known or _preferred(connection.headers.get("accept-language", ""))


def checked_language(connection: HTTPConnection) -> Language:
    """Return the language asked for; raises ParameterError for a ``?lang=`` that is not spoken."""
    asked = connection.query_params.get("lang")
    if asked is not None and _known(asked) is None:
        raise ParameterError(
            name="lang", reason=f"“{asked}” is not spoken here", remedy="Use en or zh."
        )
    return language_of(connection)


def _known(tag: str) -> Language | None:
    """Return our language that a tag such as zh-CN belongs to, if any."""
    main = tag.strip().lower().split("-")[0]
    return next((language for language in LANGUAGES if language == main), None)


def _preferred(header: str) -> Language:
    """Return the first of our languages in an Accept-Language header, by quality."""
    best: tuple[float, Language] = (0.0, "en")
    for part in header.split(","):
        tag, _, parameter = part.partition(";")
        language = _known(tag)
        if language:
            best = max(best, (_quality(parameter), language), key=lambda each: each[0])
    return best[1]


def _quality(parameter: str) -> float:
    number = parameter.strip().lower().removeprefix("q=").strip()
    return float(number) if number.replace(".", "", 1).isdigit() else 1.0


@cache
def strings() -> Mapping[str, Mapping[Language, str]]:
    """Return every text of the pages by its dotted key, in both languages."""
    return dict(_flat(tomllib.loads(_STRINGS.read_text("utf-8")), ""))


def _flat(table: Mapping[str, Any], prefix: str) -> list[tuple[str, Mapping[Language, str]]]:
    found: list[tuple[str, Mapping[Language, str]]] = []
    for key, value in table.items():
        if isinstance(value, dict) and not set(value) <= set(LANGUAGES):
            found += _flat(value, f"{prefix}{key}.")
        else:
            found.append((prefix + key, value))
    return found


def words(key: str, language: Language, **facts: object) -> str:
    """Return a text of the pages, with the facts filled in."""
    return strings()[key][language].format(**facts)
