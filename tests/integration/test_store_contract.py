"""One contract for every store, held against real engines; what they cannot do is data here."""

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from copy import copy
from pathlib import Path

import pytest
import stores
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from govkg.cases.kg import KG
from govkg.errors import (
    ConflictError,
    GovkgError,
    OutdatedError,
    QuerySyntaxError,
    ResultTooLargeError,
    StoreUnreachableError,
    UnsafeInputError,
)
from govkg.store import Delta, Query, Store, Update
from govkg.store.embedded import EmbeddedStore
from govkg.store.mirror import Mirror
from govkg.store.remote import RemoteStore

QUESTIONS = Path(__file__).parents[2] / "examples" / "queries"
E = "http://example.org/"
ONE, TWO, APART = NamedNode(E + "one"), NamedNode(E + "two"), NamedNode(E + "apart")
P = NamedNode(E + "p")
XSD = "http://www.w3.org/2001/XMLSchema#"
STARTERS = {
    "embedded": stores.embedded,
    "protocol": stores.protocol,
    "fuseki": stores.fuseki,
    "virtuoso": stores.virtuoso,
}
DEVIATIONS = {
    ("virtuoso", "same-instant"): "it takes a date and its first second for one value; put refuses",
    ("virtuoso", "free-path"): "a path whose two ends are both free is refused",
    ("protocol", "overlapping-from"): "as embedded: its engine is Oxigraph",
    ("embedded", "overlapping-from"): "Oxigraph repeats what several graphs of FROM say",
    ("virtuoso", "overlapping-from"): "it repeats what several graphs of FROM say",
}
"""Which engine is known to deviate in what, and how."""
TRUTH = "a truth value that is computed comes back as 1 or 0"
OTHER_ANSWERS = {
    ("virtuoso", "02"): TRUTH,
    ("virtuoso", "05"): "a division by zero in one row ends the whole query",
    ("virtuoso", "12"): TRUTH,
    ("virtuoso", "15"): TRUTH,
    ("virtuoso", "16"): TRUTH,
    ("virtuoso", "17"): f"{TRUTH}; and there is one row too many",
    ("virtuoso", "19"): TRUTH,
    ("virtuoso", "21"): "a count in a subquery comes back as 0",
    ("virtuoso", "25"): TRUTH,
    ("virtuoso", "31"): "of several kinds of an actor another one is taken",
}
"""Which engine answers which question otherwise than the embedded store, and how."""


@pytest.fixture(
    scope="module",
    params=[
        "embedded",
        "protocol",
        *(pytest.param(n, marks=pytest.mark.soak) for n in ("fuseki", "virtuoso")),
    ],
)
def named_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Store]]:
    """Give each store with its name; engines are started once."""
    with STARTERS[request.param](tmp_path_factory.mktemp(request.param)) as store:
        yield request.param, store


@pytest.fixture
def store(named_store: tuple[str, Store]) -> Store:
    """Give a store with two overlapping graphs, and one held apart."""
    _, store = named_store
    store.hold_apart(APART)
    for graph in store.graphs():
        store.remove(graph)
    store.update(Update("CLEAR DEFAULT"))
    store.put(ONE, [link("a", "b")])
    store.put(TWO, [link("a", "b"), link("b", "c")])
    store.put(APART, [link("c", "d")])
    return store


@pytest.fixture
def deviates(named_store: tuple[str, Store], request: pytest.FixtureRequest) -> bool:
    """Say whether the engine is known to deviate in what the test is marked with."""
    return (named_store[0], request.param) in DEVIATIONS


def deviation(name: str) -> pytest.MarkDecorator:
    """Mark a test with the name of a deviation."""
    return pytest.mark.parametrize("deviates", [name], indirect=True)


def link(start: str, end: str) -> Triple:
    """Make a triple of two names."""
    return Triple(NamedNode(E + start), P, NamedNode(E + end))


def rows(store: Store, text: str, **options: object) -> list[list[str]]:
    """Return the rows of an answer, sorted, without the names of the columns."""
    query = Query(text, {"solutions": "text/csv"}, **options)  # type: ignore[arg-type]
    body = store.query(query).body.decode()
    return sorted(csv.reader(body.splitlines()[1:]))


def count(store: Store, **options: object) -> int:
    """Count the triples of the default graph."""
    return int(rows(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **options)[0][0])


