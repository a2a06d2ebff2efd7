"""Read the data, the queries and the updates of the suite as a store is given them."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, parse

from .manifest import Dataset, QueryTest, iri_of

_SYNTAXES: Final = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".rdf": RdfFormat.RDF_XML,
}
NOTHING: Final = "urn:x-govkg:nothing"
"""The name of a graph that does not exist, and so is empty."""
_FROM = re.compile(r"^\s*FROM\b", re.IGNORECASE | re.MULTILINE)
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\"{}|^`\\\s]*>")


def quads(path: Path, graph: str | None = None) -> list[Quad]:
    """Return what a file says, as of a named graph or of the default graph.

    Blank nodes are given new names, so that no two files share one.
    """
    name = DefaultGraph() if graph is None else NamedNode(graph)
    found = parse(
        path=str(path),
        format=_SYNTAXES[path.suffix],
        base_iri=iri_of(path),
        rename_blank_nodes=True,
    )
    return [Quad(each.subject, each.predicate, each.object, name) for each in found]


def state(dataset: Dataset) -> list[Quad]:
    """Return what a dataset holds."""
    named = (quad for name, path in dataset.named for quad in quads(path, name))
    return [*(quad for path in dataset.default for quad in quads(path)), *named]


def insertion(data: Iterable[Quad]) -> str:
    """Return the update that inserts quads."""
    lines = (
        f"{q.subject} {q.predicate} {q.object} ."
        if isinstance(q.graph_name, DefaultGraph)
        else f"GRAPH {q.graph_name} {{ {q.subject} {q.predicate} {q.object} }}"
        for q in data
    )
    return "INSERT DATA {\n" + "\n".join(lines) + "\n}"


def with_base(text: str, path: Path) -> str:
    """Name the file as the base of a query or an update that has relative IRIs.

    This is how a client passes on where it read the text; the protocol has no other way.
    """
    return f"BASE <{iri_of(path)}>\n{text}" if _RELATIVE.search(text) else text


def dataset_of(test: QueryTest) -> dict[str, list[str]]:
    """Return the parameters that describe the dataset of a query, unless it does so itself."""
    if _FROM.search(test.query.read_text("utf-8")):
        return {}
    return {
        "default_graph_uri": [iri_of(file) for file in test.data] or [NOTHING],
        "named_graph_uri": [iri_of(file) for file in test.named],
    }
