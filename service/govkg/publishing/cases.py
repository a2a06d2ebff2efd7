"""Cases as a table: stable short names of columns, codes with their labels in English and Chinese.

CSV is that of RFC 4180 in UTF-8; several values of a cell are parted by a bar. Only what was
asserted is in it, so a row never rests on other data than the case itself and the names of things.
"""

import csv
import io
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode

from govkg.cases.kg import KG, Case
from govkg.errors import Language
from govkg.ontology import TITLE
from govkg.rdf import Node
from govkg.vocabulary import DCAT, DCTERMS, GC, GOV, PREFIXES

BAR: Final = "|"
NAME: Final = "cases.csv"
METADATA: Final = "cases.csv-metadata.json"
_TABLE: Final = Path(__file__).with_name("columns.toml")
_LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")
_NAMESPACES: Final = {"concept": GC, "place": PREFIXES["place"]}
_DESCRIPTION: Final = NamedNode(DCTERMS + "description")
_AT_START: Final = (("id", "identifier"), ("iri", "IRI of the case"))
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet program might run (OWASP, CSV injection)."""


@dataclass(frozen=True)
class Column:
    """What a column holds of each case."""

    name: str
    path: tuple[str, ...]
    """The properties of the ontology that lead from the case to the values."""
    kind: str
    """``code``, ``date``, ``concept`` or ``place``."""
    title: dict[str, str]
    many: bool = False
    """Whether there may be several values."""


@cache
def columns() -> tuple[Column, ...]:
    """Return the columns that the table in this folder lists."""
    rows = tomllib.loads(_TABLE.read_text("utf-8"))["column"]
    return tuple(Column(**row | {"path": tuple(row["path"])}) for row in rows)


def header() -> list[str]:
    """Return the names of all columns in their order."""
    names = [name for name, _ in _AT_START]
    names += [f"title_{language}" for language in _LANGUAGES]
    for column in columns():
        names.append(column.name)
        if column.kind in _NAMESPACES:
            names += [f"{column.name}_{language}" for language in _LANGUAGES]
    return [*names, "evidence", "licence", "modified", "version", "description_en"]


def rows(kg: KG, only: Iterable[Case] | None = None) -> list[dict[str, str]]:
    """Return a row for each case, or for some, by id."""
    cases = kg.cases() if only is None else only
    return [_row(case, kg) for case in sorted(cases, key=lambda case: case.id)]


def table(kg: KG, only: Iterable[Case] | None = None) -> bytes:
    """Return all cases, or some, as CSV."""
    return _csv([header(), *([row[name] for name in header()] for row in rows(kg, only))])


def safe_for_spreadsheets(table: bytes) -> bytes:
    """Return CSV that a spreadsheet program opens as text: none of it can run as a formula.

    It begins with a byte-order mark, by which such programs know UTF-8.
    """
    read = csv.reader(io.StringIO(table.decode("utf-8"), newline=""))
    lines = [["'" + cell if cell.startswith(_RISKY) else cell for cell in line] for line in read]
    return b"\xef\xbb\xbf" + _csv(lines)


def _csv(lines: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def _row(case: Case, kg: KG) -> dict[str, str]:
    about = _About(kg)
    titles = about.texts(case.iri, TITLE)
    row = {"id": case.id, "iri": case.iri.value}
    row |= {f"title_{language}": titles.get(language, "") for language in _LANGUAGES}
    for column in columns():
        row |= _cells(column, case, about)
    return row | {
        "evidence": str(len(about.values(case.iri, GOV + "hasEvidence"))),
        "licence": BAR.join(_texts(about.values(case.iri, DCTERMS + "license"))),
        "modified": BAR.join(_texts(about.values(case.iri, DCTERMS + "modified"))),
        "version": BAR.join(_texts(about.values(case.iri, DCAT + "version"))),
        "description_en": about.texts(case.iri, _DESCRIPTION).get("en", ""),
    }


def _cells(column: Column, case: Case, about: "_About") -> dict[str, str]:
    """Return the cells of a column: its values, and their labels if they are codes."""
    nodes: list[Node] = [case.iri]
    for step in column.path:
        found = (value for node in nodes for value in about.values(node, GOV + step))
        nodes = list(dict.fromkeys(found))
    namespace = _NAMESPACES.get(column.kind)
    if namespace is None:
        return {column.name: BAR.join(sorted(_texts(nodes)))}
    coded = sorted((_code(node, namespace), node) for node in nodes if isinstance(node, NamedNode))
    cells = {column.name: BAR.join(code for code, _ in coded)}
    for language in _LANGUAGES:
        labels = [about.label(node, language) for _, node in coded]
        cells[f"{column.name}_{language}"] = BAR.join(labels)
    return cells


def _code(node: NamedNode, namespace: str) -> str:
    """Return the end of an IRI after its namespace, or all of an IRI from elsewhere."""
    return node.value.removeprefix(namespace)


def _texts(nodes: Iterable[Node]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, NamedNode | Literal)]


class _About:
    """What was asserted about things."""

    def __init__(self, kg: KG) -> None:
        self._kg = kg
        self._made = (kg.graphs.inferred, kg.graphs.description)

    def values(self, node: Node, property: str) -> list[Node]:
        """Return the asserted values of a property, sorted."""
        if not isinstance(node, NamedNode | BlankNode):
            return []
        found = self._kg.quads.matching(node, NamedNode(property))
        return sorted({q.object for q in found if q.graph_name not in self._made}, key=str)

    def texts(self, node: NamedNode, property: NamedNode) -> dict[str, str]:
        """Return the text of a property in each language."""
        values = self.values(node, property.value)
        return {v.language or "": v.value for v in values if isinstance(v, Literal)}

    def label(self, node: NamedNode, language: Language) -> str:
        """Return a label without bars; empty if there is none in the language."""
        return self._kg.name.all(node).get(language, "").replace(BAR, "/")


def metadata(url: str = NAME) -> dict[str, Any]:
    """Describe the table in CSV on the Web (https://www.w3.org/TR/tabular-metadata/)."""
    titles = {name: {"en": title} for name, title in _AT_START}
    described = [_described(name, titles.get(name, {})) for name in header()]
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@type": "Table",
        "url": url,
        "dialect": {"header": True, "encoding": "utf-8"},
        "dc:license": {"@id": "https://creativecommons.org/licenses/by/4.0/"},
        "tableSchema": {
            "@type": "Schema",
            "aboutUrl": PREFIXES["case"] + "{id}",
            "primaryKey": "id",
            "columns": described,
        },
    }


