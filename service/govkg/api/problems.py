"""Errors as problem documents (RFC 9457); the only file that knows status codes of errors."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any, Final, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from govkg import errors
from govkg.api.knowledge import service_of
from govkg.api.languages import language_of
from govkg.api.negotiation import HTML, Wanted
from govkg.api.notes import notes_of
from govkg.api.pages import Page
from govkg.errors import ERRORS, GovkgError, NotFoundError, ParameterError

PROBLEM: Final = "application/problem+json"
Answer = TypeVar("Answer")


STATUS: Final[dict[type[GovkgError], int]] = {
    GovkgError: 500,
    errors.BadInputError: 400,
    errors.TooLargeError: 413,
    errors.ResultTooLargeError: 422,
    errors.UnsupportedMediaTypeError: 415,
    errors.NotAcceptableError: 406,
    errors.NotFoundError: 404,
    errors.UnauthorizedError: 401,
    errors.ForbiddenError: 403,
    errors.ConflictError: 409,
    errors.PreconditionFailedError: 412,
    errors.PreconditionRequiredError: 428,
    errors.KeyReusedError: 422,
    errors.NotConformingError: 422,
    errors.GoneError: 410,
    errors.UnavailableError: 503,
    errors.StorageFullError: 507,
    errors.BusyError: 429,
    errors.RateLimitedError: 429,
    errors.MethodNotAllowedError: 405,
}
"""The status of each error class; one that is not named has that of its nearest parent."""

KINDS: Final[Mapping[str, type[GovkgError]]] = dict(sorted(ERRORS.items()))
"""Every error that can be met over HTTP, by its code."""


def status_of(kind: type[GovkgError]) -> int:
    """Return the status of an error class."""
    return next(STATUS[base] for base in kind.__mro__ if base in STATUS)


def problem(request: Request, error: GovkgError) -> Response:
    """Return an error as a problem document, or as a page if the client is a browser."""
    status = status_of(type(error))
    headers = _headers(error)
    notes_of(request.scope).problem = error.code
    wanted = Wanted(request.headers.get("accept", "*/*"))
    if wanted.page() and request.url.path != "/healthz":
        page = Page(request, language_of(request))
        if isinstance(error, errors.UnauthorizedError):
            known = {"caller": None, "failed": False, "needed": True, "target": page.back}
            return page.render("sign-in.html", status=status, headers=headers, **known)
        return page.render("problem.html", status=status, headers=headers, error=error)
    return JSONResponse(document(request, error), status, headers, PROBLEM)


def document(request: Request, error: GovkgError) -> dict[str, Any]:
    """Return the members of the problem document, the facts of the error among them."""
    settings = service_of(request).settings
    language = language_of(request)
    request_id = getattr(request.state, "request_id", "")
    return {
        **error.told(language),
        "type": f"{settings.public_url}/problems/{error.code}",
        "title": error.title[language],
        "status": status_of(type(error)),
        "detail": error.text(language).strip(),
        "instance": f"urn:govkg:request:{request_id}",
        "code": error.code,
    }


def internal(request: Request) -> Response:
    """Return the answer to an exception that nobody foresaw; it tells nothing of the inside."""
    return problem(request, errors.InternalError(request_id=request.state.request_id))


def _headers(error: GovkgError) -> dict[str, str]:
    """Return the headers that an error asks for."""
    headers = {}
    if isinstance(error, errors.UnavailableError):
        headers["Retry-After"] = str(error.facts.get("retry_after", 1))
    if isinstance(error, errors.UnauthorizedError):
        headers["WWW-Authenticate"] = 'Bearer realm="govkg"'
    if isinstance(error, errors.MethodNotAllowedError):
        headers["Allow"] = error.facts["allowed"]
    return headers


def _translated(request: Request, error: HTTPException) -> GovkgError:
    """Translate what the router raises: an unknown address, or a method it does not know."""
    allowed = allowed_methods(request)
    if allowed and request.method not in allowed:
        return errors.MethodNotAllowedError(method=request.method, allowed=", ".join(allowed))
    if error.status_code == STATUS[NotFoundError]:
        hint = "The start page / and the API description /docs say what there is."
        return NotFoundError(what="page", name=request.url.path, hint=hint)
    return ParameterError(name="request", reason=str(error.detail), remedy="See /docs.")


def allowed_methods(request: Request) -> list[str]:
    """Return the methods that the address of a request knows, none if there is no such address."""
    routes = service_of(request).routes
    methods = {m for r in routes if r.path_regex.match(request.url.path) for m in r.methods or ()}
    if not methods:
        return []
    return sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set()))


def _invalid(error: RequestValidationError) -> ParameterError:
    """Translate the first thing that FastAPI found wrong with the parameters."""
    first = error.errors()[0]
    name = str(first["loc"][-1])
    given = f" (“{first['input']}” was given)" if isinstance(first.get("input"), str) else ""
    return ParameterError(name=name, reason=first["msg"] + given, remedy="See /docs.")


async def _on_error(request: Request, error: Exception) -> Response:
    """Answer any error that govkg, FastAPI or Starlette raises on purpose."""
    if isinstance(error, RequestValidationError):
        return problem(request, _invalid(error))
    if isinstance(error, HTTPException):
        return problem(request, _translated(request, error))
    return problem(request, error if isinstance(error, GovkgError) else GovkgError(detail=""))


def install(app: FastAPI) -> None:
    """Have the app answer all errors by problem documents."""
    for kind in (GovkgError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _on_error)


def described(
    kinds: Iterable[type[GovkgError]], *, as_page: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Describe errors for the OpenAPI document, by status; ``as_page`` if browsers see a page."""
    content: dict[str, Any] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if as_page:
        content[HTML] = {"schema": {"type": "string"}}
    found: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        entry = found.setdefault(status_of(kind), {"description": "", "content": dict(content)})
        entry["description"] += ("; " if entry["description"] else "") + kind.title["en"]
    return found


async def caught(
    request: Request, work: Awaitable[Answer]
) -> tuple[Answer | None, GovkgError | None]:
    """Return the answer, or the error that a page shows in its place."""
    try:
        return await work, None
    except GovkgError as error:
        notes_of(request.scope).problem = error.code
        return None, error
