"""How long checking takes: our validator with its fast engine, and pyshacl called by itself.

Ours includes reading the engine's report and putting each finding into words in two languages;
pyshacl's time ends with its report as a graph. Both get the same shapes, ontology and cases.
pyshacl is asked about 20 cases at most; for more, its time is scaled from these by the number of
cases, which flatters it, and the line says so.

    python -m bench.validation [cases, such as 1000 10000]
"""

import sys

import pyshacl
from bench.reasoning import CASE, compare, rdflib_graph, seconds
from pyoxigraph import NamedNode, Triple

from govkg import bundle
from govkg.ontology import load_ontology, read_files
from govkg.validation import Validator

SMALL = bundle.folder("examples") / "cases" / "valid-fixtures" / "all-rules.ttl"


_FEW = 20
"""How many cases pyshacl is given."""


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


def main() -> None:
    """Print a line of the table for one case, and one for each number of cases."""
    numbers = [int(each) for each in sys.argv[1:]] or [1000]
    shapes, ontology = read_files(bundle.shapes()), load_ontology().triples
    validator, shapes_graph = Validator(shapes, ontology), rdflib_graph(shapes)
    validator.validate(read_files([CASE]))

    def ours(case: list[Triple], repeats: int = 1) -> float:
        return seconds(lambda: validator.validate(case), repeats)

    def theirs(case: list[Triple], repeats: int = 1) -> float:
        data = rdflib_graph([*ontology, *case])
        return seconds(
            lambda: pyshacl.validate(data, shacl_graph=shapes_graph, advanced=True), repeats
        )

    print("| what | govkg | peer | ratio |\n|---|---|---|---|", flush=True)
    one = read_files([CASE])
    compare(f"validation of one case ({len(one)} triples)", ours(one, 5), "pyshacl", theirs(one, 3))
    few = theirs(copies(_FEW))
    for number in numbers:
        case = copies(number)
        what = f"validation of {number} cases ({len(case)} triples)"
        scaled = f"pyshacl, scaled from {_FEW} cases" if number != _FEW else "pyshacl"
        compare(what, ours(case), scaled, few * number / _FEW)


if __name__ == "__main__":
    main()
