"""One generation of the knowledge graph after the other, each made from the last by what changed.

There are two copies of the data in memory, each with its closure. Readers have one; the other is
brought up to date, becomes the next generation, and readers get it. So a generation never changes
while anybody reads it, and costs what changed.
"""

import gc
import logging
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from govkg.cases.assertions import Assertions, Reassertion
from govkg.cases.description import Counted, Description, is_counted
from govkg.cases.graphs import Graphs
from govkg.cases.kg import KG, Case
from govkg.cases.totals import Totals
from govkg.ontology import Ontology
from govkg.reasoning import Changed, Closure
from govkg.store import Delta
from govkg.store.deltas import canonical, in_graph
from govkg.store.embedded import EmbeddedStore

_MANY: Final = 50_000
"""So many removed quads may stay in the memory of a copy, or half as many as it holds.

The store in memory never gives them back, and look-ups step over them.
"""

_log = logging.getLogger("govkg.cases")


@dataclass(frozen=True)
class Generation:
    """What the data is between two changes."""

    kg: KG
    description: Description
    cases: tuple[Case, ...]
    marks: Mapping[NamedNode, object]
    """For each graph something that another generation has too if the graph is the same there."""
    delta: Delta | None = None
    """What is different from the generation before, in all graphs, those that are made included;
    None if anything may be."""
    described: frozenset[Triple] = frozenset()
    """What the graph of the description holds."""
    reasoning_seconds: float = 0.0
    """How long deriving took."""


def is_worn(removed: int, quads: EmbeddedStore) -> bool:
    """Say whether what was removed from a copy of some quads in memory takes up too much."""
    return removed > _MANY and 2 * removed > len(quads)


@dataclass
class _Copy:
    """One copy of the data, with what follows from it."""

    quads: EmbeddedStore
    assertions: Assertions
    closure: Closure
    missed: "_Brought | None" = None
    """What the last generation brought, if readers have that from the other copy."""
    removed: int = 0
    """How many quads were removed from it."""
    read: "weakref.ref[EmbeddedStore] | None" = None
    """The handle that readers have, for as long as anybody has it."""

    def handle(self) -> EmbeddedStore:
        """Return a handle for readers."""
        handle = self.quads.handle()
        self.read = weakref.ref(handle)
        return handle

    @property
    def is_free(self) -> bool:
        """Say whether nobody reads it any more."""
        return self.read is None or self.read() is None

    @property
    def is_worn(self) -> bool:
        """Say whether what was removed from it takes up too much."""
        return is_worn(self.removed, self.quads)

    def carry_out(self, delta: Delta) -> Delta:
        """Carry out a change that is spelt out, and return it."""
        self.quads.carry_out(delta)
        self.removed += len(delta.removed)
        return delta

    def reassert(self, made: Reassertion) -> Changed:
        """Bring the closure up to date."""
        with self.closure.lock:
            return self.closure.change(made.withdrawn, made.asserted)

    def catch_up(self) -> None:
        """Take what was missed."""
        if self.missed:
            self.carry_out(self.missed.delta)
            self.reassert(self.missed.reassertion)
            self.assertions = replace(self.missed.assertions, quads=self.quads)
            self.missed = None

    def infer(self, changed: Changed, graph: NamedNode) -> Delta:
        """Bring the graph of what follows up to date.

        The reasoner has one form of all literals of equal value, the store may have another, and
        so may another closure; so what has a literal is compared with all that is stored beside it.
        """
        gone, come = set(changed.vanished), set(changed.appeared)
        literal = {t for t in gone | come if isinstance(t.object, Literal)}
        gone, come = gone - literal, come - literal
        for subject, predicate in {(t.subject, t.predicate) for t in literal}:
            assert not isinstance(subject, Triple)  # noqa: S101 # the reasoner derives none
            stored = {quad.triple for quad in self.quads.matching(subject, predicate, None, graph)}
            follows = set(canonical(self.closure.inferred_of(subject, predicate)))
            gone |= stored - follows
            come |= follows - stored
        delta = Delta(in_graph(graph, gone), in_graph(graph, come))
        return self.carry_out(self.quads.spelt_out(delta))


@dataclass(frozen=True)
class _Brought:
    """What a generation brought to the copy that it was made of."""

    delta: Delta
    reassertion: Reassertion
    assertions: Assertions


