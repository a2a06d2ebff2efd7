"""SERVICE: which calls a query makes to other endpoints, and its answer once these have replied.

SPARQL 1.1 Federated Query: a call is evaluated by itself and its solutions are
joined with the rest. So each block ``SERVICE <…> { … }`` is cut out, sent as ``SELECT *``, and a
table of its solutions takes its place. Nothing here opens a connection.

The engine's own parser judges the whole: for it, SERVICE is written as GRAPH, which stands in the
same places of the grammar and takes the same words after it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Triple,
    parse_query_results,
)
from pyoxigraph import Store as Oxigraph

from govkg.errors import EndpointFailedError, TooLargeError, UnsafeInputError
from govkg.rdf import Node
from govkg.store.querying import (
    Answer,
    Query,
    check_size,
    evaluated,
    is_ambiguous,
    mentioned_prefixes,
    unknown_function,
)
from govkg.store.scanning import Token, calls_out, tokens
from govkg.store.syntax.explaining import syntax_error

_FORMATS: Final = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
    "text/xml": QueryResultsFormat.XML,
}
_MOST_FUNCTIONS: Final = 50  # that one query may call without our knowing them
_NODE: Final = "urn:govkg:service-node:"
"""The name, with a number, of the function that gives a term which VALUES cannot hold."""
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")
_HAS_SCHEME: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")


@dataclass(frozen=True)
class Call:
    """A query for another endpoint."""

    endpoint: str
    query: str
    silent: bool
    """Whether the query goes on without an answer."""


@dataclass(frozen=True)
class Reply:
    """What an endpoint answered; without a media type it did not."""

    media_type: str | None = None
    body: bytes = b""


@dataclass(frozen=True)
class _Block:
    """``SERVICE SILENT? target { … }`` in a text."""

    words: tuple[Token, ...]
    """SERVICE and, if it is there, SILENT."""
    target: Token
    opens: int
    """Where the brace stands."""
    ends: int
    """Where the text goes on after the closing brace."""

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def silent(self) -> bool:
        return len(self.words) > 1


def calls(query: Query, most: int) -> list[Call]:
    """Return the calls that a query makes, in the order of the text.

    A call inside another is made by the endpoint that gets the outer one.

    Raises QuerySyntaxError, UnsafeInputError for a variable in place of the endpoint, and
    TooLargeError if the text is too long or there are more calls than ``most``.
    """
    parts = _Parts(query)
    if len(parts.blocks) > most:
        raise TooLargeError(what="query", size=len(parts.blocks), limit=most, unit="SERVICE calls")
    return [parts.call(block) for block in parts.blocks]


def answer(
    store: Oxigraph, query: Query, replies: Sequence[Reply], apart: Iterable[NamedNode] = ()
) -> Answer:
    """Answer a query whose calls have been made, one reply for each.

    Raises EndpointFailedError for a reply that cannot be read, and what ``querying.answer`` raises.
    """
    parts, functions = _Parts(query), dict[NamedNode, Callable[..., Node | None]]()
    text, done = "", 0
    for number, (block, reply) in enumerate(zip(parts.blocks, replies, strict=True)):
        table = parts.table(block, reply)
        text += query.text[done : block.start] + table.text(number)
        functions |= table.functions(number)
        done = block.ends
    return evaluated(store, replace(query, text=text + query.text[done:]), apart, functions)


class _Parts:
    """A query taken apart."""

    def __init__(self, query: Query) -> None:
        """Find the outermost calls, and have the engine judge the text."""
        check_size(query.text, query.max_query_bytes)
        if is_ambiguous(query.text):
            raise UnsafeInputError(
                what="an apostrophe between < and >",
                remedy="Write %27 in an IRI, or put a space after the less-than sign.",
            )
        self._query = query
        found = list(tokens(query.text))
        every = list(_blocks(found))
        self._disguised = _disguised(query.text, every)
        if calls_out(self._disguised):
            raise UnsafeInputError(
                what="SERVICE in a form that is not understood",
                remedy="Write SERVICE <address> { … } or SERVICE SILENT <address> { … }, with "
                "spaces between the words.",
            )
        self._rehearsed(self._disguised)
        self._prologue, self._declared = _prologue(found)
        self.blocks = _outermost(every)

    def call(self, block: _Block) -> Call:
        """Return the call that a block stands for."""
        inside = self._query.text[block.opens + 1 : block.ends - 1]
        text = f"{self._head(inside)}SELECT * WHERE {{{inside}\n}}"
        return Call(self._endpoint(block.target), text, block.silent)

    def table(self, block: _Block, reply: Reply) -> "_Table":
        """Return what takes the place of a block."""
        inside = self._disguised[block.opens + 1 : block.ends - 1]
        solutions = self._rehearsed(f"{self._prologue}SELECT * WHERE {{{inside}\n}}")
        names = [variable.value for variable in solutions.variables]
        try:
            return _Table(names, list(_rows(names, reply)))
        except (SyntaxError, ValueError) as error:
            if block.silent:
                return _Table.unknown(names)
            raise EndpointFailedError(
                endpoint=self._endpoint(block.target), reason=str(error)[:300], retry_after=5
            ) from error

    def _endpoint(self, target: Token) -> str:
        """Return the whole IRI of an endpoint."""
        if target.kind == "variable":
            raise UnsafeInputError(
                what=f"SERVICE {target.text}, an endpoint that only the data would name",
                remedy="Write the address of the endpoint: SERVICE <https://…> { … }.",
            )
        found = self._rehearsed(f"{self._prologue}SELECT ({target.text} AS ?endpoint) {{}}")
        return str(next(iter(found))["endpoint"].value)

    def _head(self, inside: str) -> str:
        """Return the declarations that a part of the query needs to stand by itself."""
        known = mentioned_prefixes(inside).items()
        lines = [f"PREFIX {name}: <{iri}>\n" for name, iri in known if name not in self._declared]
        head = self._prologue + "".join(lines)
        relative = any(
            token.kind == "iri" and not _HAS_SCHEME.match(token.text)
            for token in tokens(self._prologue + inside)
        )
        return f"BASE <{self._query.base}>\n{head}" if relative and self._query.base else head

    def _rehearsed(self, text: str) -> QuerySolutions:
        """Run a text on nothing; functions that only other endpoints know may be in it."""
        functions: dict[NamedNode, Callable[..., Node | None]] = {}
        while True:
            try:
                found: Any = Oxigraph().query(
                    text,
                    base_iri=self._query.base,
                    prefixes=mentioned_prefixes(text),
                    custom_functions=functions,
                )
            except SyntaxError as error:
                raise syntax_error(str(error), self._query.text) from error
            except RuntimeError as error:
                name = re.search(r"<(.*)>", str(error))
                if not name or len(functions) == _MOST_FUNCTIONS:
                    raise unknown_function(error) from error
                functions[NamedNode(name[1])] = _nothing
            else:
                return found  # type: ignore[no-any-return] # a truth value or triples: not looked at


def _nothing(*_: Node) -> None:
    """Stand for a function of another endpoint."""


def _blocks(found: Sequence[Token]) -> Iterator[_Block]:
    """Yield every call in a text, an inner one after the outer."""
    ends = _closings(found)
    for number, token in enumerate(found):
        if token.says("SERVICE"):
            silent = any(each.says("SILENT") for each in found[number + 1 : number + 2])
            words = tuple(found[number : number + 1 + silent])
            rest = found[number + 1 + silent : number + 3 + silent]
            if len(rest) == 2 and rest[0].kind in ("iri", "name", "variable") and rest[1].says("{"):
                end = ends.get(rest[1].start, found[-1].end)
                yield _Block(words, rest[0], rest[1].start, end)


def _closings(found: Iterable[Token]) -> dict[int, int]:
    """Map where each brace opens to where the text goes on after it is closed."""
    ends, opened = dict[int, int](), list[int]()
    for token in found:
        if token.says("{"):
            opened.append(token.start)
        elif token.says("}") and opened:
            ends[opened.pop()] = token.end
    return ends


def _outermost(blocks: Iterable[_Block]) -> list[_Block]:
    """Leave out the calls inside others."""
    kept: list[_Block] = []
    for block in blocks:
        if not kept or block.start >= kept[-1].ends:
            kept.append(block)
    return kept


def _disguised(text: str, blocks: Iterable[_Block]) -> str:
    """Return a text with GRAPH in place of SERVICE, and everything at its place."""
    for block in blocks:
        for token, word in zip(block.words, ("GRAPH", ""), strict=False):
            text = text[: token.start] + word.ljust(len(token.text)) + text[token.end :]
    return text


def _prologue(found: Sequence[Token]) -> tuple[str, set[str]]:
    """Return the declarations before a query, and the prefixes they declare."""
    lines, declared, place = "", set(), 0
    while place < len(found) and (found[place].says("PREFIX") or found[place].says("BASE")):
        length = 3 if found[place].says("PREFIX") else 2
        declaration = [token.text for token in found[place : place + length]]
        lines += " ".join(declaration) + "\n"
        declared |= {declaration[1][:-1]} if length == 3 else set()
        place += length
    return lines, declared


def _rows(names: Sequence[str], reply: Reply) -> Iterator[list[Node | None]]:
    """Yield the solutions in a reply; raises ValueError or SyntaxError if it holds none."""
    if reply.media_type is None:
        raise ValueError("it did not answer")
    if reply.media_type not in _FORMATS:
        raise ValueError(f"it answers in {reply.media_type or 'no media type'}, not SPARQL results")
    found = parse_query_results(reply.body, format=_FORMATS[reply.media_type])
    if not isinstance(found, QuerySolutions):
        raise ValueError("it answers with a truth value")  # noqa: TRY004 # bad data, like the rest
    present = {variable.value for variable in found.variables}
    fresh: dict[str, BlankNode] = {}
    for solution in found:
        yield [_renamed(solution[n], fresh) if n in present else None for n in names]


def _renamed(term: Node | None, fresh: dict[str, BlankNode]) -> Node | None:
    """Return a term with blank nodes of its own, since their names count in one reply only."""
    if isinstance(term, BlankNode):
        return fresh.setdefault(term.value, BlankNode())
    if isinstance(term, Triple):
        ends = _renamed(term.subject, fresh), _renamed(term.object, fresh)
        return Triple(ends[0], term.predicate, ends[1])  # type: ignore[arg-type]
    return term


class _Table:
    """Solutions that take the place of a call."""

    def __init__(self, names: Sequence[str], rows: Sequence[Sequence[Node | None]]) -> None:
        """Take the variables, and a term or nothing for each in every row."""
        self._names = names
        self._rows = rows
        self._terms: list[Node] = []
        cells = zip(*rows, strict=True) if rows else ()
        self._held = {
            name for name, column in zip(names, cells, strict=False) if not all(map(_fits, column))
        }
        """The variables with a term that VALUES cannot hold; a function gives all their terms."""

    @classmethod
    def unknown(cls, names: Sequence[str]) -> "_Table":
        """Return the one solution that binds nothing, which SILENT puts in place of a failure."""
        return cls(names, [[None] * len(names)])

    def text(self, number: int) -> str:
        """Return the table as a part of a query."""
        columns = " ".join(self._column(name) for name in self._names)
        rows = " ".join(f"({' '.join(map(self._cell, self._names, row))})" for row in self._rows)
        values = f" VALUES ({columns}) {{ {rows} }} "
        if not self._held:
            return values
        given = " ".join(f"BIND({self._given(n, number)} AS ?{n})" for n in self._held)
        names = " ".join(f"?{name}" for name in self._names)
        return f" {{ SELECT {names} {{ {values} {given} }} }} "

    def functions(self, number: int) -> dict[NamedNode, Callable[..., Node | None]]:
        """Return the function that gives the terms of ``text``; ask for that first."""
        terms = self._terms
        return {NamedNode(f"{_NODE}{number}"): lambda place: terms[int(place.value)]}

    def _given(self, name: str, number: int) -> str:
        """Return the expression for the terms of a variable.

        Where no row lacks it the engine is told so, since it joins on what is always bound only.
        """
        place = self._names.index(name)
        call = f"<{_NODE}{number}>({self._column(name)})"
        return call if any(row[place] is None for row in self._rows) else f"COALESCE({call}, 0)"

    def _column(self, name: str) -> str:
        return f"?{name}_place" if name in self._held else f"?{name}"

    def _cell(self, name: str, term: Node | None) -> str:
        if term is None:
            return "UNDEF"
        if name not in self._held:
            return str(term)
        self._terms.append(term)
        return str(len(self._terms) - 1)


def _fits(term: Node | None) -> bool:
    """Say whether a term can be written in VALUES, and nothing else can hide in it."""
    if isinstance(term, Literal):
        plain = term.direction is None and re.fullmatch(r"[A-Za-z0-9\-]*", term.language or "")
        return bool(plain) and _fits(term.datatype)
    return term is None or (isinstance(term, NamedNode) and bool(_IRI.fullmatch(term.value)))
