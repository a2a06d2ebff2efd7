"""The servers that are compared: how each is started on loopback with the same triples, and ended.

A program is looked for on the PATH and in the folder of this Python; Virtuoso is that of Debian,
and the jar of Fuseki is named by FUSEKI_JAR. A server whose program is missing is left out.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from bench.sparql.load import JSON, address, get
from pyoxigraph import DefaultGraph, RdfFormat, Store

ROOT = Path(__file__).parents[2]
ASK = "ASK { ?s <https://w3id.org/govkg/ontology#hasLeadJurisdiction> ?o }"
PATIENCE = 900  # seconds that a server may take to load


class MissingError(Exception):
    """The program of a server is not installed."""


@dataclass
class Data:
    """The triples of one run, as the servers want them."""

    generated: Path
    """What was generated."""
    merged: Path
    """That and all that govkg holds by itself, inferred triples included: what peers load."""
    bundled: bool = False
    """Whether govkg adds its ontology and examples, and reasons."""
    triples: int = 0

    def merge(self, served: bytes) -> None:
        """Make the file for the peers of what govkg really serves, as N-Triples."""
        store = Store()
        store.bulk_load(served, RdfFormat.N_TRIPLES)
        store.dump(str(self.merged), RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
        self.triples = len(store)


@dataclass
class Server:
    """One server; ``start`` loads it and returns when it answers."""

    folder: Path
    port: int = 0
    name: str = ""
    path: str = "/query"
    seconds: float = 0.0
    """How long it took from the bare file to the first answer."""
    note: str = ""
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, data: Data) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        begin = time.perf_counter()
        self.run(data)
        self.wait()
        self.seconds = time.perf_counter() - begin

    def run(self, data: Data) -> None:
        raise NotImplementedError

    def launch(self, *command: object, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [str(each) for each in command],
                cwd=ROOT if self.name.startswith("govkg") else self.folder,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def restart(self) -> None:
        """End a query that was given up, where the server cannot do so by itself."""

    def wait(self) -> None:
        """Return when a query is answered with true."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if self._processes[-1].poll() is not None:
                raise RuntimeError(f"{self.name} ended: {self.log()[-2000:]}")
            with contextlib.suppress(OSError, HTTPException):
                status, body, _ = get(self.port, address(self.path, ASK), JSON)
                if status == 200 and b"true" in body:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not answer")

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> None:
        """End it and whatever it started, which is all in its own process group."""
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def memory(self) -> list[tuple[str, float, float]]:
        """Return command, resident and proportional memory in MB of each of its processes."""
        tops = [process.pid for process in self._processes if process.poll() is None]
        return [_memory(pid) for top in tops for pid in _tree(top)]


class Govkg(Server):
    """This service."""

    def run(self, data: Data) -> None:
        self.path = "/sparql"
        settings = {
            "GOVKG_PORT": str(self.port),
            "GOVKG_DATA_DIR": str(self.folder / "data"),
            "GOVKG_BUNDLE": str(data.bundled).lower(),
            "GOVKG_LOG_LEVEL": "warning",
            "GOVKG_DRAIN_SECONDS": "0",
            "GOVKG_WORKER_MEMORY_MB": "4096",
            "GOVKG_MAX_RESULT_BYTES": "1000000000",
        }
        program = (sys.executable, "-m", "govkg")
        self.launch(*program, "load", data.generated, **settings).wait()
        self.launch(*program, "serve", **settings)

    def everything(self) -> bytes:
        """Return what it serves in its default graph, what is inferred among it, as N-Triples."""
        query = address(self.path, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
        status, body, _ = get(self.port, query, "application/n-triples")
        if status != 200:
            raise RuntimeError(f"{self.name} does not give its data: {body[:500].decode()}")
        return body


class RdflibEndpoint(Server):
    """rdflib-endpoint with the store that it takes by default."""

    def run(self, data: Data) -> None:
        self.path = "/"
        self._data = data
        program = _program("rdflib-endpoint")
        self.launch(program, "serve", "--host", "127.0.0.1", "--port", self.port, data.merged)

    def restart(self) -> None:
        self.stop()
        self.start(self._data)


class Oxigraph(Server):
    """The native server of Oxigraph, on disk."""

    def run(self, data: Data) -> None:
        program, store = _program("oxigraph"), self.folder / "store"
        self.launch(program, "load", "--location", store, "--file", data.merged).wait()
        bind = f"127.0.0.1:{self.port}"
        # Without --timeout-s: each query then leaves a thread for so long, and at some thousands
        # of queries a second the server ends for want of threads.
        self.launch(program, "serve-read-only", "--location", store, "--bind", bind)


class Fuseki(Server):
    """Apache Jena Fuseki with the dataset in memory."""

    def run(self, data: Data) -> None:
        self.path = "/ds/query"
        jar = os.environ.get("FUSEKI_JAR", "")
        if not jar or not shutil.which("java"):
            raise MissingError("Fuseki (FUSEKI_JAR and java)")
        main = ["-cp", jar, "org.apache.jena.fuseki.main.cmds.FusekiMainCmd"]
        more = ["--quiet", "--timeout=10000", "--localhost", "--port", self.port]
        self.launch(_program("java"), "-Xmx4g", *main, *more, "--file", data.merged, "/ds")


class Virtuoso(Server):
    """Virtuoso as Debian packs it, with buffers for the data and threads for the clients."""

    def run(self, data: Data) -> None:
        self.path = "/sparql"
        program, isql = _program("virtuoso-t"), _program("isql-vt")
        sql_port = free_port()
        settings = _VIRTUOSO.format(
            folder=self.folder, sql=sql_port, http=self.port, data=data.merged.parent
        )
        (self.folder / "virtuoso.ini").write_text(settings)
        self.launch(program, "+foreground", "+configfile", self.folder / "virtuoso.ini")
        script = (
            f"DB.DBA.TTLP_MT(file_open('{data.merged}'), '', 'http://bench/', 512, 2); checkpoint;"
        )
        command = [isql, f"127.0.0.1:{sql_port}", "dba", "dba", f"EXEC={script}"]
        until = time.monotonic() + PATIENCE
        while subprocess.run(command, check=False, capture_output=True).returncode:
            if time.monotonic() > until or self._processes[0].poll() is not None:
                raise RuntimeError(f"Virtuoso does not start: {self.log()[-2000:]}")
            time.sleep(0.3)


_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
MaxCheckpointRemap = 2000
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
MaxClientConnections = 40
ServerThreads = 40
CheckpointInterval = 0
DirsAllowed = ., {data}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
MaxQueryMem = 2G
VectorSize = 1000
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 10
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 10000000
MaxQueryExecutionTime = 10
DefaultGraph = http://bench/
"""

SERVERS: dict[str, type[Server]] = {
    "govkg": Govkg,
    "rdflib-endpoint": RdflibEndpoint,
    "oxigraph": Oxigraph,
    "virtuoso": Virtuoso,
    "fuseki": Fuseki,
}


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if not found:
        raise MissingError(name)
    return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _tree(pid: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield pid
    children: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread may end while we look
            children += (task / "children").read_text().split()
    for child in children:
        yield from _tree(int(child))


def _memory(pid: int) -> tuple[str, float, float]:
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    found = {"Rss:": 0.0, "Pss:": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, *rest = line.split()
        if name in found:
            found[name] = int(rest[0]) / 1024
    return command, found["Rss:"], found["Pss:"]
