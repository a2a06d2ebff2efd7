"""``/cases/{id}``: one case in the journal: read it, change it, withdraw it."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from govkg import errors
from govkg.access import Caller
from govkg.api import callers, deciding, handing_in
from govkg.api.cases import RECEIPTS, REPORTS, SUBMIT_FAILS
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import as_rdf
from govkg.api.handing_in import Handing, HandingDep, MessageDep
from govkg.api.knowledge import Service
from govkg.api.negotiation import HTML, JSON, RDF
from govkg.api.pages import Page
from govkg.api.submissions import BODIES, received
from govkg.cases.submitting import triples_in
from govkg.errors import ForbiddenError, NotFoundError
from govkg.journal import Action, Journal, Note, Record, Version

router = APIRouter(tags=["cases"])
CaseId = Annotated[str, Path(max_length=200, examples=["porto-alegre-pb"])]
CHANGE_FAILS: Final = (
    errors.NotFoundError,
    errors.GoneError,
    errors.UnauthorizedError,
    errors.ForbiddenError,
    errors.ConflictError,
    errors.PreconditionFailedError,
    errors.PreconditionRequiredError,
    errors.StorageFullError,
    errors.NotVisibleError,
)
"""The errors that whoever changes a case can meet."""
IF_MATCH: Final = {
    "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "The ETag of the case as it was read; without one there is a 428.",
}  # fmt: skip
RECORD: Final = {"id": "x", "state": "submitted", "version": 1, "versions": []}


@router.get(
    "/cases/{case_id}",
    **operation(
        "getRecord",
        "Return a case with its state",
        answers={JSON: RECORD, **dict.fromkeys((*RDF, HTML), "…")},
        fails=(errors.NotFoundError, errors.GoneError),
    ),
)
async def get_record(
    request: Request, case_id: CaseId, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return what is published of a case; its owner and curators get the last version.

    The ETag is what If-Match asks for. A case that was withdrawn is a 410.
    """
    media = wanted.choose((JSON, *RDF, HTML))
    journal = service.book()
    if not await asyncio.to_thread(journal.holds, case_id):
        return _bundled(service, case_id, media, page)
    record, caller = await seen(request, service, case_id)
    shown = visible(record, caller)
    headers = tagged(record, caller)
    if media == JSON:
        return JSONResponse(told(record, shown, caller), headers=headers)
    if media == HTML:
        return await _page(page, service, record, shown, caller)
    content = await asyncio.to_thread(journal.content, case_id, shown[-1].number)
    response = as_rdf(triples_in(content), media)
    response.headers.update(headers)
    return response


@router.put(
    "/cases/{case_id}",
    **operation(
        "replaceCase",
        "Hand in a new version of a case",
        answers=RECEIPTS,
        done={422: ("It does not conform: the report", REPORTS)},
        fails=(*SUBMIT_FAILS, *CHANGE_FAILS),
        parameters=(IF_MATCH,),
        body=BODIES,
    ),
)
async def put_case(case_id: CaseId, handing: HandingDep) -> Response:
    """Keep a new version, to be reviewed; what is published stays so until then."""
    request, service = handing.request, handing.service
    caller = await callers.required(request, "submit", "changing a case")
    record = await own(service, case_id, caller)
    revision, by = deciding.revision_of(request, record), handing.by(caller)
    return await _revised(handing, case_id, by, revision)


@router.post("/cases/{case_id}/versions", include_in_schema=False)
async def add_version(
    case_id: CaseId, handing: HandingDep, page: PageDep, revision: str = ""
) -> Response:
    """Do what PUT does, for a form in a page; the address tells the revision."""
    request, service = handing.request, handing.service
    caller = await callers.required(request, "submit", "changing a case")
    record = await own(service, case_id, caller)
    number = deciding.revision_of(request, record, revision)
    handing = replace(handing, page=page, media=HTML)
    return await _revised(handing, case_id, handing.by(caller), number)


