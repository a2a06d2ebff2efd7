"""SERVICE over HTTP: calls to other endpoints, on loopback."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from govkg.endpoints import Endpoints, Limits

from ..elsewhere import Endpoint, listening
from .scratch import running, update

DATA = 'INSERT DATA { <http://example.org/a> <http://example.org/name> "A" }'


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Endpoint]:
    """Return a running endpoint."""
    with listening() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def client(elsewhere: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a service whose queries may call that endpoint."""
    paths = ["sparql", "slow", "redirect", "large", "broken", "html", "deep"]
    hosts = [f"{elsewhere.address}/{path}" for path in paths]
    settings = {
        "service_hosts": ",".join([*hosts, "endpoint.invalid"]),
        "service_seconds": 1.0,
        "service_bytes": 8_000_000,
        "service_calls": 3,
    }
    with running(tmp_path_factory.mktemp("federating"), **settings) as client:
        assert update(client, DATA) == 204
        yield client


def joined(endpoint: Endpoint, path: str = "sparql", silent: str = "") -> str:
    """Return a query that joins a name here with a score elsewhere."""
    return (
        f"SELECT ?s ?name ?score {{ ?s <http://example.org/name> ?name "
        f"SERVICE {silent} <{endpoint.address}/{path}> "
        f"{{ ?s <http://example.org/score> ?score }} }}"
    )


def test_a_query_reaches_out(client: TestClient, elsewhere: Endpoint) -> None:
    """What is here and what is elsewhere are joined, by GET and by POST."""
    query = joined(elsewhere)
    for response in (
        client.get("/sparql", params={"query": query, "format": "csv"}),
        client.post("/sparql", data={"query": query}, headers={"accept": "text/csv"}),
    ):
        assert response.status_code == 200, response.text
        assert response.text.splitlines() == ["s,name,score", "http://example.org/a,A,a"]


def test_answers_are_not_kept(client: TestClient, elsewhere: Endpoint) -> None:
    """The endpoint is asked each time, and what changes there is seen here at once."""
    query = f"SELECT ?n {{ SERVICE <{elsewhere.address}/sparql> {{ SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} }} }}"  # noqa: E501
    before = client.get("/sparql", params={"query": query})
    asked = len(elsewhere.asked)
    elsewhere.store.update('INSERT DATA { <http://example.org/z> <http://example.org/x> "z" }')

    after = client.get(
        "/sparql", params={"query": query}, headers={"if-none-match": before.headers["etag"]}
    )

    assert len(elsewhere.asked) == asked + 1
    assert (before.json()["results"]["bindings"][0]["n"]["value"], after.status_code) == ("2", 200)
    assert after.json()["results"]["bindings"][0]["n"]["value"] == "3"
    assert client.get("/query", params={"query": query}).status_code == 200
    assert len(elsewhere.asked) == asked + 2


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("closed", 403, "endpoint-closed"),
        ("slow", 503, "endpoint-deadline"),
        ("redirect", 503, "endpoint-failed"),
        ("broken", 503, "endpoint-failed"),
        ("html", 503, "endpoint-failed"),
    ],
)
def test_failures_name_the_endpoint(
    client: TestClient, elsewhere: Endpoint, path: str, status: int, code: str
) -> None:
    """The problem says which endpoint, and SILENT goes on without it."""
    response = client.get("/sparql", params={"query": joined(elsewhere, path)})
    found = response.json()

    assert (response.status_code, found["code"]) == (status, code)
    assert found["endpoint"] == f"{elsewhere.address}/{path}"
    assert ("retry-after" in response.headers) == (status == 503)

    silent = client.get("/sparql", params={"query": joined(elsewhere, path, "SILENT")})
    assert silent.status_code == 200, silent.text
    assert [sorted(row) for row in silent.json()["results"]["bindings"]] == [["name", "s"]]


def test_nothing_is_sent_if_one_call_is_closed(client: TestClient, elsewhere: Endpoint) -> None:
    """A query that may not make all its calls makes none."""
    asked = len(elsewhere.asked)
    both = f"SERVICE <{elsewhere.address}/sparql> {{}} SERVICE <https://x.invalid/> {{}}"
    query = f"SELECT * {{ {both} }}"
    response = client.get("/sparql", params={"query": query})

    assert response.status_code == 403
    assert "x.invalid to GOVKG_SERVICE_HOSTS" in response.json()["detail"]
    assert len(elsewhere.asked) == asked


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("SELECT * { ?s ?p ?e SERVICE ?e { ?s ?p ?o } }", 400, "unsafe-input"),
        ("SELECT * { SERVICE <http://x/> { ?s ?p } }", 400, "query-syntax"),
        ("SELECT * {" + "SERVICE <http://x/> {}" * 4 + "}", 413, "too-large"),
        ("SELECT * { SERVICE <https://endpoint.invalid/> {} }", 503, "endpoint-failed"),
    ],
)
def test_what_cannot_be_called(client: TestClient, query: str, status: int, code: str) -> None:
    """Each refusal has its problem."""
    response = client.get("/sparql", params={"query": query})

    assert (response.status_code, response.json()["code"]) == (status, code), response.text


