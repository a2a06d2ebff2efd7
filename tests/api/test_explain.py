"""/explain: asserted, inferred, not entailed; in every format and both languages."""

import pytest
from starlette.testclient import TestClient

ASSERTED = {"s": "gc:authority-crisis", "p": "gov:hasCause", "o": "gc:legacy-dysfunction"}
_PICK = "SELECT ?s ?o { GRAPH graph:inferred { ?s gov:hasCandidateRemedy ?o } } LIMIT 1"


@pytest.fixture
def inferred(client: TestClient) -> dict[str, str]:
    """Return the parameters of a statement that was inferred."""
    row = client.get("/sparql", params={"query": _PICK}).json()["results"]["bindings"][0]
    return {"s": row["s"]["value"], "p": "gov:hasCandidateRemedy", "o": row["o"]["value"]}


def test_explains_what_was_asserted(client: TestClient) -> None:
    """A relation of the ontology comes with its footing and the passage."""
    proof = client.get("/explain", params=ASSERTED).json()

    assert proof["rule"] == "asserted"
    assert proof["claim"]["section"] == "3.1"


def test_explains_what_was_inferred(client: TestClient, inferred: dict[str, str]) -> None:
    """An inferred statement comes with a proof down to what was asserted."""
    proof = client.get("/explain", params=inferred).json()

    assert proof["inferred"] is True
    leaves = [proof]
    while any(leaf.get("because") for leaf in leaves):
        leaves = [deeper for leaf in leaves for deeper in leaf.get("because") or [leaf]]
    assert all(leaf["rule"] == "asserted" for leaf in leaves)


@pytest.mark.parametrize(
    ("accept", "sign"),
    [
        ("text/turtle", "prov:wasDerivedFrom"),
        ("text/plain", "because "),
        ("text/html", "<details open>"),
    ],
)
def test_formats(client: TestClient, inferred: dict[str, str], accept: str, sign: str) -> None:
    """The proof comes as PROV-O, as sentences and as a page."""
    response = client.get("/explain", params=inferred, headers={"accept": accept})

    assert response.headers["content-type"].startswith(accept)
    assert sign in response.text


def test_speaks_chinese(client: TestClient, inferred: dict[str, str]) -> None:
    """The sentences come in Chinese too."""
    assert (
        "因为"
        in client.get(
            "/explain?format=text&lang=zh", params=inferred | {"lang": "zh", "format": "text"}
        ).text
    )


def test_explains_literals(client: TestClient) -> None:
    """A literal is written as in Turtle."""
    params = {"s": "gc:authority-crisis", "p": "skos:prefLabel", "o": '"权威危机"@zh'}

    assert client.get("/explain", params=params).json()["rule"] == "asserted"


def test_does_not_follow(client: TestClient) -> None:
    """A statement that does not hold is a 404 of its own kind."""
    response = client.get("/explain", params=ASSERTED | {"o": "gc:transparent-government"})

    assert (response.status_code, response.json()["code"]) == (404, "not-entailed")


@pytest.mark.parametrize(
    "change", [{"s": ""}, {"s": "nonsense"}, {"o": '"open'}, {"p": "no:such prefix"}]
)
def test_terms_must_be_readable(client: TestClient, change: dict[str, str]) -> None:
    """A missing or unreadable term is a 400."""
    assert client.get("/explain", params=ASSERTED | change).status_code == 400


WHY = {
    "s": "case:la-paz-anticorruption",
    "p": "gov:suggestsCondition",
    "o": "gc:management-crisis",
}


def test_alternatives_come_shortest_first(client: TestClient) -> None:
    """Further proofs stand beside the first, no more than were asked for."""
    proof = client.get("/explain", params=WHY | {"alternatives": 3}).json()

    assert len(proof["alternatives"]) == 2
    assert all(other["statement"] == proof["statement"] for other in proof["alternatives"])
    told = client.get("/explain?format=text", params=WHY | {"alternatives": 3, "format": "text"})
    assert told.text.count("\n\n") == 2


@pytest.mark.parametrize("number", ["0", "11", "many"])
def test_alternatives_are_bounded(client: TestClient, number: str) -> None:
    """A number that is none or too large is a 400."""
    assert client.get("/explain", params=WHY | {"alternatives": number}).status_code == 400


def test_leaves_tell_on_whose_word(client: TestClient) -> None:
    """What was submitted comes with assessor, evidence and submitter, named in both languages."""
    goal = WHY | {"p": "gov:exhibitsSymptom", "o": "gc:slow-approval"}

    leaf = client.get("/explain", params=goal).json()["because"][1]

    (origin,) = leaf["origins"]
    assert origin["attributedTo"][0]["label"]["en"] == "Ronald MacLean-Abaroa"
    assert origin["submitters"][0]["label"]["zh"]
    assert origin["sources"][0]["iri"].endswith("#maclean-1999")