async def _revised(handing: Handing, case_id: str, by: Note, revision: int) -> Response:
    """Check the document of a request and keep it as a new version, or return the report."""
    document = await received(handing.request, handing.service)
    found = await handing_in.checked(handing, document, only=case_id)
    if not found.cases or not (found.conforms or handing.draft):
        return handing_in.refused(handing, document, found)
    receipt = await handing_in.revised(handing, document, found, by, revision)
    return handing_in.receipt_response(handing, receipt, found, 200)


@router.delete(
    "/cases/{case_id}",
    **operation(
        "withdrawCase",
        "Withdraw a case",
        answers={},
        done={204: "The case is withdrawn, and readers do not see it any more"},
        fails=CHANGE_FAILS,
        parameters=(IF_MATCH,),
    ),
)
async def withdraw_case(
    request: Request, case_id: CaseId, service: ServiceDep, message: MessageDep = ""
) -> Response:
    """Withdraw all of a case for good; its history is kept, and its address is a 410."""
    caller = await callers.required(request, "submit", "withdrawing a case", "review")
    record = await own(service, case_id, caller, reviewers=True)
    by = handing_in.note(request, caller, message)
    await act(service, record, "withdraw", by, deciding.revision_of(request, record))
    return Response(status_code=204)


@router.post(
    "/cases/{case_id}/submit",
    **operation(
        "submitDraft",
        "Hand in a draft to be reviewed",
        answers={JSON: RECORD, HTML: "…"},
        fails=(*CHANGE_FAILS, errors.TooLargeError, errors.UnsupportedMediaTypeError),
        parameters=(IF_MATCH,),
    ),
)
async def submit_draft(
    request: Request, case_id: CaseId, service: ServiceDep, wanted: WantedDep, page: PageDep,
    message: MessageDep = "",
) -> Response:  # fmt: skip
    """Hand in the last version, which was kept as a draft and conforms.

    A form may name the revision in a field ``revision``, in the place of If-Match.
    """
    caller = await callers.required(request, "submit", "handing in a draft")
    record = await own(service, case_id, caller)
    media = wanted.choose((JSON, HTML))
    fields = await deciding.given(request)
    by = handing_in.note(request, caller, message)
    revision = deciding.revision_of(request, record, fields.get("revision"))
    return changed(page, await act(service, record, "submit", by, revision), caller, media)


async def act(service: Service, record: Record, action: Action, by: Note, revision: int) -> Record:
    """Do something with a case, and let readers see it if it matters to them.

    It goes on to the end even if the client leaves.
    """

    async def work() -> Record:
        journal = service.book()
        done = await asyncio.to_thread(journal.act, record.case_id, action, by, revision)
        if action == "publish" or (action == "withdraw" and record.live):
            await service.show([record.case_id])
        return done

    return await asyncio.shield(asyncio.create_task(work()))


async def seen(request: Request, service: Service, case_id: str) -> tuple[Record, Caller | None]:
    """Return a case, and who asks; NotFoundError if they may not know of it, GoneError."""
    journal: Journal = service.book()
    record = await asyncio.to_thread(journal.record, case_id)
    caller = await callers.known(request)
    if not visible(record, caller):
        raise _unknown(case_id)
    if record.withdrawn:
        raise await asyncio.to_thread(journal.gone, record)
    return record, caller


async def own(service: Service, case_id: str, caller: Caller, *, reviewers: bool = False) -> Record:
    """Return a case that the caller may change.

    Raises NotFoundError, ForbiddenError for a case of somebody else or of the bundle, GoneError.
    """
    journal = service.book()
    if not await asyncio.to_thread(journal.holds, case_id):
        case = next((c for c in service.known().cases if c.id == case_id), None)
        raise handing_in.fixed(case_id) if case else _unknown(case_id)
    record = await asyncio.to_thread(journal.record, case_id)
    if not visible(record, caller):
        raise _unknown(case_id)
    mine = caller.id == record.owner or caller.allows("admin")
    if not mine and not (reviewers and caller.allows("review")):
        remedy = "Use the token that it was handed in with."
        raise ForbiddenError(action="changing a case of somebody else", remedy=remedy)
    if record.withdrawn:
        raise await asyncio.to_thread(journal.gone, record)
    return record


