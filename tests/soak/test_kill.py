"""The server is killed in mid-write, again and again: nothing acknowledged is lost, or half."""

import http.client
import itertools
import json
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import serving

from govkg.access import Access

WRITERS = 6
ROWS = 6
"""How many triples one write holds, in two graphs and two operations."""
LANES = 2
"""How many servers, each with its own data, are killed side by side."""
KILLS = 240
OPENING = 0.25
"""The share of kills before the server is ready."""
Start = Callable[[Mapping[str, str], Path], serving.Process]


class Service:
    """A server in a process of its own, on a plain dataset."""

    def __init__(self, folder: Path, start: Start) -> None:
        """Take the folder of its data, make a token, and start with nothing written."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        folder.mkdir(exist_ok=True)
        self._log = folder / "log"
        self._start = start
        token = Access(folder / "tokens.json").create("kill", ("write",))[1]
        self._headers = {"Authorization": f"Bearer {token}"}
        own = {"DATA_DIR": str(folder), "PORT": str(self.port), "LOG_LEVEL": "warning"}
        own |= {"BUNDLE": "false", "WORKERS": "1"}
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GOVKG_")}
        self._environment = clean | {f"GOVKG_{key}": value for key, value in own.items()}
        self.acknowledged = set[int]()
        self.numbers = itertools.count(1)
        self.usual = 1.0
        """How long it took to start the last time, in seconds."""

    @contextmanager
    def running(self) -> Iterator[serving.Process]:
        """Run the server, and kill it at the end by SIGKILL."""
        process = self._start(self._environment, self._log)
        try:
            yield process
        finally:
            serving.bury(process)

    def wait(self) -> None:
        """Return when the server is ready."""
        start = time.monotonic()
        while self.send("GET", "/readyz")[0] != 200:
            assert time.monotonic() < start + 60, self._log.read_text()
            time.sleep(0.02)
        self.usual = time.monotonic() - start

    def check(self) -> None:
        """Assert that all that was acknowledged is there, and of every write all or nothing."""
        found = self.rows()
        assert set(found.values()) <= {ROWS}
        assert self.acknowledged <= set(found)

    def send(self, method: str, path: str, body: str = "", kind: str = "") -> tuple[int, bytes]:
        """Send a request; the status is 0 if there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = self._headers | ({"Content-Type": kind} if kind else {})
        try:
            connection.request(method, path, body.encode() or None, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def write(self, number: int) -> bool:
        """Write all rows of a number, by an update or as a graph; say whether it was accepted."""
        rows = " . ".join(f"<urn:w:{number}> <urn:row> {row}" for row in range(ROWS))
        if number % 3 == 0:
            path = f"/data?graph=urn:put:{number}"
            return self.send("PUT", path, f"{rows} .", "text/turtle")[0] in (201, 204)
        half = " . ".join(f"<urn:w:{number}> <urn:row> {row}" for row in range(ROWS // 2))
        rest = " . ".join(f"<urn:w:{number}> <urn:row> {row}" for row in range(ROWS // 2, ROWS))
        text = f"INSERT DATA {{ {half} }} ; INSERT DATA {{ GRAPH <urn:rest> {{ {rest} }} }}"
        return self.send("POST", "/sparql", text, "application/sparql-update")[0] == 204

    def rows(self) -> dict[int, int]:
        """Return how many rows of each number there are."""
        query = "SELECT ?s (COUNT(*) AS ?n) { ?s <urn:row> ?row } GROUP BY ?s"
        status, body = self.send("GET", f"/sparql?format=json&query={quote(query)}")
        assert status == 200, body
        found = json.loads(body)["results"]["bindings"]
        return {int(r["s"]["value"].split(":")[-1]): int(r["n"]["value"]) for r in found}


def kill(service: Service) -> None:
    """Start the server and kill it at a random moment, as it opens or while several write to it."""
    with service.running() as process:
        if random.random() < OPENING:  # noqa: S311 # no secret
            time.sleep(random.uniform(0, service.usual))  # noqa: S311 # no secret
            return
        service.wait()
        service.check()
        kill_while_writing(service, process)


def kill_while_writing(service: Service, process: serving.Process) -> None:
    """Let some write to a server, and kill it at a random moment, when some is written."""
    over = threading.Event()
    enough = len(service.acknowledged) + random.randint(1, 2 * WRITERS)  # noqa: S311 # no secret

    def write() -> None:
        while not over.is_set():
            number = next(service.numbers)
            if service.write(number):
                service.acknowledged.add(number)

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    until = time.monotonic() + 30
    while len(service.acknowledged) < enough and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.3))  # noqa: S311 # no secret
    process.kill()
    over.set()
    for writer in writers:
        writer.join()


def survive(folder: Path, start: Start, kills: int) -> int:
    """Kill a server so many times; return how many writes were acknowledged, all of them kept."""
    service = Service(folder, start)
    for _ in range(kills):
        kill(service)
    with service.running():
        service.wait()
        service.check()
    return len(service.acknowledged)


def test_no_acknowledged_write_is_lost_and_none_is_half(tmp_path: Path) -> None:
    """After each kill -9 all that was acknowledged is there, and of every write all or nothing."""
    assert survive(tmp_path, serving.spawned, 5) > 0


@pytest.mark.soak
def test_hundreds_of_kills(tmp_path: Path) -> None:
    """So it is whenever the server is killed: as it opens, works out, stores, or shows a write."""
    with ThreadPoolExecutor(LANES) as pool:
        lanes = [
            pool.submit(survive, tmp_path / str(lane), serving.forked, KILLS // LANES)
            for lane in range(LANES)
        ]
        acknowledged = sum(lane.result() for lane in lanes)

    assert acknowledged > KILLS
