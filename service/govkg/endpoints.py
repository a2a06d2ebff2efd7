"""Calls to SPARQL endpoints elsewhere: only to those that are allowed, within time and size.

The answers are bytes that nobody here reads; a worker does.
"""

import asyncio
import logging
import socket
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Final

import httpx2

from govkg import __version__
from govkg.allowed import Address, Entry, entries, literal_address, parsed, port_of
from govkg.errors import (
    BusyError,
    EndpointClosedError,
    EndpointDeadlineError,
    EndpointFailedError,
    EndpointTooLargeError,
)

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Returns the IP addresses of a host, given its name and a port; raises OSError."""

_ACCEPT: Final = "application/sparql-results+json, application/sparql-results+xml;q=0.8"
_RETRY_AFTER: Final = 5  # seconds
_ADDRESSES: Final = 4  # of one host, that are tried in turn
_EXCERPT: Final = 300  # characters of an endpoint's own words that are passed on
_GZIP: Final = 16 + zlib.MAX_WBITS

_log = logging.getLogger("govkg.endpoints")


@dataclass(frozen=True)
class Limits:
    """What calls may take."""

    seconds: float = 10.0
    bytes: int = 5_000_000
    at_once: int = 8


@dataclass(frozen=True)
class Reply:
    """What an endpoint answered, unread."""

    media_type: str
    body: bytes


async def resolved(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a host."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Endpoints:
    """The endpoints that are open, and the way to them. Belongs to one event loop."""

    def __init__(
        self,
        allowed: str,
        limits: Limits = Limits(),
        resolve: Resolver = resolved,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Take the list as in GOVKG_SERVICE_HOSTS; ``trust`` replaces the system's certificates."""
        self._entries = entries(allowed)
        self._limits = limits
        self._resolve = resolve
        self._trust = trust or (_system_trust() if self._entries else None)
        self._places = asyncio.Semaphore(limits.at_once)
        self.running = 0
        """How many calls are under way, or wait for a place."""

    @property
    def open(self) -> tuple[str, ...]:
        """The entries of the list; empty if no endpoint is open at all."""
        return tuple(entry.text for entry in self._entries)

    def require(self, endpoint: str) -> Entry:
        """Return the entry that opens an endpoint; raises EndpointClosedError."""
        try:
            url = parsed(endpoint)
        except ValueError:
            raise self._closed(endpoint, endpoint) from None
        for entry in self._entries:
            if entry.admits(url):
                return entry
        secure = url.scheme == "https" and url.port is None
        raise self._closed(endpoint, url.host if secure else endpoint)

    async def ask(self, endpoint: str, query: str, seconds: float | None = None) -> Reply:
        """Send a query and return the answer.

        ``seconds`` can only shorten the deadline. Raises EndpointClosedError, BusyError,
        EndpointDeadlineError, EndpointFailedError and EndpointTooLargeError.
        """
        entry = self.require(endpoint)
        patience = min(self._limits.seconds, seconds or self._limits.seconds)
        start, called = time.perf_counter(), False
        self.running += 1
        try:
            async with asyncio.timeout(patience), self._places:
                called = True
                return await self._ask(entry, parsed(endpoint), query)
        except TimeoutError:
            if not called:
                raise BusyError(waiting=self._limits.at_once, retry_after=_RETRY_AFTER) from None
            raise EndpointDeadlineError(
                endpoint=endpoint, seconds=patience, retry_after=_RETRY_AFTER
            ) from None
        except (httpx2.HTTPError, OSError, UnicodeError, zlib.error) as error:
            words = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise _failed(endpoint, words) from error
        finally:
            self.running -= 1
            milliseconds = (time.perf_counter() - start) * 1000
            _log.info("SERVICE %s %.0fms", entry.url.host, milliseconds)

    def _closed(self, endpoint: str, ask: str) -> EndpointClosedError:
        return EndpointClosedError(endpoint=endpoint, ask=ask, open=", ".join(self.open))

    async def _ask(self, entry: Entry, url: httpx2.URL, query: str) -> Reply:
        """Try the addresses of the host in turn until one takes the connection."""
        addresses = await self._addresses(entry, url)
        for address in addresses[:-1]:
            try:
                return await self._send(url, address, query)
            except httpx2.ConnectError:
                continue
        return await self._send(url, addresses[-1], query)

    async def _addresses(self, entry: Entry, url: httpx2.URL) -> list[Address]:
        """Return where the host lies; refused as a whole if any of that is not public."""
        literal = literal_address(url)
        names = [str(literal)] if literal else await self._resolve(url.host, port_of(url))
        found = [ip_address(name.partition("%")[0]) for name in dict.fromkeys(names)]
        wrong = [each for each in found if not entry.admits_address(each)]
        if wrong or not found:
            _log.warning("SERVICE %s leads to %s: refused", url.host, wrong)
            raise _failed(
                str(url),
                "its name leads to an address that is not public. Whoever runs the service can put "
                "that address itself, instead of the name, in GOVKG_SERVICE_HOSTS",
            )
        return found[:_ADDRESSES]

    async def _send(self, url: httpx2.URL, address: Address, query: str) -> Reply:
        """Send the query to the very address that was judged, under the name of the host."""
        target, name = url.copy_with(host=str(address)), url.raw_host.decode("ascii")
        async with (
            self._client() as client,
            client.stream(
                "POST",
                target,
                data={"query": query},
                headers={"Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": name},
            ) as response,
        ):
            if response.status_code != httpx2.codes.OK:
                raise await self._refusal(url, response)
            media_type = response.headers.get("content-type", "").split(";")[0].strip().lower()
            return Reply(media_type, await self._body(url, response))

    def _client(self) -> httpx2.AsyncClient:
        """Return a client for one call, so that neither cookies nor connections are shared."""
        agent = f"govkg/{__version__} (SPARQL SERVICE)"
        return httpx2.AsyncClient(
            headers={"Accept": _ACCEPT, "Accept-Encoding": "gzip", "User-Agent": agent},
            verify=self._trust or True,
            timeout=None,  # the whole call has a deadline
            follow_redirects=False,
            trust_env=False,  # no proxy and no password that a variable or a file names
        )

    async def _refusal(self, url: httpx2.URL, response: httpx2.Response) -> EndpointFailedError:
        """Return what an answer that is no success means."""
        if response.is_redirect:
            place = response.headers.get("location", "")[:_EXCERPT]
            return _failed(str(url), f"it redirects to {place}. Write that address, if it is right")
        try:
            words = (await self._body(url, response)).decode("utf-8", "replace")
        except (EndpointTooLargeError, EndpointFailedError, zlib.error):
            words = ""
        excerpt = " ".join(words.split())[:_EXCERPT]
        return _failed(str(url), f"it answers with status {response.status_code}: {excerpt}")

    async def _body(self, url: httpx2.URL, response: httpx2.Response) -> bytes:
        """Read a body to its end, unless it is too large before or after it is unzipped."""
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip"):
            raise _failed(str(url), f"it answers in the coding {coding[:40]}")
        most, body = self._limits.bytes, bytearray()
        raw = response.aiter_raw()
        async for part in raw if coding == "identity" else _unzipped(raw, most):
            body += part
            if len(body) > most:
                raise EndpointTooLargeError(endpoint=str(url), limit=most, unit="bytes")
        return bytes(body)


async def _unzipped(raw: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    """Unzip a stream, never more than ``most`` bytes and one at once."""
    unzipping = zlib.decompressobj(_GZIP)
    async for part in raw:
        yield unzipping.decompress(part, most + 1)
    if not unzipping.eof or unzipping.unused_data:
        raise zlib.error("the zipped answer breaks off, or goes on after its end")


@cache
def _system_trust() -> ssl.SSLContext:
    """Return the system's certificates, read once and before the time of a call runs."""
    return ssl.create_default_context()


def _failed(endpoint: str, reason: str) -> EndpointFailedError:
    return EndpointFailedError(endpoint=endpoint, reason=reason, retry_after=_RETRY_AFTER)
