"""Start real SPARQL engines on loopback, for one run of the tests, and end them by their id."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx2
import pytest
from pyoxigraph import NamedNode, QueryResultsFormat, QueryTriples, RdfFormat
from pyoxigraph import Store as Oxigraph

from govkg.store import Store
from govkg.store.embedded import EmbeddedStore
from govkg.store.remote import Addresses, Limits, Login, RemoteStore

CACHE = Path(__file__).parents[2] / ".cache"
FUSEKI = "5.6.0"  # the last line of Jena that runs on Java 17
PATIENCE = 60  # seconds that an engine may take to start
VIRTUOSO_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
Striping = 0
TempStorage = TempDatabase

[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx

[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 20
CheckpointInterval = 0
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
CaseMode = 2
ThreadsPerQuery = 1
AsyncQueueMaxThreads = 10

[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 20
MaxClientConnections = 20
EnabledDavVSP = 0
HTTPProxyEnabled = 0

[SPARQL]
ResultSetMaxRows = 1000
"""


@contextmanager
def embedded(_: Path) -> Iterator[Store]:
    """Give the embedded store, in memory."""
    yield EmbeddedStore()


@contextmanager
def protocol(_: Path) -> Iterator[Store]:
    """Give a remote store whose engine is in this process, with no network between them."""
    transport = httpx2.MockTransport(Protocol())
    yield from opened(RemoteStore(Addresses.under("http://engine.example"), transport=transport))


class Protocol:
    """The SPARQL 1.1 protocols, as far as the remote store speaks them, over Oxigraph."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.data = Oxigraph()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request."""
        if request.url.path == "/data":
            return self.graph(request, NamedNode(request.url.params["graph"]))
        form = parse_qs(request.content.decode())
        if request.url.path == "/update":
            self.data.update(form["update"][0])
            return httpx2.Response(204)
        return httpx2.Response(200, content=self.answer(form))

    def answer(self, form: dict[str, list[str]]) -> bytes:
        """Answer a query on the dataset that the request names, else on all graphs."""
        keys = ("default-graph-uri", "named-graph-uri")
        default, named = ([NamedNode(iri) for iri in form.get(key, ())] for key in keys)
        found = self.data.query(
            form["query"][0], default_graph=default or None, named_graphs=named or None
        )
        if isinstance(found, QueryTriples):
            return found.serialize(format=RdfFormat.N_TRIPLES)
        return found.serialize(format=QueryResultsFormat.JSON)

    def graph(self, request: httpx2.Request, graph: NamedNode) -> httpx2.Response:
        """Read or write a whole graph."""
        if request.method == "GET":
            if not self.data.contains_named_graph(graph):
                return httpx2.Response(404)
            body = self.data.dump(format=RdfFormat.N_TRIPLES, from_graph=graph)
            return httpx2.Response(200, content=body)
        self.data.remove_graph(graph)
        if request.method == "PUT":
            self.data.load(request.content, RdfFormat.N_TRIPLES, to_graph=graph)
        return httpx2.Response(204)


@contextmanager
def fuseki(folder: Path) -> Iterator[Store]:
    """Give a store in Fuseki."""
    with fuseki_running(folder) as url:
        yield from opened(RemoteStore(Addresses.under(url)))


@contextmanager
def fuseki_running(folder: Path) -> Iterator[str]:
    """Start Apache Jena Fuseki with one dataset in memory; give its address."""
    port = free_port()
    command = [tool("java"), "-Xmx512m", "-jar", str(fuseki_jar()), "--localhost"]
    url = f"http://127.0.0.1:{port}/ds"
    with engine([*command, f"--port={port}", "--mem", "--update", "/ds"], folder, url):
        yield url


@contextmanager
def virtuoso(folder: Path) -> Iterator[Store]:
    """Give a store in Virtuoso; the password of a new one is “dba”."""
    with virtuoso_running(folder) as addresses:
        yield from opened(RemoteStore(addresses, Login("dba", "dba"), Limits(seconds=120)))


@contextmanager
def virtuoso_running(folder: Path) -> Iterator[Addresses]:
    """Start OpenLink Virtuoso with a database of its own; give its addresses."""
    http = free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO_INI.format(http=http, sql=free_port()))
    command = [tool("virtuoso-t"), "+foreground", "+configfile", "virtuoso.ini"]
    url = f"http://127.0.0.1:{http}/sparql"
    with engine(command, folder, url):
        yield Addresses(f"{url}-auth", f"{url}-auth", f"{url}-graph-crud-auth")


@contextmanager
def protocol_running(_: Path) -> Iterator[str]:
    """Start the protocols over Oxigraph as a server of their own; give its address."""
    answer, one_at_a_time = Protocol(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        """Answers one request on each connection, so that none outlives the server."""

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            with one_at_a_time:
                found = answer(
                    httpx2.Request(self.command, f"http://x{self.path}", content=content)
                )
            self.send_response(found.status_code)
            self.send_header("Content-Length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        do_GET = do_PUT = do_DELETE = do_POST  # noqa: N815 # the names that the base class calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def opened(store: RemoteStore) -> Iterator[RemoteStore]:
    """Give a store and close it."""
    try:
        yield store
    finally:
        store.close()


@contextmanager
def engine(command: list[str], folder: Path, url: str) -> Iterator[None]:
    """Run an engine in a folder until the tests are done with it."""
    log = folder / "engine.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        wait_for(process, f"{url}?query=ASK%7B%7D", log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Return when the engine answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx2.get(url, trust_env=False, timeout=5).is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(f"{process.args!r} does not answer: {log.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tool(name: str) -> str:
    """Return the path of a program, or skip the test."""
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not on this machine; .ci/run names its Debian package")
    return found


def fuseki_jar() -> Path:
    """Return Fuseki's jar, which Maven fetches from Maven Central once."""
    jar = CACHE / "fuseki" / f"jena-fuseki-server-{FUSEKI}.jar"
    if not jar.exists():
        artifact = f"org.apache.jena:jena-fuseki-server:{FUSEKI}"
        command = [tool("mvn"), "-q", "-B", "dependency:copy", f"-Dartifact={artifact}"]
        done = subprocess.run(
            [*command, f"-DoutputDirectory={jar.parent}"], check=False, capture_output=True
        )
        if done.returncode:
            pytest.skip(f"{artifact} cannot be fetched: {done.stdout.decode()[-300:]}")
    return jar
