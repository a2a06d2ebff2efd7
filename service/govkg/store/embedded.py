"""The embedded store: Oxigraph on disk, or in memory when it is given no folder."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, RdfFormat, Triple
from pyoxigraph import Store as Oxigraph

from govkg.errors import NotReadyError
from govkg.rdf import Format, Node
from govkg.store import Store
from govkg.store.querying import Answer, Query
from govkg.store.updating import Update, update
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
        self._view = None
        self._opened, other._opened = other._opened, None

    def extend(self, quads: Iterable[Quad], graphs: Iterable[NamedNode] = ()) -> None:
        """Add very many quads, and graphs that may be empty, and flush; not in one transaction."""
        self._view = None
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

    def put(self, graph: NamedNode, triples: Iterable[Triple]) -> None:
        """Make the named graph hold exactly these triples, at once or not at all, and flush."""
        self._view = None
        triples = set(triples)
        if set(self.triples(graph)) != triples or not self.holds(graph):
            emptying = f"DROP SILENT GRAPH {graph} ; CREATE GRAPH {graph}"
            self._replace(graph, emptying, triples)
        self._oxigraph.flush()

    def replace_unnamed(self, triples: Iterable[Triple]) -> None:
        """Make the unnamed graph hold exactly these triples, at once or not at all, and flush."""
        self._view = None
        self._replace(None, "CLEAR DEFAULT", set(triples))
        self._oxigraph.flush()

    def _replace(self, graph: NamedNode | None, emptying: str, triples: set[Triple]) -> None:
        """Empty a graph and fill it again, in one transaction; blank nodes keep their labels.

        INSERT DATA gives blank nodes new labels, so triples with them are fetched by functions.
        """
        nameless = [triple for triple in triples if _has_blank_nodes(triple)]
        spelt_out = [f"{t.subject} {t.predicate} {t.object} ." for t in triples - {*nameless}]
        numbers = " ".join(map(str, range(len(nameless))))
        fetched = " ".join(f"BIND({name}(?n) AS ?{part})" for part, name in _FETCH.items())
        template = _inside(graph, "?subject ?predicate ?object")
        operations = (
            emptying,
            f"INSERT DATA {{ {_inside(graph, ' '.join(spelt_out))} }}",
            f"INSERT {{ {template} }} WHERE {{ VALUES ?n {{ {numbers} }} {fetched} }}",  # noqa: S608 # no SQL
        )
        self._oxigraph.update(
            " ; ".join(operations),
            custom_functions={name: _fetching(nameless, part) for part, name in _FETCH.items()},
        )

    def add(self, graph: NamedNode | None, triples: Iterable[Triple]) -> None:
        """Add triples to a graph (None: the unnamed one), all at once or not at all, and flush."""
        self._view = None
        name = DefaultGraph() if graph is None else graph
        quads = [Quad(t.subject, t.predicate, t.object, name) for t in triples]
        self._oxigraph.extend(quads)
        if graph is not None and not quads:
            self._oxigraph.add_graph(graph)
        self._oxigraph.flush()

    def load(self, path: Path, format: Format, graph: NamedNode | None = None) -> None:
        """Add a file that is known to parse, as fast as it can be done, and flush.

        ``graph`` is for triples that name none. If this process ends half-way, nothing is added.
        """
        self._view = None
        base = path.absolute().as_uri()
        self._oxigraph.bulk_load(
            path=str(path), format=format.syntax, base_iri=base, to_graph=graph
        )
        self._oxigraph.flush()

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph; it need not exist."""
        self._view = None
        self._oxigraph.remove_graph(graph)
        self._oxigraph.flush()

    def update(self, wanted: Update, keep: Quad | None = None) -> None:
        """Carry out all operations of a SPARQL update or none, and flush; see ``updating``."""
        self._view = None
        update(self._oxigraph, wanted, keep)
        self._oxigraph.flush()

    def copy(self) -> "EmbeddedStore":
        """Return a copy in memory, which later writes do not change."""
        twin = EmbeddedStore()
        twin._apart |= self._apart
        twin._oxigraph.bulk_extend(self._oxigraph)
        for graph in self.graphs():
            twin._oxigraph.add_graph(graph)
        return twin

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

    def unnamed(self) -> list[Triple]:
        """Return the triples of the unnamed graph."""
        found = self._oxigraph.quads_for_pattern(None, None, None, DefaultGraph())
        return [Triple(q.subject, q.predicate, q.object) for q in found]

    def matching(
        self,
        subject: NamedNode | BlankNode | None = None,
        predicate: NamedNode | None = None,
        value: Node | None = None,
        graph: NamedNode | None = None,
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


_FETCH: Final = {
    part: NamedNode(f"urn:govkg:{part}") for part in ("subject", "predicate", "object")
}
"""The functions, known to one update alone, that return a part of a triple by its number."""


def _inside(graph: NamedNode | None, text: str) -> str:
    """Return a part of an update as one about a graph; None is the unnamed one."""
    return f"GRAPH {graph} {{ {text} }}" if graph else text


def _fetching(triples: list[Triple], part: str) -> Callable[[Node], Node]:
    """Return the function that returns a part of the triple with a number."""

    def fetch(number: Node) -> Node:
        term: Node = getattr(triples[int(number.value)], part)  # type: ignore[union-attr]
        return term

    return fetch


def _has_blank_nodes(triple: Triple) -> bool:
    """Say whether a triple has a blank node, or a triple that may have one."""
    return isinstance(triple.subject, BlankNode) or isinstance(triple.object, BlankNode | Triple)
