"""Write down who tried to change something; what came of a case is in the journal already."""

import asyncio
import logging
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from govkg.access import Caller
from govkg.api import callers
from govkg.api.knowledge import Service
from govkg.api.notes import notes_of
from govkg.errors import GovkgError
from govkg.journal import Journal, Note

_SAFE: Final = ("GET", "HEAD", "OPTIONS")
_CHANGING: Final = ("/cases", "/data", "/sign-in", "/submit")
_log = logging.getLogger("govkg.audit")


class Auditing:
    """A layer around the app that notes changes, and attempts at them, by whoever has a token."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["method"] in _SAFE:
            await self._app(scope, receive, send)
            return
        status = 0

        async def heard(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, heard)
        finally:
            service: Service = scope["app"].state.service
            if service.journal and _counts(scope, status):
                await _write(service.journal, Request(scope), status)


def _counts(scope: Scope, status: int) -> bool:
    """Say whether a request is to be noted: no case changed, but something was to change."""
    path = scope["path"]
    if path == "/sparql":
        asked = notes_of(scope).asked
        return asked is not None and asked.is_update
    done = path.startswith(("/cases", "/submit")) and status < 400
    return path.startswith(_CHANGING) and not done


async def _write(journal: Journal, request: Request, status: int) -> None:
    """Write a line; that it cannot be written is logged, and is no fault of the request."""
    caller = await _caller(request)
    if caller is None and status != 401 and request.url.path != "/sign-in":
        return  # nobody in particular: the log of requests has it
    who = caller or Caller("", "unknown", ())
    target = request.url.path
    if graph := request.query_params.get("graph"):
        target += f"?graph={graph}"
    note = Note(who.id, who.name, request_id=request.state.request_id)
    try:
        done = f"{request.method} {request.url.path.split('/')[1]}"
        await asyncio.to_thread(journal.note, note, done, target[:500], str(status))
    except GovkgError as error:
        _log.error("the audit log cannot be written: %s", error)  # known


async def _caller(request: Request) -> Caller | None:
    try:
        return await callers.known(request)
    except GovkgError:
        return None
