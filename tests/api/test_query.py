"""/query: the page to write queries."""

import pytest
from starlette.testclient import TestClient

from govkg.cases.questions import examples

BROWSER = {"accept": "text/html"}


def test_shows_a_table_with_names(client: TestClient) -> None:
    """IRIs in the result are links with labels."""
    response = client.get(
        "/query", params={"query": "SELECT ?c { ?c a gov:CrisisType }"}, headers=BROWSER
    )

    assert '<td><a href="/concept/authority-crisis">crisis of authority</a></td>' in response.text
    assert "format=csv" in response.text


@pytest.mark.parametrize(
    ("query", "sign"),
    [("ASK {}", "Yes"), ("CONSTRUCT WHERE { gc:authority-crisis ?p ?o }", "<pre")],
)
def test_shows_other_results(client: TestClient, query: str, sign: str) -> None:
    """A truth value is a word, a graph is Turtle."""
    assert sign in client.get("/query", params={"query": query}, headers=BROWSER).text


def test_shows_where_a_query_broke(client: TestClient) -> None:
    """An error stands beside the query, with its place, and the page has its status."""
    response = client.get("/query", params={"query": "SELECT oops"}, headers=BROWSER)

    assert response.status_code == 400
    assert "Line 1, column" in response.text
    assert ">SELECT oops</textarea>" in response.text


def test_infer_box(client: TestClient) -> None:
    """The page can leave out what was inferred."""
    query = "ASK { ?case gov:hasCandidateRemedy ?remedy }"

    assert (
        '<p class="lead">No</p>'
        in client.get("/query", params={"query": query, "infer": "false"}, headers=BROWSER).text
    )


def test_is_a_page_only(client: TestClient) -> None:
    """The page has no other form; /sparql is for programs."""
    assert client.get("/query", headers={"accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_examples_run(client: TestClient, example) -> None:  # type: ignore[no-untyped-def]
    """Every example of the page can be run by its name."""
    assert (
        client.get("/query", params={"example": example.name}, headers=BROWSER).status_code == 200
    )
