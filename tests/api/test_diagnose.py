"""/diagnose: validation, conclusions and proofs for a document that is not stored."""

import pytest
from starlette.testclient import TestClient

from govkg.cases.diagnosis import HEADINGS

CASE = b"""
@prefix gov: <https://w3id.org/govkg/ontology#> .
@prefix gc: <https://w3id.org/govkg/concept/> .
<https://w3id.org/govkg/case/x> a gov:GovernanceCase ; gov:exhibitsSymptom gc:slow-approval .
"""
TURTLE = {"content-type": "text/turtle"}


def test_tells_what_follows(client: TestClient) -> None:
    """A symptom suggests a crisis, with label, status and proof."""
    answer = client.post("/diagnose", content=CASE, headers=TURTLE).json()

    case = answer["cases"][0]
    assert set(HEADINGS) < set(case)
    crisis = case["crises"][0]
    assert crisis["label"]["zh"]
    assert crisis["status"] in ("stated", "editor-inferred", "external-evidence")
    assert crisis["why"]["because"]
    assert len(case["unassessedAxes"]) == 5
    assert answer["validation"]["conforms"] is False


def test_stores_nothing(client: TestClient) -> None:
    """What was diagnosed is not in the graph afterwards."""
    client.post("/diagnose", content=CASE, headers=TURTLE)

    query = "ASK { <https://w3id.org/govkg/case/x> ?p ?o }"
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is False


@pytest.mark.parametrize(("lang", "heading"), [("en", "Crises suggested"), ("zh", "提示的危机")])
@pytest.mark.parametrize("accept", ["text/plain", "text/html"])
def test_tells_it_in_words(client: TestClient, accept: str, lang: str, heading: str) -> None:
    """Text and page tell the same in both languages."""
    response = client.post(
        f"/diagnose?lang={lang}", content=CASE, headers=TURTLE | {"accept": accept}
    )

    assert response.headers["content-type"].startswith(accept)
    assert heading in response.text


def test_reads_forms(client: TestClient) -> None:
    """The button of the validate page sends a form."""
    response = client.post(
        "/diagnose", files={"file": ("case.ttl", CASE)}, headers={"accept": "text/html"}
    )

    assert "Diagnosis" in response.text


def test_document_must_parse(client: TestClient) -> None:
    """A document that does not parse is a 400 with its place."""
    response = client.post("/diagnose", content=b"oops", headers=TURTLE)

    assert (response.status_code, response.json()["line"]) == (400, 1)
