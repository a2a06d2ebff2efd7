"""The remote store: any engine that speaks SPARQL 1.1: query, update and graph store protocol.

What is kept in the engine, beside the named graphs (docs/operations/remote-store.md says more):

* ``urn:govkg:merged`` holds, as a set, what all graphs say but those held apart. Engines differ in
  what they call the default graph, and in whether several graphs merge as a set; one graph is
  the same everywhere, and a query need not list thousands of names.
* ``urn:govkg:unnamed`` holds the triples of the unnamed graph, which engines treat differently.
* ``urn:govkg:state`` holds the version of the data and, for each graph, that of its last change. A
  change is one update request that first puts a new version in the place of the one that the change
  was worked out from. All else in it depends on the new version being there, so of two writers that
  start from the same data one is told to start again.
* ``urn:govkg:staging:…`` holds triples that come or go, until one update puts them in place.
* A blank node is kept as a Skolem IRI (RDF 1.1 Concepts, section 3.5), since a blank node cannot
  be named in a second request. It is a blank node again in everything that is read.
"""

import json
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias, overload
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

import httpx2
from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
    serialize,
)
from pyoxigraph import Store as Oxigraph

from govkg.errors import (
    DeadlineError,
    GovkgError,
    OutdatedError,
    QuerySyntaxError,
    ResultTooLargeError,
    StoreUnreachableError,
    UnsafeInputError,
)
from govkg.rdf import Node, used_prefixes
from govkg.store.deltas import Delta, canonical, in_graph, name_of
from govkg.store.embedded import in_memory
from govkg.store.querying import (
    GRAPH_RESULT_FORMATS,
    RESULT_FORMATS,
    Answer,
    Query,
    answer,
    bare,
)
from govkg.store.updating import Update
from govkg.vocabulary import PREFIXES

Subject: TypeAlias = NamedNode | BlankNode | Triple
Form: TypeAlias = dict[str, str | list[str]]

OWN: Final = "urn:govkg:"
"""Graphs whose names start so belong to this file and are shown to nobody."""
MERGED: Final = OWN + "merged"
UNNAMED: Final = NamedNode(OWN + "unnamed")
STATE: Final = OWN + "state"
BLANK: Final = "https://w3id.org/.well-known/genid/govkg/"
"""The Skolem IRIs of blank nodes start so."""
SYSTEM_GRAPHS: Final = frozenset(
    {
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://www.w3.org/ns/ldp#",
        "http://www.w3.org/2002/07/owl#",
        "http://localuriqaserver/sparql",
        "http://localhost:8890/DAV/",
        "http://localhost:8890/sparql",
        "urn:activitystreams-owl:map",
        "urn:core:services:sparql",
    }
)
"""Graphs that a fresh Virtuoso holds for itself."""

_DATA: Final = f"<{OWN}data>"
_VERSION: Final = f"<{OWN}version>"
_FOLLOWS: Final = f"<{OWN}follows>"  # from a version to the one before, as a receipt
_TRIES: Final = 10  # how often an update is worked out again because others were quicker
_NOTHING: Final = OWN + "nothing"  # names a graph that never exists, where a list must not be empty
_JSON = "application/sparql-results+json"
_TRIPLES = "application/n-triples"
_WIRE = 8  # a result may be so much longer in the engine's JSON than in the format asked for
_RETRY_AFTER = 5  # seconds
_CHUNK = 20_000  # triples that are written to a dump at once
_CUT = "x-sparql-maxrows"  # Virtuoso says so when it left rows out; its number is the limit
_NUMBERS = {
    f"http://www.w3.org/2001/XMLSchema#{name}" for name in ("integer", "decimal", "double", "float")
}
_TOO_SLOW = ("timed out", "timeout", "estimated execution time")
_KEYWORD_FROM = re.compile(r"(?<![?$:\w])FROM(?![\w:])")
_FOREIGN = re.compile(
    r"<\s*(?:bif|sql|java|js|loadjs|http://www\.openlinksw\.com/schemas/(?:bif|sql))\b",
    re.IGNORECASE,
)


