"""A generation made of the one before by what changed is the one that a fresh start makes."""

import gc
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse
from pyoxigraph import Store as Oxigraph

from govkg.cases import succeeding
from govkg.cases.kg import DEFAULT_BASE
from govkg.cases.statistics import Statistics, Tally
from govkg.cases.succeeding import Generation, Succession
from govkg.generations import gather_knowledge
from govkg.registers import Kept
from govkg.store import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.view import View

GRAPH = f"{DEFAULT_BASE}graph/"
REGISTER = f"{GRAPH}register/made-up"
PREFIXES = """
@prefix : <urn:t:> . @prefix gov: <https://w3id.org/govkg/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
GIVEN = {
    f"{GRAPH}ontology": """
        gov:isSubJurisdictionOf a owl:TransitiveProperty . :p rdfs:subPropertyOf :q .
        :A rdfs:subClassOf :B . :q rdfs:domain :A . :term a owl:Class ; rdfs:label "term"@en .
    """,
    REGISTER: """
        :p0 gov:isSubJurisdictionOf :p1 ; rdfs:label "zero" . :p1 gov:isSubJurisdictionOf :p2 .
        :p2 a gov:Jurisdiction . :p3 dcterms:isReplacedBy :p0 . :p4 a gov:Jurisdiction .
    """,
}
nodes = some.sampled_from([":a", ":b", ":p0", ":p1", ":p3", ":p4", ":term"])
triples = some.one_of(
    some.tuples(nodes, some.sampled_from([":p", ":q", ":r"]), nodes),
    some.tuples(nodes, some.sampled_from(["a"]), some.sampled_from([":A", ":B", ":C"])),
    some.tuples(nodes, some.sampled_from([":p", "rdfs:label"]), some.sampled_from(['"x"', "1"])),
    some.tuples(some.sampled_from([":c1", ":c2"]), some.just("a"), some.just("gov:GovernanceCase")),
    some.tuples(nodes, some.just("gov:isSubJurisdictionOf"), nodes),
    some.tuples(some.just(":q"), some.just("rdfs:subPropertyOf"), some.just(":r")),
    some.tuples(some.just("_:n"), some.just(":p"), nodes),
).map(" ".join)
graphs = some.sampled_from(
    [None, "urn:g", f"{GRAPH}case/c1", f"{GRAPH}case/c2", f"{GRAPH}ontology", REGISTER]
)
changes = some.lists(
    some.tuples(
        some.lists(some.tuples(graphs, triples), max_size=5),
        some.lists(some.integers(0, 40), max_size=4),
        some.sets(graphs.filter(bool), max_size=1),
    ),
    min_size=1,
    max_size=6,
)
"""Each change adds quads, removes some by their place in a list, and may drop a graph."""


def quads(graph: str | None, turtle: str) -> list[Quad]:
    """Return the quads of Turtle that uses the prefixes above; blank nodes keep their labels."""
    name = NamedNode(graph) if graph else DefaultGraph()
    found = parse(f"{PREFIXES}{turtle} .".encode(), RdfFormat.TURTLE)
    return [Quad(q.subject, q.predicate, q.object, name) for q in found]


def filled() -> EmbeddedStore:
    """Return a store with an ontology and a register."""
    store = EmbeddedStore()
    for graph, turtle in GIVEN.items():
        store.extend(quads(graph, turtle.strip().removesuffix(".")))
    return store


def succession(*, described: bool = True) -> Succession:
    """Return a new succession."""
    return Succession(DEFAULT_BASE, reasons=True, address="http://here" if described else None)


def deltas(
    store: EmbeddedStore,
    steps: Iterable[tuple[list[tuple[str | None, str]], list[int], set[str]]],
) -> Iterator[Delta]:
    """Carry out changes on a store, and yield each."""
    for added, places, dropped in steps:
        held = sorted(store.matching(), key=str)
        gone = {NamedNode(graph) for graph in dropped if store.holds(NamedNode(graph))}
        removed = {held[place] for place in places if place < len(held)}
        removed = {quad for quad in removed if quad.graph_name not in gone}
        come = {quad for graph, text in added for quad in quads(graph, text)} - removed
        come = {quad for quad in come if quad not in set(held) or quad.graph_name in gone}
        delta = Delta(frozenset(removed), frozenset(come), frozenset(gone))
        store.apply(delta)
        yield delta


def snapshot(made: Generation) -> View:
    """Return what a worker has that starts with a generation."""
    text = Oxigraph()
    text.bulk_extend(made.kg.quads.matching())
    lines = text.dump(format=RdfFormat.N_QUADS) or b""
    return View(lines, [made.kg.graphs.inferred])


def assert_alike(
    made: Generation, view: View, store: EmbeddedStore, *, described: bool = True
) -> None:
    """Assert that a generation and a worker's view are what a fresh start makes of the store."""
    fresh = succession(described=described).first(store)
    assert set(made.kg.quads.matching()) == set(fresh.kg.quads.matching())
    assert made.kg.quads.graphs() == fresh.kg.quads.graphs()
    assert set(view.give_up()) == set(snapshot(fresh).give_up())
    assert set(made.kg.closure.inferred()) == set(fresh.kg.closure.inferred())
    assert len(made.kg.closure) == len(fresh.kg.closure)
    assert made.description.whole == fresh.description.whole
    assert made.description.uses == fresh.description.uses
    assert dict(made.description.parts) == dict(fresh.description.parts)
    assert made.cases == fresh.cases


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes, some.sampled_from([False, False, True]))
def test_changes_one_by_one_give_what_a_fresh_start_gives(
    steps: list[tuple[list[tuple[str | None, str]], list[int], set[str]]], described: bool
) -> None:
    """Data, closure, numbers, cases, search and workers are the same, whatever was written."""
    store, making, kept = filled(), succession(described=described), Kept()
    made = making.first(store)
    making.show(made)
    known, view = gather_knowledge(made, kept), snapshot(made)
    for number, delta in enumerate(deltas(store, steps)):
        made = making.follow(delta)
        assert made.delta is not None
        head, body = made.delta.packed()
        view.take(Delta.unpacked(head, body))
        known = gather_knowledge(made, kept, known)
        making.show(made)
        if number % 2:
            making.prepare()
    fresh = gather_knowledge(succession(described=described).first(store), Kept())
    assert (known.facts.sizes, known.facts.quads) == (fresh.facts.sizes, fresh.facts.quads)
    assert known.terms == fresh.terms
    for words in ("term", "zero", "c1", "x"):
        assert known.index.search(words) == fresh.index.search(words)
    assert set(view.merged()) == set(snapshot(made).merged())
    assert_alike(made, view, store, described=described)


