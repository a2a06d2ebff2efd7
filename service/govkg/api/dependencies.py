"""What a handler may ask for by type.

These look-ups are coroutines, so that none costs a hop to a thread.
"""

from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.requests import HTTPConnection

from govkg.api.knowledge import Knowledge, Service, service_of
from govkg.api.languages import checked_language
from govkg.api.negotiation import NAMES, Wanted
from govkg.api.pages import Page
from govkg.errors import Language

_FORMAT = f"Overrides the Accept header. One of: {', '.join(NAMES)}."
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
KnowledgeDep = Annotated[Knowledge, Depends(_knowledge)]
"""The loaded knowledge; a request for it is refused while it is loading."""
PageDep = Annotated[Page, Depends(_page)]
