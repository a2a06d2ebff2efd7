"""What a recipe may say: where the table is from, how its columns are read, which rows count."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from govkg.errors import RecipeError

PRECISIONS = {4: "year", 7: "month", 10: "day"}
"""What a clean date is precise to, by its length."""


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from error
    return pattern


Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"{}|\\^`]+$")]
Pattern = Annotated[str, AfterValidator(_compiles)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where the table comes from, under which licence."""

    title: str
    publisher: str
    homepage: Address
    licence: Address
    graph: Address | Literal[""] = ""
    """The IRI of the graph in which the records are to be, if they are no cases."""
    encoding: str = "utf-8-sig"
    delimiter: str = Field(",", min_length=1, max_length=1)


class Column(_Part):
    """How a column of the clean table is made."""

    from_: str = Field(alias="from")
    """The column of the source."""
    rule: Literal["text", "date", "year", "choice", "slug", "address", "register"] = "text"
    formats: tuple[str, ...] = ()
    """For dates: how they may be written, as in Python's strptime."""
    choices: tuple[tuple[Pattern, str], ...] = ()
    """For choices: what a cell may match as a whole, and what it then means."""
    register_: str = Field("", alias="register")
    """For registers: which one holds the code or name."""
    give: Literal["key", "code", "name", "level"] = "key"
    """For registers: what of the unit is wanted; the key is the end of its IRI."""
    date: str = ""
    """For registers: the clean column with the date as of which the code is meant."""
    needed: bool = False
    """Whether a row without it is left out."""


class Rows(_Part):
    """Which rows are used, and which of them make one record."""

    keep: dict[str, tuple[str, ...]] = {}
    """By clean column, the values with which a row is used; others are left out."""
    key: tuple[str, ...]
    """The clean columns that no two rows share; the first row of several is used."""
    record: tuple[str, ...] = ()
    """The clean columns that tell one record from another, if each row is not one."""


class Join(_Part):
    """Another table beside the first, whose columns are added to each row."""

    file: str
    column: str
    """The column, with the same name in both, in which they agree."""


class Recipe(_Part):
    """How a table becomes a clean one."""

    source: Source
    mapping: str
    """The file with the mapping in RML, beside the recipe."""
    makes: str = Field("GovernanceCase", pattern=r"[A-Za-z]+")
    """The class of the ontology of which the mapping makes records."""
    empty: tuple[str, ...] = ()
    """What cells hold that are empty in truth."""
    join: Join | None = None
    columns: dict[str, Column]
    rows: Rows

    @property
    def clean_columns(self) -> list[str]:
        """The columns of the clean table; each date has one more for each precision."""
        dates = [name for name, column in self.columns.items() if column.rule == "date"]
        return [
            *self.columns,
            *(f"{name}_{part}" for name in dates for part in PRECISIONS.values()),
        ]

    @property
    def record_columns(self) -> tuple[str, ...]:
        """The clean columns that tell one record from another."""
        return self.rows.record or self.rows.key


def read_recipe(path: Path) -> Recipe:
    """Read a recipe; raises RecipeError, which names the entry and what is wrong with it."""
    try:
        recipe = Recipe.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecipeError(file=path.name, entry="file", reason=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        entry = ".".join(str(part) for part in first["loc"]) or "file"
        raise RecipeError(file=path.name, entry=entry, reason=first["msg"]) from error
    _check_references(recipe, path.name)
    return recipe


def _check_references(recipe: Recipe, file: str) -> None:
    """Refuse a recipe that speaks of clean columns which it does not make, or makes too late."""
    known: list[str] = []
    for name, column in recipe.columns.items():
        if column.date and column.date not in known:
            reason = f"there is no column “{column.date}” before it in [columns]"
            raise RecipeError(file=file, entry=f"columns.{name}.date", reason=reason)
        known.append(name)
    for entry in ("keep", "key", "record"):
        for column_name in getattr(recipe.rows, entry):
            if column_name not in recipe.columns:
                reason = f"there is no column “{column_name}” in [columns]"
                raise RecipeError(file=file, entry=f"rows.{entry}", reason=reason)