def test_graphs_are_listed_and_counted(store: Store) -> None:
    """Only graphs that were put are seen, and each quad counts."""
    assert store.graphs() == [APART, ONE, TWO]
    assert len(store) == 4


def test_put_replaces_a_graph(store: Store) -> None:
    """What a graph held before is gone, from it and from the default graph."""
    store.put(TWO, [link("x", "y")])

    assert store.triples(TWO) == [link("x", "y")]
    assert rows(store, "SELECT ?s { ?s ?p ?o }") == [[E + "a"], [E + "c"], [E + "x"]]


def test_remove_needs_no_graph(store: Store) -> None:
    """A removed graph has no triples, and can be removed again."""
    store.remove(TWO)
    store.remove(TWO)

    assert store.triples(TWO) == []
    assert store.graphs() == [APART, ONE]
    assert count(store) == 2


def test_graphs_with_a_triple(store: Store) -> None:
    """All graphs that say something are found."""
    assert set(store.graphs_with(link("a", "b"))) == {ONE, TWO}
    assert store.graphs_with(link("z", "b")) == ()


def test_dump_has_every_quad(store: Store, tmp_path: Path) -> None:
    """The file holds the graphs and nothing else, and replaces an older one."""
    path = tmp_path / "all.nq"
    path.write_text("old")

    store.dump(path)

    quads = list(parse(path=str(path), format=RdfFormat.N_QUADS))
    assert len(quads) == 4
    assert {quad.graph_name for quad in quads} == {ONE, TWO, APART}
    assert list(tmp_path.iterdir()) == [path]


def test_the_default_graph_is_a_set_with_what_is_apart(store: Store) -> None:
    """What two graphs say counts once, until neither says it."""
    assert count(store) == 3
    store.remove(ONE)
    assert count(store) == 3
    store.put(TWO, [link("b", "c")])
    assert count(store) == 2


