"""Match names with registers of places: how fast, and how well, beside csv-reconcile.

    PATH=$PWD/.venv-bench/bin:$PATH python -m bench.reconciliation --data ../shared/data

``--data`` is a folder with the publishers' files: cn-areacodes/result.csv, cn-divisions/areas.csv
and streets.csv, uk-local-authorities/, be-refnis/refnis2025.ttl and uk-climate/declarations.csv.
None of them comes with govkg; bench/README.md says where they are from.

Both servers run on loopback with the same names of the same places, official and other ones, and
are asked in turns with the same batches. What is asked, and what is right:

- ``sampled``: official names of places drawn from all registers, for the rates alone;
- ``as spelled``: the council column of the declarations; right is the council of the same code;
- ``short``: the same without the words for its kind (“Council”, “Borough” …);
- ``misspelt``: the same with two neighbouring letters exchanged, where is drawn by a fixed seed.
"""

import argparse
import contextlib
import csv
import json
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from govkg.cases.kg import DEFAULT_BASE
from govkg.cli.shelves import Here
from govkg.registers import Imported, Resolver, Unit, bundled_mappings, prepare, read_mapping
from govkg.settings import Settings

ROOT = Path(__file__).parents[1]
FILES = {
    "cn-areacodes": "cn-areacodes/result.csv",
    "cn-streets": "cn-divisions/streets.csv",
    "uk-local-authorities": "uk-local-authorities/uk_local_authorities_future.csv",
    "be-refnis": "be-refnis/refnis2025.ttl",
    "cn-areas": "cn-divisions/areas.csv",
}
AREAS = """
form = "table"
code = "code"
key = ["code"]
level_by_code = [['\\d{6}', "county-level"]]
[register]
id = "cn-areas"
title.en = "Counties of China as they are, for this benchmark"
publisher = "modood"
homepage = "https://github.com/modood/Administrative-divisions-of-China"
licence = "http://www.wtfpl.net/about/"
country = "CN"
prefix = "cn-area"
[names]
official = ["name"]
language = "zh"
"""
KINDS = re.compile(
    r"\b(Council|Borough|District|County|City|Metropolitan|of|London|Royal|and|the)\b",
    re.IGNORECASE,
)
BATCH = 10  # as OpenRefine sends them
SECONDS = 3.0
Batch = list[tuple[str, str]]
"""Names, and the keys of the places that they mean; empty where only time is measured."""


@dataclass
class Server:
    """A reconciliation service on loopback."""

    name: str
    port: int
    path: str
    kind: str
    """The type that is asked for; empty if the service has none."""
    process: subprocess.Popen[bytes]
    seconds: float = 0.0
    """How long it took to answer first."""

    def ask(self, names: Iterable[str]) -> list[list[dict[str, object]]]:
        """Send one batch and return the candidates for each name."""
        more = {"type": self.kind} if self.kind else {}
        queries = {f"q{n}": {"query": name, "limit": 10} | more for n, name in enumerate(names)}
        body = urlencode({"queries": json.dumps(queries, ensure_ascii=False)}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.path}", body)
        with urllib.request.urlopen(request, timeout=600) as response:
            found = json.load(response)
        return [found[name]["result"] for name in queries]

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        if self.process.poll() is None:
            self.process.kill()


def imported(data: Path, folder: Path) -> list[tuple[Imported, float, float]]:
    """Read all registers and store them as the command does; return how long each step took."""
    shelf, found, known = Here(Settings(data_dir=folder / "govkg")), [], list[Unit]()
    (folder / "cn-areas.toml").write_text(AREAS)
    paths = bundled_mappings() | {"cn-areas": folder / "cn-areas.toml"}
    for name, file in FILES.items():
        mapping = read_mapping(paths[name])
        start = time.perf_counter()
        made = prepare(
            data / file, mapping, DEFAULT_BASE, known=known if mapping.parent.register_ else ()
        )
        read = time.perf_counter()
        shelf.put(made.graph, made.triples)
        found.append((made, read - start, time.perf_counter() - read))
        known = list(made.units) if name == "cn-areacodes" else known
    shelf.store.close()
    return found


