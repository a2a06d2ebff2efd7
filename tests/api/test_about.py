"""/healthz, /readyz, /version, /limits, /prefixes, /cases, /docs and /openapi.json."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from govkg import generations
from govkg.api.knowledge import Service
from govkg.api.problems import PROBLEM
from govkg.app import create_app
from govkg.settings import Settings
from govkg.vocabulary import PREFIXES

ANSWERED = {
    ("422", "submitCases"),
    ("422", "replaceCase"),
    ("401", "signIn"),
    ("403", "submitFilledForm"),
    ("422", "submitFilledForm"),
}
"""What is no success and yet an answer: a report of what does not conform, and the form again."""


def test_alive(client: TestClient) -> None:
    """The process is alive."""
    assert client.get("/healthz").json() == {"status": "alive"}


def test_version(client: TestClient) -> None:
    """Versions and counts are given."""
    found = client.get("/version").json()

    assert found["cases"] > 20
    assert found["ontology"]
    assert found["inferredTriples"] > 1000


def test_limits(client: TestClient) -> None:
    """The limits are those of the settings."""
    assert client.get("/limits").json()["max_body_bytes"] == 200_000


def test_prefixes(client: TestClient) -> None:
    """The prefixes come as JSON and as Turtle."""
    assert client.get("/prefixes").json() == PREFIXES
    assert "@prefix gov:" in client.get("/prefixes", headers={"accept": "text/turtle"}).text


def test_cases(client: TestClient) -> None:
    """All cases are listed with their titles."""
    cases = client.get("/cases").json()["cases"]

    assert {"id", "iri", "title", "place", "remedies"} <= set(cases[0])


def test_is_not_ready_while_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While loading fails or lasts, /healthz answers and all else is a 503 with Retry-After."""
    monkeypatch.setattr(generations.swapping, "opened", lambda _: 1 / 0)
    with TestClient(create_app(Settings(data_dir=tmp_path))) as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/readyz", "/version", "/sparql?query=ASK%7B%7D", "/concept/authority-crisis"):
            response = client.get(path)
            assert (response.status_code, response.json()["code"]) == (503, "not-ready")
            assert int(response.headers["retry-after"]) > 0
        page = client.get("/", headers={"accept": "text/html"})
        assert (page.status_code, "Not ready" in page.text) == (503, True)


def test_is_not_ready_at_the_end(client: TestClient) -> None:
    """While the service is ending /readyz is a 503, and all else answers but says goodbye."""
    service: Service = client.app.state.service  # type: ignore[attr-defined]
    service.draining = True
    try:
        ready, alive = client.get("/readyz"), client.get("/healthz")
        answer = client.get("/sparql", params={"query": "ASK {}"})
    finally:
        service.draining = False

    assert (ready.status_code, ready.json()["code"]) == (503, "shutting-down")
    assert int(ready.headers["retry-after"]) > 0
    assert (alive.status_code, answer.status_code) == (200, 200)
    assert answer.headers["connection"] == "close"


def test_openapi_is_complete(client: TestClient) -> None:
    """Every operation has a name, a summary, examples, and problems in its responses."""
    document = client.get("/openapi.json").json()
    names = set()
    for methods in document["paths"].values():
        for operation in methods.values():
            names.add(operation["operationId"])
            assert operation["summary"]
            found = operation["responses"].get("200", {}).get("content", {})
            assert all("example" in media for media in found.values())
            assert all(
                "example" in media
                for media in operation.get("requestBody", {}).get("content", {}).values()
            )
            for status, response in operation["responses"].items():
                found = response.get("content", {})
                if status[0] in "45" and (status, operation["operationId"]) not in ANSWERED:
                    assert PROBLEM in found
                    assert set(found) <= {PROBLEM, "text/html"}  # browsers are shown a page
                else:
                    assert all("example" in m for kind, m in found.items() if kind != PROBLEM)
    assert len(names) == sum(len(methods) for methods in document["paths"].values())
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_docs_list_every_operation(client: TestClient) -> None:
    """The page on the API names every path."""
    text = client.get("/docs", headers={"accept": "text/html"}).text

    assert all(path in text for path in client.get("/openapi.json").json()["paths"])
