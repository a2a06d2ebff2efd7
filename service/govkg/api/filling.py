"""The form of a case as it stands: what is typed, who types, which case it is of."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from govkg.access import Caller
from govkg.api import bodies, callers
from govkg.api.case_records import own
from govkg.api.handing_in import Checked, Handing
from govkg.api.links import with_query
from govkg.api.submissions import Document, header_of, received
from govkg.cases.submitting import triples_in
from govkg.errors import TooLargeError, UnauthorizedError, UnsupportedMediaTypeError
from govkg.forms import load_form
from govkg.forms.answering import Answers, opened
from govkg.forms.documentation import wanted
from govkg.forms.formats import FORMATS
from govkg.forms.formats import JSON as JSON_FORMAT
from govkg.forms.questions import Asking

_KEEPING: Final = ("send", "draft")
_MOST: Final = 5000  # inputs
_LONGEST: Final = 1_000_000  # bytes of N-Triples that a form shows


@dataclass
class Sheet:
    """The form as it stands: what is typed, what was found, what is to be said of it."""

    handing: Handing
    caller: Caller | None
    answers: Answers
    all_fields: bool
    task: str = ""
    case_id: str = ""
    """The case that it makes a new version of; nothing for a new case."""
    revision: str = ""
    """The revision of that case when the form was opened."""
    checked: str = ""
    """The task of the last check, whose findings stay until the next."""
    message: str = ""
    """What a curator asked for when the case was returned."""
    secret: str = ""
    """The token that was typed into the form and is good."""
    refusal: str = ""
    """The key of what is to be said of a token that is not."""
    findings: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    found: Checked | None = None
    focus: str = ""

    @property
    def may_keep(self) -> bool:
        """Say whether the caller may hand in cases."""
        return self.caller is not None and self.caller.allows("submit")

    @property
    def keeps(self) -> bool:
        """Say whether it is to be kept."""
        return self.task in _KEEPING

    @property
    def is_whole(self) -> bool:
        """Say whether more than the least is asked of it."""
        return self.all_fields or self.keeps or self.checked in _KEEPING

    def supply(self) -> None:
        """Fill in what a new record says of itself, where that was left empty."""
        today = datetime.now(UTC).date().isoformat()
        known = {"issued": today, "modified": today, "version": "1", "hasRecordStatus": "submitted"}
        for number in self.answers.numbers("/case"):
            for key, text in known.items():
                self.answers.supply(f"/case/{number}/{key}", text)

    @property
    def takes_tokens(self) -> bool:
        """Say whether there is anybody who may hand in cases."""
        return self.handing.service.access.enabled

    @property
    def path(self) -> str:
        """Return where the form is sent, in any language."""
        asked = {"case": self.case_id} if self.case_id else {}
        return with_query("/submit", asked | ({"all": ""} if self.all_fields else {}))

    def shown(self, status: int = 200) -> Response:
        """Return the page with the questions and their answers."""
        page, known = self.handing.page, load_form()
        asking = Asking(
            known, page.language, self.answers, self.findings, all_fields=self.all_fields
        )
        response = page.render(
            "submit.html",
            status=status,
            headers={"Cache-Control": "private, no-cache"},
            sheet=self,
            parts=asking.parts(),
            rest=asking.rest(),
            where=asking.where,
            form=known,
            level=lambda field: wanted(field, page.language),
            formats=[known for known in FORMATS if known.is_text],
        )
        return self.kept(response)

    def kept(self, response: Response) -> Response:
        """Return a response that lets the browser keep a token which was typed into the form."""
        if self.secret:
            callers.remember(self.handing.request, response, self.secret)
        return response


async def blank(handing: Handing) -> Sheet:
    """Return a new form, or with ``?case=`` one that holds the last version of a case of one's own.

    Raises what ``case_records.own`` raises.
    """
    request, name = handing.request, handing.request.query_params.get("case", "")
    every = "all" in request.query_params
    if not name:
        return Sheet(handing, await callers.known(request), Answers(()), every)
    caller = await callers.required(request, "submit", "changing a case")
    record = await own(handing.service, name, caller)
    book = handing.service.book()
    content = await asyncio.to_thread(book.content, name, record.head.number)
    answers = await _answers(content)
    returned = [e for e in await asyncio.to_thread(book.events, name) if e.action == "return"]
    message = returned[-1].message if record.head.state == "returned" else ""
    return Sheet(
        handing, caller, answers, every, "", name, str(record.revision), message=message
    )  # fmt: skip


async def typed(handing: Handing) -> Sheet:
    """Read a form; raises UnsupportedMediaTypeError, TooLargeError or ParameterError."""
    request = handing.request
    if bodies.media_type(request) != bodies.FORM:
        given = request.headers.get("content-type", "(none)")
        accepted = f"{bodies.FORM}, {bodies.MULTIPART}"
        raise UnsupportedMediaTypeError(given=given, accepted=accepted)
    data = await bodies.read(request, 3 * handing.service.settings.max_body_bytes, "form")
    pairs = bodies.pairs(data, "form", _MOST)
    plain = {name: text for name, text in reversed(pairs) if not name.startswith("/")}
    sheet = Sheet(
        handing,
        None,
        Answers((name, text) for name, text in pairs if name.startswith("/")),
        "all" in request.query_params,
        plain.get("do", "check"),
        request.query_params.get("case", ""),
        plain.get("revision", ""),
        plain.get("checked", ""),
    )
    await _recognise(sheet, plain.get("token", "").strip())
    return sheet


async def sent(handing: Handing) -> Sheet:
    """Return a form that holds a document which was sent, as far as it is understood."""
    document = await received(handing.request, handing.service)
    return Sheet(
        handing, await _known(handing.request), await document_answers(handing, document), False
    )  # fmt: skip


async def document_answers(handing: Handing, document: Document) -> Answers:
    """Return the answers that a document means; a worker reads it."""
    header = header_of(document, handing.service) | {"to": "n-triples"}
    seconds = handing.service.settings.submission_seconds
    _, content = await handing.service.run(
        handing.request, "convert", header, document.data, seconds
    )
    return await _answers(content)


async def in_format(handing: Handing, data: bytes, name: str) -> bytes:
    """Return what a form says, given as JSON, in a format; a worker converts it."""
    header = header_of(Document(data, JSON_FORMAT), handing.service) | {"to": name}
    seconds = handing.service.settings.submission_seconds
    _, found = await handing.service.run(handing.request, "convert", header, data, seconds)
    return found


async def _answers(content: bytes) -> Answers:
    if len(content) > _LONGEST:
        raise TooLargeError(what="case", size=len(content), limit=_LONGEST, unit="bytes")
    return await asyncio.to_thread(lambda: opened(load_form(), triples_in(content)))


async def _recognise(sheet: Sheet, token: str) -> None:
    """Find out who sends a form: by the cookie, or by a token that was typed into it."""
    request = sheet.handing.request
    sheet.caller = await _known(request)
    if sheet.may_keep or not token:
        return
    caller = await callers.typed(request, token)
    if caller is None:
        sheet.refusal = "sign_in.failed"
    elif not caller.allows("submit"):
        sheet.refusal = "submit.other_scope"
    else:
        sheet.caller, sheet.secret = caller, token


async def _known(request: Request) -> Caller | None:
    try:
        return await callers.known(request)
    except UnauthorizedError:
        return None
