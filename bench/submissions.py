"""How fast the service diagnoses cases, and takes cases in, over HTTP.

    python -m bench.submissions [--clients 4] [--seconds 10] [--stored 10000]

A service is started in a scratch folder, with so many cases in its journal. Each client keeps one
request under way: ``POST /diagnose`` of one case, and ``POST /cases`` of a new one, which is
acknowledged once it is on disk. No two cases are alike, but where it says “the same”: there one
case is diagnosed again and again, as when people go back and forth. At the end the service is
killed, and the cases that the journal then holds are counted: none that was acknowledged may be
missing.

The bars are 25 ms for half of the diagnoses and 100 ms for 99 of 100, at four clients. The times of
the processes tell how much of that was waiting for a machine with other work on it.
"""

import argparse
import contextlib
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from bench.sparql.servers import free_port

from govkg.access import Access
from govkg.journal import FILE, Incoming, Journal, Note, Sent
from govkg.ontology import read_files
from govkg.rdf import format_named, write

ROOT: Final = Path(__file__).parents[1]
CASE: Final = ROOT / "examples" / "cases" / "valid" / "naga-city.ttl"
NAME: Final = "naga-city"
_BATCH: Final = 200
_SUCCESS: Final = {"/diagnose": 200, "/cases": 201}
_PATIENCE: Final = 120.0
"""How many seconds the service may take to start."""


@dataclass
class Answers:
    """What some clients were told, and how long it took."""

    times: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def line(self, what: str, clients: int, process: float) -> str:
        """Return a line of the table."""
        ranks = statistics.quantiles(self.times, n=100) if len(self.times) > 1 else [0.0] * 99
        rate, each = len(self.times) / self.seconds, process / max(len(self.times), 1)
        return (
            f"| {what} | {clients} | {rate:.1f} | {ranks[49] * 1000:.1f} ms | "
            f"{ranks[98] * 1000:.1f} ms | {each * 1000:.1f} ms | {len(self.errors)} |"
        )


def fill(folder: Path, number: int) -> None:
    """Write so many cases into a journal, as if they had been handed in."""
    text = write(read_files([CASE]), format_named("n-triples"))
    journal = Journal(lambda: folder / FILE)
    for start in range(0, number, _BATCH):
        cases = [_stored(text, f"stored-{at}") for at in range(start, min(start + _BATCH, number))]
        sent = Sent(b"".join(case.content for case in cases), "n-triples", "application/n-triples")
        journal.hand_in(sent, cases, Note("bench", "bench"), conforms=True)
    journal.close()


def _stored(text: bytes, name: str) -> Incoming:
    content = text.replace(f"/case/{NAME}".encode(), f"/case/{name}".encode())
    return Incoming(name, f"https://w3id.org/govkg/case/{name}", name, content)


def counted(folder: Path) -> int:
    """Return how many cases a journal holds."""
    journal = Journal(lambda: folder / FILE)
    try:
        return len(journal.records())
    finally:
        journal.close()


@contextlib.contextmanager
def serving(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the service until it is killed."""
    settings = {
        "GOVKG_PORT": str(port),
        "GOVKG_DATA_DIR": str(folder),
        "GOVKG_RATE_SUBMISSIONS": "",
        "GOVKG_LOG_LEVEL": "warning",
    }
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "govkg", "serve"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            _await(port, process)
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, 9)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the service does not answer")


def measured(
    port: int,
    path: str,
    headers: dict[str, str],
    clients: int,
    seconds: float,
    wanted: int,
    *,
    same: bool = False,
) -> Answers:
    """Keep a request of each client under way for some seconds, each with a case of its own."""
    text, numbers, found, lock = CASE.read_text("utf-8"), count(), Answers(), threading.Lock()
    start = time.perf_counter()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() - start < seconds:
            number = 0 if same else next(numbers)
            name = f"{path.strip('/')}-{os.getpid()}-{clients}-{number}"
            body = text.replace(f"/case/{NAME}", f"/case/{name}").encode()
            began = time.perf_counter()
            connection.request("POST", path, body, {"Content-Type": "text/turtle"} | headers)
            answer = connection.getresponse()
            told = answer.read()
            with lock:
                if answer.status == wanted:
                    found.times.append(time.perf_counter() - began)
                else:
                    found.errors.append(f"{answer.status} {told[:300]!r}")

    _together(client, clients)
    found.seconds = time.perf_counter() - start
    return found


def _together(work: Callable[[], None], number: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def spent(process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of processor time of a service and all its processes, on Linux."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == process.pid:  # its session
                total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _line(
    process: subprocess.Popen[bytes],
    port: int,
    path: str,
    headers: dict[str, str],
    clients: int,
    seconds: float,
    *,
    same: bool = False,
) -> int:
    """Measure one line of the table, print it, and return how many requests succeeded."""
    before = spent(process)
    found = measured(port, path, headers, clients, seconds, _SUCCESS[path], same=same)
    what = f"POST {path}{', the same' if same else ''}"
    print(found.line(what, clients, spent(process) - before), flush=True)
    for error in found.errors[:1]:
        print(f"  {error}")
    return len(found.times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time submissions over HTTP.")
    parser.add_argument("--clients", default="1,4", help="numbers of clients")
    parser.add_argument("--seconds", type=float, default=10, help="how long each line is measured")
    parser.add_argument("--stored", type=int, default=10_000, help="cases that are there before")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        fill(folder, given.stored)
        token = Access(folder / "tokens.json").create("bench", ("submit",))[1]
        before, kept = counted(folder), 0
        print("| what | clients | per second | p50 | p99 | process | errors |")
        print("|---|---|---|---|---|---|---|", flush=True)
        with serving(folder, port) as process:
            measured(port, "/diagnose", {}, 2, 2, 200)  # each worker has begun
            for clients in map(int, given.clients.split(",")):
                _line(process, port, "/diagnose", {}, clients, given.seconds)
                _line(process, port, "/diagnose", {}, clients, given.seconds, same=True)
            for clients in map(int, given.clients.split(",")):
                headers = {"Authorization": f"Bearer {token}"}
                kept += _line(process, port, "/cases", headers, clients, given.seconds)
        found_after = counted(folder)
    print(
        f"\n{before:,} cases were there, {kept:,} acknowledged, {found_after:,} found after a kill."
    )


if __name__ == "__main__":
    main()
