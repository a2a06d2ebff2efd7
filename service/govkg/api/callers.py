"""Who sends a request: by a token in the header, or in the cookie of somebody who has signed in."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from govkg.access import Caller
from govkg.api.knowledge import address_of, service_of
from govkg.errors import ForbiddenError

COOKIE: Final = "govkg_token"
_SECONDS: Final = 8 * 3600
"""How long a browser keeps the token; revoking it ends that at once."""
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


async def required(request: Request, scope: str, action: str, *others: str) -> Caller:
    """Return who sends a request; raises UnauthorizedError or ForbiddenError as Access does.

    ``others`` are scopes that do as well.
    """
    given = credentials(request)
    caller = await known(request) if others else None
    if caller and any(caller.allows(each) for each in others):
        return caller
    return await asyncio.to_thread(service_of(request).access.require, given, scope, action)


async def known(request: Request) -> Caller | None:
    """Return who sends a request, or None for anybody."""
    given = credentials(request)
    if not given:
        return None
    return await asyncio.to_thread(service_of(request).access.identify, given)


def credentials(request: Request) -> str:
    """Return the Authorization header of a request, or what stands for it in the cookie.

    The cookie counts only for pages of our own: a browser sends it by itself, so a form elsewhere
    could send it too. Raises ForbiddenError if one does.
    """
    header = request.headers.get("authorization", "")
    token = request.cookies.get(COOKIE, "")
    if header or not token:
        return header
    if request.method not in _SAFE:
        check_origin(request)
    return f"Bearer {token}"


async def typed(request: Request, token: str) -> Caller | None:
    """Return who a token stands for that was typed into a page of ours, or None.

    One with a character that no header may hold is nobody's. Raises ForbiddenError as
    ``check_origin``.
    """
    check_origin(request)
    if not token.isascii() or not token.isprintable() or {" ", ";", ",", '"'} & set(token):
        return None
    return await asyncio.to_thread(service_of(request).access.identify, f"Bearer {token}")


def remember(request: Request, response: Response, token: str) -> None:
    """Have the browser keep a token in a cookie that no script and no other site can use."""
    public = service_of(request).settings.public_url
    response.set_cookie(
        COOKIE, token, max_age=_SECONDS, httponly=True, samesite="strict",
        secure=request.url.scheme == "https" or public.startswith("https"),
    )  # fmt: skip


def check_origin(request: Request) -> None:
    """Raise ForbiddenError unless a form was sent from a page of this service."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site == "same-origin":
            return
    elif _host(request.headers.get("origin", "")) == _host(address_of(request)) != "":
        return
    remedy = "Send it from a page of this service, or with the token in the Authorization header."
    raise ForbiddenError(action="sending a form from elsewhere", remedy=remedy)


def _host(address: str) -> str:
    """Return host and port of an address; proxies may have changed its scheme."""
    return urlsplit(address).netloc.lower()