def test_a_graph_held_apart_can_be_left_out(store: Store) -> None:
    """Without it neither the default graph nor the named graphs have its triples."""
    left_out = (APART.value,)

    assert count(store, without_graphs=left_out) == 2
    named = rows(store, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", without_graphs=left_out)
    assert named == [[ONE.value], [TWO.value]]


def test_all_graphs_are_named_graphs(store: Store) -> None:
    """GRAPH sees each graph with its name."""
    found = rows(store, "SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }")

    assert found == [
        [APART.value, E + "d"],
        [ONE.value, E + "b"],
        [TWO.value, E + "b"],
        [TWO.value, E + "c"],
    ]


def test_the_request_chooses_the_dataset(store: Store) -> None:
    """Graphs named in the request are all there is."""
    everywhere = "SELECT ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"

    assert rows(store, everywhere, default_graphs=(ONE.value,)) == [[E + "b"]]
    assert rows(store, everywhere, named_graphs=(TWO.value,)) == [[E + "b"], [E + "c"]]
    assert rows(store, "SELECT ?o FROM <http://example.org/two> { ?s ?p ?o }") == [
        [E + "b"],
        [E + "c"],
    ]


@deviation("overlapping-from")
def test_several_graphs_merge_as_a_set(store: Store, deviates: bool) -> None:
    """The graphs that a request names are merged."""
    assert count(store, default_graphs=(ONE.value, TWO.value)) == (3 if deviates else 2)


@pytest.mark.parametrize(
    ("text", "kind", "media_type", "start"),
    [
        ("SELECT ?s { ?s ?p ?o }", "solutions", "text/csv", b"s\r\n"),
        ("SELECT ?s { ?s ?p ?o }", "solutions", "text/tab-separated-values", b"?s\n<"),
        ("SELECT ?s { ?s ?p ?o }", "solutions", "application/sparql-results+json", b'{"head"'),
        (
            "ASK { ?s ?p ?o }",
            "boolean",
            "application/sparql-results+json",
            b'{"head":{},"boolean":',
        ),
        ("ASK {}", "boolean", "application/sparql-results+xml", b"<?xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph", "application/n-triples", b"<http://example.org"),
        ("DESCRIBE <http://example.org/a>", "graph", "text/turtle", b"<http://example.org/a>"),
    ],
)
def test_each_kind_comes_in_the_format_asked_for(
    store: Store, text: str, kind: str, media_type: str, start: bytes
) -> None:
    """Formats look the same whatever the engine writes."""
    found = store.query(Query(text, {kind: media_type}))  # type: ignore[dict-item]

    assert (found.kind, found.media_type) == (kind, media_type)
    assert found.body.startswith(start)


def test_paths_cross_graphs(store: Store) -> None:
    """A path runs through all that is merged and what is apart."""
    found = rows(store, f"SELECT ?o {{ <{E}a> <{P.value}>+ ?o }}")

    assert found == [[E + "b"], [E + "c"], [E + "d"]]


@deviation("free-path")
def test_paths_may_have_free_ends(store: Store, deviates: bool) -> None:
    """All pairs of a transitive path are found, or the engine says that it will not look."""
    text = f"SELECT * {{ ?s <{P.value}>+ ?o }}"

    if deviates:
        with pytest.raises(StoreUnreachableError, match="transitive start not given"):
            rows(store, text)
    else:
        assert len(rows(store, text)) == 6


def test_known_prefixes_need_no_declaration(store: Store) -> None:
    """The engine is told of the prefixes that govkg knows."""
    assert rows(store, "SELECT ?s { ?s a gov:GovernanceCase }") == []


def test_an_error_in_a_query_has_its_place(store: Store) -> None:
    """Whatever the engine, the message is that of the embedded store."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.query(Query("SELECT ?x\nWHERE oops"))

    assert caught.value.facts["line"] == 2


def test_harmful_queries_are_refused(store: Store) -> None:
    """No engine is made to call another."""
    with pytest.raises(UnsafeInputError, match="SERVICE"):
        store.query(Query("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"))


def test_a_large_graph_is_whole_or_refused(store: Store, named_store: tuple[str, Store]) -> None:
    """Nothing cut is ever returned: not by our limit, and not by the engine's."""
    many = [Triple(NamedNode(f"{E}{n}"), P, Literal(f"{n} 号")) for n in range(5000)]

    if named_store[0] == "virtuoso":  # the tests let it send 1000 rows
        store.put(ONE, many)
        with pytest.raises(StoreUnreachableError, match="5000"):
            store.triples(ONE)
        with pytest.raises(ResultTooLargeError, match="1000 rows"):
            store.query(Query("SELECT * { ?s ?p ?o }"))
    else:
        store.put(ONE, many)
        assert set(store.triples(ONE)) == set(many)
        assert len(rows(store, "SELECT * { ?s ?p ?o }")) == 5003
    with pytest.raises(ResultTooLargeError):
        store.query(Query("SELECT * { ?s ?p ?o }", max_result_bytes=100))


@pytest.mark.parametrize(
    "term",
    [
        Literal("中国 😀 é"),
        Literal("中国", language="zh"),
        Literal('quo"ted \\ back\n\ttab \'\'\' """ <>'),
        Literal(""),
        Literal("2020-05-01", datatype=NamedNode(XSD + "date")),
        Literal("2020-05-01T10:00:00Z", datatype=NamedNode(XSD + "dateTime")),
        Literal("2020", datatype=NamedNode(XSD + "gYear")),
        Literal("2020-05", datatype=NamedNode(XSD + "gYearMonth")),
        Literal("12", datatype=NamedNode(XSD + "integer")),
        Literal("-0.25", datatype=NamedNode(XSD + "decimal")),
        Literal("x", datatype=NamedNode(E + "own")),
        NamedNode("http://example.org/名/a%20b?c=d&e#f"),
        Literal("中国", language="zh-hans"),
        Literal("true", datatype=NamedNode(XSD + "boolean")),
    ],
    ids=str,
)
def test_a_term_crosses_unchanged(store: Store, term: NamedNode | Literal) -> None:
    """What is put is what is read, found and answered."""
    triple = Triple(NamedNode(E + "a"), P, term)
    store.put(ONE, [triple])

    assert store.triples(ONE) == [triple]
    assert store.graphs_with(triple) == (ONE,)
    found = store.query(Query(f"CONSTRUCT {{ <{E}a> ?p ?o }} WHERE {{ <{E}a> ?p ?o }}"))
    assert term in {quad.object for quad in parse(found.body, format=RdfFormat.TURTLE)}


def test_numbers_are_kept_in_canonical_form(store: Store) -> None:
    """01 is read back as 1, from every store."""
    integer = NamedNode(XSD + "integer")
    store.put(ONE, [Triple(NamedNode(E + "a"), P, Literal("01", datatype=integer))])

    assert store.triples(ONE)[0].object == Literal("1", datatype=integer)


def test_a_blank_node_is_the_same_in_two_requests(store: Store) -> None:
    """What was read of one graph can be written of it to another."""
    triples = {Triple(BlankNode("b1"), P, BlankNode("b2")), link("a", "b")}

    store.put(ONE, triples)
    store.put(TWO, triples)

    assert set(store.triples(ONE)) == set(store.triples(TWO)) == triples


@deviation("same-instant")
def test_terms_that_are_lost_are_noticed(store: Store, deviates: bool) -> None:
    """A put that the engine cannot keep whole is refused and changes nothing."""
    terms = [
        Literal("2020-05-01", datatype=NamedNode(XSD + "date")),
        Literal("2020-05-01T00:00:00", datatype=NamedNode(XSD + "dateTime")),
    ]
    wanted = {Triple(NamedNode(E + "a"), P, term) for term in terms}

    try:
        store.put(ONE, wanted)
    except GovkgError:
        assert deviates
        assert store.triples(ONE) == [link("a", "b")]
    else:
        assert not deviates
        assert set(store.triples(ONE)) == wanted


def test_an_empty_graph_exists(store: Store) -> None:
    """A graph may be empty, and is listed until it is removed."""
    store.put(ONE, [])

    assert store.triples(ONE) == []
    assert ONE in store.graphs()
    store.remove(ONE)
    assert ONE not in store.graphs()


def test_an_update_changes_several_graphs(store: Store) -> None:
    """Operations see what came before them; the unnamed graph is the default graph."""
    text = f"""
        INSERT DATA {{ <{E}u> <{P.value}> 1 }} ;
        INSERT {{ GRAPH <{E}three> {{ ?s ?p 2 }} }} WHERE {{ ?s ?p 1 }} ;
        DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} INSERT {{ GRAPH ?g {{ ?o ?p ?s }} }}
            WHERE {{ GRAPH ?g {{ ?s ?p ?o FILTER (?o = <{E}b>) }} }} ;
        CREATE GRAPH <{E}four> ; DROP GRAPH {APART}"""

    store.update(Update(text))

    assert store.graphs() == [NamedNode(E + "four"), ONE, NamedNode(E + "three"), TWO]
    assert [str(t.object.value) for t in store.unnamed()] == ["1"]  # type: ignore[union-attr]
    assert store.triples(ONE) == [link("b", "a")]
    assert set(store.triples(TWO)) == {link("b", "a"), link("b", "c")}
    assert count(store) == 4
    assert count(store, default_graphs=(ONE.value,)) == 1


def test_a_triple_stays_merged_while_any_graph_says_it(store: Store) -> None:
    """What an update takes from one graph is still in the default graph if another has it."""
    store.update(Update(f"DELETE DATA {{ GRAPH {ONE} {{ <{E}a> {P} <{E}b> }} }}"))
    assert count(store) == 3
    store.update(Update(f"DELETE DATA {{ GRAPH {TWO} {{ <{E}a> {P} <{E}b> }} }}"))
    assert count(store) == 2
    store.update(Update("DROP ALL"))
    assert (len(store), count(store), store.graphs()) == (0, 0, [])


def test_an_update_meets_the_blank_nodes_that_are_there(store: Store) -> None:
    """They are matched and removed one by one, and each new one is another."""
    pair = {Triple(BlankNode(name), P, Literal(name)) for name in ("x", "y")}
    store.put(ONE, pair)
    new = f"INSERT DATA {{ GRAPH {ONE} {{ [] {P} [] }} }}"

    store.update(Update("DELETE { GRAPH ?g { ?s ?p 'x' } } WHERE { GRAPH ?g { ?s ?p 'x' } }"))
    store.update(Update(f"{new} ; {new}"))

    found = store.triples(ONE)
    assert [t.subject for t in found if t.object == Literal("y")] == [BlankNode("y")]
    assert len({term for t in found for term in (t.subject, t.object)}) == 6


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA { <urn:a> <urn:b> 1 } ; DROP GRAPH <urn:none>", ConflictError),
        ("INSERT DATA { oops", QuerySyntaxError),
        ("LOAD <http://127.0.0.1:1/>", UnsafeInputError),
    ],
)
def test_an_update_that_fails_changes_nothing(
    store: Store, text: str, error: type[GovkgError]
) -> None:
    """Whatever the engine, the error is that of the embedded store, and all is as before."""
    version = store.version()

    with pytest.raises(error):
        store.update(Update(text))

    assert (store.version(), store.unnamed(), len(store)) == (version, [], 4)