def test_an_answer_that_would_crash_a_parser(client: TestClient, elsewhere: Endpoint) -> None:
    """It is read in a worker: at worst that is lost, and the next query is answered."""
    response = client.get("/sparql", params={"query": joined(elsewhere, "deep")})

    assert response.status_code == 503
    assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_a_client_gets_less_time_if_it_asks(client: TestClient, elsewhere: Endpoint) -> None:
    """The time limit of a request counts for the calls too."""
    response = client.get("/sparql", params={"query": joined(elsewhere, "slow"), "timeout": "0.3"})

    assert (response.status_code, response.json()["seconds"]) == (503, 0.3)


async def _left(app: FastAPI, query: str, elsewhere: Endpoint) -> None:
    """Send a request, and leave when the endpoint has got the call."""
    asked = len(elsewhere.asked)
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": query.encode()}
        while len(elsewhere.asked) == asked:
            await asyncio.sleep(0.01)
        return {"type": "http.disconnect"}

    async def send(_: object) -> None:
        """Say nothing to whoever has left."""

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/sparql", "raw_path": b"/sparql", "query_string": b"",
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2), "state": {},
        "headers": [(b"content-type", b"application/sparql-query"), (b"host", b"x")],
    }  # fmt: skip
    with contextlib.suppress(ClientDisconnect):
        await app(scope, receive, send)


def test_a_client_that_leaves_ends_the_call(client: TestClient, elsewhere: Endpoint) -> None:
    """The endpoint sees the connection close long before the deadline."""
    endpoints = client.app.state.service.endpoints  # type: ignore[attr-defined]
    elsewhere.gone.clear()
    patient = Endpoints(f"{elsewhere.address}/slow", Limits(seconds=600))
    client.app.state.service.endpoints = patient  # type: ignore[attr-defined]
    try:
        assert client.portal is not None
        client.portal.call(_left, client.app, joined(elsewhere, "slow"), elsewhere)
    finally:
        client.app.state.service.endpoints = endpoints  # type: ignore[attr-defined]

    assert elsewhere.gone.wait(5)


def test_other_queries_go_on(client: TestClient, elsewhere: Endpoint) -> None:
    """While an endpoint is waited for, the only worker is free."""
    slow = threading.Thread(
        target=client.get,
        args=("/sparql",),
        kwargs={"params": {"query": joined(elsewhere, "slow")}},
    )
    asked = len(elsewhere.asked)
    slow.start()
    while len(elsewhere.asked) == asked:
        slow.join(0.01)
    response = client.get("/sparql", params={"query": "ASK { ?any ?p ?o }"})
    waiting = slow.is_alive()
    slow.join()

    assert response.json()["boolean"] is True
    assert waiting


def test_what_is_open_is_said(client: TestClient, elsewhere: Endpoint) -> None:
    """The limits and the service description name the endpoints."""
    limits = client.get("/limits").json()
    description = client.get("/sparql", headers={"accept": "text/turtle"}).text

    assert f"{elsewhere.address}/sparql" in limits["services"]
    assert (limits["service_seconds"], limits["service_calls"]) == (1.0, 3)
    assert "BasicFederatedQuery" in description
    assert f"{elsewhere.address}/sparql" in description


def test_an_update_makes_no_call(client: TestClient, elsewhere: Endpoint) -> None:
    """An update runs where connections could be opened, so SERVICE stays refused there."""
    asked = len(elsewhere.asked)
    text = f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{elsewhere.address}/sparql> {{ ?s ?p ?o }} }}"

    assert update(client, text) == 400
    assert len(elsewhere.asked) == asked


def test_by_default_nothing_is_open(tmp_path: Path, elsewhere: Endpoint) -> None:
    """Without the setting SERVICE is refused, whoever asks, and the description says nothing."""
    asked = len(elsewhere.asked)
    with running(tmp_path) as client:
        response = client.get("/sparql", params={"query": joined(elsewhere, silent="SILENT")})
        assert (response.status_code, response.json()["code"]) == (400, "unsafe-input")
        assert "GOVKG_SERVICE_HOSTS" in response.json()["detail"]
        assert client.get("/limits").json()["services"] == []
        assert (
            "BasicFederatedQuery"
            not in client.get("/sparql", headers={"accept": "text/turtle"}).text
        )
    assert len(elsewhere.asked) == asked
