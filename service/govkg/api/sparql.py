"""``/sparql``: the SPARQL 1.1 Protocol, for queries and updates, and the service description."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from fastapi import APIRouter, Request
from pyoxigraph import NamedNode
from starlette.responses import RedirectResponse, Response

from govkg import errors
from govkg.api import bodies, federating, notes
from govkg.api.caching import Answered
from govkg.api.describing import operation, parameter
from govkg.api.description import service_description
from govkg.api.knowledge import Service, address_of, service_of
from govkg.api.negotiation import HTML, RDF, Wanted
from govkg.api.remembering import PATH
from govkg.cases.graphs import Graphs
from govkg.errors import ParameterError, UnsupportedMediaTypeError
from govkg.store import Delta, Update
from govkg.store.embedded import EmbeddedStore
from govkg.store.querying import GRAPH_RESULT_FORMATS, RESULT_FORMATS, is_repeatable

router = APIRouter(tags=["query"])
DIRECT: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
ACTION: Final = "SPARQL Update"
_FORM_SLACK: Final = 8192
"""How many bytes a form may have beside its query, which percent-encoding triples at most."""


@dataclass(frozen=True)
class Asked:
    """A request of the protocol, read but not yet judged."""

    pairs: bodies.Pairs
    accept: str
    address: str
    """That of the service, without a slash at its end."""

    def one(self, name: str) -> str | None:
        """Return a parameter that may be given once; raises ParameterError if it is repeated."""
        found = self.all(name)
        if len(found) > 1:
            raise ParameterError(
                name=name, reason=f"it is given {len(found)} times", remedy="Give it once."
            )
        return found[0] if found else None

    def all(self, name: str) -> list[str]:
        """Return the values of a parameter that may be repeated."""
        return [value for key, value in self.pairs if key == name]

    @property
    def wanted(self) -> Wanted:
        """What the client wants back."""
        return Wanted(self.accept, self.format)

    @property
    def format(self) -> str | None:
        """The first ``format``; SPARQLWrapper sends others after it, by names of other services."""
        return next((value for value in self.all("format") if value), None)


async def _asked(request: Request) -> Asked:
    """Read a request in any of the three forms of the protocol."""
    pairs = bodies.address_pairs(request)
    if request.method == "POST":
        pairs = pairs + await _posted(request)
    return Asked(pairs, request.headers.get("accept", "*/*"), address_of(request))


async def _posted(request: Request) -> bodies.Pairs:
    """Return what the body of a POST says, as parameters."""
    service, kind = service_of(request), bodies.media_type(request)
    limit = service.settings.max_query_bytes
    if kind == UPDATE:
        _may_update(request, service)
    if "authorization" in request.headers:
        limit = max(limit, service.settings.max_body_bytes)
    if kind == bodies.FORM:
        return bodies.pairs(await bodies.read(request, 3 * limit + _FORM_SLACK, "form"), "form")
    if kind not in (DIRECT, UPDATE):
        accepted = f"{DIRECT}, {UPDATE}, {bodies.FORM}"
        raise UnsupportedMediaTypeError(given=kind or "(none)", accepted=accepted)
    name = "update" if kind == UPDATE else "query"
    return [(name, bodies.text(await bodies.read(request, limit, name), name))]


def _may_update(request: Request, service: Service) -> None:
    """Refuse whoever has no right to update, before anything is read."""
    service.access.require(request.headers.get("authorization", ""), "write", ACTION)


_EXAMPLE = "SELECT ?crisis WHERE { ?crisis a gov:CrisisType }"
_RESULTS: Final[dict[str, Any]] = {
    "application/sparql-results+json": {"head": {"vars": ["crisis"]}, "results": {"bindings": []}},
    "application/sparql-results+xml": '<sparql xmlns="http://www.w3.org/2005/sparql-results#"/>',
    "text/csv": "crisis\n",
    "text/tab-separated-values": "?crisis\n",
    **dict.fromkeys(GRAPH_RESULT_FORMATS, "…"),
}
_PARAMETERS = (
    parameter("query", "The query. The prefixes of /prefixes need no declaration.", _EXAMPLE),
    parameter("default-graph-uri", "A graph of the default graph; may be repeated.", [], "array"),
    parameter("named-graph-uri", "A named graph of the dataset; may be repeated.", [], "array"),
    parameter("infer", "false leaves out what was inferred.", "true", enum=["true", "false"]),
    parameter(
        "release",
        "The version of a release to ask, see /releases; empty: the data as it is now.",
        "",
    ),
    parameter("timeout", "The deadline in seconds; at most that of /limits.", 5, "number"),
    parameter("format", "json, xml, csv, tsv, turtle, n-triples, rdf-xml or json-ld.", "csv"),
)
_UPDATE_PARAMETERS = (
    parameter("using-graph-uri", "Update: a graph that WHERE sees by default.", [], "array"),
    parameter("using-named-graph-uri", "Update: a named graph that WHERE sees.", [], "array"),
)
WRITE_FAILS: Final = (
    errors.UnauthorizedError,
    errors.ForbiddenError,
    errors.ConflictError,
    errors.NotVisibleError,
    errors.OutdatedError,
    errors.UpdateDeadlineError,
)
"""The errors that whoever writes can meet."""
QUERY_FAILS: Final = (
    errors.QuerySyntaxError,
    errors.UnsafeInputError,
    errors.TooLargeError,
    errors.ResultTooLargeError,
    errors.EndpointClosedError,
    errors.EndpointTooLargeError,
    errors.EndpointDeadlineError,
    errors.EndpointFailedError,
    errors.BusyError,
    errors.DeadlineError,
)
"""The errors that whoever asks can meet."""


@router.get(
    "/sparql",
    **operation(
        "queryByGet",
        "Answer a SPARQL query",
        answers=_RESULTS,
        fails=(errors.NotFoundError, *QUERY_FAILS),
        parameters=_PARAMETERS,
    ),
)
async def query_by_get(request: Request) -> Response:
    """Answer the query, or describe the service if there is none.

    The default graph is the merge of all graphs; inferred triples lie in one of their own.
    """
    asked, service = await _asked(request), service_of(request)
    if not asked.all("query") and not asked.all("update"):
        return await _description(request, asked.wanted, service)
    if asked.all("update"):
        _may_update(request, service)
        raise ParameterError(name="update", reason="it was sent by GET", remedy="Send it by POST.")
    return await _answer(request, asked, service)


@router.post(
    "/sparql",
    **operation(
        "queryByPost",
        "Answer a SPARQL query from the body, or carry out an update",
        answers=_RESULTS,
        fails=(errors.NotFoundError, *QUERY_FAILS, *WRITE_FAILS, UnsupportedMediaTypeError),
        parameters=(*_PARAMETERS[1:], *_UPDATE_PARAMETERS),
        body={
            DIRECT: _EXAMPLE,
            UPDATE: "INSERT DATA { GRAPH graph:mine { case:x gov:adopts case:y } }",
            bodies.FORM: {"query": _EXAMPLE},
        },
        done={204: "The update is on disk, and every later query sees it"},
    ),
)
async def query_by_post(request: Request) -> Response:
    """Answer a query or carry out an update that is the body itself, or a field of a form.

    An update needs a token with the scope “write”. All its operations are carried out, or none.
    """
    asked, service = await _asked(request), service_of(request)
    if asked.all("update"):
        return await _update(request, asked, service)
    return await _answer(request, asked, service)


METHODS: Final = {"GET": query_by_get, "POST": query_by_post}
"""What answers each method; HEAD is a GET whose body is dropped on the way out."""


async def _update(request: Request, asked: Asked, service: Service) -> Response:
    """Carry out an update, and return when every later query sees it."""
    _may_update(request, service)
    text = asked.one("update")
    if text is None or asked.all("query"):
        raise ParameterError(
            name="update", reason="there is a query too", remedy="Send one of the two."
        )
    notes.notes_of(request.scope).asked = notes.Asked(text, is_update=True)
    settings = service.settings
    wanted = Update(
        text,
        base=f"{asked.address}/sparql",
        using=tuple(asked.all("using-graph-uri")),
        using_named=tuple(asked.all("using-named-graph-uri")),
        closed=tuple(graph.value for graph in closed_graphs(service)),
        max_bytes=settings.max_body_bytes,
        max_change_bytes=settings.max_change_bytes,
    )

    async def change(_: EmbeddedStore, unseen: Delta) -> tuple[Delta, None]:
        return await service.work_out(wanted, unseen), None

    await service.write(request.headers.get("authorization", ""), ACTION, change)
    return Response(status_code=204)


def closed_graphs(service: Service) -> tuple[NamedNode, ...]:
    """Return the graphs that nobody but the service may write."""
    return Graphs(service.settings.base_iri).closed if service.settings.bundle else ()


async def _answer(request: Request, asked: Asked, service: Service) -> Response:
    """Have a worker answer, within the deadline."""
    text = asked.one("query")
    if text is None:
        raise ParameterError(
            name="query", reason="it is missing", remedy="Send exactly one SPARQL query."
        )
    header, seconds = header_of(asked, service), seconds_of(asked, service)
    version = asked.one("release")
    if not version:
        head, body = await run_query(request, service, text, header, seconds)
    else:
        head, body = await ask_release(request, version, text, header, seconds)
    return Response(body, media_type=head["media_type"])


async def ask_release(
    request: Request, version: str, text: str, header: dict[str, Any], seconds: float
) -> tuple[dict[str, Any], bytes]:
    """Have a worker that has loaded a release answer; it can call nobody."""
    service = service_of(request)
    notes.notes_of(request.scope).asked = notes.Asked(text)
    data = _fitting(text, service)
    answered = await service.run_on_release(request, version, header, data, seconds)
    if is_repeatable(text):
        request.state.release = version  # so that the answer may be kept for good
    return answered


def _fitting(text: str, service: Service) -> bytes:
    """Return a query as bytes; refuse a text that is too long before it is sent to a worker."""
    data, limit = text.encode(), service.settings.max_query_bytes
    if len(data) > limit:
        raise errors.TooLargeError(what="query", size=len(data), limit=limit, unit="bytes")
    return data


async def run_query(
    request: Request, service: Service, text: str, header: dict[str, Any], seconds: float
) -> tuple[dict[str, Any], bytes]:
    """Have a worker answer a query, unless the same was asked since the data changed.

    Refuses a text that is too long before it is sent there.
    """
    noted = notes.notes_of(request.scope)
    noted.asked = notes.Asked(text)
    data = _fitting(text, service)
    if federating.is_federated(service, text):  # others' data changes unseen: nothing is kept
        return await federating.answer(request, service, text, header, seconds)
    if request.method == "GET" and request.scope["path"] == PATH:  # that is kept when finished
        service.cache.misses += 1  # it was looked up before it came here
        answered = Answered(*await service.run(request, "query", header, data, seconds))
        request.state.repeatable = is_repeatable(text)
        return answered
    generation, asked = service.knowledge, f"{json.dumps(header)}\n{text}"
    kept = service.cache.get(generation, asked)
    if kept:
        noted.cached = True
        return kept
    answered = Answered(*await service.run(request, "query", header, data, seconds))
    if is_repeatable(text):
        service.cache.put(generation, asked, answered)
    return answered


def header_of(asked: Asked, service: Service) -> dict[str, Any]:
    """Return what the worker is told beside the query, see ``store.Query``."""
    return {
        "formats": formats(asked.wanted),
        "accept": asked.format or asked.accept,
        "base": f"{asked.address}/sparql",
        "default_graphs": asked.all("default-graph-uri"),
        "named_graphs": asked.all("named-graph-uri"),
        "without_graphs": without(service, inferred=infers(asked)),
        "max_query_bytes": service.settings.max_query_bytes,
        "max_result_bytes": service.settings.max_result_bytes,
    }


@lru_cache(maxsize=256)  # clients send few kinds of Accept header
def formats(wanted: Wanted) -> Mapping[str, str]:
    """Return the media type for each kind of result; a kind that would not fit is left out."""
    table, graph = wanted.find(tuple(RESULT_FORMATS)), wanted.find(tuple(GRAPH_RESULT_FORMATS))
    found = {"solutions": table, "boolean": table, "graph": graph}
    return {kind: media for kind, media in found.items() if media}


def without(service: Service, *, inferred: bool) -> list[str]:
    """Return the graphs to leave out: that of inferred triples, or none."""
    return [] if inferred else [service.known().kg.graphs.inferred.value]


def infers(asked: Asked) -> bool:
    """Say whether inferred triples are wanted, as they are by default."""
    value = asked.one("infer") or "true"
    if value not in ("true", "false"):
        raise ParameterError(
            name="infer", reason=f"“{value}” is unknown", remedy="Use true or false."
        )
    return value == "true"


def seconds_of(asked: Asked, service: Service) -> float:
    """Return the deadline: that of the client, but no longer than that of the service."""
    most, value = service.settings.query_seconds, asked.one("timeout")
    if value is None:
        return most
    if not value.replace(".", "", 1).isdigit() or float(value) <= 0:
        raise ParameterError(
            name="timeout", reason=f"“{value}” is no time", remedy=f"Give seconds, at most {most}."
        )
    return min(float(value), most)


async def _description(request: Request, wanted: Wanted, service: Service) -> Response:
    """Return the service description; a browser is sent to the query page."""
    media = wanted.choose((*RDF, HTML))
    if media == HTML:
        return RedirectResponse("/query", status_code=303)
    address = address_of(request)
    body = await asyncio.to_thread(service_description, address, media, service)  # it may count
    return Response(body, media_type=media)
