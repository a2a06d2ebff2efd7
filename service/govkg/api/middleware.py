"""What surrounds every request: identity, CORS, security headers, errors, caching, the log line."""

import gzip
import json
import logging
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from re import compile as pattern
from typing import Any, Final
from uuid import uuid4

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from govkg.api.knowledge import Service
from govkg.api.notes import Notes, notes_of
from govkg.errors import InternalError

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_EVERYWHERE: Final = Headers(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Location, Retry-After, Server-Timing, "
        "WWW-Authenticate, X-Request-Id, Allow",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Vary": "Accept, Accept-Language, Accept-Encoding",
    }
).raw
"""What every answer says; nothing inside the envelope says any of it, but for one exception."""
_POLICY: Final = b"content-security-policy"
_BUT_POLICY: Final = [(name, value) for name, value in _EVERYWHERE if name != _POLICY]
"""The same where the page has a policy of its own, since it is made to be framed."""
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Authorization, Content-Type, "
    "Idempotency-Key, If-Match, If-None-Match, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}
FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""What is said of data that never changes."""
_REQUEST_ID = pattern(r"[A-Za-z0-9._\-]{1,64}\Z")
_WORTH_ZIPPING = 1024  # bytes
_COMPRESSED = ("image/", "font/", "application/zip", "application/gzip")
_IN_LINE = 6  # how many fields of the log every request has
_log = logging.getLogger("govkg.access")

OnCrash = Callable[[Request], Response]
"""Makes the answer to an exception that nobody foresaw."""


class Envelope:
    """The outermost layer: whatever happens inside, the answer leaves with our headers."""

    def __init__(self, app: ASGIApp, on_crash: OnCrash) -> None:
        """Take the app, and what answers when it crashes."""
        self._app = app
        self._on_crash = on_crash

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service: Service = scope["app"].state.service
        exchange = _Exchange(scope, send, service)
        try:
            if scope["method"] == "OPTIONS":
                await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, exchange.send)
            else:
                await self._guarded(scope, receive, exchange)
        finally:
            exchange.finish()

    async def _guarded(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        """Run the app; turn an exception that nobody foresaw into an answer."""
        try:
            await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = 499  # nobody is left to answer; the log uses nginx's number
            exchange.notes.problem = "client-left"
        except Exception:
            fields = {"request_id": exchange.request_id}
            _log.exception("request %s failed", exchange.request_id, extra={"fields": fields})
            exchange.notes.problem = InternalError.code
            if exchange.status:
                raise
            await self._on_crash(Request(scope))(scope, receive, exchange.send)


class _Exchange:
    """One request and its answer, as they pass through the envelope."""

    def __init__(self, scope: Scope, send: Send, service: Service) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.request_id = given if _REQUEST_ID.match(given) else uuid4().hex
        self.status = 0
        self.size = 0
        self._service = service
        self._scope = scope
        self._send = send
        self._start = time.perf_counter()
        self._method = scope["method"]
        scope.setdefault("state", {})["request_id"] = self.request_id
        self.notes = notes_of(scope)

    @property
    def _seconds(self) -> float:
        return time.perf_counter() - self._start

    async def send(self, message: Message) -> None:
        """Pass a message on, the first one with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = any(name == _POLICY for name, _ in message["headers"])
            message["headers"] += (
                *(_BUT_POLICY if own else _EVERYWHERE),
                (b"x-request-id", self.request_id.encode()),
                (b"server-timing", b"total;dur=%.1f" % (self._seconds * 1000)),
            )
            if self._service.draining:  # the next request of the client is to go elsewhere
                message["headers"] += ((b"connection", b"close"),)
        else:
            self.size += len(message.get("body", b""))
        await self._send(message)

    def finish(self) -> None:
        """Count the request and write one line of log, now that the answer has been sent."""
        route, seconds = self._route(), self._seconds
        metrics = self._service.metrics
        if metrics:
            metrics.request(route, self._method, self.status, seconds, self.notes)
        if not _log.isEnabledFor(logging.INFO):
            return
        fields = {
            "request_id": self.request_id,
            "method": self._method,
            "route": route,
            "status": self.status,
            "ms": round(seconds * 1000, 1),
            "bytes": self.size,
            **_noted(self.notes, self._service.settings.log_queries),
        }
        _log.info("%s", _Line(fields), extra={"event": "request", "fields": fields})

    def _route(self) -> str:
        """Return the template of the address, so that neither queries nor names are told."""
        if route := getattr(self._scope.get("route"), "path", ""):
            return str(route)
        return "/static" if self._scope["path"].startswith("/static/") else "-"


