"""The server's view of one zygote and its workers."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
from collections import Counter, deque
from collections.abc import Callable

from govkg import logs
from govkg.errors import GovkgError, NotReadyError
from govkg.workers.frames import RETRY_AFTER, Header, error_in, hear
from govkg.workers.worker import PATIENCE, Worker

PAUSE = 0.1  # seconds before a worker that died idle is replaced, so that a fault cannot spin
_HUGE_PAGES = "glibc.malloc.hugetlb=1"  # a fork of 0.7 GB: 1 ms, not 25 ms
_ONE_ARENA = "glibc.malloc.arena_max=1"  # the thread of a worker uses the memory that it was given
_TUNABLES = {
    "GLIBC_TUNABLES": f"{_HUGE_PAGES}:{_ONE_ARENA}",
    "OPENBLAS_NUM_THREADS": "1",  # openpyxl imports numpy if it can: forks want no thread
}


class Generation:
    """The server's view of one zygote and its workers."""

    def __init__(
        self,
        size: int,
        memory_mb: int,
        on_idle: Callable[[], None],
        on_gone: Callable[["Generation"], None],
        ends: Counter[str],
    ) -> None:
        """Describe the generation; `launch` starts it. Workers that die idle are counted."""
        self._loop = asyncio.get_running_loop()
        self._size = size
        self._memory_mb = memory_mb
        self._on_idle = on_idle
        self._on_gone = on_gone
        self._ends = ends
        self.workers: set[Worker] = set()
        self.idle: list[Worker] = []
        self.ready: asyncio.Future[None] = self._loop.create_future()
        """Done when the first workers are there, or with the reason why they never will be."""
        self.gone: asyncio.Future[None] = self._loop.create_future()
        """Done when the zygote has ended."""
        self.epoch = 0
        """How many states the zygote has had before the present one."""
        self._turn: asyncio.Future[None] | None = None
        """Done when workers with the state that the zygote goes over to have taken over."""
        self._coming: list[Worker] | None = None
        """Those workers, while not all of them are there."""
        self._spares: deque[asyncio.Future[Worker]] = deque()
        self._unreaped: dict[int, Worker] = {}
        self._argument: str | None = None
        self._warm = self._prepared = self._asked = self._retired = self._over = False
        self._forks = 0

    def launch(self, jobs: str, constant: str) -> None:
        """Start the zygote, which can import whatever the server can; it waits for `prepare`."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        command = [sys.executable, "-P", "-m", "govkg.workers"]
        words = [str(theirs.fileno()), jobs, constant, str(self._memory_mb), logs.form()]
        path = os.pathsep.join(each or "." for each in sys.path)
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 # our own command
                    [*command, *words],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=_TUNABLES | os.environ | {"PYTHONPATH": path},
                )
            except BaseException:
                self._control.close()
                raise
        self._loop.add_reader(self._control, self._listen)

    def prepare(self, argument: str) -> None:
        """Have the zygote load the state of its jobs, once it has imported them, and fork."""
        self._argument = argument
        self._say_argument()

    def _say_argument(self) -> None:
        """Send the argument, in a file since it may be long, to a zygote that listens."""
        if self._argument is None or not self._warm:
            return
        with tempfile.TemporaryFile() as file, contextlib.suppress(OSError):
            file.write(self._argument.encode())
            file.flush()
            socket.send_fds(self._control, [b"prepare"], [file.fileno()])
        self._argument = None

    async def advance(self, step: bytes) -> None:
        """Have the zygote go over to another state, and let workers that have it take over.

        The present ones work until then. Raises what the zygote raised, or NotReadyError if it
        ended; then it forks no more, and the present workers go on until this is retired.
        """
        if self.gone.done():
            raise _replaced()
        turn = self._turn = self._loop.create_future()
        try:
            with tempfile.TemporaryFile() as file, contextlib.suppress(OSError):
                file.write(step)  # an ended zygote is noticed by _listen
                file.flush()
                socket.send_fds(self._control, [b"advance"], [file.fileno()])
            await turn
        finally:
            self._turn = None
            coming, self._coming = self._coming or [], None
            for worker in coming:
                self.drop(worker)

    def _advanced(self) -> None:
        """Take note that the zygote has gone over to another state, and have it fork."""
        self.epoch += 1
        self._coming = []
        self._fill()

    def _take_over(self, coming: list[Worker]) -> None:
        """Put workers with the new state in the place of the others."""
        before, self.idle, self._coming = self.idle, coming, None
        for worker in before:
            self.drop(worker)
        if self._turn and not self._turn.done():
            self._turn.set_result(None)
        self._on_idle()

    async def spare(self) -> Worker:
        """Return a worker beyond the usual ones, for one job; the caller drops it.

        Raises NotReadyError if the zygote ends before it is there. Cancelled, it leaves no worker.
        """
        spare: asyncio.Future[Worker] = self._loop.create_future()
        self._spares.append(spare)
        self._fill()
        if self.gone.done():
            self._disappoint()
        try:
            return await spare
        except asyncio.CancelledError:
            if spare.done() and not spare.cancelled() and spare.exception() is None:
                self.drop(spare.result())  # it came at the very same moment
            raise

    def free(self, worker: Worker) -> None:
        """Let a worker idle, unless it has ended or is no longer wanted."""
        new = worker.epoch == self.epoch
        if self._retired or worker.reaped or not (new or self._coming is not None):
            self.drop(worker)
        elif new and self._coming is not None:
            self._coming.append(worker)
            if len(self._coming) >= self._size:
                self._take_over(self._coming)
        else:
            self.idle.append(worker)
            self._on_idle()

    def drop(self, worker: Worker) -> None:
        """Kill a worker and ask for another; harmless when repeated."""
        if worker not in self.workers:
            return
        idle = False
        for each in (self.idle, self._coming or []):
            if worker in each:
                each.remove(worker)
                idle = True
        self.workers.remove(worker)
        worker.kill()
        worker.close()
        if self._retired:
            self._end_when_unused()
        elif idle:
            self._loop.call_later(PAUSE, self._fill)
        else:
            self._fill()

    def retire(self) -> None:
        """Fork no more; end when the last job is done."""
        self._retired = True
        for worker in list(self.idle):
            self.drop(worker)
        self._end_when_unused()

    def break_off(self) -> None:
        """Kill the workers that have a job, but for spare ones, which work out what is written.

        The calls that wait for them notice.
        """
        for worker in self.workers - set(self.idle):
            if not worker.spare:
                worker.kill()

    def end(self) -> None:
        """Have the zygote end its workers and itself."""
        self._retired = self._over = True
        if self.gone.done():
            self._end_workers()
            return
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)

    async def finish(self) -> None:
        """Return when all has ended, by force if need be."""
        self.end()
        await asyncio.wait([self.gone], timeout=PATIENCE)
        self._depart()

    def _end_workers(self) -> None:
        """End the workers that a zygote left; a call that waits for one closes its descriptors."""
        self.break_off()
        for worker in list(self.idle):
            self.drop(worker)

    def _end_when_unused(self) -> None:
        """End when nobody works any more and nobody waits for a spare worker."""
        if not self.workers and not self._spares:
            self.end()

    def _fill(self) -> None:
        """Ask for a worker if one is missing; one request is under way at a time."""
        wanted = self._spares or not (self._retired or self._regular() >= self._size)
        if not self._prepared or self._asked or not wanted or self.gone.done():
            return
        with contextlib.suppress(OSError):  # an ended zygote is noticed by _listen
            self._control.send(b"fork")
            self._asked = True

    def _listen(self) -> None:
        """Hear what the zygote says."""
        try:
            message, descriptors = hear(self._control)
        except BlockingIOError:  # pragma: no cover # a false alarm
            return
        except ConnectionError:  # pragma: no cover # it died with a request unread
            message, descriptors = {}, []
        if message:
            self._heed(message, descriptors)
        else:
            self._depart()

    def _heed(self, message: Header, descriptors: list[int]) -> None:
        """Act on what the zygote says."""
        if "forked" in message:
            self._arrive(message["forked"], descriptors)
        elif "ended" in message:
            self._bury(message["ended"], memory=message["memory"])
        elif "warm" in message:
            self._warm = True
            self._say_argument()
        elif "advanced" in message:
            self._advanced()
        elif "error" in message:
            self._fail(error_in(message))
        else:
            self._prepared = True
            self._fill()

    def _arrive(self, pid: int, descriptors: list[int]) -> None:
        """Welcome a new worker."""
        self._asked = False
        if not descriptors:  # this process has no free descriptor: the worker ends by itself
            self._loop.call_later(PAUSE, self._fill)
            return
        worker = Worker(self, pid, descriptors)
        self.workers.add(worker)
        self._unreaped[pid] = worker
        if self._lend(worker):
            self._fill()
            return
        if self._regular() > self._size:  # whoever wanted it has left
            self.drop(worker)
            return
        self._forks += 1
        if self._forks >= self._size:
            self._resolve(None)
        self.free(worker)
        self._fill()

    def _regular(self) -> int:
        """Count the workers with the present state that are not spare ones."""
        return sum(not each.spare and each.epoch == self.epoch for each in self.workers)

    def _lend(self, worker: Worker) -> bool:
        """Give a new worker to whoever waits for a spare one; say whether anybody did."""
        while self._spares:
            spare = self._spares.popleft()
            if not spare.done():
                worker.spare = True
                spare.set_result(worker)
                return True
        return False

    def _disappoint(self) -> None:
        """Tell those who wait for a spare worker that there will be none."""
        while self._spares:
            spare = self._spares.popleft()
            if not spare.done():
                spare.set_exception(_replaced())

    def _bury(self, pid: int, *, memory: bool) -> None:
        """Take note that a worker has ended; if it was idle nobody else will."""
        worker = self._unreaped.pop(pid, None)
        if worker:
            worker.reaped = True
            worker.memory_was_why.set_result(memory)
            if worker in self.idle or worker in (self._coming or ()):
                self._ends["idle"] += 1
                self.drop(worker)

    def _depart(self) -> None:
        """Take note that the zygote has ended; workers that are left finish their jobs."""
        if self.gone.done():
            return
        self._loop.remove_reader(self._control)
        self._control.close()
        self._process.kill()
        status = self._process.wait()  # at once: it is dead, or closed its socket as its last act
        for worker in self._unreaped.values():
            worker.memory_was_why.set_result(False)
        reason = f"the zygote ended with status {status} before it was ready"
        self._fail(NotReadyError(reason=reason, retry_after=RETRY_AFTER))
        self.gone.set_result(None)
        self._disappoint()
        if self._over:
            self._end_workers()
        self._on_gone(self)

    def _fail(self, error: GovkgError) -> None:
        """Tell who waits for a state of the zygote that there will be none."""
        self._resolve(error)
        if self._turn and not self._turn.done():
            self._turn.set_exception(error)

    def _resolve(self, error: GovkgError | None) -> None:
        """Tell who waits for this generation that it is ready, or why not."""
        if self.ready.done():
            return
        if error:
            self.ready.set_exception(error)
            self.ready.exception()  # nobody may wait for one that is kept in reserve
        else:
            self.ready.set_result(None)


def _replaced() -> NotReadyError:
    """Return the error of a zygote that has ended."""
    return NotReadyError(reason="its workers are being replaced", retry_after=RETRY_AFTER)
