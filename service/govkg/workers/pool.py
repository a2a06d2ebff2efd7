"""The server side: the queue before the workers, and the way from generation to generation."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Final, TypeAlias

from govkg.errors import (
    BusyError,
    DeadlineError,
    GovkgError,
    MemoryLimitError,
    NotReadyError,
    ShuttingDownError,
    WorkerLostError,
)
from govkg.workers.frames import RETRY_AFTER, Header, error_in, pack
from govkg.workers.generation import PAUSE, Generation
from govkg.workers.worker import Worker

_LONGEST_PAUSE = 30.0  # seconds between attempts to start a zygote that does not start

ENDS: Final = ("deadline", "memory", "client_left", "shutdown", "lost", "idle")
"""Why a worker was killed or died, see ``Pool.ends``."""

Source: TypeAlias = Callable[[], AbstractAsyncContextManager[str]]
"""Gives an argument that is good inside the context, as the path of a file is that goes with it."""

_log = logging.getLogger("govkg.workers")


class Pool:
    """Some workers, the queue before them, and the way from one generation to the next.

    Belongs to the event loop in which it was started.
    """

    def __init__(
        self,
        jobs: str,
        argument: str | Source,
        *,
        size: int,
        waiting: int,
        memory_mb: int,
        warm: str | None = None,
    ) -> None:
        """Describe the pool; nothing is started.

        ``jobs`` names a module (see `Jobs`), ``argument`` goes to its ``prepare``, each time that a
        zygote is started; what it is given by a source is good until that is done. ``size`` workers
        run; at most ``waiting`` calls queue; a job may add ``memory_mb`` to what was prepared.
        If ``warm`` is given it goes to the module's ``warm_up``, and a zygote is kept in reserve
        that has done this, so that `replace` takes less time.
        """
        self._jobs = jobs
        self._source = _source(argument)
        self._size = size
        self._room = waiting
        self._memory_mb = memory_mb
        self._queue: deque[asyncio.Future[Worker]] = deque()
        self._warm = warm
        self._reserve: Generation | None = None
        self._current: Generation | None = None
        self._generations: set[Generation] = set()
        self._turnover = asyncio.Lock()
        self._revival: asyncio.Task[None] | None = None
        self._refusing = self._closed = False
        self.ends: Counter[str] = Counter()
        """How many workers ended before their time, by one of ENDS: ``lost`` is a crash at work,
        and ``idle`` a crash without any."""
        self.revivals = 0
        """How many times a zygote was started because one had ended by itself."""

    @property
    def busy(self) -> int:
        """How many workers have a job, old generations included."""
        return sum(len(each.workers) - len(each.idle) for each in self._generations)

    @property
    def waiting(self) -> int:
        """How many calls wait for a worker."""
        return len(self._queue)

    @property
    def alive(self) -> int:
        """How many workers of the present generation there are, busy or idle."""
        return len(self._current.workers) if self._current else 0

    async def start(self) -> None:
        """Start the first generation; return when all its workers are there.

        Raises the GovkgError that ``prepare`` raised, or NotReadyError with any other reason.
        """
        await self.replace(self._source)

    def warm_up(self) -> None:
        """Have a zygote import what it needs before it is told what to prepare."""
        if self._reserve is None:
            self._keep_warm()

    async def advance(self, step: bytes, argument: str | Source) -> None:
        """Have workers go over to another state by a step: a packed frame for ``advance`` of jobs.

        The zygote of the present ones does it and forks others; if it cannot, or has ended, another
        one is started with the argument, which also stands for the new state from now on. If that
        fails too (as `start` does) the workers stay as they are.
        """
        source = _source(argument)
        async with self._turnover:
            if await self._stepped(step):
                self._source = source
            else:
                await self._renew(source)

    async def _stepped(self, step: bytes) -> bool:
        """Have the present zygote take a step; say whether it did."""
        if self._closed or self._current is None:
            return False
        try:
            await self._current.advance(step)
        except GovkgError as error:
            _log.warning("the workers cannot go over to other data by what changed: %s", error)
            return False
        return True

    async def replace(self, argument: str | Source) -> None:
        """Prepare a new generation and swap it in; the old one finishes its jobs and ends.

        Calls go on all the while. If it fails (as `start` does) the old generation stays.
        """
        async with self._turnover:
            await self._renew(_source(argument))

    async def run(
        self, name: str, header: Header, body: bytes, *, seconds: float
    ) -> tuple[Header, bytes]:
        """Have a worker do a job; wait at most ``seconds`` for it, and as long for its answer.

        Raises what the job raised if it is a GovkgError, else BusyError, DeadlineError,
        MemoryLimitError, WorkerLostError, NotReadyError or ShuttingDownError. If cancelled, the job
        is killed.
        """
        worker = await self._take(seconds)
        return await self._ask(worker, name, header, body, seconds)

    async def run_apart(
        self, name: str, header: Header, body: bytes, *, seconds: float
    ) -> tuple[Header, bytes]:
        """Have a worker do a job that spoils its state: one of its own, which then ends.

        It takes no worker from others, and ``refuse`` does not end it. Raises what ``run`` does.
        """
        if self._current is None or self._closed:
            raise _ending()
        try:
            async with asyncio.timeout(seconds):
                worker = await self._current.spare()
        except TimeoutError:
            raise BusyError(waiting=len(self._queue), retry_after=RETRY_AFTER) from None
        return await self._ask(worker, name, header, body, seconds)

    async def _ask(
        self, worker: Worker, name: str, header: Header, body: bytes, seconds: float
    ) -> tuple[Header, bytes]:
        """Have this worker do a job, and settle what becomes of it."""
        frame = pack({"job": name, "seconds": seconds, "header": header}, body)
        try:
            async with asyncio.timeout(seconds):
                answer, result = await worker.ask(frame)
        except TimeoutError:
            self.ends["deadline"] += 1
            raise DeadlineError(seconds=seconds, retry_after=RETRY_AFTER) from None
        except asyncio.CancelledError:
            self.ends["shutdown" if self._refusing else "client_left"] += 1
            raise
        except (OSError, EOFError, ValueError):
            raise await self._loss(worker) from None
        else:
            worker.answered = True
        finally:
            self._settle(worker)
        if "error" in answer:
            raise error_in(answer)
        return answer["header"], result

    def refuse(self) -> None:
        """Take no more calls; those that run or wait raise ShuttingDownError.

        The processes stay, and can be replaced, so that a write that began can still be shown.
        """
        self._refusing = True
        for turn in self._queue:
            if not turn.done():
                turn.set_exception(_ending())
        self._queue.clear()
        for generation in self._generations:
            generation.break_off()

    async def close(self) -> None:
        """End every process; calls that run or wait raise ShuttingDownError."""
        self._closed = True
        if self._revival:
            self._revival.cancel()
        self.refuse()
        await asyncio.gather(*(each.finish() for each in self._generations))

    async def _renew(self, source: Source) -> None:
        """Start a generation and put it in the place of the present one."""
        if self._closed:
            raise _ending()
        new, self._reserve = self._reserve, None
        if new is None or new.gone.done():
            new = self._launched()
        try:
            async with source() as argument:
                new.prepare(argument)
                await new.ready
        except BaseException:
            await new.finish()
            raise
        old, self._current, self._source = self._current, new, source
        if old:
            old.retire()
        self._serve()
        self._keep_warm()
        self._mourn(new)  # in case it ended between its last word and this line

    def _keep_warm(self) -> None:
        """Have a zygote in reserve, if one is wanted."""
        if self._warm is not None and not self._closed:
            try:
                self._reserve = self._launched()
            except OSError:
                _log.exception("no zygote in reserve; the next generation starts its own")

    def _launched(self) -> Generation:
        """Start a zygote; it has no state yet."""
        new = Generation(self._size, self._memory_mb, self._serve, self._mourn, self.ends)
        new.launch(self._jobs, self._warm or "")
        self._generations.add(new)
        return new

    def _mourn(self, generation: Generation) -> None:
        """Take note that a zygote has ended; start another if it was the present one."""
        if not generation.gone.done():
            return
        if not generation.workers:
            self._generations.discard(generation)
        reviving = self._revival is not None and not self._revival.done()
        if generation is self._current and not self._closed and not reviving:
            self._revival = asyncio.get_running_loop().create_task(self._revive(generation))

    async def _revive(self, dead: Generation) -> None:
        """Replace a generation that lost its zygote; its workers serve until then."""
        _log.error("a zygote ended by itself; starting another")
        self.revivals += 1
        pause = PAUSE
        while True:
            try:
                async with self._turnover:
                    if self._current is dead:
                        await self._renew(self._source)
            except (GovkgError, OSError):
                _log.exception("no new zygote; trying again in %s s", pause)
            if self._current is not dead and self._current and not self._current.gone.done():
                return
            dead = self._current or dead
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _take(self, seconds: float) -> Worker:
        """Return an idle worker when it is this call's turn."""
        if self._refusing:
            raise _ending()
        if self._current is None:
            raise NotReadyError(reason="the workers are not started", retry_after=RETRY_AFTER)
        if self._current.idle:
            return self._current.idle.pop()  # the last one used has the warmest caches
        if len(self._queue) >= self._room:
            raise BusyError(waiting=len(self._queue), retry_after=RETRY_AFTER)
        turn: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except BaseException as error:
            self._leave(turn)
            if isinstance(error, TimeoutError):
                raise BusyError(waiting=len(self._queue), retry_after=RETRY_AFTER) from None
            raise

    def _leave(self, turn: asyncio.Future[Worker]) -> None:
        """Leave the queue; pass on the worker if one was given at the very same moment."""
        if turn in self._queue:
            self._queue.remove(turn)
        elif not turn.cancelled() and turn.exception() is None:
            self._free(turn.result())

    def _serve(self) -> None:
        """Give idle workers to those who have waited longest."""
        while self._queue and self._current and self._current.idle:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(self._current.idle.pop())

    def _settle(self, worker: Worker) -> None:
        """Keep a worker that answered; kill one that did not, or that is spare."""
        if worker.answered and not worker.spare:
            worker.answered = False
            self._free(worker)
        else:
            worker.generation.drop(worker)
            self._mourn(worker.generation)

    def _free(self, worker: Worker) -> None:
        """Let a worker do the next job."""
        worker.generation.free(worker)
        self._mourn(worker.generation)

    async def _loss(self, worker: Worker) -> GovkgError:
        """Replace a worker that broke off, and say why it did."""
        worker.generation.drop(worker)
        memory = await worker.lacked_memory()
        if self._refusing:
            self.ends["shutdown"] += 1
            return _ending()
        self.ends["memory" if memory else "lost"] += 1
        if memory:
            return MemoryLimitError(megabytes=self._memory_mb, retry_after=RETRY_AFTER)
        return WorkerLostError(retry_after=RETRY_AFTER)


def _ending() -> ShuttingDownError:
    """Return the error of a pool that was closed."""
    return ShuttingDownError(retry_after=RETRY_AFTER)


def _source(argument: str | Source) -> Source:
    """Return what gives an argument, which may be always the same."""
    if isinstance(argument, str):
        return lambda: nullcontext(argument)
    return argument
