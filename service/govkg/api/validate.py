"""``/validate``: check a document against the shapes."""

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from govkg.api.dependencies import LanguageDep, PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import CSV, HTML, JSON, JSON_LD, JUNIT, SARIF, TEXT, TURTLE, XLSX
from govkg.api.notes import notes_of
from govkg.api.submissions import (
    BODIES,
    FAILS,
    CaseDep,
    ProfileDep,
    check,
    example,
    received,
    shown,
)
from govkg.cases.checking import REPORT_FORMATS

router = APIRouter(tags=["validation"])
_OFFERED = (JSON, TEXT, TURTLE, JSON_LD, CSV, SARIF, JUNIT, XLSX, HTML)
_EXAMPLE = {"conforms": True, "cases": 1, "counts": {"violation": 0}, "findings": []}


@router.get(
    "/validate", **operation("validateForm", "Show a form to check a document", answers={HTML: "…"})
)
def form(
    page: PageDep, wanted: WantedDep, case: CaseDep = "", profile: ProfileDep = "standard"
) -> Response:
    """Return a page with a text field and a file field."""
    wanted.choose((HTML,))
    return shown(page, example(case), profile=profile)


@router.post(
    "/validate",
    **operation(
        "validate",
        "Check a document against the shapes",
        answers={JSON: _EXAMPLE, **dict.fromkeys(_OFFERED[1:], "…")},
        fails=FAILS,
        body=BODIES,
    ),
)
async def validate(
    request: Request,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
    language: LanguageDep,
    profile: ProfileDep = "standard",
) -> Response:
    """Return what the shapes find, in both languages; 200 whether the document conforms or not.

    As XLSX the report is the workbook that was sent, with its cells coloured and a sheet of
    problems. Nothing is stored or fetched. A form may hold a ``file``, or ``text`` and ``format``,
    and a ``profile``.
    """
    notes_of(request.scope).check = "validation"
    media = wanted.choose(_OFFERED)
    document = await received(request, service)
    profile = document.profile or profile
    form = _form(JSON if media == HTML else media)
    asked = {"report": form, "language": language, "profile": profile}
    _, found = await check(request, service, "validate", document, asked)
    if media == XLSX:
        name = {"Content-Disposition": 'attachment; filename="problems.xlsx"'}
        return Response(found, media_type=media, headers=name)
    if media != HTML:
        return Response(found, media_type=media)
    return shown(page, document, json.loads(found), profile=profile)


def _form(media: str) -> str:
    """Return the form of report that has a media type."""
    return next(name for name, known in REPORT_FORMATS.items() if known == media)
