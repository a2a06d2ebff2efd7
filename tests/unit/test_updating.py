"""SPARQL updates on a store: atomic, confined, and with errors that help."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse
from pyoxigraph import Store as Oxigraph

from govkg.errors import (
    ConflictError,
    ForbiddenError,
    ParameterError,
    QuerySyntaxError,
    TooLargeError,
    UnsafeInputError,
)
from govkg.store import Query, Update
from govkg.store.embedded import EmbeddedStore, in_memory
from govkg.store.querying import bare
from govkg.store.targeting import targets
from govkg.store.updating import _outside_where, changes
from govkg.vocabulary import PREFIXES

A, B, G = NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:g")
KEPT = NamedNode("urn:kept")
OUT = "LOAD <http://127.0.0.1:9/>"


@pytest.fixture
def store() -> EmbeddedStore:
    """Return a store with one triple in a named graph."""
    store = EmbeddedStore()
    store.put(G, [Triple(A, B, A)])
    return store


@pytest.mark.parametrize(
    "last", ["oops {", "DROP GRAPH <urn:none>", "INSERT DATA { zz:a <a:b> 1 }"]
)
def test_all_operations_or_none(store: EmbeddedStore, last: str) -> None:
    """What came before an operation that fails is undone."""
    with pytest.raises((QuerySyntaxError, ConflictError)):
        store.update(Update(f"INSERT DATA {{ <urn:x> <urn:y> 1 }} ; {last}"))

    assert (len(store), store.unnamed()) == (1, [])


@pytest.mark.parametrize(
    "text",
    [
        OUT,
        OUT.lower(),
        "LOAD<http://127.0.0.1:9/>",
        f"INSERT DATA {{ <urn:a> <urn:b> 1 }} ;{OUT}",
        f"INSERT DATA {{ <urn:a> <urn:b> gov:x\\# }} ; {OUT}",
        f"INSERT DATA {{ <urn:a> <urn:b> <urn:\\u0041#> }} ; {OUT}",
        f"INSERT DATA {{ <urn:a> <urn:b> <http://x/\xa0#> }} ; {OUT}",
        f"# a comment\r {OUT}",
        f"INSERT {{}} WHERE {{ ?a ?p ?b FILTER(?a<?b&&'x>' = '') }} ; {OUT} #'",
        "INSERT {} WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "INSERT DATA { <urn:a> <urn:b> " + "(" * 300 + ")" * 300 + " }",
    ],
)
def test_nothing_reaches_out(store: EmbeddedStore, text: str) -> None:
    """LOAD and SERVICE are refused however they are hidden, and so is what could crash a parser."""
    with pytest.raises(UnsafeInputError):
        store.update(Update(text))


def test_the_words_of_keywords_are_harmless(store: EmbeddedStore) -> None:
    """LOAD in a string, an IRI, a comment, a variable or a prefixed name is no operation."""
    store.update(
        Update(
            "# LOAD\nINSERT DATA { <urn:LOAD> <http://x/Xi'an> \"Xi'an LOAD\" } ;"
            "INSERT { ?LOAD a gov:LOAD } WHERE { ?LOAD ?p ?o }"
        )
    )

    assert len(store) == 3


@pytest.mark.parametrize(
    "operation", ["DROP ALL", "CLEAR NAMED", "DROP ALL ; # x", "", "BASE <a:>"]
)
def test_what_must_stay_stays(store: EmbeddedStore, operation: str) -> None:
    """A closed graph, such as that with the mark of the bundle, outlives every update."""
    store.put(KEPT, [Triple(A, B, A)])

    store.update(Update(operation, closed=(KEPT.value,)))

    assert store.triples(KEPT) == [Triple(A, B, A)]


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("DROP GRAPH <urn:g>", False),
        ("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }", False),
        ("DELETE WHERE { GRAPH <urn:g> { ?s ?p ?o } }", False),
        ("INSERT { GRAPH <urn:h> { ?s ?p ?o } } WHERE { GRAPH <urn:g> { ?s ?p ?o } }", True),
    ],
)
def test_a_closed_graph_is_read_only(store: EmbeddedStore, text: str, allowed: bool) -> None:
    """A graph that the service writes by itself can be read in a WHERE and not be written."""
    wanted = Update(text, closed=("urn:g",))
    if allowed:
        store.update(wanted)
    else:
        with pytest.raises(ForbiddenError):
            store.update(wanted)

    assert len(store.triples(G)) == 1


def test_the_request_chooses_the_dataset(store: EmbeddedStore) -> None:
    """using-graph-uri is the default graph of every WHERE, of DELETE WHERE too."""
    store.update(Update("INSERT { ?s <urn:c> 'WHERE {' } WHERE { ?s ?p ?o }", using=("urn:g",)))
    store.update(Update("INSERT DATA { <urn:a> <urn:b> <urn:a> }"))

    store.update(Update("DELETE WHERE { ?s <urn:b> ?o }", using=("urn:g",)))

    assert [t.predicate.value for t in store.unnamed()] == ["urn:c"]
    named = Update(
        "INSERT { ?s <urn:d> 1 } WHERE { GRAPH ?g { ?s ?p ?o } }", using_named=("urn:no",)
    )
    store.update(named)
    assert len(store) == 2


def test_only_one_may_choose_the_dataset(store: EmbeddedStore) -> None:
    """A request with using-graph-uri and an update with USING or WITH is refused."""
    for clause in ("WITH <urn:g> DELETE { ?s ?p ?o }", "DELETE { ?s ?p ?o } USING <urn:g>"):
        with pytest.raises(ParameterError, match="USING or WITH"):
            store.update(Update(f"{clause} WHERE {{ ?s ?p ?o }}", using=("urn:g",)))


def test_an_unknown_function_is_named(store: EmbeddedStore) -> None:
    """A call of a function that nobody knows is refused by its name, in updates and queries."""
    call = "<http://example.org/nonsense>(1)"

    with pytest.raises(UnsafeInputError, match="nonsense"):
        store.update(Update(f"INSERT {{ ?s ?p ?x }} WHERE {{ ?s ?p ?o BIND ({call} AS ?x) }}"))
    with pytest.raises(UnsafeInputError, match="nonsense"):
        store.query(Query(f"SELECT ({call} AS ?x) WHERE {{}}"))


def test_says_where_the_update_broke(store: EmbeddedStore) -> None:
    """A syntax error names line and column; a query is told from an update."""
    with pytest.raises(QuerySyntaxError) as broken:
        store.update(Update("INSERT DATA {\n <urn:a> oops }"))
    with pytest.raises(QuerySyntaxError, match="This is a query"):
        store.update(Update("SELECT * {}"))
    with pytest.raises(TooLargeError):
        store.update(Update("#" * 2000, max_bytes=1000))

    assert broken.value.facts["line"] == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.put(G, [Triple(BlankNode("x"), B, Literal('q"\\u0041\n\t危\\{}#<'))]),
        lambda store: store.put(G, []),
        lambda store: store.add(None, [Triple(A, B, B)]),
        lambda store: store.replace_unnamed([Triple(A, B, B)]),
        lambda store: store.remove(G),
    ],
    ids=["put", "empty", "add", "unnamed", "remove"],
)
def test_whole_graphs_survive_on_disk(
    tmp_path: Path, change: Callable[[EmbeddedStore], None]
) -> None:
    """What was written is there after the store was opened again, empty graphs and odd text too."""
    kept, copy = EmbeddedStore(tmp_path), EmbeddedStore()
    for store in (kept, copy):
        store.put(G, [Triple(A, B, A)])
        change(store)
    del kept, store

    again = in_memory(EmbeddedStore(tmp_path))

    assert again.graphs() == copy.graphs()
    assert again.triples(G) == copy.triples(G)
    assert again.unnamed() == copy.unnamed()


def test_blank_nodes_keep_their_labels(tmp_path: Path) -> None:
    """A label means the same node in every graph it is put in, deep inside a triple too."""
    store, graph = EmbeddedStore(tmp_path), NamedNode("urn:g%20g")
    quoted = Triple(BlankNode("x"), B, Triple(BlankNode("y"), B, BlankNode("x")))
    triples = {quoted, Triple(BlankNode("y"), B, BlankNode("z")), Triple(A, B, A)}

    store.put(graph, triples)
    store.replace_unnamed(triples)
    store.add(G, triples)

    assert set(store.triples(graph)) == set(store.unnamed()) == set(store.triples(G)) == triples


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }", {"urn:g"}),
        ("PREFIX x: <urn:x:> DELETE WHERE { GRAPH x:g { ?s ?p ?o } }", {"urn:x:g"}),
        ("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p <urn:h> }", {"urn:g"}),
        ("COPY <urn:g> TO <urn:h>", {"urn:g", "urn:h"}),
        ("DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }", None),
        ("DELETE WHERE { GRAPH?g { ?s ?p ?o } }", None),
        ("DROP ALL", None),
        ("CLEAR NAMED", None),
        ("INSERT DATA { GRAPH <g> { <urn:a> <urn:b> 1 } }", None),
        ("INSERT DATA { GRAPH <urn:a/../g> { <urn:a> <urn:b> 1 } }", None),
        (r"INSERT DATA { GRAPH <urn:\u0067> { <urn:a> <urn:b> 1 } }", None),
        ("PREFIX e: <urn:e:> INSERT DATA { GRAPHe:g { <urn:a> <urn:b> 1 } }", None),
    ],
)
def test_the_text_tells_where_an_update_may_write(text: str, named: set[str] | None) -> None:
    """Every graph that it can write to is among them, or it is said that any may be."""
    found = targets(_outside_where(text, bare(text)), PREFIXES)

    assert (found is None) == (named is None)
    assert found is None or named is None or named <= found


@settings(max_examples=100, deadline=None)
@given(
    some.lists(some.sampled_from([
        "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }",
        "INSERT DATA { <urn:a> <urn:b> 1, 2 ; <urn:c> [] }",
        "INSERT { GRAPH <urn:new> { ?s ?p ?o } } WHERE { GRAPH <urn:g> { ?s ?p ?o } }",
        "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER (?o = '1') }",
        "DELETE WHERE { GRAPH <urn:g> { ?s ?p ?o } }",
        "WITH <urn:h> DELETE { ?s ?p ?o } INSERT { ?o ?p ?s } WHERE { ?s ?p ?o FILTER isIRI(?o) }",
        "WITH <urn:h> INSERT { <urn:a> <urn:b> <urn:c> } WHERE { }",
        "MOVE SILENT <urn:g> TO <urn:h>", "COPY SILENT DEFAULT TO <urn:h>",
        "ADD SILENT <urn:h> TO DEFAULT", "DROP SILENT GRAPH <urn:h>", "CREATE SILENT GRAPH <urn:h>",
        "CLEAR DEFAULT",
    ]), min_size=1, max_size=4)
)  # fmt: skip
def test_only_some_graphs_are_compared_and_nothing_is_missed(operations: list[str]) -> None:
    """What is found by comparing some graphs makes the dataset what the update made of it."""
    changed, kept = Oxigraph(), Oxigraph()
    for store in (changed, kept):
        for graph in ("g", "h", "other"):
            store.extend(parse(f'<urn:{graph}> <urn:b> "1" <urn:{graph}> .', RdfFormat.N_QUADS))

    delta = changes(changed, Update(" ; ".join(operations)))
    delta.carry_out(kept)

    assert set(kept) == set(changed)
    assert set(kept.named_graphs()) == set(changed.named_graphs())
