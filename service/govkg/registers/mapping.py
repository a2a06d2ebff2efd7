"""What the columns or properties of a register mean: a declared mapping, in TOML."""

import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from govkg.errors import MappingError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_FOLDER: Final = Path(__file__).parent / "mappings"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where the register comes from, under which licence."""

    id: Slug
    title: dict[Literal["en", "zh"], str]
    publisher: str
    homepage: str
    licence: str
    """The IRI of the licence."""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    prefix: Slug
    """What the names of units begin with, as cn in place/cn-420600-2010."""
    concept: Slug | Literal[""] = ""
    """The concept of the ontology that stands for this system of codes, if there is one."""
    open_start: str = ""
    """The date with which the register begins: a unit with this start may be older."""


class Names(_Part):
    """The columns, or properties, with names."""

    official: list[str]
    """The first that has a value is the official name."""
    language: str = "en"
    """The language of columns; properties have their own tags."""
    others: list[str] = []


class Aliases(_Part):
    """A second table with more names."""

    file: str
    """Its name, beside the register's file."""
    key: str
    name: str


class Parent(_Part):
    """How to find the unit that contains another."""

    column: str = ""
    """A column, or property, with its code or IRI."""
    register_: Slug | Literal[""] = Field("", alias="register")
    """Another register, whose units these are; it must be in the store already."""
    paddings: list[tuple[int, str]] = []
    """Or how its code is made: so many characters of the unit's own code, then these."""


class Successor(_Part):
    """How to find what a unit became."""

    column: str = ""
    separator: str = ";"
    dated: str = ""
    """A regular expression with groups code and year, for codes that say when."""
    same_code: bool = False
    """Whether the unit of the same code that begins when this one ends is its successor."""


class Mapping(_Part):
    """How a file becomes a register."""

    form: Literal["table", "skos"]
    register_: Source = Field(alias="register")
    code: str
    """The column, or property, with the code."""
    key: list[str]
    """The columns that together tell units apart; for SKOS the code."""
    names: Names
    level: str = ""
    levels: dict[str, Slug | Literal[""]] = {}
    """What the values of the level column are called here; empty: the scheme has no such level."""
    level_by_code: list[tuple[str, Slug]] = []
    """Where no column says the level: regular expressions for whole codes, the first that fits."""
    start: str = ""
    end: str = ""
    open_end: str = ""
    """How a date begins that means “still in force”."""
    parent: Parent = Parent.model_validate({})
    successor: Successor = Successor()
    aliases: Aliases | None = None
    codes: dict[Slug, str] = {}
    """Other systems of codes, and their columns."""
    matches: list[str] = []
    """For SKOS: beginnings of the exact matches that are kept."""
    encoding: str = "utf-8-sig"
    delimiter: str = ","


def read_mapping(path: Path) -> Mapping:
    """Read a mapping; raises MappingError, which names the entry and what is wrong with it."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(file=path.name, entry="file", reason=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"]) or "file"
        raise MappingError(file=path.name, entry=entry, reason=first["msg"]) from error


def bundled_mappings() -> dict[str, Path]:
    """Return the mappings that come with govkg, by the id of their register."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.toml"))}
