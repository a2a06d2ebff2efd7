"""/whatif and /missing: what would change for a case, and what a conclusion lacks."""

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

CASE = "la-paz-anticorruption"
TURTLE = (Path(__file__).parents[2] / f"examples/cases/valid/{CASE}.ttl").read_text("utf-8")
SYMPTOM = ":report-1 gov:reportsSymptom gc:public-complaints ."
TRIPLE = ["#report-1", "gov:reportsSymptom", "gc:public-complaints"]
JSON_LD = {
    "@id": f"https://w3id.org/govkg/case/{CASE}#report-1",
    "https://w3id.org/govkg/ontology#reportsSymptom": {
        "@id": "https://w3id.org/govkg/concept/public-complaints"
    },
}


def ask(client: TestClient, **question: Any) -> Any:
    """Ask a what-if question."""
    response = client.post("/whatif", json=question)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("case", [CASE, {"format": "turtle", "text": TURTLE}], ids=["id", "text"])
@pytest.mark.parametrize("add", [SYMPTOM, [TRIPLE], JSON_LD], ids=["turtle", "list", "json-ld"])
def test_a_fact_more(client: TestClient, case: Any, add: Any) -> None:
    """Every form of case and facts gives the same gain, with proof and the fact that it uses."""
    found = ask(client, case=case, add=add)

    gained = {each["statement"]["object"].rpartition("/")[2]: each for each in found["gained"]}
    assert found["lost"] == []
    assert gained["authority-crisis"]["uses"][0]["statement"]["object"].endswith("complaints")
    assert gained["authority-crisis"]["why"]["because"]


def test_a_fact_less(client: TestClient) -> None:
    """A conclusion that is lost names the removed facts that it needed; nothing is stored."""
    found = ask(client, case=CASE, remove=[["#report-1", "gov:reportsSymptom", "gc:slow-approval"]])

    lost = {each["statement"]["object"].rpartition("/")[2]: each for each in found["lost"]}
    assert lost["slow-approval"]["needed"][0]["statement"]["object"].endswith("slow-approval")
    assert ask(client, case=CASE) == {"gained": [], "lost": [], "notFound": []}


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({}, 400, "parameter"),
        ({"case": 7}, 400, "parameter"),
        ({"case": CASE, "add": 7}, 400, "parameter"),
        ({"case": CASE, "add": [["a", "b"]]}, 400, "parameter"),
        ({"case": CASE, "take": []}, 400, "parameter"),
        ({"case": {"text": "", "format": []}}, 400, "parameter"),
        ({"case": "no-such-case"}, 404, "not-found"),
        ({"case": "../ontology"}, 404, "not-found"),
        ({"case": CASE, "add": "gc:x gov:isCauseOf gc:y ."}, 400, "unsafe-input"),
        ({"case": CASE, "add": "\n:report-1 oops"}, 400, "document-syntax"),
        ({"case": CASE, "add": {"@context": "http://127.0.0.1/x"}}, 400, "unsafe-input"),
        ([], 400, "parameter"),
    ],
    ids=str,
)
def test_bad_questions(client: TestClient, question: Any, status: int, code: str) -> None:
    """What cannot be used is refused with a problem that names it."""
    response = client.post("/whatif", json=question)

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_the_place_of_an_error_is_that_in_the_facts(client: TestClient) -> None:
    """The prefixes that are declared for the user do not count as lines."""
    problem = client.post("/whatif", json={"case": CASE, "add": "\n:a gov:b oops"}).json()

    assert problem["line"] == 2


@pytest.mark.parametrize("body", [b"oops", b"[" * 5000, b'{"case": ' * 3000], ids=len)
def test_bodies_that_are_no_json(client: TestClient, body: bytes) -> None:
    """Broken or deeply nested JSON is a 400."""
    response = client.post("/whatif", content=body, headers={"content-type": "application/json"})

    assert response.status_code == 400


def test_other_media_types_are_refused(client: TestClient) -> None:
    """A question is JSON."""
    assert (
        client.post("/whatif", content=b"x", headers={"content-type": "text/plain"}).status_code
        == 415
    )


def test_what_is_missing_can_be_sent_back(client: TestClient) -> None:
    """The Turtle of a missing set, added in /whatif, does give the conclusion."""
    params = {"case": CASE, "p": "gov:suggestsCondition", "o": "gc:authority-crisis"}
    found = client.get("/missing", params=params).json()

    assert not found["follows"]
    for each in found["missing"]:
        gained = ask(client, case=CASE, add=each["turtle"])["gained"]
        assert found["conclusion"]["statement"] in [one["statement"] for one in gained]


def test_what_is_missing_in_a_document(client: TestClient) -> None:
    """A document that is not stored can be asked about too."""
    question = {
        "case": {"text": TURTLE},
        "conclusion": ["#after", "gov:hasPole", "gc:limited-government"],
    }

    found = client.post("/missing", json=question).json()

    assert [len(each["facts"]) for each in found["missing"]] == [2]


def test_a_conclusion_that_follows_misses_nothing(client: TestClient) -> None:
    """What follows already is said to, and nothing is missing."""
    params = {"case": CASE, "p": "gov:suggestsCondition", "o": "gc:management-crisis"}

    found = client.get("/missing", params=params).json()

    assert (found["follows"], found["missing"]) == (True, [])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explain_says_what_is_missing(client: TestClient, lang: str) -> None:
    """The problem of /explain names sets of facts, and says them in the reader's language."""
    params = {"s": f"case:{CASE}", "p": "gov:suggestsCondition", "o": "gc:authority-crisis"}

    problem = client.get("/explain", params=params | {"lang": lang}).json()

    assert problem["code"] == "not-entailed"
    assert len(problem["missing"]) == 5
    assert ("It would follow if" if lang == "en" else "则成立") in problem["detail"]


def test_diagnosis_names_what_is_near(client: TestClient) -> None:
    """A diagnosis tells which evidence is missing for conclusions that are near."""
    case = TURTLE.replace("gc:resource-shortage , gc:multilevel-approval", "gc:x")
    case = case.replace("gov:reportsCause gc:poor-system-operation", "gov:reportsCause gc:x")

    found = client.post("/diagnose", content=case, headers={"content-type": "text/turtle"}).json()

    near = {each["label"]["en"]: each for each in found["cases"][0]["near"]}
    assert "evidenced management crisis case" in near
    assert (
        json.dumps(near["evidenced management crisis case"]["missing"]).count("reports cause") > 0
    )
