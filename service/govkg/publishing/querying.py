"""Queries to releases: a pool with one worker for each release that is asked, a few at most."""

import asyncio
import json
from collections import OrderedDict
from typing import Any, Final

from govkg.errors import NotFoundError
from govkg.publishing.releases import Release, release_named, unpack
from govkg.settings import Settings
from govkg.workers import Pool

PREFIX: Final = "snapshot-release-"
"""How the names of files begin from which workers load a release; a start removes them."""


class ReleasePools:
    """The releases that are loaded; the least recently used gives way. Belongs to one event loop.

    A release is loaded when somebody first asks it, which takes a second or more; one is loaded at
    a time. Queries that run in one that gives way are finished.
    """

    def __init__(self, settings: Settings) -> None:
        """Take the settings, which say how many may be loaded."""
        self._settings = settings
        self._pools: OrderedDict[str, Pool] = OrderedDict()
        self._loading = asyncio.Lock()
        self._leaving: set[asyncio.Task[None]] = set()
        self._running: dict[Pool, int] = {}

    async def run(
        self, version: str, header: dict[str, Any], query: bytes, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Answer a query on a release; raises NotFoundError, and what ``Pool.run`` does."""
        pool = await self._pool(version)
        self._running[pool] = self._running.get(pool, 0) + 1
        try:
            return await pool.run("query", header, query, seconds=seconds)
        finally:
            self._running[pool] -= 1

    async def close(self) -> None:
        """End all workers."""
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)
        pools = [*self._running, *self._pools.values()]
        await asyncio.gather(*(pool.close() for pool in dict.fromkeys(pools)))

    async def _pool(self, version: str) -> Pool:
        """Return the workers of a release, which are started if need be."""
        settings = self._settings
        if not settings.releases_at_once:
            hint = "Set GOVKG_RELEASES_AT_ONCE, or load its files into a store of your own."
            raise NotFoundError(what="release to query", name=version, hint=hint)
        async with self._loading:
            if version not in self._pools:
                release = await asyncio.to_thread(release_named, settings.data_dir, version)
                self._make_room()
                self._pools[version] = await self._started(release)
            self._pools.move_to_end(version)
            return self._pools[version]

    def _make_room(self) -> None:
        """Let the least recently used leave, once its queries are answered."""
        while len(self._pools) >= self._settings.releases_at_once:
            _, pool = self._pools.popitem(last=False)
            task = asyncio.get_running_loop().create_task(self._leave(pool))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave(self, pool: Pool) -> None:
        while self._running.get(pool):
            await asyncio.sleep(0.05)
        self._running.pop(pool, None)
        await pool.close()

    async def _started(self, release: Release) -> Pool:
        """Unpack a release and start a worker on it."""
        settings = self._settings
        snapshot = settings.data_dir / f"{PREFIX}{release.version}.nq"
        await asyncio.to_thread(unpack, release, snapshot)
        argument = {
            "snapshot": str(snapshot),
            "base": release.dump.base,
            "merge": settings.default_graph == "merge",
        }
        pool = Pool(
            "govkg.publishing.release_jobs",
            json.dumps(argument),
            size=1,
            waiting=settings.waiting,
            memory_mb=settings.worker_memory_mb,
        )
        try:
            await pool.start()
        except BaseException:
            await pool.close()
            raise
        return pool
