"""SPARQL updates: what is refused, and how the protocol chooses their dataset."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad
from pyoxigraph import Store as Oxigraph

from govkg.errors import ConflictError, ForbiddenError, ParameterError, UnsafeInputError
from govkg.rdf import shorten
from govkg.store.querying import (
    bare,
    check,
    graph_named,
    is_ambiguous,
    syntax_error,
    unknown_function,
)
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
    """Graphs that the service writes by itself, so that nobody else may."""
    max_bytes: int = 5_000_000


def update(store: Oxigraph, wanted: Update, keep: Quad | None = None) -> None:
    """Carry out all operations of an update, or none.

    ``keep`` is a quad that the store holds afterwards whatever the update does.

    Raises QuerySyntaxError (with line and column), UnsafeInputError for LOAD, SERVICE and extreme
    nesting, TooLargeError, ForbiddenError for a closed graph, ParameterError if both the request
    and the update choose a dataset, and ConflictError if a graph is missing or exists.
    """
    _check(wanted)
    text = with_dataset(wanted)
    if keep is not None:
        text = _with_insertion(text, keep)
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
_PROLOGUE: Final = re.compile(r"\s*(?:(?:PREFIX\s+[^\s:]*:|BASE)\s*)*\Z", re.IGNORECASE)


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


def _with_insertion(text: str, quad: Quad) -> str:
    """Add an operation to an update, so that both happen at once."""
    code = bare(text).rstrip()
    if _PROLOGUE.match(code):
        return text
    link = "\n" if code.endswith(";") else "\n;"
    triple = f"{quad.subject} {quad.predicate} {quad.object}"
    return f"{text}{link} INSERT DATA {{ GRAPH {quad.graph_name} {{ {triple} }} }}"
