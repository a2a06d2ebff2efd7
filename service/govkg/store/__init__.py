"""Where the graph is kept: the Store protocol, and one module for each kind of store."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from pyoxigraph import NamedNode, Triple

from govkg.store.deltas import Delta
from govkg.store.querying import Answer, Query
from govkg.store.updating import Update

__all__ = ["Answer", "Delta", "Query", "Store", "Update"]


class Store(Protocol):
    """An RDF dataset: read by SPARQL, and written by changes that happen as a whole.

    For a query the default graph is the merge of all graphs, as a set; see ``view.View``.
    """

    def hold_apart(self, graph: NamedNode) -> None:
        """Say that queries may leave this graph out; it must not repeat what other graphs say."""
        ...

    def query(self, query: Query) -> Answer:
        """Answer a SPARQL query; raises QuerySyntaxError, UnsafeInputError, ResultTooLargeError."""
        ...

    def version(self) -> str:
        """Return what differs after each change; two processes that share the data see the same."""
        ...

    def apply(self, delta: Delta, version: str | None = None) -> str:
        """Carry out a change, at once or not at all; it is kept for good when this returns.

        Raises OutdatedError, and changes nothing, unless the data still has this version. Returns
        the next one.
        """
        ...

    def update(self, update: Update) -> None:
        """Carry out all operations of a SPARQL update or none; see ``updating.changes``."""
        ...

    def put(self, graph: NamedNode, triples: Iterable[Triple]) -> None:
        """Make the named graph hold exactly these triples."""
        ...

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph; it need not exist."""
        ...

    def graphs(self) -> list[NamedNode]:
        """Return the names of all graphs, sorted."""
        ...

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a named graph."""
        ...

    def unnamed(self) -> list[Triple]:
        """Return the triples of the unnamed graph."""
        ...

    def graphs_with(self, triple: Triple) -> tuple[NamedNode, ...]:
        """Return the names of the graphs that hold a triple."""
        ...

    def dump(self, path: Path) -> None:
        """Write the whole dataset to a file as N-Quads, replacing it at once or not at all."""
        ...

    def close(self) -> None:
        """Let others have what the store held open; it is of no use any more."""
        ...

    def __len__(self) -> int:
        """Count the quads."""
        ...
