"""``/data``: the SPARQL 1.1 Graph Store Protocol, to read and write whole graphs by their name."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Triple, parse
from starlette.responses import Response

from govkg.api import bodies
from govkg.api.dependencies import KnowledgeDep, ServiceDep, WantedDep
from govkg.api.describing import operation, parameter
from govkg.api.documents import as_rdf
from govkg.api.knowledge import Service, address_of, service_of
from govkg.api.negotiation import RDF
from govkg.api.sparql import WRITE_FAILS, closed_graphs
from govkg.api.submissions import FAILS
from govkg.errors import ForbiddenError, NotFoundError, ParameterError
from govkg.rdf import FORMATS, Format, format_of_file, format_of_media_type, shorten
from govkg.store import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.querying import graph_named

router = APIRouter(tags=["data"])
_BELOW: Final = "/data/"
"""An address that starts so is itself the name of a graph (direct graph identification)."""
ACTION: Final = "writing to the graph store"
_PARAMETERS = (
    parameter("graph", "The IRI of a named graph.", "https://w3id.org/govkg/graph/ontology"),
    parameter("default", "Without a value: the unnamed graph.", ""),
)
_BODY = {known.media_type: "<urn:a> <urn:b> <urn:c> ." for known in FORMATS}
Plan: TypeAlias = Callable[[EmbeddedStore], tuple[Delta, bool]]
"""Works out a change of a graph from what is stored, and whether the graph is there already."""
_CREATED = {201: "The graph was made; Location says where", 204: "The graph was changed"}


@dataclass(frozen=True)
class Target:
    """The graph that a request is about."""

    graph: NamedNode | None
    """Its name; None is the unnamed graph."""

    @property
    def base(self) -> str | None:
        """What relative IRIs in a document are resolved against."""
        return self.graph.value if self.graph else None

    def exists(self, store: EmbeddedStore) -> bool:
        """Say whether the graph is there; the unnamed one always is."""
        return self.graph is None or store.holds(self.graph)


def _named(request: Request) -> Target | None:
    """Return the graph that the address names, or is, or None if it names none."""
    path: str = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
    if path.startswith(_BELOW):
        return Target(graph_named(address_of(request) + path))
    pairs = bodies.address_pairs(request)
    names = [value for name, value in pairs if name == "graph"]
    unnamed = [value for name, value in pairs if name == "default"]
    if len(names) + len(unnamed) > 1:
        raise ParameterError(
            name="graph", reason="more than one graph is named", remedy="Name one graph."
        )
    if not names and not unnamed:
        return None
    return Target(graph_named(names[0]) if names else None)


def _target(request: Request) -> Target:
    """Return the graph that the address names."""
    target = _named(request)
    if target is None:
        remedy = "Add ?graph= and the IRI of a graph, or ?default for the unnamed one."
        raise ParameterError(name="graph", reason="it is missing", remedy=remedy)
    return target


def _may_write(request: Request) -> None:
    """Refuse whoever has no right to write, before anything is read."""
    authorization = request.headers.get("authorization", "")
    service_of(request).access.require(authorization, "write", ACTION)


TargetDep = Annotated[Target, Depends(_target)]
_GUARDED: Final = [Depends(_may_write)]


@router.get("/data/{path:path}", include_in_schema=False)
@router.get(
    "/data",
    **operation(
        "getData",
        "Return a graph of the graph store",
        answers=dict.fromkeys(RDF, "…"),
        fails=(NotFoundError,),
        parameters=_PARAMETERS,
    ),
)
def get_data(target: TargetDep, known: KnowledgeDep, wanted: WantedDep) -> Response:
    """Return the triples of a named graph, or with ?default those of the unnamed graph."""
    if target.graph is None:
        return as_rdf(known.kg.store.unnamed(), wanted.choose(RDF))
    if target.graph not in known.facts.sizes:
        raise _missing(target.graph)
    return as_rdf(known.kg.store.triples(target.graph), wanted.choose(RDF))


@router.put("/data/{path:path}", include_in_schema=False, dependencies=_GUARDED)
@router.put(
    "/data",
    dependencies=_GUARDED,
    **operation(
        "putData",
        "Make a graph hold exactly what is sent",
        answers={},
        done=_CREATED,
        fails=(*FAILS, *WRITE_FAILS),
        parameters=_PARAMETERS,
        body=_BODY,
    ),
)
async def put_data(request: Request, target: TargetDep, service: ServiceDep) -> Response:
    """Replace a graph, at once or not at all; it is made if it does not exist."""
    triples = await _sent(request, service, target)

    def change(store: EmbeddedStore) -> tuple[Delta, bool]:
        return store.replacing(target.graph, triples), target.exists(store)

    return _made(request, target, existed=await _write(request, service, target, change))


@router.post("/data/{path:path}", include_in_schema=False, dependencies=_GUARDED)
@router.post(
    "/data",
    dependencies=_GUARDED,
    **operation(
        "postData",
        "Add what is sent to a graph",
        answers={},
        done=_CREATED,
        fails=(*FAILS, *WRITE_FAILS),
        parameters=_PARAMETERS,
        body=_BODY | {bodies.MULTIPART: {"file": "<urn:a> <urn:b> <urn:c> ."}},
    ),
)
async def post_data(request: Request, service: ServiceDep) -> Response:
    """Add triples to a graph, or to a new one if the address names none."""
    target = _named(request) or Target(NamedNode(f"{address_of(request)}{_BELOW}{uuid4()}"))
    triples = await _sent(request, service, target)

    def change(store: EmbeddedStore) -> tuple[Delta, bool]:
        return store.adding(target.graph, triples), target.exists(store)

    return _made(request, target, existed=await _write(request, service, target, change))


@router.delete("/data/{path:path}", include_in_schema=False, dependencies=_GUARDED)
@router.delete(
    "/data",
    dependencies=_GUARDED,
    **operation(
        "deleteData",
        "Remove a graph",
        answers={},
        done={204: "The graph is gone"},
        fails=(NotFoundError, *WRITE_FAILS),
        parameters=_PARAMETERS,
    ),
)
async def delete_data(request: Request, target: TargetDep, service: ServiceDep) -> Response:
    """Remove a named graph, or with ?default all that the unnamed graph holds."""

    def change(store: EmbeddedStore) -> tuple[Delta, bool]:
        if target.graph is None:
            return store.replacing(None, []), True
        if target.exists(store):
            return Delta(dropped=frozenset({target.graph})), True
        raise _missing(target.graph)

    await _write(request, service, target, change)
    return Response(status_code=204)


async def _write(request: Request, service: Service, target: Target, change: Plan) -> bool:
    """Carry out a change, unless it is one of a graph that the service writes by itself.

    Return whether the graph was there before.
    """
    if target.graph in closed_graphs(service):
        name = shorten(target.graph.value) if target.graph else ""
        remedy = "The service writes this graph by itself. Write to another graph."
        raise ForbiddenError(action=f"writing to the graph {name}", remedy=remedy)

    async def in_thread(store: EmbeddedStore, _: Delta) -> tuple[Delta, bool]:
        return await asyncio.to_thread(change, store)

    return await service.write(request.headers.get("authorization", ""), ACTION, in_thread)


async def _sent(request: Request, service: Service, target: Target) -> list[Triple]:
    """Return the triples of the body; a worker parses it."""
    triples: list[Triple] = []
    limit = service.settings.max_body_bytes
    data = await bodies.read(request, limit)
    for document, known in await _documents(request, data):
        header = {"format": known.name, "base": target.base, "limit": limit}
        seconds = service.settings.submission_seconds
        _, quads = await service.run(request, "parse", header, document, seconds)
        for quad in parse(quads, RdfFormat.N_QUADS):
            if quad.graph_name != DefaultGraph():
                remedy = "Send the triples of one graph; ?graph= names it."
                raise ParameterError(name="body", reason="it names graphs", remedy=remedy)
            triples.append(Triple(quad.subject, quad.predicate, quad.object))
    return triples


async def _documents(request: Request, data: bytes) -> list[tuple[bytes, Format]]:
    """Return the body and its format, or the files of a form and theirs."""
    kind = bodies.media_type(request)
    if kind != bodies.MULTIPART:
        return [(data, format_of_media_type(kind))]
    files = [part for _, part in await bodies.parts(request, data)]
    return [
        (
            file.data,
            format_of_media_type(file.media_type)
            if file.media_type not in ("", "application/octet-stream")
            else format_of_file(file.filename),
        )
        for file in files
    ]


def _made(request: Request, target: Target, *, existed: bool) -> Response:
    """Return the answer to a write: 201 with the address of a new graph, or 204."""
    if existed or target.graph is None:
        return Response(status_code=204)
    name, address = target.graph.value, address_of(request)
    direct = name.startswith(address + _BELOW)
    location = name if direct else f"{address}/data?graph={quote(name, safe='')}"
    return Response(status_code=201, headers={"Location": location})


def _missing(graph: NamedNode) -> NotFoundError:
    names = "All graphs are named in the service description, GET /sparql."
    return NotFoundError(what="graph", name=graph.value, hint=names)
