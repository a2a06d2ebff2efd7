"""The graphs that an engine holds for govkg, beside the named graphs of the dataset.

docs/operations/remote-store.md says more.

* ``urn:govkg:merged`` holds, as a set, what all graphs say but those held apart. Engines differ in
  what they call the default graph, and in whether several graphs merge as a set; one graph is
  the same everywhere, and a query need not list thousands of names.
* ``urn:govkg:unnamed`` holds the triples of the unnamed graph, which engines treat differently.
* ``urn:govkg:state`` holds the version of the data and, for each graph, that of its last change. A
  change is one update request that first puts a new version in the place of the one that the change
  was worked out from. All else in it depends on the new version being there, so of two writers that
  start from the same data one is told to start again.
* ``urn:govkg:staging:…`` holds triples that come or go, until one update puts them in place.
"""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode

OWN: Final = "urn:govkg:"
"""Graphs whose names start so belong to the remote store and are shown to nobody."""
MERGED: Final = OWN + "merged"
UNNAMED: Final = NamedNode(OWN + "unnamed")
STATE: Final = OWN + "state"
STAGING: Final = OWN + "staging:"
NOTHING: Final = OWN + "nothing"
"""Names a graph or a version that never exists, where something must be named."""
DATA: Final = f"<{OWN}data>"
"""What has the version of the data, in the graph of the state."""
VERSION: Final = f"<{OWN}version>"
FOLLOWS: Final = f"<{OWN}follows>"
"""Leads from a version to the one before, as a receipt."""
SYSTEM_GRAPHS: Final = frozenset(
    {
        "http://www.openlinksw.com/schemas/virtrdf#",
        "http://www.w3.org/ns/ldp#",
        "http://www.w3.org/2002/07/owl#",
        "http://localuriqaserver/sparql",
        "http://localhost:8890/DAV/",
        "http://localhost:8890/sparql",
        "urn:activitystreams-owl:map",
        "urn:core:services:sparql",
    }
)
"""Graphs that a fresh Virtuoso holds for itself."""


def visible(names: Iterable[str]) -> list[NamedNode]:
    """Return the graphs that are neither the engine's own nor the remote store's, sorted."""
    shown = (name for name in set(names) if not name.startswith(OWN))
    return [NamedNode(name) for name in sorted(shown) if name not in SYSTEM_GRAPHS]


def all_of(graph: NamedNode) -> str:
    """Return the pattern of all triples in a graph."""
    return f"GRAPH {graph} {{ ?s ?p ?o }}"