class Succession:
    """Makes generation after generation; one thread at a time may use it.

    What it makes counts as read once it was ``shown``. If it is not, the next is made from the same
    generation as this one was.
    """

    def __init__(self, base: str, *, reasons: bool, address: str | None) -> None:
        """Take the base IRI of graphs, whether to derive, and the address for the description.

        Without an address the description is not stored.
        """
        self._graphs = Graphs(base)
        self._reasons = reasons
        self._address = address
        self._counted: Counted = {}
        self._present: Generation | None = None
        self._shown: _Copy | None = None
        self._spare: _Copy | None = None
        self._next: _Copy | None = None
        self._brought: _Brought | None = None
        self._totals: Totals | None = None
        self._totals_of: Generation | None = None
        """The generation whose numbers these are, unless it was never shown."""

    def first(self, present: EmbeddedStore) -> Generation:
        """Make a generation of all that a store holds; it costs as much as that is.

        Where nothing is inferred, no copy is needed.
        """
        self._spare = self._next = self._brought = None
        marks = {graph: object() for graph in present.graphs()}
        if not self._reasons:
            kg = KG(present, self._graphs.base, reasons=False)
            return self._generation(kg, tuple(kg.cases()), marks, None)
        start = perf_counter()
        copy = self._next = self._derived(present.copy())
        seconds = perf_counter() - start
        copy.quads.put(self._graphs.inferred, copy.closure.inferred())
        self._totals = Totals(copy.quads, partial(is_counted, self._graphs))
        kg = self._kg(copy, None, Delta())
        made = self._generation(kg, tuple(kg.cases()), marks, None)
        described, _ = self._describe(copy, made, frozenset(copy.quads.triples(self._made[1])))
        return replace(made, described=described, reasoning_seconds=seconds)

    def follow(self, delta: Delta) -> Generation:
        """Make the generation that comes after the one shown last, by what has changed in a store.

        Where nothing is inferred, that store must be the one that the first was made of.
        """
        before, self._next = self._present, None
        if before is None:
            raise LookupError("there is no generation to follow")
        if not self._reasons:
            ontology = self._ontology(before, delta)
            kg = KG(before.kg.quads, self._graphs.base, reasons=False, ontology=ontology)
            return self._following(before, kg, delta)
        copy = self._ready()
        stored = copy.quads.spelt_out(delta.without(self._made))
        copy.carry_out(stored)
        copy.assertions, reassertion = copy.assertions.after(stored)
        start = perf_counter()
        changed = copy.reassert(reassertion)
        seconds = perf_counter() - start
        inferred = copy.infer(changed, self._graphs.inferred)
        self._count(copy, stored.beside(inferred))
        made = self._following(before, self._kg(copy, before, stored), stored.beside(inferred))
        described, delta = self._describe(copy, made, before.described)
        whole = stored.beside(inferred).beside(delta)
        self._next, self._brought = copy, _Brought(whole, reassertion, copy.assertions)
        return replace(made, delta=whole, described=described, reasoning_seconds=seconds)

    def _count(self, copy: _Copy, delta: Delta) -> None:
        """Bring the numbers up to date, or count all again if those at hand are not of before."""
        if self._totals and self._totals_of is self._present:
            self._totals.change(copy.quads, delta)
        else:
            self._totals = Totals(copy.quads, partial(is_counted, self._graphs))
        self._totals_of = None

    def _following(self, before: Generation, kg: KG, delta: Delta) -> Generation:
        """Put the generation together that comes after another one."""
        cases = kg.cases_after(before.cases, delta)
        return self._generation(kg, cases, before.marks, delta)

    def show(self, made: Generation) -> None:
        """Take note that readers have what was made last."""
        if self._brought and self._shown:
            self._spare = self._shown
            self._spare.missed = self._brought
        self._shown, self._present, self._totals_of = self._next, made, made
        self._next = self._brought = None

    def prepare(self) -> None:
        """Have the other copy ready for the next change, unless somebody still reads it."""
        if self._shown is None:
            return
        if self._spare is None or self._spare.is_worn:
            self._spare = self._derived(self._shown.quads.copy())
        elif self._spare.is_free:
            self._spare.catch_up()

    @property
    def _made(self) -> tuple[NamedNode, NamedNode]:
        """The graphs that are made here, whatever the store holds."""
        return self._graphs.inferred, self._graphs.description

    def _ready(self) -> _Copy:
        """Return the copy that nobody reads, up to date, or a new one."""
        spare, self._spare = self._spare, None
        if self._shown is None:
            raise LookupError("there is no copy to follow")
        if spare and not spare.is_free:
            gc.collect()  # readers that failed may have left cycles
        if spare is None or not spare.is_free:
            _log.info("the data is copied, as somebody reads the other copy still")
            return self._derived(self._shown.quads.copy())
        spare.catch_up()
        return spare

    def _derived(self, quads: EmbeddedStore) -> _Copy:
        """Derive what follows from a copy of the data."""
        assertions = Assertions.of(quads, self._graphs)
        return _Copy(quads, assertions, Closure(assertions.triples()))

    def _kg(self, copy: _Copy, before: Generation | None, delta: Delta) -> KG:
        """Return a copy as readers see it."""
        ontology = self._ontology(before, delta)
        return KG(copy.handle(), self._graphs.base, closure=copy.closure, ontology=ontology)

    def _ontology(self, before: Generation | None, delta: Delta) -> Ontology | None:
        """Return the ontology as it was before, if a change does not touch it."""
        return None if not before or self._graphs.ontology in delta.graphs else before.kg.ontology

    def _generation(
        self,
        kg: KG,
        cases: tuple[Case, ...],
        marks: Mapping[NamedNode, object],
        delta: Delta | None,
    ) -> Generation:
        """Put a generation together; the graphs that a change touches get new marks."""
        touched = delta.graphs if delta else ()
        marks = {**marks, **{graph: object() for graph in touched if graph}}
        titles = {case.graph: case.titles for case in cases} if self._reasons else {}
        description = Description(
            kg,
            titles,
            marks,
            bundled=self._reasons,
            counted=self._counted,
            totals=self._totals,
        )
        return Generation(kg, description, cases, marks, delta)

    def _describe(
        self, copy: _Copy, made: Generation, before: frozenset[Triple]
    ) -> tuple[frozenset[Triple], Delta]:
        """Bring the graph of the description up to date, if it is to be stored; return both."""
        if self._address is None:
            return before, Delta()
        graph = self._graphs.description
        now = frozenset(made.description.stored(self._address))
        created = frozenset({graph})
        delta = Delta(in_graph(graph, before - now), in_graph(graph, now - before), created=created)
        return now, copy.carry_out(copy.quads.spelt_out(delta))
