"""What a start and a small write cost, by how much is stored: with the bundle alone, and registers.

One service for each number of register quads is started on data of its own; then all of them are
written to in turns, so that whatever else the machine does disturbs all alike. A write is a SPARQL
update that adds and removes one triple, or a case that is published. Given are elapsed seconds, and
those of all processes of the service: until the write is acknowledged, and with what comes after.

python -m bench.writes                          # bundle alone, and 384,000 quads of registers
python -m bench.writes --quads 0,384k --writes 20
"""

import argparse
import contextlib
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.sparql.generate import number_of

from govkg.access import Access
from govkg.cases.graphs import Graphs
from govkg.cases.kg import DEFAULT_BASE, fill
from govkg.registers.mapping import Source
from govkg.registers.unit import Moment, Period, Unit
from govkg.registers.writing import describe_register, describe_unit
from govkg.store.deltas import in_graph
from govkg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[1]
CASE = (ROOT / "examples" / "cases" / "valid" / "naga-city.ttl").read_text("utf-8")
SOURCE = Source(
    id="made-up",
    title={"en": "Made-up places"},
    publisher="bench",
    homepage="https://example.org/",
    licence="https://example.org/licence",
    country="CN",
    prefix="mu",
)
QUIET = 0.3  # seconds without work after which a write counts as over
IDLE = 0.1  # the share of a processor that a service at rest may use, as it is measured
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Seen:
    """What was measured of writes of one kind, in seconds."""

    elapsed: list[float] = field(default_factory=list)
    until: list[float] = field(default_factory=list)
    in_all: list[float] = field(default_factory=list)

    def row(self) -> str:
        """Return the medians as cells of a table."""
        median = [statistics.median(each) for each in (self.elapsed, self.until, self.in_all)]
        return " | ".join(f"{seconds:.2f} s" for seconds in median)


