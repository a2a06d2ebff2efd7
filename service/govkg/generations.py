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
from govkg.cases.description import Counted, Description
from govkg.cases.graphs import Graphs
from govkg.cases.kg import fill
from govkg.cases.projecting import journal_file, projection
from govkg.cases.writing import Writer
from govkg.errors import GovkgError
from govkg.journal import Journal
from govkg.ontology import Ontology, read_files
from govkg.reasoning import Closure
from govkg.registers import Kept, Registry
from govkg.settings import Settings
from govkg.store.deltas import in_graph
from govkg.store.embedded import EmbeddedStore
from govkg.store.mirror import Mirror
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
        self._kept = Kept()
        self._counted: Counted = {}
        self._snapshot: Path | None = None
        self._mirror: Mirror | None = None
        self._control: Control | None = None
        self._watch: asyncio.Task[None] | None = None
        self._spare: Closure | None = None
        """The closure of the generation before the one that readers see."""

    async def start(self) -> None:
        """Open and fill the store, show the first generation, and let writers in."""
        self._mirror = mirror = await asyncio.to_thread(self._open)
        publish = partial(self._publish, mirror)
        await publish()
        writer = Writer(mirror, publish, waiting=self._settings.waiting)
        self._service.writer = writer
        if mirror.store is mirror.present:
            self._control = Control(self._settings, writer)
            await self._control.open()
        else:
            self._watch = asyncio.create_task(self._look_for_others(writer))

    async def close(self) -> None:
        """End the writer and the workers."""
        if self._control:
            await self._control.close()
        await self._service.dumps.close()
        await self._service.releases.close()
        if self._watch:
            self._watch.cancel()
        if self._service.writer:
            await self._service.writer.close()
        if self._service.pool:
            await self._service.pool.close()
        if self._mirror:
            self._mirror.store.close()
        if self._service.journal:
            self._service.journal.close()

    async def _look_for_others(self, writer: Writer) -> None:
        """Show what other services write to the same engine, soon after they did."""
        while True:
            await asyncio.sleep(self._settings.store_poll_seconds)
            try:
                await writer.look()
            except GovkgError as error:
                _log.warning("the engine cannot be asked for changes: %s", error)

    async def _publish(self, mirror: Mirror) -> None:
        """Make a generation of what a store now holds, and put it in the place of the last."""
        number, start = next(self._numbers), time.perf_counter()
        snapshot = self._settings.data_dir / f"snapshot-{number}.nq"
        try:
            kg = await asyncio.to_thread(derive, mirror.present, self._settings, self._spare)
            description = await asyncio.to_thread(describe, kg, self._service, self._counted)
            await asyncio.to_thread(kg.store.dump, snapshot)
            inferred = kg.quads.triples(kg.graphs.inferred)
            known, _, _ = await asyncio.gather(
                asyncio.to_thread(gather_knowledge, kg, self._settings, description, self._kept),
                self._let_workers_load(_argument(kg, mirror, snapshot, self._settings)),
                asyncio.to_thread(mirror.keep_inferred, kg.graphs.inferred, inferred),
            )
        except BaseException:
            snapshot.unlink(missing_ok=True)
            raise
        old, self._snapshot = self._snapshot, snapshot
        self._spare = self._service.knowledge.kg.closure if self._service.knowledge else None
        self._service.knowledge = known
        self._service.made = Made(number, time.time())
        if self._service.metrics:
            seconds = time.perf_counter() - start
            self._service.metrics.generation(seconds, kg.reasoning_seconds)
        if old:
            old.unlink(missing_ok=True)

    def _open(self) -> Mirror:
        """Open the store, and fill it if need be."""
        settings = self._settings
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        store = swapping.opened(settings)
        store.hold_apart(Graphs(settings.base_iri).inferred)
        for left_over in settings.data_dir.glob("snapshot*.nq*"):
            left_over.unlink(missing_ok=True)
        if settings.bundle:
            fill(store, settings.base_iri, progress=partial(_log.info, "%s"))
        mirror = Mirror(store)
        mirror.refresh()
        if settings.bundle:
            journal = self._service.journal = Journal(partial(journal_file, settings))
            mirror.apply(projection(journal, mirror.present, Graphs(settings.base_iri)))
        return mirror

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
            warm=self._settings.shacl_engine,
        )
        await self._service.pool.start()


def derive(present: EmbeddedStore, settings: Settings, spare: Closure | None = None) -> KG:
    """Return a copy of a store in memory, with what follows from it.

    A spare closure of an earlier generation is brought up to date, if there is one.
    Of what follows nothing is kept on disk. Where nothing is inferred, no copy is needed.
    """
    store = present.copy() if settings.bundle else present
    return KG.derived(store, settings.base_iri, reasons=settings.bundle, closure=spare)


def describe(kg: KG, service: Service, counted: Counted) -> Description:
    """Count what a generation holds, and where queries are to find the numbers, add their graph."""
    settings = service.settings
    description = Description(kg, bundled=settings.bundle, counted=counted)
    if service.describes_itself:
        triples = description.stored(settings.address)
        kg.quads.extend(in_graph(kg.graphs.description, triples))
    return description


def gather_knowledge(kg: KG, settings: Settings, description: Description, kept: Kept) -> Knowledge:
    """Return everything that is looked up in this process; ``kept`` may be known already."""
    shapes = Ontology(read_files(bundle.shapes() if settings.bundle else []))
    terms = tuple(kg.ontology.terms())
    registry = Registry(kg.quads, kg.graphs, kept)
    return Knowledge(
        kg=kg,
        facts=Facts(kg),
        cases=tuple(kg.cases()),
        terms=terms,
        index=SearchIndex(kg, registry),
        shapes=shapes,
        description=description,
        registry=registry,
    )


def _argument(kg: KG, mirror: Mirror, snapshot: Path, settings: Settings) -> str:
    """Return what workers are told of a generation."""
    graphs: Graphs = kg.graphs
    return json.dumps(
        {
            "snapshot": str(snapshot),
            "base": graphs.base,
            "empty": [graph.value for graph, size in kg.quads.sizes().items() if not size],
            "derived": [each.value for each in kg.quads.graphs() if not mirror.present.holds(each)],
            "merge": settings.default_graph == "merge",
            "shacl_engine": settings.shacl_engine,
        }
    )
