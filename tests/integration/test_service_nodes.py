"""Service nodes without data of their own: they write to one engine, and see what others wrote."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import stores
from starlette.testclient import TestClient

from govkg.app import create_app
from govkg.settings import Settings

PLAIN = {"bundle": False, "default_graph": "unnamed", "workers": 1, "store_poll_seconds": 0.2}
TURTLE = {"content-type": "text/turtle"}
PATIENCE = 60  # seconds


@contextmanager
def protocol(folder: Path) -> Iterator[dict[str, Any]]:
    """Give the settings for an engine that is Oxigraph."""
    with stores.protocol_running(folder) as url:
        yield {"store": url}


@contextmanager
def fuseki(folder: Path) -> Iterator[dict[str, Any]]:
    """Give the settings for Fuseki."""
    with stores.fuseki_running(folder) as url:
        yield {"store": url}


@contextmanager
def virtuoso(folder: Path) -> Iterator[dict[str, Any]]:
    """Give the settings for Virtuoso."""
    with stores.virtuoso_running(folder) as (query, update, data):
        places = {"store_query": query, "store_update": update, "store_data": data}
        yield places | {"store_user": "dba", "store_password": "dba", "store_seconds": 120}


ENGINES = {"protocol": protocol, "fuseki": fuseki, "virtuoso": virtuoso}
REAL = [pytest.param(name, marks=pytest.mark.soak) for name in ("fuseki", "virtuoso")]


@contextmanager
def node(folder: Path, settings: dict[str, Any]) -> Iterator[TestClient]:
    """Run a service node, with a client that may write."""
    app = create_app(Settings.model_validate(PLAIN | {"data_dir": folder} | settings))
    token = app.state.service.access.create("test", ("write",))[1]
    with TestClient(app, headers={"authorization": f"Bearer {token}"}) as client:
        wait(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture(scope="module", params=["protocol", *REAL])
def nodes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[TestClient, TestClient]]:
    """Run an engine and two nodes that share it."""
    folder = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        settings = stack.enter_context(ENGINES[request.param](folder))
        yield tuple(stack.enter_context(node(folder / name, settings)) for name in "ab")


def wait(condition: Callable[[], bool]) -> None:
    """Wait for something that happens by itself."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def ask(client: TestClient, pattern: str) -> bool:
    """Say whether a pattern is found."""
    response = client.get("/sparql", params={"query": f"ASK {{ {pattern} }}"})
    assert response.status_code == 200, response.text
    return bool(response.json()["boolean"])


def update(client: TestClient, text: str) -> int:
    """Send an update and return the status."""
    return client.post("/sparql", data={"update": text}).status_code


def test_a_node_reads_its_own_writes_and_others_soon_do(
    nodes: tuple[TestClient, TestClient],
) -> None:
    """What is acknowledged is seen here at once, and at the other node without being told."""
    here, there = nodes
    text = "INSERT DATA { <urn:a> <urn:b> 1 . GRAPH <urn:g> { [] <urn:c> '名' } }"

    assert update(here, text) == 204

    assert ask(here, "<urn:a> <urn:b> 1 . GRAPH <urn:g> { ?x <urn:c> '名' }")
    wait(lambda: ask(there, "<urn:a> <urn:b> 1 . GRAPH <urn:g> { ?x <urn:c> '名' }"))
    assert update(there, "DELETE WHERE { GRAPH <urn:g> { ?x <urn:c> ?y } }") == 204
    assert not ask(there, "GRAPH <urn:g> { ?x ?p ?y }")
    wait(lambda: not ask(here, "GRAPH <urn:g> { ?x ?p ?y }"))


def test_whole_graphs_are_written(nodes: tuple[TestClient, TestClient]) -> None:
    """PUT, POST and DELETE do what they do on the embedded store."""
    here, there = nodes
    url = "/data?graph=urn:whole"

    made = here.put(url, content="<urn:a> <urn:b> 1 .", headers=TURTLE)
    added = here.post(url, content="_:x <urn:b> _:y .", headers=TURTLE)

    assert (made.status_code, added.status_code) == (201, 204)
    assert here.get(url).text.count("<urn:b>") == 2
    wait(lambda: there.get(url).text.count("<urn:b>") == 2)
    assert there.put(url, content="<urn:a> <urn:b> 2 .", headers=TURTLE).status_code == 204
    assert "<urn:a> <urn:b> 2 ." in there.get(url).text
    wait(lambda: here.get(url).text == there.get(url).text)
    assert here.delete(url).status_code == 204
    wait(lambda: there.get(url).status_code == 404)


def test_refusals_are_those_of_the_embedded_store(nodes: tuple[TestClient, TestClient]) -> None:
    """Tokens and checks hold, several operations are one, and the errors are the same."""
    here, _ = nodes
    failing = "INSERT DATA { <urn:half> <urn:b> 1 } ; DROP GRAPH <urn:none>"

    anonymous = here.post("/sparql", data={"update": failing}, headers={"authorization": ""})

    assert anonymous.status_code == 401
    assert update(here, failing) == 409
    assert update(here, "LOAD <http://127.0.0.1:9/>") == 400
    assert update(here, "INSERT DATA { oops }") == 400
    assert not ask(here, "<urn:half> ?p ?o")


def test_nodes_that_write_at_once_lose_nothing(nodes: tuple[TestClient, TestClient]) -> None:
    """Each acknowledged increment is there, whichever node it went to."""
    assert update(nodes[0], "INSERT DATA { <urn:n> <urn:is> 0 }") == 204
    wait(lambda: ask(nodes[1], "<urn:n> <urn:is> 0"))
    add = (
        "DELETE { ?n <urn:is> ?i } INSERT { ?n <urn:is> ?j } "
        "WHERE { ?n <urn:is> ?i BIND (?i + 1 AS ?j) }"
    )

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda number: update(nodes[number % 2], add), range(12)))

    assert set(statuses) <= {204, 503}
    done = statuses.count(204)
    assert done > 0
    for each in nodes:
        wait(lambda each=each: ask(each, f"<urn:n> <urn:is> {done}"))  # type: ignore[misc]


@pytest.mark.parametrize("engine", ["protocol", *REAL])
def test_a_node_starts_with_what_is_there(engine: str, tmp_path: Path) -> None:
    """All that a node knows is in the engine: another one, with an empty folder, goes on."""
    with ENGINES[engine](tmp_path) as settings:
        with node(tmp_path / "first", settings) as first:
            assert update(first, "INSERT DATA { <urn:a> <urn:b> 1 } ; CREATE GRAPH <urn:e>") == 204

        with node(tmp_path / "second", settings) as second:
            assert ask(second, "<urn:a> <urn:b> 1 GRAPH <urn:e> {}")


def test_a_node_outlives_its_engine(tmp_path: Path) -> None:
    """When the engine is gone readers are served as before; a write is a 503 with the reason."""
    with ExitStack() as stack:
        with stores.protocol_running(tmp_path) as url:
            client = stack.enter_context(node(tmp_path, {"store": url}))
            assert update(client, "INSERT DATA { <urn:a> <urn:b> 1 }") == 204

        refused = client.post("/sparql", data={"update": "INSERT DATA { <urn:a> <urn:b> 2 }"})

        assert (refused.status_code, refused.json()["code"]) == (503, "store-unreachable")
        assert ask(client, "<urn:a> <urn:b> 1")
        assert not ask(client, "<urn:a> <urn:b> 2")
