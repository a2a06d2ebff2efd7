"""``/submit``: a form to describe a case in the browser, and a page to hand in files."""

import asyncio
import json
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from govkg.access import Caller
from govkg.api import bodies, callers, handing_in
from govkg.api.cases import RECEIPTS, SUBMIT_FAILS
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation, parameter
from govkg.api.handing_in import Checked, Handing
from govkg.api.negotiation import HTML, JSON, TURTLE
from govkg.api.submissions import Document, header_of
from govkg.errors import (
    ConflictError,
    GoneError,
    ParameterError,
    UnauthorizedError,
    UnsafeInputError,
    UnsupportedMediaTypeError,
)
from govkg.forms import load_form
from govkg.forms.answering import Answers, answers_of, document_of
from govkg.forms.documentation import wanted as wanted_words
from govkg.forms.formats import FORMATS, format_named
from govkg.forms.formats import JSON as JSON_FORMAT
from govkg.forms.questions import Asking

router = APIRouter(tags=["cases"])
_ALL = parameter("all", "Ask for everything, not only for the least.", "")
_MOST: Final = 5000  # inputs
_KEEPING: Final = ("send", "draft")
_FIXABLE: Final = (ConflictError, GoneError, ParameterError, UnsafeInputError)
"""What whoever fills the form in can mend in it."""


@dataclass
class _Sheet:
    """The form as it stands: what is typed, what was found, what is to be said of it."""

    handing: Handing
    caller: Caller | None
    answers: Answers
    all_fields: bool
    task: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    found: Checked | None = None
    focus: str = ""

    @property
    def may_keep(self) -> bool:
        """Say whether the caller may hand in cases."""
        return self.caller is not None and self.caller.allows("submit")


@router.get(
    "/submit",
    **operation(
        "submitForm", "Show a form to hand in cases", answers={HTML: "…"}, parameters=(_ALL,)
    ),
)
async def form(request: Request, service: ServiceDep, page: PageDep, wanted: WantedDep) -> Response:
    """Return a page with the questions of the form, the least first; ``?all`` asks everything.

    Those who may hand in cases also get fields for a file and for text.
    """
    wanted.choose((HTML,))
    caller = await callers.known(request)
    return _shown(_Sheet(_handing(request, service, page), caller, Answers(()), _all(request)))


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
        fails=SUBMIT_FAILS,
        parameters=(_ALL,),
        body={bodies.FORM: {"/case/0/title/en": "One counter", "do": "check"}},
    ),
)
async def filled(
    request: Request, service: ServiceDep, page: PageDep, wanted: WantedDep
) -> Response:
    """Do what the button ``do`` says with a form: check, send, draft, json, turtle, add, remove.

    The name of each input is the JSON Pointer of its value in the document that ``json`` gives.
    Nothing is kept but by ``send`` and ``draft``, which need the scope “submit”.
    """
    wanted.choose((HTML, JSON, TURTLE))
    sheet = await _received(_handing(request, service, page))
    task, _, name = sheet.task.partition(" ")
    if task in ("add", "remove", "all"):
        return _rearranged(sheet, task, name)
    document = document_of(load_form(), sheet.answers)
    data = json.dumps(document, ensure_ascii=False, indent=2).encode()
    if task in ("json", "turtle"):
        return await _download(sheet, task, data)
    sheet.answers = answers_of(document)
    return await _checked(sheet, Document(data, JSON_FORMAT, is_form=True))


def _handing(request: Request, service: ServiceDep, page: PageDep) -> Handing:
    return Handing(request, service, page, HTML, page.language, draft=False, message="")


def _all(request: Request) -> bool:
    return "all" in request.query_params


async def _received(handing: Handing) -> _Sheet:
    """Read a form; raises UnsupportedMediaTypeError, TooLargeError or ParameterError."""
    request = handing.request
    if bodies.media_type(request) != bodies.FORM:
        given = request.headers.get("content-type", "(none)")
        raise UnsupportedMediaTypeError(given=given, accepted=bodies.FORM)
    data = await bodies.read(request, 3 * handing.service.settings.max_body_bytes, "form")
    pairs = bodies.pairs(data, "form", _MOST)
    tasks = [text for name, text in pairs if name == "do"]
    answers = Answers((name, text) for name, text in pairs if name.startswith("/"))
    try:
        caller = await callers.known(request)
    except UnauthorizedError:
        caller = None
    return _Sheet(handing, caller, answers, _all(request), next(iter(tasks), "check"))


def _rearranged(sheet: _Sheet, task: str, name: str) -> Response:
    """Return the form with a part more or less, or with all questions; all else is kept."""
    if task == "add":
        sheet.focus = f"{name}/{sheet.answers.add(name)}"
    elif task == "remove":
        sheet.answers.remove(name)
    else:
        sheet.all_fields = True
    return _shown(sheet)


async def _download(sheet: _Sheet, task: str, data: bytes) -> Response:
    """Return the case as a file, right or wrong."""
    service = sheet.handing.service
    known = format_named(task)
    if known != JSON_FORMAT:
        header = header_of(Document(data, JSON_FORMAT), service) | {"to": known.name}
        seconds = service.settings.submission_seconds
        _, data = await service.run(sheet.handing.request, "convert", header, data, seconds)
    name = {"Content-Disposition": f'attachment; filename="case{known.extensions[0]}"'}
    return Response(data, media_type=known.media_type, headers=name)


async def _checked(sheet: _Sheet, document: Document) -> Response:
    """Check what was typed, and keep it if that is asked for and allowed."""
    keeping = sheet.task in _KEEPING
    profile = "standard" if sheet.all_fields or keeping else "minimal"
    try:
        found = await handing_in.checked(sheet.handing, document, profile=profile)
        sheet.found, sheet.findings = found, json.loads(found.report)["findings"]
        good = bool(found.cases) and (found.conforms or sheet.task == "draft")
        if good and keeping and sheet.may_keep:
            return await _kept(sheet, document, found)
        if good:
            await handing_in.refuse_foreign(sheet.handing.service, found.cases)
    except _FIXABLE as error:
        sheet.errors.append(error.text(sheet.handing.language))
    if not keeping:
        return _shown(sheet)
    return _shown(sheet, status=422 if sheet.may_keep else 403)


async def _kept(sheet: _Sheet, document: Document, found: Checked) -> Response:
    """Write the case into the journal and return the receipt; raises ConflictError."""
    handing, caller = sheet.handing, sheet.caller
    if caller is None:
        raise TypeError("only a caller can hand in a case")
    await handing_in.refuse_foreign(handing.service, found.cases)
    draft = sheet.task == "draft"
    keep = partial(handing.service.book().hand_in, conforms=found.conforms, draft=draft)
    receipt = await asyncio.to_thread(
        keep, handing_in.sent(document), found.cases, handing.by(caller)
    )
    return handing_in.receipt_response(handing, receipt, found, 201)


def _shown(sheet: _Sheet, status: int = 200) -> Response:
    """Return the page with the questions and their answers."""
    page = sheet.handing.page
    known = load_form()
    asking = Asking(
        known, page.language, sheet.answers, sheet.findings, all_fields=sheet.all_fields
    )
    return page.render(
        "submit.html",
        status=status,
        headers={"Cache-Control": "no-store"},
        sheet=sheet,
        parts=asking.parts(),
        where=asking.where,
        form=known,
        level=lambda field: wanted_words(field, page.language),
        formats=[known for known in FORMATS if known.is_text],
    )
