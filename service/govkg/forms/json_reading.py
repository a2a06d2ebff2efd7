"""Read plain JSON: a case, a list of cases, or an object with a list for each kind of part."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from govkg.errors import DocumentSyntaxError
from govkg.forms.building import Builder, Filled, TooManyProblemsError
from govkg.forms.model import Entity, Field, Form
from govkg.forms.problems import Problem, nearest
from govkg.forms.records import Cell, Record
from govkg.forms.tables import STATEMENTS
from govkg.rdf import check_nesting
from govkg.validation import Place

CASES: Final = "cases"
"""A name that people give to the list of cases."""

_KEYS = ("key", "id", "@id")
_TYPES = ("type", "@type")
_IGNORED = {*_KEYS, *_TYPES, "@context", "$schema"}


def load_json(data: bytes) -> Any:
    """Return JSON as values; raises DocumentSyntaxError with the place, or UnsafeInputError."""
    check_nesting(data)
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _syntax(line, 1, f"byte {error.start} is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise _syntax(error.lineno, error.colno, error.msg) from error
    except (ValueError, RecursionError) as error:
        raise _syntax(1, 1, str(error)) from error


def _syntax(line: int, column: int, expected: str) -> DocumentSyntaxError:
    hint = "JSON must be in UTF-8."
    return DocumentSyntaxError(
        line=line, column=column, expected=expected, hint=hint, format="json"
    )


def is_linked(document: Any) -> bool:
    """Say whether a JSON document is JSON-LD: it has a context, or the keywords of one."""
    if isinstance(document, list):
        return any(is_linked(each) for each in document[:10])
    if not isinstance(document, dict):
        return False
    return any(name in document for name in ("@context", "@graph", "@id", "@type"))


def read_json(form: Form, document: Any) -> Filled:
    """Return what a plain JSON document says, and what in it cannot be understood."""
    builder = Builder(form)
    reader = _Reader(form, builder)
    try:
        reader.document(document)
    except TooManyProblemsError:
        return builder.filled()
    return builder.finish()


class _Reader:
    """Gives the objects of a document to a builder, each with its JSON Pointer."""

    def __init__(self, form: Form, builder: Builder) -> None:
        self._form = form
        self._builder = builder
        self._count = 0
        self._columns = {
            entity.key: {field.path: field.key for field in entity.fields}
            for entity in form.entities
        }

    def document(self, document: Any) -> None:
        """Read a whole document."""
        if isinstance(document, dict) and not self._is_case(document):
            for name in sorted(document, key=self._rank):
                self._list(name, document[name])
        else:
            self._objects(self._form.root, document, "")

    def _is_case(self, document: Mapping[str, Any]) -> bool:
        """Say whether an object is a case itself, not a document of several kinds of part."""
        lists = {*self._form.by_key, CASES, STATEMENTS}
        return not any(name in lists for name in document)

    def _rank(self, name: str) -> int:
        entity = self._form.by_key.get(name)
        return 0 if name == CASES else entity.order if entity else 1000

    def _list(self, name: str, value: Any) -> None:
        """Read one list of a document."""
        pointer = f"/{_escaped(name)}"
        entity = self._form.root if name == CASES else self._form.by_key.get(name)
        if entity:
            self._objects(entity, value, pointer)
        elif name == STATEMENTS and isinstance(value, list):
            for number, each in enumerate(value):
                self._builder.statement(str(each), Place(pointer=f"{pointer}/{number}"))
        elif name not in _IGNORED:
            self._unknown(name, [*self._form.by_key, CASES], pointer, self._form.root.namespace)

    def _objects(self, entity: Entity, value: Any, pointer: str) -> None:
        """Read an object, or a list of objects, of one kind of part."""
        for each, where in _items(value, pointer):
            if isinstance(each, dict):
                self._object(entity, each, where)
            else:
                self._wrong(each, where, self._form.root.namespace, None)

    def _object(
        self, entity: Entity, value: Mapping[str, Any], pointer: str, *, nested: bool = False
    ) -> str:
        """Read one object and what is nested in it, and return its IRI."""
        self._count += 1
        record = self._record(entity, value, pointer, nested=nested)
        iri = self._builder.add(record, self._columns[entity.key])
        for name, content in value.items():
            field = entity.by_key.get(name)
            where = f"{pointer}/{_escaped(name)}"
            if field is None:
                if name not in _IGNORED and name not in self._form.by_key:
                    self._unknown(name, entity.by_key, where, iri)
            elif field.targets:
                self._nested(iri, field, content, where)
            else:
                self._check(iri, field, content, where)
        return iri

    def _record(
        self, entity: Entity, value: Mapping[str, Any], pointer: str, *, nested: bool
    ) -> Record:
        """Return the cells of an object: its key, its type, its fields and what they refer to."""
        cells: dict[str, list[Cell]] = {}
        for name, content in value.items():
            column = "key" if name in _KEYS else "type" if name in _TYPES else name
            where = f"{pointer}/{_escaped(name)}"
            if column in {"key", "type"} or column in self._form.by_key:
                texts = [(c, w) for c, w in _items(content, where) if isinstance(c, str | int)]
                cells[column] = [Cell(str(c), Place(pointer=w)) for c, w in texts]
            elif column in entity.by_key:
                for tag, cell in _cells(entity.by_key[column], content, where):
                    key = f"{column}@{tag}" if tag else column
                    cells.setdefault(key, []).append(cell)
        kind = [c for c in cells.get("type", []) if self._names_type(entity, str(c.value))]
        if kind != cells.get("type"):
            cells["type"] = kind
        key = f"{entity.key}-{self._count}"
        return Record(entity, Place(pointer=pointer), cells, key, nested, continues=True)

    def _names_type(self, entity: Entity, text: str) -> bool:
        """Say whether a type has to be read; where there is no choice, the plain one has not."""
        return len(entity.types) > 1 or text.rpartition(":")[2] != entity.types[0].key

    def _nested(self, iri: str, field: Field, content: Any, pointer: str) -> None:
        """Read the objects in a field that refers to other nodes."""
        for each, where in _items(content, pointer):
            reference = _reference(each)
            if isinstance(each, dict) and reference is None:
                entity = self._form.by_key[field.targets[0]]
                below = self._object(entity, each, where, nested=True)
                self._builder.link(iri, field, below)
            elif not isinstance(each, dict | str | int) or isinstance(each, bool):
                self._wrong(each, where, iri, field)

    def _check(self, iri: str, field: Field, content: Any, pointer: str) -> None:
        """Tell of values that cannot be what the field holds."""
        if field.kind == "text" and isinstance(content, dict) and "@value" not in content:
            return
        for each, where in _items(content, pointer):
            plain = isinstance(each, str | int | float) and not isinstance(each, bool)
            known = isinstance(each, dict) and ("@value" in each or _reference(each) is not None)
            if not plain and not known and each is not None:
                self._wrong(each, where, iri, field)

    def _wrong(self, value: Any, pointer: str, iri: str, field: Field | None) -> None:
        text = json.dumps(value, ensure_ascii=False)[:200]
        self._builder.problem(Problem("F13", text), Place(pointer=pointer), iri, field)

    def _unknown(
        self, name: str, known: Mapping[str, Any] | list[str], pointer: str, iri: str
    ) -> None:
        problem = Problem("F01", name, nearest(name, known))
        self._builder.problem(problem, Place(pointer=pointer), iri)


def _items(value: Any, pointer: str) -> Iterator[tuple[Any, str]]:
    """Yield the members of a list, or the one value, each with its pointer."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield each, f"{pointer}/{number}"
    elif value is not None:
        yield value, pointer


def _cells(field: Field, content: Any, pointer: str) -> Iterator[tuple[str, Cell]]:
    """Yield the language and the cell of each plain value of a field."""
    if field.kind == "text" and isinstance(content, dict) and "@value" not in content:
        for tag, words in content.items():
            for each, where in _items(words, f"{pointer}/{_escaped(tag)}"):
                if isinstance(each, str):
                    yield tag, Cell(each, Place(pointer=where))
        return
    for each, where in _items(content, pointer):
        tag, plain = "", each
        if isinstance(each, dict):
            tag = str(each.get("@language", ""))
            plain = each.get("@value") if "@value" in each else _reference(each)
        if isinstance(plain, str | int | float) and not isinstance(plain, bool):
            yield tag, Cell(plain, Place(pointer=where))


def _reference(value: Any) -> str | None:
    """Return what ``{"id": …}`` alone refers to, or nothing."""
    if isinstance(value, dict) and len(value) == 1:
        for name in _KEYS:
            if isinstance(value.get(name), str):
                return str(value[name])
    return None


def _escaped(name: str) -> str:
    """Return a name as a part of a JSON Pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
