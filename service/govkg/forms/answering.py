"""What was typed into the form of a page, and the plain JSON that it means.

The name of each input is the JSON Pointer (RFC 6901) of its value in the document, so that whatever
is found in the document is known to stand at an input.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from pyoxigraph import Triple

from govkg.errors import ParameterError
from govkg.forms.json_reading import read_json
from govkg.forms.json_writing import json_of
from govkg.forms.keys import suggested
from govkg.forms.model import LANGUAGES, Entity, Field, Form
from govkg.forms.records import Cell
from govkg.forms.tables import STATEMENTS
from govkg.forms.unbuilding import statement_of
from govkg.forms.values import text_of
from govkg.validation import Place

_DEPTH: Final = 16  # steps of a name
_MOST: Final = 1000  # parts of one kind in one place
REST: Final = f"/{STATEMENTS}/0"
"""The name of the input that holds what no question asks for: statements, one in a line."""


class Answers:
    """The texts of a form by the names of their inputs, in order."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take names and texts; raises ParameterError for a name that no form has."""
        self._texts: defaultdict[str, list[str]] = defaultdict(list)
        self._numbers: defaultdict[str, set[int]] = defaultdict(set)
        self._told: dict[str, list[int]] = {}
        for name, text in pairs:
            self._texts[name].append(text.replace("\r\n", "\n"))
            self._count(name)

    def _count(self, name: str) -> None:
        """Remember of which lists a name says that they have a member."""
        steps = name.split("/")
        if steps[0] or not 2 < len(steps) <= _DEPTH:
            raise _unknown(name)
        for place, step in enumerate(steps):
            if step.isascii() and step.isdigit():
                if len(step) > len(str(_MOST)) or int(step) >= _MOST:
                    raise _unknown(name)
                self._numbers["/".join(steps[:place])].add(int(step))

    def texts(self, name: str) -> list[str]:
        """Return what was typed or chosen under a name, without what is blank."""
        return [text for text in self._texts.get(name, ()) if text.strip()]

    def pairs(self) -> list[tuple[str, str]]:
        """Return all names with their texts, as an input each."""
        return [(name, text) for name, texts in self._texts.items() for text in texts]

    def text(self, name: str) -> str:
        """Return what was typed into the one input of a name."""
        return next(iter(self.texts(name)), "")

    def supply(self, name: str, text: str) -> None:
        """Take a text as the answer, if nothing else was typed or chosen."""
        if not self.texts(name):
            self._texts[name] = [text]

    def numbers(self, name: str) -> list[int]:
        """Return the numbers of the parts under a name."""
        return sorted(self._numbers.get(name, ()))

    def tell(self, name: str, numbers: list[int]) -> None:
        """Remember which parts under a name are in the document: those that are not blank."""
        self._told[name] = numbers

    def typed_at(self, pointer: str) -> str:
        """Return the name under which a value was typed that stands in the document there."""
        name = ""
        for step in pointer.split("/")[1:]:
            numbers = self._told.get(name, [])
            is_part = step.isascii() and step.isdigit() and int(step) < len(numbers)
            name += f"/{numbers[int(step)] if is_part else step}"
        return name

    def add(self, name: str) -> int:
        """Add a blank part after the others under a name, and return its number."""
        number = max(self._numbers.get(name, {-1})) + 1
        self._count(f"{name}/{number}/key")
        return number

    def remove(self, name: str) -> None:
        """Take a part away, with all that was typed into it."""
        parent, _, number = name.rpartition("/")
        for each in [each for each in self._texts if each.startswith(f"{name}/")]:
            del self._texts[each]
        if number.isascii() and number.isdigit():
            self._numbers[parent].discard(int(number))


def _unknown(name: str) -> ParameterError:
    remedy = "Send the names that the inputs of the page /submit have."
    return ParameterError(name=name[:80], reason="the form has no such input", remedy=remedy)


def document_of(form: Form, answers: Answers) -> dict[str, Any]:
    """Return the plain JSON that answers mean, without blank parts.

    What has no key is given one made of its English name, if it has one.
    """
    found: dict[str, Any] = {}
    for entity in form.entities:
        if entity.namespace and (objects := _objects(form, entity, answers, f"/{entity.key}")):
            found[entity.key] = objects
    if lines := [line for line in answers.text(REST).splitlines() if line.strip()]:
        found[STATEMENTS] = lines
    return found


def opened(form: Form, triples: Iterable[Triple]) -> Answers:
    """Return the answers that mean some triples; what no question asks for is among the REST."""
    given = list(dict.fromkeys(triples))
    document = json_of(form, given)
    document.pop(STATEMENTS, None)
    asked = document_of(form, Answers(_pairs(document, "")))
    said = set(read_json(form, asked).triples)
    rest = [statement_of(triple) for triple in given if triple not in said]
    return answers_of(asked | {STATEMENTS: rest})


def _objects(form: Form, entity: Entity, answers: Answers, name: str) -> list[dict[str, Any]]:
    objects = {n: _object(form, entity, answers, f"{name}/{n}") for n in answers.numbers(name)}
    found = {number: each for number, each in objects.items() if each}
    answers.tell(name, list(found))
    return list(found.values())


def _object(form: Form, entity: Entity, answers: Answers, name: str) -> dict[str, Any]:
    """Return one part; nothing if all of it is blank."""
    found: dict[str, Any] = {}
    for column in ("key", "type"):
        if text := answers.text(f"{name}/{column}"):
            found[column] = text
    for field in entity.fields:
        if value := _value(form, field, answers, f"{name}/{field.key}"):
            found[field.key] = value
    if found and entity.namespace and "key" not in found:
        names = [found[f.key] for f in entity.fields if f.kind == "text" and f.key in found]
        key = suggested(names[0].get("en", "")) if names else ""
        found |= {"key": key} if key else {}
    return found


def _value(form: Form, field: Field, answers: Answers, name: str) -> Any:
    """Return what was answered to one question."""
    if field.kind == "part":
        return _objects(form, form.by_key[field.targets[0]], answers, name)
    if field.kind == "text":
        words = {language: answers.text(f"{name}/{language}") for language in LANGUAGES}
        return {language: text for language, text in words.items() if text}
    texts = answers.texts(name)
    return texts if field.many and len(texts) > 1 else next(iter(texts), "")


def answers_of(document: dict[str, Any]) -> Answers:
    """Return the answers that mean a document which ``document_of`` made."""
    rest = "\n".join(document.get(STATEMENTS, ()))
    asked = {name: value for name, value in document.items() if name != STATEMENTS}
    return Answers([*_pairs(asked, ""), *([(REST, rest)] if rest else [])])


def _pairs(value: Any, name: str) -> Iterable[tuple[str, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _pairs(below, f"{name}/{key}")
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _pairs(below, f"{name}/{number}" if isinstance(below, dict) else name)
    else:
        yield name, text_of(Cell(value, Place()))
