"""The server is killed, or has no room, while cases are handed in: what it said it kept is kept."""

import json
import os
import random
import resource
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import serving

from govkg.access import Access
from govkg.journal import FILE, Journal, examine

ROOT = Path(__file__).parents[2]
NAGA = (ROOT / "examples" / "cases" / "valid" / "naga-city.ttl").read_text("utf-8")
WRITERS = 3
LANES = 2
KILLS = 100
"""How many in the soak, over all lanes."""


class House:
    """A server with the bundle, its data, and what it acknowledged."""

    def __init__(self, folder: Path) -> None:
        """Take the folder of its data, and make a token."""
        folder.mkdir(exist_ok=True)
        self.folder, self._log = folder, folder / "log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        token = Access(folder / "tokens.json").create("lab", ("submit",))[1]
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        own = {"DATA_DIR": str(folder), "PORT": str(self._port), "WORKERS": "1"}
        own |= {"RATE_SUBMISSIONS": "", "LOG_LEVEL": "warning", "DRAIN_SECONDS": "0"}
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GOVKG_")}
        self._environment = clean | {f"GOVKG_{key}": value for key, value in own.items()}
        self.receipts: dict[int, Any] = {}
        self.tried: set[int] = set()
        self._numbers = count(1)

    @contextmanager
    def running(self) -> Iterator[serving.Process]:
        """Run the server until it is ready, and kill it at the end by SIGKILL."""
        process = serving.forked(self._environment, self._log)
        try:
            until = time.monotonic() + 60
            while self._send("GET", "/readyz")[0] != 200:
                assert time.monotonic() < until, self._log.read_text()
                time.sleep(0.02)
            yield process
        finally:
            serving.bury(process)

    def hand_in(self, number: int) -> tuple[int, Any]:
        """Hand in the case of a number, always by the same key; return status and answer."""
        self.tried.add(number)
        body = NAGA.replace("/case/naga-city", f"/case/c{number}")
        more = {"Content-Type": "text/turtle", "Idempotency-Key": str(number)}
        status, answer = self._send("POST", "/cases", body, more)
        told = json.loads(answer) if answer else {}
        if status == 201:
            receipt = {name: told[name] for name in ("cases", "sha256", "at")}
            assert self.receipts.setdefault(number, receipt) == receipt
        return status, told

    def hand_in_until(self, over: threading.Event) -> None:
        """Hand in new cases until told otherwise."""
        while not over.is_set():
            self.hand_in(next(self._numbers))

    def _send(
        self, method: str, path: str, body: str = "", more: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send a request; the status is 0 if there was no answer."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, body.encode() or None, self._headers | (more or {}))
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, HTTPException):
            return 0, b""
        finally:
            connection.close()

    def check(self) -> None:
        """Assert that the journal has all that was acknowledged, and is whole."""
        journal = Journal(lambda: self.folder / FILE)
        try:
            held = {record.case_id: record for record in journal.records()}
            for number, receipt in self.receipts.items():
                assert held[f"c{number}"].revision == receipt["cases"][0]["revision"]
                assert f"/case/c{number}>".encode() in journal.original(receipt["sha256"])
            assert set(held) <= {f"c{number}" for number in self.tried}
            assert all(len(record.versions) == 1 for record in held.values())
        finally:
            journal.close()
        examine(self.folder / FILE)


def kill(house: House) -> None:
    """Repeat what was not answered, let several hand in cases, and kill the server meanwhile."""
    with house.running() as process:
        for number in random.sample(sorted(house.receipts), min(1, len(house.receipts))):
            assert house.hand_in(number)[0] == 201
        for number in house.tried - set(house.receipts):
            assert house.hand_in(number)[0] == 201
        over = threading.Event()
        with ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(house.hand_in_until, over) for _ in range(WRITERS)]
            time.sleep(random.uniform(0.05, 0.6))  # noqa: S311 # no secret
            process.kill()
            over.set()
        for writer in writers:
            writer.result()
    house.check()


def survive(folder: Path, kills: int) -> int:
    """Kill a server so many times; return how many cases were acknowledged, all of them kept."""
    house = House(folder)
    for _ in range(kills):
        kill(house)
    return len(house.receipts)


def test_no_case_that_was_acknowledged_is_lost(tmp_path: Path) -> None:
    """After each kill -9 the journal has them; the same request again gives the same receipt."""
    assert survive(tmp_path, 3) > 0


@pytest.mark.soak
def test_a_hundred_kills(tmp_path: Path) -> None:
    """So it is however often, and whatever the server is doing."""
    with ThreadPoolExecutor(LANES) as pool:
        each = KILLS // LANES
        lanes = [pool.submit(survive, tmp_path / str(lane), each) for lane in range(LANES)]
        acknowledged = sum(lane.result() for lane in lanes)

    assert acknowledged > KILLS


def test_a_full_disk_is_a_507_and_harms_nothing(tmp_path: Path) -> None:
    """No file of the server may grow: cases are refused and nothing is kept; then it goes on."""
    house = House(tmp_path)
    with house.running() as process:
        assert process.pid
        assert house.hand_in(1)[0] == 201
        unlimited = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        size = max(path.stat().st_size for path in tmp_path.glob(f"{FILE}*"))
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, unlimited[1]))
        answers = [house.hand_in(number) for number in range(2, 30)]
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)
        kept = set(house.receipts)
        after = [house.hand_in(number)[0] for number in range(2, 31)]

    refused = [told["code"] for status, told in answers if status != 201]
    assert refused
    assert set(refused) == {"storage-full"}
    assert {status for status, _ in answers} <= {201, 507}
    assert kept < set(house.receipts)
    assert set(after) == {201}
    house.check()
