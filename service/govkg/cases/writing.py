"""Changes of the store: one after the other, and each seen by readers before it is acknowledged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from govkg.errors import BusyError, NotVisibleError, ShuttingDownError
from govkg.store.embedded import EmbeddedStore

Result = TypeVar("Result")
Change = Callable[[EmbeddedStore], Result]
"""Changes a store, at once or not at all, and has flushed it to disk when it returns."""

_PAUSES: Final = (0.5, 30.0)  # seconds between attempts to publish, the first and the longest
_PATIENCE: Final = 30.0  # seconds that changes under way get when the service ends

_log = logging.getLogger("govkg.writing")


@dataclass(frozen=True)
class _Wish:
    """A change that somebody waits for."""

    change: Change[Any]
    done: asyncio.Future[Any]
    changes: bool = True
    """Whether readers have to be shown something new afterwards."""


class Writer:
    """The only one who changes the store. Belongs to one event loop.

    Changes that wait for the same moment are carried out one after the other and published
    together, so that ten writers wait hardly longer than one.
    """

    def __init__(
        self, store: EmbeddedStore, publish: Callable[[], Awaitable[None]], *, waiting: int
    ) -> None:
        """Take the store, what makes readers see it, and how many changes may wait."""
        self._store = store
        self._publish = publish
        self._room = waiting
        self._wishes: list[_Wish] = []
        self._task: asyncio.Task[None] | None = None
        self._stale = False
        self._closed = False
        self.running = 0
        """How many changes somebody waits for."""

    async def write(self, change: Change[Result]) -> Result:
        """Carry out a change; return when it is on disk and every later reader sees it.

        Raises what the change raises, BusyError if too many wait, and NotVisibleError if the change
        is on disk but readers do not see it yet. A change whose caller has left still happens.
        """
        return await self._wish(change, changes=True)

    async def between_writes(self, reading: Change[Result]) -> Result:
        """Run what only reads the store at a moment when nobody changes it; raises as ``write``."""
        return await self._wish(reading, changes=False)

    async def _wish(self, change: Change[Result], *, changes: bool) -> Result:
        """Wait in the queue, and return the result."""
        if self._closed:
            raise ShuttingDownError(retry_after=5)
        if len(self._wishes) >= self._room:
            raise BusyError(waiting=len(self._wishes), retry_after=2)
        wish = _Wish(change, asyncio.get_running_loop().create_future(), changes)
        self._wishes.append(wish)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        self.running += 1
        try:
            result: Result = await wish.done
        finally:
            self.running -= 1
        return result

    async def close(self) -> None:
        """Take no more changes, and let those that were taken end."""
        self._closed = True
        if self._task:
            await asyncio.wait([self._task], timeout=_PATIENCE)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        """Carry out and publish all that is wanted, as long as something is."""
        pause = _PAUSES[0]
        while self._wishes or self._stale:
            wishes, self._wishes = self._wishes, []
            results = await asyncio.to_thread(self._apply, wishes)
            self._stale = self._stale or bool(results)
            error = await self._show() if self._stale else None
            for wish, result in results:
                _settle(wish.done, result if error is None else error)
            if error is None:
                pause = _PAUSES[0]
            elif self._closed:
                return
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _PAUSES[1])

    def _apply(self, wishes: list[_Wish]) -> list[tuple[_Wish, Any]]:
        """Carry out wishes; return the changes that came about, and answer all others."""
        results = []
        for wish in wishes:
            try:
                result = wish.change(self._store)
                if wish.changes:
                    results.append((wish, result))
                else:
                    wish.done.get_loop().call_soon_threadsafe(_settle, wish.done, result)
            except BaseException as error:  # noqa: BLE001 # a panic in Rust is not an Exception
                _log.debug("a change was refused: %s", error)
                wish.done.get_loop().call_soon_threadsafe(_settle, wish.done, error)
        return results

    async def _show(self) -> NotVisibleError | None:
        """Publish; return the error to tell if that fails."""
        try:
            await self._publish()
        except Exception as error:  # noqa: BLE001 # whatever it is, the write is on disk
            _log.exception("a write is stored but cannot be shown; trying again")
            return NotVisibleError(reason=f"{type(error).__name__}: {error}", retry_after=5)
        self._stale = False
        return None


def _settle(done: asyncio.Future[Any], result: Any) -> None:
    """Tell the one who waits, if anybody still does."""
    if done.done():
        return
    if isinstance(result, BaseException):
        done.set_exception(result)
    else:
        done.set_result(result)
