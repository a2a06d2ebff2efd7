"""``/sparql``: the SPARQL 1.1 Protocol for queries, and the service description."""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from starlette.responses import RedirectResponse, Response

from govkg import errors
from govkg.api import bodies
from govkg.api.dependencies import ServiceDep
from govkg.api.describing import operation, parameter
from govkg.api.knowledge import Knowledge, Service, service_of
from govkg.api.negotiation import HTML, RDF, Wanted
from govkg.errors import ForbiddenError, ParameterError, UnsupportedMediaTypeError
from govkg.rdf import format_of_media_type, write
from govkg.store.querying import GRAPH_RESULT_FORMATS, RESULT_FORMATS
from govkg.vocabulary import DCTERMS, SD, VOID, XSD
from govkg.vocabulary import RDF as RDF_NS

router = APIRouter(tags=["query"])
DIRECT: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
_FORM_SLACK: Final = 8192
"""How many bytes a form may have beside its query, which percent-encoding triples at most."""


@dataclass(frozen=True)
class Asked:
    """A request of the protocol, read but not yet judged."""

    pairs: bodies.Pairs
    accept: str

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
        return Wanted(self.accept, self.one("format") or None)


async def _asked(request: Request) -> Asked:
    """Read a request in any of the three forms of the protocol."""
    pairs = bodies.address_pairs(request)
    if request.method == "POST":
        pairs = pairs + await _posted(request)
    return Asked(pairs, request.headers.get("accept", "*/*"))


async def _posted(request: Request) -> bodies.Pairs:
    """Return what the body of a POST says, as parameters."""
    limit = service_of(request).settings.max_query_bytes
    kind = bodies.media_type(request)
    if kind == UPDATE:
        raise _no_updates()
    if kind == bodies.FORM:
        return bodies.pairs(await bodies.read(request, 3 * limit + _FORM_SLACK, "form"), "form")
    if kind != DIRECT:
        raise UnsupportedMediaTypeError(given=kind or "(none)", accepted=f"{DIRECT}, {bodies.FORM}")
    data = await bodies.read(request, limit, "query")
    return [("query", bodies.text(data, "query"))]


def _no_updates() -> ForbiddenError:
    return ForbiddenError(action="SPARQL Update", remedy="The service is read-only; send a query.")


AskedDep = Annotated[Asked, Depends(_asked)]

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
    parameter("timeout", "The deadline in seconds; at most that of /limits.", 5, "number"),
    parameter("format", "json, xml, csv, tsv, turtle, n-triples, rdf-xml or json-ld.", "csv"),
)
_FAILS = (
    errors.QuerySyntaxError,
    errors.UnsafeInputError,
    errors.ForbiddenError,
    errors.TooLargeError,
    errors.ResultTooLargeError,
    errors.BusyError,
    errors.DeadlineError,
)


@router.get(
    "/sparql",
    **operation(
        "queryByGet",
        "Answer a SPARQL query",
        answers=_RESULTS,
        fails=_FAILS,
        parameters=_PARAMETERS,
    ),
)
async def query_by_get(request: Request, asked: AskedDep, service: ServiceDep) -> Response:
    """Answer the query, or describe the service if there is none.

    The default graph is the union of all named graphs; inferred triples lie in one of their own.
    """
    if not asked.all("query") and not asked.all("update"):
        return _description(request, asked.wanted, service.known())
    return await _answer(request, asked, service)


@router.post(
    "/sparql",
    **operation(
        "queryByPost",
        "Answer a SPARQL query from the body",
        answers=_RESULTS,
        fails=(*_FAILS, UnsupportedMediaTypeError),
        parameters=_PARAMETERS[1:],
        body={DIRECT: _EXAMPLE, bodies.FORM: {"query": _EXAMPLE}},
    ),
)
async def query_by_post(request: Request, asked: AskedDep, service: ServiceDep) -> Response:
    """Answer a query that is the body itself, or a field of a form."""
    return await _answer(request, asked, service)


