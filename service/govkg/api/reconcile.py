"""``/reconcile``: the Reconciliation Service API 0.2, for OpenRefine and other tools.

See https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/.
"""

import asyncio
import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from govkg.api import bodies
from govkg.api.dependencies import KnowledgeDep, LanguageDep, PageDep, ServiceDep
from govkg.api.describing import operation, parameter
from govkg.api.extending import NAMES, Extender
from govkg.api.knowledge import address_of
from govkg.api.negotiation import HTML, JSON
from govkg.api.reconciling import HINTS, TYPES, Found, Reconciler
from govkg.errors import (
    NotFoundError,
    ParameterError,
    TooLargeError,
    UnsupportedMediaTypeError,
)
from govkg.vocabulary import GOV

router = APIRouter(tags=["reconciliation"])
_QUERIES: Final = {"q0": {"query": "襄樊市", "properties": [{"pid": "date", "v": "2008"}]}}
_BATCH: Final = {"q0": {"result": [{"id": "place/cn-420600-1981", "name": "襄樊市", "score": 100}]}}
_PARAMETERS: Final = (
    parameter("queries", "A batch of queries, in JSON.", json.dumps(_QUERIES, ensure_ascii=False)),
    parameter("extend", "A data extension query, in JSON.", '{"ids": [], "properties": []}'),
)
_FRAMED: Final = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors *"
"""A preview may be shown in a frame by anybody; nothing in it runs or can be sent."""
Prefix = Annotated[str, Query(max_length=200, description="What has been typed so far.")]
Cursor = Annotated[int, Query(ge=0, le=1000, description="How many to leave out first.")]
Id = Annotated[str, Query(max_length=300, examples=["concept/authority-crisis"])]


async def _reconciler(known: KnowledgeDep, language: LanguageDep) -> Reconciler:
    return Reconciler(known, language)


async def _extender(known: KnowledgeDep, language: LanguageDep) -> Extender:
    return Extender(known, language)


ReconcilerDep = Annotated[Reconciler, Depends(_reconciler)]
ExtenderDep = Annotated[Extender, Depends(_extender)]


@router.get(
    "/reconcile",
    **operation(
        "reconcileManifest",
        "Describe the reconciliation service, or answer a batch",
        answers={JSON: {"versions": ["0.2"], "name": "govkg"}},
        parameters=_PARAMETERS,
    ),
)
def get_reconcile(request: Request, matching: ReconcilerDep, extending: ExtenderDep) -> Response:
    """Return the manifest; with ``queries`` or ``extend`` in the address, the answer to that."""
    given = dict(bodies.address_pairs(request))
    answer = _answered(given, matching, extending)
    return JSONResponse(_manifest(request, matching) if answer is None else answer)


@router.post(
    "/reconcile",
    **operation(
        "reconcile",
        "Match a batch of cells, or fetch properties of what was matched",
        answers={JSON: _BATCH},
        fails=(TooLargeError, UnsupportedMediaTypeError),
        body={bodies.FORM: {"queries": json.dumps(_QUERIES, ensure_ascii=False)}},
    ),
)
async def post_reconcile(
    request: Request, service: ServiceDep, matching: ReconcilerDep, extending: ExtenderDep
) -> Response:
    """Return candidates for each query: id, name, score from 0 to 100, and whether it is sure."""
    data = await bodies.read(request, service.settings.max_body_bytes)
    fields = await bodies.fields(request, data)
    given = {name: bodies.text(each.data, name) for name, each in fields.items()}
    answer = await asyncio.to_thread(_answered, given, matching, extending)
    if answer is None:
        raise ParameterError(
            name="queries", reason="it is missing", remedy="Send queries= or extend= as a form."
        )
    return JSONResponse(answer)


def _answered(
    given: dict[str, str], matching: Reconciler, extending: Extender
) -> dict[str, Any] | None:
    """Return the answer to what is asked, or None if nothing is."""
    if "queries" in given:
        return matching.batch(_json("queries", given["queries"]))
    if "extend" in given:
        return extending.extend(_json("extend", given["extend"]))
    return None


