"""What readers see: one generation of the data after the other, each complete and unchanging."""

import asyncio
import json
import logging
import time
from functools import partial
from itertools import count
from pathlib import Path

from govkg import bundle
from govkg.api.facts import Facts
from govkg.api.knowledge import Knowledge, Made, Service
from govkg.api.searching import SearchIndex
from govkg.backups import swapping
from govkg.backups.control import Control
from govkg.cases import KG
from govkg.cases.description import Description
from govkg.cases.graphs import Graphs
from govkg.cases.kg import bundle_mark, fill
from govkg.cases.writing import Writer
from govkg.ontology import Ontology, read_files
from govkg.settings import Settings
from govkg.store import Store
from govkg.store.embedded import EmbeddedStore, in_memory
from govkg.workers import Pool

_log = logging.getLogger("govkg.generations")


class Generations:
    """Opens the store and makes the service show what is in it, again after each write.

    A generation is a copy of the store in memory with what follows from it, everything that is
    looked up in it, and worker processes that have loaded it. Readers use the old one until the
    new one is complete.
    """

    def __init__(self, service: Service) -> None:
        """Take the service that is to show the data."""
        self._service = service
        self._settings = service.settings
        self._numbers = count(1)
        self._snapshot: Path | None = None
        self._store: Store | None = None
        self._control: Control | None = None

    async def start(self) -> None:
        """Open and fill the store, show the first generation, and let writers in."""
        self._store = await asyncio.to_thread(self._open)
        publish = partial(self._publish, self._store)
        await publish()
        if isinstance(self._store, EmbeddedStore):
            waiting = self._settings.waiting
            self._service.writer = Writer(self._store, publish, waiting=waiting)
            self._control = Control(self._settings, self._service.writer)
            await self._control.open()

    async def close(self) -> None:
        """End the writer and the workers."""
        if self._control:
            await self._control.close()
        if self._service.writer:
            await self._service.writer.close()
        if self._service.pool:
            await self._service.pool.close()
        if isinstance(self._store, EmbeddedStore):
            self._store.close()

    async def _publish(self, store: Store) -> None:
        """Make a generation of what a store now holds, and put it in the place of the last."""
        number, start = next(self._numbers), time.perf_counter()
        snapshot = self._settings.data_dir / f"snapshot-{number}.nq"
        try:
            kg = await asyncio.to_thread(derive, store, self._settings)
            description = await asyncio.to_thread(describe, kg, self._service)
            await asyncio.to_thread(kg.store.dump, snapshot)
            known, _ = await asyncio.gather(
                asyncio.to_thread(gather_knowledge, kg, self._settings, description),
                self._let_workers_load(_argument(kg, snapshot, self._settings)),
            )
        except BaseException:
            snapshot.unlink(missing_ok=True)
            raise
        old, self._snapshot = self._snapshot, snapshot
        self._service.knowledge = known
        self._service.made = Made(number, time.time())
        if self._service.metrics:
            seconds = time.perf_counter() - start
            self._service.metrics.generation(seconds, kg.reasoning_seconds)
        if old:
            old.unlink(missing_ok=True)

    def _open(self) -> Store:
        """Open the store, and fill it if need be."""
        settings = self._settings
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        store = swapping.opened(settings)
        store.hold_apart(Graphs(settings.base_iri).inferred)
        for left_over in settings.data_dir.glob("snapshot*.nq*"):
            left_over.unlink(missing_ok=True)
        if settings.bundle:
            fill(store, settings.base_iri, progress=partial(_log.info, "%s"))
            bundle_mark(settings.base_iri)  # now, while the files are those that were loaded
        return store

    async def _let_workers_load(self, argument: str) -> None:
        """Start workers on a snapshot, and let them take over once they have loaded it."""
        if self._service.pool and self._snapshot:
            await self._service.pool.replace(argument)
            return
        self._service.pool = Pool(  # before it is started, so that it is closed whatever happens
            "govkg.cases.jobs" if self._settings.bundle else "govkg.store.jobs",
            argument,
            size=self._settings.workers,
            waiting=self._settings.waiting,
            memory_mb=self._settings.worker_memory_mb,
        )
        await self._service.pool.start()


def derive(store: Store, settings: Settings) -> KG:
    """Return a copy of a store in memory, with what follows from it.

    On disk nothing inferred is kept. An engine elsewhere is given it, for those who query it there.
    Where nothing is inferred an embedded store needs no copy.
    """
    as_it_is = isinstance(store, EmbeddedStore) and not settings.bundle
    copy = store if as_it_is else in_memory(store)
    kg = KG.derived(copy, settings.base_iri, reasons=settings.bundle)
    if not isinstance(store, EmbeddedStore):
        inferred = kg.store.triples(kg.graphs.inferred)
        if set(store.triples(kg.graphs.inferred)) != set(inferred):
            store.put(kg.graphs.inferred, inferred)
    return kg


def describe(kg: KG, service: Service) -> Description:
    """Count what a generation holds, and where queries are to find the numbers, add their graph."""
    settings = service.settings
    description = Description(kg, bundled=settings.bundle)
    if service.describes_itself:
        kg.store.put(kg.graphs.description, description.stored(settings.address))
    return description


def gather_knowledge(kg: KG, settings: Settings, description: Description) -> Knowledge:
    """Return everything that is looked up in this process."""
    shapes = Ontology(read_files(bundle.shapes() if settings.bundle else []))
    terms = tuple(kg.ontology.terms())
    return Knowledge(kg, Facts(kg), SearchIndex(kg), shapes, tuple(kg.cases()), terms, description)


def _argument(kg: KG, snapshot: Path, settings: Settings) -> str:
    """Return what workers are told of a generation."""
    graphs: Graphs = kg.graphs
    return json.dumps(
        {
            "snapshot": str(snapshot),
            "base": graphs.base,
            "empty": [graph.value for graph, size in kg.quads.sizes().items() if not size],
            "merge": settings.default_graph == "merge",
            "shacl_engine": settings.shacl_engine,
        }
    )
