"""The embedded store: Oxigraph on disk, or in memory when it is given no folder."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple
from pyoxigraph import Store as Oxigraph

from govkg.errors import NotReadyError
from govkg.store.querying import Answer, Query, answer


class EmbeddedStore:
    """An RDF dataset in this process; it follows the Store protocol.

    One process at a time may have a folder open. Oxigraph keeps numbers and dates in canonical
    form: "01"^^xsd:integer is read back as 1.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open or create the store in a folder; raises NotReadyError if it is in use or damaged."""
        self._apart: set[NamedNode] = set()
        if folder is None:
            self._oxigraph = Oxigraph()
            return
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._oxigraph = Oxigraph(str(folder))
        except OSError as error:
            reason = f"the store in {folder} cannot be opened ({error}); is another govkg using it?"
            raise NotReadyError(reason=reason, retry_after=5) from error

    @classmethod
    def of_snapshot(cls, path: Path) -> "EmbeddedStore":
        """Load a dump into memory, for a process that only answers queries."""
        store = cls()
        store._oxigraph.bulk_load(path=str(path), format=RdfFormat.N_QUADS)
        return store

    def hold_apart(self, graph: NamedNode) -> None:
        """Say that queries may leave this graph out; to be called before it is written."""
        self._apart.add(graph)

    def query(self, query: Query) -> Answer:
        """Answer a SPARQL query; see ``querying.answer`` for what is raised."""
        return answer(self._oxigraph, query, self._apart)

    def put(self, graph: NamedNode, triples: Iterable[Triple]) -> None:
        """Make the named graph hold exactly these triples, and flush them to disk."""
        given = list(triples)
        self._forget(graph)
        self._oxigraph.extend(Quad(t.subject, t.predicate, t.object, graph) for t in given)
        if graph not in self._apart:
            self._oxigraph.extend(Quad(t.subject, t.predicate, t.object) for t in given)
        self._oxigraph.add_graph(graph)
        self._oxigraph.flush()

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph; it need not exist."""
        self._forget(graph)
        self._oxigraph.flush()

    def _forget(self, graph: NamedNode) -> None:
        """Remove a graph, and from the merged graph what no other graph says."""
        gone = self.triples(graph)
        self._oxigraph.remove_graph(graph)
        for triple in gone:
            if not self.graphs_with(triple):
                self._oxigraph.remove(Quad(triple.subject, triple.predicate, triple.object))

    def graphs(self) -> list[NamedNode]:
        """Return the names of all graphs, sorted."""
        return sorted(
            (g for g in self._oxigraph.named_graphs() if isinstance(g, NamedNode)), key=str
        )

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a named graph."""
        found = self._oxigraph.quads_for_pattern(None, None, None, graph)
        return [Triple(q.subject, q.predicate, q.object) for q in found]

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
        """Count the quads in named graphs."""
        merged = self._oxigraph.quads_for_pattern(None, None, None, DefaultGraph())
        return len(self._oxigraph) - sum(1 for _ in merged)
