"""Compare govkg with other SPARQL servers on the same triples, in one run.

python -m bench.sparql --size 100k --clients 1,8 --seconds 3 --rounds 2 --servers govkg,oxigraph
"""

import argparse
import math
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.sparql import generate, health
from bench.sparql.load import DISTINCT, Numbers, Rate, Workload, fixed, measure
from bench.sparql.questions import Question, questions, try_all
from bench.sparql.servers import SERVERS, Data, Govkg, MissingError, Server

QUERIES = Path(__file__).parent / "queries"
CLASSES = ("lookup", "join", "aggregate", "path", "text", "construct")
WARM = 16
"""How many different queries are repeated when warm."""
_BLOCK = 1_000_003

Key = tuple[str, str, int, str]
"""Class, cold or warm, clients, server."""


@dataclass
class Run:
    """One comparison."""

    data: Data
    clients: list[int]
    seconds: float
    rounds: int
    servers: list[Server] = field(default_factory=list)
    rates: dict[Key, Rate] = field(default_factory=dict)
    _blocks: int = 1

    def measure(self, load: Workload, warm: int) -> None:
        """Measure one class on every server in turn, first with distinct queries, then repeats."""
        for clients in self.clients:
            self._blocks += 1
            cold = Numbers(self._blocks * _BLOCK, DISTINCT)
            for mode, numbers in (("cold", cold), ("warm", Numbers(0, warm))):
                for server in self.servers:
                    seen = measure(server.port, server.path, load, numbers, clients, self.seconds)
                    self.rates.setdefault((load.name, mode, clients, server.name), Rate())
                    self.rates[load.name, mode, clients, server.name] += seen

    def table(self, names: list[str]) -> None:
        """Print the requests per second, and how govkg compares."""
        peers = [server.name for server in self.servers if server.name != "govkg"]
        ratios = "".join(f" / {peer} |" for peer in peers)
        print(f"\n| class | queries | clients | govkg |{''.join(f' {p} |' for p in peers)}{ratios}")
        print("|---|---|---|" + "---|" * (2 * len(peers) + 1))
        for name in names:
            for mode in ("cold", "warm"):
                for clients in self.clients:
                    self._row(name, mode, clients, peers)

    def _row(self, name: str, mode: str, clients: int, peers: list[str]) -> None:
        found = [self.rates[name, mode, clients, each] for each in ("govkg", *peers)]
        ours = found[0].per_second
        cells = [name, mode, str(clients)]
        cells += [_number(each.per_second) + (" !" if each.errors else "") for each in found]
        cells += [_number(ours / each.per_second) if each.answers else "–" for each in found[1:]]
        print(f"| {' | '.join(cells)} |", flush=True)


def _number(value: float) -> str:
    if value == 0:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}"


def workloads(size: int) -> list[Workload]:
    """Return the classes of queries, with parameters that occur in so many triples."""
    cases = size // 55
    values = {
        "lookup": {"case": [generate.case_iri(n) for n in range(min(cases, 5000))]},
        "join": {
            "symptom": list(generate.SYMPTOMS),
            "country": list(generate.COUNTRIES),
            "level": list(generate.LEVELS),
        },
        "aggregate": {},
        "path": {"place": [generate.place_iri(n) for n in range(1, min(cases // 30, 2000))]},
        "text": {"word": list(generate.WORDS), "other": list(generate.WORDS)},
        "construct": {"country": list(generate.COUNTRIES), "level": list(generate.LEVELS)},
    }
    turtle = {"construct": "text/turtle"}
    return [
        Workload(
            name,
            (QUERIES / f"{name}.rq").read_text(),
            values[name],
            turtle.get(name, "application/sparql-results+json"),
        )
        for name in CLASSES
    ]


def start(run: Run, names: list[str], folder: Path, stack: ExitStack) -> None:
    """Start govkg first, because what it holds is what the others load."""
    for name in ["govkg", *(each for each in names if each != "govkg")]:
        server = SERVERS[name](folder / name, name=name)
        stack.callback(server.stop)
        try:
            server.start(run.data)
        except MissingError as error:
            print(f"{name} is left out, there is no {error}", file=sys.stderr)
            continue
        if isinstance(server, Govkg):
            run.data.merge(server.everything())
        run.servers.append(server)
        print(f"{name}: loaded in {server.seconds:.1f} s", file=sys.stderr)


def memory(run: Run, when: str) -> None:
    """Print the load time and the memory of every server."""
    print(f"\n| memory {when}, MB | process | resident | proportional |\n|---|---|---|---|")
    for server in run.servers:
        found = server.memory()
        for command, resident, proportional in found:
            short = " ".join(word.rsplit("/", 1)[-1] for word in command.split()[:4])[:50]
            print(f"| {server.name} | {short} | {resident:.0f} | {proportional:.0f} |")
        if len(found) > 1:
            print(f"| {server.name} | all | | {sum(each[2] for each in found):.0f} |")


def check(run: Run, loads: list[Workload]) -> None:
    """Say on which classes the servers do not agree about the number of results."""
    for load in loads:
        probes = [Question(str(n), load.query(n), load.accept) for n in range(1, 6)]
        agreed = try_all(run.servers, probes, silent=True)
        if len(agreed) < len(probes):
            print(f"results differ in number for {load.name}", file=sys.stderr)


def compare(run: Run, size: int, chosen: list[str]) -> None:
    """Measure all, in rounds in which each server has its turn."""
    loads = [each for each in workloads(size) if each.name in chosen]
    check(run, loads)
    print(f"\n{run.data.triples} triples; loading, from the file to the first answer:\n")
    for server in run.servers:
        print(f"- {server.name}: {server.seconds:.1f} s {server.note}")
    memory(run, "after loading")
    agreed: list[Question] = []
    if "questions" in chosen:
        print()
        agreed = try_all(run.servers, questions())
        loads.append(fixed("questions", [each.text for each in agreed]))
    for number in range(run.rounds):
        for load in loads:
            run.measure(load, len(agreed) if load.name == "questions" else WARM)
            print(f"round {number + 1}: {load.name}", file=sys.stderr)
    run.table([load.name for load in loads])
    memory(run, "after measuring")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--size", default="100k", help="triples to generate, as 100k or 1M")
    parser.add_argument("--clients", default="1,8")
    parser.add_argument("--seconds", type=float, default=3, help="how long each measurement takes")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--servers", default=",".join(SERVERS))
    parser.add_argument("--classes", default=",".join((*CLASSES, "questions")))
    parser.add_argument("--health", action="store_true", help="only measure under hostile queries")
    parser.add_argument("--quick", action="store_true", help="a minute: few servers, one round")
    given = parser.parse_args()
    if given.quick:
        given.seconds, given.rounds, given.clients, given.size = 1, 1, "8", "20k"
        given.classes = given.classes.removesuffix(",questions")  # rdflib takes minutes for them
    size = generate.number_of(given.size)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that no server is left behind
    with tempfile.TemporaryDirectory(prefix="govkg-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        bundled = "questions" in given.classes.split(",") or given.health
        data = Data(folder / "generated.nt", folder / "merged.nt", bundled)
        with data.generated.open("w") as file:
            file.writelines(generate.lines(size))
        clients = [int(each) for each in given.clients.split(",")]
        run = Run(data, clients, given.seconds, given.rounds)
        start(run, ["govkg"] if given.health else given.servers.split(","), folder, stack)
        if given.health:
            health.report(run.servers[0], given.seconds)
            return
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        health.ceilings(run.servers[0], clients, given.seconds)
        compare(run, size, given.classes.split(","))


if __name__ == "__main__":
    main()
