"""The description of the service is RDF, names the endpoint and follows the vocabulary."""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from .groups import given
from .manifest import Test, entries
from .scratch import Client

SD: Final = "http://www.w3.org/ns/sparql-service-description#"
TYPE: Final = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")

SCHEMA: Final = {
    "endpoint": ("Service", None),
    "feature": ("Service", "Feature"),
    "defaultEntailmentRegime": ("Service", "EntailmentRegime"),
    "entailmentRegime": ("NamedGraph", "EntailmentRegime"),
    "defaultSupportedEntailmentProfile": ("Service", "EntailmentProfile"),
    "supportedEntailmentProfile": ("NamedGraph", "EntailmentProfile"),
    "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"),
    "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"),
    "propertyFeature": ("Service", "Feature"),
    "inputFormat": ("Service", None),
    "resultFormat": ("Service", None),
    "defaultDataset": ("Service", "Dataset"),
    "availableGraphs": ("Service", "GraphCollection"),
    "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"),
    "name": ("NamedGraph", None),
    "graph": ("NamedGraph", "Graph"),
}
"""The domain and the range of each property (SPARQL 1.1 Service Description, section 3.4)."""

KNOWN: Final = {
    "Feature": {
        "DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs",
        "BasicFederatedQuery",
    },
    "Language": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
}  # fmt: skip
"""The instances that the vocabulary itself declares (section 3.3)."""
ELSEWHERE: Final = {
    "EntailmentRegime": "http://www.w3.org/ns/entailment/",
    "EntailmentProfile": "http://www.w3.org/ns/owl-profile/",
}
"""The namespaces of the instances that other vocabularies declare."""

DESCRIPTIONS = entries("service-description/manifest.ttl", "ServiceDescriptionTest")


@given(DESCRIPTIONS)
def test_service_description(test: Test, loaded: Client) -> None:
    """A GET of the endpoint without a query returns a description that a client can use.

    The service holds data, so that it has named graphs to describe.
    """
    reply = loaded.send("GET", "/sparql", headers={"Accept": "text/turtle"})

    assert (reply.status, reply.media_type) == (200, "text/turtle")
    quads = list(parse(reply.body, RdfFormat.TURTLE))
    checks = {
        "returns-rdf": lambda: bool(quads),
        "has-endpoint-triple": lambda: names_endpoint(quads, f"{loaded.address}/sparql"),
        "conforms-to-schema": lambda: not list(mistakes(quads)),
    }
    assert checks[test.iri.partition("#")[2]](), list(mistakes(quads))


def test_mistakes_are_found() -> None:
    """The check of the schema is one: it finds what the vocabulary does not allow."""
    wrong = b"""
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        <urn:x:service> sd:feature sd:Imagined ; sd:nonsense <urn:x:a> ; sd:resultFormat "csv" .
    """

    found = list(mistakes(list(parse(wrong, RdfFormat.TURTLE))))

    assert "no sd:Service" in found
    assert "sd:nonsense is no property" in found
    assert any("sd:feature of something and no sd:Feature" in each for each in found)
    assert any("has the literal" in each for each in found)


def names_endpoint(quads: Iterable[Quad], address: str) -> bool:
    """Say whether a service is described whose endpoint is the address that was asked."""
    return any(
        quad.predicate.value == SD + "endpoint" and quad.object == NamedNode(address)
        for quad in quads
    )


def mistakes(quads: list[Quad]) -> Iterable[str]:
    """Yield what contradicts the vocabulary."""
    types = {(quad.subject, quad.object.value) for quad in quads if quad.predicate == TYPE}
    types |= {(node, SD + "GraphCollection") for node, kind in types if kind == SD + "Dataset"}
    if not any(kind == SD + "Service" for _, kind in types):
        yield "no sd:Service"
    for quad in quads:
        if quad.predicate.value.startswith(SD):
            yield from _mistakes_in(quad, types)


def _mistakes_in(quad: Quad, types: set[tuple[object, str]]) -> Iterable[str]:
    """Yield what is wrong with one statement of the vocabulary."""
    name = quad.predicate.value.removeprefix(SD)
    domain, range_ = SCHEMA.get(name, ("", None))
    if not domain:
        yield f"sd:{name} is no property"
    elif (quad.subject, SD + domain) not in types:
        yield f"{quad.subject} has sd:{name} and is not said to be a sd:{domain}"
    if isinstance(quad.object, Literal):
        yield f"sd:{name} has the literal {quad.object}"
    elif range_ and not _is_a(quad.object, range_, types):
        yield f"{quad.object} is the sd:{name} of something and no sd:{range_}"


def _is_a(node: NamedNode | BlankNode, kind: str, types: set[tuple[object, str]]) -> bool:
    """Say whether a node is an instance of a class, by what is said or by its name."""
    known = node.value.removeprefix(SD) in KNOWN.get(kind, ())
    named = kind in ELSEWHERE and node.value.startswith(ELSEWHERE[kind])
    return known or named or (node, SD + kind) in types
