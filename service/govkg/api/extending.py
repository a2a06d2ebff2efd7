"""What a table can be extended with once its cells are matched: properties and their values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from govkg.api.knowledge import Knowledge
from govkg.api.links import local_path
from govkg.api.reconciling import (
    CASE_TYPE,
    CONCEPT_TYPE,
    PLACE_TYPE,
    Reconciler,
)
from govkg.cases.kg import DEFAULT_BASE
from govkg.errors import Language, ParameterError
from govkg.ontology import Term
from govkg.registers.unit import Moment, Unit
from govkg.vocabulary import GC, GOV

Cell = dict[str, Any]
_MOST: Final = 1000

NAMES: Final[Mapping[str, Mapping[str, Mapping[Language, str]]]] = {
    PLACE_TYPE: {
        "code": {"en": "code", "zh": "代码"},
        "name": {"en": "official name", "zh": "正式名称"},
        "otherName": {"en": "other name", "zh": "别名"},
        "country": {"en": "country", "zh": "国家"},
        "level": {"en": "level of government", "zh": "政府层级"},
        "start": {"en": "from", "zh": "起"},
        "end": {"en": "to", "zh": "止"},
        "partOf": {"en": "part of", "zh": "隶属于"},
        "became": {"en": "became", "zh": "后成为"},
        "formerly": {"en": "formerly", "zh": "前身"},
        "exactMatch": {"en": "same place elsewhere", "zh": "其他数据中的同一地点"},
    },
    CONCEPT_TYPE: {
        "labelEn": {"en": "English label", "zh": "英文名"},
        "labelZh": {"en": "Chinese label", "zh": "中文名"},
        "definition": {"en": "definition", "zh": "定义"},
        "section": {"en": "section of the paper", "zh": "论文章节"},
    },
    CASE_TYPE: {
        "titleEn": {"en": "English title", "zh": "英文标题"},
        "titleZh": {"en": "Chinese title", "zh": "中文标题"},
        "place": {"en": "place", "zh": "地点"},
        "caseStart": {"en": "began", "zh": "开始"},
        "remedy": {"en": "remedy adopted", "zh": "采取的对策"},
    },
}
"""Every property, by type."""


class Extender:
    """Finds the values of properties; entities are given by their ids."""

    def __init__(self, known: Knowledge, language: Language) -> None:
        """Take what is known."""
        self._known = known
        self._language: Language = language
        self._reconciler = Reconciler(known, language)

    def proposed(self, kind: str, limit: int) -> list[dict[str, str]]:
        """Return the properties that things of a type have; of any type, if it is not known."""
        names = NAMES.get(kind) or (NAMES[CONCEPT_TYPE] if kind.startswith("gov:") else {})
        found = names or {key: name for group in NAMES.values() for key, name in group.items()}
        listed = [{"id": key, "name": name[self._language]} for key, name in found.items()]
        return listed[: limit or None]

    def extend(self, given: Any) -> dict[str, Any]:
        """Answer a data extension query; raises ParameterError for what is none."""
        ids, properties = _checked(given)
        names = {key: name for group in NAMES.values() for key, name in group.items()}
        return {
            "meta": [{"id": key, "name": names[key][self._language]} for key in properties],
            "rows": {each: self._row(each, properties) for each in ids},
        }

    def summary(self, entity: str) -> dict[str, str]:
        """Return what is shown of an entity, each value under the name of its property."""
        values = self._values(entity)
        names = {
            key: name[self._language] for group in NAMES.values() for key, name in group.items()
        }
        told = {names[key]: _joined(value()) for key, value in values.items()}
        return {name: text for name, text in told.items() if text}

    def _row(self, entity: str, properties: list[str]) -> dict[str, list[Cell]]:
        values = self._values(entity)
        return {key: values[key]() if key in values else [] for key in properties}

    def _values(self, entity: str) -> dict[str, Callable[[], list[Cell]]]:
        """Return what gives the values of each property of an entity."""
        if unit := self.unit(entity):
            return self._of_place(unit)
        if term := self.term(entity):
            return _of_concept(term)
        return self._of_case(entity) if entity.startswith("case/") else {}

    def unit(self, entity: str) -> Unit | None:
        """Return the place of an id, if it is in a register."""
        kind, _, key = entity.partition("/")
        return self._known.registry.resolver.units.get(key) if kind == "place" else None

    def term(self, entity: str) -> Term | None:
        """Return the concept of an id, if there is one."""
        kind, _, slug = entity.partition("/")
        if kind != "concept" or not slug.replace("-", "").isalnum() or not slug.isascii():
            return None
        return self._known.kg.ontology.term(NamedNode(GC + slug))

    def _of_place(self, unit: Unit) -> dict[str, Callable[[], list[Cell]]]:
        resolver, start, end = self._known.registry.resolver, unit.period.start, unit.period.end

        def places(keys: tuple[str, ...]) -> list[Cell]:
            known = (resolver.units[key] for key in keys if key in resolver.units)
            return [{"id": f"place/{each.key}", "name": each.names[0][0]} for each in known]

        return {
            "code": lambda: [{"str": unit.code}],
            "name": lambda: [{"str": text} for text, _ in unit.names],
            "otherName": lambda: [{"str": text} for text, _ in unit.other_names],
            "country": lambda: [{"str": unit.country}],
            "level": lambda: self._concepts([unit.level]) if unit.level else [],
            "start": lambda: _date(start),
            "end": lambda: _date(end),
            "partOf": lambda: places(unit.parents),
            "became": lambda: places(unit.successors),
            "formerly": lambda: places(tuple(each.key for each in resolver.former(unit))),
            "exactMatch": lambda: [{"str": match} for match in unit.matches],
        }

    def _concepts(self, slugs: list[str]) -> list[Cell]:
        ontology = self._known.kg.ontology
        return [
            {"id": f"concept/{each}", "name": ontology.label(NamedNode(GC + each), self._language)}
            for each in slugs
        ]

    def _of_case(self, entity: str) -> dict[str, Callable[[], list[Cell]]]:
        found = (each for each in self._known.cases if f"case/{each.id}" == entity)
        case = next(found, None)
        if case is None:
            return {}

        def said(name: str) -> list[Cell]:
            values = self._known.facts.values(case.iri, NamedNode(GOV + name))
            return [self._cell(value) for value in values]

        return {
            "titleEn": lambda: _texts(case.titles.get("en")),
            "titleZh": lambda: _texts(case.titles.get("zh")),
            "place": lambda: said("hasLeadJurisdiction"),
            "caseStart": lambda: said("startDate"),
            "remedy": lambda: said("adoptsRemedy"),
        }

    def _cell(self, value: Any) -> Cell:
        """Return a value as a cell: a thing of ours by its id, anything else as text."""
        if isinstance(value, Literal):
            return {"str": value.value}
        path = local_path(value.value, DEFAULT_BASE) if isinstance(value, NamedNode) else None
        name = self._known.kg.name(value, self._language)
        return {"id": path.removeprefix("/"), "name": name} if path else {"str": name}


def _checked(given: Any) -> tuple[list[str], list[str]]:
    """Return the ids and properties of a query; raises ParameterError."""
    reason = ""
    if not isinstance(given, dict) or not isinstance(given.get("ids"), list):
        reason = "ids are a list of texts"
    elif len(given["ids"]) > _MOST:
        reason = f"there are more than {_MOST} ids"
    elif not isinstance(given.get("properties"), list) or not all(
        isinstance(each, dict) and "id" in each for each in given["properties"]
    ):
        reason = "properties are a list of objects with an id"
    known = {key for group in NAMES.values() for key in group}
    asked = [] if reason else [str(each["id"]) for each in given["properties"]]
    unknown = [each for each in asked if each not in known]
    if reason or unknown:
        remedy = "GET /reconcile/properties lists the properties that there are."
        raise ParameterError(
            name="extend", reason=reason or f"there is no property {unknown[0]}", remedy=remedy
        )
    return [str(each) for each in given["ids"]], asked


def _of_concept(term: Term) -> dict[str, Callable[[], list[Cell]]]:
    return {
        "labelEn": lambda: _texts(term.labels.get("en")),
        "labelZh": lambda: _texts(term.labels.get("zh")),
        "definition": lambda: _texts(term.definition),
        "section": lambda: _texts(term.section),
    }


def _texts(text: str | None) -> list[Cell]:
    return [{"str": text}] if text else []


def _date(moment: Moment | None) -> list[Cell]:
    """Return a date as text: a year is no day, and must not look like one."""
    return [{"str": moment.text}] if moment else []


def _joined(cells: list[Cell]) -> str:
    return ", ".join(cell.get("name") or cell["str"] for cell in cells)
