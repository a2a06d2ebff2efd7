"""The remote store without an engine: what is sent, and what becomes of bad answers."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import httpx2
import pytest
from pyoxigraph import BlankNode, NamedNode, Triple

from govkg.errors import (
    DeadlineError,
    GovkgError,
    OutdatedError,
    QuerySyntaxError,
    ResultTooLargeError,
    SettingError,
    StoreUnreachableError,
    UnsafeInputError,
)
from govkg.settings import load_settings
from govkg.store import Delta, Query
from govkg.store.embedded import EmbeddedStore
from govkg.store.opening import open_store
from govkg.store.remote import Addresses, Limits, Login, RemoteStore, Token
from govkg.store.remote.blank_nodes import BLANK
from govkg.store.remote.graphs import MERGED

ADDRESSES = Addresses.under("http://engine.example/ds/")
ONE, APART = NamedNode("http://example.org/one"), NamedNode("http://example.org/apart")
TRIPLE = Triple(
    NamedNode("http://example.org/a"), NamedNode("http://example.org/p"), BlankNode("b")
)
SELECT = "SELECT ?s { ?s ?p ?o }"
JSON = {"Content-Type": "application/sparql-results+json"}
Handler = Callable[[httpx2.Request], httpx2.Response]


class Engine:
    """An engine that remembers what it is sent, and answers as it is told."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        """Keep the answers, in their order."""
        self.requests: list[httpx2.Request] = []
        self.logins: list[str] = []  # as they were sent: a request that is sent again is the same
        self.answers: Iterator[httpx2.Response | Exception] = iter(answers)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer the next request."""
        self.requests.append(request)
        self.logins.append(request.headers.get("authorization", ""))
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def store(self, auth: httpx2.Auth | None = None, limits: Limits | None = None) -> RemoteStore:
        """Make a store that speaks to this engine."""
        return RemoteStore(ADDRESSES, auth, limits, httpx2.MockTransport(self))

    def form(self, number: int = -1) -> dict[str, list[str]]:
        """Return the form that was sent."""
        return parse_qs(self.requests[number].content.decode())


def solutions(*rows: dict[str, str], **headers: str) -> httpx2.Response:
    """Make a result of IRIs and integers."""
    bindings = [{name: term(value) for name, value in row.items()} for row in rows]
    names = list(rows[0]) if rows else ["s"]
    body = {"head": {"vars": names}, "results": {"bindings": bindings}}
    return httpx2.Response(200, content=json.dumps(body), headers={**JSON, **headers})


def term(value: str) -> dict[str, str]:
    """Make a term of a result, as Virtuoso writes it."""
    if ":" in value:
        return {"type": "uri", "value": value}
    datatype = "http://www.w3.org/2001/XMLSchema#decimal"
    return {"type": "typed-literal", "value": value, "datatype": datatype}


def test_a_query_names_its_dataset() -> None:
    """The default graph is the merge and what is apart; a list is never left out."""
    truth = httpx2.Response(200, json={"head": {}, "boolean": False})
    engine = Engine(truth, solutions())
    store = engine.store()
    store.hold_apart(APART)

    store.query(Query("SELECT ?s { ?s a gov:GovernanceCase }"))

    form = engine.form()
    assert form["default-graph-uri"] == [MERGED, APART.value]
    assert form["named-graph-uri"] == ["urn:govkg:nothing"]
    assert form["query"][0].startswith("PREFIX gov: <https://w3id.org/govkg/ontology#> SELECT")


def test_from_in_a_query_is_left_to_the_engine() -> None:
    """Parameters would override it."""
    engine = Engine(solutions())

    engine.store().query(Query("SELECT ?s FROM <http://example.org/one> { ?s ?p ?o }"))

    assert set(engine.form()) == {"query"}


def test_a_graph_that_was_merged_is_taken_out() -> None:
    """A graph that is held apart later is not left in the merge."""
    truth = httpx2.Response(200, json={"head": {}, "boolean": True})
    engine = Engine(truth, httpx2.Response(204))

    engine.store().hold_apart(APART)

    assert engine.form()["update"][0].startswith(f"DELETE {{ GRAPH <{MERGED}>")


def test_the_merge_can_be_made_anew() -> None:
    """All graphs but those of this file are merged, and get a version, so that nodes read them."""
    engine = Engine(solutions({"g": ONE.value}, {"g": MERGED}), httpx2.Response(204))

    engine.store().merge()

    text = engine.form()["update"][0]
    assert text.count(f"INSERT {{ GRAPH <{MERGED}>") == 2
    assert f"{{ {ONE} <urn:govkg:version>" in text


def test_a_write_whose_answer_is_lost_is_looked_for() -> None:
    """If the engine did it all is well; if it did not, or does not say, there is an error."""
    delta = Delta(dropped=frozenset({ONE}))
    done, undone = (httpx2.Response(200, json={"boolean": found}) for found in (True, False))
    lost, gone = httpx2.ReadError("broken off"), httpx2.ConnectError("refused")

    assert Engine(lost, done).store().apply(delta).startswith("urn:govkg:version:")
    with pytest.raises(StoreUnreachableError, match="broken off"):
        Engine(lost, undone).store().apply(delta)
    with pytest.raises(StoreUnreachableError, match="refused"):
        Engine(lost, gone).store().apply(delta)


def test_a_write_that_others_forestalled_is_refused() -> None:
    """The version was not the one that the change was worked out from."""
    engine = Engine(httpx2.Response(204), httpx2.Response(200, json={"boolean": False}))

    with pytest.raises(OutdatedError):
        engine.store().apply(Delta(dropped=frozenset({ONE})), "urn:govkg:version:old")

    assert "<urn:govkg:version:old>" in engine.form(0)["update"][0]