class Addresses(NamedTuple):
    """Where an engine answers queries, takes updates, and lets whole graphs be written."""

    query: str
    update: str
    data: str

    @classmethod
    def under(cls, url: str) -> "Addresses":
        """Return the addresses under which Apache Jena Fuseki has those of a dataset."""
        base = url.rstrip("/")
        return cls(base + "/sparql", base + "/update", base + "/data")


@dataclass(frozen=True)
class Limits:
    """How long and how much the store waits for."""

    seconds: float = 60.0
    graph_bytes: int = 1_000_000_000


class Login(httpx2.Auth):
    """A user's name and password, given in the way the engine asks for: Basic or Digest."""

    def __init__(self, user: str, password: str) -> None:
        """Keep both."""
        self._basic = httpx2.BasicAuth(user, password)
        self._digest = httpx2.DigestAuth(user, password)
        self._chosen: httpx2.Auth | None = None

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request, and again with the password once the engine has said how."""
        if self._chosen is None:
            response = yield request
            if response.status_code != httpx2.codes.UNAUTHORIZED:
                return
            asked = response.headers.get("www-authenticate", "").lower()
            self._chosen = self._digest if asked.startswith("digest") else self._basic
        yield from self._chosen.auth_flow(request)


class Token(httpx2.Auth):
    """A bearer token."""

    def __init__(self, token: str) -> None:
        """Keep it."""
        self._header = f"Bearer {token}"

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request with the token."""
        request.headers["Authorization"] = self._header
        yield request


@dataclass(frozen=True)
class _Staged:
    """What changes in one graph; what comes and goes is in graphs of its own."""

    graph: NamedNode
    replaced: bool = False
    """Whether all that the graph held goes."""
    kept: bool = True
    """Whether there is such a graph afterwards."""
    removed: NamedNode | None = None
    added: NamedNode | None = None