def test_a_change_of_what_is_outdated_is_refused(store: Store) -> None:
    """Who works out a change from data that others have changed is told, and changes nothing."""
    before = store.version()
    after = store.apply(Delta(dropped=frozenset({TWO})), before)

    with pytest.raises(OutdatedError):
        store.apply(Delta(dropped=frozenset({ONE})), before)

    assert after not in ("", before)
    assert store.version() == after
    assert store.graphs() == [APART, ONE]


def test_each_write_has_a_version(store: Store) -> None:
    """Every way to write is noticed by who asks for the version."""
    versions = [store.version()]
    for write in (
        lambda: store.put(ONE, [link("x", "y")]),
        lambda: store.remove(ONE),
        lambda: store.update(Update("INSERT DATA { <urn:a> <urn:b> 1 }")),
    ):
        write()
        versions.append(store.version())

    assert len(set(versions)) == 4


def test_writers_at_once_lose_nothing(named_store: tuple[str, Store], store: Store) -> None:
    """Two processes that share an engine can both add one to a number, time and again."""
    if not isinstance(store, RemoteStore):
        pytest.skip("one process owns the embedded store")
    store.update(Update("INSERT DATA { <urn:n> <urn:is> 0 }"))
    add = Update(
        "DELETE { ?n <urn:is> ?i } INSERT { ?n <urn:is> ?j } "
        "WHERE { ?n <urn:is> ?i BIND (?i + 1 AS ?j) }"
    )

    def write(writer: RemoteStore) -> int:
        done = 0
        for _ in range(5):
            with suppress(OutdatedError):
                writer.update(add)
                done += 1
        return done

    with ThreadPoolExecutor(2) as pool:
        done = sum(pool.map(write, [twin(store), twin(store)]))

    deviates = (named_store[0], "writers-at-once") in DEVIATIONS
    numbers = [int(t.object.value) for t in store.unnamed()]  # type: ignore[union-attr]
    assert done > 0
    assert deviates or numbers == [done]


