"""SERVICE: what is sent to other endpoints, and what their answers become part of."""

import json
from typing import Any

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from pyoxigraph import Store as Oxigraph

from govkg.errors import (
    EndpointFailedError,
    QuerySyntaxError,
    TooLargeError,
    UnsafeInputError,
)
from govkg.store.federation import Call, Reply, answer, calls
from govkg.store.querying import Query

EX = "http://example.org/"
BASE = "http://localhost/sparql"


def planned(text: str, most: int = 5) -> list[Call]:
    """Return the calls of a query."""
    return calls(Query(text, base=BASE), most)


def reply(*rows: dict[str, Any], names: str = "s o") -> Reply:
    """Return solutions as an endpoint sends them; a string is an IRI under EX or a literal."""
    bindings = [{name: _term(value) for name, value in row.items()} for row in rows]
    found = {"head": {"vars": names.split()}, "results": {"bindings": bindings}}
    return Reply("application/sparql-results+json", json.dumps(found).encode())


def _term(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if value.startswith("_:"):
        return {"type": "bnode", "value": value[2:]}
    if value.startswith(":"):
        return {"type": "uri", "value": EX + value[1:]}
    return {"type": "literal", "value": value}


@pytest.fixture(scope="module")
def store() -> Oxigraph:
    """Return three statements."""
    found = Oxigraph()
    for name in "abc":
        node = NamedNode(EX + name)
        found.add(Quad(node, NamedNode(EX + "name"), Literal(name.upper())))
    return found


def rows(store: Oxigraph, text: str, *replies: Reply) -> list[dict[str, Any]]:
    """Return the rows of the answer to a query, the terms by their values, in a fixed order."""
    found = answer(store, Query(f"PREFIX : <{EX}> {text}", base=BASE), replies)
    table = [
        {name: term["value"].removeprefix(EX) for name, term in row.items()}
        for row in json.loads(found.body)["results"]["bindings"]
    ]
    return sorted(table, key=str)


@pytest.mark.parametrize(
    ("text", "endpoint", "query", "silent"),
    [
        (
            "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
            "http://x/",
            "SELECT * WHERE { ?s ?p ?o \n}",
            False,
        ),
        (
            "PREFIX e: <http://e/> # mine\nASK { service SILENT e:q{ ?s e:p '}' # }\n } }",
            "http://e/q",
            "PREFIX e: <http://e/>\nSELECT * WHERE { ?s e:p '}' # }\n \n}",
            True,
        ),
        (
            "SELECT * { SERVICE <http://x/> { ?s gov:adopts <y> } }",
            "http://x/",
            f"BASE <{BASE}>\nPREFIX gov: <https://w3id.org/govkg/ontology#>\n"
            "SELECT * WHERE { ?s gov:adopts <y> \n}",
            False,
        ),
        (
            "BASE <http://b/> SELECT * { SERVICE <q> { SERVICE ?e { ?s ?p ?o } } }",
            "http://b/q",
            "BASE <http://b/>\nSELECT * WHERE { SERVICE ?e { ?s ?p ?o } \n}",
            False,
        ),
        (
            "SELECT (COUNT(*) AS ?n) { SERVICE <http://x/> { FILTER(<http://f>(?s)) ?s ?p 1 } }",
            "http://x/",
            "SELECT * WHERE { FILTER(<http://f>(?s)) ?s ?p 1 \n}",
            False,
        ),
    ],
    ids=["plain", "prefixed", "relative", "nested", "function of theirs"],
)
def test_a_call_stands_by_itself(text: str, endpoint: str, query: str, silent: bool) -> None:
    """What is sent declares all that it uses, and nothing else of ours."""
    assert planned(text) == [Call(endpoint, query, silent)]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o }", QuerySyntaxError),
        ("SELECT * { {} UNION SERVICE <http://x/> { ?s ?p ?o } }", QuerySyntaxError),
        ("SELECT * { SERVICE <http://x/> { ?s ?p } }", QuerySyntaxError),
        ("SELECT * { SERVICE <http://x/> { ?s ?p _:b } ?s ?p _:b }", QuerySyntaxError),
        ("SELECT * { SERVICE <http://x/> { ?s ?p ?o } BIND(1 AS ?o) }", QuerySyntaxError),
        ("INSERT {} WHERE { SERVICE <http://x/> { ?s ?p ?o } }", QuerySyntaxError),
        ("SELECT * { ?e ?p ?o SERVICE ?e { ?s ?p ?o } }", UnsafeInputError),
        ("SELECT * { SERVICE ex:no { ?s ?p ?o } }", QuerySyntaxError),
        ("SELECT * { ?s ?p 1SERVICESILENT<http://x/> { ?s ?p ?o } }", UnsafeInputError),
        ("SELECT * { SERVICE { ?s ?p ?o } }", UnsafeInputError),
        ("SELECT * { FILTER(?a<?b&&?c='x>') SERVICE <x:x> {} FILTER(?d='') }", UnsafeInputError),
        ("SELECT * { SERVICE <x:x> {} SERVICE <x:x> {} SERVICE <x:x> {} }", TooLargeError),
        ("SELECT * { SERVICE <http://x/> " + "{" * 300 + "}" * 300 + "}", UnsafeInputError),
    ],
)  # fmt: skip
def test_what_is_no_query_makes_no_call(text: str, error: type[Exception]) -> None:
    """Errors are found before anything is sent."""
    with pytest.raises(error):
        planned(text, most=2)


