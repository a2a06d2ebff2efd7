"""``/submit``: a form to describe a case in the browser, and a page to hand in files."""

import asyncio
import json
from dataclasses import replace
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from govkg import errors
from govkg.api import bodies, deciding, filling, handing_in
from govkg.api.case_records import CHANGE_FAILS, own
from govkg.api.cases import RECEIPTS, SUBMIT_FAILS
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation, parameter
from govkg.api.filling import Sheet
from govkg.api.handing_in import Checked, Handing
from govkg.api.languages import strings
from govkg.api.negotiation import HTML, JSON, TURTLE
from govkg.api.submissions import Document
from govkg.forms import load_form
from govkg.forms.answering import answers_of, document_of
from govkg.forms.formats import JSON as JSON_FORMAT
from govkg.forms.formats import format_named
from govkg.forms.questions import NO_KEY

router = APIRouter(tags=["cases"])
_ALL = parameter("all", "Ask for everything, not only for the least.", "")
_CASE = parameter("case", "The id of a case of one's own, to make a new version of it.", "x")
_FIXABLE: Final = (
    errors.ConflictError,
    errors.GoneError,
    errors.ParameterError,
    errors.UnsafeInputError,
)
"""What whoever fills the form in can mend in it."""


@router.get(
    "/submit",
    **operation(
        "submitForm",
        "Show a form to hand in cases",
        answers={HTML: "…"},
        fails=CHANGE_FAILS,
        parameters=(_ALL, _CASE),
    ),
)
async def form(request: Request, service: ServiceDep, page: PageDep, wanted: WantedDep) -> Response:
    """Return a page with the questions of the form, the least first; ``?all`` asks everything.

    With ``?case=`` it holds the last version of a case of one's own, to be mended. Those who may
    hand in cases also get fields for a file and for text.
    """
    wanted.choose((HTML,))
    return (await filling.blank(_handing(request, service, page))).shown()


@router.post(
    "/submit",
    **operation(
        "submitFilledForm",
        "Check or hand in what a form holds",
        answers={HTML: "…", JSON: {"case": [{"key": "x"}]}, TURTLE: "…"},
        done={
            201: ("The case is kept", {HTML: RECEIPTS[HTML]}),
            403: ("Nothing is kept without a token: the form as it was", {HTML: "…"}),
            422: ("It does not conform: the form with what is wrong", {HTML: "…"}),
        },
        fails=(*SUBMIT_FAILS, *CHANGE_FAILS),
        parameters=(_ALL, _CASE),
        body={bodies.FORM: {"/case/0/title/en": "One counter", "do": "check"}},
    ),
)
async def filled(
    request: Request, service: ServiceDep, page: PageDep, wanted: WantedDep
) -> Response:
    """Do what the button ``do`` says with a form: check, send, draft, json, turtle, add, remove.

    The name of each input is the JSON Pointer of its value in the document that ``json`` gives.
    Nothing is kept but by ``send`` and ``draft``, which need the scope “submit”: of who is signed
    in, or of a token in the field ``token``. A multipart form with a document fills the form in.
    """
    wanted.choose((HTML, JSON, TURTLE))
    handing = _handing(request, service, page)
    if bodies.media_type(request) == bodies.MULTIPART:
        return (await filling.sent(handing)).shown()
    sheet = await filling.typed(handing)
    task, _, name = sheet.task.partition(" ")
    if task in ("add", "remove", "all", "speak"):
        return await _rearranged(sheet, task, name)
    if task in ("json", "turtle"):
        return await _download(sheet, task, _written(sheet)[1].data)
    return await _checked(sheet)


def _handing(request: Request, service: ServiceDep, page: PageDep) -> Handing:
    return Handing(request, service, page, HTML, page.language, draft=False, message="")


