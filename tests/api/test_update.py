"""Updates at /sparql: who may, what happens, and what readers see of it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from govkg import generations

from .scratch import ask, bearer, running, update

DIRECT = {"content-type": "application/sparql-update"}
INSERT = "INSERT DATA { <urn:a> <urn:b> <urn:c> }"


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client that may write to a plain dataset."""
    with running(tmp_path_factory.mktemp("plain")) as client:
        yield client


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client that may write to the bundled graph."""
    folder = tmp_path_factory.mktemp("full")
    with running(folder, bundle=True, default_graph="merge") as client:
        yield client


def app_of(client: TestClient) -> FastAPI:
    """Return the app that a client talks to."""
    assert isinstance(client.app, FastAPI)
    return client.app


@pytest.mark.parametrize("direct", [True, False])
def test_an_acknowledged_update_is_seen(plain: TestClient, direct: bool) -> None:
    """An update by form or as the body itself is a 204, and the next query sees it."""
    text = f"INSERT DATA {{ <urn:seen> <urn:by> '{direct}' }}"

    sent = {"content": text, "headers": DIRECT} if direct else {"data": {"update": text}}
    response = plain.post("/sparql", **sent)  # type: ignore[arg-type]

    assert (response.status_code, response.content) == (204, b"")
    assert ask(plain, f"<urn:seen> <urn:by> '{direct}'")


def test_several_operations_are_atomic(plain: TestClient) -> None:
    """If one operation fails none is carried out, and the answer says why."""
    failing = "INSERT DATA { <urn:half> <urn:b> 1 } ; DROP GRAPH <urn:none>"

    response = plain.post("/sparql", content=failing, headers=DIRECT)

    assert (response.status_code, response.json()["code"]) == (409, "conflict")
    assert "urn:none" in response.json()["detail"]
    assert not ask(plain, "<urn:half> ?p ?o")


@pytest.mark.parametrize(
    ("header", "status"),
    [("", 401), ("Bearer nonsense", 401), ("Basic nonsense", 401), ("submit", 403)],
)
def test_needs_a_token_with_the_scope(plain: TestClient, header: str, status: int) -> None:
    """No token and an unknown one are a 401 with a challenge, another scope is a 403."""
    headers = bearer(app_of(plain), "submit") if header == "submit" else {"authorization": header}

    direct = plain.post("/sparql", content=INSERT, headers=DIRECT | headers)
    form = plain.post("/sparql", data={"update": INSERT}, headers=headers)

    for response in (direct, form):
        assert response.status_code == status
        challenged = "bearer" in response.headers.get("www-authenticate", "").lower()
        assert challenged is (status == 401)


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("LOAD <http://127.0.0.1:9/>", 400, "unsafe-input"),
        ("INSERT {} WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "unsafe-input"),
        ("INSERT DATA {\n oops }", 400, "query-syntax"),
        ("ASK {}", 400, "query-syntax"),
        ("#" * 700_000, 413, "too-large"),
    ],
    ids=["load", "service", "syntax", "query", "long"],
)
def test_refuses(plain: TestClient, text: str, status: int, code: str) -> None:
    """What is wrong with an update is said as it is for a query."""
    response = plain.post("/sparql", content=text, headers=DIRECT)

    assert (response.status_code, response.json()["code"]) == (status, code)


def test_refuses_a_mixture(plain: TestClient) -> None:
    """An update by GET, two of them, one beside a query, and two datasets are a 400."""
    two = plain.post("/sparql", content="update=a&update=b", headers={"content-type": _FORM})
    both = plain.post("/sparql", data={"update": INSERT, "query": "ASK {}"})
    datasets = plain.post(
        "/sparql?using-graph-uri=urn:g",
        content="WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        headers=DIRECT,
    )
    by_get = plain.get("/sparql", params={"update": INSERT})

    assert [r.status_code for r in (two, both, datasets, by_get)] == [400] * 4


_FORM = "application/x-www-form-urlencoded"


def test_the_description_says_whether_writing_is_on(plain: TestClient, client: TestClient) -> None:
    """SPARQL11Update is listed where there is a token, and only there."""
    assert "SPARQL11Update" in plain.get("/sparql").text
    assert "UnionDefaultGraph" not in plain.get("/sparql").text
    assert "SPARQL11Update" not in client.get("/sparql").text


def test_a_plain_dataset_checks_no_documents(plain: TestClient) -> None:
    """Without the bundle there are no shapes and no concepts, and the answer says so."""
    turtle = {"content-type": "text/turtle", "accept": "application/json"}

    responses = [
        plain.post("/validate", content="<urn:a> <urn:b> 1 .", headers=turtle),
        plain.post("/annotate", json={"text": "crisis of authority"}),
    ]

    assert [each.status_code for each in responses] == [404, 404]
    assert all("GOVKG_BUNDLE" in each.text for each in responses)


def test_writers_at_once_all_get_through(plain: TestClient) -> None:
    """Each of many writers sees its own write; waiting ones share a generation."""

    def write(number: int) -> bool:
        assert update(plain, f"INSERT DATA {{ <urn:w> <urn:n> {number} }}") == 204
        return ask(plain, f"<urn:w> <urn:n> {number}")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(write, range(16)))


@pytest.mark.parametrize(
    ("text", "settings", "status", "code"),
    [
        (
            "INSERT DATA { <urn:half> <urn:b> 1 } ; INSERT { <urn:x> ?a ?o } "
            "WHERE { ?s ?a ?b . ?t ?c ?d . ?u ?e ?f . ?v ?g ?h . ?w ?i ?o }",
            {"update_seconds": 0.5},
            503,
            "update-deadline",
        ),
        (
            "INSERT { ?s ?a [] } WHERE { ?s ?a ?b . ?t ?c ?d . ?u ?e ?f . ?v ?g ?h }",
            {"worker_memory_mb": 64, "update_seconds": 60},
            503,
            "memory-limit",
        ),
        (
            "INSERT { ?s ?p [] } WHERE { ?s ?p ?o . ?t ?q ?r }",
            {"max_change_bytes": 20_000},
            413,
            "too-large",
        ),
    ],
    ids=["time", "memory", "size"],
)
def test_an_update_that_explodes_changes_nothing(
    tmp_path: Path, text: str, settings: dict[str, object], status: int, code: str
) -> None:
    """It is ended with a problem; meanwhile readers are answered, and later writes come about."""
    rows = " ".join(f"<urn:s{n}> <urn:p> {n} ." for n in range(200))
    with running(tmp_path, **settings) as client, ThreadPoolExecutor(1) as pool:
        assert update(client, f"INSERT DATA {{ {rows} }}") == 204

        exploding = pool.submit(client.post, "/sparql", data={"update": text})
        while not exploding.done():
            assert ask(client, "<urn:s1> <urn:p> 1", nonce=str(time.monotonic()))
        response = exploding.result()

        assert (response.status_code, response.json()["code"]) == (status, code)
        assert update(client, "INSERT DATA { <urn:later> <urn:b> 1 }") == 204
        count = client.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
        assert count.json()["results"]["bindings"][0]["n"]["value"] == "201"


def test_an_update_that_changes_nothing_is_quick(plain: TestClient) -> None:
    """It needs no new generation, so what readers were told stays kept."""
    service = app_of(plain).state.service
    assert update(plain, "INSERT DATA { <urn:same> <urn:b> 1 }") == 204
    before = service.knowledge

    assert update(plain, "INSERT DATA { <urn:same> <urn:b> 1 }") == 204
    assert update(plain, "DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }") == 204

    assert service.knowledge is before


def test_updates_that_wait_together_see_each_other(plain: TestClient) -> None:
    """Each is worked out from what the one before it did, though readers do not see that yet."""
    assert update(plain, "INSERT DATA { <urn:sum> <urn:is> 0 }") == 204
    add = (
        "DELETE { ?n <urn:is> ?i } INSERT { ?n <urn:is> ?j . [] <urn:step> ?n } "
        "WHERE { ?n <urn:is> ?i BIND (?i + 1 AS ?j) }"
    )

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(lambda _: update(plain, add), range(12))) == {204}

    assert ask(plain, "<urn:sum> <urn:is> 12")
    steps = plain.get("/sparql", params={"query": "SELECT ?s { ?s <urn:step> ?n }"}).json()
    assert len({row["s"]["value"] for row in steps["results"]["bindings"]}) == 12


def test_a_write_that_cannot_be_shown_is_not_lost(
    plain: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is a 503 that says that it is stored, and soon readers see it."""
    with monkeypatch.context() as broken:
        broken.setattr(generations.Succession, "follow", lambda *_: 1 / 0)
        response = plain.post("/sparql", data={"update": "INSERT DATA { <urn:l> <urn:b> 1 }"})
        assert ask(plain, "") is True

    assert (response.status_code, response.json()["code"]) == (503, "not-visible")
    until = time.monotonic() + 20
    while not ask(plain, "<urn:l> <urn:b> 1"):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_pages_search_and_reasoner_see_a_write(full: TestClient) -> None:
    """A new case has its page, is found, is diagnosed by the reasoner, and is explained."""
    case = (
        "INSERT DATA { GRAPH <https://w3id.org/govkg/graph/case/new-town> { case:new-town "
        "a gov:GovernanceCase ; dcterms:title 'One counter in Quuxville'@en ; "
        "gov:reports gc:slow-approval } }"
    )

    assert update(full, case) == 204

    assert full.get("/case/new-town").status_code == 200
    assert "case/new-town" in full.get("/search", params={"q": "Quuxville"}).text
    assert ask(full, "case:new-town ?p ?o . GRAPH graph:inferred { case:new-town ?q ?r }")
    why = {"s": "case:new-town", "p": "gov:reports", "o": "gc:slow-approval", "format": "text"}
    assert "graph/case/new-town" in full.get("/explain", params=why).text
    assert update(full, "DROP GRAPH <https://w3id.org/govkg/graph/case/new-town>") == 204
    assert full.get("/case/new-town").status_code == 404
    assert not ask(full, "case:new-town ?p ?o")


