"""The short way to the handlers of ``/sparql``, which costs less than a short query does.

Routing, dependency injection and the exit stacks around them take several times as long as the
look-up that a client asked for. The routes stay, for the API description and for other methods.
"""

from types import SimpleNamespace
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from govkg.api.problems import problem
from govkg.api.remembering import PATH
from govkg.api.sparql import METHODS
from govkg.errors import GovkgError

ROUTE: Final = SimpleNamespace(path=PATH)
"""Stands for the route in the log, since no route is looked up."""


class Direct:
    """The layer next to the router: it calls the handlers of ``/sparql`` itself."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the router, for all other addresses and methods."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        handler = METHODS.get(scope.get("method", "")) if scope.get("path") == PATH else None
        if handler is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = ROUTE
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except GovkgError as error:
            response = problem(request, error)
        await response(scope, receive, send)
