"""A copy of a dataset in memory, made to be queried, with a merged default graph."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, QueryTriples, RdfFormat, Triple, parse
from pyoxigraph import Store as Oxigraph

from govkg.store import federation
from govkg.store.deltas import Delta, name_of
from govkg.store.querying import Answer, Query, answer


class View:
    """A dataset as queries see it; it changes by ``take`` alone.

    The default graph holds, as a set, what the unnamed graph and all named graphs say. Graphs held
    apart, such as that of inferred triples, are not merged: a query sees them beside the default
    graph unless it leaves them out, so they must not repeat what other graphs say.
    """

    def __init__(
        self,
        quads: bytes | Path,
        apart: Iterable[NamedNode] = (),
        *,
        empty: Iterable[NamedNode] = (),
        derived: Iterable[NamedNode] = (),
        merge: bool = True,
    ) -> None:
        """Load N-Quads, given as bytes or as the path of a file.

        ``empty`` names graphs that have no quad and yet exist, ``derived`` those that are not part
        of the stored dataset but were made of it. Without ``merge`` the default graph is the
        unnamed graph alone.
        """
        self._apart = tuple(apart) if merge else ()
        self._derived = tuple(derived)
        self._oxigraph = Oxigraph()
        source = {"path": str(quads)} if isinstance(quads, Path) else {"input": quads}
        # Not bulk_load: it would give blank nodes other labels than the stored dataset has.
        self._oxigraph.bulk_extend(parse(format=RdfFormat.N_QUADS, **source))
        for graph in empty:
            self._oxigraph.add_graph(graph)
        self._both: Oxigraph | None = None
        """What the unnamed graph and a merged graph say, so that each can unsay it."""
        self._unnamed = 0
        """How many triples the unnamed graph has."""
        if merge:
            self._both = Oxigraph()
            self._merge(self._both)

    def _merge(self, both: Oxigraph) -> None:
        """Put what the named graphs say into the default graph."""
        default = self._oxigraph.quads_for_pattern(None, None, None, DefaultGraph())
        self._unnamed = sum(1 for _ in default)
        if not any(True for _ in self._oxigraph.named_graphs()):
            return
        if self._unnamed:
            common = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o . {self._said_elsewhere()} }}"
            found = self._oxigraph.query(common)
            if isinstance(found, QueryTriples):
                both.bulk_extend(map(_unnamed, found))
        self._oxigraph.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ {self._said_elsewhere()} }}")

    def _said_elsewhere(self) -> str:
        """Return the pattern of what merged graphs say."""
        left_out = ", ".join(str(graph) for graph in self._apart)
        inside = f"FILTER (?g NOT IN ({left_out}))" if left_out else ""
        return f"GRAPH ?g {{ ?s ?p ?o }} {inside}"

    def take(self, delta: Delta, derived: Iterable[NamedNode] = ()) -> None:
        """Go over to what a change makes of the dataset; ``derived`` is as it is afterwards.

        It costs what the change holds. If this raises anything the view is of no use any more.
        """
        self._derived = tuple(derived)
        if self._both is None:
            delta.carry_out(self._oxigraph)
            return
        named, unnamed = delta.parted()
        self._take_unnamed(unnamed, self._both)
        self._take_named(named.spelt_out(self._oxigraph), self._both)

    def _take_unnamed(self, delta: Delta, both: Oxigraph) -> None:
        """Go over to another unnamed graph; what a merged graph says as well is seen as before."""
        removed = [q for q in delta.removed - delta.added if self._is_unnamed(q, both)]
        added = [quad for quad in delta.added if not self._is_unnamed(quad, both)]
        for quad in removed:
            (both if self._is_named(quad.triple) else self._oxigraph).remove(quad)
        for quad in added:
            (both if self._is_named(quad.triple) else self._oxigraph).add(quad)
        self._unnamed += len(added) - len(removed)

    def _take_named(self, delta: Delta, both: Oxigraph) -> None:
        """Go over to other named graphs; what the unnamed graph says as well is seen as before."""
        added, removed = (
            {_unnamed(quad) for quad in quads if name_of(quad) not in self._apart}
            for quads in (delta.added, delta.removed)
        )
        known = [quad for quad in added if quad in self._oxigraph]
        both.extend([quad for quad in known if not self._is_named(quad.triple)])
        delta.carry_out(self._oxigraph)
        self._oxigraph.extend(added)
        for quad in removed:
            if not self._is_named(quad.triple):
                (both if quad in both else self._oxigraph).remove(quad)

    def _is_unnamed(self, quad: Quad, both: Oxigraph) -> bool:
        """Say whether the unnamed graph has a quad, which is seen if any merged graph has it."""
        return quad in self._oxigraph and (quad in both or not self._is_named(quad.triple))

    def _is_named(self, triple: Triple) -> bool:
        """Say whether a named graph that is merged says a triple."""
        found = self._oxigraph.quads_for_pattern(
            triple.subject, triple.predicate, triple.object, None
        )
        return any((name := name_of(quad)) and name not in self._apart for quad in found)

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a named graph, none if there is no such graph."""
        return [q.triple for q in self._oxigraph.quads_for_pattern(None, None, None, graph)]

    def merged(self) -> list[Triple]:
        """Return the triples of the default graph that queries see, without what is held apart."""
        return [
            q.triple for q in self._oxigraph.quads_for_pattern(None, None, None, DefaultGraph())
        ]

    def query(self, query: Query) -> Answer:
        """Answer a SPARQL query; see ``querying.answer`` for what is raised."""
        return answer(self._oxigraph, query, self._apart)

    def federated(self, query: Query, replies: Sequence[federation.Reply]) -> Answer:
        """Answer a query whose calls to other endpoints have been made; see ``federation``."""
        return federation.answer(self._oxigraph, query, replies, self._apart)

    def give_up(self) -> Oxigraph:
        """Return the dataset without merge and without the graphs that were derived from it.

        It is meant to be changed; the view is of no use any more.
        """
        if self._both is not None and not self._unnamed:
            self._oxigraph.clear_graph(DefaultGraph())
        elif self._both is not None:
            self._oxigraph.update(f"DELETE {{ ?s ?p ?o }} WHERE {{ {self._said_elsewhere()} }}")
            self._oxigraph.bulk_extend(self._both)
        for graph in self._derived:
            self._oxigraph.remove_graph(graph)
        return self._oxigraph


def _unnamed(said: Quad | Triple) -> Quad:
    """Return what is said as a quad of the unnamed graph."""
    return Quad(said.subject, said.predicate, said.object)
