"""The metadata of the CSV template (CSV on the Web, W3C 2015): what each column means."""

from typing import Any

from govkg.forms.csv_writing import column_keys
from govkg.forms.model import Entity, Field, Form
from govkg.forms.tables import columns_of
from govkg.forms.values import SEPARATOR
from govkg.vocabulary import GOV

Metadata = dict[str, Any]

_DATATYPES = {"number": "decimal", "iri": "anyURI"}


def csvw_metadata(form: Form, table: str) -> Metadata:
    """Return the metadata of a table that lies at an address."""
    known = {_name(form, entity, column.key): (entity, column.key) for entity in form.entities
             for column in columns_of(form, entity)}  # fmt: skip
    columns = [_column(key, *known.get(key, (form.root, "key"))) for key in column_keys(form)]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": table,
        "dc:title": [
            {"@value": words, "@language": language} for language, words in form.root.labels.items()
        ],
        "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "dialect": {"encoding": "utf-8", "header": True, "commentPrefix": "#"},
        "tableSchema": {"columns": columns},
    }


def _name(form: Form, entity: Entity, column: str) -> str:
    if entity is form.root:
        return form.root.key if column == "key" else column
    return f"{entity.key}.{column}"


def _column(name: str, entity: Entity, column: str) -> Metadata:
    """Return the metadata of one column; names are percent-encoded where CSVW asks for it."""
    key, _, tag = column.partition("@")
    field = entity.by_key.get(key)
    found: Metadata = {"name": name.replace("@", "%40"), "titles": name}
    if field is None:
        return found | {"datatype": "string", "dc:description": "A key.", "required": key == "case"}
    return found | _of_field(entity, field, tag)


def _of_field(entity: Entity, field: Field, tag: str) -> Metadata:
    found: Metadata = {
        "rdfs:label": [{"@value": w, "@language": t} for t, w in field.labels.items()],
        "dc:description": [{"@value": w, "@language": t} for t, w in field.descriptions.items()],
        "propertyUrl": field.path,
        "datatype": _datatype(field),
    }
    if tag:
        found["lang"] = tag
    if field.many and field.kind not in {"text", "string"}:
        found["separator"] = SEPARATOR
    if field.options:
        found[f"{GOV}options"] = [option.key for option in field.options]
    return found | {f"{GOV}part": entity.key}


def _datatype(field: Field) -> Any:
    bounds = {"minimum": field.minimum, "maximum": field.maximum}
    limits = {name: str(value) for name, value in bounds.items() if value is not None}
    base = _DATATYPES.get(field.kind, "string")
    return {"base": base, **limits} if limits else base
