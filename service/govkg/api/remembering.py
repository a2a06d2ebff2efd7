"""Finished answers to GET /sparql, given again before any handler runs, while the data is the same.

This is what makes a question that many ask cheap: negotiation, routing and the worker are left out.
"""

from types import SimpleNamespace
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from govkg.api.caching import Answered
from govkg.api.knowledge import Service
from govkg.api.notes import notes_of

PATH: Final = "/sparql"
_ROUTE: Final = SimpleNamespace(path=PATH)
"""Stands for the route in the log, since no route was looked up."""
_DECIDING: Final = ("host", "accept", "accept-language", "accept-encoding", "if-none-match")
"""The request headers that an answer depends on."""


class Remembering:
    """A layer around the app that keeps complete answers in the cache of the service."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        service: Service = scope["app"].state.service
        generation, asked = service.knowledge, _asked(scope)
        kept = service.cache.get(generation, asked, final=False) if generation else None
        notes = notes_of(scope)
        if kept:
            scope["route"] = _ROUTE
            notes.asked, notes.cached = kept.header["asked"], True
            start: Message = kept.header["start"]
            await send({**start, "headers": list(start["headers"])})
            await send({"type": "http.response.body", "body": kept.body})
            return
        heard = _Heard(send)
        await self._app(scope, receive, heard.send)
        if heard.status in (200, 304) and scope["state"].get("repeatable"):
            header = {"start": heard.start, "asked": notes.asked}
            service.cache.put(generation, asked, Answered(header, heard.body))


class _Heard:
    """An answer on its way out, noted down."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: Message = {}
        self.body = b""

    @property
    def status(self) -> int:
        return int(self.start.get("status", 0))

    async def send(self, message: Message) -> None:
        """Note a message, as it is before the envelope adds what belongs to one request."""
        if message["type"] == "http.response.start":
            self.start = {**message, "headers": list(message["headers"])}
        else:
            self.body += message.get("body", b"")
        await self._send(message)


def _asked(scope: Scope) -> str:
    """Return all that the answer depends on."""
    headers = Headers(scope=scope)
    query = scope["query_string"].decode("latin-1")
    deciding = (headers.get(name, "") for name in _DECIDING)
    return "\n".join((scope["scheme"], PATH, query, *deciding))
