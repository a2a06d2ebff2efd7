"""``/sign-in``: let a browser keep a token, so that curators and submitters can use the pages."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from govkg.access import Caller
from govkg.api import bodies, callers
from govkg.api.dependencies import PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML
from govkg.errors import ForbiddenError, TooLargeError, UnsupportedMediaTypeError

router = APIRouter(tags=["about"])
_ROOM: Final = 20_000  # bytes of a form with a token
NextDep = Annotated[
    str,
    Query(alias="next", max_length=2000, description="Where to go then, on this server.",
          examples=["/review"]),
]  # fmt: skip


@router.get(
    "/sign-in",
    **operation("signInForm", "Show a form to sign in by a token", answers={HTML: "…"}),
)
async def form(
    request: Request, page: PageDep, wanted: WantedDep, target: NextDep = ""
) -> Response:
    """Return a page with a field for a token, or who is signed in."""
    wanted.choose((HTML,))
    return _page(page, await callers.known(request), target)


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
async def sign_in(request: Request, page: PageDep, target: NextDep = "") -> Response:
    """Keep a token in a cookie that no script and no other site can use."""
    callers.check_origin(request)
    found = await bodies.fields(request, await bodies.read(request, _ROOM, "form"))
    token = bodies.text(found["token"].data, "token").strip() if "token" in found else ""
    caller = await callers.typed(request, token)
    if caller is None:
        return _page(page, None, target, failed=True)
    own = "/review" if caller.allows("review") else "/submissions"
    response = RedirectResponse(_here(target) or page.link(own), 303)
    callers.remember(request, response, token)
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


def _here(target: str) -> str:
    """Return where to go, if that is on this server; browsers read a backslash as a slash."""
    plain = target.isascii() and target.isprintable() and "\\" not in target
    return target if plain and target.startswith("/") and not target.startswith("//") else ""


def _page(page: PageDep, caller: Caller | None, target: str, *, failed: bool = False) -> Response:
    return page.render(
        "sign-in.html",
        status=401 if failed else 200,
        headers={"Cache-Control": "no-store"},
        caller=caller,
        target=_here(target),
        failed=failed,
        needed=False,
    )
