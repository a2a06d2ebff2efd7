"""/rules: the rules of the reasoner and those of the shapes, told apart."""

from starlette.testclient import TestClient

from govkg.reasoning import RULES


def test_every_rule_is_listed(client: TestClient) -> None:
    """Each rule of the reasoner has its meaning in both languages, its table and its terms."""
    listed = client.get("/rules").json()

    assert {rule["rule"] for rule in listed["reasoning"]} == set(RULES)
    for rule in listed["reasoning"]:
        assert rule["meaning"]["en"]
        assert rule["meaning"]["zh"]
        assert rule["source"].startswith(("OWL 2", "RDF 1.1"))


def test_applications_are_counted(client: TestClient) -> None:
    """The counts of all rules add up to the inferences that are published."""
    query = "SELECT (COUNT(*) AS ?n) { GRAPH graph:inferred { ?s ?p ?o } }"
    inferred = client.get("/sparql", params={"query": query}).json()["results"]["bindings"][0]

    listed = client.get("/rules").json()["reasoning"]

    assert sum(rule["applied"] for rule in listed) == int(inferred["n"]["value"]) > 1000


def test_no_two_rules_share_an_id(client: TestClient) -> None:
    """A rule of the shapes has no name of the reasoner, so that /rules/{id} means one thing."""
    listed = client.get("/rules").json()

    assert len(listed["shapes"]) > 40
    assert not {rule["rule"] for rule in listed["shapes"]} & set(RULES)


def test_one_rule(client: TestClient) -> None:
    """A rule of either kind is found by its id, and nothing else is."""
    chain = client.get("/rules/prp-spo2").json()

    assert chain["terms"] == ["owl:propertyChainAxiom"]
    assert client.get("/rules/C05").json()["shapes"]
    assert client.get("/rules/no-such-rule").status_code == 404
