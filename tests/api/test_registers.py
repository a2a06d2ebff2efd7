"""Registers over HTTP: lists, places as of a date, and an import while the service runs."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from govkg.access import Access
from govkg.app import create_app
from govkg.registers import prepare, read_mapping
from govkg.settings import Settings

DOCS = (Path(__file__).parents[2] / "docs" / "registers.md").read_text("utf-8")


def block(language: str) -> str:
    """Return the first example in the documentation that is written in a language."""
    return DOCS.split(f"```{language}\n")[1].split("```")[0]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Run a service that holds the register of the documentation, put while it ran."""
    folder = tmp_path_factory.mktemp("registers")
    app: FastAPI = create_app(Settings(data_dir=folder / "data", workers=1))
    access: Access = app.state.service.access
    headers = {"authorization": f"Bearer {access.create('test', ['write'])[1]}"}
    (folder / "m.toml").write_text(block("toml"))
    (folder / "t.csv").write_text(block("csv"))
    imported = prepare(folder / "t.csv", read_mapping(folder / "m.toml"), "https://w3id.org/govkg/")
    lines = "".join(f"{t} .\n" for t in imported.triples)
    with TestClient(app, headers=headers) as client:
        wait_until_ready(client)
        kind = {"content-type": "application/n-triples"}
        answer = client.put(
            "/data", params={"graph": imported.graph.value}, content=lines, headers=kind
        )
        assert answer.status_code == 201
        yield client


def wait_until_ready(client: TestClient) -> None:
    """Wait, at most a minute, until the service has loaded."""
    for _ in range(1200):
        if client.get("/readyz").status_code == 200:
            return
        time.sleep(0.05)
    pytest.fail(client.get("/readyz").text)


def resolve(client: TestClient, **asked: str) -> list[dict[str, object]]:
    """Return the candidates for what is asked."""
    found: list[dict[str, object]] = client.get("/resolve", params=asked).json()["candidates"]
    return found


def test_registers_are_listed_with_their_source(served: TestClient) -> None:
    """Each register says its source, licence, version and size, and lists its places."""
    (listed,) = served.get("/registers").json()

    one = served.get("/registers/made-up", params={"offset": 2, "limit": 2}).json()

    assert (listed["id"], listed["units"], listed["source"]) == (
        "made-up", 6, "https://example.org/",
    )  # fmt: skip
    assert [place["id"] for place in one["places"]] == ["mu-11-2001", "mu-12-1980"]


def test_a_reused_code_is_resolved_by_date(served: TestClient) -> None:
    """The code 11 meant Oldtown before 2001 and Newtown after it."""
    before, after = resolve(served, code="11", date="1990"), resolve(served, code="11", date="2010")

    assert (before[0]["id"], before[0]["match"]) == ("mu-11-1980", True)
    assert (after[0]["id"], after[0]["match"]) == ("mu-11-2001", True)


def test_a_name_and_a_code_must_both_fit(served: TestClient) -> None:
    """A name with the code of another place finds nothing."""
    assert resolve(served, name="Oldtown", code="11")[0]["id"] == "mu-11-1980"
    assert resolve(served, name="Oldtown", code="12") == []
    assert resolve(served, name="Oldtown", country="GB") == []


@pytest.mark.parametrize(
    ("asked", "name"), [({}, "name"), ({"name": "x", "date": "19th century"}, "date")]
)
def test_a_senseless_question_is_refused(
    served: TestClient, asked: dict[str, str], name: str
) -> None:
    """Without a name and a code, or with a date that is none, the parameter is named."""
    answer = served.get("/resolve", params=asked)

    assert (answer.status_code, answer.json()["name"]) == (400, name)


def test_an_unknown_register_is_not_found(served: TestClient) -> None:
    """The answer says where all registers are listed."""
    answer = served.get("/registers/atlantis")

    assert answer.status_code == 404
    assert "/registers" in answer.json()["detail"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", ["/registers", "/registers/made-up", "/resolve?name=Oldtown"])
def test_pages_name_the_places(served: TestClient, path: str, language: str) -> None:
    """Each has a page in both languages."""
    page = served.get(path, headers={"accept": "text/html", "accept-language": language})

    assert page.status_code == 200
    assert "mu-11-1980" in page.text or "made-up" in page.text


def test_the_page_of_a_place_shows_what_became_of_it(served: TestClient) -> None:
    """Oldtown links to Newtown, and Newtown back to Oldtown."""
    html = {"accept": "text/html"}
    old = served.get("/place/mu-11-1980", headers=html).text
    new = served.get("/place/mu-11-2001", headers=html).text

    assert "/place/mu-11-2001" in old and "became" in old
    assert "2001" in old
    assert "/place/mu-11-1980" in new


def test_queries_see_registers(served: TestClient) -> None:
    """A register is a graph as any other, and its places are jurisdictions."""
    query = """SELECT ?name { GRAPH <https://w3id.org/govkg/graph/register/made-up>
        { ?place dcterms:isReplacedBy/rdfs:label ?name } } ORDER BY ?name"""

    rows = served.get("/sparql", params={"query": query}).json()["results"]["bindings"]

    assert [row["name"]["value"] for row in rows] == ["Downhill", "Newtown", "Uphill"]


def test_the_sums_leave_registers_out_and_count_each(served: TestClient) -> None:
    """The description has the numbers of a register, apart from those of the rest."""
    text = served.get("/.well-known/void", headers={"accept": "application/n-triples"}).text

    assert "graph/register/made-up" in text
    assert json.dumps("counted each by itself")[1:-1] in text


CASE = """@prefix gov: <https://w3id.org/govkg/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix place: <https://w3id.org/govkg/place/> .
<https://w3id.org/govkg/case/x> a gov:GovernanceCase ; gov:hasLeadJurisdiction place:%s ;
    gov:startDate "1995"^^xsd:gYear .
place:mine rdfs:label "Oldtown"@en ; gov:countryCode "CN" ; gov:registerCode "11" .
"""


def test_a_diagnosis_hints_at_the_place_as_it_was(served: TestClient) -> None:
    """A place of one's own is told which entry of a register fits; nothing is changed for it."""
    turtle = {"content-type": "text/turtle"}
    found = served.post("/diagnose", content=CASE % "mine", headers=turtle).json()
    text = served.post("/diagnose?format=text", content=CASE % "mine", headers=turtle).text

    (hint,) = found["hints"]
    assert (hint["severity"], hint["date"]) == ("info", "1995")
    assert [each["id"] for each in hint["candidates"]] == ["mu-11-1980"]
    assert "may be place:mu-11-1980" in text


def test_a_place_of_a_register_needs_no_hint(served: TestClient) -> None:
    """A case that names the very entry, or a place that no register knows, gets none."""
    turtle = {"content-type": "text/turtle"}
    for place in ("mu-11-1980", "elsewhere"):
        found = served.post("/diagnose", content=CASE % place, headers=turtle).json()
        assert found["hints"] == []
