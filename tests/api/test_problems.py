"""Problem documents: their shape, languages, and the pages on each code."""

import logging

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from govkg.api.problems import KINDS, STATUS
from govkg.errors import ERRORS


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_each_code_has_a_page(client: TestClient, code: str, accept: str) -> None:
    """The type of a problem leads to a page and to JSON."""
    response = client.get(f"/problems/{code}", headers={"accept": accept})

    assert response.status_code == 200
    assert code in response.text


def test_every_error_has_a_status() -> None:
    """No error class is without a status, its own or inherited."""
    assert all(any(base in STATUS for base in kind.__mro__) for kind in ERRORS.values())


def test_lists_all_codes(client: TestClient) -> None:
    """/problems lists every code."""
    assert {each["code"] for each in client.get("/problems").json()} == set(KINDS)


def test_unknown_code(client: TestClient) -> None:
    """A code that does not exist is a 404 problem."""
    assert client.get("/problems/nonsense").json()["code"] == "not-found"


@pytest.mark.parametrize(("language", "title"), [("en", "Not found"), ("zh", "未找到")])
def test_unknown_address(client: TestClient, language: str, title: str) -> None:
    """An address that does not exist is a 404 problem in either language."""
    response = client.get("/nowhere", params={"lang": language})

    assert (response.status_code, response.json()["title"]) == (404, title)
    assert response.json()["type"] == "/problems/not-found"


def test_browsers_get_a_page(client: TestClient) -> None:
    """A browser gets the problem as a page with the same status."""
    response = client.get("/nowhere", headers={"accept": "text/html,*/*;q=0.8"})

    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.text


@pytest.mark.parametrize(
    "address", ["/search?limit=many", "/search?limit=0", "/search?lang=fr", "/cases?format=odt"]
)
def test_bad_parameter(client: TestClient, address: str) -> None:
    """A bad parameter is a 400 problem that names it."""
    response = client.get(address)

    assert (response.status_code, response.json()["code"]) == (400, "parameter")
    assert response.json()["name"] in ("limit", "lang", "format")


def test_a_crash_tells_nothing_of_the_inside(
    app: FastAPI,
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An exception that nobody foresaw is a 500 with the request id and without a trace."""
    monkeypatch.setattr(app.state.service.knowledge.index, "search", lambda *_: 1 / 0)

    with caplog.at_level(logging.CRITICAL):
        response = client.get("/search?q=x", headers={"x-request-id": "abc"})

    assert (response.status_code, response.json()["request_id"]) == (500, "abc")
    assert "Traceback" not in response.text
    assert "ZeroDivision" not in response.text
    assert response.headers["access-control-allow-origin"] == "*"
