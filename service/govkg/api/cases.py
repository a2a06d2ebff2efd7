"""``/cases``: all cases, and the door for new ones."""

import asyncio
import json
from functools import partial
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response

from govkg import errors
from govkg.api import callers, handing_in
from govkg.api.dependencies import HeldDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.faceting import PARAMETERS, Choice, as_table
from govkg.api.handing_in import OFFERED, Checked, Handing, HandingDep
from govkg.api.looking import Held
from govkg.api.negotiation import CSV, HTML, JSON, XLSX
from govkg.api.submissions import BODIES, FAILS, Document, received
from govkg.cases.kg import Case
from govkg.errors import ParameterError
from govkg.journal import Repeat
from govkg.rdf import Node
from govkg.vocabulary import GOV

router = APIRouter(tags=["cases"])
COLUMNS = {
    "place": "hasLeadJurisdiction",
    "start": "startDate",
    "status": "hasCaseStatus",
    "remedies": "adoptsRemedy",
}
"""What the list shows of each case, by the name of the column."""
SUBMIT_FAILS = (
    *FAILS,
    errors.UnauthorizedError,
    errors.ForbiddenError,
    errors.ConflictError,
    errors.GoneError,
    errors.StorageFullError,
)
"""The errors that whoever hands in a case can meet."""

_EXAMPLE = {
    "cases": [{"id": "porto-alegre-pb", "title": {"en": "Participatory budgeting"}}],
    "facets": {"level": {"municipal-level": 12}},
}
_DRY = {"conforms": True, "cases": [{"id": "x", "version": 1, "state": "submitted"}]}
RECEIPTS = {
    JSON: {"cases": [{"id": "x", "version": 1, "state": "submitted"}], "sha256": "…"},
    **dict.fromkeys(OFFERED[1:], "…"),
}
REPORTS = {
    JSON: {"conforms": False, "cases": 1, "counts": {"violation": 1}, "findings": []},
    **dict.fromkeys(OFFERED[1:], "…"),
}
_KEY_LENGTH = 200  # characters
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "Any text of yours, at most 200 characters: to repeat a request is harmless.",
}  # fmt: skip


@router.get(
    "/cases",
    **operation(
        "listCases",
        "List cases, all or those that fit",
        answers={JSON: _EXAMPLE, CSV: "…", XLSX: "…", HTML: "…"},
        fails=(errors.NotFoundError,),
        parameters=PARAMETERS,
    ),
)
def list_cases(request: Request, known: HeldDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return cases with title, place, start, status and the remedies adopted, and counts by facet.

    A facet may be named several times, for cases that have one of its codes; CSV and XLSX have the
    columns of /cases.csv.
    """
    media, choice = wanted.choose((JSON, CSV, XLSX, HTML)), Choice.of(request)
    found = choice.found(known)
    if media in (CSV, XLSX):
        return as_table([each.case for each in found], known, media)
    if media == JSON:
        listed = [_told(each.case, _columns(each.case, known)) for each in found]
        return JSONResponse({"cases": listed, "facets": choice.counts(known)})
    cases = [(each.case, _columns(each.case, known)) for each in choice.page_of(found)]
    return page.render("cases.html", cases=cases, choice=choice, total=len(found),
                       all=len(known.cases), facets=choice.facets(known))  # fmt: skip


@router.post(
    "/cases",
    **operation(
        "submitCases",
        "Hand in new cases",
        answers={JSON: _DRY, **dict.fromkeys(OFFERED[1:], "…")},
        done={
            201: ("The cases are kept; Location says where", RECEIPTS),
            422: ("They do not conform: the report", REPORTS),
        },
        fails=(*SUBMIT_FAILS, errors.KeyReusedError),
        parameters=(_KEY,),
        body=BODIES,
    ),
)
async def submit_cases(
    handing: HandingDep,
    dry_run: Annotated[
        bool, Query(alias="dryRun", description="Only say what would happen.")
    ] = False,
) -> Response:
    """Keep the cases of a document, all of them or none, to be reviewed.

    The answer is 201 with a receipt, or 422 with the report if they do not conform; drafts need
    not. Nothing is public before a curator publishes it.
    """
    request, service = handing.request, handing.service
    caller = await callers.required(request, "submit", "handing in cases")
    journal, by = service.book(), handing.by(caller)
    document = await received(request, service)
    repeat = _repeat(request, document)
    found = await handing_in.checked(handing, document)
    if not found.cases or not (found.conforms or handing.draft):
        return handing_in.refused(handing, document, found)
    await handing_in.refuse_foreign(service, found.cases)
    if dry_run:
        return await _dry(handing, found)
    keep = partial(journal.hand_in, conforms=found.conforms, draft=handing.draft, repeat=repeat)
    receipt = await asyncio.to_thread(keep, handing_in.sent(document), found.cases, by)
    return handing_in.receipt_response(handing, receipt, found, 201)


async def _dry(handing: Handing, found: Checked) -> Response:
    """Say what would happen; in RDF and as text that is the report."""
    case_ids = [case.case_id for case in found.cases]
    await asyncio.to_thread(handing.service.book().refuse_existing, case_ids)
    if handing.media not in (JSON, HTML):
        return Response(found.report, media_type=handing.media)
    state = "draft" if handing.draft else "submitted"
    cases = [
        {"id": case.case_id, "iri": case.iri, "title": case.title, "version": 1, "state": state}
        for case in found.cases
    ]
    told = {"dryRun": True, "conforms": found.conforms, "cases": cases}
    return JSONResponse(told | {"report": json.loads(found.report)})


def _repeat(request: Request, document: Document) -> Repeat | None:
    """Return the Idempotency-Key of a request; raises ParameterError if it is no good one."""
    key = request.headers.get("idempotency-key", "").strip()
    if not key:
        return None
    if len(key) > _KEY_LENGTH or not key.isprintable():
        raise ParameterError(
            name="Idempotency-Key",
            reason=f"it has {len(key)} characters, or some that cannot be printed",
            remedy=f"Send a UUID, or any text of at most {_KEY_LENGTH} characters.",
        )
    asked = f"{request.scope['query_string'].decode('latin-1')}\n{document.format.name}\n"
    return Repeat(key, sha256(asked.encode() + document.data).hexdigest())


def _columns(case: Case, known: Held) -> dict[str, list[Node]]:
    return {
        column: known.facts.values(case.iri, NamedNode(GOV + name))
        for column, name in COLUMNS.items()
    }


def _told(case: Case, columns: dict[str, list[Node]]) -> dict[str, Any]:
    values = {
        column: [getattr(v, "value", str(v)) for v in nodes] for column, nodes in columns.items()
    }
    return {"id": case.id, "iri": case.iri.value, "title": case.titles} | values
