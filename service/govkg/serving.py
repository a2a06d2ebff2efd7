"""The server around the application: how it stops.

The first signal lets all that began come to its end. ``/readyz`` says 503 at once; for a while
requests are taken still, so that a load balancer can notice; then the listener closes. Queries that
outlast the grace get a 503, writes are finished. The second signal ends the process there and then,
which loses nothing that was acknowledged.
"""

import asyncio
import logging
import os
import signal
import socket
import time
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

from govkg.api.knowledge import Service

_PAUSE: Final = 0.1  # seconds between looks at what is under way
_PARTING: Final = 1.0  # seconds that answers of the last moment have to reach their clients

_log = logging.getLogger("govkg.serving")


class Server(uvicorn.Server):
    """A server that stops as the module says, and then returns instead of dying by the signal."""

    def __init__(self, app: FastAPI) -> None:
        """Take the application; its settings say where to listen and how long to wait."""
        self._service: Service = app.state.service
        settings = self._service.settings
        self._until: float | None = None
        self._said = False
        super().__init__(
            uvicorn.Config(
                app,
                host=settings.host,
                port=settings.port,
                log_config=None,
                log_level=settings.log_level,
                access_log=False,
                proxy_headers=bool(settings.forwarded_allow_ips),
                forwarded_allow_ips=settings.forwarded_allow_ips,
            )
        )

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 # uvicorn's
        """Begin to stop; at the second signal end the process."""
        if self._until is not None:
            signal.signal(sig, signal.SIG_DFL)
            os.kill(os.getpid(), sig)
            return
        # Nobody sends requests to a service that is not ready, and Ctrl-C is pressed by a person.
        drains = self._service.ready and sig == signal.SIGTERM
        self._until = time.monotonic() + (self._service.settings.drain_seconds if drains else 0)
        self._service.draining = True

    async def on_tick(self, counter: int) -> bool:
        """Say, ten times a second, whether to leave."""
        if self._until is not None:
            if not self._said:
                _log.info("stopping in %.1f s", max(0.0, self._until - time.monotonic()))
                self._said = True
            self.should_exit = time.monotonic() >= self._until
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the listener, let the work come to its end, and end the application."""
        ending = asyncio.create_task(self._end_work())
        try:
            await super().shutdown(sockets)
        finally:
            ending.cancel()
            await asyncio.gather(ending, return_exceptions=True)

    async def _end_work(self) -> None:
        """Break off what lasts too long, but no write."""
        service = self._service
        await asyncio.sleep(service.settings.shutdown_seconds)
        if service.pool:
            _log.warning("breaking off %s queries", service.pool.busy + service.pool.waiting)
            service.pool.refuse()
        await asyncio.sleep(_PARTING)
        while (service.writer and service.writer.running) or service.endpoints.running:
            await asyncio.sleep(_PAUSE)  # who waits for an endpoint is refused when it answers
        await asyncio.sleep(_PARTING)
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # its client neither sends nor reads
