"""Documents that are handed in to be kept: checked in a worker, then written into the journal."""

import asyncio
import json
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final

from fastapi import Depends, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from govkg.access import Caller
from govkg.api.dependencies import LanguageDep, PageDep, ServiceDep, WantedDep
from govkg.api.knowledge import Service, address_of
from govkg.api.negotiation import CSV, HTML, JSON, JSON_LD, JUNIT, SARIF, TEXT, TURTLE, XLSX
from govkg.api.pages import Page
from govkg.api.submissions import Document, check, shown
from govkg.cases.checking import REPORT_FORMATS
from govkg.errors import ConflictError, ForbiddenError, Language, ParameterError, TooLargeError
from govkg.journal import Incoming, Note, Receipt, Sent

OFFERED: Final = (JSON, TEXT, TURTLE, JSON_LD, CSV, SARIF, JUNIT, XLSX, HTML)
"""The forms of a report; a receipt is JSON, text or a page, and otherwise comes as the report."""
_MESSAGE: Final = 2000  # characters
MessageDep = Annotated[str, Query(description="Why: it is kept in the history.")]


@dataclass(frozen=True)
class Checked:
    """What a worker says of a document."""

    conforms: bool
    report: bytes
    """In the media type that was asked for; JSON for a page."""
    cases: tuple[Incoming, ...]


@dataclass(frozen=True)
class Handing:
    """A request to keep a document, and the answer that is wanted."""

    request: Request
    service: Service
    page: Page
    media: str
    language: Language
    draft: bool
    message: str

    def by(self, caller: Caller) -> Note:
        """Return who hands it in, and why."""
        return note(self.request, caller, self.message)


async def _handing(
    request: Request,
    service: ServiceDep,
    page: PageDep,
    wanted: WantedDep,
    language: LanguageDep,
    draft: Annotated[
        bool, Query(description="Keep it as a draft, which need not conform and nobody reviews.")
    ] = False,
    message: MessageDep = "",
) -> Handing:
    return Handing(request, service, page, wanted.choose(OFFERED), language, draft, message)


HandingDep = Annotated[Handing, Depends(_handing)]


async def checked(
    handing: Handing, document: Document, *, only: str = "", profile: str = "standard"
) -> Checked:
    """Have a worker check a document and take it apart; ``only`` is the id of the one case."""
    wanted = JSON if handing.media == HTML else handing.media
    form = next(name for name, known in REPORT_FORMATS.items() if known == wanted)
    root = handing.service.settings.base_iri
    asked = {"report": form, "language": handing.language, "profile": profile}
    asked |= {"root": root, "only": only}
    told, body = await check(handing.request, handing.service, "submit", document, asked)
    report, rest = body[: told["report_bytes"]], body[told["report_bytes"] :]
    cases = []
    for each in told["cases"]:
        content, rest = rest[: each["bytes"]], rest[each["bytes"] :]
        cases.append(Incoming(each["id"], each["iri"], each["title"], content))
    return Checked(told["conforms"], report, tuple(cases))


def sent(document: Document) -> Sent:
    """Return what the journal keeps of a document."""
    return Sent(document.data, document.format.name, document.format.media_type)


def note(request: Request, caller: Caller, message: str) -> Note:
    """Return who does something and why; raises TooLargeError for a very long message."""
    if len(message) > _MESSAGE:
        raise TooLargeError(what="message", size=len(message), limit=_MESSAGE, unit="characters")
    return Note(caller.id, caller.name, message.strip(), request.state.request_id)


def refused(handing: Handing, document: Document, found: Checked) -> Response:
    """Return the report on a document that does not conform, as a 422."""
    if handing.media == HTML:
        response = shown(handing.page, document, json.loads(found.report))
        response.status_code = 422
        return response
    return Response(found.report, 422, media_type=handing.media)


async def revised(
    handing: Handing, document: Document, found: Checked, by: Note, revision: int
) -> Receipt:
    """Write a new version of a case into the journal; see ``Journal.revise`` for what is raised."""
    keep = partial(handing.service.book().revise, conforms=found.conforms, draft=handing.draft)
    return await asyncio.to_thread(keep, sent(document), found.cases[0], by, revision)


def receipt_json(request: Request, receipt: Receipt, report: bytes | None = None) -> dict[str, Any]:
    """Return a receipt with addresses, and with the report if it is given as JSON."""
    address = address_of(request)
    cases = [
        {
            **case,
            "etag": f'"{case["revision"]}"',
            "address": f"{address}/cases/{case['id']}",
            "history": f"{address}/cases/{case['id']}/history",
        }
        for case in receipt.cases
    ]
    told = receipt.as_json() | {"cases": cases}
    return told if report is None else told | {"report": json.loads(report)}


def receipt_response(handing: Handing, receipt: Receipt, found: Checked, status: int) -> Response:
    """Return a receipt in the form that the client wants, or else the report."""
    media = handing.media
    report = found.report if media in (JSON, HTML) else None
    told = receipt_json(handing.request, receipt, report)
    cases = told["cases"]
    headers = {"Cache-Control": "no-store"}
    if len(cases) == 1:
        headers |= {"Location": cases[0]["address"], "ETag": cases[0]["etag"]}
    if media == JSON:
        return JSONResponse(told, status, headers)
    if media == HTML:
        titles = {case.case_id: case.title for case in found.cases}
        return handing.page.render(
            "receipt.html", status=status, headers=headers, receipt=told, titles=titles
        )
    if media == TEXT:
        lines = (f"{c['id']} version {c['version']}: {c['state']}, {c['address']}" for c in cases)
        return PlainTextResponse("\n".join(lines) + "\n", status, headers)
    return Response(found.report, status, headers, media)


async def refuse_foreign(service: Service, cases: tuple[Incoming, ...]) -> None:
    """Raise ConflictError if a case is in the graph but not from the journal, as the examples."""
    held = service.known().facts.sizes
    for case in cases:
        graph = service.known().kg.graphs.case(case.case_id)
        if graph in held and not await asyncio.to_thread(service.book().holds, case.case_id):
            raise ConflictError(
                reason=f"“{case.case_id}” is a case that comes with the service",
                remedy="Choose another id.",
            )


def fixed(case_id: str) -> ForbiddenError:
    """Return the error for a change of a case that the journal does not hold."""
    return ForbiddenError(
        action=f"changing the case “{case_id}”, which comes with the service,",
        remedy="Hand in a case of your own, with another id; propose changes of ours as an issue.",
    )


def revision_in(given: str, present: int) -> int:
    """Return the revision that If-Match names; raises ParameterError if it names none.

    A weak tag never matches (RFC 9110, section 13.1.1); ``*`` is whatever there is.
    """
    tags = [each.strip() for each in given.split(",")]
    if "*" in tags:
        return present
    numbers = [tag.strip('"').partition(".")[0] for tag in tags if tag.startswith('"')]
    found = [int(each) for each in numbers if each.isascii() and each.isdigit() and len(each) < 16]
    if present in found:
        return present
    if not tags or not all(tag.startswith(('"', 'W/"')) for tag in tags):
        raise ParameterError(
            name="If-Match", reason=f"“{given}” is no ETag", remedy='Send it with quotes: "12".'
        )
    return found[0] if found else 0
