"""What is not published is nowhere to be found by readers."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from .handing import TURTLE, application, case, header, running

WORD = "Quuxburgh"
"""A word that stands in cases that are not public, and nowhere else."""
ADDRESSES = [
    "/",
    "/cases",
    "/cases?format=json",
    "/cases.csv",
    "/catalog",
    "/dumps",
    f"/search?q={WORD}",
    "/data?default",
    "/data?graph=https://w3id.org/govkg/graph/inferred",
    "/data?graph=https://w3id.org/govkg/graph/description",
    "/.well-known/void",
    "/sparql",
    "/version",
    "/metrics",
    "/readyz",
    "/openapi.json",
    "/place/naga-city",
    "/agent/naga-city-government",
    "/query",
]
QUERY = (
    "SELECT ?g ?s ?p ?o { { GRAPH ?g { ?s ?p ?o } } UNION { ?s ?p ?o } "
    f"FILTER(CONTAINS(STR(?s), 'secret-') || CONTAINS(STR(?o), '{WORD}') "
    "|| CONTAINS(STR(?g), 'secret-')) }"
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a service that has a case in each state that is not public."""
    with running(tmp_path_factory.mktemp("house"), submission_seconds=60) as client:
        client.count = counted(client)  # type: ignore[attr-defined]
        people = {
            "lab": header(application(client), "submit"),
            "curator": header(application(client), "review"),
        }
        make_all(client, people)
        yield client


def counted(client: TestClient) -> Any:
    """Return how many triples there are."""
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    query = {"query": count, "format": "json"}
    return client.get("/sparql", params=query).json()["results"]["bindings"]


def make_all(client: TestClient, people: dict[str, dict[str, str]]) -> None:
    """Hand in a case for each state, and lead it there."""
    for state in ("draft", "submitted", "under-review", "returned", "withdrawn"):
        name, query = f"secret-{state}", "?draft=true" if state == "draft" else ""
        text = case(name, title=f"{WORD} {state}")
        sent = people["lab"] | TURTLE
        assert client.post(f"/cases{query}", content=text, headers=sent).status_code == 201
        tag = {"if-match": client.get(f"/cases/{name}", headers=people["lab"]).headers["etag"]}
        decision = {"under-review": "take", "returned": "return"}.get(state)
        if decision:
            answer = client.post(
                f"/cases/{name}/review",
                json={"decision": decision, "message": f"{WORD} no"},
                headers=people["curator"] | tag,
            )
            assert answer.status_code == 200
        if state == "withdrawn":
            gone = client.delete(f"/cases/{name}?message={WORD}", headers=people["lab"] | tag)
            assert gone.status_code == 204


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_and_no_document_has_it(house: TestClient, address: str) -> None:
    """Neither the word nor an id is in what anybody can read, also when it is asked for twice."""
    for _ in range(2):
        response = house.get(address, headers={"accept-encoding": "gzip"})
        body = response.content
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
        assert "secret-" not in text
        assert WORD not in text.replace(f'value="{WORD}"', "").replace(f"q={WORD}", "").replace(
            f'"query":"{WORD}"', ""
        )


def test_no_dump_has_it(house: TestClient) -> None:
    """Each file that is offered for download is read through."""
    listed = json.loads(house.get("/dumps", headers={"accept": "application/json"}).content)
    names = [file["name"] for file in listed["files"]]

    assert len(names) > 3
    for name in names:
        body = house.get(f"/dumps/{name}").content
        text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        assert b"secret-" not in text
        assert WORD.encode() not in text


def test_no_query_finds_it(house: TestClient) -> None:
    """No graph, subject or text of it is found, with and without what was inferred."""
    for extra in ({}, {"infer": "false"}):
        response = house.get("/sparql", params={"query": QUERY, "format": "json"} | extra)
        assert response.json()["results"]["bindings"] == []


def test_no_count_counts_it(house: TestClient) -> None:
    """As many triples are counted as before."""
    assert counted(house) == house.count  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "path", ["", "/history", "/versions/1", "/versions/1/original", "/differences?from=1&to=1"]
)
@pytest.mark.parametrize("state", ["draft", "submitted", "under-review", "returned", "withdrawn"])
def test_its_addresses_tell_nothing(house: TestClient, state: str, path: str) -> None:
    """For strangers it is as if it were not there, with another token too."""
    other = header(application(house), "submit")
    unknown = house.get(f"/cases/nothing-at-all{path}").json()
    for who in ({}, other):
        response = house.get(f"/cases/secret-{state}{path}", headers=who)
        told = response.json()
        assert (response.status_code, told["code"]) == (404, unknown["code"])
        assert "etag" not in response.headers
        assert WORD not in response.text
    assert house.get(f"/case/secret-{state}").status_code == 404
    assert house.get(f"/graph/case/secret-{state}").status_code == 404
