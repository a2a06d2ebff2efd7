"""The server's view of one worker process."""

import asyncio
import contextlib
import os
import signal
import socket
from typing import TYPE_CHECKING, Final

from govkg.workers.frames import CHUNK, Header, unpack

if TYPE_CHECKING:
    from govkg.workers.generation import Generation

PATIENCE: Final = 5.0  # seconds that a process is given to end before it is killed


class Worker:
    """The server's view of one worker process."""

    def __init__(self, generation: "Generation", pid: int, descriptors: list[int]) -> None:
        """Take over its socket and, where the system has such a thing, its pidfd."""
        self.generation = generation
        self.pid = pid
        self.memory_was_why: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Done when the process has ended."""
        self.reaped = False
        self.answered = False
        self.epoch = generation.epoch
        """Which state of the zygote it has."""
        self.spare = False
        """Whether it is beyond the usual number, for one job."""
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(fileno=descriptors[0])
        self._socket.setblocking(False)
        self._heard = bytearray()
        self._answer: asyncio.Future[tuple[Header, bytes]] | None = None
        self._loop.add_reader(self._socket, self._listen)
        self._pidfd = descriptors[1] if len(descriptors) > 1 else None

    async def ask(self, frame: bytes) -> tuple[Header, bytes]:
        """Send a request and return the answer; OSError or EOFError if the worker broke off."""
        self._heard.clear()
        self._answer = self._loop.create_future()
        try:
            sent = self._socket.send(frame)
        except BlockingIOError:  # pragma: no cover # its buffer is full, though it is idle
            sent = 0
        if sent < len(frame):
            await self._loop.sock_sendall(self._socket, memoryview(frame)[sent:])
        return await self._answer

    def _listen(self) -> None:
        """Take what the worker says; without a question it can only say that it has ended."""
        try:
            chunk = self._socket.recv(CHUNK)
        except BlockingIOError:  # pragma: no cover # a false alarm
            return
        except OSError:
            chunk = b""
        self._heard += chunk
        if not chunk:
            self._loop.remove_reader(self._socket)
        if self._answer is None or self._answer.done():
            return
        if not chunk:
            self._answer.set_exception(EOFError())
        elif (answer := unpack(self._heard)) is not None:
            self._answer.set_result(answer)

    async def lacked_memory(self) -> bool:
        """Wait a little for the process to end; say whether memory is known to be the reason."""
        await asyncio.wait([self.memory_was_why], timeout=PATIENCE)
        return self.memory_was_why.done() and self.memory_was_why.result()

    def kill(self) -> None:
        """Kill the process, and never another one that got its number."""
        with contextlib.suppress(ProcessLookupError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            elif not self.reaped:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Close its descriptors; nobody may be waiting for its answer."""
        self._loop.remove_reader(self._socket)
        self._socket.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
