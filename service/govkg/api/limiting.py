"""How often one client may ask: counted by token, else by address, within this process."""

import math
import time
from dataclasses import dataclass
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from govkg.api import callers
from govkg.api.knowledge import Service
from govkg.api.problems import problem
from govkg.errors import GovkgError, RateLimitedError
from govkg.settings import Settings

_QUERIES: Final = (
    "/sparql",
    "/query",
    "/search",
    "/validate",
    "/diagnose",
    "/explain",
    "/annotate",
)
_CHANGES: Final = ("/cases", "/data", "/sign-in", "/submit")
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Standing:
    """How one client stands against a limit."""

    name: str
    limit: RateLimitItem
    remaining: int
    seconds: int
    """Until the oldest request that counts is forgotten."""
    allowed: bool

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers that tell it (draft-ietf-httpapi-ratelimit-headers-10)."""
        window = self.limit.get_expiry()
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit.amount};w={window}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={self.seconds}',
        }


class Limiting:
    """A layer around the app that refuses clients which ask too often."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Take the app, and the settings that hold the limits."""
        self._app = app
        given = {"queries": settings.rate_queries, "submissions": settings.rate_submissions}
        self._limits = {name: parse(rate) for name, rate in given.items() if rate}
        self._strategy = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        http = scope["type"] == "http" and self._limits
        name = bucket(scope["method"], scope["path"]) if http else ""
        if name not in self._limits:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        standing = self._stand(name, await _client(request))

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(standing.headers)
            await send(message)

        if standing.allowed:
            await self._app(scope, receive, told)
            return
        error = RateLimitedError(limit=str(standing.limit), retry_after=standing.seconds)
        await problem(request, error)(scope, receive, told)

    def _stand(self, name: str, client: str) -> Standing:
        limit = self._limits[name]
        allowed = self._strategy.hit(limit, name, client)
        reset, remaining = self._strategy.get_window_stats(limit, name, client)
        seconds = max(1, math.ceil(reset - time.time()))
        return Standing(name, limit, remaining, seconds, allowed)


def bucket(method: str, path: str) -> str:
    """Return which limit a request counts against, if any."""
    if path.startswith(_QUERIES):
        return "queries"
    return "submissions" if method not in _SAFE and path.startswith(_CHANGES) else ""


async def _client(request: Request) -> str:
    """Return what stands for a client: a token that is known, so that nobody can invent one."""
    service: Service = request.app.state.service
    if service.access.enabled and (request.headers.get("authorization") or request.cookies):
        try:
            caller = await callers.known(request)
        except GovkgError:
            caller = None  # the handler will say what is wrong with it
        if caller:
            return f"token {caller.id}"
    return f"address {request.client.host if request.client else ''}"