def insider(record: Record, caller: Caller | None) -> bool:
    """Say whether somebody may see what is not public of a case: its owner and curators."""
    return caller is not None and (caller.id == record.owner or caller.allows("review"))


def visible(record: Record, caller: Caller | None) -> tuple[Version, ...]:
    """Return the versions that somebody may see: all, or those that were published."""
    if insider(record, caller):
        return record.versions
    return tuple(version for version in record.versions if version.was_published)


def private(caller: Caller | None) -> dict[str, str]:
    """Return the headers that keep an answer for one person out of shared caches."""
    return {"Cache-Control": "private, no-cache"} if caller else {}


def tagged(record: Record, caller: Caller | None) -> dict[str, str]:
    """Return the headers of a case; who may change it is told its revision, and nobody else."""
    tag = {"ETag": f'"{record.revision}"'} if insider(record, caller) else {}
    return private(caller) | tag


def changed(page: Page, record: Record, caller: Caller, media: str) -> Response:
    """Return the answer to a change that was carried out; a browser goes to the case."""
    if media == HTML:
        return RedirectResponse(page.link(f"/cases/{record.case_id}"), 303)
    headers = tagged(record, caller)
    return JSONResponse(told(record, record.versions, caller), headers=headers)


def told(record: Record, shown: tuple[Version, ...], caller: Caller | None) -> dict[str, Any]:
    """Return a case as JSON, as far as somebody may see it."""
    last = shown[-1]
    path = f"/cases/{record.case_id}"
    return {
        "id": record.case_id, "iri": record.iri, "title": last.title, "state": last.state,
        "version": last.number, "published": record.live.number if record.live else None,
        "mine": caller is not None and caller.id == record.owner,
        "history": f"{path}/history",
        "versions": [version_json(each) for each in shown],
    }  # fmt: skip


def version_json(version: Version) -> dict[str, Any]:
    """Return a version as JSON."""
    return {
        "version": version.number, "state": version.state, "at": version.at, "by": version.by,
        "conforms": version.conforms, "sha256": version.digest,
        "address": f"/cases/{version.case_id}/versions/{version.number}",
        "original": f"/cases/{version.case_id}/versions/{version.number}/original",
        "mediaType": version.media_type,
    }  # fmt: skip


def _bundled(service: Service, case_id: str, media: str, page: Page) -> Response:
    """Return a case that the journal does not hold; browsers go to its page."""
    case = next((c for c in service.known().cases if c.id == case_id), None)
    if case is None:
        raise _unknown(case_id)
    if media == HTML:
        return RedirectResponse(page.link(f"/case/{case_id}"), 303)
    if media == JSON:
        titles = case.titles.get("en") or next(iter(case.titles.values()), "")
        return JSONResponse(
            {"id": case_id, "iri": case.iri.value, "title": titles, "state": "published",
             "version": None, "bundled": True}
        )  # fmt: skip
    return as_rdf(service.known().kg.store.triples(case.graph), media)


def _unknown(case_id: str) -> NotFoundError:
    return NotFoundError(what="case", name=case_id, hint="All cases are listed under /cases.")


async def _page(
    page: Page, service: Service, record: Record, shown: tuple[Version, ...], caller: Caller | None
) -> Response:
    events = await asyncio.to_thread(service.book().events, record.case_id)
    numbers = {version.number for version in shown}
    return page.render(
        "record.html",
        headers=tagged(record, caller),
        record=record,
        versions=shown,
        events=[event for event in events if event.version in numbers],
        caller=caller,
        insider=insider(record, caller),
        mine=caller is not None and (caller.id == record.owner or caller.allows("admin")),
        curator=caller is not None and caller.allows("review"),
    )
