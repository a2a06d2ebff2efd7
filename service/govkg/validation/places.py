"""Where in a document a finding is: a reader of a format knows, and a report is told."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final
from urllib.parse import urljoin

from pyoxigraph import BlankNode, NamedNode, Triple

from govkg.errors import Language
from govkg.rdf import Node

WHOLE: Final = ""
"""Stands for the node itself, where the place of one of its properties could be named."""


@dataclass(frozen=True)
class Place:
    """A place in a document; what does not apply is None. Counting starts from 1."""

    line: int | None = None
    column: int | None = None
    pointer: str | None = None
    """A JSON pointer (RFC 6901)."""
    sheet: str | None = None
    row: int | None = None
    """The row of a table, of which ``column`` is the column."""

    def as_json(self) -> dict[str, Any]:
        """Return what is known, as JSON values."""
        known = ((each.name, getattr(self, each.name)) for each in _PARTS)
        return {name: value for name, value in known if value is not None}

    def as_text(self, language: Language) -> str:
        """Return the place for people."""
        known = self.as_json()
        if self.row is not None and self.column is not None:
            known["column"] = letter_of(self.column)  # as a spreadsheet shows it
        names = [name for name in ("sheet", "row", "line", "column", "pointer") if name in known]
        return ", ".join(_WORDS[name][language].format(known[name]) for name in names)


_PARTS: Final = fields(Place)


def letter_of(column: int) -> str:
    """Return the letter by which spreadsheets call a column, from 1: A to Z, then AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_WORDS: Final[dict[str, dict[Language, str]]] = {
    "sheet": {"en": "sheet {}", "zh": "工作表 {}"},
    "row": {"en": "row {}", "zh": "第 {} 行"},
    "line": {"en": "line {}", "zh": "第 {} 行"},
    "column": {"en": "column {}", "zh": "第 {} 列"},
    "pointer": {"en": "at {}", "zh": "位于 {}"},
}

Places = Mapping[tuple[str, str], Place]
"""Places by the IRI of a node and that of a property; see ``WHOLE``."""


def places_in(
    data: bytes, format_name: str, base: str | None, prefixes: Mapping[str, str]
) -> Places:
    """Return where a document describes its nodes, as far as its syntax can be followed.

    ``prefixes`` are those that a JSON-LD document may use without saying so.
    """
    text = data.decode("utf-8", "replace")
    if format_name in {"turtle", "trig", "n-triples", "n-quads"}:
        return _first(_in_turtle(text, base or ""))
    if format_name == "json-ld":
        try:
            return _first(_in_json(json.loads(text), "", base or "", prefixes))
        except (ValueError, RecursionError):
            return {}
    return {}


Above = Mapping[Node, tuple[Node, str]]
"""For nameless nodes, the node that refers to each of them, and by which property."""


def above(triples: Iterable[Triple]) -> Above:
    """Return for each nameless node what refers to it first."""
    found: dict[Node, tuple[Node, str]] = {}
    for triple in triples:
        if isinstance(triple.object, BlankNode):
            found.setdefault(triple.object, (triple.subject, triple.predicate.value))
    return found


def place_of(node: Node, path: str, places: Places, above: Above) -> Place | None:
    """Return the place of a property of a node, or else that of the node.

    A nameless node has none of its own: it is where the nearest named node refers to it.
    """
    seen: set[Node] = set()
    while isinstance(node, BlankNode) and node in above and node not in seen:
        seen.add(node)
        node, path = above[node]
    if not isinstance(node, NamedNode):
        return None
    return places.get((node.value, path)) or places.get((node.value, WHOLE))


def _first(found: Iterator[tuple[str, str, Place]]) -> Places:
    places: dict[tuple[str, str], Place] = {}
    for node, prop, place in found:
        places.setdefault((node, prop), place)
    return places


