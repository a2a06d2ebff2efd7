"""Processes that do untrusted or heavy work, and that can be killed.

Three kinds of process take part:

* The **server** holds a `Pool`. It never parses user bytes and never runs a query itself.
* The **zygote** is a fresh, single-threaded interpreter (``python -m govkg.workers``). It imports
  the module of jobs, prepares its state once, and from then on only forks. Each `Pool.replace`
  starts another one: a zygote and its workers are a *generation*.
* A **worker** is a fork of the zygote, so it has the state at once and shares its memory. It does
  one job after another, can open nothing, and has bounded memory and CPU time.

Server and worker exchange frames: the two lengths, a JSON header, a raw body. No pickle: a worker
that was taken over by its input can send wrong answers, but can run nothing in the server.
Nothing outlives the server: a zygote ends, and ends its workers, when its control socket closes.
Nothing polls either: an idle pool costs no CPU time.
"""

import asyncio
import contextlib
import fcntl
import gc
import importlib
import json
import logging
import math
import os
import resource
import selectors
import signal
import socket
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeAlias, TypeVar

from govkg.errors import (
    ERRORS,
    BusyError,
    DeadlineError,
    GovkgError,
    MemoryLimitError,
    NotReadyError,
    WorkerLostError,
)

Header: TypeAlias = dict[str, Any]
"""JSON values by name: what a job is asked for, or what it says about its answer."""

State = TypeVar("State")

_LENGTHS = struct.Struct("!IQ")  # of the header and of the body, in bytes
_CHUNK = 1 << 16
_RETRY_AFTER = 1  # seconds
_PAUSE = 0.1  # seconds before a worker that died idle is replaced, so that a fault cannot spin
_PATIENCE = 5.0  # seconds that a process is given to end before it is killed
_LONGEST_PAUSE = 30.0  # seconds between attempts to start a zygote that does not start
_OUT_OF_MEMORY = 12  # exit status of a worker that met MemoryError
_HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}  # a fork of 0.7 GB: 1 ms, not 25 ms
_ALLOCATION_FAILED = (b"memory allocation of", b"std::bad_alloc")  # last words in Rust and in C++

_log = logging.getLogger("govkg.workers")


class Jobs(Protocol[State]):
    """What a module of jobs holds.

    Import everything that a job needs at the top of the module or in ``prepare``: a worker cannot
    open a file, so a late import fails. Start no thread in ``prepare``: a fork would lose it.
    """

    JOBS: Mapping[str, Callable[[State, Header, bytes], tuple[Header, bytes]]]
    """Each job by name. What it changes in the state is seen by later jobs of one worker only."""

    def prepare(self, argument: str) -> State:
        """Load what the jobs share. The argument says which version of it, often as a path."""
        ...


