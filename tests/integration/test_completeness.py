"""A 200 is complete: whatever the deadline, and whoever leaves, no answer is ever cut."""

import csv
import gzip
import io
import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
    serialize,
)

from govkg.errors import ResultTooLargeError
from govkg.store import Query
from govkg.store.querying import GRAPH_RESULT_FORMATS, RESULT_FORMATS
from govkg.store.view import View

from ..conformance.scratch import Client, Reply, running

ROWS: Final = 900
CAP: Final = 60_000
"""The largest result in bytes: less than what all rows take in any format."""
LIMITS: Final = {
    "GOVKG_DEFAULT_GRAPH": "merge",
    "GOVKG_WORKERS": "2",
    "GOVKG_WAITING": "3",
    "GOVKG_QUERY_SECONDS": "2",
    "GOVKG_WORKER_MEMORY_MB": "256",
    "GOVKG_MAX_RESULT_BYTES": str(CAP),
}
STATUS: Final = {
    "result-too-large": 422,
    "deadline": 503,
    "busy": 429,
    "memory-limit": 503,
    "query-syntax": 400,
    "not-acceptable": 406,
}
"""The only problems that may be met here, with their statuses."""
BY_CHANCE: Final = {"deadline", "busy", "memory-limit"}
"""Those that depend on the time and the load, and so may take the place of any answer."""

_P, _Q = NamedNode("urn:p"), NamedNode("urn:q")
_WORDS: Final = (
    "plain",
    'a "quoted", text',
    "two\nlines",
    "权威危机",
    "tab\there",
    "<&>",
    "é\u200d🙂",
)


def data() -> bytes:
    """Return quads in two graphs that share some, with texts that are hard to write."""
    quads = []
    for n in range(ROWS):
        text = Literal(f"{_WORDS[n % len(_WORDS)]} {n}", language="en" if n % 2 else "zh")
        quads.append(Quad(NamedNode(f"urn:s{n}"), _P, text, NamedNode("urn:g")))
        quads.append(Quad(NamedNode(f"urn:s{n}"), _Q, Literal(n), NamedNode("urn:g")))
        if n % 3 == 0:
            quads.append(Quad(NamedNode(f"urn:s{n}"), _P, text, NamedNode("urn:h")))
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


@dataclass(frozen=True)
class Ask:
    """One request, and how the client behaves."""

    text: str
    media: str
    seconds: float | None
    form: str
    """The protocol's way of sending it: get, form or direct."""
    zipped: bool
    leaves: float | None
    """After how many seconds the client goes away, if it does."""
    answer: str | None = None
    """The one value of the answer, where it is too dear to work it out again."""
    outcome: str | None = None
    """The code of the problem, where it is certain."""