def test_blank_nodes_travel_as_iris() -> None:
    """They are IRIs in the engine and blank nodes in answers; numbers are canonical."""
    put = httpx2.Response(201), solutions({"n": "1"}), httpx2.Response(204)
    engine = Engine(*put, solutions({"s": BLANK + "b", "n": "1.0"}))
    store = engine.store()

    store.put(ONE, [TRIPLE])
    answer = store.query(Query("SELECT ?s ?n {}", {"solutions": "text/csv"}))

    assert (BLANK + "b").encode() in engine.requests[0].content
    assert answer.body == b"s,n\r\n_:b,1\r\n"


def test_a_put_that_loses_triples_changes_nothing() -> None:
    """What was staged is deleted and the graph is not touched."""
    engine = Engine(httpx2.Response(201), solutions({"n": "0"}), httpx2.Response(204))

    with pytest.raises(StoreUnreachableError, match="counts 0 triples"):
        engine.store().put(ONE, [TRIPLE])

    assert [request.method for request in engine.requests] == ["PUT", "POST", "DELETE"]


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (httpx2.ConnectError("refused"), StoreUnreachableError, "engine.example.*refused"),
        (httpx2.ConnectTimeout(""), StoreUnreachableError, "no connection in time"),
        (httpx2.ReadTimeout(""), DeadlineError, "60"),
        (httpx2.RemoteProtocolError("broken off"), StoreUnreachableError, "broken off"),
        (httpx2.Response(401), StoreUnreachableError, "401: nothing"),
        (httpx2.Response(503, text="Query timed out"), DeadlineError, "60"),
        (httpx2.Response(400, text="Parse error: x"), QuerySyntaxError, "Parse error: x"),
        (httpx2.Response(404, text="no dataset"), StoreUnreachableError, "no dataset"),
        (httpx2.Response(200, text='{"head": '), StoreUnreachableError, "not whole"),
        (httpx2.Response(200, text="<html>"), StoreUnreachableError, "not what was asked"),
        (httpx2.Response(200, json={"head": {}}), StoreUnreachableError, "not whole"),
        (solutions(**{"x-sparql-maxrows": "7"}), ResultTooLargeError, "7 rows"),
        (httpx2.Response(200, content=b" " * 9000), ResultTooLargeError, "1000 bytes"),
        (solutions(*[{"s": "http://example.org/" + "x" * 99}] * 12), ResultTooLargeError, "1000"),
    ],
    ids=range(14),
)
def test_bad_answers_become_our_errors(
    answer: httpx2.Response | Exception, error: type[GovkgError], words: str
) -> None:
    """A result is whole or an error, and the error says what the engine did."""
    with pytest.raises(error, match=words):
        Engine(answer).store().query(Query(SELECT, max_result_bytes=1000))


def test_code_inside_the_engine_is_refused() -> None:
    """Functions that only engines have can do more than answer."""
    engine = Engine()

    with pytest.raises(UnsafeInputError, match="runs code"):
        engine.store().query(Query("SELECT ?s { ?s <java:org.example.Run> ?o }"))

    assert engine.requests == []


@pytest.mark.parametrize(
    ("challenge", "start"),
    [("Basic realm=x", "Basic "), ('Digest realm="x", nonce="y"', "Digest ")],
)
def test_the_password_is_given_as_the_engine_asks(challenge: str, start: str) -> None:
    """It is not sent before the engine has said how, and then each time."""
    asked = httpx2.Response(401, headers={"WWW-Authenticate": challenge})
    digest = [httpx2.Response(401, headers={"WWW-Authenticate": challenge})] * (start[0] == "D")
    engine = Engine(asked, *digest, solutions(), solutions())
    store = engine.store(Login("user", "secret"))

    store.query(Query(SELECT))
    store.query(Query(SELECT))

    assert engine.logins[0] == ""
    assert all(login.startswith(start) for login in engine.logins[-2:])


def test_no_password_is_sent_unasked() -> None:
    """An open engine never learns it."""
    engine = Engine(solutions())

    engine.store(Login("user", "secret")).query(Query(SELECT))

    assert engine.logins == [""]


def test_a_token_is_sent() -> None:
    """It is sent with every request."""
    engine = Engine(solutions())
    store = engine.store(Token("t"))

    store.query(Query(SELECT))
    store.close()

    assert engine.logins == ["Bearer t"]


def test_the_settings_choose_the_store(tmp_path: Path) -> None:
    """Without an address it is embedded; addresses can be given one by one."""
    given = {"GOVKG_DATA_DIR": str(tmp_path)}
    url = {"GOVKG_STORE": "http://127.0.0.1:1/ds"}
    three = {f"GOVKG_STORE_{name}": "http://127.0.0.1:1/x" for name in ("QUERY", "UPDATE", "DATA")}

    assert isinstance(open_store(load_settings(given)), EmbeddedStore)
    assert isinstance(open_store(load_settings(url)), RemoteStore)
    assert isinstance(open_store(load_settings(url | {"GOVKG_STORE_TOKEN": "t"})), RemoteStore)
    assert isinstance(open_store(load_settings(three | {"GOVKG_STORE_USER": "u"})), RemoteStore)
    with pytest.raises(SettingError, match="not all of"):
        open_store(load_settings({"GOVKG_STORE_QUERY": "http://127.0.0.1:1/x"}))


@pytest.mark.parametrize("url", ["ftp://x/", "http://u:p@x/ds", "http://x/ds?a=b", "x"])
def test_an_address_holds_no_password(url: str) -> None:
    """Logs and errors repeat addresses."""
    with pytest.raises(SettingError, match="GOVKG_STORE"):
        load_settings({"GOVKG_STORE": url})