class Pool:
    """Some workers, the queue before them, and the way from one generation to the next.

    Belongs to the event loop in which it was started.
    """

    def __init__(
        self, jobs: str, argument: str, *, size: int, waiting: int, memory_mb: int
    ) -> None:
        """Describe the pool; nothing is started.

        ``jobs`` names a module (see `Jobs`), ``argument`` goes to its ``prepare``. ``size`` workers
        run; at most ``waiting`` calls queue; a job may add ``memory_mb`` to what was prepared.
        """
        self._jobs = jobs
        self._argument = argument
        self._size = size
        self._room = waiting
        self._memory_mb = memory_mb
        self._queue: deque[asyncio.Future[_Worker]] = deque()
        self._current: _Generation | None = None
        self._generations: set[_Generation] = set()
        self._turnover = asyncio.Lock()
        self._revival: asyncio.Task[None] | None = None
        self._closed = False

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
        await self.replace(self._argument)

    async def replace(self, argument: str) -> None:
        """Prepare a new generation and swap it in; the old one finishes its jobs and ends.

        Calls go on all the while. If it fails (as `start` does) the old generation stays.
        """
        async with self._turnover:
            await self._renew(argument)

    async def run(
        self, name: str, header: Header, body: bytes, *, seconds: float
    ) -> tuple[Header, bytes]:
        """Have a worker do a job; wait at most ``seconds`` for it, and as long for its answer.

        Raises what the job raised if it is a GovkgError, else BusyError, DeadlineError,
        MemoryLimitError, WorkerLostError or NotReadyError. If cancelled, the job is killed.
        """
        frame = _frame({"job": name, "seconds": seconds, "header": header}, body)
        worker = await self._take(seconds)
        try:
            async with asyncio.timeout(seconds):
                answer, result = await worker.ask(frame)
        except TimeoutError:
            raise DeadlineError(seconds=seconds, retry_after=_RETRY_AFTER) from None
        except (OSError, EOFError, ValueError):
            raise await self._loss(worker) from None
        else:
            worker.answered = True
        finally:
            self._settle(worker)
        if "error" in answer:
            raise _error(answer)
        return answer["header"], result

    async def close(self) -> None:
        """End every process; calls that run or wait raise NotReadyError."""
        self._closed = True
        if self._revival:
            self._revival.cancel()
        for turn in self._queue:
            if not turn.done():
                turn.set_exception(_ending())
        self._queue.clear()
        await asyncio.gather(*(each.finish() for each in self._generations))

    async def _renew(self, argument: str) -> None:
        """Start a generation and put it in the place of the present one."""
        if self._closed:
            raise _ending()
        new = _Generation(self._size, self._memory_mb, self._serve, self._mourn)
        new.launch(self._jobs, argument)
        self._generations.add(new)
        try:
            await new.ready
        except BaseException:
            await new.finish()
            raise
        old, self._current, self._argument = self._current, new, argument
        if old:
            old.retire()
        self._serve()
        self._mourn(new)  # in case it ended between its last word and this line

    def _mourn(self, generation: "_Generation") -> None:
        """Take note that a zygote has ended; start another if it was the present one."""
        if not generation.gone.done():
            return
        if not generation.workers:
            self._generations.discard(generation)
        reviving = self._revival is not None and not self._revival.done()
        if generation is self._current and not self._closed and not reviving:
            self._revival = asyncio.get_running_loop().create_task(self._revive(generation))

    async def _revive(self, dead: "_Generation") -> None:
        """Replace a generation that lost its zygote; its workers serve until then."""
        _log.error("a zygote ended by itself; starting another")
        pause = _PAUSE
        while True:
            try:
                async with self._turnover:
                    if self._current is dead:
                        await self._renew(self._argument)
            except (GovkgError, OSError):
                _log.exception("no new zygote; trying again in %s s", pause)
            if self._current is not dead and self._current and not self._current.gone.done():
                return
            dead = self._current or dead
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _take(self, seconds: float) -> "_Worker":
        """Return an idle worker when it is this call's turn."""
        if self._closed:
            raise _ending()
        if self._current is None:
            raise NotReadyError(reason="the workers are not started", retry_after=_RETRY_AFTER)
        if self._current.idle:
            return self._current.idle.pop()  # the last one used has the warmest caches
        if len(self._queue) >= self._room:
            raise BusyError(waiting=len(self._queue), retry_after=_RETRY_AFTER)
        turn: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except BaseException as error:
            self._leave(turn)
            if isinstance(error, TimeoutError):
                raise BusyError(waiting=len(self._queue), retry_after=_RETRY_AFTER) from None
            raise

    def _leave(self, turn: "asyncio.Future[_Worker]") -> None:
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

    def _settle(self, worker: "_Worker") -> None:
        """Keep a worker that answered; kill one that did not."""
        if worker.answered:
            worker.answered = False
            self._free(worker)
        else:
            worker.generation.drop(worker)
            self._mourn(worker.generation)

    def _free(self, worker: "_Worker") -> None:
        """Let a worker do the next job."""
        worker.generation.free(worker)
        self._mourn(worker.generation)

    async def _loss(self, worker: "_Worker") -> GovkgError:
        """Replace a worker that broke off, and say why it did."""
        worker.generation.drop(worker)
        await asyncio.wait([worker.memory_was_why], timeout=_PATIENCE)
        if self._closed:
            return _ending()
        if worker.memory_was_why.done() and worker.memory_was_why.result():
            return MemoryLimitError(megabytes=self._memory_mb, retry_after=_RETRY_AFTER)
        return WorkerLostError(retry_after=_RETRY_AFTER)


