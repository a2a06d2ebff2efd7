"""The embedded store: Oxigraph on disk, or in memory when it is given no folder."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QuerySolutions,
    RdfFormat,
    Triple,
)
from pyoxigraph import Store as Oxigraph

from govkg.errors import NotReadyError, OutdatedError
from govkg.rdf import Format, Node
from govkg.store import Store
from govkg.store.deltas import Delta, as_update, canonical, in_graph
from govkg.store.querying import Answer, Query
from govkg.store.updating import Update, changes
from govkg.store.view import View


@contextmanager
def _our_errors(folder: Path) -> Iterator[None]:
    """Translate what the opening of a folder raises."""
    try:
        yield
    except OSError as error:
        reason = f"the store in {folder} cannot be opened ({error}); is another govkg using it?"
        raise NotReadyError(reason=reason, retry_after=5) from error


class EmbeddedStore:
    """An RDF dataset in this process; it follows the Store protocol.

    One process at a time may have a folder open. Oxigraph keeps numbers and dates in canonical
    form: "01"^^xsd:integer is read back as 1.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open or create the store in a folder; raises NotReadyError if it is in use or damaged."""
        self._apart: set[NamedNode] = set()
        self._view: View | None = None
        self._opened: Oxigraph | None = None
        self._changes = 0
        if folder is None:
            self._opened = Oxigraph()
            return
        folder.mkdir(parents=True, exist_ok=True)
        with _our_errors(folder):
            self._opened = Oxigraph(str(folder))

    @classmethod
    def read_only(cls, folder: Path) -> "EmbeddedStore":
        """Open a store that nobody changes meanwhile; raises NotReadyError if it is damaged."""
        store = cls()
        with _our_errors(folder):
            store._opened = Oxigraph.read_only(str(folder))
        return store

    def close(self) -> None:
        """Flush, and let others open the folder; whatever is asked now raises NotReadyError."""
        if self._opened is not None:
            self._opened.flush()
        self._opened = None

    @property
    def _oxigraph(self) -> Oxigraph:
        """Return the open store; raises NotReadyError if it is closed."""
        if self._opened is None:
            raise NotReadyError(reason="the store is closed", retry_after=5)
        return self._opened

    def copy_to(self, folder: Path) -> None:
        """Make a copy on disk, which later writes do not change; at once, if by hard links."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._oxigraph.backup(str(folder))

    def become(self, other: "EmbeddedStore") -> None:
        """Hold what another store holds, which is closed; whoever is reading the old may go on."""
        self._touched()
        self._opened, other._opened = other._opened, None

    def extend(self, quads: Iterable[Quad], graphs: Iterable[NamedNode] = ()) -> None:
        """Add very many quads, and graphs that may be empty, and flush; not in one transaction."""
        self._touched()
        self._oxigraph.bulk_extend(quads)
        for graph in graphs:
            self._oxigraph.add_graph(graph)
        self._oxigraph.flush()

    def hold_apart(self, graph: NamedNode) -> None:
        """Say that queries may leave this graph out."""
        self._apart.add(graph)
        self._view = None

    def query(self, query: Query) -> Answer:
        """Answer a SPARQL query on a view, which is made anew after each change.

        This is for a single user, as on the command line; the service queries in worker processes.
        """
        if self._view is None:
            quads = self._oxigraph.dump(format=RdfFormat.N_QUADS) or b""
            self._view = View(quads, self._apart)
        return self._view.query(query)

    def apply(self, delta: Delta, version: str | None = None) -> str:
        """Carry out a change, at once or not at all, and flush; see the protocol."""
        if version is not None and version != self.version():
            raise OutdatedError(retry_after=1)
        if delta:
            self._touched()
            text, functions = as_update(delta)
            self._oxigraph.update(text, custom_functions=functions)
        self._oxigraph.flush()
        return self.version()

    def version(self) -> str:
        """Count the changes since the store was opened, for nobody else changes it."""
        return str(self._changes)

    def _touched(self) -> None:
        """Take note that the data changes."""
        self._view = None
        self._changes += 1

    def replacing(self, graph: NamedNode | None, triples: Iterable[Triple]) -> Delta:
        """Return the change that makes a graph (None: the unnamed one) hold exactly these."""
        before = in_graph(graph, self.unnamed() if graph is None else self.triples(graph))
        after = in_graph(graph, canonical(triples))
        return Delta(before - after, after - before, created=self._new(graph))

    def adding(self, graph: NamedNode | None, triples: Iterable[Triple]) -> Delta:
        """Return the change that adds triples to a graph (None: the unnamed one)."""
        wanted = in_graph(graph, canonical(triples))
        added = frozenset(quad for quad in wanted if quad not in self._oxigraph)
        return Delta(added=added, created=self._new(graph))

    def _new(self, graph: NamedNode | None) -> frozenset[NamedNode]:
        return frozenset() if graph is None or self.holds(graph) else frozenset({graph})

    def put(self, graph: NamedNode, triples: Iterable[Triple]) -> None:
        """Make the named graph hold exactly these triples, at once or not at all, and flush."""
        self.apply(self.replacing(graph, triples))

    def replace_unnamed(self, triples: Iterable[Triple]) -> None:
        """Make the unnamed graph hold exactly these triples, at once or not at all, and flush."""
        self.apply(self.replacing(None, triples))

    def add(self, graph: NamedNode | None, triples: Iterable[Triple]) -> None:
        """Add triples to a graph (None: the unnamed one), all at once or not at all, and flush."""
        self.apply(self.adding(graph, triples))

    def load(self, path: Path, format: Format, graph: NamedNode | None = None) -> None:
        """Add a file that is known to parse, as fast as it can be done, and flush.

        ``graph`` is for triples that name none. If this process ends half-way, nothing is added.
        """
        self._touched()
        base = path.absolute().as_uri()
        self._oxigraph.bulk_load(
            path=str(path), format=format.syntax, base_iri=base, to_graph=graph
        )
        self._oxigraph.flush()

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph; it need not exist."""
        self.apply(Delta(dropped=frozenset({graph})))

    def update(self, wanted: Update) -> None:
        """Carry out all operations of a SPARQL update or none, and flush; see ``updating``.

        This is for a single user; the service finds out what an update changes in a worker.
        """
        self.apply(self.copy().changes(wanted))

    def changes(self, wanted: Update) -> Delta:
        """Carry out an update on this store, which must be a copy in memory; return the change."""
        return changes(self._oxigraph, wanted)

    def copy(self) -> "EmbeddedStore":
        """Return a copy in memory, which later writes do not change."""
        twin = EmbeddedStore()
        twin._apart |= self._apart
        twin._oxigraph.bulk_extend(self._oxigraph)
        for graph in self.graphs():
            twin._oxigraph.add_graph(graph)
        return twin

    def handle(self) -> "EmbeddedStore":
        """Return another handle on the same data, so that it can be told who has which."""
        twin = EmbeddedStore.__new__(EmbeddedStore)
        twin.__dict__ = self.__dict__ | {"_apart": set(self._apart), "_view": None}
        return twin

    def spelt_out(self, delta: Delta) -> Delta:
        """Return what a change really changes here; see ``Delta.spelt_out``."""
        return delta.spelt_out(self._oxigraph)

    def carry_out(self, delta: Delta) -> None:
        """Change this store in memory; quicker than ``apply``, but not at once or not at all."""
        self._touched()
        delta.carry_out(self._oxigraph)

    def holds(self, graph: NamedNode) -> bool:
        """Say whether there is a graph of this name; it may be empty."""
        return self._oxigraph.contains_named_graph(graph)

    def graphs(self) -> list[NamedNode]:
        """Return the names of all graphs, sorted."""
        return sorted(
            (g for g in self._oxigraph.named_graphs() if isinstance(g, NamedNode)), key=str
        )

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a named graph."""
        found = self._oxigraph.quads_for_pattern(None, None, None, graph)
        return [Triple(q.subject, q.predicate, q.object) for q in found]

    def fingerprint(self, graph: NamedNode) -> str:
        """Return what tells, within this process, the content of a named graph from any other.

        The order of a dump differs between copies, so its lines are hashed one by one.
        """
        text = self._oxigraph.dump(format=RdfFormat.N_TRIPLES, from_graph=graph) or b""
        lines = text.splitlines()
        return f"{len(lines)} {sum(map(hash, lines)):x}"

    def unnamed(self) -> list[Triple]:
        """Return the triples of the unnamed graph."""
        found = self._oxigraph.quads_for_pattern(None, None, None, DefaultGraph())
        return [Triple(q.subject, q.predicate, q.object) for q in found]

    def matching(
        self,
        subject: NamedNode | BlankNode | None = None,
        predicate: NamedNode | None = None,
        value: Node | None = None,
        graph: NamedNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """Yield the quads that fit a pattern, in no order; None stands for anything.

        An engine elsewhere has no such look-up: its blank nodes have no names to ask by.
        """
        return self._oxigraph.quads_for_pattern(subject, predicate, value, graph)

    def sizes(self) -> dict[NamedNode, int]:
        """Return how many triples each named graph holds, in the order of the names."""
        counting = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
        counted = cast("QuerySolutions", self._oxigraph.query(counting))
        return dict.fromkeys(self.graphs(), 0) | {row["g"]: int(row["n"].value) for row in counted}

    def counts(self, graph: NamedNode, select: str, rest: str) -> list[dict[str, Any]]:
        """Return the rows of a query of ours about a graph: numbers, and terms."""
        found = self._oxigraph.query(f"SELECT {select} {{ GRAPH {graph} {{ ?s ?p ?o }} {rest}")
        rows = cast("QuerySolutions", found)
        names = [variable.value for variable in rows.variables]
        return [
            {
                name: int(term.value) if isinstance(term := row[name], Literal) else term
                for name in names
            }
            for row in rows
        ]

    def distinct(self) -> int:
        """Count the triples that all graphs hold together, each once."""
        anywhere = "{ { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
        counting = f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {anywhere} }}"
        counted = cast("QuerySolutions", self._oxigraph.query(counting))
        return next(int(row["n"].value) for row in counted)

    def graphs_with(self, triple: Triple) -> tuple[NamedNode, ...]:
        """Return the names of the graphs that hold a triple."""
        found = self._oxigraph.quads_for_pattern(
            triple.subject, triple.predicate, triple.object, None
        )
        return tuple(q.graph_name for q in found if isinstance(q.graph_name, NamedNode))

    def dump(self, path: Path) -> None:
        """Write the whole dataset to a file as N-Quads, replacing it at once or not at all."""
        unfinished = path.with_suffix(path.suffix + ".new")
        self._oxigraph.dump(str(unfinished), RdfFormat.N_QUADS)
        unfinished.replace(path)

    def __len__(self) -> int:
        """Count the quads."""
        return len(self._oxigraph)


def in_memory(store: Store) -> EmbeddedStore:
    """Return a copy of any store in memory, which later writes do not change."""
    if isinstance(store, EmbeddedStore):
        return store.copy()
    twin = EmbeddedStore()
    for graph in store.graphs():
        twin.add(graph, store.triples(graph))
    twin.add(None, store.unnamed())
    return twin
