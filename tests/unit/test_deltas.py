"""What a change makes of a dataset: two in a row are one, and it crosses processes unchanged."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Oxigraph

from govkg.store.deltas import Delta, name_of
from govkg.store.embedded import EmbeddedStore

P = NamedNode("urn:p")
GRAPHS = [NamedNode("urn:g"), NamedNode("urn:h"), None]
TERMS = [NamedNode("urn:a"), BlankNode("x"), BlankNode("y"), Literal('q"\\u0041\n危{}#<')]
QUOTED = Triple(BlankNode("x"), P, Triple(BlankNode("z"), P, BlankNode("x")))
QUADS = [
    Quad(subject, P, term, graph or DefaultGraph())
    for subject in TERMS[:3]
    for term in [*TERMS, QUOTED]
    for graph in GRAPHS
]  # type: ignore[arg-type]

quads = some.frozensets(some.sampled_from(QUADS), max_size=12)
names = some.frozensets(some.sampled_from([g for g in GRAPHS if g]))
deltas = some.builds(Delta, quads, quads, names, names)


def store_of(content: Iterable[Quad]) -> EmbeddedStore:
    """Return a store that holds quads."""
    store = EmbeddedStore()
    store.apply(Delta(added=frozenset(content)))
    return store


def state(store: EmbeddedStore | Oxigraph) -> tuple[set[Quad], set[str]]:
    """Return all that a store holds, empty graphs too."""
    inner = store._oxigraph if isinstance(store, EmbeddedStore) else store
    return set(inner), {str(graph) for graph in inner.named_graphs()}


@settings(max_examples=200, deadline=None)
@given(quads, deltas, deltas)
def test_two_changes_in_a_row_are_one(
    content: frozenset[Quad], first: Delta, second: Delta
) -> None:
    """One after the other, or both at once: the dataset is the same, blank nodes and all."""
    one_by_one, at_once = store_of(content), store_of(content)
    first = one_by_one.spelt_out(first)
    one_by_one.apply(first)
    second = one_by_one.spelt_out(second)

    one_by_one.apply(second)
    both = first.then(second)
    whole = at_once.spelt_out(both)
    at_once.apply(both)

    assert state(one_by_one)[0] == state(at_once)[0]
    differing = (both.added ^ whole.added) | (both.removed ^ whole.removed)
    assert {name_of(quad) for quad in differing} <= both.dropped


@settings(max_examples=100, deadline=None)
@given(quads, deltas)
def test_a_change_means_the_same_on_disk_and_in_memory(
    content: frozenset[Quad], delta: Delta
) -> None:
    """The SPARQL update, and the calls that are not atomic, do the same, also after a journey."""
    there, here = store_of(content), store_of(content)._oxigraph

    there.apply(delta)
    Delta.unpacked(*delta.packed()).carry_out(here)

    assert Delta.unpacked(*delta.packed()) == delta
    assert state(there) == state(here)


def test_nothing_is_nothing() -> None:
    """A change that changes nothing is false; one that only makes a graph is not."""
    assert not Delta()
    assert Delta(created=frozenset({NamedNode("urn:g")}))
    assert Delta(removed=frozenset(QUADS)).graphs == frozenset(GRAPHS)


@pytest.mark.parametrize("closed", GRAPHS[:2])
def test_without_a_graph(closed: NamedNode) -> None:
    """What concerns a closed graph is left out, and nothing else."""
    delta = Delta(frozenset(QUADS), frozenset(), frozenset({closed}), frozenset({closed}))

    assert delta.without([closed]).graphs == frozenset(GRAPHS) - {closed}
