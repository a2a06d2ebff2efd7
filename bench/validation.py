"""How long checking takes, and how much memory: our validator with its fast engine, and pyshacl.

    python -m bench.validation [--sizes 1,1000,10000] [--deadline 120] [--rounds 3]

Each measurement is a process of its own, which loads the same shapes, ontology and cases, and tells
the time of checking alone: elapsed, and of the process in brackets, to which the elapsed time comes
near when nothing else runs. Ours ends with each finding in words in two languages; pyshacl's ends
with its report as a graph. They take turns, so that whatever else the machine does disturbs both.

The ratio is that of the times of the processes. pyshacl is ended at a deadline in such seconds; the
ratio is then at least that of the deadline to our time. It is not asked for more cases once it was
ended for fewer.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Triple

from govkg import bundle
from govkg.ontology import load_ontology, read_files

SMALL: Final = bundle.folder("examples") / "cases" / "valid-fixtures" / "all-rules.ttl"
_MB: Final = 1024
"""Kilobytes in what is printed."""


@dataclass(frozen=True)
class Seen:
    """What one process measured."""

    elapsed: float
    process: float
    memory: int
    """The most that the process held, in kilobytes; what it held before is in ``before``."""
    before: int
    findings: int

    def __str__(self) -> str:
        """Return the times for people."""
        return f"{self.elapsed:.3f} s ({self.process:.3f} s)"


def copies(number: int) -> list[Triple]:
    """Return copies of a small case, each with nodes of its own."""
    case = read_files([SMALL])
    own = {t.subject.value for t in case if isinstance(t.subject, NamedNode)}
    return [
        Triple(
            NamedNode(f"{t.subject.value}-{copy}"),
            t.predicate,
            NamedNode(f"{t.object.value}-{copy}")
            if isinstance(t.object, NamedNode) and t.object.value in own
            else t.object,
        )
        for copy in range(number)
        for t in case
        if isinstance(t.subject, NamedNode)
    ]


def _ours(data: list[Triple], shapes: list[Triple], ontology: list[Triple]) -> Callable[[], int]:
    from govkg.validation import Validator  # each process loads one of the two

    validator = Validator(shapes, ontology)
    validator.validate(copies(1))
    return lambda: len(validator.validate(data).findings)


def _theirs(data: list[Triple], shapes: list[Triple], ontology: list[Triple]) -> Callable[[], int]:
    import pyshacl  # likewise
    from bench.reasoning import rdflib_graph  # likewise

    graph, shapes_graph = rdflib_graph([*ontology, *data]), rdflib_graph(shapes)

    def check() -> int:
        _, results, _ = pyshacl.validate(graph, shacl_graph=shapes_graph, advanced=True)
        return sum(1 for _ in results.subjects())

    return check


def _measure(who: str, number: int, deadline: int) -> None:
    """Check so many cases once, and print what that took; end after some processor time."""
    shapes, ontology = read_files(bundle.shapes()), load_ontology().triples
    work = {"govkg": _ours, "pyshacl": _theirs}[who](copies(number), shapes, ontology)
    before = _memory()
    print("ready", flush=True)
    if deadline:
        spent = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (spent + deadline, spent + deadline))
    start, process = time.perf_counter(), time.process_time()
    findings = work()
    took = time.perf_counter() - start, time.process_time() - process
    print(json.dumps([*took, _memory(), before, findings]))


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _asked(who: str, number: int, deadline: int = 0) -> Seen | None:
    """Return what a process of its own measured, or nothing if it was ended at the deadline."""
    command = [sys.executable, "-m", "bench.validation", "--measure", who]
    command += [str(number), "--deadline", str(deadline)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        if child.stdout is None or child.stdout.readline() != "ready\n":
            raise RuntimeError(f"{who} could not be started")
        told, _ = child.communicate()
    return Seen(*json.loads(told)) if told.strip() else None


def _middle(seen: list[Seen]) -> Seen:
    """Return the run with the median time of the process."""
    middle = statistics.median_low(each.process for each in seen)
    return next(each for each in seen if each.process == middle)


def _line(number: int, rounds: int, deadline: int, *, ask: bool) -> bool:
    """Measure one size in turns, print its line, and say whether pyshacl came to an end."""
    ours, theirs, ended = list[Seen](), list[Seen](), ask
    for _ in range(rounds if number == 1 else 1):
        if (mine := _asked("govkg", number)) is not None:
            ours.append(mine)
        peer = _asked("pyshacl", number, deadline) if ended else None
        theirs += [peer] if peer else []
        ended = peer is not None
    best = _middle(ours)
    memory = f"{best.memory // _MB} MB, of which {best.before // _MB} MB before"
    if theirs:
        peer = _middle(theirs)
        told, ratio = str(peer), f"{peer.process / best.process:,.0f}"
    else:
        told = f"ended after ({deadline} s)" if ask else f"not asked: over ({deadline} s)"
        ratio = f"over {deadline / best.process:,.1f}"
    print(f"| {number} | {best} | {memory} | {told} | {ratio} |", flush=True)
    return ended


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time checking, beside pyshacl.")
    parser.add_argument("--sizes", default="1,1000,10000", help="numbers of cases")
    parser.add_argument("--deadline", type=int, default=120, help="seconds for pyshacl")
    parser.add_argument("--rounds", type=int, default=3, help="how often one case is checked")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        _measure(given.measure[0], int(given.measure[1]), given.deadline)
        return
    print("| cases | govkg | memory | pyshacl | ratio |\n|---|---|---|---|---|", flush=True)
    ask = True
    for size in map(int, given.sizes.split(",")):
        ask = _line(size, given.rounds, given.deadline, ask=ask)


if __name__ == "__main__":
    main()
