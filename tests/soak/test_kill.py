"""The server is killed in mid-write, again and again: nothing acknowledged is lost, or half."""

import http.client
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from govkg.access import Access

WRITERS = 3
ROWS = 20
"""How many triples one write holds, in two graphs and two operations."""


class Service:
    """A server in a process of its own, on a plain dataset."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of its data, and make a token."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._folder = folder
        token = Access(folder / "tokens.json").create("kill", ("write",))[1]
        self._headers = {"Authorization": f"Bearer {token}"}
        own = {"DATA_DIR": str(folder), "PORT": str(self.port), "LOG_LEVEL": "warning"}
        own |= {"BUNDLE": "false", "WORKERS": "1"}
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GOVKG_")}
        self._environment = clean | {f"GOVKG_{key}": value for key, value in own.items()}

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run the server, and kill it at the end by SIGKILL."""
        command = [sys.executable, "-m", "govkg", "serve"]
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        try:
            self._wait(process)
            yield process
        finally:
            process.kill()
            process.wait()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + 60
        while self.send("GET", "/readyz")[0] != 200:
            assert process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.02)

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


def kill_while_writing(service: Service, numbers: Iterator[int], acknowledged: set[int]) -> None:
    """Start the server, let some write to it, and kill it at a random moment."""
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            number = next(numbers)
            if service.write(number):
                acknowledged.add(number)

    with service.running() as process:
        writers = [threading.Thread(target=write) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(random.uniform(0.05, 1.5))  # noqa: S311 # no secret
        process.kill()
        over.set()
        for writer in writers:
            writer.join()


@pytest.mark.parametrize("kills", [5, pytest.param(60, marks=pytest.mark.soak)])
def test_no_acknowledged_write_is_lost_and_none_is_half(tmp_path: Path, kills: int) -> None:
    """After each kill -9 all that was acknowledged is there, and of every write all or nothing."""
    service, acknowledged, numbers = Service(tmp_path), set[int](), itertools.count(1)
    written = 0

    for _ in range(kills):
        kill_while_writing(service, numbers, acknowledged)
        with service.running():
            found = service.rows()
            assert set(found.values()) <= {ROWS}
            assert acknowledged <= set(found)
            written = len(found)

    assert written >= len(acknowledged) > kills
