"""Documents that users send to be checked, in a body or in a form."""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from govkg import bundle
from govkg.api import bodies
from govkg.api.caching import Answered
from govkg.api.knowledge import Service
from govkg.api.notes import notes_of
from govkg.api.pages import Page
from govkg.cases.diagnosis import HEADINGS
from govkg.errors import (
    BusyError,
    DeadlineError,
    DocumentSyntaxError,
    ParameterError,
    TooLargeError,
    UnsafeInputError,
    UnsupportedMediaTypeError,
    WorkbookError,
)
from govkg.forms.formats import (
    CSV,
    FORMATS,
    JSON,
    XLSX,
    Format,
    format_named,
    format_of_file,
    format_of_media_type,
)
from govkg.validation import Place

ProfileDep = Annotated[
    str,
    Query(
        description="How much is asked: minimal, standard or research-grade.", examples=["minimal"]
    ),
]
PROFILES: Final = ("minimal", "standard", "research-grade")
"""The profiles that a form offers; those that there are, are in the shapes."""
EXAMPLE: Final = (
    "<https://w3id.org/govkg/case/x> a <https://w3id.org/govkg/ontology#GovernanceCase> ."
)
BODIES: Final[dict[str, Any]] = {
    **{known.media_type: EXAMPLE for known in FORMATS},
    CSV.media_type: "case,title@en\r\nx,One counter\r\n",
    JSON.media_type: {"key": "x", "title": {"en": "One counter"}},
    XLSX.media_type: "…",
    "application/ld+json": {"@context": "https://w3id.org/govkg/contexts/case-v1.jsonld"},
    bodies.MULTIPART: {"text": EXAMPLE, "format": "turtle"},
    bodies.FORM: {"text": EXAMPLE, "format": "turtle"},
}
"""The bodies that are read, with an example of each."""
FAILS: Final = (
    DocumentSyntaxError,
    UnsafeInputError,
    WorkbookError,
    TooLargeError,
    UnsupportedMediaTypeError,
    BusyError,
    DeadlineError,
)
"""The errors that a submission can meet."""
CaseDep = Annotated[str, Query(description="A bundled case to start from.", examples=["naga-city"])]
_LARGEST: Final = 1_000_000
"""The largest document, in bytes, that a page gives back for the next step."""
_ENDINGS: Final = tuple(ending for known in FORMATS for ending in known.extensions)


@dataclass(frozen=True)
class Document:
    """A document as it was sent; a worker will parse it."""

    data: bytes
    format: Format
    charset: str = ""
    """The encoding that the sender declared, where that is not UTF-8 by definition."""
    profile: str = ""
    """The profile that was chosen in a form, if one was."""
    is_form: bool = False
    """Whether it was typed into the form of a page, whose questions findings should name."""

    @property
    def text(self) -> str:
        """Return the document to be shown in a form again; unreadable bytes are replaced."""
        return self.data.decode("utf-8", "replace") if self.format.is_text else ""


def example(name: str) -> Document | None:
    """Return a bundled case to start from, by its id, or None."""
    paths = (path for path in bundle.example_cases() if path.stem == name)
    return next((Document(path.read_bytes(), format_of_file(path.name)) for path in paths), None)


def shown(
    page: Page,
    document: Document | None,
    report: dict[str, Any] | None = None,
    diagnosis: dict[str, Any] | None = None,
    profile: str = "standard",
) -> Response:
    """Return the page to check a document, with what was found."""
    return page.render(
        "validate.html",
        document=document,
        report=report,
        diagnosis=diagnosis,
        headings=HEADINGS,
        **told_report(page, report),
        profile=profile,
        profiles=PROFILES,
        formats=[known for known in FORMATS if known.is_text],
        examples=[path.stem for path in bundle.example_cases()[:4]],
        held=_held(document),
        openable=bool(report and report["cases"] == 1 and not _unread(report["findings"])),
    )


def told_report(page: Page, report: dict[str, Any] | None) -> dict[str, Any]:
    """Return what the template of a report asks for."""
    return {
        "place_text": lambda place: Place(**place).as_text(page.language),
        "alike": alike(report["findings"]) if report else [],
    }


def _held(document: Document | None) -> str:
    """Return a document for a hidden field, so that it need not be sent again by hand."""
    if document is None or len(document.data) > _LARGEST:
        return ""
    return b64encode(document.data).decode()


