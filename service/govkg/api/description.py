"""The description of the service: SPARQL 1.1 Service Description, with the numbers in VoID."""

from collections.abc import Callable
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from govkg.api.caching import Answered
from govkg.api.knowledge import Service
from govkg.cases.description import RESULTS, SIMPLE, SYNTAXES
from govkg.cases.questions import describe_questions
from govkg.cases.statements import Statements
from govkg.rdf import format_of_media_type, write
from govkg.vocabulary import FORMATS

_REGIME: Final = {
    "en": "Queries are answered by simple entailment. What follows by OWL 2 RL was derived before "
    "and lies in the named graph of inferred triples, which is part of the default graph unless "
    "the request says infer=false.",
    "zh": "查询按简单蕴涵求值。按 OWL 2 RL 推出的内容已预先推导，存于推断三元组的命名图中；"
    "除非请求带有 infer=false，该图属于默认图。",
}
_WRITING: Final = {
    "en": "SPARQL Update and the Graph Store Protocol need a token. In an update the default graph "
    "is the unnamed graph, and a request with several operations is atomic.",
    "zh": "SPARQL 更新与图存储协议需要令牌。更新中的默认图是未命名图，含多个操作的请求是原子的。",
}
_FEDERATING: Final = {
    "en": "SERVICE may call these hosts (by https) and endpoints: {open}.",
    "zh": "SERVICE 可调用下列主机（经 https）与端点：{open}。",
}
_DOCUMENTS: Final = (*SYNTAXES, "N-Quads", "TriG")
"""The names of the formats that are read."""


def service_description(address: str, media: str, service: Service) -> bytes:
    """Return the description of the service in an RDF media type."""
    asked = f"description {media} {service.writable} {address}"
    return _written(service, asked, media, lambda: describe(address, service))


def void_document(address: str, media: str, service: Service) -> bytes:
    """Return the description of the dataset, with all partitions, in an RDF media type."""
    document = service.known().description.document
    return _written(service, f"void {media} {address}", media, lambda: document(address))


def _written(
    service: Service, asked: str, media: str, describe: Callable[[], list[Triple]]
) -> bytes:
    """Return a description; it is written once while the data is the same."""
    known = service.known()
    kept = service.cache.get(known, asked)
    if kept:
        return kept.body
    body = write(describe(), format_of_media_type(media))
    service.cache.put(known, asked, Answered({}, body))
    return body


def describe(address: str, service: Service) -> list[Triple]:
    """Return the description in the terms of SPARQL 1.1 Service Description and VoID.

    What queries find in the dataset, the uses of classes and the examples, is left out here.
    """
    description = service.known().description
    statements = Statements("service")
    _describe_service(statements, address, service)
    nodes = description.describe(statements, address)
    _describe_sizes(statements, nodes, service)
    if not service.describes_itself:
        description.describe_uses(statements)
        if service.settings.bundle:
            describe_questions(statements, description.graphs, NamedNode(f"{address}/sparql"))
    return statements.triples


def _describe_service(statements: Statements, address: str, service: Service) -> None:
    """Write down what the endpoint can do."""
    this = statements.node()
    statements.say(this, "rdf:type", "sd:Service")
    statements.say(this, "sd:endpoint", NamedNode(f"{address}/sparql"))
    statements.say(this, "sd:supportedLanguage", "sd:SPARQL11Query")
    statements.say(this, "sd:feature", "sd:EmptyGraphs")
    if service.settings.default_graph == "merge":
        statements.say(this, "sd:feature", "sd:UnionDefaultGraph")
    formats = (NamedNode(FORMATS + name) for name in (*RESULTS, *SYNTAXES))
    statements.say(this, "sd:resultFormat", *formats)
    statements.say(this, "sd:defaultEntailmentRegime", SIMPLE)
    statements.say(this, "sd:defaultDataset", service.known().description.dataset)
    statements.say(this, "rdfs:seeAlso", NamedNode(f"{address}/.well-known/void"))
    if service.settings.bundle:
        statements.say(this, "dcterms:description", _REGIME)
    if service.endpoints.open:
        names = ", ".join(service.endpoints.open)
        statements.say(this, "sd:feature", "sd:BasicFederatedQuery")
        told = {language: text.format(open=names) for language, text in _FEDERATING.items()}
        statements.say(this, "dcterms:description", told)
    if service.writable:
        statements.say(this, "sd:supportedLanguage", "sd:SPARQL11Update")
        statements.say(this, "sd:inputFormat", *(NamedNode(FORMATS + name) for name in _DOCUMENTS))
        statements.say(this, "rdfs:seeAlso", NamedNode(f"{address}/data"))
        statements.say(this, "dcterms:description", _WRITING)


def _describe_sizes(
    statements: Statements, nodes: dict[NamedNode, BlankNode], service: Service
) -> None:
    """Write down how much queries see in the default graph and in each named graph."""
    known = service.known()
    merged = service.settings.default_graph == "merge"
    size = known.facts.distinct if merged else len(known.kg.store.unnamed())
    default = statements.part(known.description.dataset, "sd:defaultGraph")
    statements.say(default, "rdf:type", "sd:Graph")
    statements.say(default, "void:triples", size)
    own = known.kg.graphs.description
    if own in known.facts.sizes:
        nodes |= {own: known.description.describe_graph(statements, own)}
    for graph, node in nodes.items():
        content = statements.part(node, "sd:graph")
        statements.say(content, "rdf:type", "sd:Graph")
        statements.say(content, "void:triples", known.facts.sizes[graph])
