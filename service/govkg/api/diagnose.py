"""``/diagnose``: check a document, and tell what follows from it and why."""

import asyncio
import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from govkg.api.dependencies import LanguageDep, PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.hinting import hint_lines, hints
from govkg.api.negotiation import HTML, JSON, TEXT
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
from govkg.cases.diagnosis import diagnosis_text
from govkg.registers import Registry

router = APIRouter(tags=["reasoning"])
_EXAMPLE = {"validation": {"conforms": True}, "cases": [{"case": "…", "crises": []}]}


@router.get(
    "/diagnose",
    **operation("diagnoseForm", "Show a form to diagnose a document", answers={HTML: "…"}),
)
def form(
    page: PageDep, wanted: WantedDep, case: CaseDep = "", profile: ProfileDep = "standard"
) -> Response:
    """Return the page of /validate, which has a button for this."""
    wanted.choose((HTML,))
    return shown(page, example(case), profile=profile)


@router.post(
    "/diagnose",
    **operation(
        "diagnose",
        "Tell what follows from a document",
        answers={JSON: _EXAMPLE, TEXT: "…", HTML: "…"},
        fails=FAILS,
        body=BODIES,
    ),
)
async def diagnose(
    request: Request,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
    language: LanguageDep,
    profile: ProfileDep = "standard",
) -> Response:
    """Return the validation, and for each case its crises, problems, candidate remedies and axes.

    Each conclusion comes with its proof. Nothing is stored.
    """
    notes_of(request.scope).check = "diagnosis"
    media = wanted.choose((JSON, TEXT, HTML))
    document = await received(request, service)
    profile = document.profile or profile
    head, found = await check(request, service, "diagnose", document, {"profile": profile})
    hinted = {"hints": await _hints(service.known().registry, head["jurisdictions"])}
    if media == JSON:
        return Response(_joined(found, hinted), media_type=JSON)
    diagnosis = json.loads(found) | hinted
    if media == TEXT:
        told = hint_lines(diagnosis["hints"], language)
        return PlainTextResponse(diagnosis_text(diagnosis, language) + told)
    return shown(page, document, diagnosis["validation"], diagnosis, profile)


async def _hints(registry: Registry, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return hints, in a thread if there are registers to look into."""
    if not registry.registers():
        return []
    return await asyncio.to_thread(hints, registry, places)


def _joined(text: bytes, more: dict[str, Any]) -> bytes:
    """Return a JSON object, of which the text is given, with more members."""
    return b"".join((text[:-1], b",", json.dumps(more, ensure_ascii=False).encode()[1:]))
