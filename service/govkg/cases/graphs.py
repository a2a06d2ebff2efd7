"""The names of the named graphs, made under a base IRI."""

import re
from dataclasses import dataclass

from pyoxigraph import NamedNode

_ID = re.compile(r"[A-Za-z0-9][\w.~-]{0,199}")


def is_id(text: str) -> bool:
    """Say whether a text could be the id of a case."""
    return bool(_ID.fullmatch(text))


@dataclass(frozen=True)
class Graphs:
    """Which named graph holds what."""

    base: str
    """The base IRI, ending in a slash."""

    @property
    def ontology(self) -> NamedNode:
        """The core of the ontology and the axioms that the service reasons with."""
        return NamedNode(self.base + "graph/ontology")

    @property
    def alignments(self) -> NamedNode:
        """The mappings to other vocabularies."""
        return NamedNode(self.base + "graph/alignments")

    @property
    def inferred(self) -> NamedNode:
        """All that follows and was asserted nowhere."""
        return NamedNode(self.base + "graph/inferred")

    @property
    def bundle(self) -> NamedNode:
        """The mark that says which bundle the store was filled with."""
        return NamedNode(self.base + "graph/bundle")

    @property
    def description(self) -> NamedNode:
        """What the dataset says of itself: its numbers, its prefixes, the example queries."""
        return NamedNode(self.base + "graph/description")

    @property
    def unnamed(self) -> NamedNode:
        """What stands for the unnamed graph where a name is shown; no graph has this name."""
        return NamedNode(self.base + "graph/unnamed")

    @property
    def closed(self) -> tuple[NamedNode, ...]:
        """The graphs that the service writes by itself, and nobody else."""
        return (self.inferred, self.bundle, self.description, self.unnamed)

    def register(self, register_id: str) -> NamedNode:
        """Name the graph of one register of jurisdictions."""
        return NamedNode(f"{self.base}graph/register/{register_id}")

    def register_id(self, graph: NamedNode) -> str | None:
        """Return the id of the register that a graph holds, or None if it holds something else."""
        prefix = self.base + "graph/register/"
        return graph.value.removeprefix(prefix) if graph.value.startswith(prefix) else None

    def case(self, case_id: str) -> NamedNode:
        """Name the graph of one case."""
        return NamedNode(f"{self.base}graph/case/{case_id}")

    def case_id(self, graph: NamedNode) -> str | None:
        """Return the id of the case that a graph holds, or None if it holds something else."""
        prefix = self.base + "graph/case/"
        return graph.value.removeprefix(prefix) if graph.value.startswith(prefix) else None
