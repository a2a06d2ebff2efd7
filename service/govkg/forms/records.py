"""What is read from a table or from JSON before it means anything: cells, in records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from govkg.forms.model import Entity
from govkg.validation import Place


class Formula(str):
    """The text of a formula, which nobody calculates."""

    __slots__ = ()


Value = str | int | float | bool | datetime | date
"""What a cell holds; a Formula is a str."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value as it was written, and where."""

    value: Value
    place: Place
    number_format: str = ""
    """How a spreadsheet shows it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One node as it was written: a row of a table, or a JSON object."""

    entity: Entity
    place: Place
    cells: Mapping[str, list[Cell]] = field(default_factory=dict)
    """The cells by column: ``key``, ``case``, ``type``, a field, or ``field@language``."""
    key: str = ""
    """What stands for the key if no cell gives one."""
    nested: bool = False
    """Whether the document says by nesting on what the node hangs."""
    continues: bool = False
    """Whether the record may go on with a node that an earlier one began."""