def test_what_is_inferred_cannot_be_written(full: TestClient) -> None:
    """An update that names the graph of inferred triples is a 403; DROP ALL leaves it true."""
    sent = {"update": "INSERT DATA { GRAPH graph:inferred { <urn:a> <urn:b> <urn:c> } }"}

    assert full.post("/sparql", data=sent).status_code == 403
    by_variable = (
        "INSERT { GRAPH ?g { <urn:v> <urn:b> 1 } } "
        "WHERE { VALUES ?g { <https://w3id.org/govkg/graph/inferred> } }"
    )
    assert update(full, by_variable) == 204
    assert not ask(full, "GRAPH graph:inferred { <urn:v> ?p ?o }")


def test_the_unnamed_graph_is_seen_and_explained(full: TestClient) -> None:
    """A fact in the unnamed graph is part of the merge, of reasoning and of explanations."""
    assert update(full, "INSERT DATA { gc:slow-approval rdfs:comment 'seen'@en }") == 204

    assert ask(full, "gc:slow-approval rdfs:comment 'seen'@en")
    parameters = {"s": "gc:slow-approval", "p": "rdfs:comment", "o": '"seen"@en', "format": "text"}
    assert "graph:unnamed" in full.get("/explain", params=parameters).text


def test_readers_do_not_wait_for_writers(full: TestClient) -> None:
    """While a write makes its generation, queries go on being answered at once from the old one."""
    done = threading.Event()
    took: list[float] = []

    def read() -> None:
        while not done.is_set():
            start = time.perf_counter()
            assert ask(full, "?s a gov:CrisisType")
            took.append(time.perf_counter() - start)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        start = time.perf_counter()
        assert update(full, "INSERT DATA { <urn:slow> <urn:b> 1 }") == 204
        wrote = time.perf_counter() - start
        done.set()
        reading.result()

    assert len(took) > 10
    assert max(took) < wrote / 2
    assert sorted(took)[len(took) // 2] < 0.2


@pytest.mark.parametrize("bundle", [True, False])
def test_writes_outlive_the_service(tmp_path: Path, bundle: bool) -> None:
    """After a restart all is as it was, even if everything was dropped."""
    with running(tmp_path, bundle=bundle) as client:
        assert update(client, "DROP ALL ; INSERT DATA { <urn:only> <urn:b> 1 }") == 204

    with running(tmp_path, bundle=bundle) as client:
        assert ask(client, "<urn:only> <urn:b> 1")
        assert not ask(client, "GRAPH graph:ontology { ?s ?p ?o }")
        assert not list(tmp_path.glob("snapshot*"))
