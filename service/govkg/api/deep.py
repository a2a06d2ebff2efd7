"""Deep checks by HermiT, bounded so that they never stand in the way of the service."""

import asyncio
from collections.abc import Iterable

from pyoxigraph import Triple

from govkg.errors import BusyError
from govkg.reasoning import DeepCheck, HermiT


class DeepChecks:
    """Deep checks, one at a time."""

    def __init__(self, seconds: float) -> None:
        """Take the deadline of a check."""
        self._seconds = seconds
        self._running: asyncio.Task[DeepCheck] | None = None
        self._hermit = HermiT()

    async def check(self, triples: Iterable[Triple]) -> DeepCheck:
        """Check; raises BusyError if another check runs, and what ``deep_check`` raises."""
        if self._running and not self._running.done():
            raise BusyError(waiting=1, retry_after=5)
        self._hermit = HermiT()
        work = asyncio.to_thread(self._hermit.check, triples, self._seconds)
        self._running = asyncio.create_task(work)
        try:
            return await asyncio.shield(self._running)
        except asyncio.CancelledError:
            self._running.add_done_callback(lambda task: task.exception())
            self.end()
            raise

    def end(self) -> None:
        """End the check that runs, if any."""
        self._hermit.end()