def _described(name: str, titles: dict[str, str]) -> dict[str, Any]:
    """Describe one column."""
    known = {column.name: column for column in columns()}
    base, _, language = name.rpartition("_")
    column, of = known.get(name), known.get(base)
    if of is not None:
        words = {tag: f"{text} ({language})" for tag, text in of.title.items()}
        many = {"separator": BAR} if of.many else {}
        return _column(name, words, lang=language, suppressOutput=True, **many)
    if column is None:
        return _column(name, titles, **_FIXED.get(name, {}))
    many = {"separator": BAR} if column.many else {}
    link = _NAMESPACES.get(column.kind)
    value = {"valueUrl": f"{link}{{{name}}}"} if link else {}
    whole = {"propertyUrl": GOV + column.path[0]} if len(column.path) == 1 else {}
    return _column(name, column.title, **many, **value, **whole)


def _column(name: str, titles: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"name": name, "titles": [name], "dc:title": titles or {"en": name}} | more


_FIXED: Final[dict[str, dict[str, Any]]] = {
    "id": {"required": True, "suppressOutput": True},
    "iri": {"datatype": "anyURI", "suppressOutput": True},
    "title_en": {"lang": "en", "propertyUrl": DCTERMS + "title"},
    "title_zh": {"lang": "zh", "propertyUrl": DCTERMS + "title"},
    "evidence": {"datatype": "nonNegativeInteger", "suppressOutput": True},
    "licence": {
        "propertyUrl": DCTERMS + "license", "valueUrl": "{+licence}", "separator": BAR,
    },
    "modified": {"propertyUrl": DCTERMS + "modified", "separator": BAR},
    "version": {"propertyUrl": DCAT + "version", "separator": BAR},
    "description_en": {"lang": "en", "propertyUrl": DCTERMS + "description"},
}  # fmt: skip
