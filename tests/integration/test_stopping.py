"""A real service is told to stop: what began is finished or refused, and nothing is cut."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from govkg.access import Access

ROWS = 1500
PAIRS = "SELECT (SUM(STRLEN(CONCAT(STR(?a), STR(?b)))) AS ?n) { ?a <urn:n> ?x . ?b <urn:n> ?y }"
"""Takes some seconds, and as long as it takes it may."""
FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SLOW_UPDATE = (
    "INSERT { <urn:sum> <urn:is> ?n } "
    "WHERE { { SELECT (SUM(STRLEN(CONCAT(STR(?a), STR(?b)))) AS ?n) "
    "{ ?a <urn:n> ?x . ?b <urn:n> ?y } } }"
)
BOUND = 120.0  # seconds that anything may take
Sent = tuple[int, dict[str, str], bytes]


class Service:
    """A service in a process of its own, on a plain dataset."""

    def __init__(self, folder: Path, **settings: object) -> None:
        """Take the folder of its data, and other settings."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / "service.log"
        token = Access(folder / "tokens.json").create("stop", ("write",))[1]
        self._headers = {"Authorization": f"Bearer {token}"}
        own = {"data_dir": folder, "port": self.port, "bundle": False, "workers": 1}
        own |= {"query_seconds": BOUND, "default_graph": "unnamed"} | settings
        clean = {key: each for key, each in os.environ.items() if not key.startswith("GOVKG_")}
        self._environment = clean | {f"GOVKG_{key.upper()}": str(each) for key, each in own.items()}

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the service; it is killed at the end if it still runs."""
        command = [sys.executable, "-m", "govkg", "serve"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        try:
            until(lambda: self.status("/readyz") == 200 or process.poll() is not None)
            assert process.poll() is None, self.log.read_text()
            yield process
        finally:
            process.kill()
            process.wait()

    def send(self, method: str, path: str, body: str = "", kind: str = "") -> Sent:
        """Send a request, and return status, headers and body of the whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=BOUND)
        headers = self._headers | ({"Content-Type": kind} if kind else {})
        try:
            connection.request(method, path, body.encode(), headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def query(self, text: str) -> Sent:
        """Ask a query."""
        return self.send("GET", f"/sparql?query={quote(text)}")

    def update(self, text: str) -> int:
        """Send an update and return the status."""
        return self.send("POST", "/sparql", text, "application/sparql-update")[0]

    def status(self, path: str) -> int:
        """Return the status of an address, 0 if nobody listens."""
        with suppress(OSError):
            return self.send("GET", path)[0]
        return 0

    def number(self, metric: str) -> float:
        """Return the present value of a metric."""
        found = re.search(
            rf"^{metric} (\S+)$", self.send("GET", "/metrics")[2].decode(), re.MULTILINE
        )
        assert found
        return float(found[1])

    def fill(self) -> None:
        """Write what the slow queries are slow on."""
        rows = " . ".join(f"<urn:{number}> <urn:n> {number}" for number in range(ROWS))
        assert self.update(f"INSERT DATA {{ {rows} }}") == 204


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that happens soon."""
    end = time.monotonic() + BOUND
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    """Return threads in which requests can wait for their answers."""
    with ThreadPoolExecutor(2) as threads:
        yield threads


def begun(service: Service, threads: ThreadPoolExecutor, query: str) -> Future[Sent]:
    """Ask a query; return when a worker is at it."""
    answer = threads.submit(service.query, query)
    until(lambda: service.number("govkg_worker_jobs_running") == 1)
    return answer


def test_a_query_that_runs_is_answered(tmp_path: Path, elsewhere: ThreadPoolExecutor) -> None:
    """After SIGTERM /readyz is a 503, and a query under way gets its whole answer; exit 0."""
    service = Service(tmp_path, drain_seconds=1, shutdown_seconds=BOUND)
    with service.running() as process:
        service.fill()
        answer = begun(service, elsewhere, PAIRS)

        process.send_signal(signal.SIGTERM)
        until(lambda: service.status("/readyz") != 200)
        ready, alive = service.send("GET", "/readyz"), service.send("GET", "/healthz")
        under_way = not answer.done()
        status, headers, body = answer.result()

        assert (ready[0], json.loads(ready[2])["code"]) == (503, "shutting-down")
        assert "retry-after" in ready[1]
        assert alive[0] == 200
        assert under_way
        assert status == 200
        assert len(body) == int(headers["content-length"])
        assert int(json.loads(body)["results"]["bindings"][0]["n"]["value"]) > ROWS**2
        assert process.wait(BOUND) == 0


def test_a_query_that_outlasts_the_grace_is_told(
    tmp_path: Path, elsewhere: ThreadPoolExecutor
) -> None:
    """A query that runs when the grace is over gets a 503 problem and no cut answer."""
    service = Service(tmp_path, drain_seconds=0, shutdown_seconds=0.5)
    with service.running() as process:
        service.fill()
        answer = begun(service, elsewhere, FOREVER)

        process.send_signal(signal.SIGTERM)
        status, headers, body = answer.result()

        assert (status, json.loads(body)["code"]) == (503, "shutting-down")
        assert headers["content-type"] == "application/problem+json"
        assert int(headers["retry-after"]) > 0
        assert process.wait(BOUND) == 0


def test_requests_are_taken_while_draining(tmp_path: Path) -> None:
    """Until the delay is over new connections are served, and told to go elsewhere next time."""
    service = Service(tmp_path, drain_seconds=2)
    with service.running() as process:
        process.send_signal(signal.SIGTERM)
        until(lambda: service.status("/readyz") != 200)

        status, headers, _ = service.query("ASK {}")

        assert (status, headers["connection"]) == (200, "close")
        assert process.wait(BOUND) == 0
        assert service.status("/healthz") == 0


def test_a_write_that_began_is_finished(tmp_path: Path, elsewhere: ThreadPoolExecutor) -> None:
    """A write under way is carried out whatever the grace, and is there after the next start."""
    service = Service(tmp_path, drain_seconds=0, shutdown_seconds=0)
    with service.running() as process:
        service.fill()
        write = elsewhere.submit(service.update, SLOW_UPDATE)
        until(lambda: service.number("govkg_writes_running") == 1)

        process.send_signal(signal.SIGTERM)

        assert write.result() == 204
        assert process.wait(BOUND) == 0
    with service.running():
        answer = service.query("ASK { <urn:sum> <urn:is> ?n }")
        assert json.loads(answer[2])["boolean"] is True


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_the_second_signal_stops_at_once(
    tmp_path: Path, elsewhere: ThreadPoolExecutor, second: signal.Signals
) -> None:
    """Whoever insists is obeyed, whatever is under way."""
    service = Service(tmp_path, drain_seconds=BOUND, shutdown_seconds=BOUND)
    with service.running() as process:
        service.fill()
        answer = begun(service, elsewhere, FOREVER)

        process.send_signal(signal.SIGTERM)
        until(lambda: service.status("/readyz") != 200)
        process.send_signal(second)

        assert process.wait(10) == -second
        assert isinstance(answer.exception(), OSError | http.client.HTTPException)


def test_a_client_that_neither_sends_nor_reads_holds_nothing_up(tmp_path: Path) -> None:
    """Half a request does not keep the service from ending."""
    service = Service(tmp_path, drain_seconds=0, shutdown_seconds=0)
    with service.running() as process, socket.socket() as client:
        client.connect(("127.0.0.1", service.port))
        client.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n"
            b"Content-Type: application/sparql-query\r\n\r\nASK"
        )
        until(lambda: service.status("/healthz") == 200)

        process.send_signal(signal.SIGTERM)

        assert process.wait(BOUND) == 0


def test_the_log_of_a_whole_life_is_json(tmp_path: Path) -> None:
    """From start to end every line of the log is an object, the requests among them."""
    service = Service(tmp_path, drain_seconds=0, log_queries="full")
    with service.running() as process:
        service.query("ASK {}")
        process.send_signal(signal.SIGTERM)
        assert process.wait(BOUND) == 0

    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    assert all({"time", "level", "event"} <= set(line) for line in lines)
    asked = next(line for line in lines if line.get("route") == "/sparql")
    assert (asked["status"], asked["query"], asked["form"]) == (200, "ASK {}", "ask")
