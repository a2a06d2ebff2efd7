"""What queries see of a dataset: the same whether it was loaded or became so by changes."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, Triple, serialize

from govkg.store.deltas import Delta
from govkg.store.view import View

GRAPHS = [NamedNode(f"urn:graph:{name}") for name in "ab"]
APART = NamedNode("urn:graph:apart")
SAID = [Triple(NamedNode(f"urn:{s}"), NamedNode("urn:p"), NamedNode("urn:o")) for s in "xyz"]
FOLLOWS = [
    Triple(NamedNode(f"urn:{s}"), NamedNode("urn:follows"), NamedNode("urn:o")) for s in "xy"
]

said = st.builds(
    lambda triple, graph: Quad(triple.subject, triple.predicate, triple.object, graph),
    st.sampled_from(SAID),
    st.sampled_from([DefaultGraph(), *GRAPHS]),
)
inferred = st.sampled_from(FOLLOWS).map(lambda t: Quad(t.subject, t.predicate, t.object, APART))
quads = st.frozensets(said | inferred, max_size=6)
deltas = st.builds(
    Delta,
    removed=quads,
    added=quads,
    dropped=st.frozensets(st.sampled_from(GRAPHS), max_size=1),
    created=st.frozensets(st.sampled_from(GRAPHS), max_size=1),
)


def loaded(store: Store) -> View:
    """A view of a dataset, loaded from the start."""
    text = serialize(store, format=RdfFormat.N_QUADS) or b""
    return View(text, [APART], empty=list(store.named_graphs()))


def seen(view: View) -> list[set[Triple]]:
    """The default graph that queries see, and each named graph."""
    return [set(view.merged()), *(set(view.triples(graph)) for graph in (*GRAPHS, APART))]


@settings(max_examples=500)
@given(start=quads, changes=st.lists(deltas, max_size=5))
def test_changes_come_to_the_same_as_loading(start: frozenset[Quad], changes: list[Delta]) -> None:
    """Whichever graphs say a triple, it is seen until none says it any more."""
    store = Store()
    store.extend(start)
    view = loaded(store)

    for change in changes:
        view.take(change)
        change.spelt_out(store).carry_out(store)

        assert seen(view) == seen(loaded(store))

    assert set(view.give_up()) == set(store)


@given(start=quads)
def test_what_is_given_up_is_the_dataset(start: frozenset[Quad]) -> None:
    """The default graph is the unnamed graph again, without what others say."""
    store = Store()
    store.extend(start)

    assert set(loaded(store).give_up()) == start
