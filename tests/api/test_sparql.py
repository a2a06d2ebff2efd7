"""/sparql: the protocol, negotiation, limits and safety."""

import json

import pytest
from starlette.testclient import TestClient

CRISES = "SELECT ?c WHERE { ?c a gov:CrisisType }"
CONSTRUCT = "CONSTRUCT WHERE { ?c a gov:CrisisType }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
UNION = "SELECT * { { ?a ?b ?c } UNION { ?c ?b ?a } }"
DIRECT = {"content-type": "application/sparql-query"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def test_answers_by_get(client: TestClient) -> None:
    """A query in the address is answered as SPARQL JSON by default."""
    response = client.get("/sparql", params={"query": CRISES})

    assert response.headers["content-type"] == "application/sparql-results+json"
    assert len(response.json()["results"]["bindings"]) >= 2


def test_answers_by_form(client: TestClient) -> None:
    """A query in a form is answered."""
    response = client.post("/sparql", data={"query": CRISES})

    assert len(response.json()["results"]["bindings"]) >= 2


def test_answers_by_direct_post(client: TestClient) -> None:
    """A query that is the body itself is answered; parameters stand in the address."""
    response = client.post("/sparql?format=csv", content=CRISES, headers=DIRECT)

    assert response.text.startswith("c\r\n")


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        (CRISES, "application/sparql-results+xml", "application/sparql-results+xml"),
        (CRISES, "text/csv", "text/csv; charset=utf-8"),
        (CRISES, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (CRISES, "application/json", "application/sparql-results+json"),
        (CRISES, "text/csv;q=0.1, application/*;q=0.9", "application/sparql-results+json"),
        (CRISES, "text/turtle, text/csv;q=0.5", "text/csv; charset=utf-8"),
        ("ASK {}", "application/xml", "application/sparql-results+xml"),
        (CONSTRUCT, "*/*", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
    ],
)
def test_negotiates(client: TestClient, query: str, accept: str, media_type: str) -> None:
    """The format is the one that the client likes best, of those that fit the kind of result."""
    response = client.get("/sparql", params={"query": query}, headers={"accept": accept})

    assert response.headers["content-type"] == media_type


@pytest.mark.parametrize(
    ("query", "accept"), [(CRISES, "text/turtle"), (CONSTRUCT, "text/csv"), (CRISES, "image/png")]
)
def test_refuses_what_it_cannot_write(client: TestClient, query: str, accept: str) -> None:
    """A kind of result in no acceptable format is a 406 that lists what there is."""
    response = client.get("/sparql", params={"query": query}, headers={"accept": accept})

    assert response.status_code == 406
    assert response.json()["offered"]


def test_head_has_the_headers_of_get(client: TestClient) -> None:
    """HEAD answers like GET without the body."""
    response = client.head("/sparql", params={"query": CRISES})

    assert response.status_code == 200
    assert int(response.headers["content-length"]) > 100
    assert response.content == b""


def test_leaves_out_what_was_inferred(client: TestClient) -> None:
    """infer=false leaves out the inferred graph, from the default graph too."""
    query = "SELECT (COUNT(*) AS ?n) { ?case gov:hasCandidateRemedy ?remedy }"

    with_inferred = client.get("/sparql", params={"query": query, "format": "csv"})
    without = client.get("/sparql", params={"query": query, "format": "csv", "infer": "false"})

    assert int(with_inferred.text.split()[1]) > 0
    assert int(without.text.split()[1]) == 0


def test_protocol_chooses_the_dataset(client: TestClient) -> None:
    """default-graph-uri and named-graph-uri make the dataset."""
    graph = "https://w3id.org/govkg/graph/alignments"
    query = "SELECT (COUNT(*) AS ?n) { ?c a gov:CrisisType }"

    by_default = client.get(
        "/sparql", params={"query": query, "default-graph-uri": graph, "format": "csv"}
    )
    named = client.get(
        "/sparql",
        params={
            "query": "SELECT DISTINCT ?g { GRAPH ?g {} }",
            "named-graph-uri": graph,
            "format": "csv",
        },
    )

    assert by_default.text.split()[1] == "0"
    assert named.text.split()[1] == graph


@pytest.mark.parametrize(
    ("literal", "encoded"),
    [
        ("100%25", "100%2525"),
        ("a+b", "a%2Bb"),
        ("a b", "a+b"),
        ("a&b=c", "a%26b%3Dc"),
        ("危机", "%E5%8D%B1%E6%9C%BA"),
    ],
)
def test_decodes_once(client: TestClient, literal: str, encoded: str) -> None:
    """Percent and plus are decoded exactly once, in addresses and in forms."""
    raw = f"query=SELECT+(%22{encoded}%22+AS+%3Fx)+%7B%7D&format=json"

    by_get = client.get(f"/sparql?{raw}").json()
    by_form = client.post("/sparql", content=raw, headers=FORM).json()

    assert by_get["results"]["bindings"][0]["x"]["value"] == literal
    assert by_form == by_get


def test_says_where_the_query_broke(client: TestClient) -> None:
    """A syntax error names line, column, what was expected and a hint."""
    response = client.get("/sparql", params={"query": "SELECT ?x\nWHERE oops"})

    problem = response.json()
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "/problems/query-syntax"
    assert (problem["line"], problem["column"] > 0) == (2, True)
    assert problem["hint"]


def test_speaks_chinese(client: TestClient) -> None:
    """The same problem comes in Chinese by Accept-Language."""
    response = client.get(
        "/sparql", params={"query": "SELEC"}, headers={"accept-language": "zh-CN"}
    )

    assert response.json()["title"] == "SPARQL 查询语法有误"
    assert "第 1 行" in response.json()["detail"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 400, "unsafe-input"),
        ("SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }", 400, "unsafe-input"),
        ("LOAD <http://127.0.0.1/>", 400, "query-syntax"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 400, "query-syntax"),
        ("SELECT * { ?s ?p '" + "x" * 30_000 + "' }", 413, "too-large"),
        (UNION, 422, "result-too-large"),
    ],
)  # fmt: skip
def test_refuses(client: TestClient, query: str, status: int, code: str) -> None:
    """Calls outside, bombs, updates and what is over a limit are refused with their own code."""
    response = client.post("/sparql", data={"query": query})

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_refuses_a_long_body_before_it_is_read(client: TestClient) -> None:
    """A direct query over the limit is a 413."""
    response = client.post("/sparql", content="#" * 30_000, headers=DIRECT)

    assert response.status_code == 413


