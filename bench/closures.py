"""How the reasoner grows: closures, proofs and changed cases, by the number of cases.

Each size is measured in a process of its own, so that its memory is its own. Times are given as
elapsed seconds and, since other work may be going on, as seconds of this process.

python -m bench.closures                     # 1k and 10k cases, and owlrl and HermiT at 100
python -m bench.closures --sizes 1k,10k,100k --peers 100,1k --deadline 300
"""

import argparse
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from bench.sparql.generate import _numbered, number_of
from pyoxigraph import RdfFormat, Triple, parse

from govkg.errors import DeadlineError
from govkg.ontology import load_ontology
from govkg.reasoning import Closure, deep_check, prove

SILENT = ("label", "Label", "definition", "Note", "example", "quote", "section", "source")
"""The ends of properties that only people read; they are left out for the peers' sake."""


def axioms() -> list[Triple]:
    """Return the logical part of the ontology."""
    return [t for t in load_ontology().triples if not t.predicate.value.endswith(SILENT)]


def case(number: int) -> list[Triple]:
    """Return the triples of one case, with those of the place that comes with it."""
    text = "".join(_numbered(number)).encode()
    return [quad.triple for quad in parse(text, RdfFormat.N_TRIPLES)]


def cases(size: int) -> Iterator[Triple]:
    """Yield the triples of so many cases."""
    for number in range(size):
        yield from case(number)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long some work takes: elapsed, and of this process."""
    start, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - own


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(size: int) -> None:
    """Measure one size and print its line."""
    given = axioms()
    making = timed(lambda: [None for _ in cases(size)])
    closure = Closure(given)
    closing = timed(lambda: closure.add(cases(size)))
    most = peak()
    chance = random.Random(1)
    proofs = [timed(lambda t=t: proof(closure, t))[0] for t in some(closure, size, chance)]
    changes = [change(closure, chance.randrange(size)) for _ in range(40)]
    elapsed, own = closing[0] - making[0], closing[1] - making[1]
    print(
        f"| {size} | {elapsed:.1f} s ({own:.1f} s) | {most:.0f} MB "
        f"| {statistics.median(proofs) * 1000:.2f} ms "
        f"| {statistics.median(c[0] for c in changes[10:]) * 1000:.1f} ms "
        f"| {statistics.median(c[1] for c in changes[10:]) * 1000:.1f} ms |",
        flush=True,
    )


def proof(closure: Closure, triple: Triple) -> None:
    """Prove a triple whole."""
    prove(closure, triple, lambda _: (), lambda _: None)


def some(closure: Closure, size: int, chance: random.Random) -> list[Triple]:
    """Return derived triples about cases here and there."""
    found = []
    for _ in range(200):
        triples = case(chance.randrange(size))
        subjects = sorted({t.subject for t in triples}, key=str)
        subject = chance.choice(subjects)
        for predicate in sorted({t.predicate for t in triples}, key=str):
            for value in closure.objects(subject, predicate):
                triple = Triple(subject, predicate, value)
                if closure.derivation(triple):
                    found.append(triple)
    return chance.sample(found, min(200, len(found)))


def change(closure: Closure, number: int) -> tuple[float, float]:
    """Return how long it takes to withdraw a case, and to add it again."""
    triples = case(number)
    gone = timed(lambda: closure.change(triples, []))[0]
    back = timed(lambda: closure.change([], triples))[0]
    return gone, back


def owlrl(size: int) -> None:
    """Close so many cases by owlrl, and print the times and their ratio."""
    import owlrl
    from pyoxigraph import serialize
    from rdflib import Graph

    given = [*axioms(), *cases(size)]
    data = serialize(given, format=RdfFormat.N_TRIPLES)
    graph = Graph().parse(data=data, format="nt")
    own = timed(lambda: Closure(given))
    theirs = timed(lambda: owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph))
    report("owlrl", size, own, f"{theirs[0]:.1f} s ({theirs[1]:.1f} s)", theirs[1] / own[1])


def hermit(size: int, deadline: float) -> None:
    """Realise so many cases by HermiT, and print the times."""
    given = [*axioms(), *cases(size)]
    own = timed(lambda: Closure(given))
    try:
        theirs = timed(lambda: deep_check(given, deadline))[0]
    except DeadlineError:
        report("HermiT", size, own, f"not done after {deadline:.0f} s", None)
        return
    report("HermiT", size, own, f"{theirs:.1f} s", theirs / own[0])


def report(
    peer: str, size: int, own: tuple[float, float], theirs: str, ratio: float | None
) -> None:
    told = f"{ratio:.0f}" if ratio else ""
    print(f"| {peer} | {size} | {own[0]:.2f} s ({own[1]:.2f} s) | {theirs} | {told} |", flush=True)


def apart(*arguments: str, seconds: float) -> None:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.closures", *arguments]
    try:
        subprocess.run(command, check=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        print(f"| {' '.join(arguments)} | not done after {seconds:.0f} s |", flush=True)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="1k,10k")
    parser.add_argument("--peers", default="100")
    parser.add_argument("--deadline", type=float, default=120)
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "SIZE"))
    given = parser.parse_args()
    if given.one:
        what, size = given.one[0], number_of(given.one[1])
        work = {"ours": ours, "owlrl": owlrl, "hermit": lambda n: hermit(n, given.deadline)}
        work[what](size)
        return
    print("| cases | closure | peak memory | one proof | case withdrawn | case added |")
    print("|---|---|---|---|---|---|", flush=True)
    for size in given.sizes.split(","):
        apart("--one", "ours", size, seconds=1800)
    print("\n| peer | cases | govkg | peer | ratio |\n|---|---|---|---|---|", flush=True)
    for size in given.peers.split(","):
        for peer in ("owlrl", "hermit"):
            limit = f"{given.deadline:g}"
            apart("--one", peer, size, "--deadline", limit, seconds=2 * given.deadline)


if __name__ == "__main__":
    main()
