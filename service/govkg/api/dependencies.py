"""What a handler may ask for by type.

These look-ups are coroutines, so that none costs a hop to a thread.
"""

import asyncio
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.requests import HTTPConnection

from govkg.api.knowledge import Knowledge, Service, service_of
from govkg.api.languages import checked_language
from govkg.api.looking import Held
from govkg.api.negotiation import NAMES, Wanted
from govkg.api.pages import Page
from govkg.errors import Language
from govkg.publishing.releases import Release, release_named

_FORMAT = f"Overrides the Accept header. One of: {', '.join(NAMES)}."
_RELEASE = "The version of a release, see /releases; empty: the data as it is now."
_LANG = "The language of texts, en or zh; overrides Accept-Language."


async def _wanted(
    request: Request,
    format_name: Annotated[
        str | None, Query(alias="format", description=_FORMAT, examples=["json"])
    ] = None,
) -> Wanted:
    return Wanted(request.headers.get("accept", "*/*"), format_name)


async def _language(
    request: Request,
    lang: Annotated[str | None, Query(description=_LANG, examples=["zh"])] = None,  # noqa: ARG001 # documents it
) -> Language:
    return checked_language(request)


async def _release(
    request: Request,
    release: Annotated[str, Query(description=_RELEASE, examples=["2027.1"])] = "",
) -> Release | None:
    if not release:
        return None
    settings = service_of(request).settings
    found = await asyncio.to_thread(release_named, settings.data_dir, release)
    request.state.release = found
    return found


ReleaseDep = Annotated[Release | None, Depends(_release)]
"""The release that is asked for; None is the data as it is now."""


async def _held(request: Request, release: ReleaseDep) -> Held:
    if release is None:
        return service_of(request).known()
    request.state.held = await service_of(request).frozen.of(release)
    held: Held = request.state.held
    return held


async def _knowledge(request: Request) -> Knowledge:
    return service_of(request).known()


LanguageDep = Annotated[Language, Depends(_language)]
"""The language that the client wants."""


async def _page(request: Request, language: LanguageDep) -> Page:
    return Page(request, language)


WantedDep = Annotated[Wanted, Depends(_wanted)]
"""The media types that the client wants."""


async def _service(connection: HTTPConnection) -> Service:
    return service_of(connection)


ServiceDep = Annotated[Service, Depends(_service)]
HeldDep = Annotated[Held, Depends(_held)]
"""The data as it is now, or as it was in the release that is asked for."""
KnowledgeDep = Annotated[Knowledge, Depends(_knowledge)]
"""The loaded knowledge; a request for it is refused while it is loading."""
PageDep = Annotated[Page, Depends(_page)]
