"""A copy of a dataset in memory, made to be queried, with a merged default graph."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse
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
        self._unnamed: Oxigraph | None = None
        if merge:
            self._unnamed = Oxigraph()
            self._unnamed.bulk_extend(
                self._oxigraph.quads_for_pattern(None, None, None, DefaultGraph())
            )
            self._merge()

    def _merge(self) -> None:
        """Put what the named graphs say into the default graph."""
        left_out = ", ".join(str(graph) for graph in self._apart)
        inside = f"FILTER (?g NOT IN ({left_out}))" if left_out else ""
        self._oxigraph.update(f"INSERT {{ ?s ?p ?o }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {inside} }}")

    def take(self, delta: Delta, derived: Iterable[NamedNode] = ()) -> None:
        """Go over to what a change makes of the dataset; ``derived`` is as it is afterwards.

        It costs what the change holds. If this raises anything the view is of no use any more.
        """
        self._derived = tuple(derived)
        if self._unnamed is None:
            delta.carry_out(self._oxigraph)
            return
        named, unnamed = delta.parted()
        named, unnamed = named.spelt_out(self._oxigraph), unnamed.spelt_out(self._unnamed)
        unnamed.carry_out(self._unnamed)
        named.carry_out(self._oxigraph)
        for quad in named.removed | unnamed.removed:
            if not self._is_merged(quad.triple):
                self._oxigraph.remove(_unnamed(quad))
        merged = (q for q in named.added | unnamed.added if name_of(q) not in self._apart)
        self._oxigraph.extend(_unnamed(quad) for quad in merged)

    def _is_merged(self, triple: Triple) -> bool:
        """Say whether a graph that is merged says a triple."""
        if self._unnamed is not None and _unnamed(triple) in self._unnamed:
            return True
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
        if self._unnamed is not None:
            self._oxigraph.clear_graph(DefaultGraph())
            self._oxigraph.bulk_extend(self._unnamed)
        for graph in self._derived:
            self._oxigraph.remove_graph(graph)
        return self._oxigraph


def _unnamed(said: Quad | Triple) -> Quad:
    """Return what is said as a quad of the unnamed graph."""
    return Quad(said.subject, said.predicate, said.object)
