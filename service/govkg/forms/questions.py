"""The questions of a form as a page asks them: in groups, with answers and what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import Literal

from govkg.errors import Language
from govkg.forms.answering import REST, Answers
from govkg.forms.keys import local_name
from govkg.forms.model import LANGUAGES, Entity, Field, Form, Option

NO_KEY: Final = "F08"
"""The number of the finding that something has no key, and no name to make one of."""
Found = dict[str, Any]
"""A finding as JSON."""


@dataclass
class Question:
    """One field of one part."""

    name: str
    """The JSON Pointer of its value: the name of its input."""
    field: Field | None
    """None for the key and the type, which no shape describes."""
    options: tuple[Option, ...]
    texts: list[str]
    """What was answered; for words in a language, in the order of LANGUAGES."""
    findings: list[Found]
    example: str = ""
    parts: tuple["Part", ...] = ()
    label: str = ""

    @property
    def kind(self) -> str:
        """Return how it is asked: words, area, choice, choices, parts or line."""
        if self.field is None:
            return "choice" if self.options else "line"
        if self.field.kind in {"text", "part"}:
            return {"text": "words", "part": "parts"}[self.field.kind]
        if self.options:
            return "choices" if self.field.many else "choice"
        return "line"

    @property
    def is_answered(self) -> bool:
        """Say whether there is anything to be kept."""
        return any(self.texts) or bool(self.parts)

    @property
    def is_wrong(self) -> bool:
        """Say whether the answer stands in the way of the case."""
        return any(found["severity"] == "violation" for found in self.findings)

    def chosen(self, option: Option) -> bool:
        """Say whether an option is chosen."""
        return option.key in self.texts

    @property
    def others(self) -> list[str]:
        """Return answers that are none of the options, so that they can be shown too."""
        keys = {option.key for option in self.options}
        return [text for text in self.texts if text not in keys]


@dataclass(frozen=True)
class Part:
    """One part of a case, or the case itself."""

    name: str
    entity: Entity
    findings: list[Found]
    """What is wrong with it as a whole."""
    groups: list[tuple[str, list[Question]]]
    """The questions, in groups with their names."""
    key: str = ""
    """The key by which other parts name it, if it has one that is not asked for."""


class Asking:
    """Makes the questions of one page."""

    def __init__(
        self,
        form: Form,
        language: Language,
        answers: Answers,
        findings: list[Found],
        *,
        all_fields: bool,
    ) -> None:
        """Take what was answered and found so far, and whether to ask more than the least."""
        self._form = form
        self._language = language
        self._answers = answers
        self._all = all_fields
        self._findings: dict[str, list[Found]] = {}
        self._claimed: dict[int, str] = {}
        for each in (found for found in findings if found["severity"] != "info"):
            pointer = answers.typed_at((each["place"] or {}).get("pointer", ""))
            self._findings.setdefault(pointer, []).append(each)

    def parts(self) -> list[tuple[Entity, list[Part]]]:
        """Return the parts that stand by themselves: the case, its places and its actors."""
        found = []
        root = self._form.root
        asked = {t for f in root.fields if f.is_basic or self._all for t in f.targets} | {root.key}
        for entity in self._form.entities:
            if entity.namespace:
                name = f"/{entity.key}"
                numbers = self._answers.numbers(name) or ([0] if entity.key in asked else [])
                found.append((entity, [self._part(entity, f"{name}/{n}") for n in numbers]))
        return found

    def rest(self) -> Question:
        """Return what no question asks for, as a text."""
        texts, found = self._answers.texts(REST), self._claim(REST.rpartition("/")[0])
        return Question(REST, None, (), texts, found)

    def where(self, finding: Found) -> str:
        """Return the name of the question or part at which a finding is told, or nothing."""
        return self._claimed.get(id(finding), "")

    def _part(self, entity: Entity, name: str) -> Part:
        self._sort_in(entity, name)
        asked = [*self._heads(entity, name), *self._fields(entity, name)]
        groups: list[tuple[str, list[Question]]] = []
        for group in ("", *(group.key for group in self._form.groups)):
            questions = [q for q in asked if (q.field.group if q.field else "") == group]
            if questions:
                groups.append((self._group(group), questions))
        key = "" if entity.namespace else self._answers.text(f"{name}/key")
        return Part(name, entity, self._claim(name, below=False), groups, key)

    def _sort_in(self, entity: Entity, name: str) -> None:
        """Move what is found of a part as a whole to the first field that its rule is about."""
        for found in self._findings.pop(name, []):
            about = (each.key for each in entity.fields if found["rule"] in each.rules)
            key = "key" if found["rule"] == NO_KEY else next(about, "")
            self._findings.setdefault(f"{name}/{key}" if key else name, []).append(found)

    def _group(self, key: str) -> str:
        words = {group.key: group.labels[self._language] for group in self._form.groups}
        return words.get(key, "")

    def _heads(self, entity: Entity, name: str) -> Iterator[Question]:
        """Yield the questions for the key and the type of a part."""
        if entity.namespace:
            example = local_name(entity.example)
            yield self._plain(f"{name}/key", (), example)
        if len(entity.types) > 1:
            yield self._plain(f"{name}/type", entity.types, "")

    def _plain(self, name: str, options: tuple[Option, ...], example: str) -> Question:
        texts = self._answers.texts(name)
        return Question(name, None, options, texts, self._claim(name), example)

    def _fields(self, entity: Entity, name: str) -> Iterator[Question]:
        for each in entity.fields:
            question = self._question(each, f"{name}/{each.key}")
            needed = each.is_basic or (each.level == "required" and not entity.namespace)
            if self._all or needed or question.is_wrong or question.is_answered:
                yield question

    def _question(self, asked: Field, name: str) -> Question:
        texts = self._answers.texts(name)
        if asked.kind == "text":
            texts = [self._answers.text(f"{name}/{language}") for language in LANGUAGES]
        parts: tuple[Part, ...] = ()
        if asked.kind == "part":
            entity = self._form.by_key[asked.targets[0]]
            numbers = self._answers.numbers(name) or ([0] if asked.is_basic else [])
            parts = tuple(self._part(entity, f"{name}/{number}") for number in numbers)
        found = self._claim(name, below=asked.kind != "part")
        label = asked.labels[self._language]
        return Question(
            name, asked, asked.options, texts, found, self._example(asked), parts, label
        )

    def _claim(self, name: str, *, below: bool = True) -> list[Found]:
        """Return what is found at a name, or below it, and remember where it is told."""
        found = [
            each
            for pointer, findings in self._findings.items()
            if pointer == name or (below and pointer.startswith(f"{name}/"))
            for each in findings
        ]
        self._claimed |= {id(each): name for each in found}
        return found

    def _example(self, asked: Field) -> str:
        """Return an example of what to type, in the reader's language if there is one."""
        if asked.options or asked.kind == "part":
            return ""
        shown = {
            (each.language or ""): each.value
            for each in asked.examples
            if isinstance(each, Literal)
        }
        first = next(iter(asked.examples), None)
        if first is not None and not isinstance(first, Literal):
            iri = str(getattr(first, "value", ""))
            return iri if asked.kind == "iri" else local_name(iri)
        return shown.get(self._language) or next(iter(shown.values()), "")
