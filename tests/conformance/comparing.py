"""Read results of queries in every format, and compare them as SPARQL means it.

Two results are the same if their blank nodes can be matched one to one. Literals are compared in
the canonical form of their value, because Oxigraph keeps numbers, booleans and dates in that form.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    RdfFormat,
    Store,
    Triple,
    parse,
    parse_query_results,
)

Term = NamedNode | BlankNode | Literal | Triple | None
Row = tuple[Term, ...]

_RESULTS: Final = {
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "text/tab-separated-values": QueryResultsFormat.TSV,
}
_GRAPHS: Final = {"text/turtle": RdfFormat.TURTLE, "application/rdf+xml": RdfFormat.RDF_XML}
_CSV: Final = "text/csv"
MEDIA_TYPES: Final = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".tsv": "text/tab-separated-values",
    ".csv": _CSV,
    ".ttl": "text/turtle",
    ".rdf": "application/rdf+xml",
}
"""The media type of each kind of result file."""

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"


@dataclass(frozen=True)
class Solutions:
    """A table; the columns are sorted by name."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Graph:
    """A set of triples."""

    rows: tuple[Row, ...]


Result = bool | Solutions | Graph


def read(data: bytes, media_type: str, base: str = "") -> Result:
    """Read a result; a graph that describes a result set is read as the table it describes."""
    if media_type == _CSV:
        return _table_of_csv(data.decode())
    if media_type in _RESULTS:
        result = parse_query_results(data, _RESULTS[media_type])
        if isinstance(result, QueryBoolean):
            return bool(result)
        names = [variable.value for variable in result.variables]
        return _table(names, ([row[name] for name in names] for row in result))
    return _graph_or_table(data, _GRAPHS[media_type], base)


def same(got: Result, expected: Result, *, ordered: bool = False) -> bool:
    """Say whether two results are the same, up to the names of blank nodes."""
    if isinstance(got, bool) or isinstance(expected, bool):
        return got is expected
    if isinstance(got, Solutions) and isinstance(expected, Solutions):
        return got.variables == expected.variables and (
            _match(got.rows, expected.rows) if ordered else _match_any(got.rows, expected.rows)
        )
    return type(got) is type(expected) and _match_any(got.rows, expected.rows)


def graph(triples: Iterable[Triple | Quad]) -> Graph:
    """Return a graph to compare, of triples or of quads whose graph does not matter."""
    rows = ((each.subject, each.predicate, _canonical(each.object)) for each in triples)
    return Graph(tuple(dict.fromkeys(rows)))


@cache
def _canonical(term: Term) -> Term:
    """Return a literal as Oxigraph gives it back, and any other term as it is."""
    if not isinstance(term, Literal):
        return term
    store, node = Store(), NamedNode("x:x")
    store.add(Quad(node, node, term, DefaultGraph()))
    return next(iter(store)).object


def _table(names: Sequence[str], rows: Iterable[Sequence[Term]]) -> Solutions:
    """Make a table with its columns sorted."""
    order = sorted(range(len(names)), key=lambda column: names[column])
    return Solutions(
        tuple(names[column] for column in order),
        tuple(tuple(_canonical(row[column]) for column in order) for row in rows),
    )


def _table_of_csv(text: str) -> Solutions:
    """Read CSV, in which only blank nodes can be told from other terms."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    terms = (
        [BlankNode(c.removeprefix("_:")) if c.startswith("_:") else Literal(c) for c in row]
        for row in rows
    )
    return _table(header, terms)


def _graph_or_table(data: bytes, syntax: RdfFormat, base: str) -> Result:
    """Read a graph, or the table that it describes in the terms of the DAWG result set."""
    quads = list(parse(data, syntax, base_iri=base or None))
    described = any(
        quad.predicate.value == _RDF + "type" and quad.object == NamedNode(_RS + "ResultSet")
        for quad in quads
    )
    return _table_of_graph(quads) if described else graph(quads)


def _table_of_graph(quads: Iterable[Quad]) -> Solutions:
    """Read a result set that is described in RDF; none of this suite has an order."""
    store = Store()
    store.extend(quads)

    def objects(subject: Term, name: str) -> list[Term]:
        found = store.quads_for_pattern(subject, NamedNode(_RS + name), None)
        return [quad.object for quad in found]

    names = sorted(
        quad.object.value
        for quad in store.quads_for_pattern(None, NamedNode(_RS + "resultVariable"), None)
    )
    solutions = store.quads_for_pattern(None, NamedNode(_RS + "solution"), None)
    rows = (
        {
            objects(binding, "variable")[0].value: objects(binding, "value")[0]
            for binding in objects(quad.object, "binding")
        }
        for quad in solutions
    )
    return _table(names, [[row.get(name) for name in names] for row in rows])


Names = dict[BlankNode, BlankNode]
"""Which blank node of one result stands for which of the other; no two for the same."""


def _match(some: Sequence[Row], others: Sequence[Row]) -> bool:
    """Say whether two sequences of rows are the same in their order."""
    names: Names | None = {}
    for one, other in zip(some, others, strict=False):
        names = _joined(one, other, names)
        if names is None:
            return False
    return len(some) == len(others)


def _match_any(some: Iterable[Row], others: Iterable[Row]) -> bool:
    """Say whether two bags of rows are the same in some order."""
    plain, blank = _split(some)
    other_plain, other_blank = _split(others)
    return (
        Counter(plain) == Counter(other_plain)
        and len(blank) == len(other_blank)
        and _search(blank, other_blank, {})
    )


def _split(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Part the rows without blank nodes from those with some."""
    plain: list[Row] = []
    blank: list[Row] = []
    for row in rows:
        (blank if any(isinstance(term, BlankNode) for term in row) else plain).append(row)
    return plain, blank


def _search(some: list[Row], others: list[Row], names: Names) -> bool:
    """Find, by trying, a row among the others for each row."""
    if not some:
        return True
    first, *rest = some
    for number, other in enumerate(others):
        joined = _joined(first, other, names)
        if joined is not None and _search(rest, others[:number] + others[number + 1 :], joined):
            return True
    return False


def _joined(one: Row, other: Row, names: Names) -> Names | None:
    """Return the names extended so that two rows are the same, or None."""
    forth, back = dict(names), {there: here for here, there in names.items()}
    for mine, yours in zip(one, other, strict=True):
        if isinstance(mine, BlankNode) and isinstance(yours, BlankNode):
            if forth.setdefault(mine, yours) != yours or back.setdefault(yours, mine) != mine:
                return None
        elif mine != yours:
            return None
    return forth
