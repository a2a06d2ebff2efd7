"""What a change makes of a dataset: which quads and which named graphs go and which come."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)
from pyoxigraph import Store as Oxigraph

Term: TypeAlias = NamedNode | BlankNode | Literal | Triple
Header: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Delta:
    """A change of a dataset; first graphs are dropped and quads removed, then others come.

    A dropped graph goes with all its quads, which need not be named. Blank nodes are those of the
    dataset, by their labels.
    """

    removed: frozenset[Quad] = field(default_factory=frozenset)
    added: frozenset[Quad] = field(default_factory=frozenset)
    dropped: frozenset[NamedNode] = field(default_factory=frozenset)
    created: frozenset[NamedNode] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        """Say whether anything changes."""
        return bool(self.removed or self.added or self.dropped or self.created)

    @property
    def graphs(self) -> frozenset[NamedNode | None]:
        """The graphs that change; None is the unnamed one."""
        quads = {name_of(quad) for quad in self.removed | self.added}
        return frozenset(quads | self.dropped | self.created)

    def then(self, later: "Delta") -> "Delta":
        """Return the change that does what this one does and then another.

        Each must remove only what it finds and add only what it does not find, as ``spelt_out``
        has it; then the result does so too. Quads of dropped graphs need not be named.
        """
        gone = {q for q in self.removed - later.added if name_of(q) not in later.dropped}
        come = {q for q in self.added - later.removed if name_of(q) not in later.dropped}
        dropped = self.dropped | later.dropped
        back = {q for q in self.removed & later.added if name_of(q) not in dropped}
        return Delta(
            frozenset(gone | (later.removed - self.added)),
            frozenset(come | (later.added - back)),
            dropped,
            (self.created - later.dropped) | later.created,
        )

    def beside(self, other: "Delta") -> "Delta":
        """Return the change that does what this one does, and another one of other graphs."""
        return Delta(
            self.removed | other.removed,
            self.added | other.added,
            self.dropped | other.dropped,
            self.created | other.created,
        )

    def without(self, graphs: Iterable[NamedNode]) -> "Delta":
        """Return the change of all graphs but these."""
        names = frozenset(graphs)
        return Delta(
            frozenset(quad for quad in self.removed if name_of(quad) not in names),
            frozenset(quad for quad in self.added if name_of(quad) not in names),
            self.dropped - names,
            self.created - names,
        )

    def spelt_out(self, store: Oxigraph) -> "Delta":
        """Return what the change really changes in a store, quads of dropped graphs included.

        What goes and comes again stays; a graph that does is not dropped, but changed.
        """
        gone = (q for g in self.dropped for q in store.quads_for_pattern(None, None, None, g))
        removed = {*gone, *(quad for quad in self.removed if quad in store)}
        dropped = self.dropped - self.created - {name_of(quad) for quad in self.added}
        return Delta(
            frozenset(removed - self.added),
            frozenset(quad for quad in self.added if quad not in store),
            frozenset(graph for graph in dropped if store.contains_named_graph(graph)),
            frozenset(graph for graph in self.created if not store.contains_named_graph(graph)),
        )

    def parted(self) -> tuple["Delta", "Delta"]:
        """Return the change of the named graphs, and that of the unnamed one."""
        removed, added = (
            frozenset(quad for quad in quads if name_of(quad) is None)
            for quads in (self.removed, self.added)
        )
        named = Delta(self.removed - removed, self.added - added, self.dropped, self.created)
        return named, Delta(removed, added)

    def carry_out(self, store: Oxigraph) -> None:
        """Change a store in memory, which nobody else uses meanwhile."""
        for graph in self.dropped:
            store.remove_graph(graph)
        for quad in self.removed:
            store.remove(quad)
        for graph in self.created:
            store.add_graph(graph)
        store.extend(self.added)

    def packed(self) -> tuple[Header, bytes]:
        """Return the change as JSON values and N-Quads, to send to another process."""
        removed, added = (
            serialize(quads, format=RdfFormat.N_QUADS) or b""
            for quads in (self.removed, self.added)
        )
        header = {
            "dropped": [graph.value for graph in self.dropped],
            "created": [graph.value for graph in self.created],
            "removed": len(removed),
        }
        return header, removed + added

    @classmethod
    def unpacked(cls, header: Header, body: bytes) -> "Delta":
        """Make the change again that was ``packed``."""
        length = header["removed"]
        return cls(
            frozenset(parse(body[:length], RdfFormat.N_QUADS)),
            frozenset(parse(body[length:], RdfFormat.N_QUADS)),
            frozenset(NamedNode(name) for name in header["dropped"]),
            frozenset(NamedNode(name) for name in header["created"]),
        )


def name_of(quad: Quad) -> NamedNode | None:
    """Return the name of the graph that a quad lies in, None for the unnamed one."""
    return quad.graph_name if isinstance(quad.graph_name, NamedNode) else None


def canonical(triples: Iterable[Triple]) -> list[Triple]:
    """Return the triples, each once, with numbers and dates as a store writes them."""
    store = Oxigraph()
    store.extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    return [quad.triple for quad in store]


def in_graph(graph: NamedNode | None, triples: Iterable[Triple]) -> frozenset[Quad]:
    """Return triples as quads of a graph."""
    name = DefaultGraph() if graph is None else graph
    return frozenset(Quad(t.subject, t.predicate, t.object, name) for t in triples)


# --- a change as one SPARQL update ---------------------------------------------------------------
#
# SPARQL cannot name a blank node of the dataset. So functions that are known to one update alone
# return the parts of a quad by its number.

Function: TypeAlias = Callable[..., Term | None]
_FETCH: Final = {
    part: NamedNode(f"urn:govkg:{part}") for part in ("subject", "predicate", "object")
}


def as_update(delta: Delta) -> tuple[str, dict[NamedNode, Function]]:
    """Return the change as a SPARQL update, which is atomic, and the functions that it calls."""
    nameless = [quad for quad in delta.removed | delta.added if _has_blank_nodes(quad)]
    numbers = {quad: number for number, quad in enumerate(nameless)}
    operations = [f"DROP SILENT GRAPH {graph}" for graph in delta.dropped]
    operations += _operations("DELETE", delta.removed, numbers)
    operations += [f"CREATE SILENT GRAPH {graph}" for graph in delta.created]
    operations += _operations("INSERT", delta.added, numbers)
    functions = {name: _fetching(nameless, part) for part, name in _FETCH.items()}
    return " ;\n".join(operations), functions


def _operations(verb: str, quads: Iterable[Quad], numbers: Mapping[Quad, int]) -> Iterator[str]:
    """Yield what removes or adds quads: those with blank nodes by their numbers."""
    ground: list[str] = []
    nameless: dict[NamedNode | None, list[str]] = {}
    for quad in quads:
        if quad in numbers:
            nameless.setdefault(name_of(quad), []).append(str(numbers[quad]))
        else:
            ground.append(
                _inside(name_of(quad), f"{quad.subject} {quad.predicate} {quad.object} .")
            )
    if ground:
        yield f"{verb} DATA {{ {' '.join(ground)} }}"
    fetched = " ".join(f"BIND ({name}(?n) AS ?{part})" for part, name in _FETCH.items())
    for graph, found in nameless.items():
        template = _inside(graph, "?subject ?predicate ?object")
        yield f"{verb} {{ {template} }} WHERE {{ VALUES ?n {{ {' '.join(found)} }} {fetched} }}"


def _inside(graph: NamedNode | None, text: str) -> str:
    """Return a part of an update as one about a graph; None is the unnamed one."""
    return f"GRAPH {graph} {{ {text} }}" if graph else text


def _fetching(quads: list[Quad], part: str) -> Function:
    """Return the function that returns a part of the quad with a number."""

    def fetch(number: Literal) -> Term:
        term: Term = getattr(quads[int(number.value)], part)
        return term

    return fetch


def _has_blank_nodes(quad: Quad) -> bool:
    """Say whether a quad has a blank node, or a triple that may have one."""
    return isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode | Triple)
