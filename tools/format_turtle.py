"""Write ontology files in one canonical form, so that a diff shows only what changed.

    python tools/format_turtle.py ontology/modules/*.ttl
    python tools/format_turtle.py --check ontology/modules/*.ttl

The header comes first, then every term in alphabetical order. An axiom without a name of its own
(a reified claim, a general class axiom) follows the term that it speaks of. Only used prefixes
are kept. Comments are lost, as in any RDF tool: say it with rdfs:comment or skos:editorialNote.
"""

import argparse
import io
import re
import sys
from pathlib import Path
from typing import Any

import rdflib
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import OWL, RDF, RDFS, XSD
from rdflib.plugins.serializers.longturtle import LongTurtleSerializer
from rdflib.term import Node

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "bibo": "http://purl.org/ontology/bibo/",
    "dcterms": "http://purl.org/dc/terms/",
    "gc": "https://w3id.org/govkg/concept/",
    "gov": "https://w3id.org/govkg/ontology#",
    "gs": "https://w3id.org/govkg/scheme/",
    "mod": "https://w3id.org/mod#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vann": "http://purl.org/vocab/vann/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
rdflib.NORMALIZE_LITERALS = False  # "0.50" stays "0.50", and "Z" stays "Z"

# What an unnamed axiom speaks of, in the order in which we look for it.
ANCHORS = (OWL.annotatedSource, RDFS.subClassOf, OWL.members, OWL.distinctMembers)


class _OntologySerializer(LongTurtleSerializer):
    """Long Turtle with the header first and each unnamed axiom behind its term."""

    def orderSubjects(self) -> list[Any]:  # noqa: N802 - the name is rdflib's
        """Return all subjects in the order in which they are written."""
        subjects = set(self.store.subjects())
        nested = {s for s in subjects if isinstance(s, BNode) and self._references[s]}
        return sorted(subjects - nested, key=self._place) + sorted(nested)

    def label(self, node: Node, position: int) -> str:
        """Write a term; a decimal without a point keeps its datatype, or it would be an integer."""
        if isinstance(node, Literal) and node.datatype == XSD.decimal and "." not in node:
            return f'"{node}"^^xsd:decimal'
        written: str = super().label(node, position)
        return written

    def _place(self, subject: Node) -> tuple[bool, str, bool, str]:
        is_header = (subject, RDF.type, OWL.Ontology) in self.store
        if isinstance(subject, BNode):
            return True, self._anchor(subject), True, self._content(subject)
        return not is_header, str(subject), False, ""

    def _anchor(self, subject: BNode) -> str:
        anchors = (self.store.value(subject, predicate) for predicate in ANCHORS)
        return next((str(a) for a in anchors if isinstance(a, URIRef)), "\uffff")

    def _content(self, subject: BNode) -> str:
        pairs = self.store.predicate_objects(subject)
        named = sorted(f"{p} {o}" for p, o in pairs if not isinstance(o, BNode))
        return "\n".join([*named, str(subject)])  # the canonical label settles a tie


def canonical(text: str) -> str:
    """Return the canonical form of a Turtle document; it holds the same triples."""
    graph = Graph().parse(data=text, format="turtle")
    written = _write(graph)
    if not isomorphic(graph, Graph().parse(data=written, format="turtle")):
        raise AssertionError("formatting would change the triples")
    return written


def _write(graph: Graph) -> str:
    bound = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        bound.bind(prefix, namespace)
    for triple in graph:
        bound.add(triple)
    buffer = io.BytesIO()
    _OntologySerializer(bound).serialize(buffer, canon=True)
    written = buffer.getvalue().decode()
    unknown = re.findall(r"^PREFIX ns\d+: .*$", written, flags=re.MULTILINE)
    if unknown:
        raise ValueError(f"add a prefix to PREFIXES for {', '.join(unknown)}")
    # OWLAPI 5 without Rio, and so Protege, reads only the older form of the directive.
    written = re.sub(r"^PREFIX (\S+ <\S+>)$", r"@prefix \1 .", written, flags=re.MULTILINE)
    return re.sub(r"\n +\n", "\n", written).strip() + "\n"


def main() -> int:
    """Format the files given, or with --check say which are not in canonical form."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, fail on a difference")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()

    changed = 0
    for path in arguments.files:
        before = path.read_text(encoding="utf-8")
        after = canonical(before)
        if before == after:
            continue
        changed += 1
        print(f"{path}: {'not canonical' if arguments.check else 'formatted'}")
        if not arguments.check:
            path.write_text(after, encoding="utf-8")
    return 1 if arguments.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
