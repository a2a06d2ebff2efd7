"""``/sign-in``: let a browser keep a token, so that curators and submitters can use the pages."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from govkg.access import Caller
from govkg.api import bodies, callers
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Service
from govkg.api.negotiation import HTML
from govkg.errors import ForbiddenError, TooLargeError, UnsupportedMediaTypeError

router = APIRouter(tags=["about"])
_SECONDS: Final = 8 * 3600
"""How long a browser keeps the token; revoking it ends that at once."""
_ROOM: Final = 20_000  # bytes of a form with a token


@router.get(
    "/sign-in",
    **operation("signInForm", "Show a form to sign in by a token", answers={HTML: "…"}),
)
async def form(request: Request, page: PageDep, wanted: WantedDep) -> Response:
    """Return a page with a field for a token, or who is signed in."""
    wanted.choose((HTML,))
    return _page(page, await callers.known(request))


@router.post(
    "/sign-in",
    **operation(
        "signIn",
        "Sign in by a token",
        answers={},
        done={303: "The token is kept in a cookie", 401: ("It is unknown", {HTML: "…"})},
        fails=(ForbiddenError, TooLargeError, UnsupportedMediaTypeError),
        body={bodies.FORM: {"token": "govkg_…"}},
    ),
)
async def sign_in(request: Request, page: PageDep, service: ServiceDep) -> Response:
    """Keep a token in a cookie that no script and no other site can use."""
    callers.check_origin(request)
    found = await bodies.fields(request, await bodies.read(request, _ROOM, "form"))
    token = bodies.text(found["token"].data, "token").strip() if "token" in found else ""
    caller = await _known(service, token)
    if caller is None:
        return _page(page, None, failed=True)
    target = "/review" if caller.allows("review") else "/submissions"
    response = RedirectResponse(page.link(target), 303)
    response.set_cookie(
        callers.COOKIE, token, max_age=_SECONDS, httponly=True, samesite="strict",
        secure=request.url.scheme == "https" or service.settings.public_url.startswith("https"),
    )  # fmt: skip
    return response


@router.post(
    "/sign-out",
    **operation(
        "signOut", "Sign out", answers={}, done={303: "The cookie is gone"},
        fails=(ForbiddenError,),
    ),
)  # fmt: skip
async def sign_out(request: Request, page: PageDep) -> Response:
    """Forget the token in the browser; it stays good elsewhere."""
    callers.check_origin(request)
    response = RedirectResponse(page.link("/sign-in"), 303)
    response.delete_cookie(callers.COOKIE, httponly=True, samesite="strict")
    return response


async def _known(service: Service, token: str) -> Caller | None:
    """Return who a token stands for; one with a character that no header may hold is none."""
    if not token.isascii() or not token.isprintable() or {" ", ";", ",", '"'} & set(token):
        return None
    return await asyncio.to_thread(service.access.identify, f"Bearer {token}")


def _page(page: PageDep, caller: Caller | None, *, failed: bool = False) -> Response:
    return page.render(
        "sign-in.html",
        status=401 if failed else 200,
        headers={"Cache-Control": "no-store"},
        caller=caller,
        failed=failed,
    )
