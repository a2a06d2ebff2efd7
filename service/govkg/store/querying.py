"""Answer one SPARQL query from a pyoxigraph store, within limits, with errors that help."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, Literal

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    serialize,
)
from pyoxigraph import Store as Oxigraph

from govkg.errors import (
    NotAcceptableError,
    ParameterError,
    QuerySyntaxError,
    ResultTooLargeError,
    TooLargeError,
    UnsafeInputError,
)
from govkg.rdf import check_nesting, used_prefixes
from govkg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from typing_extensions import Buffer

Kind = Literal["solutions", "boolean", "graph"]

RESULT_FORMATS: Final[Mapping[str, QueryResultsFormat]] = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "text/csv": QueryResultsFormat.CSV,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
"""The media types of tables and truth values, the default first."""

GRAPH_RESULT_FORMATS: Final[Mapping[str, RdfFormat]] = {
    "text/turtle": RdfFormat.TURTLE,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/ld+json": RdfFormat.JSON_LD,
}
"""The media types of CONSTRUCT and DESCRIBE, the default first."""

DEFAULT_FORMATS: Final[Mapping[Kind, str]] = {
    "solutions": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "graph": "text/turtle",
}


@dataclass(frozen=True)
class Query:
    """A SPARQL query and how to answer it."""

    text: str
    formats: Mapping[Kind, str] = field(default_factory=lambda: DEFAULT_FORMATS)
    """The media type wanted for each kind of result; a kind left out is not acceptable."""
    accept: str = "*/*"
    """What the client asked for, to name in an error."""
    default_graphs: tuple[str, ...] = ()
    """Graphs that make the default graph, by the protocol; empty leaves it to the query."""
    named_graphs: tuple[str, ...] = ()
    without_graphs: tuple[str, ...] = ()
    """Graphs held apart, such as that of inferred triples, to leave out of the dataset."""
    max_query_bytes: int = 65_536
    max_result_bytes: int = 50_000_000

    def header(self) -> dict[str, Any]:
        """Return everything but the text as JSON values, to send to another process."""
        values = asdict(self)
        del values["text"]
        return values

    @classmethod
    def from_header(cls, text: str, header: dict[str, Any]) -> "Query":
        """Make the query again that ``header`` was taken from."""
        options: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in header.items()
        }
        return cls(text, **options)


@dataclass(frozen=True)
class Answer:
    """A serialised result."""

    body: bytes
    media_type: str
    kind: Kind


class _CappedBuffer(BytesIO):
    """A buffer that refuses to grow beyond a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: "Buffer", /) -> int:
        if self.tell() + len(memoryview(data)) > self.limit:
            raise ResultTooLargeError(limit=self.limit, unit="bytes")
        return super().write(data)


def answer(store: Oxigraph, query: Query, apart: Iterable[NamedNode] = ()) -> Answer:
    """Evaluate a query completely and serialise the result.

    The store's own default graph is the merge of all graphs but those held ``apart``.

    Raises QuerySyntaxError (with line and column), UnsafeInputError for SERVICE and for extreme
    nesting, TooLargeError, ResultTooLargeError and NotAcceptableError.
    """
    check(query)
    try:
        result = _evaluate(store, query, apart)
    except SyntaxError as error:
        raise _syntax_error(str(error), query.text) from error
    buffer = _CappedBuffer(query.max_result_bytes)
    kind: Kind = "graph" if isinstance(result, QueryTriples) else "solutions"
    kind = "boolean" if isinstance(result, QueryBoolean) else kind
    media_type = _media_type(query, kind)
    if isinstance(result, QueryTriples):
        triples = list(result)
        syntax = GRAPH_RESULT_FORMATS[media_type]
        serialize(triples, buffer, syntax, prefixes=used_prefixes(triples))
    elif isinstance(result, QuerySolutions | QueryBoolean):
        result.serialize(buffer, RESULT_FORMATS[media_type])
    return Answer(buffer.getvalue(), media_type, kind)


def check(query: Query) -> None:
    """Refuse a query that is too long, nests too deeply, or would reach out to other hosts."""
    data = query.text.encode()
    if len(data) > query.max_query_bytes:
        raise TooLargeError(what="query", size=len(data), limit=query.max_query_bytes, unit="bytes")
    check_nesting(data)
    if _KEYWORD_SERVICE.search(bare(query.text)):
        raise UnsafeInputError(
            what="SERVICE, a call to another endpoint",
            remedy="Query that endpoint by itself and join the results.",
        )