_TOKEN: Final = re.compile(
    r"""(?:\#[^\n]*|\s+)*+(?:
    (?P<text>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |<(?P<iri>[^<>\s]*)>
    |(?P<directive>@?(?:prefix|base)\b)
    |(?P<name>(?:[^\W\d][\w.-]*)?:(?:[\w:%-]|\.(?=[\w:%-]))*)
    |(?P<mark>[.;,\[\](){}])
    |(?P<word>[^\s.;,\[\](){}<>"'\#]+|.))""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)


_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def _resolved(base: str, reference: str) -> str:
    """Return a whole IRI; an empty fragment, on which prefixes end, is kept."""
    if not base or _ABSOLUTE.match(reference):
        return reference
    end = "#" if reference.endswith("#") else ""
    return urljoin(base, reference).removesuffix(end) + end


class _Reading:
    """How far a Turtle document has been read."""

    def __init__(self, base: str) -> None:
        self.prefixes: dict[str, str] = {}
        self.base = base
        self.subject: str | None = None
        self.wants = "subject"
        self.depth = 0
        self.declares = False
        self.prefix: str | None = None

    def iri(self, token: re.Match[str]) -> str | None:
        """Return the IRI that a token names."""
        if token["iri"] is not None:
            return _resolved(self.base, token["iri"])
        prefix, _, local = token["name"].partition(":")
        return self.prefixes[prefix] + local if prefix in self.prefixes else None

    def declare(self, token: re.Match[str]) -> None:
        """Take part of a directive; it ends with an IRI."""
        if token["iri"] is None:
            self.prefix = token["name"].removesuffix(":") if token["name"] else None
            return
        if self.prefix is None:
            self.base = _resolved(self.base, token["iri"])
        else:
            self.prefixes[self.prefix] = _resolved(self.base, token["iri"])
        self.declares, self.prefix = False, None

    def statement(self, token: re.Match[str]) -> tuple[str, str] | None:
        """Take a subject or predicate; returns the node and the property that it names."""
        iri = self.iri(token) if token.lastgroup in {"iri", "name"} else None
        if self.wants == "subject":
            self.subject, self.wants = iri, "predicate"
            return (iri, WHOLE) if iri else None
        self.wants = "object"
        return (self.subject, iri) if iri and self.subject else None

    def mark(self, sign: str) -> None:
        """Follow the punctuation."""
        if sign in "[(":
            self.depth += 1
        elif sign in "])":
            self.depth = max(0, self.depth - 1)
        elif sign in ".{}" and self.depth == 0:
            self.subject, self.wants = None, "subject"
        elif sign == ";" and self.depth == 0:
            self.wants = "predicate"


def _in_turtle(text: str, base: str) -> Iterator[tuple[str, str, Place]]:
    """Yield each subject and predicate at the top level of a Turtle document, with its place."""
    reading = _Reading(base)
    ends = [found.start() for found in _LINE_END.finditer(text)]
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup or ""
        if reading.declares:
            reading.declare(token)
        elif kind == "directive":
            reading.declares = True
        elif kind == "mark":
            reading.mark(token["mark"])
        elif reading.depth == 0 and reading.wants != "object":
            found = reading.statement(token)
            if found:
                start = token.start(kind) - (kind == "iri")
                line = bisect_left(ends, start)
                column = start - (ends[line - 1] if line else -1)
                yield *found, Place(line=line + 1, column=column)


_LINE_END: Final = re.compile("\n")


def _in_json(
    value: object, pointer: str, base: str, prefixes: Mapping[str, str]
) -> Iterator[tuple[str, str, Place]]:
    """Yield each object of a JSON-LD document that has an IRI, with its JSON pointer."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from _in_json(each, f"{pointer}/{number}", base, prefixes)
    if isinstance(value, dict):
        name = value.get("@id", value.get("id"))
        if isinstance(name, str):
            prefix, colon, local = name.partition(":")
            iri = (
                prefixes[prefix] + local if colon and prefix in prefixes else _resolved(base, name)
            )
            yield iri, WHOLE, Place(pointer=pointer)
        for key, each in value.items():
            if key != "@context":
                step = key.replace("~", "~0").replace("/", "~1")
                yield from _in_json(each, f"{pointer}/{step}", base, prefixes)
