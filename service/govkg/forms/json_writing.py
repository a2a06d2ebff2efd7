"""Write plain JSON: cases with their parts inside them, places and actors beside them."""

import json
from collections.abc import Iterable
from typing import Any

from pyoxigraph import Triple

from govkg.forms.examples import example_triples
from govkg.forms.model import Field, Form
from govkg.forms.records import Cell
from govkg.forms.tables import STATEMENTS
from govkg.forms.unbuilding import WrittenRow, statement_of, tables_of
from govkg.forms.values import SEPARATOR, text_of
from govkg.validation import Place

Value = dict[str, Any]


def write_json(form: Form, triples: Iterable[Triple]) -> bytes:
    """Return triples as a JSON document; what fits in no field stands in ``statements``."""
    return json.dumps(json_of(form, triples), ensure_ascii=False, indent=2).encode() + b"\n"


def json_template(form: Form) -> bytes:
    """Return the example as a JSON document."""
    return write_json(form, example_triples(form))


def json_of(form: Form, triples: Iterable[Triple]) -> Value:
    """Return triples as JSON values that ``read_json`` turns into the same triples."""
    tables = tables_of(form, triples)
    nest = _Nest(form)
    document: Value = {}
    for entity in form.entities:
        for row in tables.rows[entity.key]:
            value = _object(row)
            if not nest.take(row, value):
                document.setdefault(entity.key, []).append(value)
    if tables.statements:
        document[STATEMENTS] = [statement_of(triple) for triple in tables.statements]
    return document


def _object(row: WrittenRow) -> Value:
    """Return a row as an object, without the columns that name what it hangs on."""
    found: Value = {"key": row.cells["key"]}
    if "type" in row.cells:
        found["type"] = _one_or_many(row.cells["type"].split(SEPARATOR))
    for column, text in row.cells.items():
        key, _, tag = column.partition("@")
        field = row.entity.by_key.get(key)
        if field and field.kind == "text":
            found.setdefault(key, {})[tag] = text
        elif field:
            found[key] = _value(field, text)
    return found


def _value(field: Field, text: str) -> Any:
    """Return a cell as a JSON value: words whole, other fields as one value or a list."""
    if field.kind == "string":
        return text
    found: list[Any] = text.split(SEPARATOR)
    if field.kind == "number":
        found = [_number(each) for each in found]
    return _one_or_many(found, always=field.many)


def _number(text: str) -> float | str:
    """Return a number as JSON has it, if it is read back with the same digits."""
    return float(text) if text_of(Cell(float(text), Place())) == text else text


def _one_or_many(texts: list[Any], *, always: bool = False) -> Any:
    return texts if always or len(texts) > 1 else texts[0]


class _Nest:
    """Puts objects into those that they hang on."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._objects: dict[str, tuple[Value, str]] = {}
        """Each object by its IRI, with the case in which it stands."""

    def take(self, row: WrittenRow, value: Value) -> bool:
        """Nest an object; False if it stands apart, and then it says itself where it belongs."""
        link = self._form.parents.get(row.entity.key)
        if link and len(row.parents) == 1 and row.parents[0] in self._objects:
            above, case = self._objects[row.parents[0]]
            if row.case in {"", case}:
                if len(value) == 1:  # a key alone would be read as a reference
                    value["type"] = row.entity.types[0].key
                above.setdefault(link.field.key, []).append(value)
                self._objects[row.iri] = (value, case)
                return True
        columns = (self._form.root.key, link.entity.key if link else "")
        for column in columns if not row.entity.namespace else ():
            if column in row.cells:
                value[column] = _one_or_many(row.cells[column].split(SEPARATOR))
        self._objects[row.iri] = (value, row.iri if row.entity is self._form.root else row.case)
        return False
