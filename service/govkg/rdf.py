"""RDF in and out: formats, safe parsing of user bytes, writing, and short names.

The RDF terms used everywhere are those of pyoxigraph (``NamedNode``, ``BlankNode``, ``Literal``,
``Triple``, ``Quad``). Bytes from users are only ever parsed by ``read``.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from govkg import bundle
from govkg.errors import (
    DocumentSyntaxError,
    ParameterError,
    TooLargeError,
    UnsafeInputError,
    UnsupportedMediaTypeError,
)
from govkg.vocabulary import CASE_CONTEXT, PREFIXES

Node = NamedNode | BlankNode | Literal | Triple

MAX_NESTING: Final = 200
"""The deepest nesting of brackets that is parsed; far deeper text crashes parsers."""

_OPERATORS = (
    re.compile(rb"[!+\-](?:\s*[!+\-]){199}"),  # what starts with a sign is found faster by itself
    re.compile(rb"<<\(?(?:\s*<<\(?){63}"),
)


@dataclass(frozen=True)
class Format:
    """An RDF syntax that govkg reads and writes."""

    name: str
    """The short name, as in ``?format=``."""
    media_type: str
    extensions: tuple[str, ...]
    syntax: RdfFormat
    aliases: tuple[str, ...] = ()
    """Other media types by which clients name the syntax."""


FORMATS: Final = (
    Format("turtle", "text/turtle", (".ttl",), RdfFormat.TURTLE, ("application/x-turtle",)),
    Format(
        "json-ld",
        "application/ld+json",
        (".jsonld", ".json"),
        RdfFormat.JSON_LD,
        ("application/json",),
    ),
    Format(
        "rdf-xml",
        "application/rdf+xml",
        (".rdf", ".owl", ".xml"),
        RdfFormat.RDF_XML,
        ("application/xml",),
    ),
    Format("n-triples", "application/n-triples", (".nt",), RdfFormat.N_TRIPLES, ("text/plain",)),
    Format("n-quads", "application/n-quads", (".nq",), RdfFormat.N_QUADS),
    Format("trig", "application/trig", (".trig",), RdfFormat.TRIG),
)
"""All RDF syntaxes, the one that people like best first."""


def format_named(name: str) -> Format:
    """Return the format with this short name, or raise ParameterError."""
    for known in FORMATS:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in FORMATS)
    raise ParameterError(
        name="format", reason=f"“{name}” is unknown", remedy=f"Use one of: {names}."
    )


def format_of_media_type(media_type: str) -> Format:
    """Return the format that a Content-Type names, or raise UnsupportedMediaTypeError."""
    bare = media_type.split(";", maxsplit=1)[0].strip().lower()
    for known in FORMATS:
        if bare == known.media_type or bare in known.aliases:
            return known
    accepted = ", ".join(known.media_type for known in FORMATS)
    raise UnsupportedMediaTypeError(given=bare or "(none)", accepted=accepted)


def format_of_file(name: str) -> Format:
    """Return the format that a file name's ending means, or raise UnsupportedMediaTypeError."""
    for known in FORMATS:
        if name.lower().endswith(known.extensions):
            return known
    endings = ", ".join(ending for known in FORMATS for ending in known.extensions)
    raise UnsupportedMediaTypeError(given=name, accepted=endings)


def read(
    data: bytes, format: Format, *, base: str | None = None, limit: int | None = None
) -> list[Quad]:
    """Parse a document that anybody may have written.

    ``limit`` is the largest size in bytes. Raises TooLargeError, UnsafeInputError (nesting, a
    DOCTYPE, a remote context) or DocumentSyntaxError, which names line and column. Nothing is
    fetched: relative IRIs are resolved against ``base`` only.
    """
    if limit is not None and len(data) > limit:
        raise TooLargeError(what="document", size=len(data), limit=limit, unit="bytes")
    check_nesting(data)
    if format.syntax == RdfFormat.RDF_XML:
        _refuse_doctype(data)
    if format.syntax == RdfFormat.JSON_LD:
        data = _with_local_contexts(data)
    try:
        return list(parse(data, format.syntax, base_iri=base, rename_blank_nodes=True))
    except SyntaxError as error:
        raise _syntax_error(error, format) from error
    except ValueError as error:
        raise DocumentSyntaxError(
            line=1, column=1, expected=str(error), hint="", format=format.name
        ) from error


def check_file(path: Path) -> int:
    """Parse a file of the operator's own, without limits, and return how many quads it holds.

    Raises DocumentSyntaxError with the place, and OSError if the file cannot be read.
    """
    known = format_of_file(path.name)
    try:
        return sum(
            1 for _ in parse(path=str(path), format=known.syntax, base_iri=path.absolute().as_uri())
        )
    except SyntaxError as error:
        raise _syntax_error(error, known) from error


def check_nesting(data: bytes) -> None:
    """Refuse text whose brackets nest so deeply that a parser could crash on it."""
    if sum(map(data.count, (b"(", b"[", b"{"))) > MAX_NESTING:
        _check_depth(data)
    if any(operators.search(data) for operators in _OPERATORS):
        raise UnsafeInputError(what="a very long run of operators", remedy="Make it shorter.")


def _check_depth(data: bytes) -> None:
    """Count how deep the brackets of a text nest, and refuse what is too deep."""
    depth = 0
    for found in re.finditer(rb"[(\[{}\])]", data):
        depth = depth + 1 if found.group() in b"([{" else max(0, depth - 1)
        if depth > MAX_NESTING:
            raise UnsafeInputError(
                what=f"brackets nested deeper than {MAX_NESTING}", remedy="Make it flatter."
            )


