"""``/review``: what waits for a curator, and what a curator decides."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from govkg.api import bodies, callers, deciding, handing_in
from govkg.api.case_records import (
    CHANGE_FAILS,
    IF_MATCH,
    RECORD,
    CaseId,
    act,
    changed,
    insider,
    private,
    seen,
    told,
)
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Service
from govkg.api.negotiation import HTML, JSON
from govkg.api.reviewing import Look
from govkg.errors import (
    BusyError,
    DeadlineError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    ParameterError,
    TooLargeError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from govkg.journal import Action, Record

router = APIRouter(tags=["cases"])
DECISIONS: Final[tuple[Action, ...]] = ("take", "publish", "return")
"""What a curator can decide: to look at it, to publish it, or to send it back."""
_LOOK = {"id": "x", "version": 1, "validation": {"conforms": True}, "differences": None}
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


@router.get(
    "/cases/{case_id}/review",
    **operation(
        "lookAtCase",
        "Return the report on a case that was handed in, and what follows from it",
        answers={JSON: _LOOK, HTML: "…"},
        fails=(*_GUARDED, NotFoundError, GoneError, BusyError, DeadlineError),
    ),
)
async def look_at_case(
    request: Request, case_id: CaseId, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return validation, differences from what is published, and conclusions of the last version.

    For curators, and for whoever handed it in.
    """
    media = wanted.choose((JSON, HTML))
    caller = await callers.required(request, "review", "reviewing cases", "submit")
    record, _ = await seen(request, service, case_id)
    if not insider(record, caller):
        remedy = "Use the token that it was handed in with, or one of a curator."
        raise ForbiddenError(action="reading what is not public", remedy=remedy)
    look = await Look.taken(request, service, record)
    return look.page(page, caller) if media == HTML else look.response(caller)


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
    request: Request, case_id: CaseId, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Take, publish or return the last version; the message is told to whoever handed it in."""
    caller = await callers.required(request, "review", "reviewing cases")
    media = wanted.choose((JSON, HTML))
    record = await _held(service, case_id)
    given = await deciding.given(request)
    decision = _decision(given)
    by = handing_in.note(request, caller, given.get("message", ""))
    if decision == "return" and not by.message:
        if media == HTML:
            look = await Look.taken(request, service, record)
            return look.page(page, caller, lacks_message=True)
        raise ParameterError(
            name="message", reason="it is missing", remedy="Say what has to be mended."
        )
    revision = deciding.revision_of(request, record, given.get("revision"))
    return changed(page, await act(service, record, decision, by, revision), caller, media)


@router.post("/cases/{case_id}/withdraw", include_in_schema=False)
async def withdraw_by_form(
    request: Request, case_id: CaseId, service: ServiceDep, page: PageDep
) -> Response:
    """Do what DELETE does, for a form in a page."""
    caller = await callers.required(request, "submit", "withdrawing a case", "review")
    given = await deciding.given(request)
    record = await _held(service, case_id)
    if caller.id != record.owner and not caller.allows("review"):
        remedy = "Use the token that it was handed in with."
        raise ForbiddenError(action="changing a case of somebody else", remedy=remedy)
    by = handing_in.note(request, caller, given.get("message", ""))
    revision = deciding.revision_of(request, record, given.get("revision"))
    return changed(page, await act(service, record, "withdraw", by, revision), caller, HTML)


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


def _decision(given: dict[str, str]) -> Action:
    decision = given.get("decision", "")
    for known in DECISIONS:
        if decision == known:
            return known
    names = ", ".join(DECISIONS)
    raise ParameterError(
        name="decision", reason=f"“{decision}” is none", remedy=f"Use one of: {names}."
    )
