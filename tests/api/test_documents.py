"""Addresses that are published as IRIs: concepts, schemes, ontology, cases, places, graphs."""

import pytest
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

ADDRESSES = [
    "/concept/authority-crisis",
    "/scheme/crisis-type",
    "/ontology",
    "/ontology/crises",
    "/ontology/profiles/dl",
    "/ontology/alignments/org",
    "/ontology/crises/0.1.0",
    "/shapes",
    "/shapes/crises",
    "/case/buyun-direct-election",
    "/place/china",
    "/agent/govkg",
    "/graph/ontology",
    "/graph/case/buyun-direct-election",
]
SYNTAXES = {
    "text/turtle": RdfFormat.TURTLE,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
    "application/n-triples": RdfFormat.N_TRIPLES,
}


@pytest.mark.parametrize("media_type", SYNTAXES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_is_published_in_every_syntax(client: TestClient, address: str, media_type: str) -> None:
    """Each address answers in each RDF syntax, and the answer parses."""
    response = client.get(address, headers={"accept": media_type})

    assert response.headers["content-type"].startswith(media_type)
    assert len(list(parse(response.content, SYNTAXES[media_type]))) > 3


@pytest.mark.parametrize("address", ADDRESSES)
def test_turtle_is_the_default(client: TestClient, address: str) -> None:
    """A client that does not say gets Turtle; ?format= overrides the header."""
    assert client.get(address).headers["content-type"] == "text/turtle; charset=utf-8"
    override = client.get(address + "?format=n-triples", headers={"accept": "text/turtle"})
    assert override.headers["content-type"] == "application/n-triples"


@pytest.mark.parametrize(
    "address", ["/concept/authority-crisis", "/graph/inferred", "/case/naga-city"]
)
def test_refuses_what_it_cannot_write(client: TestClient, address: str) -> None:
    """No fitting format is a 406."""
    assert client.get(address, headers={"accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    "address",
    [
        "/concept/no-such-thing", "/concept/%20", "/scheme/none", "/ontology/none", "/shapes/none",
        "/rules/X99", "/case/none", "/place/none", "/agent/none", "/graph/none", "/contexts/none",
    ],
)  # fmt: skip
def test_unknown_names(client: TestClient, address: str) -> None:
    """A name that nothing has is a 404 with a hint."""
    response = client.get(address)

    assert (response.status_code, response.json()["code"]) == (404, "not-found")
    assert response.json()["hint"]


def test_suggests_near_names(client: TestClient) -> None:
    """A misspelt concept is met with the right spelling."""
    assert "authority-crisis" in client.get("/concept/autority-crisis").json()["hint"]


def test_concept_holds_the_footing_of_its_relations(client: TestClient) -> None:
    """The RDF of a concept has the annotations of its relations."""
    text = client.get("/concept/authority-crisis").text

    assert "owl:annotatedSource" in text
    assert "gov:assertionStatus" in text


def test_concept_page_cites_the_paper(client: TestClient) -> None:
    """The page has both labels, the passage, its section and the DOI."""
    text = client.get("/concept/authority-crisis", headers={"accept": "text/html"}).text

    for sign in (
        "crisis of authority",
        "权威危机",
        "the Crisis of Authority",
        "section 3.1",
        "10.25236/isaete.2020.013",
    ):
        assert sign in text


def test_case_page_tells_inferred_from_asserted(client: TestClient) -> None:
    """Inferred facts stand apart and link to their proof."""
    text = client.get("/case/naga-city", headers={"accept": "text/html"}).text

    assert "What follows from it" in text
    assert 'class="why" href="/explain?s=case%3Anaga-city' in text


def test_case_holds_asserted_facts_only(client: TestClient) -> None:
    """The RDF of a case is its graph, without what was derived."""
    assert "hasCandidateRemedy" not in client.get("/case/naga-city").text


def test_rule_speaks_both_languages(client: TestClient) -> None:
    """A rule has name, severity and message in both languages."""
    shape = client.get("/rules/C03").json()["shapes"][0]

    assert {"en", "zh"} <= set(shape["message"])
    assert shape["severity"] in ("violation", "warning", "info")


def test_context(client: TestClient) -> None:
    """The JSON-LD context is served as JSON-LD."""
    response = client.get("/contexts/case-v1.jsonld")

    assert response.headers["content-type"] == "application/ld+json"
    assert "@context" in response.json()
