"""The files that are made from a form, by the last part of their address."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from govkg.forms.csv_writing import csv_template
from govkg.forms.csvw import csvw_metadata
from govkg.forms.formats import CSV, XLSX
from govkg.forms.json_context import json_context
from govkg.forms.json_schema import json_schema
from govkg.forms.json_writing import json_template
from govkg.forms.model import Form
from govkg.forms.shapes import load_form
from govkg.forms.xlsx_writing import template


@dataclass(frozen=True)
class Artefact:
    """One file that is made from a form."""

    name: str
    """The short name, as in ``govkg template --format``."""
    file: str
    """The last part of its address."""
    media_type: str
    make: Callable[[Form, str], bytes]
    """Makes the file of a form whose files lie at an address, which ends in a slash."""


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


ARTEFACTS: Final = (
    Artefact("xlsx", "template.xlsx", XLSX.media_type, lambda form, _: template(form)),
    Artefact("csv", "template.csv", CSV.media_type, lambda form, _: csv_template(form)),
    Artefact(
        "csvw",
        "template.csv-metadata.json",
        "application/csvm+json",
        lambda form, _: _json(csvw_metadata(form, "template.csv")),
    ),
    Artefact("json", "template.json", "application/json", lambda form, _: json_template(form)),
    Artefact(
        "json-schema",
        "schema.json",
        "application/schema+json",
        lambda form, address: _json(json_schema(form, address + "schema.json")),
    ),
    Artefact(
        "context",
        "context.jsonld",
        "application/ld+json",
        lambda form, _: _json(json_context(form)),
    ),
)
"""All files, the one that people like best first."""

BY_NAME: Final[Mapping[str, Artefact]] = {each.name: each for each in ARTEFACTS}


@cache
def made(form: str, name: str, address: str) -> bytes:
    """Return a file of a bundled form; raises NotFoundError if there is no such form."""
    return BY_NAME[name].make(load_form(form), address)
