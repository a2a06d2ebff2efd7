"""What readers see: one generation of the data after the other, each complete and unchanging."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, partial
from itertools import count
from pathlib import Path

from govkg import bundle
from govkg.api.facts import Facts
from govkg.api.knowledge import Knowledge, Made, Service
from govkg.api.searching import SearchIndex
from govkg.backups import swapping
from govkg.backups.control import Control
from govkg.cases import KG
from govkg.cases.graphs import Graphs
from govkg.cases.kg import fill
from govkg.cases.projecting import journal_file, projection
from govkg.cases.succeeding import Generation, Succession, is_worn
from govkg.cases.writing import Writer
from govkg.errors import GovkgError
from govkg.journal import Journal
from govkg.ontology import Ontology, read_files
from govkg.registers import Kept, Registry
from govkg.settings import Settings
from govkg.store import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.mirror import Mirror
from govkg.workers import Pool, Source
from govkg.workers.frames import pack

_log = logging.getLogger("govkg.generations")


class Generations:
    """Opens the store and makes the service show what is in it, again after each write.

    A generation is what the data is, with what follows from it, everything that is looked up in it,
    and worker processes that have it. It is made from the one before by what has changed; readers
    use the old one until the new one is complete.
    """

    def __init__(self, service: Service) -> None:
        """Take the service that is to show the data."""
        self._service = service
        self._settings = settings = service.settings
        self._numbers = count(1)
        self._kept = Kept()
        self._succession = Succession(
            settings.base_iri,
            reasons=settings.bundle,
            address=settings.address if service.describes_itself else None,
        )
        self._making = asyncio.Lock()
        self._mirror: Mirror | None = None
        self._control: Control | None = None
        self._watch: asyncio.Task[None] | None = None
        self._preparing: asyncio.Task[None] | None = None
        self._removed = 0
        """How many quads were removed from what the workers have, since they loaded it."""

    async def start(self) -> None:
        """Open and fill the store, show the first generation, and let writers in."""
        self._service.pool = self._pool()
        self._service.pool.warm_up()
        self._mirror = mirror = await asyncio.to_thread(self._open)
        publish = partial(self._publish, mirror)
        await publish(None)
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
        if self._preparing:
            self._preparing.cancel()
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

    async def _publish(self, mirror: Mirror, unseen: Delta | None) -> None:
        """Make a generation of what a store now holds, and put it in the place of the last.

        ``unseen`` is what has changed since that one, None if it may be anything.
        """
        async with self._making:
            number, start = next(self._numbers), time.perf_counter()
            made = await asyncio.to_thread(self._make, mirror.present, unseen)
            known = await asyncio.to_thread(self._gather, made)
            derived = _derived(made.kg, mirror)
            source = partial(self._snapshot, number, made, derived)
            await self._let_workers_follow(number, made, derived, source)
            await asyncio.to_thread(_keep_inferred, mirror, made.kg)
            self._succession.show(made)
            self._service.knowledge = known
            self._service.cache.begin(known)
            self._removed += len(made.delta.removed) if made.delta else 0
            self._service.made = Made(number, time.time())
        if self._service.metrics:
            seconds = time.perf_counter() - start
            self._service.metrics.generation(seconds, made.reasoning_seconds)
        self._preparing = asyncio.create_task(self._prepare(source))

    def _make(self, present: EmbeddedStore, unseen: Delta | None) -> Generation:
        """Make the next generation from the last, or from all that is stored."""
        if unseen is None or self._service.knowledge is None:
            return self._succession.first(present)
        return self._succession.follow(unseen)

    def _gather(self, made: Generation) -> Knowledge:
        """Return everything that is looked up in this process."""
        return gather_knowledge(made, self._kept, self._service.knowledge)

    async def _prepare(self, source: Source) -> None:
        """Do beforehand what the next change would wait for, and replace what is worn."""
        async with self._making:
            try:
                await asyncio.to_thread(self._succession.prepare)
                if is_worn(self._removed, self._service.known().kg.quads):
                    await self._service.workers().replace(source)
                    self._removed = 0
            except Exception:  # noqa: BLE001 # the next change meets it again, and tells
                _log.exception("the next change will take longer")

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

    async def _let_workers_follow(
        self, number: int, made: Generation, derived: list[str], source: Source
    ) -> None:
        """Have workers with the new generation take over; from now on others start with it too."""
        pool, shown = self._service.workers(), self._service.made
        if made.delta is None or shown is None:
            await pool.replace(source)
            self._removed = 0
        else:
            step = await asyncio.to_thread(_step, shown.number, number, made.delta, derived)
            await pool.advance(step, source)

    @asynccontextmanager
    async def _snapshot(
        self, number: int, made: Generation, derived: list[str]
    ) -> AsyncIterator[str]:
        """Write a generation to a file, as long as workers are started with it."""
        path = self._settings.data_dir / f"snapshot-{number}.nq"
        try:
            await asyncio.to_thread(made.kg.quads.dump, path)
            yield _argument(made, path, number, derived, self._settings)
        finally:
            path.unlink(missing_ok=True)

    def _pool(self) -> Pool:
        """Return the workers, which are not started yet."""
        settings = self._settings
        return Pool(
            "govkg.cases.jobs" if settings.bundle else "govkg.store.jobs",
            "",
            size=settings.workers,
            waiting=settings.waiting,
            memory_mb=settings.worker_memory_mb,
            warm=settings.shacl_engine,
        )


def gather_knowledge(made: Generation, kept: Kept, before: Knowledge | None = None) -> Knowledge:
    """Return everything that is looked up in this process; ``kept`` may be known already.

    What ``before`` holds is of use if it is known how the generation differs from that.
    """
    kg, delta = made.kg, made.delta
    registry = Registry(kg.quads, kg.graphs, kept, made.marks.get)
    if before is None or delta is None:
        facts, index = Facts(kg), SearchIndex(kg, registry)
    else:
        facts = before.facts.after(kg, delta)
        index = before.index.after(kg, registry, made.cases, delta)
    same = before is not None and before.kg.ontology is kg.ontology
    terms = before.terms if before and same else tuple(kg.ontology.terms())
    shapes = _shapes(made.description.bundled)
    return Knowledge(
        kg=kg,
        facts=facts,
        cases=made.cases,
        terms=terms,
        index=index,
        shapes=shapes,
        description=made.description,
        registry=registry,
    )


@cache
def _shapes(bundled: bool) -> Ontology:
    """Read the shapes, if the bundle is there."""
    return Ontology(read_files(bundle.shapes() if bundled else []))


def _keep_inferred(mirror: Mirror, kg: KG) -> None:
    """Give an engine elsewhere what follows from the data."""
    if mirror.store is not mirror.present:
        mirror.keep_inferred(kg.graphs.inferred, kg.quads.triples(kg.graphs.inferred))


def _derived(kg: KG, mirror: Mirror) -> list[str]:
    """Return the names of the graphs that are made of others and not stored."""
    made = (kg.graphs.inferred, kg.graphs.description)
    return [g.value for g in made if kg.quads.holds(g) and not mirror.present.holds(g)]


def _step(before: int, number: int, delta: Delta, derived: list[str]) -> bytes:
    """Return what workers are told of a generation that have the one before."""
    head, body = delta.packed()
    return pack({"from": before, "to": number, "derived": derived, "delta": head}, body)


def _argument(
    made: Generation, snapshot: Path, number: int, derived: list[str], settings: Settings
) -> str:
    """Return what workers are told of a generation that have none."""
    quads = made.kg.quads
    return json.dumps(
        {
            "snapshot": str(snapshot),
            "generation": number,
            "base": made.kg.graphs.base,
            "empty": [graph.value for graph, size in quads.sizes().items() if not size],
            "derived": derived,
            "merge": settings.default_graph == "merge",
            "shacl_engine": settings.shacl_engine,
        }
    )
