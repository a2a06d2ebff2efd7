"""SPARQL endpoints on this machine that behave well or badly, for tests of calls to others."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, Store

JSON = "application/sparql-results+json"
ROW = b'{"head":{"vars":["s"]},"results":{"bindings":[]}}'


class Endpoint(ThreadingHTTPServer):
    """A server whose paths stand for manners; it notes what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free port of the loopback address."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str], str]] = []
        """Of each request: the path, the headers by names in lower case, and the query."""
        self.over = threading.Event()
        self.gone = threading.Event()
        """Set when a client of /slow has left."""
        self.store = Store()
        for name in ("a", "b"):
            node = NamedNode(f"http://example.org/{name}")
            self.store.add(Quad(node, NamedNode("http://example.org/score"), Literal(name)))

    @property
    def address(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:  # the library asks for this name
        """Answer in the manner that the path names."""
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        query = parse_qs(body)["query"][0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, headers, query))
        manner = getattr(self, "_" + self.path.strip("/").partition("?")[0])
        manner(query)

    def _sparql(self, query: str) -> None:
        found = self.server.store.query(query).serialize(format=QueryResultsFormat.JSON)
        self._send(200, found, {"Set-Cookie": "known=yes"})

    def _zipped(self, query: str) -> None:
        found = self.server.store.query(query).serialize(format=QueryResultsFormat.JSON)
        self._send(200, gzip.compress(found), {"Content-Encoding": "gzip"})

    def _slow(self, _: str) -> None:
        self.connection.settimeout(0.05)
        while not self.server.over.is_set():
            try:
                if not self.connection.recv(1):
                    self.server.gone.set()
                    return
            except TimeoutError:
                continue

    def _redirect(self, _: str) -> None:
        self._send(307, b"", {"Location": f"{self.server.address}/sparql"})

    def _large(self, _: str) -> None:
        self._send(200, ROW + b" " * 10_000)

    def _bomb(self, _: str) -> None:
        self._send(200, gzip.compress(ROW + b" " * 50_000_000), {"Content-Encoding": "gzip"})

    def _cut(self, _: str) -> None:
        self._send(200, gzip.compress(ROW)[:-8], {"Content-Encoding": "gzip"})

    def _brotli(self, _: str) -> None:
        self._send(200, ROW, {"Content-Encoding": "br"})

    def _broken(self, _: str) -> None:
        self._send(500, b"out\n of order", {"Content-Type": "text/plain"})

    def _html(self, _: str) -> None:
        self._send(200, b"<p>", {"Content-Type": "text/html"})

    def _deep(self, _: str) -> None:
        deep = b'{"type":"triple","value":{"subject":' * 200_000
        self._send(200, b'{"head":{"vars":["s"]},"results":{"bindings":[{"s":' + deep)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": JSON} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        """Let clients leave when they like."""
        try:
            super().handle()
        except ConnectionError:
            self.server.gone.set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[Endpoint]:
    """Run an endpoint in a thread."""
    with Endpoint() as endpoint:
        thread = threading.Thread(target=endpoint.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield endpoint
        finally:
            endpoint.over.set()
            endpoint.shutdown()
            thread.join(5)