_NOT_CODE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>"
    r"|#[^\n]*"
)
_KEYWORD_FROM = re.compile(r"(?<![?$:\w])FROM(?![\w:])", re.IGNORECASE)
_KEYWORD_UPDATE = re.compile(
    r"\s*(?:(?:PREFIX\s+[\w-]*:|BASE)\s+)*"
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)\b",
    re.IGNORECASE,
)
_KEYWORD_SERVICE = re.compile(r"(?<![?$:\w])SERVICE(?![\w:])", re.IGNORECASE)


def bare(text: str) -> str:
    """Return the query with strings, IRIs and comments blanked out, at unchanged places."""
    return _NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def _evaluate(
    store: Oxigraph, query: Query, apart: Iterable[NamedNode]
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a query on the protocol's dataset, else its own (FROM), else the merge of all graphs."""
    default: list[NamedNode | BlankNode | DefaultGraph] | None = None
    named: list[NamedNode | BlankNode] | None = None
    left_out = {NamedNode(iri) for iri in query.without_graphs}
    if query.default_graphs or query.named_graphs:
        default = [_graph(iri) for iri in query.default_graphs]
        named = [_graph(iri) for iri in query.named_graphs]
    elif not _KEYWORD_FROM.search(bare(query.text)):
        default = [DefaultGraph(), *(graph for graph in apart if graph not in left_out)]
        if left_out:
            named = [graph for graph in store.named_graphs() if graph not in left_out]
    return store.query(query.text, prefixes=PREFIXES, default_graph=default, named_graphs=named)


def _graph(iri: str) -> NamedNode:
    """Make a graph name of a parameter."""
    try:
        return NamedNode(iri)
    except ValueError as error:
        raise ParameterError(
            name="graph", reason=f"“{iri}” is no IRI", remedy="Write the whole IRI of the graph."
        ) from error


def _media_type(query: Query, kind: Kind) -> str:
    """Return the media type wanted for this kind of result."""
    if kind in query.formats:
        return query.formats[kind]
    offered = GRAPH_RESULT_FORMATS if kind == "graph" else RESULT_FORMATS
    raise NotAcceptableError(accept=query.accept, offered=", ".join(offered))


_AT = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)


def _syntax_error(message: str, text: str) -> QuerySyntaxError:
    """Translate the parser's error: the place, what it expected, and a hint."""
    found = _AT.match(message)
    line, column = (int(found[1]), int(found[2])) if found else (1, 1)
    expected = found[3] if found else message
    missing = _undeclared_prefix(text)
    if "Prefix not found" in expected and missing:
        return QuerySyntaxError(
            line=line,
            column=column,
            expected=f"the prefix {missing}: is not declared",
            hint=f"Add PREFIX {missing}: <…> at the top, or use a known prefix: "
            f"{', '.join(sorted(PREFIXES))}.",
        )
    return QuerySyntaxError(
        line=line, column=column, expected=_readable(expected), hint=_hint(text, line)
    )


def _undeclared_prefix(text: str) -> str:
    """Return the first prefix that is used without being declared, or nothing."""
    code = bare(text)
    declared = set(re.findall(r"PREFIX\s+([\w-]*):", code, re.IGNORECASE)) | set(PREFIXES)
    for name in re.findall(r"(?<![\w?$:])([A-Za-z][\w-]*):(?=[\w%\\])", code):
        if name not in declared and name != "_":
            return str(name)
    return ""


def _readable(expected: str) -> str:
    """Drop the character classes from the parser's list of what it expected."""
    if not expected.startswith("expected"):
        return " ".join(expected.split())
    plain = re.sub(r"\[[^\]]*\](?:\s*\|\s*\[[^\]]*\])*", "", expected)
    alternatives = plain.removeprefix("expected").removeprefix(" one of").split(", ")
    words = [word.strip() for word in alternatives]
    kept = [word for word in words if word and not set(word) <= set("[]|'. \n")]
    if not kept:
        return "something else was expected here"
    return "expected " + (kept[0] if len(kept) == 1 else "one of " + ", ".join(kept))


def _hint(text: str, line: int) -> str:
    """Return the line at which the parser stopped, to show what it saw."""
    if _KEYWORD_UPDATE.match(bare(text)):
        return "This is an update, and a query was expected."
    lines = text.splitlines()
    if 0 < line <= len(lines) and lines[line - 1].strip():
        return f"It stopped in: {lines[line - 1].strip()[:120]}"
    return "The query ends too early: is a closing brace missing?"
