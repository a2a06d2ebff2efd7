"""The connection to an engine: what it is asked in HTTP, and what becomes of bad answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias
from urllib.parse import quote, urlsplit

import httpx2
from pyoxigraph import NamedNode

from govkg.errors import (
    DeadlineError,
    QuerySyntaxError,
    ResultTooLargeError,
    StoreUnreachableError,
)
from govkg.store.remote.graphs import all_of

Form: TypeAlias = dict[str, str | list[str]]

JSON: Final = "application/sparql-results+json"
N_TRIPLES: Final = "application/n-triples"

_WIRE: Final = 8  # a result may be so much longer in the engine's JSON than in the format asked for
_RETRY_AFTER: Final = 5  # seconds
_CUT: Final = "x-sparql-maxrows"  # Virtuoso says so when it left rows out; its number is the limit
_TOO_SLOW: Final = ("timed out", "timeout", "estimated execution time")


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


class Connection:
    """An engine, spoken to by the SPARQL 1.1 protocols.

    Every method but ``close`` can raise StoreUnreachableError and DeadlineError.
    """

    def __init__(
        self,
        addresses: Addresses,
        auth: httpx2.Auth | None,
        limits: Limits,
        transport: httpx2.BaseTransport | None,
    ) -> None:
        """Name the engine; nothing is sent yet. A transport takes the place of the network."""
        self._addresses = addresses
        self._limits = limits
        self._client = httpx2.Client(
            auth=auth,
            timeout=limits.seconds,
            transport=transport or httpx2.HTTPTransport(retries=1),
            trust_env=False,  # no proxy that a variable names gets to see the data
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def query(self, form: Form, wanted: str, limit: int) -> bytes:
        """Send a query and return the whole result, which is refused if it may have been cut."""
        address, headers = self._addresses.query, {"Accept": wanted}
        return self._send("POST", address, data=form, headers=headers, limit=limit * _WIRE)

    def select(self, text: str) -> list[Any]:
        """Return the rows that a SELECT finds, as JSON has them."""
        with self.our_errors():
            body = self.query({"query": text}, JSON, self._limits.graph_bytes)
            return list(json.loads(body)["results"]["bindings"])

    def ask(self, text: str) -> bool:
        """Return the truth value that an ASK finds."""
        with self.our_errors():
            body = self.query({"query": text}, JSON, self._limits.graph_bytes)
            return bool(json.loads(body)["boolean"])

    def update(self, *operations: str) -> None:
        """Carry out operations by one update request; empty ones are left out."""
        text = " ;\n".join(operation for operation in operations if operation)
        self._send("POST", self._addresses.update, data={"update": text})

    def get(self, graph: NamedNode) -> bytes:
        """Return a graph as N-Triples, nothing if there is no such graph."""
        return self._send("GET", self._data(graph), headers={"Accept": N_TRIPLES})

    def put(self, graph: NamedNode, body: bytes) -> None:
        """Make a graph hold exactly these N-Triples."""
        headers = {"Content-Type": N_TRIPLES}
        self._send("PUT", self._data(graph), content=body, headers=headers)

    def delete(self, graph: NamedNode) -> None:
        """Remove a graph; it need not exist."""
        self._send("DELETE", self._data(graph))

    def check_count(self, graph: NamedNode, expected: int) -> None:
        """Raise StoreUnreachableError unless the engine holds so many triples in a graph."""
        (row,) = self.select(f"SELECT (COUNT(*) AS ?n) {{ {all_of(graph)} }}")
        if int(row["n"]["value"]) != expected:
            reason = f"it counts {row['n']['value']} triples in {graph} where {expected} crossed"
            raise self._unreachable(reason)

    @contextmanager
    def our_errors(self) -> Iterator[None]:
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

    def _data(self, graph: NamedNode) -> str:
        """Return the address of a whole graph."""
        return f"{self._addresses.data}?graph={quote(graph.value, safe='')}"

    def _send(self, method: str, url: str, *, limit: int | None = None, **content: Any) -> bytes:
        """Send a request and return the body of the answer, nothing if there is no such graph."""
        most = limit or self._limits.graph_bytes
        with self.our_errors(), self._client.stream(method, url, **content) as response:
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

    def _unreachable(self, reason: str) -> StoreUnreachableError:
        """Make the error that names the engine, without a password."""
        host = urlsplit(self._addresses.query).netloc.rpartition("@")[2]
        return StoreUnreachableError(address=host, reason=reason, retry_after=_RETRY_AFTER)