def one(number: int) -> Delta:
    """Return a change that adds one quad."""
    name = NamedNode(f"urn:{number}")
    return Delta(added=frozenset({Quad(name, name, Literal(str(number)), NamedNode("urn:g"))}))


def test_whoever_reads_a_generation_goes_on_reading_it() -> None:
    """A generation that is held does not change, whatever comes after, and nothing is lost."""
    store, making = filled(), succession()
    held = [making.first(store)]
    making.show(held[0])
    sizes = [len(held[0].kg.quads)]
    for number in range(5):
        store.apply(one(number))
        held.append(making.follow(one(number)))
        making.show(held[-1])
        sizes.append(len(held[-1].kg.quads))

    assert [len(each.kg.quads) for each in held] == sizes
    assert sizes == sorted(set(sizes))
    assert_alike(held[-1], snapshot(held[-1]), store)


def test_two_copies_are_enough_when_nobody_reads_the_old_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing is copied from generation to generation."""
    store, making = filled(), succession()
    made = making.first(store)
    making.show(made)
    making.prepare()
    copies = list[int]()
    copying = EmbeddedStore.copy
    monkeypatch.setattr(EmbeddedStore, "copy", lambda s: copies.append(1) or copying(s))
    for number in range(10):
        store.apply(one(number))
        made = making.follow(one(number))
        making.show(made)
        gc.collect()

    assert not copies
    assert_alike(made, snapshot(made), store)


def test_what_was_never_shown_is_made_again() -> None:
    """After a generation that failed the next has all that it was to have."""
    store, making = filled(), succession()
    made = making.first(store)
    making.show(made)
    making.prepare()
    store.apply(one(1))
    making.follow(one(1))  # and nobody ever sees it
    store.apply(one(2))

    made = making.follow(one(1).then(one(2)))
    making.show(made)

    assert_alike(made, snapshot(made), store)


def test_a_copy_that_is_worn_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was removed does not pile up in memory for good."""
    monkeypatch.setattr(succeeding, "_MANY", 30)
    store, making = filled(), succession()
    made = making.first(store)
    making.show(made)
    worn = list[int]()
    for number in range(60):
        delta = one(number) if not number else Delta(one(number - 1).added, one(number).added)
        store.apply(delta)
        made = making.follow(delta)
        making.show(made)
        making.prepare()
        assert making._spare is not None
        worn.append(making._spare.removed)

    assert max(worn) < len(made.kg.quads)
    assert_alike(made, snapshot(made), store)


def test_what_the_store_counts_is_what_a_tally_counts() -> None:
    """A graph has the same numbers, counted at once or triple by triple, and again without some."""
    graph, tally = NamedNode("urn:g"), Tally()
    text = ":a :p :b, 1, 1.0, _:n ; a :A . :b a :A, _:n . _:n :p :a ; rdfs:label 'x', 'x'@en"
    store = EmbeddedStore()
    store.extend(quads("urn:g", text))

    tally.count([*store.triples(graph), Triple(graph, graph, graph)], 1)
    tally.count([Triple(graph, graph, graph)], -1)

    assert tally.statistics() == Statistics.of_graph(store, graph)
    assert tally.statistics().classes == {NamedNode("urn:t:A"): 2}
