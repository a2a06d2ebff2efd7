"""SPARQL updates: what is refused, how the protocol chooses their dataset, what they change."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice, zip_longest
from typing import Any, Final

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad
from pyoxigraph import Store as Oxigraph

from govkg.errors import (
    ConflictError,
    ForbiddenError,
    ParameterError,
    TooLargeError,
    UnsafeInputError,
)
from govkg.rdf import shorten
from govkg.store.deltas import Delta, name_of
from govkg.store.querying import (
    bare,
    check,
    graph_named,
    is_ambiguous,
    unknown_function,
)
from govkg.store.syntax.explaining import syntax_error
from govkg.store.targeting import targets
from govkg.vocabulary import PREFIXES


@dataclass(frozen=True)
class Update:
    """A SPARQL update and how to carry it out; its default graph is the unnamed graph."""

    text: str
    base: str | None = None
    """What relative IRIs are resolved against."""
    using: tuple[str, ...] = ()
    """Graphs that make the default graph of every WHERE, by the protocol."""
    using_named: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    """Graphs that the service writes by itself; they stay as they are, even if all is dropped."""
    max_bytes: int = 5_000_000
    max_change_bytes: int = 50_000_000
    """How long the quads that come may be as N-Quads."""

    def header(self) -> dict[str, Any]:
        """Return all as JSON values, to send to another process."""
        return asdict(self)

    @classmethod
    def from_header(cls, header: dict[str, Any]) -> "Update":
        """Make the update again that ``header`` was taken from."""
        options: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in header.items()
        }
        return cls(**options)


def changes(store: Oxigraph, wanted: Update) -> Delta:
    """Carry out all operations of an update, or none, on a copy of a dataset; return the change.

    Raises QuerySyntaxError (with line and column), UnsafeInputError for LOAD, SERVICE and extreme
    nesting, TooLargeError for the update or its change, ForbiddenError for a closed graph,
    ParameterError if both the request and the update choose a dataset, and ConflictError if a graph
    is missing or exists.
    """
    _check(wanted)
    text = with_dataset(wanted)
    graphs, before = set(store.named_graphs()), _Before(store, wanted.text)
    _evaluate(store, text, wanted)
    gone, come = before.difference()
    _check_size(come, wanted.max_change_bytes)
    left = set(store.named_graphs())
    dropped = frozenset(graph for graph in graphs - left if isinstance(graph, NamedNode))
    created = frozenset(graph for graph in left - graphs if isinstance(graph, NamedNode))
    removed = frozenset(quad for quad in gone if name_of(quad) not in dropped)
    delta = Delta(removed, frozenset(come), dropped, created)
    return delta.without(NamedNode(iri) for iri in wanted.closed)


class _Before:
    """What a store holds before an update; a reader of Oxigraph goes on showing that."""

    def __init__(self, store: Oxigraph, text: str) -> None:
        """Begin to read all, and the graphs that the update may write to, if its text tells."""
        self._store = store
        self._size = len(store)
        self._all = store.quads_for_pattern(None, None, None, None)
        self._named = targets(_outside_where(text, bare(text)), PREFIXES)
        self._parts = {graph: self._quads(graph) for graph in self._written()}

    def difference(self) -> tuple[set[Quad], set[Quad]]:
        """Return the quads that the store has lost and got since.

        Only the graphs that the update may write to are compared, unless the sizes tell that it
        has written elsewhere.
        """
        gone, come = set[Quad](), set[Quad]()
        for graph in self._parts.keys() | set(self._written()):
            lost, got = _difference(self._parts.get(graph, iter(())), self._quads(graph))
            gone |= lost
            come |= got
        more = len(self._store) - self._size
        if self._named is not None and len(come) - len(gone) == more:
            return gone, come
        return _difference(self._all, self._quads(None), max(0, more))

    def _written(self) -> list[NamedNode | BlankNode | DefaultGraph]:
        """Return the graphs there are now that the update may write to; none if any may be."""
        if self._named is None:
            return []
        named = [g for g in self._store.named_graphs() if g.value in self._named]
        return [DefaultGraph(), *named]

    def _quads(self, graph: NamedNode | BlankNode | DefaultGraph | None) -> Iterator[Quad]:
        return self._store.quads_for_pattern(None, None, None, graph)


def _difference(
    before: Iterator[Quad], after: Iterator[Quad], more: int = 0
) -> tuple[set[Quad], set[Quad]]:
    """Return the quads that are gone and that have come, with memory for little else.

    In memory Oxigraph gives new quads first and the others in one order, so most quads meet their
    like at once; were it otherwise, the result would be the same. ``more`` is by how much there are
    more afterwards.
    """
    gone, come = set[Quad](), set(islice(after, more))
    for old, new in zip_longest(before, after):
        if old != new:
            _match(old, come, gone)
            _match(new, gone, come)
    return gone, come


def _match(quad: Quad | None, theirs: set[Quad], mine: set[Quad]) -> None:
    """Let a quad and its like cancel out, or wait for it."""
    if quad in theirs:
        theirs.remove(quad)
    elif quad is not None:
        mine.add(quad)


def _check_size(come: set[Quad], limit: int) -> None:
    """Raise TooLargeError if what comes is too much to be held by whoever applies it."""
    size = sum(len(str(quad)) + 3 for quad in come)
    if size > limit:
        raise TooLargeError(what="change", size=size, limit=limit, unit="bytes")


def _evaluate(store: Oxigraph, text: str, wanted: Update) -> None:
    """Run an update, and translate what Oxigraph raises."""
    try:
        store.update(text, base_iri=wanted.base, prefixes=PREFIXES)
    except SyntaxError as error:
        raise syntax_error(str(error), wanted.text, update=True) from error
    except RuntimeError as error:
        if "custom function" in str(error):
            raise unknown_function(error) from error
        raise ConflictError(
            reason=str(error).rstrip("."), remedy="Add SILENT if that does not matter."
        ) from error


def _keyword(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![?$:\w])(?:{words})(?![\w:])", re.IGNORECASE)


_LOAD: Final = _keyword("LOAD")
_CHOICE: Final = _keyword("USING|WITH")
_WHERE: Final = _keyword("WHERE")
_DELETE_WHERE: Final = re.compile(r"(?<![?$:\w])DELETE\s+$", re.IGNORECASE)


def _check(wanted: Update) -> None:
    """Refuse what must not even be tried."""
    check(wanted.text, wanted.max_bytes, "update")
    if is_ambiguous(wanted.text):
        raise UnsafeInputError(
            what="an apostrophe between < and >",
            remedy="Write %27 in an IRI, or put a space after the less-than sign.",
        )
    code = bare(wanted.text)
    if _LOAD.search(code):
        raise UnsafeInputError(
            what="LOAD, which fetches a document",
            remedy="Fetch it yourself and PUT or POST it to /data.",
        )
    targets = _outside_where(wanted.text, code)
    for graph in wanted.closed:
        if f"<{graph}>" in targets or re.search(rf"{re.escape(shorten(graph))}(?![\w-])", targets):
            remedy = "The service writes this graph by itself. Write to another graph."
            raise ForbiddenError(action=f"writing to the graph {shorten(graph)}", remedy=remedy)


def with_dataset(wanted: Update) -> str:
    """Return the update with the dataset that the request chose, as USING clauses."""
    if not wanted.using and not wanted.using_named:
        return wanted.text
    code = bare(wanted.text)
    if _CHOICE.search(code):
        raise ParameterError(
            name="using-graph-uri",
            reason="the update chooses its dataset by USING or WITH too",
            remedy="Leave out one of the two.",
        )
    clauses = [f"USING {graph_named(iri)}" for iri in wanted.using]
    clauses += [f"USING NAMED {graph_named(iri)}" for iri in wanted.using_named]
    text, done = "", 0
    for start in [place for place, depth in _found(_WHERE, code) if not depth]:
        text += wanted.text[done:start]
        if _DELETE_WHERE.search(code[:start]):  # the pattern is also what is deleted
            text += wanted.text[start + len("WHERE") : _end_of_group(code, start)] + " "
        text, done = text + " ".join(clauses) + " ", start
    return text + wanted.text[done:]


def _found(words: re.Pattern[str], code: str) -> Iterator[tuple[int, int]]:
    """Yield where a keyword stands in bared text, and how many braces are open there."""
    depth, done = 0, 0
    for found in words.finditer(code):
        between = code[done : found.start()]
        depth, done = depth + between.count("{") - between.count("}"), found.start()
        yield found.start(), depth


def _end_of_group(code: str, start: int) -> int:
    """Return where the group that opens after a place is closed."""
    depth = 0
    for found in re.finditer(r"[{}]", code[start:]):
        depth += 1 if found.group() == "{" else -1
        if not depth:
            return start + found.end()
    return len(code)


def _outside_where(text: str, code: str) -> str:
    """Return an update without what its WHERE clauses only read."""
    kept, done = "", 0
    for start in [place for place, depth in _found(_WHERE, code) if not depth]:
        if not _DELETE_WHERE.search(code[:start]):
            kept, done = kept + text[done:start], _end_of_group(code, start)
    return kept + text[done:]
