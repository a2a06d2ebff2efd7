"""Changes of the store: one after the other, and each seen by readers before it is acknowledged."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, TypeAlias, TypeVar

from govkg.errors import BusyError, NotVisibleError, OutdatedError, ShuttingDownError
from govkg.store.deltas import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.mirror import Mirror

Result = TypeVar("Result")
Change: TypeAlias = Callable[[EmbeddedStore, Delta], Awaitable[tuple[Delta, Result]]]
"""Works out a change from what is stored, which it only reads, and what readers do not see of that
yet. It may be asked again, if others change the data meanwhile."""
Work: TypeAlias = Callable[[EmbeddedStore], Result]
"""What is done with the store, in a thread, while nobody else changes it."""

_TRIES: Final = 10  # how often a change is worked out again because others were quicker
_PAUSES: Final = (0.5, 30.0)  # seconds between attempts to publish, the first and the longest
_PATIENCE: Final = 30.0  # seconds that changes under way get when the service ends

_log = logging.getLogger("govkg.writing")


@dataclass(frozen=True)
class _Wish:
    """Something that somebody waits for."""

    work: Callable[[], Awaitable[Any]]
    done: asyncio.Future[Any]
    kind: Literal["change", "reading", "replacement"]


class Writer:
    """The only one in this process who changes the store. Belongs to one event loop.

    Changes that wait for the same moment are carried out one after the other and published
    together, so that ten writers wait hardly longer than one.
    """

    def __init__(
        self, mirror: Mirror, publish: Callable[[Delta | None], Awaitable[None]], *, waiting: int
    ) -> None:
        """Take the store, what makes readers see it, and how many changes may wait.

        What publishes is told what readers do not see yet, or None if it may be anything.
        """
        self._mirror = mirror
        self._publish = publish
        self._room = waiting
        self._wishes: list[_Wish] = []
        self._task: asyncio.Task[None] | None = None
        self._unseen = Delta()
        self._stale = False
        self._adrift = False
        self._closed = False
        self.running = 0
        """How many changes somebody waits for."""

    async def write(self, change: Change[Result]) -> Result:
        """Carry out a change; return when it is on disk and every later reader sees it.

        Raises what the change raises, BusyError if too many wait, and NotVisibleError if the change
        is on disk but readers do not see it yet. A change whose caller has left still happens.
        """
        result: Result = await self._wish(partial(self._changed, change), "change")
        return result

    async def replace(self, work: Work[Result]) -> Result:
        """Change all there is, by something that is no delta; otherwise as ``write``."""
        result: Result = await self._wish(partial(self._replaced, work), "replacement")
        return result

    async def between_writes(self, work: Work[Result]) -> Result:
        """Run what only reads the store at a moment when nobody changes it; raises as ``write``."""
        reading = partial(asyncio.to_thread, work, self._mirror.present)
        result: Result = await self._wish(reading, "reading")
        return result

    async def look(self) -> None:
        """Look whether others have changed the store; return when readers see what they did.

        Raises what ``write`` does, and what the store raises.
        """
        await self._wish(self._refresh, "change")

    async def _wish(
        self,
        work: Callable[[], Awaitable[Any]],
        kind: Literal["change", "reading", "replacement"],
    ) -> Any:
        """Wait in the queue, and return the result."""
        if self._closed:
            raise ShuttingDownError(retry_after=5)
        if len(self._wishes) >= self._room:
            raise BusyError(waiting=len(self._wishes), retry_after=2)
        wish = _Wish(work, asyncio.get_running_loop().create_future(), kind)
        self._wishes.append(wish)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        self.running += 1
        try:
            return await wish.done
        finally:
            self.running -= 1

    async def close(self) -> None:
        """Take no more changes, and let those that were taken end."""
        self._closed = True
        if self._task:
            await asyncio.wait([self._task], timeout=_PATIENCE)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for wish in self._wishes:
            _settle(wish.done, ShuttingDownError(retry_after=5))

    async def _work(self) -> None:
        """Carry out and publish all that is wanted, as long as something is."""
        pause = _PAUSES[0]
        while self._wishes or self._stale:
            done = [(wish, await self._carry_out(wish)) for wish in self._next()]
            error = await self._show() if self._stale else None
            for wish, result in done:
                _settle(wish.done, result if error is None else error)
            if error is None:
                pause = _PAUSES[0]
            elif self._closed:
                return
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _PAUSES[1])

    def _next(self) -> list[_Wish]:
        """Take the wishes up to a replacement: no change can be worked out before it is seen."""
        if self._adrift:
            return []
        kinds = [wish.kind for wish in self._wishes]
        end = kinds.index("replacement") + 1 if "replacement" in kinds else len(kinds)
        taken, self._wishes = self._wishes[:end], self._wishes[end:]
        return taken

    async def _carry_out(self, wish: _Wish) -> Any:
        """Carry out a wish; return its result, unless it need not be published: that is told."""
        try:
            result = await wish.work()
        except asyncio.CancelledError:
            _settle(wish.done, ShuttingDownError(retry_after=5))
            raise
        except BaseException as error:  # noqa: BLE001 # a panic in Rust is not an Exception
            _log.debug("a change was refused: %s", error)
            _settle(wish.done, error)
        else:
            if wish.kind == "reading":
                _settle(wish.done, result)
            return result

    async def _changed(self, change: Change[Result]) -> Result:
        """Work out a change and apply it, again if others have changed the data meanwhile."""
        for rest in reversed(range(_TRIES)):
            delta, result = await change(self._mirror.present, self._unseen)
            try:
                if delta:
                    await asyncio.to_thread(self._mirror.apply, delta)
            except OutdatedError:
                if not rest:
                    raise
                await self._refresh()
            else:
                break
        self._note(delta)
        return result

    async def _replaced(self, work: Work[Result]) -> Result:
        """Replace what is stored; it has to be published, even if it fails half-way.

        Until then what readers see and what they do not see do not make up what is stored.
        """
        self._stale = self._adrift = True
        return await asyncio.to_thread(work, self._mirror.present)

    async def _refresh(self) -> None:
        """Take note of what others have changed."""
        self._note(await asyncio.to_thread(self._mirror.refresh))

    def _note(self, delta: Delta) -> None:
        """Keep in mind what readers do not see yet."""
        if delta:
            self._unseen = self._unseen.then(delta)
            self._stale = True

    async def _show(self) -> NotVisibleError | None:
        """Publish; return the error to tell if that fails."""
        try:
            await self._publish(None if self._adrift else self._unseen)
        except Exception as error:  # noqa: BLE001 # whatever it is, the write is on disk
            _log.exception("a write is stored but cannot be shown; trying again")
            return NotVisibleError(reason=f"{type(error).__name__}: {error}", retry_after=5)
        self._stale, self._adrift, self._unseen = False, False, Delta()
        return None


def _settle(done: asyncio.Future[Any], result: Any) -> None:
    """Tell the one who waits, if anybody still does."""
    if done.done():
        return
    if isinstance(result, BaseException):
        done.set_exception(result)
    else:
        done.set_result(result)