class RemoteStore:
    """An RDF dataset in an engine elsewhere; it follows the Store protocol.

    Every method can raise StoreUnreachableError and DeadlineError. Nothing is kept here but the
    names of the graphs held apart, so any number of processes may share an engine.
    """

    def __init__(
        self,
        addresses: Addresses,
        auth: httpx2.Auth | None = None,
        limits: Limits = Limits(),
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Name the engine; nothing is sent yet. A transport takes the place of the network."""
        self._addresses = addresses
        self._limits = limits
        self._apart: set[NamedNode] = set()
        self._receipts: list[str] = []
        self._client = httpx2.Client(
            auth=auth,
            timeout=limits.seconds,
            transport=transport or httpx2.HTTPTransport(retries=1),
            trust_env=False,  # no proxy that a variable names gets to see the data
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def hold_apart(self, graph: NamedNode) -> None:
        """Say that queries may leave this graph out, and take it out of the merge if it is in."""
        self._apart.add(graph)
        if self._ask(f"ASK {{ {_g(graph)} {{ ?s ?p ?o }} GRAPH <{MERGED}> {{ ?s ?p ?o }} }}"):
            self._update(*self._unmerge(graph, graph))

    def query(self, query: Query) -> Answer:
        """Answer a SPARQL query as a View does.

        It is first run on nothing, here: so all errors in it are those that an embedded store
        finds, and what reaches the engine is known to be a query.
        """
        rehearsed = answer(Oxigraph(), query)
        if _FOREIGN.search(query.text):
            what = "a function that runs code inside the engine"
            raise UnsafeInputError(what=what, remedy="Use functions of SPARQL 1.1.")
        wanted = _TRIPLES if rehearsed.kind == "graph" else _JSON
        form: Form = {"query": _with_prefixes(query.text), **self._dataset(query)}
        with self._ours():
            body = self._ask_for(form, wanted, query.max_result_bytes)
            result = _rewritten(body, rehearsed)
        if len(result) > query.max_result_bytes:
            raise ResultTooLargeError(limit=query.max_result_bytes, unit="bytes")
        return Answer(result, rehearsed.media_type, rehearsed.kind)

    def version(self) -> str:
        """Return the version of the data: nothing before the first write."""
        found = self._select(f"SELECT ?v {{ GRAPH <{STATE}> {{ {_DATA} {_VERSION} ?v }} }}")
        return min((row["v"]["value"] for row in found), default="")

    def tokens(self) -> dict[NamedNode | None, str]:
        """Return every graph but those held apart, with the version in which it last changed.

        None is the unnamed graph. A graph that others wrote here has no version: nothing.
        """
        rows = self._select(f"SELECT ?g ?v {{ GRAPH <{STATE}> {{ ?g {_VERSION} ?v }} }}")
        versions = {row["g"]["value"]: row["v"]["value"] for row in rows}
        graphs = (graph for graph in self.graphs() if graph not in self._apart)
        found: dict[NamedNode | None, str] = {None: versions.get(UNNAMED.value, "")}
        return found | {graph: versions.get(graph.value, "") for graph in graphs}

    def apply(self, delta: Delta, version: str | None = None) -> str:
        """Carry out a change by one update request; see the protocol.

        All that comes and goes is staged and counted in the engine first. If the engine breaks off
        it is asked whether the change has come about; StoreUnreachableError if it does not say.
        """
        new = f"{OWN}version:{uuid4()}"
        staged: list[_Staged] = []
        try:
            staged += self._stage(delta)
            operations = (each for part in staged for each in self._operations(part, new))
            self._update(*self._claim(version, new), *operations, *self._forget())
            done = self._followed(new)
        except GovkgError:
            done = self._followed(new)
            if not done:
                self._drop(staged)
                raise
        if not done:
            raise OutdatedError(retry_after=1)
        self._receipts.append(new)
        return new

    def update(self, wanted: Update) -> None:
        """Carry out all operations of a SPARQL update or none; see ``updating``.

        This is for a single user: all data is read. The engine is sent what changes, so an update
        means the same everywhere.
        """
        for _ in range(_TRIES):
            version = self.version()
            copy = in_memory(self)
            with suppress(OutdatedError):
                delta = copy.changes(wanted)
                if delta:
                    self.apply(delta, version)
                return
        raise OutdatedError(retry_after=1)

    def put(self, graph: NamedNode, triples: Iterable[Triple]) -> None:
        """Make the named graph hold exactly these triples.

        Numbers and dates are sent in canonical form, as the embedded store keeps them. The triples
        are counted in the engine before they replace what was there; StoreUnreachableError is
        raised, and nothing is changed, if it does not hold as many as were sent.
        """
        part = _Staged(graph, replaced=True)
        wanted = canonical(triples)
        new = f"{OWN}version:{uuid4()}"
        try:
            if wanted:
                part = replace(part, added=self._load(wanted))
            claim = () if graph in self._apart else self._claim(None, new)
            self._update(*claim, *self._operations(part, "" if graph in self._apart else new))
        except GovkgError:
            self._drop([part])
            raise

    def remove(self, graph: NamedNode) -> None:
        """Remove a named graph; it need not exist."""
        self.apply(Delta(dropped=frozenset({graph})))

    def merge(self) -> None:
        """Make the merge anew, after others than govkg have written to the engine.

        Every node then reads all graphs again.
        """
        new = f"{OWN}version:{uuid4()}"
        operations = [f"DROP SILENT GRAPH <{MERGED}>"]
        for graph in (UNNAMED, *self.graphs()):
            operations += [self._merge(graph, graph, ""), *_stamp(graph, new, "")]
        self._update(*self._claim(None, new), *operations)

    def graphs(self) -> list[NamedNode]:
        """Return the names of all graphs, sorted."""
        noted = f"GRAPH <{STATE}> {{ ?g {_VERSION} ?v }}"
        found = self._select(
            f"SELECT DISTINCT ?g {{ {{ GRAPH ?g {{ ?s ?p ?o }} }} UNION {{ {noted} }} }}"
        )
        return _visible(row["g"]["value"] for row in found)

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a named graph."""
        headers = {"Accept": _TRIPLES}
        response = self._send("GET", self._data(graph), headers=headers)
        with self._ours():
            found = _read_triples(response) if response else []
        self._check_count(graph, len(found))
        return canonical(found)

    def unnamed(self) -> list[Triple]:
        """Return the triples of the unnamed graph, which is not the engine's own default graph."""
        return self.triples(UNNAMED)

    def graphs_with(self, triple: Triple) -> tuple[NamedNode, ...]:
        """Return the names of the graphs that hold a triple."""
        pattern = f"{_named(triple.subject)} {triple.predicate} {_named(triple.object)}"
        found = self._select(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ {pattern} }} }}")
        return tuple(_visible(row["g"]["value"] for row in found))

    def dump(self, path: Path) -> None:
        """Write the whole dataset to a file as N-Quads, replacing it at once or not at all.

        It is read graph by graph: what others write meanwhile may be in it or not, by whole graphs.
        """
        unfinished = path.with_suffix(path.suffix + ".new")
        with unfinished.open("wb") as file:
            for graph in (None, *self.graphs()):
                triples = self.triples(graph or UNNAMED)
                for start in range(0, len(triples), _CHUNK):
                    part = triples[start : start + _CHUNK]
                    serialize(in_graph(graph, part), file, RdfFormat.N_QUADS)
        unfinished.replace(path)

    def __len__(self) -> int:
        """Count the quads."""
        names = {graph.value for graph in (UNNAMED, *self.graphs())}
        found = self._select("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        return sum(int(row["n"]["value"]) for row in found if row["g"]["value"] in names)

    def _dataset(self, query: Query) -> dict[str, list[str]]:
        """Return the protocol's parameters for the dataset that a View would show this query."""
        code = bare(query.text).upper()
        if query.default_graphs or query.named_graphs:
            default, named = list(query.default_graphs), list(query.named_graphs)
        elif _KEYWORD_FROM.search(code):
            return {}
        else:
            left_out = set(query.without_graphs)
            apart = sorted(graph.value for graph in self._apart)
            default = [MERGED, *(iri for iri in apart if iri not in left_out)]
            graphs = self.graphs() if "GRAPH" in code else []
            named = [graph.value for graph in graphs if graph.value not in left_out]
        # Virtuoso reads a missing list as “all graphs”.
        return {"default-graph-uri": default or [_NOTHING], "named-graph-uri": named or [_NOTHING]}

    # --- how a change becomes one update request --------------------------------------------------

    def _stage(self, delta: Delta) -> Iterator["_Staged"]:
        """Yield, graph by graph, what changes; its triples are in the engine, and counted."""
        for graph in sorted(delta.graphs, key=str):
            gone, come = (
                [quad.triple for quad in quads if name_of(quad) == graph]
                for quads in (delta.removed, delta.added)
            )
            yield _Staged(
                graph or UNNAMED,
                replaced=graph in delta.dropped,
                kept=bool(come) or graph not in delta.dropped or graph in delta.created,
                removed=self._load(gone) if gone else None,
                added=self._load(come) if come else None,
            )

    def _load(self, triples: Iterable[Triple]) -> NamedNode:
        """Send triples to a staging graph and count them there."""
        named = [Triple(_named(t.subject), t.predicate, _named(t.object)) for t in triples]
        body = serialize(named, format=RdfFormat.N_TRIPLES) or b""
        staging = NamedNode(f"{OWN}staging:{uuid4()}")
        try:
            self._send("PUT", self._data(staging), content=body, headers={"Content-Type": _TRIPLES})
            self._check_count(staging, len(named))
        except GovkgError:
            self._send("DELETE", self._data(staging))
            raise
        return staging

    def _drop(self, staged: Iterable["_Staged"]) -> None:
        """Drop what was staged for a change that did not come about, if the engine still hears."""
        for graph in (each for part in staged for each in (part.removed, part.added) if each):
            with suppress(GovkgError):
                self._send("DELETE", self._data(graph))

    def _claim(self, old: str | None, new: str) -> tuple[str, ...]:
        """Return the operations that make a version the present one: always, or only after ``old``.

        They leave a receipt, since the version may be another again when it is looked at.
        """
        mark = f"{_DATA} {_VERSION}"
        receipt = f"<{new}> {_FOLLOWS} <{old or _NOTHING}>"
        come = f"INSERT {{ GRAPH <{STATE}> {{ {mark} <{new}> . {receipt} }} }}"
        if old is None:
            return (
                f"DELETE WHERE {{ GRAPH <{STATE}> {{ {mark} ?v }} }}",
                f"INSERT DATA {{ GRAPH <{STATE}> {{ {mark} <{new}> . {receipt} }} }}",
            )
        if not old:
            none = f"FILTER NOT EXISTS {{ GRAPH <{STATE}> {{ {mark} ?v }} }}"
            return (f"{come} WHERE {{ {none} }}",)
        there = f"GRAPH <{STATE}> {{ {mark} <{old}> }}"
        return (f"DELETE {{ {there} }} {come} WHERE {{ {there} }}",)

    def _followed(self, new: str) -> bool:
        """Say whether a version has been the present one."""
        return self._ask(f"ASK {{ GRAPH <{STATE}> {{ <{new}> {_FOLLOWS} ?v }} }}")

    def _forget(self) -> list[str]:
        """Return the operations that remove the receipts of changes that are known to be done."""
        receipts, self._receipts = self._receipts, []
        pattern = "DELETE WHERE {{ GRAPH <{}> {{ <{}> {} ?v }} }}"
        return [pattern.format(STATE, each, _FOLLOWS) for each in receipts]

    def _operations(self, part: "_Staged", new: str) -> Iterator[str]:
        """Yield what one graph needs, if this version is the present one; nothing means always."""
        graph, guard = part.graph, _guard(new)
        if part.replaced:
            yield from self._unmerge(graph, graph, guard)
            yield f"DELETE {{ {_all(graph)} }} WHERE {{ {guard} {_all(graph)} }}"
        if part.removed:
            yield f"DELETE {{ {_all(graph)} }} WHERE {{ {guard} {_all(part.removed)} }}"
            yield from self._unmerge(graph, part.removed, guard)
        if part.added:
            yield f"INSERT {{ {_all(graph)} }} WHERE {{ {guard} {_all(part.added)} }}"
            yield self._merge(graph, part.added, guard)
        if new:
            yield from _stamp(graph, new if part.kept else None, guard)
        for staging in (part.removed, part.added):
            if staging:
                yield f"DROP SILENT {_g(staging)}"

    def _unmerge(self, graph: NamedNode, gone: NamedNode, guard: str = "") -> tuple[str, ...]:
        """Return the updates that take out of the merge what a graph says and another repeats.

        All that is taken out, and what other graphs say put back: joins, which engines do quickly.
        """
        merged, these = f"GRAPH <{MERGED}> {{ ?s ?p ?o }}", f"{guard} {_all(gone)}"
        others = ", ".join(str(each) for each in sorted({graph, *self._apart}, key=str))
        own = f'(?other = {UNNAMED} || !STRSTARTS(STR(?other), "{OWN}"))'
        return (
            f"DELETE {{ {merged} }} WHERE {{ {these} }}",
            f"INSERT {{ {merged} }} WHERE {{ {these} GRAPH ?other {{ ?s ?p ?o }} "
            f"FILTER (?other NOT IN ({others}) && {own}) }}",
        )

    def _merge(self, graph: NamedNode, source: NamedNode, guard: str) -> str:
        """Return the update that merges a graph, written in another, unless it is held apart."""
        if graph in self._apart:
            return ""
        return f"INSERT {{ GRAPH <{MERGED}> {{ ?s ?p ?o }} }} WHERE {{ {guard} {_all(source)} }}"

    def _check_count(self, graph: NamedNode, expected: int) -> None:
        """Raise StoreUnreachableError unless the engine holds so many triples in a graph."""
        (row,) = self._select(f"SELECT (COUNT(*) AS ?n) {{ {_g(graph)} {{ ?s ?p ?o }} }}")
        if int(row["n"]["value"]) != expected:
            reason = f"it counts {row['n']['value']} triples in {graph} where {expected} crossed"
            raise self._unreachable(reason)

    def _data(self, graph: NamedNode) -> str:
        return f"{self._addresses.data}?graph={quote(graph.value, safe='')}"

    def _update(self, *operations: str) -> None:
        text = " ;\n".join(operation for operation in operations if operation)
        self._send("POST", self._addresses.update, data={"update": text})

    def _select(self, text: str) -> list[Any]:
        with self._ours():
            body = self._ask_for({"query": text}, _JSON, self._limits.graph_bytes)
            return list(json.loads(body)["results"]["bindings"])

    def _ask(self, text: str) -> bool:
        with self._ours():
            body = self._ask_for({"query": text}, _JSON, self._limits.graph_bytes)
            return bool(json.loads(body)["boolean"])

    def _ask_for(self, form: Form, wanted: str, limit: int) -> bytes:
        """Send a query and return the whole result, which is refused if it may have been cut."""
        address, headers = self._addresses.query, {"Accept": wanted}
        return self._send("POST", address, data=form, headers=headers, limit=limit * _WIRE)

    def _send(self, method: str, url: str, *, limit: int | None = None, **content: Any) -> bytes:
        """Send a request and return the body of the answer, nothing if there is no such graph."""
        most = limit or self._limits.graph_bytes
        with self._ours(), self._client.stream(method, url, **content) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > most:
                    raise ResultTooLargeError(limit=most // (_WIRE if limit else 1), unit="bytes")
            if response.status_code == httpx2.codes.NOT_FOUND and method in ("GET", "DELETE"):
                return b""
            self._check_status(response, bytes(body))
            return bytes(body)

    def _check_status(self, response: httpx2.Response, body: bytes) -> None:
        """Translate what an engine says instead of an answer."""
        said = " ".join(body[:2000].decode(errors="replace").split())[:300]
        if response.is_success:
            if _CUT in response.headers:
                raise ResultTooLargeError(limit=int(response.headers[_CUT]), unit="rows")
            return
        if any(words in said.lower() for words in _TOO_SLOW):
            raise DeadlineError(seconds=self._limits.seconds, retry_after=_RETRY_AFTER)
        if response.status_code == httpx2.codes.BAD_REQUEST:
            expected = f"the engine behind this service refuses it: {said}"
            hint = "It is good SPARQL 1.1 for govkg; see docs/operations/remote-store.md."
            raise QuerySyntaxError(line=None, column=None, expected=expected, hint=hint)
        raise self._unreachable(f"it answers {response.status_code}: {said or 'nothing'}")

    @contextmanager
    def _ours(self) -> Iterator[None]:
        """Translate what the network and the parsers raise; the only place that does."""
        try:
            yield
        except httpx2.ConnectTimeout as error:
            raise self._unreachable("no connection in time") from error
        except httpx2.TimeoutException as error:
            raise DeadlineError(seconds=self._limits.seconds, retry_after=_RETRY_AFTER) from error
        except httpx2.HTTPError as error:
            raise self._unreachable(str(error) or type(error).__name__) from error
        except (ValueError, KeyError, TypeError, SyntaxError) as error:
            reason = f"its answer is not whole or not what was asked for ({error})"
            raise self._unreachable(reason) from error

    def _unreachable(self, reason: str) -> StoreUnreachableError:
        host = urlsplit(self._addresses.query).netloc.rpartition("@")[2]
        return StoreUnreachableError(address=host, reason=reason, retry_after=_RETRY_AFTER)


def _g(graph: NamedNode) -> str:
    """Name a graph as SPARQL does."""
    return f"GRAPH {graph}"


def _all(graph: NamedNode) -> str:
    """Return the pattern of all triples in a graph."""
    return f"{_g(graph)} {{ ?s ?p ?o }}"


def _guard(version: str) -> str:
    """Return the pattern that is matched only while this is the version, or always."""
    return f"GRAPH <{STATE}> {{ {_DATA} {_VERSION} <{version}> }}" if version else ""


def _stamp(graph: NamedNode, version: str | None, guard: str) -> Iterator[str]:
    """Yield what notes the version in which a graph has changed; None: there is no such graph."""
    there = f"GRAPH <{STATE}> {{ {graph} {_VERSION} ?v }}"
    yield f"DELETE {{ {there} }} WHERE {{ {guard} {there} }}"
    if version:
        noted = f"GRAPH <{STATE}> {{ {graph} {_VERSION} <{version}> }}"
        yield f"INSERT {{ {noted} }} WHERE {{ {guard} }}"


def _visible(names: Iterable[str]) -> list[NamedNode]:
    """Return the graphs that are neither the engine's own nor this file's, sorted."""
    shown = (name for name in set(names) if not name.startswith(OWN))
    return [NamedNode(name) for name in sorted(shown) if name not in SYSTEM_GRAPHS]


def _with_prefixes(text: str) -> str:
    """Declare the well-known prefixes that a query has not declared, on its first line."""
    code = bare(text)
    declared = set(re.findall(r"PREFIX\s+([\w-]*):", code, re.IGNORECASE))
    missing = (name for name in PREFIXES if f"{name}:" in code and name not in declared)
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in missing) + text


@overload
def _named(term: Subject) -> Subject: ...
@overload
def _named(term: Node) -> Node: ...
def _named(term: Node) -> Node:
    """Return the Skolem IRI of a blank node, and any other term as it is."""
    return NamedNode(BLANK + quote(term.value, safe="")) if isinstance(term, BlankNode) else term


@overload
def _blank(term: Subject) -> Subject: ...
@overload
def _blank(term: Node) -> Node: ...
def _blank(term: Node) -> Node:
    """Return the blank node that a Skolem IRI stands for, and any other term as it is."""
    if isinstance(term, NamedNode) and term.value.startswith(BLANK):
        return BlankNode(unquote(term.value.removeprefix(BLANK)))
    return term


def _read_triples(body: bytes) -> list[Triple]:
    """Read N-Triples, with the blank nodes that were written as IRIs."""
    found = parse(body, format=RdfFormat.N_TRIPLES)
    return [Triple(_blank(q.subject), q.predicate, _blank(q.object)) for q in found]


def _rewritten(body: bytes, rehearsed: Answer) -> bytes:
    """Write an engine's result in the format asked for, with blank nodes."""
    if rehearsed.kind == "graph":
        triples = canonical(_read_triples(body))
        syntax = GRAPH_RESULT_FORMATS[rehearsed.media_type]
        return serialize(triples, format=syntax, prefixes=used_prefixes(triples)) or b""
    result = json.loads(body)
    terms = [term for row in _rows(result) for term in row.values()]
    for term in terms:
        _correct(term)
    _canonicalise([term for term in terms if term.get("datatype") in _NUMBERS])
    parsed = parse_query_results(json.dumps(result).encode(), QueryResultsFormat.JSON)
    return parsed.serialize(format=RESULT_FORMATS[rehearsed.media_type]) or b""


def _rows(result: dict[str, Any]) -> list[dict[str, dict[str, str]]]:
    """Return the solutions in a JSON result; there are none in a truth value."""
    return list(result["results"]["bindings"]) if "results" in result else []


def _canonicalise(terms: list[dict[str, str]]) -> None:
    """Write the numbers of a JSON result as the embedded store does: 1.0 becomes 1."""
    given = {(term["value"], term["datatype"]) for term in terms}
    keys = {NamedNode(f"{OWN}{number}"): each for number, each in enumerate(given)}
    literals = {key: Literal(value, datatype=NamedNode(d)) for key, (value, d) in keys.items()}
    triples = canonical(Triple(key, key, literal) for key, literal in literals.items())
    values = {keys[t.subject]: t.object.value for t in triples}  # type: ignore[index, union-attr]
    for term in terms:
        term["value"] = values[term["value"], term["datatype"]]


def _correct(term: dict[str, str]) -> None:
    """Give a term of a JSON result the form of SPARQL 1.1, and of a blank node if it was one."""
    if term["type"] == "typed-literal":  # Virtuoso
        term["type"] = "literal"
    elif term["type"] == "uri" and term["value"].startswith(BLANK):
        term["type"] = "bnode"
        term["value"] = unquote(term["value"].removeprefix(BLANK))
