"""What differs between two releases: triples, terms and cases.

A blank node is known by all that it says, down to names, so an axiom that nobody touched does not
differ. Two nodes that say the same count as one.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Triple, parse

from govkg.cases.graphs import Graphs
from govkg.errors import NotFoundError
from govkg.publishing.holdings import WHOLE
from govkg.publishing.releases import Release
from govkg.rdf import Node
from govkg.vocabulary import GC, GOV, OWL

SHOWN: Final = 1000
"""How many quads of each kind are told one by one."""
_DEPTH: Final = 20  # how far a blank node is followed
_SOURCE: Final = NamedNode(OWL + "annotatedSource")

Said = dict[str, set[str]]
"""What is said of each thing."""


def difference(old: Release, new: Release) -> dict[str, Any]:
    """Return what has to be added to a release and removed from it to get another."""
    before, after = _Content(old), _Content(new)
    added, removed = sorted(after.quads - before.quads), sorted(before.quads - after.quads)
    return {
        "from": old.version,
        "to": new.version,
        "quads": {"added": len(added), "removed": len(removed)},
        "terms": _compared(before.terms, after.terms),
        "cases": _compared(before.cases, after.cases),
        "added": added[:SHOWN],
        "removed": removed[:SHOWN],
        "shown": SHOWN,
    }


def _compared(before: Said, after: Said) -> dict[str, list[str]]:
    """Return what is new, what is gone, and what is said of otherwise."""
    both = before.keys() & after.keys()
    return {
        "added": sorted(after.keys() - before.keys()),
        "removed": sorted(before.keys() - after.keys()),
        "changed": sorted(name for name in both if before[name] != after[name]),
    }


class _Content:
    """All quads of a release, as lines without the names of blank nodes."""

    def __init__(self, release: Release) -> None:
        graphs = Graphs(release.dump.base)
        quads = _quads(release)
        named = _Named(quads)
        self.quads: set[str] = set()
        self.terms: defaultdict[str, set[str]] = defaultdict(set)
        self.cases: defaultdict[str, set[str]] = defaultdict(set)
        for quad in quads:
            line = named.line(quad)
            self.quads.add(line)
            term = named.term(quad.subject)
            if term and quad.graph_name == graphs.ontology:
                self.terms[term].add(line)
            graph = quad.graph_name
            case = graphs.case_id(graph) if isinstance(graph, NamedNode) else None
            if case:
                self.cases[case].add(line)


class _Named:
    """Names for blank nodes that depend on what they say, and on what that says, to some depth."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._said: defaultdict[BlankNode, list[Quad]] = defaultdict(list)
        self._names: dict[BlankNode, str] = {}
        for quad in quads:
            if isinstance(quad.subject, BlankNode):
                self._said[quad.subject].append(quad)
        for _ in range(_DEPTH if self._said else 0):  # always as often, so that releases agree
            self._names = {node: self._named(node) for node in self._said}

    def line(self, quad: Quad) -> str:
        """Return a quad as a line."""
        graph = f" {quad.graph_name}" if isinstance(quad.graph_name, NamedNode) else ""
        return f"{self._name(quad.subject)} {quad.predicate} {self._name(quad.object)}{graph} ."

    def term(self, node: Node) -> str | None:
        """Return the term of the ontology that is spoken of, if any; axioms speak of theirs."""
        if isinstance(node, BlankNode):
            about = [q.object for q in self._said.get(node, ()) if q.predicate == _SOURCE]
            found = about[0] if len(about) == 1 else None
            return self.term(found) if isinstance(found, NamedNode) else None
        named = isinstance(node, NamedNode) and node.value.startswith((GOV, GC))
        return node.value if isinstance(node, NamedNode) and named else None

    def _named(self, node: BlankNode) -> str:
        said = sorted(f"{q.predicate} {self._name(q.object)}" for q in self._said[node])
        return "_:" + sha256("\n".join(said).encode()).hexdigest()[:16]

    def _name(self, node: Node) -> str:
        if isinstance(node, Triple):
            parts = (node.subject, node.predicate, node.object)
            return f"<<( {' '.join(map(self._name, parts))} )>>"
        return self._names.get(node, "_:") if isinstance(node, BlankNode) else str(node)


def _quads(release: Release) -> list[Quad]:
    packed = release.folder / f"{WHOLE}.nq.gz"
    if not packed.is_file():
        hint = "The release is damaged; restore it from a backup."
        raise NotFoundError(what="file", name=packed.name, hint=hint)
    return list(parse(gzip.decompress(packed.read_bytes()), RdfFormat.N_QUADS))