def _json(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        remedy = "Send JSON, percent-encoded."
        raise ParameterError(name=name, reason=f"it is no JSON ({error})", remedy=remedy) from error


def _manifest(request: Request, matching: Reconciler) -> dict[str, Any]:
    address = address_of(request)
    suggest = {"service_url": address}
    return {
        "versions": ["0.2"],
        "name": "govkg",
        "identifierSpace": request.app.state.service.settings.base_iri,
        "schemaSpace": GOV,
        "documentation": f"{address}/docs",
        "defaultTypes": [matching.kind(name) for name in TYPES],
        "view": {"url": f"{address}/{{{{id}}}}"},
        "preview": {
            "url": f"{address}/reconcile/preview?id={{{{id}}}}",
            "width": 420,
            "height": 220,
        },
        "suggest": {
            kind: suggest
            | {
                "service_path": f"/reconcile/suggest/{kind}",
                "flyout_service_path": f"/reconcile/flyout/{kind}?id=${{id}}",
            }
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {
                "service_url": address,
                "service_path": "/reconcile/properties",
            },
            "property_settings": [],
        },
    }


@router.get(
    "/reconcile/properties",
    **operation(
        "reconcileProperties",
        "Propose properties to extend a table with",
        answers={JSON: {"properties": [{"id": "code", "name": "code"}]}},
    ),
)
def properties(
    extending: ExtenderDep,
    type: Annotated[str, Query(max_length=200, examples=["gov:Jurisdiction"])] = "",
    limit: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> Response:
    """Return the properties that things of a type have."""
    found = extending.proposed(type, limit)
    return JSONResponse({"type": type, "properties": found} | ({"limit": limit} if limit else {}))


@router.get(
    "/reconcile/suggest/entity",
    **operation("suggestEntity", "Complete the name of an entity", answers={JSON: {"result": []}}),
)
def suggest_entity(
    known: KnowledgeDep, matching: ReconcilerDep, prefix: Prefix = "", cursor: Cursor = 0
) -> Response:
    """Return places, concepts and cases that are called so, or begin so."""
    wanted = cursor + 10
    hits = known.index.terms(prefix, wanted * 3)
    terms = [entity for hit in hits if (entity := matching.term(hit))]
    places = [matching.place(unit) for unit in known.registry.resolver.beginning(prefix, wanted)]
    mixed = [each for pair in zip(terms, places, strict=False) for each in pair]
    rest = terms[len(places) :] + places[len(terms) :]
    found = [_suggested(each) for each in (*mixed, *rest)][cursor:wanted]
    return JSONResponse({"result": found})


def _suggested(entity: Found) -> Found:
    kept = {key: entity[key] for key in ("id", "name", "description")}
    return kept | {"notable": entity["type"]}


@router.get(
    "/reconcile/suggest/type",
    **operation("suggestType", "Complete the name of a type", answers={JSON: {"result": []}}),
)
def suggest_type(
    known: KnowledgeDep, matching: ReconcilerDep, prefix: Prefix = "", cursor: Cursor = 0
) -> Response:
    """Return the types whose name or id holds what was typed: kinds of things, and of concepts."""
    kinds = {f"gov:{term.slug}" for term in known.terms if "#" in term.iri.value}
    named = [*(matching.kind(name) for name in TYPES)]
    named += [matching.kind(name) for name in sorted(kinds - TYPES.keys()) if name[4:5].isupper()]
    return JSONResponse({"result": _holding(prefix, named)[cursor : cursor + 10]})


@router.get(
    "/reconcile/suggest/property",
    **operation(
        "suggestProperty", "Complete the name of a property", answers={JSON: {"result": []}}
    ),
)
def suggest_property(matching: ReconcilerDep, prefix: Prefix = "", cursor: Cursor = 0) -> Response:
    """Return what may be told of a place beside its name."""
    named = [{"id": key, "name": name[matching.language]} for key, name in HINTS.items()]
    return JSONResponse({"result": _holding(prefix, named)[cursor : cursor + 10]})


def _holding(prefix: str, named: list[dict[str, str]]) -> list[dict[str, str]]:
    words = prefix.strip().casefold()
    found = [each for each in named if words in f"{each['id']} {each['name']}".casefold()]
    return sorted(found, key=lambda each: not each["name"].casefold().startswith(words))


@router.get(
    "/reconcile/flyout/{kind}",
    **operation(
        "flyout",
        "Say in a few words what a suggestion is",
        answers={JSON: {"id": "gov:Jurisdiction", "html": "<p>…</p>"}},
        fails=(NotFoundError,),
    ),
)
def flyout(
    kind: str, id: Id, matching: ReconcilerDep, extending: ExtenderDep, page: PageDep
) -> Response:
    """Return a piece of HTML about an entity, a type or a property."""
    if kind == "entity":
        return JSONResponse({"id": id, "html": _body(id, extending, page)})
    names = {key: name for group in (HINTS, *NAMES.values()) for key, name in group.items()}
    if kind == "property" and id in names:
        name = names[id][matching.language]
    elif kind == "type" and (id in TYPES or id.startswith("gov:")):
        name = matching.kind(id)["name"]
    else:
        raise NotFoundError(what=kind, name=id, hint="Ask /reconcile/suggest for what there is.")
    return JSONResponse({"id": id, "html": page.fragment("flyout.html", name=name, id=id)})


@router.get(
    "/reconcile/preview",
    **operation(
        "preview",
        "Show an entity in a small frame",
        answers={HTML: "…"},
        fails=(NotFoundError,),
    ),
)
def preview(id: Id, extending: ExtenderDep, page: PageDep) -> Response:
    """Return a small page that other sites may show in a frame."""
    shown = _body(id, extending, page)
    headers = {"Content-Security-Policy": _FRAMED}
    return page.render("preview.html", headers=headers, body=shown, id=id)


def _body(id: str, extending: Extender, page: Any) -> str:
    """Return the facts about an entity as HTML; raises NotFoundError."""
    found = extending.summary(id)
    if not found:
        raise NotFoundError(what="entity", name=id, hint="Ask /reconcile/suggest/entity.")
    html: str = page.fragment("summary.html", facts=found)
    return html