def test_a_syntax_error_is_at_its_place() -> None:
    """Neither the cut nor the disguise moves the place of an error."""
    with pytest.raises(QuerySyntaxError) as caught:
        planned("SELECT *\n{ SERVICE SILENT <http://x/> { ?s ?p ?o } oops }")

    assert caught.value.facts["line"] == 2
    assert caught.value.facts["column"] > 40
    assert "“oops” cannot stand here" in str(caught.value)


def test_solutions_are_joined(store: Oxigraph) -> None:
    """Rows that agree on the shared variables go together, as often as they come."""
    two = reply({"s": ":a", "o": "1"}, {"s": ":a", "o": "1"}, {"s": ":z", "o": "2"}, {"o": "3"})
    text = "SELECT * { ?s :name ?n SERVICE <http://x/> { ?s ?q ?o } }"

    found = rows(store, text.replace("?q", ":q"), two)

    assert [(row["s"], row["o"]) for row in found] == [
        ("a", "1"), ("a", "1"), ("a", "3"), ("b", "3"), ("c", "3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT ?s { ?s :name ?n OPTIONAL { SERVICE <http://x/> { ?s :q ?o } } FILTER(!BOUND(?o)) }", "bc"),  # noqa: E501
        ("SELECT ?s { { ?s :none ?o } UNION { SERVICE <http://x/> { ?s :q ?o } } }", "a"),
        ("SELECT ?s { ?s :name ?n MINUS { SERVICE <http://x/> { ?s :q ?o } } }", "bc"),
        ("SELECT ?s { ?s :name ?n FILTER EXISTS { SERVICE <http://x/> { ?s :q ?o } } }", "a"),
        ("SELECT ?s { ?s :name ?n FILTER NOT EXISTS { SERVICE <http://x/> { ?s :q ?o } } }", "bc"),
        ("SELECT ?s { { SELECT DISTINCT ?s { SERVICE <http://x/> { ?s :q ?o } } } }", "a"),
        ("SELECT ?s { SERVICE <http://x/> { SELECT ?s { ?s :q ?o } LIMIT 1 } ?s :name ?n }", "a"),
        ("SELECT ?s { ?s :name ?n.SERVICE<http://x/>{?s :q ?o}FILTER(?o='1') }", "a"),
    ],
)  # fmt: skip
def test_a_call_may_stand_wherever_a_group_may(store: Oxigraph, text: str, names: str) -> None:
    """Each operator treats the solutions of a call as those of any other pattern."""
    found = rows(store, text, reply({"s": ":a", "o": "1"}))

    assert "".join(row["s"] for row in found) == names


def test_construct_and_ask(store: Oxigraph) -> None:
    """Calls may stand in every form of a query."""
    one = reply({"s": ":a", "o": "1"})
    asked = Query("ASK { SERVICE <http://x/> { ?s ?p ?o } FILTER(?o = '1') }")
    built = Query("CONSTRUCT { ?s <http://x/o> ?o } WHERE { SERVICE <http://x/> { ?s ?p ?o } }")

    assert json.loads(answer(store, asked, [one]).body)["boolean"] is True
    assert b'<http://x/o> "1"' in answer(store, built, [one]).body