def test_a_mirror_follows_what_others_write(store: Store) -> None:
    """It reads what has changed, says what that was, and is then as the store is."""
    mirror, other = Mirror(store), store
    if isinstance(store, RemoteStore):
        other = twin(store)
        mirror.refresh()
    other.update(Update(f"INSERT DATA {{ <urn:a> <urn:b> 1 }} ; DROP GRAPH {TWO}"))

    delta = mirror.refresh()

    if isinstance(store, RemoteStore):
        assert delta.graphs == {None, TWO}
        assert not mirror.refresh()
        mirror.apply(mirror.present.replacing(ONE, [link("p", "q")]))
        assert other.triples(ONE) == [link("p", "q")]
    assert mirror.present.unnamed() == store.unnamed()
    assert mirror.present.triples(ONE) == store.triples(ONE)
    assert TWO not in mirror.present.graphs()


def twin(store: RemoteStore) -> RemoteStore:
    """Return what another process would have for the same engine."""
    other = copy(store)
    other._receipts = []
    return other


@pytest.mark.parametrize(
    "name",
    ["protocol", *(pytest.param(n, marks=pytest.mark.soak) for n in ("fuseki", "virtuoso"))],
)
def test_the_knowledge_graph_is_the_same(name: str, tmp_path: Path) -> None:
    """Cases, conclusions and answers do not depend on the store."""
    ini = stores.VIRTUOSO_INI.replace("MaxRows = 1000", "MaxRows = 1000000")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "VIRTUOSO_INI", ini)
        with STARTERS[name](tmp_path) as store:
            here, there = KG.load(EmbeddedStore()), KG.load(store)

            assert [case.id for case in there.cases()] == [case.id for case in here.cases()]
            assert len(there.store) == len(here.store)
            assert named(there) == named(here)
            for question in sorted(QUESTIONS.glob("*.rq")):
                same = answers(there, question) == answers(here, question)
                assert same == ((name, question.stem[:2]) not in OTHER_ANSWERS), question.stem


def answers(kg: KG, question: Path) -> list[list[str]] | str:
    """Return the answer to a competency question, or the error."""
    try:
        return rows(kg.store, question.read_text())
    except GovkgError as error:
        return str(error)


def named(kg: KG) -> set[Triple]:
    """Return the inferred triples without blank nodes, whose labels differ by each reading."""
    found = kg.store.triples(kg.graphs.inferred)
    return {t for t in found if not any(isinstance(x, BlankNode) for x in (t.subject, t.object))}
