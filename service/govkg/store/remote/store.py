"""A dataset in an engine elsewhere, as the Store protocol wants it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import uuid4

import httpx2
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize
from pyoxigraph import Store as Oxigraph

from govkg.errors import GovkgError, OutdatedError, ResultTooLargeError
from govkg.store.deltas import Delta, canonical, in_graph
from govkg.store.embedded import in_memory
from govkg.store.querying import Answer, Query, answer
from govkg.store.remote import operations
from govkg.store.remote.blank_nodes import read_triples, skolemised
from govkg.store.remote.connection import JSON, N_TRIPLES, Addresses, Connection, Limits
from govkg.store.remote.graphs import (
    DATA,
    FOLLOWS,
    MERGED,
    OWN,
    STATE,
    UNNAMED,
    VERSION,
    all_of,
    visible,
)
from govkg.store.remote.queries import form_of, refuse_foreign
from govkg.store.remote.results import rewritten
from govkg.store.remote.staging import Staged, drop, load, stage
from govkg.store.updating import Update

_TRIES: Final = 10  # how often an update is worked out again because others were quicker
_CHUNK: Final = 20_000  # triples that are written to a dump at once


class RemoteStore:
    """An RDF dataset in an engine elsewhere; it follows the Store protocol.

    Every method can raise StoreUnreachableError and DeadlineError. Nothing is kept here but the
    names of the graphs held apart, so any number of processes may share an engine.
    """

    def __init__(
        self,
        addresses: Addresses,
        auth: httpx2.Auth | None = None,
        limits: Limits | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Name the engine; nothing is sent yet. A transport takes the place of the network."""
        self._connection = Connection(addresses, auth, limits or Limits(), transport)
        self._apart: set[NamedNode] = set()
        self._receipts: list[str] = []

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def hold_apart(self, graph: NamedNode) -> None:
        """Say that queries may leave this graph out, and take it out of the merge if it is in."""
        self._apart.add(graph)
        if self._connection.ask(f"ASK {{ {all_of(graph)} GRAPH <{MERGED}> {{ ?s ?p ?o }} }}"):
            self._connection.update(*operations.unmerge(graph, graph, self._apart))

    def query(self, query: Query) -> Answer:
        """Answer a SPARQL query as a View does.

        It is first run on nothing, here: so all errors in it are those that an embedded store
        finds, and what reaches the engine is known to be a query.
        """
        rehearsed = answer(Oxigraph(), query)
        refuse_foreign(query.text)
        wanted = N_TRIPLES if rehearsed.kind == "graph" else JSON
        form = form_of(query, self._apart, self.graphs)
        with self._connection.our_errors():
            body = self._connection.query(form, wanted, query.max_result_bytes)
            result = rewritten(body, rehearsed)
        if len(result) > query.max_result_bytes:
            raise ResultTooLargeError(limit=query.max_result_bytes, unit="bytes")
        return Answer(result, rehearsed.media_type, rehearsed.kind)

    def version(self) -> str:
        """Return the version of the data: nothing before the first write."""
        found = self._connection.select(
            f"SELECT ?v {{ GRAPH <{STATE}> {{ {DATA} {VERSION} ?v }} }}"
        )
        return min((row["v"]["value"] for row in found), default="")

    def tokens(self) -> dict[NamedNode | None, str]:
        """Return every graph but those held apart, with the version in which it last changed.

        None is the unnamed graph. A graph that others wrote here has no version: nothing.
        """
        rows = self._connection.select(f"SELECT ?g ?v {{ GRAPH <{STATE}> {{ ?g {VERSION} ?v }} }}")
        versions = {row["g"]["value"]: row["v"]["value"] for row in rows}
        graphs = (graph for graph in self.graphs() if graph not in self._apart)
        found: dict[NamedNode | None, str] = {None: versions.get(UNNAMED.value, "")}
        return found | {graph: versions.get(graph.value, "") for graph in graphs}

    def apply(self, delta: Delta, version: str | None = None) -> str:
        """Carry out a change by one update request; see the protocol.

        All that comes and goes is staged and counted in the engine first. If the engine breaks off
        it is asked whether the change has come about; StoreUnreachableError if it does not say.
        """
        new = _new_version()
        staged: list[Staged] = []
        try:
            staged += stage(self._connection, delta)  # keeps what came before a failure
            self._connection.update(
                *operations.claim(version, new),
                *(each for part in staged for each in operations.change(part, new, self._apart)),
                *operations.forget(self._done()),
            )
            done = self._followed(new)
        except GovkgError:
            done = self._followed(new)
            if not done:
                drop(self._connection, staged)
                raise
        if not done:
            raise OutdatedError(retry_after=1)
        self._receipts.append(new)
        return new

    def update(self, wanted: Update) -> None:
        """Carry out all operations of a SPARQL update or none; see ``updating``.

        This is for a single user: all data is read. The engine is sent what changes, so an update
        means the same everywhere.
        """
        for _ in range(_TRIES):
            version = self.version()
            copy = in_memory(self)
            with suppress(OutdatedError):
                delta = copy.changes(wanted)
                if delta:
                    self.apply(delta, version)
                return
        raise OutdatedError(retry_after=1)

    def put(self, graph: NamedNode, triples: Iterable[Triple]) -> None:
        """Make the named graph hold exactly these triples.

        Numbers and dates are sent in canonical form, as the embedded store keeps them. The triples
        are counted in the engine before they replace what was there; StoreUnreachableError is
        raised, and nothing is changed, if it does not hold as many as were sent.
        """
        part = Staged(graph, replaced=True)
        wanted = canonical(triples)
        new = _new_version()
        try:
            if wanted:
                part = replace(part, added=load(self._connection, wanted))
            claim = () if graph in self._apart else operations.claim(None, new)
            changes = operations.change(part, "" if graph in self._apart else new, self._apart)
            self._connection.update(*claim, *changes)
        except GovkgError:
            drop(self._connection, [part])
            raise

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph; it need not exist."""
        self.apply(Delta(dropped=frozenset({graph})))

    def merge(self) -> None:
        """Make the merge anew, after others than govkg have written to the engine.

        Every node then reads all graphs again.
        """
        new = _new_version()
        changes = [f"DROP SILENT GRAPH <{MERGED}>"]
        for graph in (UNNAMED, *self.graphs()):
            merged = operations.merge(graph, graph, self._apart)
            changes += [merged, *operations.stamp(graph, new)]
        self._connection.update(*operations.claim(None, new), *changes)

    def graphs(self) -> list[NamedNode]:
        """Return the names of all graphs, sorted."""
        noted = f"GRAPH <{STATE}> {{ ?g {VERSION} ?v }}"
        found = self._connection.select(
            f"SELECT DISTINCT ?g {{ {{ GRAPH ?g {{ ?s ?p ?o }} }} UNION {{ {noted} }} }}"
        )
        return visible(row["g"]["value"] for row in found)

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a named graph."""
        with self._connection.our_errors():
            found = read_triples(self._connection.get(graph))
        self._connection.check_count(graph, len(found))
        return canonical(found)

    def unnamed(self) -> list[Triple]:
        """Return the triples of the unnamed graph, which is not the engine's own default graph."""
        return self.triples(UNNAMED)

    def graphs_with(self, triple: Triple) -> tuple[NamedNode, ...]:
        """Return the names of the graphs that hold a triple."""
        pattern = f"{skolemised(triple.subject)} {triple.predicate} {skolemised(triple.object)}"
        found = self._connection.select(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {pattern} }} }}")
        return tuple(visible(row["g"]["value"] for row in found))

    def dump(self, path: Path) -> None:
        """Write the whole dataset to a file as N-Quads, replacing it at once or not at all.

        It is read graph by graph: what others write meanwhile may be in it or not, by whole graphs.
        """
        unfinished = path.with_suffix(path.suffix + ".new")
        with unfinished.open("wb") as file:
            for graph in (None, *self.graphs()):
                triples = self.triples(graph or UNNAMED)
                for start in range(0, len(triples), _CHUNK):
                    part = triples[start : start + _CHUNK]
                    serialize(in_graph(graph, part), file, RdfFormat.N_QUADS)
        unfinished.replace(path)

    def __len__(self) -> int:
        """Count the quads."""
        names = {graph.value for graph in (UNNAMED, *self.graphs())}
        found = self._connection.select(
            "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        )
        return sum(int(row["n"]["value"]) for row in found if row["g"]["value"] in names)

    def _followed(self, version: str) -> bool:
        """Say whether a version has been the present one."""
        return self._connection.ask(f"ASK {{ GRAPH <{STATE}> {{ <{version}> {FOLLOWS} ?v }} }}")

    def _done(self) -> list[str]:
        """Return the receipts that are needed no more, and keep none."""
        receipts, self._receipts = self._receipts, []
        return receipts


def _new_version() -> str:
    """Name a version of the data."""
    return f"{OWN}version:{uuid4()}"
