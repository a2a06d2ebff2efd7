"""Bring into an engine what a change needs, graph by graph, before one update puts it in place."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from pyoxigraph import NamedNode, Triple

from govkg.errors import GovkgError
from govkg.store.deltas import Delta, name_of
from govkg.store.remote.blank_nodes import written_triples
from govkg.store.remote.connection import Connection
from govkg.store.remote.graphs import STAGING, UNNAMED


@dataclass(frozen=True)
class Staged:
    """What changes in one graph; what comes and goes is in graphs of its own."""

    graph: NamedNode
    replaced: bool = False
    """Whether all that the graph held goes."""
    kept: bool = True
    """Whether there is such a graph afterwards."""
    removed: NamedNode | None = None
    added: NamedNode | None = None

    @property
    def staging(self) -> list[NamedNode]:
        """The graphs in which its triples wait."""
        return [graph for graph in (self.removed, self.added) if graph]


def stage(connection: Connection, delta: Delta) -> Iterator[Staged]:
    """Yield, graph by graph, what changes; its triples are in the engine, and counted."""
    for graph in sorted(delta.graphs, key=str):
        gone, come = (
            [quad.triple for quad in quads if name_of(quad) == graph]
            for quads in (delta.removed, delta.added)
        )
        yield Staged(
            graph or UNNAMED,
            replaced=graph in delta.dropped,
            kept=bool(come) or graph not in delta.dropped or graph in delta.created,
            removed=load(connection, gone) if gone else None,
            added=load(connection, come) if come else None,
        )


def load(connection: Connection, triples: list[Triple]) -> NamedNode:
    """Send triples to a staging graph and count them there."""
    staging = NamedNode(f"{STAGING}{uuid4()}")
    body = written_triples(triples)
    try:
        connection.put(staging, body)
        connection.check_count(staging, len(triples))
    except GovkgError:
        connection.delete(staging)
        raise
    return staging


def drop(connection: Connection, staged: Iterable[Staged]) -> None:
    """Drop what was staged for a change that did not come about, if the engine still hears."""
    for graph in (graph for part in staged for graph in part.staging):
        with suppress(GovkgError):
            connection.delete(graph)
