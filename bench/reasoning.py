"""How govkg compares with the libraries that people would use instead, in one run.

Each line is a ratio of medians, peer over govkg: above 1 means that govkg is faster. Absolute
times depend on the machine; only the ratios are meant to be read.

python bench/reasoning.py
"""

import statistics
import time
from collections.abc import Callable

import owlrl
from pyoxigraph import RdfFormat, Triple, serialize
from rdflib import Graph

from govkg import bundle
from govkg.ontology import load_ontology, read_files
from govkg.reasoning import Closure

CASE = bundle.folder("examples") / "cases" / "valid" / "la-paz-anticorruption.ttl"


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the median time of some runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def compare(what: str, ours: float, peer: str, theirs: float) -> None:
    """Print one line of the table."""
    print(
        f"| {what} | {ours * 1000:.1f} ms | {peer} {theirs * 1000:.1f} ms | {theirs / ours:.1f} |"
    )


def rdflib_graph(triples: list[Triple]) -> Graph:
    """Make an rdflib graph of triples."""
    data = serialize(triples, format=RdfFormat.N_TRIPLES)
    return Graph().parse(data=data, format="nt")


def closure() -> None:
    """Close the logical part of the ontology and one case, against owlrl."""
    ontology = load_ontology().triples
    silent = ("label", "Label", "definition", "Note", "example", "quote", "section", "source")
    triples = [t for t in ontology if not t.predicate.value.endswith(silent)]
    triples += read_files([CASE])
    ours = seconds(lambda: Closure(triples), 5)

    def peer() -> None:
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(rdflib_graph(triples))

    what = f"OWL 2 RL closure of {len(triples)} triples, with reasons"
    compare(what, ours, "owlrl", seconds(peer, 1))


def main() -> None:
    """Print the table."""
    print("| what | govkg | peer | ratio |\n|---|---|---|---|")
    closure()


if __name__ == "__main__":
    main()
