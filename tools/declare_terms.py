"""Write ontology/declarations.ttl: the kind of each class and property that the modules describe.

    python tools/declare_terms.py [--check]

The modules use each other's terms, and OWL tools read an import before the file that asks for it.
Imports in a circle would therefore leave terms undeclared, so every module imports this one file.
"""

import sys
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, RDF

from format_turtle import canonical

ONTOLOGY = Path(__file__).parents[1] / "ontology"
FILE = ONTOLOGY / "declarations.ttl"
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


def declarations() -> str:
    """Return the text of the file: its present header, and what the modules declare now."""
    present = Graph().parse(FILE)
    header = present.value(predicate=RDF.type, object=OWL.Ontology)
    graph = Graph()
    for predicate, value in present.predicate_objects(header):
        graph.add((header, predicate, value))
    for module in sorted((ONTOLOGY / "modules").glob("*.ttl")):
        for term, kind in Graph().parse(module).subject_objects(RDF.type):
            if kind in KINDS and isinstance(term, URIRef):
                graph.add((term, RDF.type, kind))
    assert (header, DCTERMS.title, None) in graph
    return canonical(graph.serialize(format="turtle"))


def main() -> int:
    """Write the file, or with --check say whether it is out of date."""
    text = declarations()
    if text == FILE.read_text(encoding="utf-8"):
        return 0
    print(f"{FILE}: {'out of date' if '--check' in sys.argv else 'written'}")
    if "--check" in sys.argv:
        return 1
    FILE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