def councils(data: Path) -> list[tuple[str, str]]:
    """Return names of councils as the declarations spell them, with the keys in the register."""
    with (data / "uk-climate" / "declarations.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [
            (r["council"].strip(), r["local-authority-code"].strip()) for r in csv.DictReader(file)
        ]
    return list(dict.fromkeys((name, f"gb-{code}") for name, code in rows if name and code))


def short(name: str) -> str:
    """Return a name without the words for its kind."""
    return " ".join(KINDS.sub(" ", name).replace(",", " ").split()) or name


def misspelt(name: str, seed: int) -> str:
    """Return a name with two neighbouring letters exchanged that differ."""
    places = [
        i for i in range(1, len(name) - 1) if name[i : i + 2].isalpha() and name[i] != name[i + 1]
    ]
    if not places:
        return name
    at = random.Random(seed).choice(places)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def batches(asked: list[tuple[str, str]]) -> Iterator[Batch]:
    """Yield names in batches."""
    for start in range(0, len(asked), BATCH):
        yield asked[start : start + BATCH]


def rated(
    servers: list[Server], asked: list[tuple[str, str]]
) -> dict[str, tuple[float, float, float]]:
    """Ask in turns for a while; return cells per second, median and 99th percentile of batches."""
    taken: dict[str, list[float]] = {server.name: [] for server in servers}
    waiting = {server.name: batches(asked) for server in servers}
    for _ in range(3):
        for server in servers:
            until = time.perf_counter() + SECONDS
            while time.perf_counter() < until:
                batch = next(waiting[server.name], None)
                if batch is None:
                    break
                start = time.perf_counter()
                server.ask(name for name, _ in batch)
                taken[server.name].append(time.perf_counter() - start)
    return {
        name: (
            BATCH * len(times) / sum(times),
            statistics.median(times) * 1000,
            sorted(times)[int(0.99 * (len(times) - 1))] * 1000,
        )
        for name, times in taken.items()
    }


@dataclass
class Quality:
    """How well names were matched."""

    asked: int = 0
    first: int = 0
    """How often the first candidate was right."""
    among: int = 0
    """How often one of ten was."""
    decided: int = 0
    """How often a candidate was said to be the match."""
    right: int = 0
    """How often that was right."""

    def line(self) -> str:
        """Return the numbers as cells of a table."""
        precision = self.right / self.decided if self.decided else float("nan")
        return (
            f"{self.first / self.asked:.1%} | {self.among / self.asked:.1%} | "
            f"{self.decided / self.asked:.1%} | {precision:.1%} | {self.right / self.asked:.1%}"
        )


def judged(server: Server, asked: list[tuple[str, str]]) -> Quality:
    """Ask for all names and compare the candidates with what is right."""
    found = Quality()
    for batch in batches(asked):
        for (_, key), candidates in zip(batch, server.ask(name for name, _ in batch), strict=True):
            keys = [_key(str(each["id"])) for each in candidates]
            sure = [_key(str(each["id"])) for each in candidates if each["match"] is True]
            found.asked += 1
            found.first += keys[:1] == [key]
            found.among += key in keys
            found.decided += len(set(sure)) == 1
            found.right += set(sure) == {key}
    return found


def _key(identifier: str) -> str:
    """Return the key of a place by the id that a server gives it."""
    return identifier.removeprefix("place/").partition("|")[0]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _started(server: Server) -> Server:
    """Wait until a server answers a batch."""
    start = time.perf_counter()
    while time.perf_counter() - start < 600:
        if server.process.poll() is not None:
            raise SystemExit(f"{server.name} ended; see its log in the folder")
        with contextlib.suppress(OSError, KeyError, ValueError, urllib.error.HTTPError):
            server.ask(["Newtown"])
            server.seconds = time.perf_counter() - start
            return server
        time.sleep(0.1)
    raise SystemExit(f"{server.name} does not answer")


