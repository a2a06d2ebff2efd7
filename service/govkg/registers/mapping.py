"""What the columns or properties of a register mean: a declared mapping, in TOML."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from govkg.errors import MappingError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_FOLDER: Final = Path(__file__).parent / "mappings"
_FORMS: Final = Path(__file__).parent / "forms"
GovernmentClass = Literal[
    "Government", "NationalGovernment", "LocalGovernment", "ProvincialGovernment",
    "PrefecturalGovernment", "CountyGovernment", "MunicipalGovernment", "TownshipGovernment",
]  # fmt: skip
"""The classes of governments in the ontology."""


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
    of: str = ""
    """The column of the other unit in which that value stands, if it is not its code."""
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

    form: Literal["table", "skos", "popolo", "geojson"]
    register_: Source = Field(alias="register")
    code: str
    """The column, or property, with the code."""
    key: list[str]
    """The columns that together tell units apart; for SKOS the code."""
    names: Names
    country: str = ""
    """A column with the country of each unit, if the register has more than one."""
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
    governments: dict[str, GovernmentClass] = {}
    """For Popolo: the classifications of organisations that are governments, and their classes."""
    encoding: str = "utf-8-sig"
    delimiter: str = ","

    @property
    def columns(self) -> list[str]:
        """The columns that the mapping names, except in a second table."""
        named = [self.code, self.level, self.start, self.end, self.country]
        named += [*self.key, *self.names.official, *self.names.others, *self.codes.values()]
        named += [self.parent.column, self.parent.of, self.successor.column]
        return [column for column in named if column]


def read_mapping(path: Path) -> Mapping:
    """Read a mapping; raises MappingError, which names the entry and what is wrong with it.

    What it does not say is as its form says (``forms/``), if the form has entries of its own.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
        return Mapping.model_validate(_entries_of(said.get("form")) | said)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError(file=path.name, entry="file", reason=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"]) or "file"
        raise MappingError(file=path.name, entry=entry, reason=first["msg"]) from error


def _entries_of(form: object) -> dict[str, Any]:
    """Return what a form says of itself; nothing for tables and SKOS, which say nothing."""
    known = {path.stem: path for path in _FORMS.glob("*.toml")}
    return (
        tomllib.loads(known[form].read_text("utf-8"))
        if isinstance(form, str) and form in known
        else {}
    )


def bundled_mappings() -> dict[str, Path]:
    """Return the mappings that come with govkg, by the id of their register."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.toml"))}