def _refuse_doctype(data: bytes) -> None:
    """Refuse XML with a document type, through which entities could grow without bound."""
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise UnsafeInputError(
            what="a document type declaration", remedy="Remove <!DOCTYPE …> and write IRIs in full."
        )


def _with_local_contexts(data: bytes) -> bytes:
    """Replace the addresses of contexts that govkg publishes by the contexts themselves."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        raise DocumentSyntaxError(
            line=line,
            column=column,
            expected=str(getattr(error, "msg", error)),
            hint="JSON-LD must be valid JSON in UTF-8.",
            format="json-ld",
        ) from error
    if isinstance(document, dict) and "@context" not in document and document.keys() & _PLAIN_KEYS:
        document["@context"] = CASE_CONTEXT
    return json.dumps(_localised(document), ensure_ascii=False).encode()


_PLAIN_KEYS = {"id", "type", "title"}
"""Keys of a plain JSON case, which needs our context to mean anything."""


def _localised(value: Any) -> Any:
    """Walk a JSON value and put known contexts in the place of their addresses."""
    if isinstance(value, list):
        return [_localised(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _context(item) if key == "@context" else _localised(item)
        for key, item in value.items()
    }


def _context(value: Any) -> Any:
    """Return a context without outside addresses, or raise UnsafeInputError."""
    if isinstance(value, list):
        return [_context(item) for item in value]
    if isinstance(value, str):
        known = published_contexts()
        if value not in known:
            raise UnsafeInputError(
                what=f"the remote context {value}",
                remedy=f"Write the context into the document, or use {CASE_CONTEXT}.",
            )
        return known[value]
    if isinstance(value, dict) and "@import" in value:
        raise UnsafeInputError(what="an imported context", remedy="Write it into the document.")
    return value


@cache
def published_contexts() -> dict[str, Any]:
    """Return the JSON-LD contexts that govkg publishes, by their address."""
    base = CASE_CONTEXT.rsplit("/", 1)[0]
    return {
        f"{base}/{path.name}": json.loads(path.read_text("utf-8"))["@context"]
        for path in bundle.contexts()
    }


def _syntax_error(error: SyntaxError, format: Format) -> DocumentSyntaxError:
    """Translate the parser's error into ours, with the place it names."""
    return DocumentSyntaxError(
        line=error.lineno or 1,
        column=error.offset or 1,
        expected=(error.msg or "unreadable").strip(),
        hint=f"The document was read as {format.name}.",
        format=format.name,
    )


def write(triples: Iterable[Triple], format: Format) -> bytes:
    """Serialise the triples of one graph, with the prefixes that it uses."""
    triples = list(triples)
    prefixes = used_prefixes(triples)
    if format.syntax.supports_datasets and format.syntax != RdfFormat.JSON_LD:
        quads = [Quad(t.subject, t.predicate, t.object, DefaultGraph()) for t in triples]
        return serialize(quads, format=format.syntax, prefixes=prefixes) or b""
    return serialize(triples, format=format.syntax, prefixes=prefixes) or b""


def used_prefixes(triples: Iterable[Triple]) -> dict[str, str]:
    """Return those of the known prefixes under which the triples have an IRI."""
    iris: set[str] = set()
    for triple in triples:
        nodes = (triple.subject, triple.predicate, triple.object)
        iris |= {node.value for node in nodes if isinstance(node, NamedNode)}
        if isinstance(triple.object, Literal):
            iris.add(triple.object.datatype.value)
    used = {shorten(iri).partition(":")[0] for iri in iris}
    return {prefix: namespace for prefix, namespace in PREFIXES.items() if prefix in used}


_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_\-]*\Z")
_NAMESPACES = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def shorten(iri: str) -> str:
    """Return ``prefix:name`` for an IRI under a known prefix, otherwise ``<iri>``."""
    for prefix, namespace in _NAMESPACES:
        if iri.startswith(namespace) and _LOCAL.match(iri[len(namespace) :]):
            return f"{prefix}:{iri[len(namespace) :]}"
    return f"<{iri}>"


def expand(text: str) -> NamedNode:
    """Read ``prefix:name``, ``<iri>`` or a bare IRI; raise ParameterError for anything else."""
    bare = text.strip()
    if bare.startswith("<") and bare.endswith(">"):
        bare = bare[1:-1]
    prefix, colon, local = bare.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        bare = PREFIXES[prefix] + local
    if not _SCHEME.match(bare):
        raise _not_an_iri(text, "it has no scheme")
    try:
        return NamedNode(bare)
    except ValueError as error:
        raise _not_an_iri(text, str(error)) from error


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")


def _not_an_iri(text: str, reason: str) -> ParameterError:
    """Make the error for a text that should have been an IRI."""
    return ParameterError(
        name=text or "IRI",
        reason=f"this is no IRI: {reason}",
        remedy="Write <https://…> or a known prefix, as in gc:authority-crisis. "
        f"Prefixes: {', '.join(sorted(PREFIXES))}.",
    )


def read_term(text: str) -> Node:
    """Read a term as users write it in a parameter: an IRI as in ``expand``, or a literal.

    A literal is written as in N-Triples: ``"text"``, ``"text"@en``, ``"1"^^<datatype>``.
    """
    if not text.strip().startswith('"'):
        return expand(text)
    quads = read(f"<urn:s> <urn:p> {text.strip()} .".encode(), format_named("n-triples"))
    if len(quads) != 1:
        raise ParameterError(
            name=text,
            reason="this is more than one term",
            remedy='Write one literal, as in "a"@en.',
        )
    return quads[0].object
