"""/data: the Graph Store Protocol."""

from collections.abc import Iterator

import pytest
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

from .scratch import ask, running

TURTLE = {"content-type": "text/turtle"}
ONE = "<urn:a> <urn:b> <urn:1> ."
TWO = "<urn:a> <urn:b> <urn:2> ."


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client that may write to a plain dataset."""
    with running(tmp_path_factory.mktemp("plain")) as client:
        yield client


def test_put_makes_and_replaces(plain: TestClient) -> None:
    """PUT is a 201 with the address of a new graph, then a 204; the graph holds the last body."""
    made = plain.put("/data?graph=urn:put", content=ONE, headers=TURTLE)
    replaced = plain.put("/data?graph=urn:put", content=TWO, headers=TURTLE)

    assert (made.status_code, replaced.status_code) == (201, 204)
    assert plain.get(made.headers["location"]).text.split() == TWO.split()
    assert ask(plain, "GRAPH <urn:put> { ?s ?p <urn:2> }")


def test_post_adds(plain: TestClient) -> None:
    """POST keeps what is there."""
    for body in (ONE, TWO):
        plain.post("/data?graph=urn:post", content=body, headers=TURTLE)

    assert ask(plain, "GRAPH <urn:post> { <urn:a> <urn:b> <urn:1>, <urn:2> }")


def test_post_to_the_store_makes_a_graph(plain: TestClient) -> None:
    """Without a name a new graph is made, and Location is its name and its address."""
    made = plain.post("/data", content=ONE, headers=TURTLE)

    assert made.status_code == 201
    assert ask(plain, f"GRAPH <{made.headers['location']}> {{ ?s ?p <urn:1> }}")
    assert plain.get(made.headers["location"]).text.split() == ONE.split()
    assert plain.delete(made.headers["location"]).status_code == 204


def test_post_takes_files(plain: TestClient) -> None:
    """A form with several files adds them all; blank nodes of two files stay apart."""
    files = [
        ("one", ("a.ttl", "_:x <urn:in> 1 .", "text/turtle")),
        ("two", ("b.nt", "_:x <urn:in> <urn:2> .", "")),
        ("two", ("c.jsonld", '{"@id": "urn:c", "urn:in": 3}', "application/ld+json")),
    ]

    response = plain.post("/data?graph=urn:files", files=files)

    assert response.status_code == 201
    found = list(parse(plain.get("/data?graph=urn:files").content, RdfFormat.TURTLE))
    assert len({quad.subject for quad in found}) == len(found) == 3


def test_the_default_graph(plain: TestClient) -> None:
    """?default is the unnamed graph: it always exists, and DELETE empties it."""
    assert plain.put("/data?default", content=ONE, headers=TURTLE).status_code == 204
    assert plain.post("/data?default=", content=TWO, headers=TURTLE).status_code == 204
    assert ask(plain, "<urn:a> <urn:b> <urn:1>, <urn:2>")
    assert "2" in plain.get("/data?default").text

    assert plain.delete("/data?default").status_code == 204
    assert plain.get("/data?default").text == ""


def test_an_empty_graph_exists(plain: TestClient) -> None:
    """A graph without triples can be made, asked for and removed."""
    assert plain.put("/data?graph=urn:empty", content="", headers=TURTLE).status_code == 201
    assert plain.get("/data?graph=urn:empty").status_code == 200
    assert ask(plain, "GRAPH <urn:empty> {}")

    assert plain.delete("/data?graph=urn:empty").status_code == 204
    for method in ("GET", "HEAD", "DELETE"):
        assert plain.request(method, "/data?graph=urn:empty").status_code == 404


def test_an_address_names_its_own_graph(plain: TestClient) -> None:
    """What is put below /data is a graph whose name is that address."""
    assert plain.put("/data/a%20b/1.ttl", content="<> <#p> 1 .", headers=TURTLE).status_code == 201

    name = "http://testserver/data/a%20b/1.ttl"
    assert ask(plain, f"GRAPH <{name}> {{ <{name}> <{name}#p> 1 }}")
    assert plain.head("/data/a%20b/1.ttl").status_code == 200


@pytest.mark.parametrize(
    ("address", "body", "media_type", "status"),
    [
        ("/data", ONE, "text/turtle", 400),
        ("/data?graph=urn:a&default", ONE, "text/turtle", 400),
        ("/data?graph=relative", ONE, "text/turtle", 400),
        ("/data?graph=urn:bad", "<urn:a> oops", "text/turtle", 400),
        ("/data?graph=urn:bad", ONE, "application/rdf+xml", 400),
        ("/data?graph=urn:bad", "<urn:a> <urn:b> 1 <urn:g> .", "application/trig", 400),
        ("/data?graph=urn:bad", "<urn:g> { <urn:a> <urn:b> 1 }", "application/trig", 400),
        ("/data?graph=urn:bad", '{"@context": "http://127.0.0.1:9/"}', "application/ld+json", 400),
        ("/data?graph=urn:bad", ONE, "application/pdf", 415),
        ("/data?graph=urn:bad", ONE, "", 415),
        ("/data?graph=urn:bad", "#" * 300_000, "text/turtle", 413),
    ],
)
def test_refuses(plain: TestClient, address: str, body: str, media_type: str, status: int) -> None:
    """No or two names, broken, too large and unknown documents are refused, and nothing is made."""
    response = plain.put(address, content=body, headers={"content-type": media_type})

    assert response.status_code == status
    assert plain.get("/data?graph=urn:bad").status_code == 404


def test_negotiates(plain: TestClient) -> None:
    """A graph comes in the syntax asked for, or as a 406."""
    plain.put("/data?graph=urn:forms", content=ONE, headers=TURTLE)
    accepted = plain.get("/data?graph=urn:forms", headers={"accept": "application/rdf+xml"})

    assert accepted.headers["content-type"] == "application/rdf+xml"
    assert plain.get("/data?graph=urn:forms", headers={"accept": "a/b"}).status_code == 406


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_needs_a_token(plain: TestClient, client: TestClient, method: str) -> None:
    """Without a token there is a 401, or where there are none, a 403 that says how to make one."""
    anonymous = plain.request(method, "/data?graph=urn:t", headers={"authorization": ""})
    closed = client.request(method, "/data?graph=urn:t")

    assert anonymous.status_code == 401
    assert (closed.status_code, "govkg token create" in closed.text) == (403, True)


def test_anybody_may_read(client: TestClient) -> None:
    """Graphs of the bundle are read without a token, also what was inferred."""
    name = "https://w3id.org/govkg/graph/inferred"

    assert len(client.get("/data", params={"graph": name}).content) > 1000


def test_graphs_of_the_service_are_closed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is inferred, and the mark of the bundle, are written by the service alone."""
    with running(tmp_path_factory.mktemp("full"), bundle=True) as full:
        for name in ("inferred", "bundle", "unnamed"):
            address = f"/data?graph=https://w3id.org/govkg/graph/{name}"
            assert full.put(address, content=ONE, headers=TURTLE).status_code == 403
            assert full.delete(address).status_code == 403