def _unread(findings: list[dict[str, Any]]) -> bool:
    """Say whether something in a document was not understood, and would be lost in a form."""
    return any(finding["rule"].startswith("F") for finding in findings)


def alike(findings: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Group the findings that say the same of several places."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        said = [finding[name] for name in ("severity", "rule", "field", "message", "suggestions")]
        groups.setdefault(repr(said), []).append(finding)
    return list(groups.values())


async def received(request: Request, service: Service) -> Document:
    """Read a document from a request; raises if it is too large or its format is unknown."""
    content_type = request.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() in CSV_TYPES:
        charset = _charset(content_type)
        return Document(await bodies.read(request, service.settings.max_body_bytes), CSV, charset)
    kind = bodies.media_type(request)
    if kind not in (bodies.FORM, bodies.MULTIPART):
        known = format_of_media_type(kind)
        return Document(await bodies.read(request, service.settings.max_body_bytes), known)
    slack = 2 if kind == bodies.FORM else 1  # percent-encoding makes a form longer than its text
    data = await bodies.read(request, slack * service.settings.max_body_bytes, "form")
    return _of_form(await bodies.fields(request, data))


CSV_TYPES: Final = (CSV.media_type, *CSV.aliases)


def _charset(content_type: str) -> str:
    """Return the encoding that a Content-Type declares."""
    found = re.search(r"charset\s*=\s*\"?([A-Za-z0-9_.-]+)", content_type, re.IGNORECASE)
    return found[1].lower() if found else ""


def _of_form(fields: dict[str, bodies.Upload]) -> Document:
    """Return the file of a form, otherwise its text."""
    named, profile = (_text_of(fields, name) for name in ("format", "profile"))
    file, text, kept = fields.get("file"), fields.get("text"), fields.get("kept")
    if file and file.filename:
        return Document(file.data, _format_of(file.filename, named), profile=profile)
    if kept is not None:
        return Document(_decoded(kept.data), format_named(named or "turtle"), profile=profile)
    if text is None:
        raise ParameterError(
            name="text", reason="it is missing", remedy="Send a field “text”, or a file as “file”."
        )
    return Document(text.data, format_named(named or "turtle"), profile=profile)


def _decoded(data: bytes) -> bytes:
    """Return what ``_held`` gave; raises ParameterError for anything else."""
    try:
        return b64decode(data, validate=True)
    except ValueError as error:
        remedy = "Send the document as “file” or “text”."
        raise ParameterError(name="kept", reason="it is no Base64", remedy=remedy) from error


def _text_of(fields: dict[str, bodies.Upload], name: str) -> str:
    return fields[name].data.decode("utf-8", "replace") if name in fields else ""


def _format_of(filename: str, named: str) -> Format:
    """Return the format of a file by its ending, otherwise the one that the form names."""
    if named and not filename.lower().endswith(_ENDINGS):
        return format_named(named)
    return format_of_file(filename)


async def check(
    request: Request, service: Service, job: str, document: Document, wanted: dict[str, Any]
) -> Answered:
    """Have a worker check a document, unless the same was checked before; see ``Pool.run``.

    The jobs are those that say whether a document conforms: ``validate``, ``diagnose``, ``submit``.
    What comes of it is the same for as long as the data and the day are, since some rules ask
    whether a date is still to come.
    """
    header = header_of(document, service) | wanted
    given, day = json.dumps(header, sort_keys=True), datetime.now(UTC).date().isoformat()
    asked = "\n".join((job, day, given, sha256(document.data).hexdigest()))
    generation, notes = service.knowledge, notes_of(request.scope)
    kept = service.cache.get(generation, asked)
    notes.cached = kept is not None
    if kept is None:
        seconds = service.settings.submission_seconds
        kept = Answered(*await service.run(request, job, header, document.data, seconds))
        service.cache.put(generation, asked, kept)
    notes.conforms = kept.header["conforms"]
    return kept


def header_of(document: Document, service: Service) -> dict[str, Any]:
    """Return what the worker is told of a document; relative IRIs become parts of one case."""
    return {
        "format": document.format.name,
        "charset": document.charset,
        "base": service.settings.base_iri + "case/submitted",
        "limit": service.settings.max_body_bytes,
        "report": "json",
        "language": "en",
        "is_form": document.is_form,
    }