class _Worker:
    """The server's view of one worker process."""

    def __init__(self, generation: "_Generation", pid: int, descriptors: list[int]) -> None:
        """Take over its socket and, where the system has such a thing, its pidfd."""
        self.generation = generation
        self.pid = pid
        self.memory_was_why: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Done when the process has ended."""
        self.reaped = False
        self.answered = False
        self._socket = socket.socket(fileno=descriptors[0])
        self._socket.setblocking(False)
        self._pidfd = descriptors[1] if len(descriptors) > 1 else None

    async def ask(self, frame: bytes) -> tuple[Header, bytes]:
        """Send a request and return the answer; OSError or EOFError if the worker broke off."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._socket, frame)
        data = bytearray()
        while (answer := _unframed(data)) is None:
            chunk = await loop.sock_recv(self._socket, _CHUNK)
            if not chunk:
                raise EOFError
            data += chunk
        return answer

    def kill(self) -> None:
        """Kill the process, and never another one that got its number."""
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            elif not self.reaped:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Close its descriptors; nobody may be waiting for its answer."""
        self._socket.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None


class _Generation:
    """The server's view of one zygote and its workers."""

    def __init__(
        self,
        size: int,
        memory_mb: int,
        on_idle: Callable[[], None],
        on_gone: Callable[["_Generation"], None],
    ) -> None:
        """Describe the generation; `launch` starts it."""
        self._loop = asyncio.get_running_loop()
        self._size = size
        self._memory_mb = memory_mb
        self._on_idle = on_idle
        self._on_gone = on_gone
        self.workers: set[_Worker] = set()
        self.idle: list[_Worker] = []
        self.ready: asyncio.Future[None] = self._loop.create_future()
        """Done when the first workers are there, or with the reason why they never will be."""
        self.gone: asyncio.Future[None] = self._loop.create_future()
        """Done when the zygote has ended."""
        self._unreaped: dict[int, _Worker] = {}
        self._prepared = self._asked = self._retired = self._over = False
        self._forks = 0

    def launch(self, jobs: str, argument: str) -> None:
        """Start the zygote, which can import whatever the server can."""
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        command = [sys.executable, "-P", "-m", "govkg.workers"]
        words = [str(theirs.fileno()), jobs, argument, str(self._memory_mb)]
        path = os.pathsep.join(each or "." for each in sys.path)
        with theirs:
            try:
                self._process = subprocess.Popen(  # noqa: S603 # our own command
                    [*command, *words],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env=_HUGE_PAGES | os.environ | {"PYTHONPATH": path},
                )
            except BaseException:
                self._control.close()
                raise
        self._loop.add_reader(self._control, self._listen)

    def free(self, worker: _Worker) -> None:
        """Let a worker idle, unless it has ended or is no longer wanted."""
        if self._retired or worker.reaped:
            self.drop(worker)
        else:
            self.idle.append(worker)
            self._on_idle()

    def drop(self, worker: _Worker) -> None:
        """Kill a worker and ask for another; harmless when repeated."""
        if worker not in self.workers:
            return
        idle = worker in self.idle
        if idle:
            self.idle.remove(worker)
        self.workers.remove(worker)
        worker.kill()
        worker.close()
        if self._retired and not self.workers:
            self.end()
        elif idle:
            self._loop.call_later(_PAUSE, self._fill)
        else:
            self._fill()

    def retire(self) -> None:
        """Fork no more; end when the last job is done."""
        self._retired = True
        for worker in list(self.idle):
            self.drop(worker)
        if not self.workers:
            self.end()

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
        await asyncio.wait([self.gone], timeout=_PATIENCE)
        self._depart()

    def _end_workers(self) -> None:
        """End the workers that a zygote left; a call that waits for one closes its descriptors."""
        for worker in list(self.workers):
            if worker in self.idle:
                self.drop(worker)
            else:
                worker.kill()

    def _fill(self) -> None:
        """Ask for a worker if one is missing; one request is under way at a time."""
        full = len(self.workers) >= self._size
        if not self._prepared or self._asked or self._retired or full or self.gone.done():
            return
        with contextlib.suppress(OSError):  # an ended zygote is noticed by _listen
            self._control.send(b"fork")
            self._asked = True

    def _listen(self) -> None:
        """Hear what the zygote says."""
        try:
            data, descriptors, _, _ = socket.recv_fds(
                self._control, _CHUNK, 2, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:  # pragma: no cover # a false alarm
            return
        except ConnectionError:  # pragma: no cover # it died with a request unread
            data, descriptors = b"", []
        message = json.loads(data) if data else {}
        if not message:
            self._depart()
        elif "forked" in message:
            self._arrive(message["forked"], descriptors)
        elif "ended" in message:
            self._bury(message["ended"], memory=message["memory"])
        elif "error" in message:
            self._resolve(_error(message))
        else:
            self._prepared = True
            self._fill()

    def _arrive(self, pid: int, descriptors: list[int]) -> None:
        """Welcome a new worker."""
        self._asked = False
        if not descriptors:  # this process has no free descriptor: the worker ends by itself
            self._loop.call_later(_PAUSE, self._fill)
            return
        worker = _Worker(self, pid, descriptors)
        self.workers.add(worker)
        self._unreaped[pid] = worker
        self._forks += 1
        if self._forks >= self._size:
            self._resolve(None)
        self.free(worker)
        self._fill()

    def _bury(self, pid: int, *, memory: bool) -> None:
        """Take note that a worker has ended; if it was idle nobody else will."""
        worker = self._unreaped.pop(pid, None)
        if worker:
            worker.reaped = True
            worker.memory_was_why.set_result(memory)
            if worker in self.idle:
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
        self._resolve(NotReadyError(reason=reason, retry_after=_RETRY_AFTER))
        self.gone.set_result(None)
        if self._over:
            self._end_workers()
        self._on_gone(self)

    def _resolve(self, error: GovkgError | None) -> None:
        """Tell who waits for this generation that it is ready, or why not."""
        if self.ready.done():
            return
        if error:
            self.ready.set_exception(error)
        else:
            self.ready.set_result(None)


def _ending() -> NotReadyError:
    """Return the error of a pool that was closed."""
    return NotReadyError(reason="it is ending", retry_after=_RETRY_AFTER)


def _error(message: Header) -> GovkgError:
    """Return the error that crossed a process border."""
    return ERRORS[message["error"]](**message["facts"])


def _frame(header: Header, body: bytes) -> bytes:
    """Return a message as it is sent."""
    head = json.dumps(header).encode()
    return b"".join((_LENGTHS.pack(len(head), len(body)), head, body))


def _unframed(data: bytearray) -> tuple[Header, bytes] | None:
    """Return the message once all of it is there."""
    if len(data) < _LENGTHS.size:
        return None
    head, body = _LENGTHS.unpack_from(data)
    start = _LENGTHS.size + head
    if len(data) < start + body:
        return None
    with memoryview(data) as view:
        return json.loads(bytes(view[_LENGTHS.size : start])), bytes(view[start : start + body])


# What follows runs in processes of its own, where coverage cannot be measured: they may not
# write a file, and end with os._exit.

# --- the zygote ---------------------------------------------------------------------------------


class _Zygote:  # pragma: no cover
    """The process that prepares the state and forks the workers."""

    def __init__(self, control: socket.socket, memory_mb: int) -> None:
        """Listen to the server and to the ends of children."""
        self._control = control
        self._memory_mb = memory_mb
        self._children: dict[int, _Child] = {}
        self._alarm, alarm = socket.socketpair()
        self._alarm.setblocking(False)
        alarm.setblocking(False)
        self._wakeup = alarm
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(alarm.fileno(), warn_on_full_buffer=False)
        self._selector = selectors.PollSelector()  # it has no descriptor that a fork would share
        self._selector.register(control, selectors.EVENT_READ, self._obey)
        self._selector.register(self._alarm, selectors.EVENT_READ, self._reap)

    def prepare(self, jobs: str, argument: str) -> None:
        """Import the jobs and load their state."""
        module = importlib.import_module(jobs)
        self._jobs = module.JOBS
        self._state = module.prepare(argument)
        gc.collect()
        gc.freeze()  # so that collections in workers do not touch, and so copy, the shared pages

    def serve(self) -> NoReturn:
        """Do what the server asks until it is gone."""
        self._say({"ready": True})
        while True:
            for key, _ in self._selector.select():
                key.data()

    def _say(self, message: Header, descriptors: tuple[int, ...] = ()) -> None:
        """Tell the server something."""
        try:
            socket.send_fds(self._control, [json.dumps(message).encode()], descriptors)
        except OSError:
            self._end()

    def _obey(self) -> None:
        """Fork a worker, or end with the server."""
        try:
            wanted = self._control.recv(_CHUNK)
        except OSError:
            wanted = b""
        if wanted:
            self._fork()
        else:
            self._end()

    def _fork(self) -> None:
        """Make a worker; the server gets its number, its socket and its pidfd."""
        ours, theirs = socket.socketpair()
        reading, writing = os.pipe()
        pid = os.fork()
        if not pid:
            ours.close()
            os.close(reading)
            self._become_worker(theirs, writing)
        theirs.close()
        os.close(writing)
        child = self._children[pid] = _Child(reading)
        self._selector.register(reading, selectors.EVENT_READ, lambda: self._forward(child))
        pidfds = _pidfds(pid)
        self._say({"forked": pid}, (ours.fileno(), *pidfds))
        ours.close()
        for each in pidfds:
            os.close(each)

    def _become_worker(self, connection: socket.socket, errors: int) -> NoReturn:
        """Let go of all that is the zygote's, then work."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(errors, 1)
        os.dup2(errors, 2)
        os.close(errors)
        for held in (self._control, self._alarm, self._wakeup):
            held.close()
        for child in self._children.values():
            child.close()
        _work(connection, self._jobs, self._state, self._memory_mb)

    def _forward(self, child: "_Child") -> bool:
        """Pass on what a worker wrote to its standard error; False when there is no more."""
        data = child.read()
        if data == b"" and child.reading is not None:
            self._selector.unregister(child.reading)
            child.close()
        if not data:
            return False
        with contextlib.suppress(OSError):
            os.write(2, data)
        return True

    def _reap(self) -> None:
        """Bury the children that have ended and tell the server why they did."""
        with contextlib.suppress(BlockingIOError):
            self._alarm.recv(_CHUNK)
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            child = self._children.pop(pid)
            while self._forward(child):
                pass
            if child.reading is not None:  # its own children, if it has any, keep it open
                self._selector.unregister(child.reading)
                child.close()
            self._say({"ended": pid, "memory": child.lacked_memory(status)})

    def _end(self) -> NoReturn:
        """Leave nothing behind."""
        for pid in self._children:  # not reaped yet, so the numbers are theirs
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)
        os._exit(0)  # freeing the state takes seconds, and nobody waits for it


class _Child:  # pragma: no cover
    """The zygote's view of one worker: its standard error, and the last words there."""

    def __init__(self, reading: int) -> None:
        """Read without waiting."""
        os.set_blocking(reading, False)
        self.reading: int | None = reading
        self._last_words = b""

    def read(self) -> bytes | None:
        """Return what there is; empty at the end, None if there is nothing now."""
        if self.reading is None:
            return b""
        try:
            data = os.read(self.reading, _CHUNK)
        except BlockingIOError:
            return None
        self._last_words = (self._last_words + data)[-4096:]
        return data

    def close(self) -> None:
        """Read no more."""
        if self.reading is not None:
            os.close(self.reading)
            self.reading = None

    def lacked_memory(self, status: int) -> bool:
        """Say whether memory is known to be the reason for this exit status."""
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGABRT:
            return any(words in self._last_words for words in _ALLOCATION_FAILED)
        return os.WIFEXITED(status) and os.WEXITSTATUS(status) == _OUT_OF_MEMORY


def _pidfds(pid: int) -> tuple[int, ...]:  # pragma: no cover
    """Return the pidfd of a child that is not reaped yet, where the system has such a thing."""
    with contextlib.suppress(AttributeError, OSError):
        return (os.pidfd_open(pid),)
    return ()


# --- the worker ---------------------------------------------------------------------------------


def _work(
    connection: socket.socket, jobs: Mapping[str, Any], state: object, memory_mb: int
) -> NoReturn:  # pragma: no cover
    """Do jobs until the server is gone, or something unforeseen happens."""
    status = 1
    try:
        _confine(memory_mb)
        while (request := _receive(connection)) is not None:
            connection.sendall(_answer(jobs, state, *request))
        status = 0
    except MemoryError:
        status = _OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 # the outermost edge: a panic in Rust is not an Exception
        _log.exception("a job failed in a way that it should not")
    finally:
        os._exit(status)


def _confine(memory_mb: int) -> None:  # pragma: no cover
    """Allow no new descriptor (file or socket), bounded memory, and no core file."""
    with contextlib.suppress(FileNotFoundError):  # only Linux has it
        present = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _limit(resource.RLIMIT_AS, present + memory_mb * 2**20)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(what: int, most: int) -> None:  # pragma: no cover
    """Lower a limit for good."""
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _limit_processor(seconds: float) -> None:  # pragma: no cover
    """Bound the CPU time of the next job, in case the server is not there to kill it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    most = math.ceil(time.process_time() + seconds) + 1
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def _answer(
    jobs: Mapping[str, Any], state: object, request: Header, body: bytes
) -> bytes:  # pragma: no cover
    """Do one job and return the frame with its answer, or with the error it raised on purpose."""
    _limit_processor(request["seconds"])
    try:
        header, result = jobs[request["job"]](state, request["header"], body)
    except GovkgError as error:
        return _frame({"error": error.code, "facts": error.facts}, b"")
    return _frame({"header": header}, result)


def _receive(connection: socket.socket) -> tuple[Header, bytes] | None:  # pragma: no cover
    """Return the next request, or None when the server is gone."""
    lengths = _read(connection, _LENGTHS.size)
    if lengths is None:
        return None
    head, body = (_read(connection, length) for length in _LENGTHS.unpack(lengths))
    return None if head is None or body is None else (json.loads(head), body)


def _read(connection: socket.socket, length: int) -> bytes | None:  # pragma: no cover
    """Return exactly so many bytes, or None when there are no more."""
    data = bytearray(length)
    view, start = memoryview(data), 0
    while start < length:
        count = connection.recv_into(view[start:])
        if not count:
            return None
        start += count
    return bytes(data)


# --- the start of a zygote ----------------------------------------------------------------------


def _main(
    descriptor: str, jobs: str, argument: str, memory_mb: str
) -> NoReturn:  # pragma: no cover
    """Be a zygote. It ends with the server, so it leaves the usual signals to the server."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s [%(process)d] %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.dup2(2, 1)  # what a job prints must not mix with what the server prints
    control = socket.socket(fileno=int(descriptor))
    control.set_inheritable(False)
    zygote = _Zygote(control, int(memory_mb))
    try:
        with _mortal(control):
            zygote.prepare(jobs, argument)
    except Exception as error:  # noqa: BLE001 # the outermost edge: the server raises it again
        control.send(json.dumps(_reason(jobs, error)).encode())
        os._exit(1)
    zygote.serve()


@contextlib.contextmanager
def _mortal(control: socket.socket) -> Iterator[None]:  # pragma: no cover
    """Have SIGIO end this process if the server ends while it cannot listen."""
    flags = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(control, fcntl.F_SETFL, flags)


def _reason(jobs: str, error: Exception) -> Header:  # pragma: no cover
    """Return, as data, why the state could not be prepared."""
    if isinstance(error, GovkgError):
        return {"error": error.code, "facts": error.facts}
    _log.error("%s cannot be prepared", jobs, exc_info=error)
    reason = f"{jobs} cannot be prepared: {type(error).__name__}: {error}"[:4096]
    return {"error": NotReadyError.code, "facts": {"reason": reason, "retry_after": _RETRY_AFTER}}


if __name__ == "__main__":  # pragma: no cover
    _main(*sys.argv[1:])
