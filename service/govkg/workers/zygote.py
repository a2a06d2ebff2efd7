"""The zygote, which prepares the jobs once and forks, and the worker that its fork becomes."""

import contextlib
import fcntl
import gc
import importlib
import logging
import os
import selectors
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn, Protocol, TypeVar

from govkg import logs
from govkg.errors import GovkgError, NotReadyError
from govkg.workers.frames import (
    CHUNK,
    RETRY_AFTER,
    Header,
    error_header,
    pack,
    receive,
    tell,
    unpack,
)
from govkg.workers.limits import confine, limit_processor

State = TypeVar("State")

_STACK = 16 << 20  # bytes; like the main thread, a worker may be asked for what nests deeply
_OUT_OF_MEMORY = 12  # exit status of a worker that met MemoryError
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
        """Load what the jobs share. The argument says which version of it, often as a path.

        A module may have a function ``warm_up`` too, which loads what is the same for all arguments
        and is told what a `Pool` is told to keep ``warm``; it runs before. One that has a function
        ``advance``, of a state, a header and a body, can go from state to state; see
        ``Pool.advance``.
        """
        ...


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

    def warm_up(self, jobs: str, constant: str) -> None:
        """Import the jobs, and load what no argument changes."""
        self._module = importlib.import_module(jobs)
        self._jobs = self._module.JOBS
        if hasattr(self._module, "warm_up"):
            self._module.warm_up(constant)

    def prepare(self) -> None:
        """Load the state of the jobs, once the server says which."""
        self._say({"warm": True})
        argument = _told(self._control)
        with _mortal(self._control):
            self._state = self._module.prepare(argument)
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
            tell(self._control, message, descriptors)
        except OSError:
            self._end()

    def _obey(self) -> None:
        """Fork a worker, go over to another state, or end with the server."""
        try:
            wanted, descriptors, _, _ = socket.recv_fds(self._control, CHUNK, 1)
        except OSError:
            wanted, descriptors = b"", []
        if not wanted:
            self._end()
        elif descriptors:
            self._advance(_content(descriptors[0]))
        else:
            self._fork()

    def _advance(self, step: bytes) -> None:
        """Go over to another state; workers that were forked before keep theirs.

        If that fails the state is spoilt: the zygote ends, and leaves its workers at work.
        """
        try:
            header, body = unpack(bytearray(step)) or ({}, b"")
            self._state = self._module.advance(self._state, header, body)
        except Exception as error:  # noqa: BLE001 # the outermost edge: the server logs it
            self._say(_reason(self._module.__name__, error))
            os._exit(1)
        gc.collect()  # only what is new, since the rest is frozen
        gc.freeze()
        self._say({"advanced": True})

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
        # In a new thread, since libraries keep the state of their random numbers by thread: two
        # forks of one thread would make the same UUIDs and the same blank nodes.
        work = (connection, self._jobs, self._state, self._memory_mb)
        threading.stack_size(_STACK)
        threading.Thread(target=_work, args=work).start()
        while True:
            signal.pause()

    def _forward(self, child: "_Child") -> bool:
        """Pass on what a worker wrote to its standard error; False when there is no more.

        What it logged is in the right form already; last words of a library are made a message.
        """
        data = child.read()
        if data == b"" and child.reading is not None:
            self._selector.unregister(child.reading)
            child.close()
        for line in child.lines(data or b"", at_end=data == b""):
            if line.startswith(b"{") or logs.form() == "plain":
                with contextlib.suppress(OSError):
                    os.write(2, line + b"\n")
            elif line.strip():
                _log.warning("a worker wrote: %s", line.decode("utf-8", "backslashreplace"))
        return bool(data)

    def _reap(self) -> None:
        """Bury the children that have ended and tell the server why they did."""
        with contextlib.suppress(BlockingIOError):
            self._alarm.recv(CHUNK)
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
        self._begun = b""

    def lines(self, data: bytes, *, at_end: bool) -> list[bytes]:
        """Return the lines that are complete once ``data`` is added; at the end, what is left."""
        *lines, self._begun = (self._begun + data).split(b"\n")
        if self._begun and (at_end or len(self._begun) >= CHUNK):
            lines.append(self._begun)
            self._begun = b""
        return lines

    def read(self) -> bytes | None:
        """Return what there is; empty at the end, None if there is nothing now."""
        if self.reading is None:
            return b""
        try:
            data = os.read(self.reading, CHUNK)
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
        confine(memory_mb)
        while (request := receive(connection)) is not None:
            connection.sendall(_answer(jobs, state, *request))
        status = 0
    except MemoryError:
        status = _OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 # the outermost edge: a panic in Rust is not an Exception
        _log.exception("a job failed in a way that it should not")
    finally:
        os._exit(status)


def _answer(
    jobs: Mapping[str, Any], state: object, request: Header, body: bytes
) -> bytes:  # pragma: no cover
    """Do one job and return the frame with its answer, or with the error it raised on purpose."""
    limit_processor(request["seconds"])
    try:
        header, result = jobs[request["job"]](state, request["header"], body)
    except GovkgError as error:
        return pack(error_header(error), b"")
    return pack({"header": header}, result)


# --- the start of a zygote ----------------------------------------------------------------------


def main(
    descriptor: str, jobs: str, constant: str, memory_mb: str, form: str
) -> NoReturn:  # pragma: no cover
    """Be a zygote. It ends with the server, so it leaves the usual signals to the server."""
    logs.configure("json" if form == "json" else "plain")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.dup2(2, 1)  # what a job prints must not mix with what the server prints
    control = socket.socket(fileno=int(descriptor))
    control.set_inheritable(False)
    zygote = _Zygote(control, int(memory_mb))
    try:
        with _mortal(control):
            zygote.warm_up(jobs, constant)
        zygote.prepare()
    except Exception as error:  # noqa: BLE001 # the outermost edge: the server raises it again
        tell(control, _reason(jobs, error))
        os._exit(1)
    zygote.serve()


def _told(control: socket.socket) -> str:  # pragma: no cover
    """Return the argument that the server sends, in a file; end if the server does."""
    try:
        _, descriptors, _, _ = socket.recv_fds(control, CHUNK, 1)
    except ConnectionError:
        descriptors = []
    if not descriptors:
        os._exit(0)
    return _content(descriptors[0]).decode()


def _content(descriptor: int) -> bytes:  # pragma: no cover
    """Return all that a file holds which the server has sent."""
    with open(descriptor, "rb") as file:  # it has no name
        file.seek(0)
        return file.read()


@contextlib.contextmanager
def _mortal(control: socket.socket) -> Iterator[None]:  # pragma: no cover
    """Have SIGIO end this process if the server ends while it cannot listen."""
    flags = fcntl.fcntl(control, fcntl.F_GETFL)
    fcntl.fcntl(control, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(control, fcntl.F_SETFL, flags | os.O_ASYNC)
    if _is_closed(control):  # it ended before SIGIO was asked for
        os._exit(1)
    try:
        yield
    finally:
        fcntl.fcntl(control, fcntl.F_SETFL, flags)


def _is_closed(control: socket.socket) -> bool:  # pragma: no cover
    """Say whether the other end of a socket is gone."""
    try:
        return not control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def _reason(jobs: str, error: Exception) -> Header:  # pragma: no cover
    """Return, as data, why the state could not be prepared."""
    if isinstance(error, GovkgError):
        return error_header(error)
    _log.error("%s cannot be prepared", jobs, exc_info=error)
    reason = f"{jobs} cannot be prepared: {type(error).__name__}: {error}"[:4096]
    return error_header(NotReadyError(reason=reason, retry_after=RETRY_AFTER))