class Service:
    """A service in processes of its own, on data of its own."""

    def __init__(self, folder: Path, quads: int) -> None:
        """Fill the data folder."""
        self.quads, self.folder = quads, folder
        graphs = Graphs(DEFAULT_BASE)
        store = EmbeddedStore(folder / "store")
        fill(store, DEFAULT_BASE)
        if quads:
            register(store, graphs, quads)
        store.close()
        secret = Access(folder / "tokens.json").create("bench", ("admin",))[1]
        self._headers = {"Authorization": f"Bearer {secret}"}
        self.updates, self.cases = Seen(), Seen()
        self._number = 0

    @contextlib.contextmanager
    def running(self) -> Iterator["Service"]:
        """Start the service, measure that, and end it."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        own = {"DATA_DIR": str(self.folder), "PORT": str(self.port), "LOG_LEVEL": "warning"}
        own |= {"RATE_SUBMISSIONS": "", "DRAIN_SECONDS": "0"}
        environment = os.environ | {f"GOVKG_{key}": value for key, value in own.items()}
        start = time.perf_counter()
        command = [sys.executable, "-m", "govkg", "serve"]
        self._process = subprocess.Popen(command, env=environment)
        try:
            self._until_ready(start)
            yield self
        finally:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()

    def _until_ready(self, start: float) -> None:
        while self._send("GET", "/readyz")[0] != 200:
            if self._process.poll() is not None or time.perf_counter() > start + 600:
                raise SystemExit("the service does not start")
            time.sleep(0.02)
        self.start = time.perf_counter() - start, self.seconds()
        self.rest()

    def rest(self) -> float:
        """Wait until nothing is done any more; return the seconds of its processes until then."""
        before, now = -1.0, self.seconds()
        while now > before + IDLE * QUIET:
            time.sleep(QUIET)
            before, now = now, self.seconds()
        return now

    def seconds(self) -> float:
        """Return how long all processes of the service have worked, those that ended included."""
        return sum(_worked(pid) for pid in _family(self._process.pid))

    def megabytes(self) -> float:
        """Return the memory of all processes of the service; what they share counts once."""
        return sum(_megabytes(pid) for pid in _family(self._process.pid))

    def write(self) -> None:
        """Measure one update and one published case."""
        self._number += 1
        new, old = (f"<urn:b> <urn:b> {n}" for n in (self._number, self._number - 1))
        text = f"INSERT DATA {{ GRAPH <urn:b> {{ {new} }} }} ; "
        text += f"DELETE DATA {{ GRAPH <urn:b> {{ {old} }} }}"
        self._measure(self.updates, "POST", "/sparql", text, "application/sparql-update")
        name = f"bench-{self._number}"
        text = CASE.replace("/case/naga-city", f"/case/{name}")
        self._do("POST", "/cases", text, "text/turtle")
        self.rest()
        text = json.dumps({"decision": "publish"})
        self._measure(self.cases, "POST", f"/cases/{name}/review", text, "application/json")

    def _measure(self, seen: Seen, method: str, path: str, body: str, kind: str) -> None:
        before, start = self.seconds(), time.perf_counter()
        self._do(method, path, body, kind)
        seen.elapsed.append(time.perf_counter() - start)
        seen.until.append(self.seconds() - before)
        seen.in_all.append(self.rest() - before)

    def _do(self, method: str, path: str, body: str, kind: str) -> None:
        headers = {"Content-Type": kind}
        if path.endswith("/review"):
            headers["If-Match"] = self._send("GET", path.removesuffix("/review"))[1]["etag"]
        status, _, answer = self._send(method, path, body, headers)
        if status >= 300:
            raise SystemExit(f"{path}: {status} {answer}")

    def _send(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            given = self._headers | (headers or {})
            connection.request(method, path, body.encode() or None, given)
            response = connection.getresponse()
            told = {key.lower(): value for key, value in response.getheaders()}
            return response.status, told, response.read().decode()
        except OSError:
            return 0, {}, ""
        finally:
            connection.close()


def register(store: EmbeddedStore, graphs: Graphs, quads: int) -> None:
    """Put a register of so many quads into a store."""
    graph = graphs.register(SOURCE.id)
    triples = describe_register(graph, SOURCE, "1")
    number = 0
    while len(triples) < quads:
        triples += describe_unit(graph, SOURCE, _unit(number))
        number += 1
    store.extend(in_graph(graph, triples), [graph])


def _unit(number: int) -> Unit:
    return Unit(
        key=f"mu-{number}",
        code=f"{number:09}",
        names=((f"镇{number}", "zh"),),
        country="CN",
        level="",
        period=Period(Moment("1980"), None),
        parents=(f"mu-{number // 20}",) if number else (),
    )


def _family(pid: int) -> list[int]:
    """Return a process and all that it started, and so on."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def _worked(pid: int) -> float:
    """Return the seconds of a process, and of those that it has waited for."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS
    return 0.0


def _megabytes(pid: int) -> float:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0


def main() -> None:
    """Print what was measured as a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quads", default="0,384k", help="quads of registers, of each service")
    parser.add_argument("--writes", type=int, default=10)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        services = []
        for each in given.quads.split(","):
            service = Service(Path(place) / each, number_of(each))
            services.append(stack.enter_context(service.running()))
        first = [service.megabytes() for service in services]
        for _ in range(given.writes):
            for service in services:
                service.write()
        print("| quads of registers | what | elapsed | until acknowledged | in all |")
        print("|---|---|---|---|---|")
        for service, megabytes in zip(services, first, strict=True):
            told = f"| {service.quads:,} |"
            print(f"{told} start | {service.start[0]:.2f} s | {service.start[1]:.2f} s | |")
            print(f"{told} one triple by an update | {service.updates.row()} |")
            print(f"{told} a case published | {service.cases.row()} |")
            print(f"{told} memory | {megabytes:.0f} MB, then {service.megabytes():.0f} MB | | |")


if __name__ == "__main__":
    main()
