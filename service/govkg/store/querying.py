"""Answer one SPARQL query from a pyoxigraph store, within limits, with errors that help."""

import re
from collections.abc import Callable, Iterable, Mapping
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
    ResultTooLargeError,
    TooLargeError,
    UnsafeInputError,
)
from govkg.rdf import Node, check_nesting, used_prefixes
from govkg.store.scanning import calls_out
from govkg.store.syntax.explaining import syntax_error
from govkg.vocabulary import PREFIXES

if TYPE_CHECKING:
    from typing_extensions import Buffer

Kind = Literal["solutions", "boolean", "graph"]
Functions = dict[NamedNode, Callable[..., Node | None]]
"""Functions that queries can call by name."""

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
    base: str | None = None
    """What relative IRIs are resolved against."""
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
    check(query.text, query.max_query_bytes)
    return evaluated(store, query, apart)


def evaluated(
    store: Oxigraph,
    query: Query,
    apart: Iterable[NamedNode] = (),
    functions: Functions | None = None,
) -> Answer:
    """Evaluate a query whose text is known to be harmless; ``functions`` add to those of SPARQL."""
    try:
        result = _evaluate(store, query, apart, functions)
    except SyntaxError as error:
        raise syntax_error(str(error), query.text) from error
    except RuntimeError as error:
        raise unknown_function(error) from error
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


def check(text: str, limit: int, what: str = "query") -> None:
    """Refuse SPARQL that is too long, nests too deeply, or would reach out to other hosts."""
    check_size(text, limit, what)
    if calls_out(text):
        raise UnsafeInputError(
            what="SERVICE, a call to another endpoint",
            remedy="Query that endpoint by itself and join the results, or ask whoever runs the "
            "service to open it to queries by GOVKG_SERVICE_HOSTS.",
        )


def check_size(text: str, limit: int, what: str = "query") -> None:
    """Refuse SPARQL that is too long or nests too deeply."""
    data = text.encode()
    if len(data) > limit:
        raise TooLargeError(what=what, size=len(data), limit=limit, unit="bytes")
    check_nesting(data)


_NOT_CODE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\r\n]|\\.)*"'
    r"|'(?:[^'\\\r\n]|\\.)*'"
    r"|<(?:[^<>\"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]{4})*>"
    r"|#[^\r\n]*"
    r"|\\."  # an escape in a prefixed name: what follows it starts nothing
)
_KEYWORD_FROM = re.compile(r"(?<![?$:\w])FROM(?![\w:])", re.IGNORECASE)


_APOSTROPHE = re.compile(r"<[^<>\"{}|^`\x00-\x20]*'")
_IRI_START = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")


def is_ambiguous(text: str) -> bool:
    """Say whether an apostrophe may stand in an IRI or start a string after a less-than sign.

    Then ``bare`` may take strings for code and code for strings.
    """
    found = _NOT_CODE.finditer(text)
    return any(
        _APOSTROPHE.match(each.group()) and not _IRI_START.match(each.group()) for each in found
    )


_CHANGING = re.compile(r"(?<![?$:\w])(?:RAND|NOW|UUID|STRUUID|BNODE)\s*\(", re.IGNORECASE)


_FORM = re.compile(
    r"(?:\s|#[^\r\n]*+|(?:PREFIX\s*+[^\s<:]*+:|BASE)\s*+<[^<>\s]*+>)*+(SELECT|ASK|CONSTRUCT|DESCRIBE)\b",
    re.IGNORECASE,
)


def form_of(text: str) -> str:
    """Return the query form in small letters, or ``unknown`` for what does not begin as a query."""
    found = _FORM.match(text)
    return found[1].lower() if found else "unknown"


def is_repeatable(text: str) -> bool:
    """Say whether a query gives the same answer whenever the same data is asked."""
    return not _says(_CHANGING, text) and not calls_out(text)


def _says(keyword: re.Pattern[str], text: str) -> bool:
    """Say whether a keyword stands in a query outside strings, IRIs and comments."""
    return bool(keyword.search(text) and keyword.search(bare(text)))


def bare(text: str) -> str:
    """Return the query with strings, IRIs and comments blanked out, at unchanged places."""
    return _NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def _evaluate(
    store: Oxigraph, query: Query, apart: Iterable[NamedNode], functions: Functions | None
) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a query on the protocol's dataset, else its own (FROM), else the merge of all graphs."""
    default: list[NamedNode | BlankNode | DefaultGraph] | None = None
    named: list[NamedNode | BlankNode] | None = None
    left_out = {NamedNode(iri) for iri in query.without_graphs}
    if query.default_graphs or query.named_graphs:
        default = [graph_named(iri) for iri in query.default_graphs]
        named = [graph_named(iri) for iri in query.named_graphs]
    elif not _says(_KEYWORD_FROM, query.text):
        default = [DefaultGraph(), *(graph for graph in apart if graph not in left_out)]
        if left_out:
            named = [graph for graph in store.named_graphs() if graph not in left_out]
    return store.query(
        query.text,
        base_iri=query.base,
        prefixes=mentioned_prefixes(query.text),
        default_graph=default,
        named_graphs=named,
        custom_functions=functions,
    )


def graph_named(iri: str) -> NamedNode:
    """Make a graph name of a parameter; raises ParameterError if it is no absolute IRI."""
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


def mentioned_prefixes(text: str) -> dict[str, str]:
    """Return those of the known prefixes that a text may use; declaring all of them costs time."""
    return {prefix: iri for prefix, iri in PREFIXES.items() if f"{prefix}:" in text}


def unknown_function(error: RuntimeError) -> UnsafeInputError:
    """Translate the only RuntimeError that Oxigraph is known to raise: of an unknown function."""
    found = re.search("<.*>", str(error))
    name = found[0] if found else ""
    what = {"en": f"a call of the function {name}", "zh": f"对函数 {name} 的调用"}
    remedy = {
        "en": "Use the functions of SPARQL 1.1 and the casts of XPath.",
        "zh": "请使用 SPARQL 1.1 的函数和 XPath 的类型转换。",
    }
    return UnsafeInputError(what=what, remedy=remedy)
