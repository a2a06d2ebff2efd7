"""Documents that users send to be checked, in a body or in a form."""

from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request

from govkg.api import bodies
from govkg.api.knowledge import Service
from govkg.errors import (
    BusyError,
    DeadlineError,
    DocumentSyntaxError,
    ParameterError,
    TooLargeError,
    UnsafeInputError,
    UnsupportedMediaTypeError,
)
from govkg.rdf import FORMATS, Format, format_named, format_of_file, format_of_media_type

EXAMPLE: Final = (
    "<https://w3id.org/govkg/case/x> a <https://w3id.org/govkg/ontology#GovernanceCase> ."
)
BODIES: Final[dict[str, Any]] = {
    **{known.media_type: EXAMPLE for known in FORMATS},
    "application/ld+json": {"@context": "https://w3id.org/govkg/contexts/case-v1.jsonld"},
    bodies.MULTIPART: {"text": EXAMPLE, "format": "turtle"},
    bodies.FORM: {"text": EXAMPLE, "format": "turtle"},
}
"""The bodies that are read, with an example of each."""
FAILS: Final = (
    DocumentSyntaxError,
    UnsafeInputError,
    TooLargeError,
    UnsupportedMediaTypeError,
    BusyError,
    DeadlineError,
)
"""The errors that a submission can meet."""


@dataclass(frozen=True)
class Document:
    """A document as it was sent; a worker will parse it."""

    data: bytes
    format: Format
    report: str = ""
    """The form of the answer, if a field of the form says so."""

    @property
    def text(self) -> str:
        """Return the document to be shown in a form again; unreadable bytes are replaced."""
        return self.data.decode("utf-8", "replace")


async def received(request: Request, service: Service) -> Document:
    """Read a document from a request; raises if it is too large or its format is unknown."""
    kind = bodies.media_type(request)
    if kind not in (bodies.FORM, bodies.MULTIPART):
        known = format_of_media_type(kind)
        return Document(await bodies.read(request, service.settings.max_body_bytes), known)
    slack = 2 if kind == bodies.FORM else 1  # percent-encoding makes a form longer than its text
    data = await bodies.read(request, slack * service.settings.max_body_bytes, "form")
    return _of_form(await bodies.fields(request, data))


def _of_form(fields: dict[str, bodies.Upload]) -> Document:
    """Return the file of a form, otherwise its text."""
    named = fields["format"].data.decode("utf-8", "replace") if "format" in fields else ""
    report = fields["report"].data.decode("utf-8", "replace") if "report" in fields else ""
    file, text = fields.get("file"), fields.get("text")
    if file and file.filename:
        known = format_named(named) if named else format_of_file(file.filename)
        return Document(file.data, known, report)
    if text is None:
        raise ParameterError(
            name="text", reason="it is missing", remedy="Send a field “text”, or a file as “file”."
        )
    return Document(text.data, format_named(named or "turtle"), report)


def header_of(document: Document, service: Service) -> dict[str, Any]:
    """Return what the worker is told of a document; relative IRIs become parts of one case."""
    return {
        "format": document.format.name,
        "base": service.settings.base_iri + "case/submitted",
        "limit": service.settings.max_body_bytes,
        "report": "json",
        "language": "en",
    }
