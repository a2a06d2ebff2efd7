"""``/review``: what waits for a curator, and what a curator decides."""

import asyncio
import json
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from govkg.api import bodies, callers, handing_in
from govkg.api.case_records import (
    CHANGE_FAILS,
    IF_MATCH,
    RECORD,
    CaseId,
    act,
    changed,
    private,
    revision_of,
    told,
)
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Service
from govkg.api.negotiation import HTML, JSON
from govkg.errors import (
    ForbiddenError,
    ParameterError,
    TooLargeError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from govkg.journal import Action, Record

router = APIRouter(tags=["cases"])
DECISIONS: Final[tuple[Action, ...]] = ("take", "publish", "return")
"""What a curator can decide: to look at it, to publish it, or to send it back."""
_ROOM: Final = 20_000  # bytes of a decision
_GUARDED = (UnauthorizedError, ForbiddenError)


@router.get(
    "/review",
    **operation(
        "listReviews",
        "List what waits for a curator",
        answers={JSON: {"cases": [RECORD]}, HTML: "…"},
        fails=_GUARDED,
    ),
)
async def list_reviews(
    request: Request, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return the cases that were handed in and neither published nor returned yet."""
    media = wanted.choose((JSON, HTML))
    caller = await callers.required(request, "review", "reviewing cases")
    journal = service.book()
    found = await asyncio.to_thread(journal.records, states=("submitted", "under-review"))
    if media == HTML:
        return page.render("review.html", headers=private(caller), records=found)
    listed = [told(record, record.versions, caller) for record in found]
    return JSONResponse({"cases": listed}, headers=private(caller))


@router.get(
    "/submissions",
    **operation(
        "listSubmissions",
        "List one's own cases",
        answers={JSON: {"cases": [RECORD]}, HTML: "…"},
        fails=_GUARDED,
    ),
)
async def list_submissions(
    request: Request, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return the cases that were handed in with this token, with the state of each."""
    media = wanted.choose((JSON, HTML))
    caller = await callers.required(request, "submit", "handing in cases")
    found = await asyncio.to_thread(service.book().records, owner=caller.id)
    if media == HTML:
        return page.render("submissions.html", headers=private(caller), records=found)
    listed = [told(record, record.versions, caller) for record in found]
    return JSONResponse({"cases": listed}, headers=private(caller))


@router.post(
    "/cases/{case_id}/review",
    **operation(
        "reviewCase",
        "Decide on a case that was handed in",
        answers={JSON: RECORD, HTML: "…"},
        fails=(*CHANGE_FAILS, TooLargeError, UnsupportedMediaTypeError),
        parameters=(IF_MATCH,),
        body={
            JSON: {"decision": "publish", "message": "Sources checked"},
            bodies.FORM: {"decision": "return", "message": "Page numbers are missing"},
        },
    ),
)
async def review_case(
    request: Request, case_id: CaseId, service: ServiceDep, wanted: WantedDep
) -> Response:
    """Take, publish or return the last version; the message is told to whoever handed it in."""
    caller = await callers.required(request, "review", "reviewing cases")
    media = wanted.choose((JSON, HTML))
    record = await _held(service, case_id)
    given = await _given(request)
    decision = _decision(given)
    by = handing_in.note(request, caller, given.get("message", ""))
    if decision == "return" and not by.message:
        raise ParameterError(
            name="message", reason="it is missing", remedy="Say what has to be mended."
        )
    revision = _revision(request, given, record)
    return changed(await act(service, record, decision, by, revision), caller, media)


@router.post("/cases/{case_id}/withdraw", include_in_schema=False)
async def withdraw_by_form(request: Request, case_id: CaseId, service: ServiceDep) -> Response:
    """Do what DELETE does, for a form in a page."""
    caller = await callers.required(request, "submit", "withdrawing a case")
    given = await _given(request)
    record = await _held(service, case_id)
    if caller.id != record.owner and not caller.allows("review"):
        remedy = "Use the token that it was handed in with."
        raise ForbiddenError(action="changing a case of somebody else", remedy=remedy)
    by = handing_in.note(request, caller, given.get("message", ""))
    revision = _revision(request, given, record)
    return changed(await act(service, record, "withdraw", by, revision), caller, HTML)


async def _held(service: Service, case_id: str) -> Record:
    """Return a case of the journal; ForbiddenError for one of the bundle."""
    journal = service.book()
    if not await asyncio.to_thread(journal.holds, case_id) and any(
        case.id == case_id for case in service.known().cases
    ):
        raise handing_in.fixed(case_id)
    record = await asyncio.to_thread(journal.record, case_id)
    if record.withdrawn:
        raise await asyncio.to_thread(journal.gone, record)
    return record


async def _given(request: Request) -> dict[str, str]:
    """Return the fields of a form, or the members of a JSON object."""
    data = await bodies.read(request, _ROOM, "decision")
    kind = bodies.media_type(request)
    if kind in (bodies.FORM, bodies.MULTIPART):
        found = await bodies.fields(request, data)
        return {name: bodies.text(field.data, name) for name, field in found.items()}
    return _members(bodies.text(data, "body"))


def _members(text: str) -> dict[str, str]:
    try:
        value: Any = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise ParameterError(
            name="body", reason=f"it is no JSON: {error}", remedy="Send a JSON object."
        ) from error
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        remedy = "Send a JSON object of texts."
        raise ParameterError(name="body", reason="it is no object of texts", remedy=remedy)
    return value


def _decision(given: dict[str, str]) -> Action:
    decision = given.get("decision", "")
    for known in DECISIONS:
        if decision == known:
            return known
    names = ", ".join(DECISIONS)
    raise ParameterError(
        name="decision", reason=f"“{decision}” is none", remedy=f"Use one of: {names}."
    )


def _revision(request: Request, given: dict[str, str], record: Record) -> int:
    """Return the revision that a decision is about: of If-Match, or of a field in a form."""
    if "revision" in given and "if-match" not in request.headers:
        return handing_in.revision_in(f'"{given["revision"]}"', record.revision)
    return revision_of(request, record)
