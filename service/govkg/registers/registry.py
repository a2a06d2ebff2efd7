"""All registers in a store: what each is, and the look-up over the units of them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from threading import Lock
from typing import Any, TypeAlias

from pyoxigraph import Literal, NamedNode

from govkg.cases.graphs import Graphs
from govkg.errors import NotFoundError
from govkg.registers.resolving import Resolver
from govkg.registers.unit import Unit
from govkg.registers.writing import units_in
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import DCTERMS, GOV, SCHEMA


@dataclass(frozen=True)
class Register:
    """What the graph of a register says of the register itself."""

    id: str
    graph: NamedNode
    titles: dict[str, str]
    publisher: str
    source: str
    licence: str
    version: str
    country: str
    units: int

    def as_json(self) -> dict[str, Any]:
        """Return the register as JSON values."""
        return vars(self) | {"graph": self.graph.value}


@dataclass(frozen=True)
class LookUp:
    """The units of all registers, and what finds them."""

    units: dict[NamedNode, tuple[Unit, ...]]
    """By graph, in the order of their keys."""
    resolver: Resolver


Mark: TypeAlias = Callable[[NamedNode], object]
"""Gives a graph something that it keeps for as long as it stays the same."""


class Kept:
    """The look-up that was made last, for as long as the registers stay the same."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._lock = Lock()
        self._prints: dict[NamedNode, object] = {}
        self._made = LookUp({}, Resolver(()))

    def look_up(self, quads: EmbeddedStore, graphs: Iterable[NamedNode], mark: Mark) -> LookUp:
        """Return the look-up over some graphs; only those that have got another mark are read."""
        with self._lock:
            prints = {graph: mark(graph) for graph in graphs}
            if prints != self._prints:
                units = {
                    graph: self._made.units[graph]
                    if self._prints.get(graph) == known
                    else tuple(units_in(quads.triples(graph)))
                    for graph, known in prints.items()
                }
                self._made = LookUp(units, Resolver(chain.from_iterable(units.values())))
                self._prints = prints
            return self._made


class Registry:
    """The registers of one generation; reads them when they are first asked for."""

    def __init__(
        self,
        quads: EmbeddedStore,
        graphs: Graphs,
        kept: Kept | None = None,
        mark: Mark | None = None,
    ) -> None:
        """Take a store that does not change any more, and what may be known of it already."""
        self._quads = quads
        self._mark = mark or quads.fingerprint
        self._graphs = {
            name: graph for graph in quads.graphs() if (name := graphs.register_id(graph))
        }
        self._kept = kept or Kept()

    @cached_property
    def _look_up(self) -> LookUp:
        return self._kept.look_up(self._quads, self._graphs.values(), self._mark)

    @property
    def resolver(self) -> Resolver:
        """What finds units by name, code and date; the first call may take some seconds."""
        return self._look_up.resolver

    def registers(self) -> list[Register]:
        """Return all registers, by id."""
        return [self.register(name) for name in sorted(self._graphs)]

    def register(self, register_id: str) -> Register:
        """Return a register; raises NotFoundError if there is none of this id."""
        graph = self._graphs.get(register_id)
        if graph is None:
            hint = "All registers are listed under /registers."
            raise NotFoundError(what="register", name=register_id, hint=hint)
        titles = {
            quad.object.language or "": quad.object.value
            for quad in self._quads.matching(graph, NamedNode(DCTERMS + "title"), None, graph)
            if isinstance(quad.object, Literal)
        }
        return Register(
            id=register_id,
            graph=graph,
            titles=titles,
            publisher=self._said(graph, DCTERMS + "publisher"),
            source=self._said(graph, DCTERMS + "source"),
            licence=self._said(graph, DCTERMS + "license"),
            version=self._said(graph, SCHEMA + "version"),
            country=self._said(graph, GOV + "countryCode"),
            units=self._counted(graph),
        )

    def units(self, register_id: str) -> tuple[Unit, ...]:
        """Return the units of a register, by key; raises NotFoundError."""
        return self._look_up.units[self.register(register_id).graph]

    def _said(self, graph: NamedNode, predicate: str) -> str:
        found = self._quads.matching(graph, NamedNode(predicate), None, graph)
        return next(
            (q.object.value for q in found if isinstance(q.object, Literal | NamedNode)), ""
        )

    def _counted(self, graph: NamedNode) -> int:
        """Count the places that a graph describes: each has one code."""
        coded = self._quads.matching(None, NamedNode(GOV + "registerCode"), None, graph)
        return sum(1 for _ in coded)
