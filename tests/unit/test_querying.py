"""SPARQL over the store: datasets, formats, limits, and errors that help."""

import pytest
from pyoxigraph import NamedNode, Triple

from govkg.errors import (
    NotAcceptableError,
    ParameterError,
    QuerySyntaxError,
    ResultTooLargeError,
    TooLargeError,
    UnsafeInputError,
)
from govkg.rdf import expand
from govkg.store import Query
from govkg.store.embedded import EmbeddedStore
from govkg.store.querying import bare, form_of

ONE = NamedNode("http://example.org/one")
TWO = NamedNode("http://example.org/two")
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


@pytest.fixture
def store() -> EmbeddedStore:
    """Return a store with one triple in each of two graphs."""
    store = EmbeddedStore()
    store.hold_apart(TWO)
    store.put(ONE, [Triple(expand("gc:a"), expand("skos:broader"), expand("gc:b"))])
    store.put(TWO, [Triple(expand("gc:b"), expand("skos:broader"), expand("gc:c"))])
    return store


def count(store: EmbeddedStore, **options: object) -> int:
    """Count the triples of the default graph that a query sees."""
    query = Query(COUNT, {"solutions": "text/csv"}, **options)  # type: ignore[arg-type]
    return int(store.query(query).body.split()[1])


def test_the_default_graph_is_the_union(store: EmbeddedStore) -> None:
    """Without a choice of graphs a query sees all of them."""
    assert count(store) == 2


def test_the_protocol_chooses_the_dataset(store: EmbeddedStore) -> None:
    """Graphs named in the request replace the union."""
    assert count(store, default_graphs=(ONE.value,)) == 1
    assert count(store, named_graphs=(ONE.value,)) == 0


def test_the_default_graph_is_a_set(store: EmbeddedStore) -> None:
    """What two graphs say counts once, until neither says it."""
    three = NamedNode("http://example.org/three")
    store.put(three, store.triples(ONE))
    assert count(store) == 2

    store.remove(ONE)
    assert count(store) == 2

    store.remove(three)
    assert count(store) == 1


def test_a_graph_held_apart_can_be_left_out(store: EmbeddedStore) -> None:
    """The inferred graph, for one, can be left out."""
    assert count(store, without_graphs=(TWO.value,)) == 1


def test_from_in_the_query_chooses_the_dataset(store: EmbeddedStore) -> None:
    """FROM is obeyed, and the word in a string, IRI, comment or variable is none."""
    chosen = store.query(Query(COUNT.replace("WHERE", f"FROM <{ONE.value}> WHERE")))
    harmless = store.query(
        Query('SELECT ?from WHERE { ?from skos:broader ?o # FROM <x>\n FILTER(STR(?o) != "FROM") }')
    )

    assert b'"1"' in chosen.body
    assert harmless.body.count(b"uri") == 2


def test_known_prefixes_need_no_declaration(store: EmbeddedStore) -> None:
    """The prefixes of the service may be left out."""
    answer = store.query(Query("ASK { gc:a skos:broader gc:b }"))

    assert answer.kind == "boolean"
    assert b"true" in answer.body


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("SELECT ?x\nWHERE oops", 2, 7, "expected is “{”"),
        ("SELECT * WHERE {\n ?s foo:bar ?o }", 2, None, "foo: is not declared"),
        ("SELECT * WHERE { ?s ?p ?o", 1, None, "}"),
        ("INSERT DATA { gc:a gc:b gc:c }", 1, None, "This is an update"),
    ],
)
def test_a_syntax_error_says_where_and_what(
    store: EmbeddedStore, text: str, line: int, column: int | None, words: str
) -> None:
    """The place is named so that an editor can underline it."""
    with pytest.raises(QuerySyntaxError) as caught:
        store.query(Query(text))

    assert caught.value.facts["line"] == line
    assert column is None or caught.value.facts["column"] == column
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * { service silent ?e { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * " + "{" * 3000, "nested"),
        ("SELECT * { FILTER(" + "!" * 10_000 + "true) }", "operators"),
    ],
)
def test_harmful_queries_are_refused(store: EmbeddedStore, text: str, what: str) -> None:
    """Calls to other hosts and parser bombs never reach the engine."""
    with pytest.raises(UnsafeInputError, match=what):
        store.query(Query(text))


def test_a_name_that_ends_in_service_is_no_call(store: EmbeddedStore) -> None:
    """Our own term gc:public-service can be asked for."""
    assert b"false" in store.query(Query("ASK { gc:public-service gov:noSuch ?x }")).body


def test_limits_hold(store: EmbeddedStore) -> None:
    """Query and result are bounded in bytes, and nothing cut is ever returned."""
    with pytest.raises(TooLargeError):
        store.query(Query(COUNT, max_query_bytes=10))
    with pytest.raises(ResultTooLargeError):
        store.query(Query("SELECT * WHERE { ?s ?p ?o }", max_result_bytes=100))


@pytest.mark.parametrize(
    ("text", "kind", "media_type", "start"),
    [
        ("SELECT ?s { ?s ?p ?o }", "solutions", "text/csv", b"s\r\n"),
        ("SELECT ?s { ?s ?p ?o }", "solutions", "text/tab-separated-values", b"?s\n"),
        ("ASK {}", "boolean", "application/sparql-results+xml", b"<?xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph", "text/turtle", b"@prefix"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "graph", "application/ld+json", b"["),
        ("DESCRIBE gc:a", "graph", "application/n-triples", b"<https://w3id.org"),
    ],
)
def test_results_come_in_the_format_asked_for(
    store: EmbeddedStore, text: str, kind: str, media_type: str, start: bytes
) -> None:
    """Each kind of result is written in each of its formats."""
    answer = store.query(Query(text, {kind: media_type}))  # type: ignore[dict-item]

    assert answer.kind == kind
    assert answer.media_type == media_type
    assert answer.body.startswith(start)


def test_a_kind_without_a_format_is_not_acceptable(store: EmbeddedStore) -> None:
    """A client that takes only graphs gets no table."""
    with pytest.raises(NotAcceptableError, match="image/png"):
        store.query(Query("ASK {}", {"graph": "text/turtle"}, accept="image/png"))


def test_a_graph_name_must_be_an_iri(store: EmbeddedStore) -> None:
    """A mistyped graph parameter is named in the error."""
    with pytest.raises(ParameterError, match="no iri"):
        count(store, default_graphs=("no iri",))


def test_a_query_crosses_a_process_border() -> None:
    """The header of a query makes the same query again."""
    query = Query("ASK {}", default_graphs=(ONE.value,), accept="text/csv")

    assert Query.from_header(query.text, query.header()) == query


def test_bare_keeps_every_place() -> None:
    """Blanking strings, IRIs and comments moves nothing."""
    text = "SELECT 'a\\'b' <http://x#y> # c\n?x"

    blank = bare(text)

    assert len(blank) == len(text)
    assert "http" not in blank
    assert blank.index("?x") == text.index("?x")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "select"),
        ("ask{}", "ask"),
        ("# ASK\nPREFIX a.b: <urn:select#> BASE<urn:x>\nPREFIX : <urn:y>construct {}", "construct"),
        ("PREFIX ask: <urn:ask>DESCRIBE ask:x", "describe"),
        ("INSERT DATA {}", "unknown"),
        ("", "unknown"),
        ("# \t" * 20_000 + "\n" + "#\n" * 20_000, "unknown"),
    ],
)
def test_form(text: str, form: str) -> None:
    """The form is found behind comments and declarations, and hostile text takes no longer."""
    assert form_of(text) == form
