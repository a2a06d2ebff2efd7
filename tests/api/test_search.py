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


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("authority", ["concept/authority-crisis"]),
        ("management", ["concept/management-crisis"]),
        ("权威", ["concept/authority-crisis"]),
        ("管理", ["concept/management-crisis"]),
        ("危机", ["concept/authority-crisis", "concept/management-crisis"]),
        ("government", ["ontology#Government"]),
        ("政府", ["ontology#Government"]),
        ("openness", ["concept/openness-axis"]),
        ("approval", ["concept/slow-approval"]),
        ("causes", ["ontology#causes"]),
        ("corruption", ["concept/corruption"]),
        ("crisis management", ["concept/management-crisis"]),
        ("local government innovation", ["concept/local-government-innovation"]),
        ("服务型政府", ["concept/service-oriented-government"]),
        ("adopts", ["ontology#adopts"]),
    ],
)
def test_puts_what_is_meant_first(client: TestClient, words: str, slugs: list[str]) -> None:
    """A word alone finds the main terms that are called by it before their narrower cousins."""
    hits = client.get("/search", params={"q": words}).json()["hits"]

    first = {hit["iri"].removeprefix("https://w3id.org/govkg/") for hit in hits[: len(slugs)]}
    assert first == set(slugs), [hit["iri"] for hit in hits[:5]]


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
