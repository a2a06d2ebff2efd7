"""``/cases/{id}/history``, ``/versions/{n}`` and ``/differences``: all that a case was."""

import asyncio
from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, PlainTextResponse, Response

from govkg.access import Caller
from govkg.api import callers
from govkg.api.case import read_alone
from govkg.api.case_records import CaseId, insider, private, version_json, visible
from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import as_rdf
from govkg.api.knowledge import Service
from govkg.api.negotiation import HTML, JSON, RDF, TEXT
from govkg.cases.differences import changes, difference
from govkg.cases.provenance import provenance
from govkg.cases.submitting import triples_in
from govkg.errors import ForbiddenError, GoneError, NotFoundError
from govkg.forms.formats import FORMATS
from govkg.journal import Record, Version

router = APIRouter(tags=["cases"])
Number = Annotated[int, Path(ge=1, le=1_000_000, examples=[1])]
_HISTORY = {"id": "x", "events": [{"version": 1, "action": "submit", "state": "submitted"}]}
_DIFFERENCE = {"from": 1, "to": 2, "removed": ["<urn:a> <urn:b> 1"], "added": []}


@router.get(
    "/cases/{case_id}/history",
    **operation(
        "getHistory",
        "Return what happened to a case",
        answers={JSON: _HISTORY, **dict.fromkeys((*RDF, HTML), "…")},
        fails=(NotFoundError,),
    ),
)
async def get_history(
    request: Request, case_id: CaseId, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return who did what when, and why: as JSON, as PROV-O, as a page.

    Anybody sees what happened to versions that were published; its owner and curators see all.
    """
    media = wanted.choose((JSON, *RDF, HTML))
    record, shown, caller = await _seen(request, service, case_id)
    events = await asyncio.to_thread(service.book().events, case_id)
    numbers = {version.number for version in shown}
    happened = [event for event in events if event.version in numbers]
    headers = private(caller)
    if media == JSON:
        told = [event.as_json() for event in happened]
        versions = [version_json(version) for version in shown]
        return JSONResponse(
            {"id": case_id, "iri": record.iri, "events": told, "versions": versions},
            headers=headers,
        )
    if media == HTML:
        return page.render(
            "history.html", headers=headers, record=record, versions=shown, events=happened
        )
    triples = provenance(record, happened, shown, service.settings.base_iri)
    response = as_rdf(triples, media)
    response.headers.update(headers)
    return response


@router.get(
    "/cases/{case_id}/versions/{number}",
    **operation(
        "getVersion",
        "Return one version of a case",
        answers={JSON: {"version": 1, "state": "published"}, **dict.fromkeys((*RDF, HTML), "…")},
        fails=(NotFoundError, GoneError),
    ),
)
async def get_version(
    request: Request,
    case_id: CaseId,
    number: Number,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return the triples of a version, or about it as JSON."""
    media = wanted.choose((*RDF, JSON, HTML))
    record, version, caller = await _version(request, service, case_id, number)
    headers = private(caller)
    if media == JSON:
        return JSONResponse(version_json(version), headers=headers)
    content = await asyncio.to_thread(service.book().content, case_id, number)
    if media == HTML:
        triples = triples_in(content)
        page.tell_of(triples)
        reading, beside = read_alone(NamedNode(record.iri), triples)
        return page.render(
            "version.html", headers=headers, record=record, version=version,
            triples=triples, reading=reading, beside=beside,
        )  # fmt: skip
    response = as_rdf(triples_in(content), media)
    response.headers.update(headers)
    return response


@router.get(
    "/cases/{case_id}/versions/{number}/original",
    **operation(
        "getOriginal",
        "Return the document that a version was sent in",
        answers={known.media_type: "…" for known in FORMATS},
        fails=(NotFoundError, ForbiddenError),
    ),
)
async def get_original(
    request: Request, case_id: CaseId, number: Number, service: ServiceDep
) -> Response:
    """Return the bytes as they were sent, for the owner and for curators.

    A document can hold other cases too, so it is never public.
    """
    record, version, caller = await _version(request, service, case_id, number)
    if not insider(record, caller):
        remedy = "Use the token that it was handed in with, or one of a curator."
        raise ForbiddenError(action="reading what was sent", remedy=remedy)
    data = await asyncio.to_thread(service.book().original, version.digest)
    headers = private(caller) | {
        "Content-Disposition": f'attachment; filename="{case_id}-{number}.{version.format}"',
        "Repr-Digest": f"sha-256=:{_base64(version.digest)}:",
    }
    return Response(data, media_type=version.media_type, headers=headers)


@router.get(
    "/cases/{case_id}/differences",
    **operation(
        "getDifferences",
        "Compare two versions of a case",
        answers={JSON: _DIFFERENCE, TEXT: "- <urn:a> <urn:b> 1 .", HTML: "…"},
        fails=(NotFoundError, GoneError),
    ),
)
async def get_differences(
    request: Request,
    case_id: CaseId,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
    older: Annotated[int, Query(alias="from", ge=1, le=1_000_000, examples=[1])],
    newer: Annotated[int, Query(alias="to", ge=1, le=1_000_000, examples=[2])],
) -> Response:
    """Return the triples that went and those that came from one version to another."""
    media = wanted.choose((JSON, TEXT, HTML))
    record, _, caller = await _version(request, service, case_id, older)
    await _version(request, service, case_id, newer)
    book = service.book()
    contents = [await asyncio.to_thread(book.content, case_id, n) for n in (older, newer)]
    found = await asyncio.to_thread(difference, *contents)
    headers = private(caller)
    if media == HTML:
        page.tell_of([triple for content in contents for triple in triples_in(content)])
        return page.render(
            "differences.html", headers=headers, record=record, older=older, newer=newer,
            found=found, rows=changes(found),
        )  # fmt: skip
    if media == TEXT:
        lines = [f"- {t} ." for t in found.removed] + [f"+ {t} ." for t in found.added]
        return PlainTextResponse("".join(f"{line}\n" for line in lines), headers=headers)
    told = {"removed": [str(t) for t in found.removed], "added": [str(t) for t in found.added]}
    return JSONResponse({"id": case_id, "from": older, "to": newer} | told, headers=headers)


async def _seen(
    request: Request, service: Service, case_id: str
) -> tuple[Record, tuple[Version, ...], Caller | None]:
    """Return a case, the versions that may be seen, and who asks; raises NotFoundError.

    A case that was withdrawn keeps its history.
    """
    caller = await callers.known(request)
    record = await asyncio.to_thread(service.book().record, case_id)
    shown = visible(record, caller)
    if not shown:
        raise NotFoundError(what="case", name=case_id, hint="All cases are listed under /cases.")
    return record, shown, caller


async def _version(
    request: Request, service: Service, case_id: str, number: int
) -> tuple[Record, Version, Caller | None]:
    """Return one version; what was withdrawn is gone for all but owner and curators."""
    record, shown, caller = await _seen(request, service, case_id)
    version = next((each for each in shown if each.number == number), None)
    if version is None:
        raise NotFoundError(what="version", name=str(number), hint=f"See /cases/{case_id}/history.")
    if record.withdrawn and not insider(record, caller):
        raise await asyncio.to_thread(service.book().gone, record)
    return record, version, caller


def _base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()