def _written(sheet: Sheet) -> tuple[dict[str, Any], Document]:
    """Return what was typed, without what is blank, and the same as a document."""
    if sheet.is_whole:
        sheet.supply()
    said = document_of(load_form(), sheet.answers)
    data = json.dumps(said, ensure_ascii=False, indent=2).encode()
    return said, Document(data, JSON_FORMAT, is_form=True)


async def _rearranged(sheet: Sheet, task: str, name: str) -> Response:
    """Return the form with a part more or less, all questions, or in another language.

    All else is kept. What was found before is found again, so that no question is hidden again.
    """
    if task == "remove":
        sheet.answers.remove(name)
    elif task == "all":
        sheet.all_fields = True
    if sheet.checked:
        await _find(sheet, _written(sheet)[1])
    if task == "add":
        sheet.focus = f"{name}/{sheet.answers.add(name)}"
    return sheet.shown()


async def _download(sheet: Sheet, task: str, data: bytes) -> Response:
    """Return the case as a file, right or wrong."""
    known = format_named(task)
    if known != JSON_FORMAT:
        data = await filling.in_format(sheet.handing, data, known.name)
    name = {"Content-Disposition": f'attachment; filename="case{known.extensions[0]}"'}
    return Response(data, media_type=known.media_type, headers=name)


async def _find(sheet: Sheet, document: Document) -> bool:
    """Check what was typed, for the sheet to tell; say whether it can be kept."""
    profile = "standard" if sheet.is_whole else "minimal"
    try:
        found = await handing_in.checked(
            sheet.handing, document, only=sheet.case_id, profile=profile
        )
        sheet.found = found
        sheet.findings = [_worded(each) for each in json.loads(found.report)["findings"]]
        good = bool(found.cases) and (found.conforms or sheet.task == "draft")
        if good and not sheet.case_id:
            await handing_in.refuse_foreign(sheet.handing.service, found.cases)
    except _FIXABLE as error:
        sheet.errors.append(error.text(sheet.handing.language))
        return False
    return good


def _worded(finding: dict[str, Any]) -> dict[str, Any]:
    """Return a finding as the form tells it, which asks for short names and has no rows."""
    if finding["rule"] != NO_KEY:
        return finding
    told = {"field": strings()["submit.key"], "message": strings()["submit.lacks_key"]}
    return finding | told


async def _checked(sheet: Sheet) -> Response:
    """Check what was typed, and keep it if that is asked for and allowed."""
    sheet.checked = sheet.task
    said, document = _written(sheet)
    sheet.answers = answers_of(said)
    good = await _find(sheet, document)
    if good and sheet.keeps and sheet.may_keep and sheet.found:
        try:
            return sheet.kept(await _kept(sheet, document, sheet.found))
        except errors.PreconditionFailedError as error:
            sheet.revision = str(error.facts["present"])
            sheet.errors.append(sheet.handing.page.t("submit.meanwhile"))
        except _FIXABLE as error:
            sheet.errors.append(error.text(sheet.handing.language))
    if not sheet.keeps:
        return sheet.shown()
    return sheet.shown(status=422 if sheet.may_keep else 403)


async def _kept(sheet: Sheet, document: Document, found: Checked) -> Response:
    """Write the case into the journal and return the receipt; raises ConflictError."""
    handing, caller = replace(sheet.handing, draft=sheet.task == "draft"), sheet.caller
    if caller is None:
        raise TypeError("only a caller can hand in a case")
    by = handing.by(caller)
    if sheet.case_id:
        record = await own(handing.service, sheet.case_id, caller)
        revision = deciding.revision_of(handing.request, record, sheet.revision)
        receipt = await handing_in.revised(handing, document, found, by, revision)
        return handing_in.receipt_response(handing, receipt, found, 201)
    book = handing.service.book()
    keep = partial(book.hand_in, conforms=found.conforms, draft=handing.draft)
    receipt = await asyncio.to_thread(keep, handing_in.sent(document), found.cases, by)
    return handing_in.receipt_response(handing, receipt, found, 201)
