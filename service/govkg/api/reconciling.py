"""Match cells of a table with places, concepts and cases: the Reconciliation Service API 0.2.

See https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import NamedNode

from govkg.api.knowledge import Knowledge
from govkg.api.searching import Hit
from govkg.errors import Language, ParameterError
from govkg.rdf import shorten
from govkg.registers.resolving import Resolver, same_name
from govkg.registers.unit import Moment, Unit
from govkg.vocabulary import GC, PREFIXES
from govkg.wording import plain

PLACE_TYPE: Final = "gov:Jurisdiction"
CONCEPT_TYPE: Final = "skos:Concept"
CASE_TYPE: Final = "gov:GovernanceCase"
TYPES: Final[Mapping[str, Mapping[Language, str]]] = {
    PLACE_TYPE: {"en": "jurisdiction", "zh": "辖区"},
    CONCEPT_TYPE: {"en": "concept", "zh": "概念"},
    CASE_TYPE: {"en": "case", "zh": "案例"},
}
"""What can be matched with."""
HINTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "date": {"en": "date (as of when)", "zh": "日期（截至）"},
    "country": {"en": "country (two letters)", "zh": "国家（两字母代码）"},
    "code": {"en": "code", "zh": "代码"},
    "level": {"en": "level of government", "zh": "政府层级"},
    "partOf": {"en": "part of", "zh": "隶属于"},
}
"""What may be told of a place besides its name, to tell it from others."""
_LIMIT: Final = 10
_MOST: Final = 100
_QUERIES: Final = 200
_EXACT: Final = {"label": 100.0, "alternative": 95.0, "hidden": 85.0}
_MEMBERS: Final = {"query", "type", "type_strict", "limit", "properties"}
_DATE: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?(?!\d)")

Value = Any
Found = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One cell, and what is known of it."""

    text: str
    types: frozenset[str] = frozenset()
    limit: int = _LIMIT
    hints: Mapping[str, list[Value]] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, given: Any) -> "Question":
        """Read one query of a batch; raises ParameterError, which names it."""
        if not isinstance(given, dict):
            raise _refused(name, "it is no object")
        if unknown := sorted(given.keys() - _MEMBERS):
            raise _refused(name, f"it has a member {unknown[0]}")
        types = given.get("type") or []
        limit, told = given.get("limit", _LIMIT), given.get("properties", [])
        if not isinstance(limit, int | float) or limit < 1:
            raise _refused(name, "limit is no positive number")
        if not isinstance(told, list) or not all(
            isinstance(each, dict) and "pid" in each and "v" in each for each in told
        ):
            raise _refused(name, "properties are objects with pid and v")
        if not isinstance(given.get("query", ""), str) or not isinstance(types, str | list):
            raise _refused(name, "query is a text, and type a text or a list of them")
        if not given.get("query") and not told:
            raise _refused(name, "it has neither query nor properties")
        kinds = {str(each) for each in ([types] if isinstance(types, str) else types)}
        hints = {str(each["pid"]): _values(each["v"]) for each in told}
        wanted = min(int(limit), _MOST)
        return cls(given.get("query", "").strip(), frozenset(kinds), wanted, hints)

    def texts(self, hint: str) -> list[str]:
        """Return the values of a hint as texts."""
        return [text for value in self.hints.get(hint, []) if (text := _text(value))]

    @property
    def moment(self) -> Moment | None:
        """The date that is told, as far as it can be read."""
        return next((m for text in self.texts("date") if (m := read_moment(text))), None)


def _values(given: Any) -> list[Value]:
    return given if isinstance(given, list) else [given]


def _text(value: Value) -> str:
    """Return a value as text: an entity by its id, a whole number without a point."""
    if isinstance(value, dict):
        return str(value.get("id", "")).strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def read_moment(text: str) -> Moment | None:
    """Return a date in any of the common forms, or None for what is none."""
    found = _DATE.match(text)
    parts = [part for part in found.groups() if part] if found else []
    try:
        return Moment("-".join(part.zfill(2) for part in parts)) if parts else None
    except ValueError:
        return None


def _refused(name: str, reason: str) -> ParameterError:
    remedy = "Send a batch of queries as the Reconciliation API 0.2 describes it."
    return ParameterError(name=f"queries.{name}", reason=reason, remedy=remedy)