@pytest.mark.parametrize(
    "request_",
    [
        {"data": {"update": "LOAD <http://127.0.0.1/>"}},
        {
            "content": "LOAD <http://127.0.0.1/>",
            "headers": {"content-type": "application/sparql-update"},
        },
        {"params": {"update": "DROP ALL"}},
    ],
)
def test_refuses_updates(client: TestClient, request_: dict) -> None:  # type: ignore[type-arg]
    """An update in any of the forms of the protocol is a 403."""
    response = client.post("/sparql", **({"data": {}} | request_))

    assert (response.status_code, response.json()["code"]) in (
        (403, "forbidden"),
        (415, "unsupported-media-type"),
    )
    assert client.get("/sparql", params={"update": "DROP ALL"}).status_code == 403


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/sparql-query; charset=utf-16", "application/json"],
)
def test_refuses_other_bodies(client: TestClient, content_type: str) -> None:
    """A body of another type, of none, or not in UTF-8 is a 415."""
    response = client.post("/sparql", content=CRISES, headers={"content-type": content_type})

    assert response.status_code == 415


@pytest.mark.parametrize(
    "address",
    [
        "/sparql?query=ASK%7B%7D&query=ASK%7B%7D",
        "/sparql?query=%FF",
        "/sparql?query=ASK%7B%7D&infer=perhaps",
        "/sparql?query=ASK%7B%7D&timeout=soon",
        "/sparql?query=ASK%7B%7D&format=excel",
        "/sparql?query=ASK%7B%7D&default-graph-uri=not%20an%20iri",
        "/sparql?query=",
    ],
)
def test_refuses_bad_parameters(client: TestClient, address: str) -> None:
    """A repeated query, bytes that are no UTF-8 and unknown values are a 400."""
    assert client.get(address).status_code == 400


def test_needs_a_query(client: TestClient) -> None:
    """A POST without a query is a 400 that says so."""
    response = client.post("/sparql", data={"infer": "true"})

    assert (response.status_code, response.json()["name"]) == (400, "query")


def test_knows_no_other_methods(client: TestClient) -> None:
    """PUT is a 405 that lists the methods of all routes of the address."""
    response = client.put("/sparql", content=CRISES)

    assert response.status_code == 405
    assert {"GET", "HEAD", "POST"} <= set(response.headers["allow"].split(", "))


def test_stops_a_runaway_query_and_goes_on(client: TestClient) -> None:
    """A query over its deadline is a 503 with Retry-After, and the next one is answered."""
    response = client.get("/sparql", params={"query": RUNAWAY, "timeout": "0.3"})

    assert (response.status_code, response.json()["code"]) == (503, "deadline")
    assert int(response.headers["retry-after"]) >= 1
    assert client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True


@pytest.mark.parametrize(
    "media_type",
    ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-triples"],
)
def test_describes_the_service(client: TestClient, media_type: str) -> None:
    """Without a query there is a service description, with the graphs and the regime."""
    response = client.get("/sparql", headers={"accept": media_type})

    assert response.headers["content-type"].startswith(media_type)
    for word in ("UnionDefaultGraph", "entailment/Simple", "inferred", "SPARQL11Query"):
        assert word in response.text


def test_sends_browsers_to_the_query_page(client: TestClient) -> None:
    """A browser that opens /sparql gets the page to write queries."""
    response = client.get("/sparql", headers={"accept": "text/html"}, follow_redirects=False)

    assert (response.status_code, response.headers["location"]) == (303, "/query")


def test_counts_agree_with_the_description(client: TestClient) -> None:
    """The size of the default graph in the description is what a query counts."""
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

    counted = client.get("/sparql", params={"query": query, "format": "csv"}).text.split()[1]
    described = json.dumps(client.get("/sparql", headers={"accept": "application/ld+json"}).json())

    assert f'"{counted}"' in described


@pytest.mark.parametrize("host", ["a b", "a<b>", "[::1", "[:::]", "%zz", "a/b", "a?b", "{}"])
@pytest.mark.parametrize("path", ["/sparql", "/sparql?query=ASK%7B%7D", "/.well-known/void"])
def test_refuses_a_bad_host(client: TestClient, host: str, path: str) -> None:
    """A Host header that names no host is a 400, since relative IRIs would have no base."""
    response = client.get(path, headers={"host": host, "accept": "*/*"})

    assert (response.status_code, response.json()["name"]) == (400, "Host")


@pytest.mark.parametrize("host", ["[::1]:8000", "example.org", "a_b:80", "127.0.0.1:"])
def test_takes_any_host(client: TestClient, host: str) -> None:
    """Names and addresses with and without a port are hosts."""
    response = client.get("/sparql", headers={"host": host, "accept": "text/turtle"})

    assert f"<http://{host}/sparql>" in response.text
