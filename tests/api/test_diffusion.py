"""/diffusion and /cases/{id}/similar: ways of innovations, and cases that are alike."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from .scratch import running, update

QUERIES = Path(__file__).parents[2] / "examples" / "queries"
QUESTION = (QUERIES / "22-to-which-governments-did-a-pilot-spread.csv").read_text("utf-8")


def test_the_shortest_ways_are_those_of_the_question(client: TestClient) -> None:
    """For each case and adopter of competency question 22 there is a way with as many steps."""
    found = client.get("/diffusion?format=csv").text
    steps: dict[tuple[str, str], set[int]] = {}
    for row in csv.DictReader(io.StringIO(found)):
        steps.setdefault((row["case"], row["target"]), set()).add(int(row["steps"]))

    for row in csv.DictReader(io.StringIO(QUESTION)):
        assert int(row["steps"]) in steps[row["case"], row["target"]], row


def test_a_way_names_every_stop(client: TestClient) -> None:
    """From Songmen Town by way of Wenling the consultation came to Xinhe Town, in two steps."""
    found = client.get("/diffusion?innovation=wenling-democratic-consultation").json()["ways"]

    stops = [[stop["label"]["en"] for stop in way["way"]] for way in found]
    assert [
        "Government of Songmen Town",
        "Government of Wenling",
        "Government of Xinhe Town",
    ] in stops
    assert all(len(way["events"]) == way["steps"] == len(way["way"]) - 1 for way in found)


def test_similar_cases_say_in_what(client: TestClient) -> None:
    """What two cases share is named; the score is symmetric, falls, and lies between 0 and 1."""
    path = "/cases/tianjin-binhai-approval-bureau/similar"
    found = client.get(path, headers={"accept": "application/json"}).json()

    nearest = found["similar"]
    scores = [each["score"] for each in nearest]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    la_paz = next(each for each in nearest if each["case"] == "la-paz-anticorruption")
    assert la_paz["shared"]["exhibitsCause"]
    back = client.get("/cases/la-paz-anticorruption/similar", params={"format": "json"}).json()
    other = next(e for e in back["similar"] if e["case"] == "tianjin-binhai-approval-bureau")
    assert other["score"] == la_paz["score"]


def test_scores_follow_the_formula(client: TestClient) -> None:
    """The score is the weighted mean of Jaccard indexes, worked out here from a query."""
    one, two = "naga-city", "porto-alegre-pb"
    found = client.get(f"/cases/{one}/similar?format=json").json()
    total = weighed = 0.0
    for name, weight in found["weights"].items():
        one_has, two_has = (values(client, case, name) for case in (one, two))
        if one_has | two_has:
            weighed += weight
            total += weight * len(one_has & two_has) / len(one_has | two_has)

    scores = {each["case"]: each["score"] for each in found["similar"]}

    assert scores.get(two, 0.0) == pytest.approx(total / weighed, abs=0.001)


def values(client: TestClient, case: str, name: str) -> set[str]:
    """Return the values of a property of a case, asked for in SPARQL."""
    query = f"SELECT DISTINCT ?v {{ case:{case} gov:{name} ?v }}"
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    return {row["v"]["value"] for row in rows}


@pytest.mark.parametrize("path", ["/diffusion?innovation=nothing", "/cases/nothing/similar"])
def test_unknown_cases_are_not_found(client: TestClient, path: str) -> None:
    """A case that is not there is a 404."""
    assert client.get(path).status_code == 404


POLICY = "https://example.org/policy/quiet-roads"
ADOPTED = "".join(
    f"""<{POLICY}#{place}> a gov:InnovationMeasure ; dcterms:subject <{POLICY}> ;
      gov:appliesIn place:{place} ; gov:startDate "{year}"^^xsd:gYear ."""
    for place, year in [("b", 1961), ("a", 1957), ("c", 1961)]
)


@pytest.fixture(scope="module")
def adopting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a dataset that says who adopted a policy when, and no more."""
    with running(tmp_path_factory.mktemp("adopting"), default_graph="merge") as client:
        more = f"""<{POLICY}> a skos:Concept ; skos:prefLabel "Quiet roads"@en .
          <urn:other> dcterms:subject <{POLICY}> . <urn:text> dcterms:subject "roads" ."""
        text = f"INSERT DATA {{ GRAPH <urn:g> {{ {ADOPTED} {more} }} }}"
        assert update(client, text) == 204
        yield client


def test_adoptions_are_listed_by_date(adopting: TestClient) -> None:
    """Who adopted what when is told in order, as JSON, CSV and a page; ways are not made of it."""
    everything = adopting.get("/diffusion?format=json").json()
    found = adopting.get("/diffusion", params={"innovation": POLICY, "format": "json"}).json()
    table = adopting.get("/diffusion", params={"innovation": POLICY, "format": "csv"}).text
    page = adopting.get("/diffusion", params={"innovation": POLICY, "format": "html"}).text

    (innovation,) = everything["innovations"]
    assert (innovation["iri"], innovation["adoptions"], everything["ways"]) == (POLICY, 3, [])
    told = [(each["date"], each["place"]["iri"][-1]) for each in found["adoptions"]]
    assert told == [("1957", "a"), ("1961", "b"), ("1961", "c")]
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["number"], row["date"]) for row in rows] == [
        ("1", "1957"), ("2", "1961"), ("3", "1961"),
    ]  # fmt: skip
    assert page.index("1957") < page.index("1961")
    assert f"innovation={quote(POLICY, safe='')}" in adopting.get("/diffusion?format=html").text


@pytest.mark.parametrize("innovation", ["https://example.org/nothing", "urn://<>", "a://b c"])
def test_an_innovation_that_nobody_adopted_is_told(adopting: TestClient, innovation: str) -> None:
    """A concept without measures, or what is no IRI, is a 404 that says where to look."""
    response = adopting.get("/diffusion", params={"innovation": innovation})

    assert response.status_code == 404
    assert "/diffusion" in response.json()["detail"]
