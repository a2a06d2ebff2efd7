"""What a submitter calls things: the columns of a workbook, keys of JSON, questions of a page."""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Final, Literal

from govkg.errors import Language
from govkg.forms.model import Entity, Field, Form, Words
from govkg.forms.tables import columns_of

Medium = Literal["xlsx", "csv", "json", "form"]
"""How a form was filled in: as a workbook, a table, JSON, or on the page."""

TABLES: Final = {"xlsx", "csv"}
"""The media that hold each kind of part in rows of its own."""

_QUOTED: Final[dict[Language, str]] = {"en": "“{}”", "zh": "“{}”"}
_OR: Final[dict[Language, str]] = {"en": " or ", "zh": "或"}
_ROWS: Final[dict[Medium, dict[Language, str]]] = {
    "xlsx": {"en": "row of the sheet “{key}”", "zh": "工作表“{key}”中的行"},
    "csv": {"en": "row with “{key}.key”", "zh": "填有“{key}.key”的行"},
    "json": {"en": "object of the kind “{key}”", "zh": "“{key}”类对象"},
    "form": {"en": "entry under “{label}”", "zh": "“{label}”中的条目"},
}
_PARTS: Final[dict[Medium, dict[Language, str]]] = {
    "xlsx": {"en": "the sheet “{key}”", "zh": "工作表“{key}”"},
    "csv": {"en": "the columns “{key}.…”", "zh": "“{key}.…”各列"},
    "json": {"en": "the list “{field}”", "zh": "列表“{field}”"},
    "form": {"en": "“{label}”", "zh": "“{label}”"},
}
_CHOICES: Final[dict[Medium, dict[Language, str]]] = {
    "xlsx": {"en": "the list of the column", "zh": "该列的下拉列表"},
    "csv": {"en": "the list of choices in the template", "zh": "模板所列选项"},
    "json": {"en": "the choices in the JSON Schema", "zh": "JSON Schema 所列选项"},
    "form": {"en": "the list of choices", "zh": "选项列表"},
}


class Names:
    """Names the parts, fields and concepts of a form as they stand before the submitter."""

    def __init__(self, form: Form, medium: Medium) -> None:
        """Take a form, and how it was filled in."""
        self.form = form
        self.medium: Medium = medium
        self._fields: dict[tuple[str, str, Language], str] = {}

    def field(self, entity: Entity, field: Field, language: Language) -> str:
        """Return a field in quotation marks; words have a column for each language."""
        if field.kind == "part" and self.medium in TABLES:
            return self.part(field, language)
        key = (entity.key, field.key, language)
        if key not in self._fields:
            names = list(self._columns(entity, field, language))
            quoted = [_QUOTED[language].format(name) for name in names]
            self._fields[key] = _OR[language].join(quoted)
        return self._fields[key]

    def _columns(self, entity: Entity, field: Field, language: Language) -> Iterator[str]:
        if self.medium == "json":
            yield field.key
        elif self.medium == "form":
            yield field.labels[language]
        else:
            before = "" if entity is self.form.root else f"{entity.key}."
            for column in columns_of(self.form, entity):
                if column.field is field:
                    yield before + column.key if self.medium == "csv" else column.shown

    def part(self, field: Field, language: Language) -> str:
        """Return where the parts of a field are filled in."""
        target = self.form.by_key[field.targets[0]]
        return _PARTS[self.medium][language].format(
            key=target.key, field=field.key, label=field.labels[language]
        )

    def row(self, entity: Entity, language: Language) -> str:
        """Return what one part is there, without an article."""
        return _ROWS[self.medium][language].format(key=entity.key, label=entity.labels[language])

    def choices(self, language: Language) -> str:
        """Return where the choices are listed."""
        return _CHOICES[self.medium][language]

    def term(self, iri: str, entity: Entity | None, language: Language) -> str:
        """Return what a property, a class or a concept is called, or nothing.

        The fields of an entity come first, then those of the others.
        """
        for each in (*([entity] if entity else ()), *self.form.entities):
            if found := next((f for f in each.fields if f.path == iri), None):
                return self.field(each, found, language)
        for each in self.form.entities:
            if iri == each.target:
                return self.row(each, language)
        label = self._labels.get(iri)
        return _QUOTED[language].format(label[language]) if label else ""

    @cached_property
    def part_paths(self) -> frozenset[str]:
        """Return the properties that lead from one part to another."""
        fields = (field for entity in self.form.entities for field in entity.fields)
        return frozenset(field.path for field in fields if field.kind == "part")

    @cached_property
    def part_classes(self) -> frozenset[str]:
        """Return the classes of all parts."""
        return frozenset(entity.target for entity in self.form.entities)

    @cached_property
    def _labels(self) -> dict[str, Words]:
        """Return what the choices of the form are called, kinds of part among them."""
        entities = self.form.entities
        options = chain.from_iterable(
            (*e.types, *(o for f in e.fields for o in f.options)) for e in entities
        )
        return {option.iri: option.labels for option in options}