class Reconciler:
    """Answers questions from one generation of the data, with names in one language."""

    def __init__(self, known: Knowledge, language: Language) -> None:
        """Take what is known."""
        self._known = known
        self.language: Language = language

    @property
    def _resolver(self) -> Resolver:
        return self._known.registry.resolver

    def batch(self, given: Any) -> dict[str, Any]:
        """Answer a batch of queries; raises ParameterError for what is none."""
        if not isinstance(given, dict):
            raise _refused("", "it is no object")
        if len(given) > _QUERIES:
            raise _refused("", f"there are more than {_QUERIES} of them")
        questions = {name: Question.read(name, each) for name, each in given.items()}
        return {name: {"result": self.answer(each)} for name, each in questions.items()}

    def answer(self, question: Question) -> list[Found]:
        """Return candidates, the best first; one is a match only if nothing else can be meant."""
        found = [*self._places(question), *self._terms(question)]
        found.sort(key=lambda each: (-each["score"], not each["match"], each["id"]))
        certain = [each for each in found if each["match"]]
        rivals = [each for each in found if each["score"] >= _EXACT["alternative"]]
        for each in found:
            each["match"] = len(certain) == 1 and each is found[0] is certain[0] and (
                all(rival["type"] == each["type"] for rival in rivals)
            )  # fmt: skip
        return found[: question.limit]

    # --- places ----------------------------------------------------------------------------------

    def _places(self, question: Question) -> Iterator[Found]:
        if question.types and PLACE_TYPE not in question.types:
            return
        codes = question.texts("code")
        text = question.text or next(iter(codes), "")
        found = self._resolver.resolve(
            text,
            question.moment,
            fits=lambda unit: self._fits(unit, question),
            limit=question.limit,
        )
        for each in found if text else ():
            yield self.place(each.unit) | {
                "score": round(each.score, 1),
                "match": each.match,
                "features": [
                    {"id": "name", "value": round(each.fit, 1)},
                    {"id": "then", "value": each.valid},
                ],
            }

    def _fits(self, unit: Unit, question: Question) -> bool:
        """Say whether all that is told of a place is true of it; what is no such value is not."""
        countries = [text.upper() for text in question.texts("country") if len(text) == 2]
        codes, levels = question.texts("code"), question.texts("level")
        within = question.texts("partOf")
        return (
            (not countries or unit.country in countries)
            and (not codes or any(unit.has_code(code) for code in codes))
            and (not levels or self._is_of_level(unit, levels))
            and (not within or self._lies_in(unit, within))
        )

    def _is_of_level(self, unit: Unit, wanted: Iterable[str]) -> bool:
        if not unit.level:
            return False
        names = self._known.kg.ontology.term(NamedNode(GC + unit.level))
        said = {unit.level, f"concept/{unit.level}", *(names.labels.values() if names else ())}
        plainly = {plain(text) for text in said}
        return any(plain(text) in plainly for text in wanted)

    def _lies_in(self, unit: Unit, wanted: Iterable[str]) -> bool:
        above = self._resolver.above(unit)
        return any(
            f"place/{each.key}" == text or each.has_code(text) or same_name(text, each)
            for each in above
            for text in wanted
        )

    def place(self, unit: Unit) -> Found:
        """Return a place as an entity."""
        start, end = unit.period.start, unit.period.end
        dates = f"{start.text if start else '…'}–{end.text if end else ''}"
        above = [self._resolver.units[key] for key in unit.parents if key in self._resolver.units]
        told = [unit.code, dates, *(each.names[0][0] for each in above[:1]), unit.country]
        return {
            "id": f"place/{unit.key}",
            "name": unit.names[0][0],
            "description": " · ".join(told),
            "type": [self.kind(PLACE_TYPE)],
        }

    # --- concepts and cases ----------------------------------------------------------------------

    def _terms(self, question: Question) -> Iterator[Found]:
        asked = question.types - {PLACE_TYPE}
        if (question.types and not asked) or not question.text:
            return
        exact = 0
        for hit in self._known.index.terms(question.text, question.limit * 3):
            entity = self.term(hit)
            if entity and (not asked or asked & {kind["id"] for kind in entity["type"]}):
                score = _score(hit, question.text)
                exact += score >= _EXACT["alternative"]
                features = [{"id": "name", "value": score}]
                sure = score >= _EXACT["alternative"] and exact == 1
                yield entity | {"score": score, "match": sure, "features": features}

    def term(self, hit: Hit) -> Found | None:
        """Return what was found as an entity, unless it is a class or a property."""
        if hit.kind not in ("concept", "case"):
            return None
        kinds = [CASE_TYPE] if hit.kind == "case" else self._kinds(hit)
        labels = hit.labels
        return {
            "id": shorten(hit.iri.value).replace("gc:", "concept/").replace("case:", "case/"),
            "name": labels.get(self.language) or labels.get("en") or hit.matched,
            "description": hit.definition,
            "type": [self.kind(each) for each in kinds],
        }

    def _kinds(self, hit: Hit) -> list[str]:
        term = self._known.kg.ontology.term(hit.iri)
        classes = [shorten(each.value) for each in term.types] if term else []
        return [CONCEPT_TYPE, *(each for each in classes if each.startswith("gov:"))]

    # --- types -----------------------------------------------------------------------------------

    def kind(self, name: str) -> dict[str, str]:
        """Return a type with its name in the language."""
        if name in TYPES:
            return {"id": name, "name": TYPES[name][self.language]}
        label = self._known.kg.ontology.label(_class(name), self.language)
        return {"id": name, "name": label}


def _class(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def _score(hit: Hit, text: str) -> float:
    """Return from 0 to 100 how well a concept or case fits: 95 and more is its very name."""
    if hit.field in _EXACT and plain(hit.matched) == plain(text):
        return _EXACT[hit.field]
    return round(min(80.0, hit.score), 1)
