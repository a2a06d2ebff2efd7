"""What the handlers work with: the settings, the workers, and the knowledge once it is loaded."""

import asyncio
import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeVar

from fastapi.routing import APIRoute
from pyoxigraph import NamedNode
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from govkg.access import Access
from govkg.api.caching import ResultCache
from govkg.api.deep import DeepChecks
from govkg.api.frozen import Frozen
from govkg.api.looking import Held
from govkg.api.measuring import Metrics
from govkg.api.searching import SearchIndex
from govkg.cases.description import Description
from govkg.cases.graphs import Graphs
from govkg.cases.projecting import projection
from govkg.cases.writing import Change, Writer
from govkg.endpoints import Endpoints, Limits
from govkg.errors import (
    DeadlineError,
    NotFoundError,
    NotReadyError,
    NotVisibleError,
    ParameterError,
    UpdateDeadlineError,
)
from govkg.journal import Journal
from govkg.oidc import verifier
from govkg.ontology import Ontology
from govkg.publishing.making import Dumps
from govkg.publishing.querying import ReleasePools
from govkg.registers import Registry
from govkg.settings import Settings
from govkg.store import Delta, Update
from govkg.store.embedded import EmbeddedStore
from govkg.workers import Pool

_UNWATCHED: Final = 0.05
"""How many seconds work may take before it is watched whether its client is still there."""

_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
"""How many seconds to wait before what could not be shown is tried again, at first and at most."""

Changed = TypeVar("Changed")
_log = logging.getLogger("govkg.knowledge")


@dataclass(frozen=True)
class Knowledge(Held):
    """Everything that is looked up in this process; it never changes once it is loaded."""

    index: SearchIndex
    shapes: Ontology
    """The SHACL shapes, read like an ontology."""
    description: Description
    registry: Registry


@dataclass(frozen=True)
class Made:
    """A generation that readers see."""

    number: int
    at: float
    """When it was shown, in seconds since 1970."""