TABLES = st.sampled_from(sorted(RESULT_FORMATS))
GRAPHS = st.sampled_from(sorted(GRAPH_RESULT_FORMATS))
ROW_COUNTS = st.one_of(
    st.integers(0, 20), st.integers(0, ROWS), st.sampled_from([ROWS // 2, ROWS, 10 * ROWS])
)
PATTERNS = st.sampled_from([
    "?s <urn:p> ?o",
    "?s <urn:q> ?o",
    "?s ?p ?o",
    "?s <urn:p> ?t ; <urn:q> ?o",
    "GRAPH ?g { ?s <urn:p> ?o }",
    "?s <urn:q> ?o FILTER(?o > 400)",
    "?s <urn:p> ?o FILTER(CONTAINS(?o, '权威'))",
    "{ ?s <urn:p> ?o } UNION { ?o <urn:q> ?s }",
    "?s <urn:q> ?o OPTIONAL { ?s <urn:p> ?t FILTER(LANG(?t) = 'zh') }",
    "?s <urn:nothing> ?o",
])  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> dict[str, object]:
    """Return a SELECT whose rows are settled by its order."""
    head = draw(
        st.sampled_from(["SELECT ?s ?o", "SELECT DISTINCT ?o ?s", "SELECT ?o (STR(?s) AS ?x)"])
    )
    more = f"LIMIT {draw(ROW_COUNTS)} OFFSET {draw(st.integers(0, 50))}"
    text = f"{head} {{ {draw(PATTERNS)} }} ORDER BY ?s ?o {more}"
    return {"text": text, "media": draw(TABLES)}


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, object]:
    """Return a CONSTRUCT or a DESCRIBE."""
    within = f"{{ {draw(PATTERNS)} }} ORDER BY ?s ?o LIMIT {draw(ROW_COUNTS)}"
    construct = (
        f"CONSTRUCT {{ <urn:it> <urn:has> ?o . ?s a <urn:S> }} WHERE {{ SELECT * {within} }}"
    )
    describe = " ".join(["DESCRIBE", *(f"<urn:s{n}>" for n in range(draw(st.integers(1, 300))))])
    return {"text": draw(st.sampled_from([construct, describe])), "media": draw(GRAPHS)}


@st.composite
def dear(draw: st.DrawFn) -> dict[str, object]:
    """Return a query that takes from a moment to longer than any deadline."""
    power = draw(st.integers(1, 3))
    pattern = " . ".join(f"?a{n} <urn:q> ?b{n}" for n in range(power))
    if draw(st.booleans()):
        text = f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"
        return {"text": text, "media": draw(TABLES), "answer": str(ROWS**power)}
    text = f"SELECT * {{ {pattern} }} ORDER BY DESC(?b0)"
    return {
        "text": text,
        "media": draw(TABLES),
        "outcome": "result-too-large" if power > 1 else None,
    }


ASKS = st.builds(
    lambda pattern, media: {"text": f"ASK {{ {pattern} }}", "media": media}, PATTERNS, TABLES
)
WRONG = st.one_of(
    st.builds(lambda m: {"text": "SELECT ?s { ?s", "media": m, "outcome": "query-syntax"}, TABLES),
    st.builds(lambda m: {"text": "ASK {}", "media": m, "outcome": "not-acceptable"}, GRAPHS),
)
SECONDS = st.one_of(st.none(), st.floats(0.001, 0.01), st.floats(0.001, 0.1), st.floats(0.05, 1.5))


@st.composite
def requests(draw: st.DrawFn) -> Ask:
    """Return any request."""
    what = draw(st.one_of(tables(), tables(), graphs(), dear(), ASKS, WRONG))
    return Ask(
        **what,  # type: ignore[arg-type]
        seconds=draw(SECONDS),
        form=draw(st.sampled_from(["get", "form", "direct"])),
        zipped=draw(st.booleans()),
        leaves=draw(st.one_of(st.none(), st.none(), st.floats(0, 0.1))),
    )


class Oracle:
    """What is right: the answer in this process, where there is no deadline."""

    def __init__(self) -> None:
        """Load the data."""
        self._view = View(data())
        self._known: dict[tuple[str, str], bytes | str] = {}

    def expect(self, ask: Ask) -> bytes | str:
        """Return the body of the answer, or the code of the problem in its place."""
        key = (ask.text, ask.media)
        if key not in self._known:
            self._known[key] = self._work_out(ask)
        return self._known[key]

    def _work_out(self, ask: Ask) -> bytes | str:
        kinds = ("solutions", "boolean", "graph")
        try:
            query = Query(ask.text, dict.fromkeys(kinds, ask.media), max_result_bytes=CAP)  # type: ignore[arg-type]
            return self._view.query(query).body
        except ResultTooLargeError as error:
            return error.code


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    """Return what knows the right answers."""
    return Oracle()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Run a service with tight limits that holds the data."""
    with running(tmp_path_factory.mktemp("completeness"), **LIMITS) as client:
        for graph in ("urn:g", "urn:h"):
            part = [q for q in parse(data(), RdfFormat.N_QUADS) if q.graph_name.value == graph]
            body = serialize((q.triple for q in part), format=RdfFormat.N_TRIPLES) or b""
            reply = client.send(
                "PUT", f"/data?graph={graph}", body, {"Content-Type": "application/n-triples"}
            )
            assert reply.status == 201, reply.body
        yield client


def parts(ask: Ask) -> tuple[str, str, bytes, dict[str, str]]:
    """Return method, path, body and headers of a request."""
    more = {} if ask.seconds is None else {"timeout": f"{ask.seconds:.4f}"}
    headers = {"Accept": ask.media} | ({"Accept-Encoding": "gzip"} if ask.zipped else {})
    if ask.form == "get":
        return "GET", f"/sparql?{urlencode({'query': ask.text} | more)}", b"", headers
    if ask.form == "form":
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return "POST", "/sparql", urlencode({"query": ask.text} | more).encode(), headers
    headers["Content-Type"] = "application/sparql-query"
    return "POST", f"/sparql?{urlencode(more)}", ask.text.encode(), headers


def leave(client: Client, ask: Ask) -> None:
    """Send a request, wait a little, perhaps read a little, and go."""
    method, path, body, headers = parts(ask)
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", client.port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        connection.settimeout(max(ask.leaves or 0, 0.001))
        with suppress(TimeoutError):
            connection.recv(100)


def send(client: Client, ask: Ask) -> Reply | None:
    """Return the reply, read to the length that was announced, or nothing if the client left."""
    if ask.leaves is not None:
        leave(client, ask)
        return None
    method, path, body, headers = parts(ask)
    return client.send(method, path, body or None, headers)


def meaning(body: bytes, media: str) -> object:
    """Return what a body says, whatever the order of its rows; raises if it is cut."""
    if media == "application/rdf+xml":
        assert body.rstrip().endswith(b"</rdf:RDF>"), body[-40:]  # which the parser does not need
    if media in GRAPH_RESULT_FORMATS:
        return set(parse(body, RdfFormat.from_media_type(media)))
    if media == "text/csv":
        assert body.endswith((b"\r\n", b"true", b"false")), body[-40:]
        return Counter(map(tuple, csv.reader(io.StringIO(body.decode(), newline=""))))
    found = parse_query_results(body, QueryResultsFormat.from_media_type(media))
    if isinstance(found, QuerySolutions):
        return Counter(tuple(map(str, row)) for row in found), [v.value for v in found.variables]
    return bool(found)


def check(ask: Ask, reply: Reply, oracle: Oracle) -> str:
    """Hold a reply to the claim, and return what it was."""
    body = reply.body
    if reply.headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    if reply.status != 200:
        return check_problem(ask, reply, body, oracle)
    assert reply.media_type == ask.media
    assert ask.outcome is None, ask
    if ask.answer is not None:
        assert ask.answer in body.decode(), body
        meaning(body, ask.media)
    else:
        right = oracle.expect(ask)
        assert isinstance(right, bytes), (ask, right)
        assert meaning(body, ask.media) == meaning(right, ask.media), ask
    return "complete"


def check_problem(ask: Ask, reply: Reply, body: bytes, oracle: Oracle) -> str:
    """Hold a problem to its form, its status and its reason, and return its code."""
    assert reply.media_type == "application/problem+json", reply
    problem = json.loads(body)
    assert STATUS[problem["code"]] == reply.status == problem["status"], problem
    assert problem["title"] and problem["detail"]
    assert ("retry-after" in reply.headers) is (reply.status in (429, 503))
    if problem["code"] not in BY_CHANCE:
        right = ask.outcome or (None if ask.answer else oracle.expect(ask))
        assert problem["code"] == right, (ask, problem)
    return str(problem["code"])


def run(batch: list[Ask], client: Client, oracle: Oracle) -> list[str]:
    """Send a batch, four at a time, and return what came back once it is checked.

    Afterwards the service is as good as ever.
    """
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda ask: send(client, ask), batch))

    pairs = zip(batch, replies, strict=True)
    outcomes = [check(ask, reply, oracle) for ask, reply in pairs if reply is not None]
    wait_for_an_answer(client)
    return outcomes


def wait_for_an_answer(client: Client) -> None:
    """Ask something easy until it is answered, which must be soon: leavers free their workers."""
    until = time.monotonic() + 8
    while (reply := client.query("ASK {}")).status != 200:
        assert reply.status in (429, 503), reply
        assert time.monotonic() < until, reply
        time.sleep(0.05)


RELAXED = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
)


def bounded(seconds: float, client: Client, oracle: Oracle) -> Counter[str]:
    """Run random batches for a time; return what came back how often."""
    until, seen = time.monotonic() + seconds, Counter[str]()

    @settings(RELAXED)
    @given(st.lists(requests(), min_size=1, max_size=12))
    def go(batch: list[Ask]) -> None:
        if time.monotonic() < until:
            seen.update(run(batch, client, oracle))

    while time.monotonic() < until:
        go()
    return seen


def test_a_200_is_complete(service: Client, oracle: Oracle) -> None:
    """Each 200 parses and says what is right; all else is a problem with the right status."""
    seen = bounded(6, service, oracle)

    assert seen["complete"] > 10, seen
    assert {"deadline", "result-too-large"} <= set(seen), seen


@pytest.mark.soak
def test_a_200_is_complete_for_long(service: Client, oracle: Oracle) -> None:
    """The same with many more random requests."""
    seen = bounded(70, service, oracle)

    assert seen["complete"] > 100, seen
    assert {"deadline", "result-too-large", "query-syntax", "not-acceptable"} <= set(seen), seen


@pytest.mark.parametrize("media", sorted({**RESULT_FORMATS, **GRAPH_RESULT_FORMATS}))
def test_a_cut_would_be_noticed(oracle: Oracle, media: str) -> None:
    """The check of a body is one: a body without its end does not pass for the whole."""
    query = "CONSTRUCT { ?s <urn:p> ?o }" if media in GRAPH_RESULT_FORMATS else "SELECT ?s ?o"
    ask = Ask(f"{query} {{ ?s <urn:p> ?o }} ORDER BY ?s LIMIT 40", media, None, "get", False, None)
    body = oracle.expect(ask)
    assert isinstance(body, bytes)
    whole = meaning(body, media)

    for length in range(0, len(body.rstrip(b" \t\r\n]}>.")) - 1, 31):
        assert meaning_of_cut(body[:length], media) != whole, length


def meaning_of_cut(body: bytes, media: str) -> object:
    """Return what a body says, or nothing if it does not parse."""
    with suppress(AssertionError, SyntaxError, ValueError, csv.Error):
        return meaning(body, media)
    return None
