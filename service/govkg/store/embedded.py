"""The embedded store: Oxigraph on disk, or in memory when it is given no folder."""

from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple
from pyoxigraph import Store as Oxigraph

from govkg.errors import NotReadyError
from govkg.store.querying import Answer, Query
from govkg.store.view import View


class EmbeddedStore:
    """An RDF dataset in this process; it follows the Store protocol.

    One process at a time may have a folder open. Oxigraph keeps numbers and dates in canonical
    form: "01"^^xsd:integer is read back as 1.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Open or create the store in a folder; raises NotReadyError if it is in use or damaged."""
        self._apart: set[NamedNode] = set()
        self._view: View | None = None
        if folder is None:
            self._oxigraph = Oxigraph()
            return
        folder.mkdir(parents=True, exist_ok=True)
        try:
            self._oxigraph = Oxigraph(str(folder))
        except OSError as error:
            reason = f"the store in {folder} cannot be opened ({error}); is another govkg using it?"
            raise NotReadyError(reason=reason, retry_after=5) from error

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

    def put(self, graph: NamedNode, triples: Iterable[Triple]) -> None:
        """Make the named graph hold exactly these triples, and flush them to disk."""
        self._view = None
        self._oxigraph.remove_graph(graph)
        self._oxigraph.extend(Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        self._oxigraph.add_graph(graph)
        self._oxigraph.flush()

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph; it need not exist."""
        self._view = None
        self._oxigraph.remove_graph(graph)
        self._oxigraph.flush()

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
        """Count the quads."""
        return len(self._oxigraph)