def govkg(folder: Path) -> Server:
    """Start govkg on the registers that were stored."""
    data, port = folder / "govkg", _free_port()
    own = {"GOVKG_DATA_DIR": str(data), "GOVKG_PORT": str(port), "GOVKG_LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "govkg", "serve"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=subprocess.DEVNULL,
                               stderr=(folder / "govkg.log").open("wb"))  # fmt: skip
    return _started(Server("govkg", port, "/reconcile", "gov:Jurisdiction", process))


def csv_reconcile(folder: Path, units: Iterable[Unit]) -> Server | None:
    """Start csv-reconcile with all names of the same places; None if it is not installed."""
    program = shutil.which("csv-reconcile")
    if program is None:
        return None
    table, port = folder / "places.tsv", _free_port()
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerow(["id", "name"])
        for unit in units:
            names = dict.fromkeys(name for name, _ in (*unit.names, *unit.other_names))
            writer.writerows((f"{unit.key}|{n}", name) for n, name in enumerate(names))
    (folder / "reconcile.cfg").write_text(
        f"CSVKWARGS={{'delimiter': '\\t'}}\nCSVENCODING='utf-8'\nSERVER_NAME='127.0.0.1:{port}'\n"
    )
    options = ["--config", str(folder / "reconcile.cfg"), "--scorer", "dice"]
    subprocess.run([program, "init", *options, str(table), "id", "name"], check=True, cwd=folder,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    process = subprocess.Popen([program, "serve"], cwd=folder, stdout=subprocess.DEVNULL,
                               stderr=(folder / "peer.log").open("wb"))  # fmt: skip
    return _started(Server("csv-reconcile", port, "/reconcile", "", process))


def main() -> None:
    """Measure and print tables in Markdown."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--names", type=int, default=100, help="how many the peer is asked for")
    given = options.parse_args()
    data = given.data
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = imported(data, folder)
        print("| register | units | read | stored | units per second |\n|---|---|---|---|---|")
        for made, read, stored in found:
            size = len(made.units)
            print(f"| {made.mapping.register_.id} | {size:,} | {read:.1f} s | {stored:.1f} s | "
                  f"{size / (read + stored):,.0f} |", flush=True)  # fmt: skip
        units = [unit for made, _, _ in found for unit in made.units]
        start = time.perf_counter()
        Resolver(units)
        seconds = time.perf_counter() - start
        print(f"\n{len(units):,} places; the look-up was made in {seconds:.1f} s\n", flush=True)
        servers = [govkg(folder)]
        try:
            if peer := csv_reconcile(folder, units):
                servers.append(peer)
            _compare(servers, units, councils(data), given.names)
        finally:
            for server in servers:
                server.stop()


def _compare(
    servers: list[Server], units: list[Unit], names: list[tuple[str, str]], most: int
) -> None:
    drawn = random.Random(7).sample(units, 5000)
    sampled = [(unit.names[0][0], unit.key) for unit in drawn]
    asked = {
        "as spelled": names,
        "short": [(short(name), key) for name, key in names],
        "misspelt": [(misspelt(name, n), key) for n, (name, key) in enumerate(names)],
    }
    print("| names | server | cells per second | median of a batch | 99th percentile |")
    print("|---|---|---|---|---|")
    for kind, some in {"sampled": sampled, "misspelt": asked["misspelt"] * 5}.items():
        for name, (rate, median, worst) in rated(servers, some).items():
            print(
                f"| {kind} | {name} | {rate:,.0f} | {median:.1f} ms | {worst:.1f} ms |", flush=True
            )
    few = names[:: max(1, len(names) // most)]
    print(f"\n{len(few)} and all {len(names)} names of councils:\n")
    print("| names | server | first right | right among ten | match said | and right | recall |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for kind, some in asked.items():
        for server in servers:
            line = judged(server, some[:: max(1, len(some) // most)]).line()
            print(f"| {kind}, {len(few)} | {server.name} | {line} |", flush=True)
        print(f"| {kind}, all | govkg | {judged(servers[0], some).line()} |", flush=True)


if __name__ == "__main__":
    main()
