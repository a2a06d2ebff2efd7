"""How long checking takes: our validator with its fast engine, and pyshacl called by itself.

Ours includes reading the engine's report and putting each finding into words in two languages;
pyshacl's time ends with its report as a graph. Both get the same shapes, ontology and cases.

    python -m bench.validation [cases, such as 1000]
"""

import sys

import pyshacl
from bench.reasoning import CASE, compare, rdflib_graph, seconds
from pyoxigraph import NamedNode, Triple

from govkg import bundle
from govkg.ontology import load_ontology, read_files
from govkg.validation import Validator

SMALL = bundle.folder("examples") / "cases" / "valid-fixtures" / "all-rules.ttl"


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
    """Print a line of the table for one case, and one for many."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    shapes, ontology = read_files(bundle.shapes()), load_ontology().triples
    validator = Validator(shapes, ontology)
    shapes_graph = rdflib_graph(shapes)
    print("| what | govkg | peer | ratio |\n|---|---|---|---|", flush=True)
    for what, case, repeats in (
        ("validation of one case", read_files([CASE]), 5),
        (f"validation of {many} cases", copies(many), 1),
    ):
        validator.validate(read_files([CASE]))
        ours = seconds(lambda case=case: validator.validate(case), repeats)
        data = rdflib_graph([*ontology, *case])
        theirs = seconds(
            lambda data=data: pyshacl.validate(data, shacl_graph=shapes_graph, advanced=True),
            repeats if repeats == 1 else 3,
        )
        compare(f"{what} ({len(case)} triples)", ours, "pyshacl", theirs)


if __name__ == "__main__":
    main()
