"""Answers that were given before are given again, as long as that is right."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from starlette.testclient import TestClient

from govkg.api import submissions
from govkg.api.knowledge import Service

CASES = Path(__file__).parents[2] / "examples" / "cases" / "valid"

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


CASE = (CASES / "naga-city.ttl").read_bytes()
TURTLE = {"content-type": "text/turtle"}


@pytest.mark.parametrize("path", ["/validate", "/diagnose"])
def test_the_same_document_is_checked_once(client: TestClient, service: Service, path: str) -> None:
    """Who sends a document again gets what came of it, without a worker."""
    first = client.post(path, content=CASE, headers=TURTLE)
    hits = service.cache.hits

    assert client.post(path, content=CASE, headers=TURTLE).content == first.content
    assert service.cache.hits == hits + 1


def test_another_document_or_another_wish_is_another_check(
    client: TestClient, service: Service
) -> None:
    """What an answer depends on is part of what was asked."""
    client.post("/validate", content=CASE, headers=TURTLE)
    hits = service.cache.hits

    asked = [
        client.post("/validate", content=CASE + b"\n", headers=TURTLE),
        client.post("/validate?profile=minimal", content=CASE, headers=TURTLE),
        client.post("/validate", content=CASE, headers=TURTLE | {"accept": "text/plain"}),
        client.post("/diagnose", content=CASE + b"\n\n", headers=TURTLE),
    ]

    assert [each.status_code for each in asked] == [200] * 4
    assert service.cache.hits == hits


def test_another_day_is_another_check(
    client: TestClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A date that was still to come yesterday may be past today."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    client.post("/validate", content=CASE, headers=TURTLE)
    hits = service.cache.hits
    monkeypatch.setattr(submissions, "datetime", Mock(now=Mock(return_value=tomorrow)))

    client.post("/validate", content=CASE, headers=TURTLE)

    assert service.cache.hits == hits


def test_what_could_not_be_checked_is_not_kept(client: TestClient, service: Service) -> None:
    """A document that cannot be read is read again, and refused again."""
    hits = service.cache.hits
    for _ in range(2):
        assert client.post("/diagnose", content=b"<oops", headers=TURTLE).status_code == 400

    assert service.cache.hits == hits
