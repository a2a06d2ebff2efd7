"""Answers that were given before are given again, as long as that is right."""

import pytest
from starlette.testclient import TestClient

from govkg.api.knowledge import Service

QUERY = "SELECT ?c WHERE { ?c a gov:CrisisType } ORDER BY ?c"


@pytest.fixture
def service(client: TestClient) -> Service:
    """The service behind the client."""
    found: Service = client.app.state.service  # type: ignore[attr-defined]
    return found


def ask(client: TestClient, query: str, accept: str = "text/csv") -> str:
    """Ask a query and return the answer."""
    response = client.get("/sparql", params={"query": query}, headers={"accept": accept})
    assert response.status_code == 200
    return response.text


def test_the_same_question_is_answered_from_the_cache(client: TestClient, service: Service) -> None:
    """A question asked again costs no worker, and gets the same answer."""
    first = ask(client, QUERY)
    hits = service.cache.hits

    assert ask(client, QUERY) == first
    assert service.cache.hits == hits + 1


def test_the_answer_is_whole_and_has_its_own_identity(client: TestClient) -> None:
    """What is given again has every header, and a request id of its own."""
    first, again = (client.get("/sparql", params={"query": QUERY}) for _ in range(2))

    assert again.content == first.content
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["access-control-allow-origin"] == "*"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


def test_an_answer_by_post_is_kept_too(client: TestClient, service: Service) -> None:
    """The form of the request makes no difference."""
    first = client.post("/sparql", data={"query": QUERY})
    hits = service.cache.hits

    assert client.post("/sparql", data={"query": QUERY}).content == first.content
    assert service.cache.hits == hits + 1


def test_an_error_is_not_kept(client: TestClient, service: Service) -> None:
    """Only complete answers are worth keeping."""
    for _ in range(2):
        assert client.get("/sparql", params={"query": "SELECT oops"}).status_code == 400
        hits = service.cache.hits

    assert service.cache.hits == hits


def test_what_the_client_has_need_not_be_sent(client: TestClient) -> None:
    """A client that names the answer it has gets 304, again and again."""
    tag = client.get("/sparql", params={"query": QUERY}).headers["etag"]

    for _ in range(2):
        response = client.get("/sparql", params={"query": QUERY}, headers={"if-none-match": tag})
        assert response.status_code == 304
        assert response.content == b""


def test_another_format_is_another_answer(client: TestClient) -> None:
    """What was asked as CSV is not given to who wants JSON."""
    ask(client, QUERY)

    assert ask(client, QUERY, "application/sparql-results+json").startswith("{")


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()"])
def test_what_changes_is_not_kept(client: TestClient, service: Service, function: str) -> None:
    """A query that calls for chance or the time is answered anew each time."""
    query = f"SELECT ({function} AS ?x) WHERE {{}}"
    ask(client, query)
    hits = service.cache.hits

    ask(client, query)

    assert service.cache.hits == hits


def test_a_new_generation_forgets(client: TestClient, service: Service) -> None:
    """Once the data has changed, nothing from before is given out."""
    ask(client, QUERY)
    hits = service.cache.hits

    service.cache.get(object(), "anything")
    ask(client, QUERY)

    assert service.cache.hits == hits