def test_without_an_answer_silent_gives_one_empty_solution(store: Oxigraph) -> None:
    """The rest of the query stands, and the columns are there."""
    text = f"SELECT * {{ ?s <{EX}name> ?n SERVICE SILENT <http://x/> {{ ?s <{EX}q> ?o }} }}"
    for failed in (Reply(), Reply("text/html", b"<p>"), Reply("application/json", b"{")):
        found = json.loads(answer(store, Query(text), [failed]).body)

        assert set(found["head"]["vars"]) == {"s", "n", "o"}
        assert len(found["results"]["bindings"]) == 3


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Reply("text/html", b"<p>hello</p>"), "text/html"),
        (Reply("application/sparql-results+json", b'{"head":{},"boolean":true}'), "truth value"),
        (Reply("application/sparql-results+json", b'{"head":{"vars":["s"]},"resu'), "end of file"),
        (Reply("application/sparql-results+xml", b"<sparql"), "XML|EOF|end|syntax"),
    ],
)
def test_an_answer_that_cannot_be_read_is_named(store: Oxigraph, bad: Reply, why: str) -> None:
    """The error says which endpoint gave it."""
    with pytest.raises(EndpointFailedError, match=why) as caught:
        answer(store, Query("SELECT * { SERVICE <http://x/> { ?s ?p ?o } }"), [bad])

    assert caught.value.facts["endpoint"] == "http://x/"


def test_blank_nodes_stay_blank_and_apart(store: Oxigraph) -> None:
    """One name in one answer is one node; the same name in two answers is two."""
    one, two = reply({"s": "_:b", "o": "_:b"}, {"s": ":a"}), reply({"s": "_:b", "o": "x"})
    text = (
        "SELECT (isBlank(?s) AS ?blank) (?s = ?o AS ?same) (?s = ?t AS ?other) "
        "{ SERVICE <http://x/> { ?s ?p ?o } SERVICE <http://y/> { ?t ?p ?u } FILTER(BOUND(?o)) }"
    )

    found = rows(store, text, one, Reply(two.media_type, two.body.replace(b'"s"', b'"t"')))

    assert found == [{"blank": "true", "same": "true", "other": "false"}]


def test_every_kind_of_term_arrives(store: Oxigraph) -> None:
    """Texts with quotes and line ends, tags, types, and triple terms are what they were."""
    terms = [
        Literal('a"b\\c\nd\'\'\'"""} ) SERVICE'), Literal("x", language="zh-hans"), Literal(1.5),
        Literal("01", datatype=NamedNode("http://x/t")), NamedNode("http://x/é'()"),
        Triple(NamedNode("http://a"), NamedNode("http://p"), Literal("t")),
    ]  # fmt: skip
    source = Oxigraph()
    for term in terms:
        source.add(Quad(NamedNode("http://s"), NamedNode("http://p"), term))
    sent = answer(source, Query("SELECT ?o { ?s ?p ?o }"), [])

    found = answer(
        store,
        Query("SELECT ?o { SERVICE <http://x/> { ?s ?p ?o } }"),
        [Reply(sent.media_type, sent.body)],
    )

    assert sorted(map(str, json.loads(found.body)["results"]["bindings"])) == sorted(
        map(str, json.loads(sent.body)["results"]["bindings"])
    )


@pytest.mark.parametrize(
    "term",
    [
        {"type": "uri", "value": "http://x> } } SELECT * { <http://y"},
        {"type": "literal", "value": "x", "datatype": "http://x> } <http://y"},
        {"type": "literal", "value": "x", "xml:lang": "en } } "},
        {"type": "uri", "value": "relative"},
    ],
)
def test_no_term_can_become_a_part_of_the_query(store: Oxigraph, term: dict[str, str]) -> None:
    """A term that is none is either refused or stays one term."""
    try:
        found = rows(store, "SELECT ?o { SERVICE <http://x/> { ?s ?p ?o } }", reply({"o": term}))
    except EndpointFailedError:
        return
    assert [row["o"] for row in found] == [term["value"]]


def test_rows_without_columns_count(store: Oxigraph) -> None:
    """A pattern without variables multiplies by the number of its solutions, or removes all."""
    text = "SELECT * { ?s :name 'A' SERVICE <http://x/> { :a :b :c } }"

    assert len(rows(store, text, reply({}, {}, names=""))) == 2
    assert rows(store, text, reply(names="")) == []


def test_columns_are_those_of_the_pattern(store: Oxigraph) -> None:
    """What an endpoint adds is left out, and what it leaves out is unbound."""
    got = reply({"s": ":a", "secret": "1"}, names="s secret")

    assert rows(store, "SELECT * { SERVICE <http://x/> { ?s :q ?o } }", got) == [{"s": "a"}]


def test_a_node_of_another_answer_is_no_local_one() -> None:
    """A blank node that has the name of one of ours is another node."""
    local = Oxigraph()
    local.add(Quad(BlankNode("b"), NamedNode(EX + "name"), Literal("B")))
    text = f"SELECT * {{ ?s <{EX}name> ?n SERVICE <http://x/> {{ ?s ?p ?o }} }}"

    found = answer(local, Query(text), [reply({"s": "_:b", "o": "1"})])

    assert json.loads(found.body)["results"]["bindings"] == []
