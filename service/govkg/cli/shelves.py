"""Where a command reads and puts whole graphs: the store here, or a service that runs."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import httpx2
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from govkg.backups.swapping import opened
from govkg.errors import ForbiddenError, NotFoundError, ServiceFailedError
from govkg.rdf import format_of_file
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore

_SECONDS = 300.0  # a service answers a write when all readers see it
_NO_SUCH_GRAPH = 404


class Shelf(Protocol):
    """Holds graphs by name."""

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a graph; none if it is not there."""
        ...

    def put(self, graph: NamedNode, triples: list[Triple]) -> None:
        """Make a graph hold exactly these triples."""
        ...


class Here:
    """The store in the data folder; raises ForbiddenError if the data is in an engine elsewhere."""

    def __init__(self, settings: Settings) -> None:
        """Open the store."""
        store = opened(settings)
        if not isinstance(store, EmbeddedStore):
            remedy = "Start the service, and give its address with --to."
            raise ForbiddenError(action="importing into an engine elsewhere", remedy=remedy)
        self.store = store

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a graph."""
        return self.store.triples(graph)

    def put(self, graph: NamedNode, triples: list[Triple]) -> None:
        """Make a graph hold exactly these triples; a new one is loaded in bulk, which is faster."""
        if self.store.holds(graph):
            self.store.put(graph, triples)
            return
        with TemporaryDirectory() as folder:
            path = Path(folder) / "graph.nt"
            path.write_bytes(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
            self.store.load(path, format_of_file(path.name), graph)


class Elsewhere:
    """A running service, by its Graph Store Protocol; raises ServiceFailedError."""

    def __init__(self, address: str, token_file: Path | None) -> None:
        """Take the address of the service, and the file with the token; NotFoundError for that."""
        self._address = address.rstrip("/") + "/data"
        self._headers = {"Authorization": f"Bearer {_token(token_file)}"} if token_file else {}

    def triples(self, graph: NamedNode) -> list[Triple]:
        """Return the triples of a graph; none if the service does not have it."""
        answer = self._asked("GET", graph, b"")
        if answer.status_code == _NO_SUCH_GRAPH:
            return []
        return [quad.triple for quad in parse(answer.content, RdfFormat.N_TRIPLES)]

    def put(self, graph: NamedNode, triples: list[Triple]) -> None:
        """Make a graph hold exactly these triples."""
        self._asked("PUT", graph, serialize(triples, format=RdfFormat.N_TRIPLES) or b"")

    def _asked(self, method: str, graph: NamedNode, body: bytes) -> httpx2.Response:
        headers = self._headers | {"Accept": "application/n-triples"}
        if body:
            headers["Content-Type"] = "application/n-triples"
        try:
            answer = httpx2.request(
                method,
                self._address,
                params={"graph": graph.value},
                headers=headers,
                content=body or None,
                timeout=_SECONDS,
                trust_env=False,
            )
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise ServiceFailedError(address=self._address, reason=str(error)) from error
        if answer.is_success or (method == "GET" and answer.status_code == _NO_SUCH_GRAPH):
            return answer
        raise ServiceFailedError(address=self._address, reason=_told(answer))


def _token(path: Path) -> str:
    """Return the token in a file."""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise NotFoundError(what="file", name=str(path), hint=str(error)) from error


def _told(answer: httpx2.Response) -> str:
    """Return what a service says went wrong."""
    try:
        return f"{answer.status_code}: {answer.json()['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"it answered with {answer.status_code} {answer.reason_phrase}"