async def _answer(request: Request, asked: Asked, service: Service) -> Response:
    """Have a worker answer, within the deadline."""
    if asked.all("update"):
        raise _no_updates()
    text = asked.one("query")
    if text is None:
        raise ParameterError(
            name="query", reason="it is missing", remedy="Send exactly one SPARQL query."
        )
    head, body = await run_query(
        request, service, text, header_of(asked, service), seconds_of(asked, service)
    )
    return Response(body, media_type=head["media_type"])


async def run_query(
    request: Request, service: Service, text: str, header: dict[str, Any], seconds: float
) -> tuple[dict[str, Any], bytes]:
    """Have a worker answer a query; refuses a text that is too long before it is sent there."""
    data, limit = text.encode(), service.settings.max_query_bytes
    if len(data) > limit:
        raise errors.TooLargeError(what="query", size=len(data), limit=limit, unit="bytes")
    return await service.run(request, "query", header, data, seconds)


def header_of(asked: Asked, service: Service) -> dict[str, Any]:
    """Return what the worker is told beside the query, see ``store.Query``."""
    return {
        "formats": formats(asked.wanted),
        "accept": asked.one("format") or asked.accept,
        "default_graphs": asked.all("default-graph-uri"),
        "named_graphs": asked.all("named-graph-uri"),
        "without_graphs": without(service, inferred=infers(asked)),
        "max_query_bytes": service.settings.max_query_bytes,
        "max_result_bytes": service.settings.max_result_bytes,
    }


def formats(wanted: Wanted) -> dict[str, str]:
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


def _description(request: Request, wanted: Wanted, known: Knowledge) -> Response:
    """Return the service description; a browser is sent to the query page."""
    media = wanted.choose((*RDF, HTML))
    if media == HTML:
        return RedirectResponse("/query", status_code=303)
    settings = service_of(request).settings
    address = settings.public_url or str(request.base_url).rstrip("/")
    triples = describe(NamedNode(f"{address}/sparql"), known)
    return Response(write(triples, format_of_media_type(media)), media_type=media)


def _sd(name: str) -> NamedNode:
    return NamedNode(SD + name)


_TYPE = NamedNode(RDF_NS + "type")
_FORMAT = "http://www.w3.org/ns/formats/"
_FORMATS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
_REGIME = (
    "Queries are answered by simple entailment. What follows by OWL 2 RL was derived before "
    "and lies in the named graph of inferred triples, which is part of the default graph unless "
    "the request says infer=false."
)


def describe(endpoint: NamedNode, known: Knowledge) -> list[Triple]:
    """Return the description in the terms of SPARQL 1.1 Service Description and VoID."""
    service, dataset, union = BlankNode("service"), BlankNode("dataset"), BlankNode("union")
    triples = [
        Triple(service, _TYPE, _sd("Service")),
        Triple(service, _sd("endpoint"), endpoint),
        Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
        Triple(
            service,
            _sd("defaultEntailmentRegime"),
            NamedNode("http://www.w3.org/ns/entailment/Simple"),
        ),
        Triple(service, NamedNode(DCTERMS + "description"), Literal(_REGIME, language="en")),
        Triple(service, _sd("defaultDataset"), dataset),
        Triple(dataset, _TYPE, _sd("Dataset")),
        Triple(dataset, _sd("defaultGraph"), union),
        *_sized(union, known.facts.distinct),
    ]
    triples += [
        Triple(service, _sd("resultFormat"), NamedNode(_FORMAT + name)) for name in _FORMATS
    ]
    for number, (graph, size) in enumerate(known.facts.sizes.items()):
        triples += _named_graph(dataset, graph, size, number)
    return triples


def _named_graph(dataset: BlankNode, graph: NamedNode, size: int, number: int) -> list[Triple]:
    named, content = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
    return [
        Triple(dataset, _sd("namedGraph"), named),
        Triple(named, _TYPE, _sd("NamedGraph")),
        Triple(named, _sd("name"), graph),
        Triple(named, _sd("graph"), content),
        *_sized(content, size),
    ]


def _sized(graph: BlankNode, size: int) -> list[Triple]:
    count = Literal(str(size), datatype=NamedNode(XSD + "integer"))
    return [Triple(graph, _TYPE, _sd("Graph")), Triple(graph, NamedNode(VOID + "triples"), count)]
