"""Licences as data: which are open, and what each asks of whoever uses the data."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_TABLE: Final = Path(__file__).with_name("licences.toml")
_LANGUAGE: Final = re.compile(r"/(?:deed|legalcode)(?:[._][A-Za-z_-]+)?\Z")


@dataclass(frozen=True)
class Licence:
    """What a licence allows and asks."""

    id: str
    """Its SPDX identifier, if it has one."""
    title: str
    iris: tuple[str, ...]
    """The IRIs by which data names it, the best one first."""
    open: bool
    """Whether anybody may use, change and share the data for any purpose."""
    attribution: bool = False
    share_alike: bool = False
    non_commercial: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """Return what it asks, in words."""
        said = {
            "attribution": self.attribution,
            "share alike": self.share_alike,
            "non-commercial use only": self.non_commercial,
        }
        return tuple(words for words, asked in said.items() if asked)


def licence_named(iri: str) -> Licence | None:
    """Return the licence that an IRI names, by http or https and with or without its last slash.

    None if it is not in the table: then nobody here knows what it allows.
    """
    return _by_key().get(_key(iri))


@cache
def _by_key() -> dict[str, Licence]:
    rows = tomllib.loads(_TABLE.read_text("utf-8"))["licence"]
    licences = [Licence(**row | {"iris": tuple(row["iris"])}) for row in rows]
    return {_key(iri): licence for licence in licences for iri in licence.iris}


def _key(iri: str) -> str:
    """Return what the spellings of an IRI have in common."""
    bare = _LANGUAGE.sub("/", iri.strip())
    return re.sub(r"\Ahttps?://(www\.)?", "", bare).rstrip("/").lower()
