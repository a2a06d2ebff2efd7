"""What every answer carries: CORS, identity, security headers, ETag, gzip, one line of log."""

import gzip
import logging
from hashlib import sha256
from typing import Any

import pytest
from starlette.testclient import TestClient

from govkg.api.middleware import _Line, _noted
from govkg.api.notes import Asked, Notes


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/sparql", 405),
        ("GET", "/sparql?query=oops", 400),
        ("POST", "/validate", 415),
        ("OPTIONS", "/sparql", 204),
        ("HEAD", "/cases", 200),
        ("GET", "/static/style.css", 200),
    ],
)
def test_every_status_has_the_headers(
    client: TestClient, method: str, address: str, status: int
) -> None:
    """CORS, security headers and the request id are on every status."""
    response = client.request(method, address)

    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "same-origin"
    assert {"Accept", "Accept-Language"} <= set(response.headers["vary"].split(", "))
    assert response.headers["server-timing"].startswith("total;dur=")
    assert len(response.headers["x-request-id"]) == 32


def test_preflight(client: TestClient) -> None:
    """A preflight says which methods and headers may be used."""
    headers = {"origin": "https://example.org", "access-control-request-method": "POST"}

    response = client.options("/validate", headers=headers)

    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize(("given", "kept"), [("abc-1", True), ("a b", False), ("x" * 65, False)])
def test_request_id_is_kept_if_it_is_sane(client: TestClient, given: str, kept: bool) -> None:
    """A request id of the client is used, unless it could garble the log."""
    response = client.get("/healthz", headers={"x-request-id": given})

    assert (response.headers["x-request-id"] == given) is kept


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_etag_saves_the_body(client: TestClient, coding: str) -> None:
    """A document that has not changed is a 304 without a body."""
    headers = {"accept": "text/turtle", "accept-encoding": coding}
    first = client.get("/concept/authority-crisis", headers=headers)

    second = client.get(
        "/concept/authority-crisis", headers=headers | {"if-none-match": first.headers["etag"]}
    )

    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["etag"] == first.headers["etag"]


def test_each_form_has_its_own_etag(client: TestClient) -> None:
    """Formats, languages and codings of one document differ in their tags."""
    tags = {
        client.get("/concept/authority-crisis", headers=headers).headers["etag"]
        for headers in (
            {"accept": "text/turtle", "accept-encoding": "gzip"},
            {"accept": "text/turtle", "accept-encoding": "identity"},
            {"accept": "text/html", "accept-encoding": "identity"},
            {"accept": "text/html", "accept-encoding": "identity", "accept-language": "zh"},
        )
    }

    assert len(tags) == 4


@pytest.mark.parametrize("coding", ["gzip;q=0", "br", "identity"])
def test_zips_only_if_asked(client: TestClient, coding: str) -> None:
    """A client that cannot unzip gets the plain body."""
    response = client.get("/ontology", headers={"accept-encoding": coding})

    assert "content-encoding" not in response.headers


def test_zips(client: TestClient) -> None:
    """A large body is zipped for those who can unzip it."""
    with client.stream("GET", "/ontology", headers={"accept-encoding": "gzip"}) as response:
        raw = b"".join(response.iter_raw())

    assert response.headers["content-encoding"] == "gzip"
    assert len(gzip.decompress(raw)) > len(raw)


def test_logs_one_line_without_the_query(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names method, route, status, time and id, and nothing of the query."""
    with caplog.at_level(logging.INFO, logger="govkg.access"):
        client.get("/sparql", params={"query": "ASK { 'secret' ?p ?o }"})
        client.get("/concept/authority-crisis")

    lines = [record.getMessage() for record in caplog.records if record.name == "govkg.access"]
    assert [line.split()[:2] for line in lines] == [["GET", "/sparql"], ["GET", "/concept/{slug}"]]
    assert "secret" not in "".join(lines)


def test_the_fields_of_the_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    """The line has its facts as fields: the hash of the query, its form, what went wrong."""
    query = "CONSTRUCT { oops"
    with caplog.at_level(logging.INFO, logger="govkg.access"):
        response = client.get("/sparql", params={"query": query})

    fields = fields_in(caplog)[0]
    assert fields["query_hash"] == sha256(query.encode()).hexdigest()[:16]
    assert (fields["form"], fields["problem"]) == ("construct", "query-syntax")
    assert (fields["status"], fields["bytes"]) == (400, len(response.content))
    assert fields["request_id"] == response.headers["x-request-id"]
    assert "query" not in fields


def test_a_query_has_the_same_hash_when_it_is_answered_again(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """An answer that was kept is logged with the query that it was given to."""
    with caplog.at_level(logging.INFO, logger="govkg.access"):
        for _ in range(2):
            client.get("/sparql", params={"query": "SELECT ('again' AS ?x) {}"})

    first, again = fields_in(caplog)
    assert (first["cached"], again["cached"]) == (False, True)
    assert first["query_hash"] == again["query_hash"]


@pytest.mark.parametrize(
    ("queries", "expected"),
    [("none", set()), ("hash", {"query_hash"}), ("full", {"query_hash", "query"})],
)
def test_queries_are_logged_as_wished(queries: str, expected: set[str]) -> None:
    """The text of a query is logged only if the setting says so."""
    notes = Notes(asked=Asked("SELECT * {}"))

    assert {key for key in _noted(notes, queries) if key.startswith("query")} == expected


def test_a_request_is_one_line_for_people() -> None:
    """Line breaks in a query do not break the line."""
    fields = dict.fromkeys(("request_id", "method", "route", "status", "ms", "bytes"), 1)

    assert "\n" not in str(_Line(fields | {"query": "ASK\n{}"}))


def fields_in(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return the fields of each request that was logged."""
    return [getattr(each, "fields") for each in caplog.records if each.name == "govkg.access"]  # noqa: B009 # mypy
