"""What a form is: kinds of part, their fields, and what each field may hold."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Literal

from govkg.errors import Language
from govkg.rdf import Node

Words = dict[Language, str]
"""The same words in each language."""

Kind = Literal["text", "string", "date", "number", "iri", "concept", "reference", "part"]
"""What a value is: words in a language, plain words, a date, a number, an address, one of the
options, another node by its key, or a part that is described below."""

Level = Literal["required", "recommended", "optional"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True)
class Option:
    """One value to choose: a concept, a class or a licence."""

    iri: str
    key: str
    """The short name, as in the IRI; the IRI itself where it has none."""
    labels: Words
    names: tuple[str, ...] = ()
    """Further names that people may write."""

    @property
    def shown(self) -> str:
        """Return the option in both languages, as a list of choices shows it."""
        return " | ".join(dict.fromkeys(self.labels[each] for each in LANGUAGES))


@dataclass(frozen=True)
class Field:
    """One thing that a form asks of one kind of part."""

    key: str
    """The name in a header or in JSON."""
    path: str
    """The IRI of the property."""
    shape: str
    """The IRI of the shape that describes the field."""
    kind: Kind
    labels: Words
    descriptions: Words
    group: str
    order: int
    level: Level
    many: bool
    """Whether it may have several values."""
    options: tuple[Option, ...] = ()
    targets: tuple[str, ...] = ()
    """The keys of the entities that it refers to."""
    examples: tuple[Node, ...] = ()
    rules: tuple[str, ...] = ()
    """The rules that check it, such as ``C05``."""
    is_basic: bool = False
    """Whether even the least profile refuses a case without it."""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str = ""


@dataclass(frozen=True)
class Group:
    """Fields that stand together."""

    key: str
    labels: Words
    order: int


@dataclass(frozen=True)
class Entity:
    """One kind of part: a case, a place, a measure."""

    key: str
    """The name of its sheet."""
    target: str
    """The IRI of its class."""
    labels: Words
    descriptions: Words
    order: int
    namespace: str
    """Where its IRIs begin; nothing if they are parts of a case, ``case#part``."""
    example: str
    """The IRI of the example."""
    example_type: str
    """The IRI of the class of the example."""
    types: tuple[Option, ...]
    """The classes to choose from; one means that there is no choice."""
    fields: tuple[Field, ...]

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """Return the fields by their key."""
        return {field.key: field for field in self.fields}

    @cached_property
    def cells(self) -> tuple[Field, ...]:
        """Return the fields that are cells of its own row: all but its parts."""
        return tuple(field for field in self.fields if field.kind != "part")

    @property
    def is_required(self) -> bool:
        """Say whether no case is complete without one."""
        return any(field.level == "required" for field in self.fields)


@dataclass(frozen=True)
class Link:
    """How a part hangs on another: the entity above, and its field."""

    entity: Entity
    field: Field


@dataclass(frozen=True)
class Form:
    """All that is asked about a case."""

    name: str
    """The name of its file of shapes."""
    entities: tuple[Entity, ...]
    groups: tuple[Group, ...]

    @cached_property
    def by_key(self) -> dict[str, Entity]:
        """Return the entities by their key."""
        return {entity.key: entity for entity in self.entities}

    @cached_property
    def parents(self) -> dict[str, Link]:
        """Return for each entity that is a part on what it hangs."""
        return {
            target: Link(entity, field)
            for entity in self.entities
            for field in entity.fields
            if field.kind == "part"
            for target in field.targets
        }

    @property
    def root(self) -> Entity:
        """Return the entity that all hangs on: the case."""
        return self.entities[0]

    @cached_property
    def by_type(self) -> dict[str, Entity]:
        """Return the entity that describes nodes of a class."""
        return {option.iri: entity for entity in self.entities for option in entity.types}

    def parent_column(self, entity: Entity) -> str:
        """Return the column in which a part names on what it hangs, or nothing."""
        link = self.parents.get(entity.key)
        return link.entity.key if link else ""

    def columns(self, entity: Entity) -> tuple[str, ...]:
        """Return the columns before the fields: its key, its case, its parent, its type."""
        case = (self.root.key,) if not entity.namespace else ()
        parent = (self.parent_column(entity),) if entity.key in self.parents else ()
        kind = ("type",) if len(entity.types) > 1 else ()
        return tuple(dict.fromkeys(("key", *case, *parent, *kind)))
