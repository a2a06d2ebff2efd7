"""/search: English and Chinese, ranked."""

import pytest
from starlette.testclient import TestClient


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("crisis of authority", "concept/authority-crisis"),
        ("authority crisis", "concept/authority-crisis"),
        ("CRISIS OF AUTHORITY", "concept/authority-crisis"),
        ("权威危机", "concept/authority-crisis"),
        ("权威的危机", "concept/authority-crisis"),
        ("步云", "case/buyun-direct-election"),
        ("bogota", "case/bogota-turnaround"),
        ("AxisAssessment", "ontology#AxisAssessment"),
    ],
)
def test_finds_first(client: TestClient, words: str, slug: str) -> None:
    """The thing that is named comes first, whatever the spelling."""
    hits = client.get("/search", params={"q": words}).json()["hits"]

    assert hits[0]["iri"] == f"https://w3id.org/govkg/{slug}"


def test_finds_by_pairs_of_characters(client: TestClient) -> None:
    """A Chinese query that is no label as a whole still finds what shares its pairs."""
    hits = client.get("/search", params={"q": "政府权威危机感"}).json()["hits"]

    assert any(hit["iri"].endswith("authority-crisis") for hit in hits)


def test_limit(client: TestClient) -> None:
    """No more hits than asked for."""
    assert len(client.get("/search", params={"q": "government", "limit": 3}).json()["hits"]) == 3


@pytest.mark.parametrize("words", ["", "  ", "qqqqqq", "?!"])
def test_nothing(client: TestClient, words: str) -> None:
    """What fits nothing gives no hits, not an error."""
    assert client.get("/search", params={"q": words}).json()["hits"] == []
