"""What the handlers work with: the settings, the workers, and the knowledge once it is loaded."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from govkg.access import Access
from govkg.api.caching import ResultCache
from govkg.api.facts import Facts
from govkg.api.searching import SearchIndex
from govkg.cases import KG
from govkg.cases.kg import Case
from govkg.cases.writing import Change, Writer
from govkg.errors import ForbiddenError, NotReadyError
from govkg.ontology import Ontology, Term
from govkg.settings import Settings
from govkg.workers import Pool

Changed = TypeVar("Changed")


@dataclass(frozen=True)
class Knowledge:
    """Everything that is looked up in this process; it never changes once it is loaded."""

    kg: KG
    facts: Facts
    index: SearchIndex
    shapes: Ontology
    """The SHACL shapes, read like an ontology."""
    cases: tuple[Case, ...]
    terms: tuple[Term, ...]


@dataclass
class Service:
    """The parts of a running service."""

    settings: Settings
    routes: list[APIRoute] = field(default_factory=list)
    """Every route, to tell which methods an address knows."""
    knowledge: Knowledge | None = None
    pool: Pool | None = None
    writer: Writer | None = None
    reason: str = "it is loading"
    """Why the service is not ready, as long as it is not."""

    def __post_init__(self) -> None:
        """Know the tokens of those who may write, and keep answers for those who ask again."""
        self.access = Access(self.settings.tokens_path)
        self.cache = ResultCache(self.settings.cache_bytes)

    @property
    def ready(self) -> bool:
        """Say whether everything is loaded and the workers run."""
        return self.knowledge is not None and self.pool is not None

    def known(self) -> Knowledge:
        """Return the knowledge; raises NotReadyError while it is loading."""
        if self.knowledge is None:
            raise NotReadyError(reason=self.reason, retry_after=2)
        return self.knowledge

    @property
    def writable(self) -> bool:
        """Say whether anybody may write."""
        return self.writer is not None and self.access.enabled

    async def write(self, authorization: str, action: str, change: Change[Changed]) -> Changed:
        """Change the store for somebody with the right token; see ``Writer.write``."""
        self.access.require(authorization, "write", action)
        self.known()
        if self.writer is None:
            remedy = "The data is in an engine elsewhere: write to that engine."
            raise ForbiddenError(action=action, remedy=remedy)
        return await self.writer.write(change)

    async def run(
        self, request: Request, job: str, header: dict[str, Any], body: bytes, seconds: float
    ) -> tuple[dict[str, Any], bytes]:
        """Have a worker do a job; it is stopped when the client leaves. See ``Pool.run``."""
        if self.pool is None:
            raise NotReadyError(reason=self.reason, retry_after=2)
        work = asyncio.ensure_future(self.pool.run(job, header, body, seconds=seconds))
        departure = asyncio.ensure_future(_departure(request))
        try:
            await asyncio.wait({work, departure}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise ClientDisconnect
            return work.result()
        finally:
            work.cancel()
            departure.cancel()
            await asyncio.gather(work, departure, return_exceptions=True)


async def _departure(request: Request) -> None:
    """Return when the client has gone; the body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def service_of(connection: HTTPConnection) -> Service:
    """Return the service that a request was sent to."""
    service: Service = connection.app.state.service
    return service
