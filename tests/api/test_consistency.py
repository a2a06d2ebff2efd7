"""/consistency: what contradicts what, by the rules and by HermiT."""

import shutil

import pytest
from starlette.testclient import TestClient

from govkg.api.knowledge import Service
from govkg.reasoning import DeepCheck

TURTLE = {"content-type": "text/turtle"}
CLASH = b"""
@prefix gov: <https://w3id.org/govkg/ontology#> . @prefix : <https://w3id.org/govkg/case/x#> .
:it a gov:LocalGovernment , gov:Jurisdiction .
"""
FINE = b"""
@prefix gov: <https://w3id.org/govkg/ontology#> . @prefix : <https://w3id.org/govkg/case/x#> .
:it a gov:LocalGovernment ; gov:governs :there . :there a gov:Jurisdiction .
"""
needs_java = pytest.mark.skipif(not shutil.which("java"), reason="Java is not on this machine")


def test_the_whole_graph_is_consistent(client: TestClient) -> None:
    """Nothing in the bundled data contradicts anything."""
    assert client.get("/consistency").json() == {"consistent": True, "contradictions": []}


def test_a_contradiction_names_what_clashes(client: TestClient) -> None:
    """A government that is a place is told with the facts and the axiom that clash, in words."""
    found = client.post("/consistency", content=CLASH, headers=TURTLE).json()

    assert not found["consistent"]
    clash = found["contradictions"][0]
    assert clash["rule"] in ("cax-dw", "cax-adc")
    assert clash["meaning"]["zh"]
    told = [each["text"]["en"] for each in clash["restsOn"]]
    assert any("local government" in text for text in told)
    assert all(each["inferred"] or not each.get("because") for each in clash["clash"])


def test_a_document_leaves_nothing_behind(client: TestClient) -> None:
    """After a contradiction a sound document is consistent, in the same workers."""
    for _ in range(4):
        client.post("/consistency", content=CLASH, headers=TURTLE)

        assert client.post("/consistency", content=FINE, headers=TURTLE).json()["consistent"]


def test_a_broken_document_is_refused(client: TestClient) -> None:
    """What does not parse is a 400."""
    assert client.post("/consistency", content=b"oops", headers=TURTLE).status_code == 400


@needs_java
@pytest.mark.parametrize(("document", "consistent"), [(CLASH, False), (FINE, True)])
def test_hermit_agrees(client: TestClient, document: bytes, consistent: bool) -> None:
    """HermiT finds the same contradiction."""
    found = client.post("/consistency?dl=true", content=document, headers=TURTLE).json()

    assert found["dl"]["consistent"] is consistent


def test_one_deep_check_at_a_time(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one deep check runs another is a 429, and plain checks are answered."""
    service: Service = client.app.state.service  # type: ignore[attr-defined]

    class Running:
        def done(self) -> bool:
            return False

    monkeypatch.setattr(service.deep, "_running", Running())

    busy = client.post("/consistency?dl=true", content=FINE, headers=TURTLE)
    plain = client.post("/consistency", content=FINE, headers=TURTLE)

    assert (busy.status_code, busy.json()["code"]) == (429, "busy")
    assert int(busy.headers["retry-after"]) > 0
    assert plain.status_code == 200


def test_without_java_the_remedy_is_named(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is no Java the problem says what to install, in both ways."""
    monkeypatch.setattr("govkg.reasoning.deep.shutil.which", lambda _: None)
    monkeypatch.setattr("govkg.reasoning.deep.find_spec", lambda _: None)

    problem = client.post("/consistency?dl=true", content=FINE, headers=TURTLE)

    assert (problem.status_code, problem.json()["code"]) == (503, "missing-tool")
    assert "govkg[dl]" in problem.json()["detail"]


def test_the_graph_can_be_checked_deeply(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is asserted goes to HermiT, whose verdict stands beside that of the rules."""
    given: list[int] = []

    def check(_: object, triples: list[object], seconds: float) -> DeepCheck:
        given.append(len(triples))
        assert seconds > 0
        return DeepCheck(consistent=True, unsatisfiable=("urn:x",))

    monkeypatch.setattr("govkg.reasoning.HermiT.check", check)

    found = client.get("/consistency?dl=true").json()

    assert given[0] > 5000
    assert found["dl"] == {"consistent": True, "unsatisfiable": ["urn:x"]}