@dataclass
class Service:
    """The parts of a running service."""

    settings: Settings
    routes: list[APIRoute] = field(default_factory=list)
    """Every route, to tell which methods an address knows."""
    knowledge: Knowledge | None = None
    pool: Pool | None = None
    writer: Writer | None = None
    journal: Journal | None = None
    reason: str = "it is loading"
    """Why the service is not ready, as long as it is not."""
    made: Made | None = None
    """The generation that ``knowledge`` is of."""
    draining: bool = False
    """Whether the service is ending; requests are answered still, but should go elsewhere."""

    def __post_init__(self) -> None:
        """Know who may write and whom queries may call; keep answers, and measure."""
        self.access = Access(self.settings.tokens_path, verifier(self.settings))
        self.cache = ResultCache(self.settings.cache_bytes)
        self.endpoints = opened(self.settings)
        self.deep = DeepChecks(self.settings.dl_seconds)
        self.dumps = Dumps(self.settings)
        self.releases = ReleasePools(self.settings)
        self.frozen = Frozen(self.settings)
        self.comparing = asyncio.Lock()
        self.metrics = Metrics() if self.settings.metrics else None

    @property
    def ready(self) -> bool:
        """Say whether requests should be sent here: all is loaded, and the end is not near."""
        return self.knowledge is not None and self.pool is not None and not self.draining

    def known(self) -> Knowledge:
        """Return the knowledge; raises NotReadyError while it is loading."""
        if self.knowledge is None:
            raise NotReadyError(reason=self.reason, retry_after=2)
        return self.knowledge

    @property
    def describes_itself(self) -> bool:
        """Say whether queries find the description of the dataset in the default graph."""
        return self.settings.bundle and self.settings.default_graph == "merge"

    @property
    def writable(self) -> bool:
        """Say whether anybody may write."""
        return self.writer is not None and self.access.enabled

    async def write(self, authorization: str, action: str, change: Change[Changed]) -> Changed:
        """Change the store for somebody with the right token; see ``Writer.write``."""
        await asyncio.to_thread(self.access.require, authorization, "write", action)
        self.known()
        if self.writer is None:
            raise NotReadyError(reason=self.reason, retry_after=2)
        return await self.writer.write(change)

    async def work_out(self, wanted: Update, unseen: Delta) -> Delta:
        """Find out what an update changes, in a process of its own that can be stopped.

        ``unseen`` is what has changed since the readers' generation. Raises what ``Pool.run`` does,
        UpdateDeadlineError, and what the update raises; see ``store.updating``.
        """
        head, body = await asyncio.to_thread(unseen.packed)
        header, seconds = {"update": wanted.header(), "unseen": head}, self.settings.update_seconds
        try:
            head, body = await self.workers().run_apart("update", header, body, seconds=seconds)
        except DeadlineError as error:
            raise UpdateDeadlineError(**error.facts) from error
        return await asyncio.to_thread(Delta.unpacked, head, body)

    def book(self) -> Journal:
        """Return the journal of submissions; raises NotReadyError or NotFoundError."""
        if self.journal is not None:
            return self.journal
        if not self.settings.bundle:
            hint = "A plain dataset (GOVKG_BUNDLE=false) takes no cases; write to /data."
            raise NotFoundError(what="journal", name="cases", hint=hint)
        raise NotReadyError(reason=self.reason, retry_after=2)

    async def show(self, case_ids: Sequence[str]) -> None:
        """Let readers see what the journal now says of cases; raises NotVisibleError.

        What cannot be shown now is shown as soon as that works.
        """
        try:
            await self._project(case_ids)
        except NotVisibleError:
            raise
        except Exception as error:
            _log.exception("a decision is kept but cannot be shown; trying again")
            self._later = asyncio.create_task(self._project_later(case_ids))
            reason = f"{type(error).__name__}: {error}"
            raise NotVisibleError(reason=reason, retry_after=5) from error

    async def _project(self, case_ids: Sequence[str]) -> None:
        if self.writer is None:
            raise NotReadyError(reason=self.reason, retry_after=2)
        graphs, journal = Graphs(self.settings.base_iri), self.book()

        async def change(present: EmbeddedStore, _: Delta) -> tuple[Delta, None]:
            return await asyncio.to_thread(projection, journal, present, graphs, case_ids), None

        await self.writer.write(change)

    async def _project_later(self, case_ids: Sequence[str]) -> None:
        """Try until it works, or the service ends; then the next start does it."""
        pause = _PAUSE
        while not self.draining:
            await asyncio.sleep(pause)
            try:
                await self._project(case_ids)
            except NotVisibleError:
                return  # it is in the store, and the writer goes on by itself
            except Exception as error:  # noqa: BLE001 # whatever it is, it is tried again
                _log.warning("a decision cannot be shown yet: %s", error)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                return

    async def run(
        self, request: Request, job: str, header: dict[str, Any], body: bytes, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Have a worker do a job; it is stopped when the client leaves. See ``Pool.run``."""
        with Watch(request):
            return await self.workers().run(job, header, body, seconds=seconds)

    async def run_on_release(
        self, request: Request, version: str, header: dict[str, Any], query: bytes, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Have a query answered by a release; see ``ReleasePools.run``."""
        with Watch(request):
            return await self.releases.run(version, header, query, seconds)

    def workers(self) -> Pool:
        """Return the workers; raises NotReadyError while there are none."""
        if self.pool is None:
            raise NotReadyError(reason=self.reason, retry_after=2)
        return self.pool


class Watch:
    """Cancels what runs inside it if the client leaves, and raises ClientDisconnect instead.

    Only work that has taken a while is watched, since to watch costs more than a short query.
    """

    def __init__(self, request: Request) -> None:
        """Take the request, whose body must have been read."""
        self._request = request
        self._departure: asyncio.Task[None] | None = None

    def __enter__(self) -> None:
        """Start to watch, after a while."""
        loop, self._work = asyncio.get_running_loop(), asyncio.current_task()
        self._start = loop.call_later(_UNWATCHED, self._watch)

    def _watch(self) -> None:
        self._departure = asyncio.ensure_future(_departure(self._request))
        self._departure.add_done_callback(self._leave)

    def _leave(self, departure: "asyncio.Task[None]") -> None:
        if self._work and not departure.cancelled():
            self._work.cancel()

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Watch no more."""
        self._start.cancel()
        departure = self._departure
        if departure is None:
            return
        departure.remove_done_callback(self._leave)
        if not departure.done():
            departure.cancel()
        elif kind is asyncio.CancelledError and self._work and not self._work.uncancel():
            raise ClientDisconnect from None


async def _departure(request: Request) -> None:
    """Return when the client has gone; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def opened(settings: Settings) -> Endpoints:
    """Return the endpoints elsewhere that queries may call."""
    limits = Limits(settings.service_seconds, settings.service_bytes, settings.service_at_once)
    return Endpoints(settings.service_hosts, limits)


def service_of(connection: HTTPConnection) -> Service:
    """Return the service that a request was sent to."""
    service: Service = connection.app.state.service
    return service


def address_of(request: Request) -> str:
    """Return the address at which users reach the service, without a slash at its end.

    Raises ParameterError if the Host header names no host (RFC 9110, section 7.2).
    """
    known = service_of(request).settings.public_url
    host = request.headers.get("host")
    if known or not host:
        return known or str(request.base_url).rstrip("/")
    if not _is_host(host):
        raise ParameterError(
            name="Host", reason=f"“{host}” is no host", remedy="Send a name or an IP address."
        )
    return f"{request.scope['scheme']}://{host}{request.scope.get('root_path', '')}".rstrip("/")


_HOST = re.compile(r"(?:[\w.%~!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::\d{0,5})?", re.ASCII)


@lru_cache(maxsize=256)
def _is_host(text: str) -> bool:
    """Say whether a text can stand as the host of an IRI."""
    with suppress(ValueError):
        return bool(_HOST.fullmatch(text) and NamedNode(f"http://{text}/"))
    return False
