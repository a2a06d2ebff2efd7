"""The JSON Schema (2020-12) of a plain JSON case."""

from typing import Any

from govkg.errors import Language
from govkg.forms.examples import example_triples
from govkg.forms.json_reading import CASES
from govkg.forms.json_writing import json_of
from govkg.forms.model import LANGUAGES, Entity, Field, Form
from govkg.forms.tables import STATEMENTS

Schema = dict[str, Any]

_DATE = r"^\d{4}(-\d{2}(-\d{2}(T.+)?)?)?$"
_WORDS: Schema = {
    "type": "object",
    "additionalProperties": {"type": "string"},
    "minProperties": 1,
}


def json_schema(form: Form, address: str) -> Schema:
    """Return the schema of a case, of a list of cases, or of a document with other parts beside.

    A value that a rule only recommends is not required; the rules say more than a schema can.
    """
    root = {"$ref": f"#/$defs/{form.root.key}"}
    lists = {each.key: _list({"$ref": f"#/$defs/{each.key}"}) for each in form.entities}
    lists[CASES] = lists[form.root.key]
    lists[STATEMENTS] = _list({"type": "string", "description": "A statement in N-Triples."})
    document = {"type": "object", "properties": lists, "additionalProperties": False}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "title": form.root.labels["en"],
        "anyOf": [root, _list(root), document],
        "$defs": {each.key: _entity(form, each) for each in form.entities},
        "examples": [json_of(form, example_triples(form))],
    }


def _entity(form: Form, entity: Entity) -> Schema:
    """Return the schema of one kind of part."""
    fields = {field.key: _field(field) for field in entity.fields}
    extra: Schema = {"key": _described("The key by which others name it.", "被引用时使用的键。")}
    for column in form.columns(entity):
        if column in form.by_key:
            extra[column] = _texts("On what it hangs, by key.", "所属对象的键。")
    names = [name for option in entity.types for name in (option.key, option.iri)]
    extra["type"] = {"anyOf": [{"enum": names}, _list({"enum": names})]}
    return {
        "type": "object",
        "title": entity.labels["en"],
        "description": entity.descriptions["en"],
        "x-labels": entity.labels,
        "properties": {**extra, **fields},
        "required": [f.key for f in entity.fields if f.level == "required" and f.kind != "part"],
        "additionalProperties": False,
    }


def _field(field: Field) -> Schema:
    """Return the schema of one field: one value, or one or a list of them."""
    value = _value(field)
    schema: Schema = {
        "title": field.labels["en"],
        "description": field.descriptions["en"],
        "x-labels": field.labels,
        "x-property": field.path,
        "x-rules": list(field.rules),
    }
    if field.kind == "text":
        return value | schema
    return schema | ({"anyOf": [value, _list(value)]} if field.many else value)


def _value(field: Field) -> Schema:
    """Return the schema of one value of a field."""
    if field.kind == "text":
        return _WORDS
    if field.kind == "date":
        return {"type": "string", "pattern": _DATE}
    if field.kind == "number":
        bounds = {"minimum": field.minimum, "maximum": field.maximum}
        return {"type": "number", **{k: float(v) for k, v in bounds.items() if v is not None}}
    if field.kind == "concept":
        return {"enum": [name for option in field.options for name in (option.key, option.iri)]}
    if field.kind in {"reference", "part"}:
        below = [{"$ref": f"#/$defs/{target}"} for target in field.targets]
        return {"anyOf": [_described("A key or an IRI.", "键或 IRI。"), *below]}
    schema: Schema = {"type": "string"}
    if field.kind == "iri":
        schema["format"] = "iri"
    return schema | ({"pattern": field.pattern} if field.pattern else {})


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _described(english: str, chinese: str) -> Schema:
    labels: dict[Language, str] = {"en": english, "zh": chinese}
    return {"type": "string", "description": " ".join(labels[each] for each in LANGUAGES)}


def _texts(english: str, chinese: str) -> Schema:
    one = _described(english, chinese)
    return {"anyOf": [one, _list(one)]}
