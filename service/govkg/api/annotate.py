"""``/annotate``: mark the concepts of the ontology in a text, and draft a case of what it names."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from markupsafe import Markup, escape
from pyoxigraph import NamedNode
from starlette.responses import Response

from govkg.annotating import LEAST
from govkg.annotating.drafting import EVIDENCE
from govkg.annotating.showing import SHOWN
from govkg.annotating.web import MEDIA_TYPE
from govkg.api import bodies
from govkg.api.dependencies import LanguageDep, PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Service
from govkg.api.negotiation import CSV, HTML, JSON, JSON_LD, TEXT, TURTLE, XLSX
from govkg.api.pages import Page
from govkg.api.submissions import alike
from govkg.cases.drafts import NOTICE
from govkg.errors import (
    BusyError,
    DeadlineError,
    NotFoundError,
    ParameterError,
    ResultTooLargeError,
    TooLargeError,
    UnsupportedMediaTypeError,
)
from govkg.forms.answering import answers_of
from govkg.ontology import Texts
from govkg.vocabulary import GC

router = APIRouter(tags=["vocabulary"])
_FORMS: Final = {
    "annotations": {
        JSON_LD: "json-ld", JSON: "json", TURTLE: "turtle", CSV: "csv", TEXT: "text", HTML: "html",
    },
    "case": {TURTLE: "turtle", JSON: "json", JSON_LD: "json-ld", XLSX: "xlsx", HTML: "html"},
}  # fmt: skip
"""What is offered by ``?as=``, with the names by which a worker knows the forms."""
_TEXT: Final = "The mayor answered the crisis of authority with open meetings."
_MARKS: Final = {"annotations": [{"start": 23, "end": 42, "exact": "crisis of authority"}]}
_FAILS: Final = (
    TooLargeError, ResultTooLargeError, UnsupportedMediaTypeError, NotFoundError, BusyError,
    DeadlineError,
)  # fmt: skip
_SENT: Final = ("text", "language", "least", "source")


@dataclass(frozen=True)
class Options:
    """How a text is to be looked through."""

    kind: Annotated[
        str,
        Query(alias="as", description="annotations, or case for a draft.", examples=["case"]),
    ] = "annotations"
    language: Annotated[
        str,
        Query(description="The language of the text: en, zh or auto, both.", examples=["auto"]),
    ] = "auto"
    least: Annotated[
        float, Query(ge=0, le=1, description="The least score of what is marked.", examples=[0.5])
    ] = LEAST
    source: Annotated[
        str, Query(max_length=2000, description="The IRI of the text, if it has one.")
    ] = ""


OptionsDep = Annotated[Options, Depends()]


@router.get(
    "/annotate",
    **operation("annotateForm", "Show a form to mark concepts in a text", answers={HTML: "…"}),
)
async def form(page: PageDep, wanted: WantedDep) -> Response:
    """Return a page with a text field."""
    wanted.choose((HTML,))
    return _page(page, {"text": ""}, None)


@router.post(
    "/annotate",
    **operation(
        "annotate",
        "Mark the concepts in a text, or draft a case of them",
        answers={
            JSON_LD: {"type": "AnnotationPage", "items": []},
            JSON: _MARKS,
            **dict.fromkeys((TURTLE, CSV, TEXT, XLSX, HTML), "…"),
        },
        fails=_FAILS,
        body={
            TEXT: _TEXT,
            JSON: {"text": _TEXT, "language": "en"},
            bodies.FORM: {"text": _TEXT},
            bodies.MULTIPART: {"text": _TEXT},
        },
    ),
)
async def annotate(
    request: Request,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
    language: LanguageDep,
    options: OptionsDep,
) -> Response:
    """Return the places that name concepts, as W3C Web Annotations by default. Nothing is stored.

    Offsets count Unicode code points from 0. Each place has a score from 0 to 1, the name that was
    found and how it stands there. JSON and forms may have `text`, `language`, `least` and `source`.
    With `as=case` the symptoms, causes, obstacles, drivers, crises and measures that are named
    become a draft of a case, each with its sentence as evidence; the report says what is missing.
    """
    if options.kind not in _FORMS:
        reason, remedy = f"“{options.kind}” is unknown", "Use annotations or case."
        raise ParameterError(name="as", reason=reason, remedy=remedy)
    media = wanted.choose(tuple(_FORMS[options.kind]))
    sent = await _received(request, service, options)
    header: dict[str, Any] = {"as": options.kind, "form": _FORMS[options.kind][media]}
    header |= {"language": language, "most": service.settings.max_result_bytes}
    header |= {"text_language": sent["language"], "least": sent["least"], "source": sent["source"]}
    data, seconds = sent["text"].encode(), service.settings.submission_seconds
    _, found = await service.run(request, "annotate", header, data, seconds)
    if media == HTML:
        return _page(page, sent, json.loads(found), draft=options.kind == "case")
    headers = {}
    if media == XLSX:
        headers["Content-Disposition"] = 'attachment; filename="draft.xlsx"'
    profile = MEDIA_TYPE if (options.kind, media) == ("annotations", JSON_LD) else media
    return Response(found, media_type=profile, headers=headers)


async def _received(request: Request, service: Service, options: Options) -> dict[str, Any]:
    """Return the text and how it is to be read; raises for what is too large or no text."""
    kind, most = bodies.media_type(request), service.settings.max_body_bytes
    if kind == TEXT:
        sent: dict[str, Any] = {"text": bodies.text(await bodies.read(request, most), "body")}
    elif kind == JSON:
        sent = _of_json(bodies.text(await bodies.read(request, 2 * most), "body"))
    elif kind in (bodies.FORM, bodies.MULTIPART):
        data = await bodies.read(request, (3 if kind == bodies.FORM else 2) * most, "form")
        sent = _of_form(await bodies.fields(request, data))
    else:
        accepted = ", ".join((TEXT, JSON, bodies.FORM, bodies.MULTIPART))
        raise UnsupportedMediaTypeError(given=kind or "(none)", accepted=accepted)
    return _checked(sent, most, options)


def _of_form(fields: dict[str, bodies.Upload]) -> dict[str, Any]:
    """Return the texts of a form, with the line ends of texts; a file that was chosen comes first.

    Browsers end the lines of a field with two characters, which would shift all places.
    """
    file = fields.get("file")
    if file and file.filename:
        fields = fields | {"text": file}
    texts = {name: bodies.text(each.data, name) for name, each in fields.items() if name in _SENT}
    return {name: text.replace("\r\n", "\n") for name, text in texts.items()}


def _of_json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused("body", f"it is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise _refused("body", "it is no JSON object")
    return found


def _checked(sent: dict[str, Any], most: int, options: Options) -> dict[str, Any]:
    """Return what was sent, with what the address says for the rest."""
    found = vars(options) | {key: sent[key] for key in _SENT if sent.get(key) not in (None, "")}
    found.setdefault("text", sent.get("text"))
    for key in ("source", "language", "text"):
        if not isinstance(found[key], str):
            raise _refused(key, "it is missing, or no text")
        try:
            size = len(found[key].encode())
        except UnicodeEncodeError as error:
            raise _refused(key, "it holds half a character (a surrogate)") from error
    try:
        found["least"] = float(found["least"])
    except (TypeError, ValueError, OverflowError) as error:
        raise _refused("least", "it is no number") from error
    if size > most:
        raise TooLargeError(what="text", size=size, limit=most, unit="bytes")
    return found


def _refused(name: str, reason: str) -> ParameterError:
    remedy = "Send a text as text/plain, or as “text” of a JSON object or a form."
    return ParameterError(name=name, reason=reason, remedy=remedy)


def _page(
    page: Page, sent: dict[str, Any], found: dict[str, Any] | None, *, draft: bool = False
) -> Response:
    """Return the page: the form, and the text with marks and what they are."""
    told = found["draft"] if found and draft else None
    return page.render(
        "annotate.html",
        sent={"language": "auto", "least": LEAST, "source": ""} | sent,
        found=found,
        marked=Markup("").join(_marked(page, sent["text"], found)) if found else "",
        shown=SHOWN,
        draft=told,
        missing=alike(told["report"]["findings"]) if told else [],
        notice=NOTICE,
        parts=list(_parts(told["document"])) if told else [],
        inputs=answers_of(told["document"]).pairs() if told else [],
    )


def _parts(document: dict[str, Any]) -> Iterator[tuple[Texts, list[NamedNode], list[str]]]:
    """Yield what a draft says: the names of each part, its concepts and its passages."""
    for case in document["case"]:
        passages = {each["key"]: each["passage"] for each in case.get("hasEvidence", [])}
        parts = (part for members in case.values() if isinstance(members, list) for part in members)
        for part in parts:
            if evidence := part.get(EVIDENCE):
                fields = {"key", "label", EVIDENCE}
                slugs = (slug for key in part if key not in fields for slug in part[key])
                concepts = [NamedNode(GC + slug) for slug in slugs]
                yield part["label"], concepts, [passages[key] for key in evidence]


def _marked(page: Page, text: str, found: dict[str, Any]) -> Iterator[Markup]:
    """Yield the beginning of a text with marks that lead to the concepts; all else is escaped."""
    place = 0
    for mark in found["annotations"]:
        if mark["start"] >= place:  # of several concepts of one place the first
            yield escape(text[place : mark["start"]])
            yield _mark(page, mark)
            place = mark["end"]
    yield escape(text[place:SHOWN])


def _mark(page: Page, mark: dict[str, Any]) -> Markup:
    label = page.text(mark["label"]).striptags()
    return Markup('<mark><a href="{}" title="{}">{}</a></mark>').format(
        page.href(mark["concept"]), f"{label} · {mark['score']:.2f}", mark["exact"]
    )
