"""How commands on this machine reach the server that has the data folder open.

A Unix socket in that folder: whoever may use it could as well read and write the files, so it
needs no token, and it is found by the same setting. It takes one line of JSON and gives one.
"""

import asyncio
import contextlib
import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from govkg.backups import places
from govkg.backups.parts import Source, copy_all
from govkg.backups.swapping import adopt
from govkg.cases.writing import Writer
from govkg.errors import GovkgError, InternalError, NotReadyError
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore
from govkg.workers.frames import error_header, error_in

Order = Literal["copy", "adopt"]
SOCKET: Final = "control.sock"
_PATIENCE: Final = 10.0  # seconds in which an order must have been said
_LONGEST: Final = (
    3600.0  # seconds that an order may take: it waits for writes, and makes readers see
)
_log = logging.getLogger("govkg.control")


class Control:
    """The server's end of the socket. Belongs to one event loop."""

    def __init__(self, settings: Settings, writer: Writer) -> None:
        """Take the settings, and the writer, in whose queue orders wait."""
        self._settings = settings
        self._writer = writer
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; without a socket the service runs all the same, and the log says so."""
        try:
            listening = _listening(self._settings.data_dir)
            self._server = await asyncio.start_unix_server(self._serve, sock=listening)
        except OSError as error:
            _log.warning("no backup can be made while this runs: no control socket (%s)", error)

    async def close(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()
            (self._settings.data_dir / SOCKET).unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry out one order and say how it went."""
        try:
            said = await self._carry_out(reader)
            writer.write(json.dumps(said).encode() + b"\n")
            await writer.drain()
        except ConnectionError:
            _log.info("nobody waited for the answer")
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _carry_out(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        try:
            order = json.loads(await asyncio.wait_for(reader.readline(), _PATIENCE))
            place = places.named(self._settings.data_dir, order.get("place"))
            if order.get("order") == "adopt":
                await self._writer.replace(partial(_adopt, self._settings, place))
            else:
                await self._writer.between_writes(partial(_copy, self._settings, place))
        except GovkgError as error:
            return error_header(error)
        except Exception:  # noqa: BLE001 # the outermost edge of a task
            _log.exception("an order was not carried out")
            return error_header(InternalError(request_id="the server's log"))
        return {"done": True}


def ask(data_dir: Path, order: Order, place: Path) -> bool:
    """Have the server do something; False if none listens.

    Raises what the server raises, and NotReadyError if it ends or takes over an hour.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_LONGEST)
        try:
            with _short(data_dir) as address:
                connection.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError as error:
            reason = f"the service cannot be reached at {data_dir / SOCKET} ({error}); run this as "
            raise NotReadyError(reason=reason + "the user that runs it", retry_after=5) from error
        said = _exchange(connection, {"order": order, "place": place.name})
    if "error" in said:
        raise error_in(said)
    return True


def _exchange(connection: socket.socket, order: dict[str, str]) -> dict[str, Any]:
    try:
        connection.sendall(json.dumps(order).encode() + b"\n")
        with connection.makefile("rb") as file:
            said: dict[str, Any] = json.loads(file.readline())
    except (OSError, ValueError) as error:
        reason = f"it ended, or did not answer, before it said whether this is done ({error})"
        raise NotReadyError(reason=reason, retry_after=5) from error
    return said


def _copy(settings: Settings, place: Path, store: EmbeddedStore) -> None:
    copy_all(Source(settings, store), place / places.DATA)


def _adopt(settings: Settings, place: Path, store: EmbeddedStore) -> None:
    adopt(store, settings, place)


def _listening(data_dir: Path) -> socket.socket:
    """Return a socket that only this user can reach; one that is there was left by a crash."""
    (data_dir / SOCKET).unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    try:
        with _short(data_dir) as address:
            os.fchmod(listening.fileno(), 0o600)
            listening.bind(address)
        (data_dir / SOCKET).chmod(0o600)
    except BaseException:
        listening.close()
        raise
    return listening


@contextmanager
def _short(data_dir: Path) -> Iterator[str]:
    """Give an address of the socket that is short: the system takes some hundred bytes only."""
    if not Path("/proc/self/fd").is_dir():
        yield str(data_dir / SOCKET)
        return
    descriptor = os.open(data_dir, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)
