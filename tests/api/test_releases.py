"""/releases, and queries to releases."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from govkg.publishing import Stock
from govkg.publishing.releases import create_release

from .scratch import ask, running, update

BY = "<https://creativecommons.org/licenses/by/4.0/>"
INSERT = f"INSERT DATA {{ GRAPH <urn:g> {{ <urn:g> dcterms:license {BY} . <urn:a> <urn:b> %s }} }}"


def release(client: TestClient, version: str) -> None:
    """Freeze what the service shows."""
    service = client.app.state.service  # type: ignore[attr-defined]
    settings = service.settings
    create_release(settings, Stock(service.known().kg.quads, settings.base_iri), version)


@pytest.fixture
def client(tmp_path: Path) -> TestClient:  # type: ignore[misc]
    """Return a client of a service with two releases, 1 and 2, and newer data."""
    with running(tmp_path, default_graph="merge") as client:
        for number in (1, 2):
            assert update(client, INSERT % number) == 204
            release(client, str(number))
        assert update(client, INSERT % 3) == 204
        yield client


def test_a_query_on_a_release_sees_the_data_of_then(client: TestClient) -> None:
    """Each release answers as it did, while one at a time is loaded, and now stays now."""
    seen = {
        version: [ask(client, f"<urn:a> <urn:b> {n}", release=version) for n in (1, 2, 3)]
        for version in ("1", "2", "1", "")
    }

    assert seen["1"] == [True, False, False]
    assert seen["2"] == [True, True, False]
    assert seen[""] == [True, True, True]


def test_what_a_release_cannot_do_is_told(client: TestClient) -> None:
    """An unknown release is a 404 and bad syntax a 400."""
    unknown = client.get("/sparql", params={"query": "ASK {}", "release": "9"})
    wrong = client.get("/sparql", params={"query": "ASK {", "release": "1"})

    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    assert "2, 1" in unknown.json()["detail"]
    assert (wrong.status_code, wrong.json()["code"]) == (400, "query-syntax")


def test_releases_can_be_switched_off(tmp_path: Path) -> None:
    """With no room for any, a query on a release is refused in words."""
    with running(tmp_path, releases_at_once=0) as client:
        release(client, "1")
        response = client.get("/sparql", params={"query": "ASK {}", "release": "1"})

    assert response.status_code == 404
    assert "GOVKG_RELEASES_AT_ONCE" in response.json()["detail"]


def test_releases_are_listed_described_and_cited(client: TestClient) -> None:
    """The list leads to each release, its files, its citations and what changed."""
    found = client.get("/releases").json()["releases"]
    assert [each["version"] for each in found] == ["2", "1"]

    described = client.get("/releases/2").json()
    assert described["quads"] == 3
    file = client.get("/releases/2/govkg.ttl")
    assert "immutable" in file.headers["cache-control"]
    for style, address in described["cite"].items():
        cited = client.get(address.removeprefix("http://testserver"))
        assert (cited.status_code, "releases/2" in cited.text) == (200, True), style
    assert client.get("/releases/2/cite", params={"style": "mla"}).status_code == 400
    diff = client.get("/releases/1/diff/2").json()
    assert diff["quads"] == {"added": 1, "removed": 0}
    page = client.get("/releases", headers={"accept": "text/html"}).text
    assert 'href="/releases/1/diff/2"' in page
    assert client.get("/releases/nope").status_code == 404
    assert client.get("/releases/1/..%2F2%2Fgovkg.ttl").status_code == 404
