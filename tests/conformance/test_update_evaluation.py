"""Every update of the suite leaves the dataset that the suite gives.

Over HTTP each write makes a new generation for the readers, in a fraction of a second. So all
updates are run in this process, by the class with which the service writes, and every eighth over
HTTP as well; ``make soak`` runs all of them over HTTP.
"""

from collections.abc import Iterable, Mapping

import pytest
from pyoxigraph import NamedNode, Quad, Triple

from govkg.store.embedded import EmbeddedStore
from govkg.store.updating import Update

from .comparing import Graph, Solutions, graph, read, same
from .groups import given
from .loading import insertion, state, with_base
from .manifest import UpdateTest, entries
from .scratch import Client

_LOAD = "LOAD is refused, since it would reach out to other hosts; SILENT does not change that"
EXPECTED_FAILURES = {
    "update-silent/load-silent": _LOAD,
    "update-silent/load-into-silent": _LOAD,
}
"""The tests that fail, each with its reason."""

UPDATES = entries("manifest-sparql11-update.ttl", "UpdateEvaluationTest")
EVERYTHING = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
XML = "application/sparql-results+xml"

Graphs = Mapping[str | None, Graph]
"""The graphs of a dataset by their names; None names the default graph. Empty ones are left out."""


@given(UPDATES, EXPECTED_FAILURES)
def test_update_evaluation(test: UpdateTest) -> None:
    """All graphs are as they must be, up to the names of blank nodes; empty graphs do not count."""
    store = EmbeddedStore()
    store.update(Update(insertion(state(test.before))))

    store.update(Update(with_base(test.update.read_text("utf-8"), test.update)))

    assert_same(graphs_in(store), expected_graphs(test))


@given([test for test in UPDATES if test.id not in EXPECTED_FAILURES][::8])
def test_update_over_http(test: UpdateTest, scratch: Client) -> None:
    """The next query sees what the update did."""
    assert_updates(test, scratch)


@pytest.mark.soak
@given(UPDATES, EXPECTED_FAILURES)
def test_all_updates_over_http(test: UpdateTest, scratch: Client) -> None:
    """The next query sees what the update did."""
    assert_updates(test, scratch)


def assert_updates(test: UpdateTest, scratch: Client) -> None:
    """Run an update over HTTP, and ask for everything afterwards."""
    scratch.reset(insertion(state(test.before)))

    reply = scratch.update(with_base(test.update.read_text("utf-8"), test.update))

    assert reply.status < 300, reply.body.decode()
    table = read(scratch.query(EVERYTHING, XML).body, XML)
    assert isinstance(table, Solutions)
    assert_same(graphs_of(table), expected_graphs(test))


def assert_same(got: Graphs, expected: Graphs) -> None:
    """Compare graph by graph."""
    assert got.keys() == expected.keys()
    for name, triples in got.items():
        assert same(triples, expected[name]), f"{name}: {triples}\nis not\n{expected[name]}"


def graphs_in(store: EmbeddedStore) -> Graphs:
    """Return what a store holds."""
    found: dict[str | None, list[Triple]] = {
        graph.value: store.triples(graph) for graph in store.graphs()
    }
    return _graphs(found | {None: store.unnamed()})


def graphs_of(table: Solutions) -> Graphs:
    """Return what a service holds, from the result of ``EVERYTHING``."""
    found: dict[str | None, list[Triple]] = {}
    for name, o, p, s in table.rows:  # the columns are sorted
        key = name.value if isinstance(name, NamedNode) else None
        found.setdefault(key, []).append(Triple(s, p, o))
    return _graphs(found)


def expected_graphs(test: UpdateTest) -> Graphs:
    """Return what must be there after the update."""
    found: dict[str | None, list[Quad]] = {}
    for quad in state(test.after):
        name = quad.graph_name
        key = name.value if isinstance(name, NamedNode) else None
        found.setdefault(key, []).append(quad)
    return _graphs(found)


def _graphs(found: Mapping[str | None, Iterable[Triple | Quad]]) -> Graphs:
    graphs = {name: graph(triples) for name, triples in found.items()}
    return {name: each for name, each in graphs.items() if each.rows}