def _noted(notes: Notes, queries: str) -> dict[str, Any]:
    """Return what was noted of a request, as fields of the log."""
    found: dict[str, Any] = {"problem": notes.problem} if notes.problem else {}
    if notes.check:
        found |= {"conforms": notes.conforms, "cached": notes.cached}
    if notes.asked:
        found |= {"form": notes.asked.form, "cached": notes.cached}
        if queries != "none":
            found["query_hash"] = notes.asked.hash
        if queries == "full":
            found["query"] = notes.asked.text
    return found


class _Line:
    """The fields of a request as people read them; made only if the log is for people."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self._fields = fields

    def __str__(self) -> str:
        given = dict(self._fields)
        start = "{method} {route} {status} {ms}ms {bytes}B {request_id}".format(**given)
        more = (f"{key}={json.dumps(value)}" for key, value in list(given.items())[_IN_LINE:])
        return " ".join((start, *more))


class Finishing:
    """The innermost layer: HEAD, ETag and 304, and gzip; it has the whole body before it sends."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the app."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, held = scope["method"], _Held()
        try:
            scope["method"] = "GET" if method == "HEAD" else method
            await self._app(scope, receive, held.send)
        finally:
            scope["method"] = method  # the server goes by it when it sends
        held.headers.setdefault("cache-control", _freshness(scope, held))
        if method in ("GET", "HEAD") and held.start["status"] == 200:
            await held.finish(Headers(scope=scope))
        await held.release(send, with_body=method != "HEAD")


def _freshness(scope: Scope, held: "_Held") -> str:
    """Say how long an answer may be kept: for good, if it is data of a release, or not at all.

    A page about a release has words of the service around its data, which may change.
    """
    frozen = scope["state"].get("release") and held.start.get("status") == 200
    page = held.headers.get("content-type", "").startswith("text/html")
    return FOR_GOOD if frozen and scope["method"] in ("GET", "HEAD") and not page else "no-cache"


class _Held:
    """An answer that is held back until it is complete."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""
        self.headers = MutableHeaders()

    async def send(self, message: Message) -> None:
        """Take a message of the app."""
        if message["type"] == "http.response.start":
            self.start = message
            self.headers = MutableHeaders(scope=message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def finish(self, request: Headers) -> None:
        """Zip the body, name it by its hash, and drop it if the client has it already."""
        revision = self.headers.get("etag", "").strip('"')  # a handler names what it is about
        digest = sha256(self.body).hexdigest()[:32]
        tag = digest if revision in ("", digest) else f"{revision}.{digest}"
        if self._is_worth_zipping(request):
            self.body = await to_thread.run_sync(_zipped, self.body)
            self.headers["content-encoding"] = "gzip"
            tag += "-gzip"
        self.headers["content-length"] = str(len(self.body))
        self.headers["etag"] = f'"{tag}"'
        known = [
            each.strip().removeprefix("W/") for each in request.get("if-none-match", "").split(",")
        ]
        if f'"{tag}"' in known or "*" in known:
            self.start["status"] = 304
            self.body = b""
            del self.headers["content-length"]

    def _is_worth_zipping(self, request: Headers) -> bool:
        codings = [each.replace(" ", "") for each in request.get("accept-encoding", "").split(",")]
        accepted = any(each.split(";")[0] == "gzip" and each[4:] != ";q=0" for each in codings)
        kind = self.headers.get("content-type", "")
        return accepted and len(self.body) >= _WORTH_ZIPPING and not kind.startswith(_COMPRESSED)

    async def release(self, send: Send, *, with_body: bool) -> None:
        """Send the answer."""
        if self.start:
            await send(self.start)
            await send({"type": "http.response.body", "body": self.body if with_body else b""})


def _zipped(body: bytes) -> bytes:
    """Compress a body; the same body always gives the same bytes."""
    return gzip.compress(body, 5, mtime=0)
