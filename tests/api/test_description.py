"""What the service says of itself: at /sparql, at /.well-known/void, and to query editors."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse
from starlette.testclient import TestClient

from govkg.cases.questions import examples
from govkg.vocabulary import GOV, PREFIXES, XSD

from .scratch import ask as holds
from .scratch import running, update

TURTLE = {"accept": "text/turtle"}
BASE = "https://w3id.org/govkg/graph/"
PREFIX_QUERY = """
    PREFIX sh: <http://www.w3.org/ns/shacl#>
    SELECT DISTINCT ?short ?long { ?each sh:prefix ?short ; sh:namespace ?long } ORDER BY ?short
"""
EXAMPLE_QUERY = """
    PREFIX sh: <http://www.w3.org/ns/shacl#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT DISTINCT ?example ?about ?text {
      ?example a sh:SPARQLExecutable ; rdfs:comment ?about .
      ?example sh:select|sh:ask|sh:construct|sh:describe ?text
    } ORDER BY ?example ?about
"""
USES_QUERY = """
    PREFIX void: <http://rdfs.org/ns/void#>
    PREFIX ext: <http://ldf.fi/void-ext#>
    SELECT DISTINCT ?class ?property ?to ?datatype {
      ?part void:class ?class ; void:propertyPartition ?use .
      ?use void:property ?property
      OPTIONAL {
        { ?use void:classPartition/void:class ?to }
        UNION { ?use ext:datatypePartition/ext:datatype ?datatype }
      }
    }
"""
USES_BY_GRAPH_QUERY = """
    PREFIX void: <http://rdfs.org/ns/void#>
    PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
    SELECT DISTINCT ?graph ?class ?property ?triples {
      OPTIONAL { ?graph sd:graph ?content . ?content void:classPartition ?part }
      ?part void:class ?class ; void:propertyPartition ?use .
      ?use void:property ?property OPTIONAL { ?use void:triples ?triples }
    }
"""
"""What query editors ask an endpoint when they start, in our own words."""


def rows(client: TestClient, query: str, **parameters: str) -> list[dict[str, str]]:
    """Return the rows of an answer, as texts by variable."""
    found = client.get("/sparql", params={"query": query, **parameters}).json()
    return [{k: v["value"] for k, v in row.items()} for row in found["results"]["bindings"]]


def count(client: TestClient, pattern: str, of: str = "*", **parameters: str) -> int:
    """Count what matches a pattern."""
    query = f"SELECT (COUNT({of}) AS ?n) {{ {pattern} }}"
    return int(rows(client, query, **parameters)[0]["n"])


def read(client: TestClient, path: str) -> Store:
    """Return a document as something to be queried."""
    response = client.get(path, headers=TURTLE)
    assert response.status_code == 200, response.text
    store = Store()
    store.extend(parse(response.content, RdfFormat.TURTLE))
    return store


def value(store: Store, pattern: str) -> int:
    """Return the number ?n that a pattern binds, which has to be one."""
    answers = store.query(f"SELECT ?n {{ {pattern} }}", prefixes=PREFIXES)
    found = {row["n"].value for row in answers}
    assert len(found) == 1, found
    return int(found.pop())


def test_editors_find_the_prefixes(client: TestClient) -> None:
    """A query for declared prefixes finds those that the service knows."""
    found = {row["short"]: row["long"] for row in rows(client, PREFIX_QUERY)}

    assert found == PREFIXES


def test_editors_find_the_examples(client: TestClient) -> None:
    """A query for examples finds every question, in both languages, with its text."""
    found = rows(client, EXAMPLE_QUERY)

    assert {row["about"] for row in found} == {t for e in examples() for t in e.title.values()}
    assert {row["text"] for row in found} == {example.text for example in examples()}
    assert len(found) == 2 * len(examples())


def test_editors_find_how_classes_are_used(client: TestClient) -> None:
    """A query for partitions finds the properties of each class, and where they lead."""
    found = {tuple(row.get(k) for k in ("class", "property", "to", "datatype"))
             for row in rows(client, USES_QUERY)}  # fmt: skip
    case = GOV + "GovernanceCase"

    assert (case, GOV + "adopts", GOV + "InnovationMeasure", None) in found
    assert (case, GOV + "startDate", None, XSD + "gYear") in found
    assert len({each[0] for each in found}) > 50


def test_editors_that_ask_by_graph_find_the_same(client: TestClient) -> None:
    """A query that looks for partitions of named graphs first finds those of the dataset too."""
    by_graph = {(r["class"], r["property"]) for r in rows(client, USES_BY_GRAPH_QUERY)}

    assert by_graph == {(r["class"], r["property"]) for r in rows(client, USES_QUERY)}


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("triples", "*"),
        ("distinctSubjects", "DISTINCT ?s"),
        ("distinctObjects", "DISTINCT ?o"),
        ("properties", "DISTINCT ?p"),
    ],
)
@pytest.mark.parametrize("graph", ["ontology", "inferred", "case/la-paz-anticorruption"])
def test_numbers_of_graphs_are_true(
    client: TestClient, name: str, counted: str, graph: str
) -> None:
    """Each number of a named graph is what a query counts in it."""
    void = read(client, "/.well-known/void")

    said = value(void, f"?g sd:name <{BASE}{graph}> ; void:{name} ?n")

    assert said == count(client, "?s ?p ?o", counted, **{"default-graph-uri": BASE + graph})


def test_numbers_of_the_whole_are_true(client: TestClient) -> None:
    """The numbers of the dataset count everything but its description, each triple once."""
    void = read(client, "/.well-known/void")
    others = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{BASE}description>)"
    distinct = f"{{ SELECT DISTINCT ?s ?p ?o {{ {others} }} }}"

    assert value(void, f"<{BASE}description#dataset> void:triples ?n") == count(client, distinct)
    assert value(void, f"<{BASE}description#dataset> void:entities ?n") == count(
        client, f"{others} FILTER(isIRI(?s))", "DISTINCT ?s"
    )
    assert value(void, f"<{BASE}description#dataset> void:classes ?n") == count(
        client, f"GRAPH ?g {{ ?s a ?o }} FILTER(?g != <{BASE}description> && isIRI(?o))",
        "DISTINCT ?o",
    )  # fmt: skip


def test_partitions_are_true(client: TestClient) -> None:
    """The number of a class, of a property, and of a property of a class are what is there."""
    void = read(client, "/.well-known/void")
    dataset = f"<{BASE}description#dataset>"

    of_case = f"{dataset} void:classPartition ?c . ?c void:class gov:GovernanceCase"
    of_property = "void:propertyPartition ?p . ?p void:property gov:adopts"

    cases = value(void, f"{of_case} ; void:entities ?n")
    adopted = value(void, f"{dataset} {of_property} ; void:distinctObjects ?n")
    uses = value(void, f"{of_case} ; {of_property} ; void:triples ?n")

    assert cases == count(client, "?s a gov:GovernanceCase")
    assert adopted == count(client, "?s gov:adopts ?o", "DISTINCT ?o")
    assert uses == count(client, "?s a gov:GovernanceCase ; gov:adopts ?o")


def test_every_graph_is_described(client: TestClient) -> None:
    """Each named graph that a query finds has its size and its regime in the description."""
    described = read(client, "/sparql")
    names = [row["g"] for row in rows(client, "SELECT DISTINCT ?g { GRAPH ?g {} }")]

    assert len(names) > 30
    for name in names:
        said = value(described, f"?g sd:name <{name}> ; sd:graph [ void:triples ?n ]")
        assert said == count(client, f"GRAPH <{name}> {{ ?s ?p ?o }}")
        assert ask(described, f"?g sd:name <{name}> ; sd:entailmentRegime entailment:Simple")


def ask(store: Store, pattern: str) -> bool:
    """Say whether a pattern matches."""
    prefixes = {"sd": PREFIXES["sd"], "entailment": "http://www.w3.org/ns/entailment/"}
    return bool(store.query(f"ASK {{ {pattern} }}", prefixes=prefixes))


def test_claims_only_what_is_true(client: TestClient) -> None:
    """The service does not claim to fetch graphs, to call others, or to take what it refuses."""
    text = client.get("/sparql", headers=TURTLE).text

    assert "sd:UnionDefaultGraph" in text
    assert not any(word in text for word in ("DereferencesURIs", "RequiresDataset"))
    assert ("SPARQL11Update" in text) is ("inputFormat" in text)


def test_the_description_is_no_fact_about_the_subject(client: TestClient) -> None:
    """Pages and what is inferred do not repeat what the dataset says of itself."""
    page = client.get("/concept/authority-crisis", headers={"accept": "text/html"}).text
    inferred = client.get("/graph/inferred", headers=TURTLE).text

    assert "graph/description" not in page
    assert "void" not in inferred


def test_the_description_has_an_address(client: TestClient) -> None:
    """The IRI of the graph, and so those of the examples in it, lead to the description."""
    response = client.get("/graph/description", headers=TURTLE)

    assert response.status_code == 200
    assert "sh:SPARQLSelectExecutable" in response.text


def test_a_plain_dataset_is_described_from_outside(tmp_path: Path) -> None:
    """A dataset without our data holds nothing else; its description has the partitions."""
    with running(tmp_path, default_graph="merge") as client:
        assert (
            update(client, "INSERT DATA { GRAPH <urn:g> { <urn:a> a <urn:C> ; <urn:p> 1 } }") == 204
        )

        assert count(client, "?s ?p ?o") == 2
        described = read(client, "/sparql")
        use = "?d void:classPartition ?c . ?c void:class <urn:C> ; void:propertyPartition ?p"
        assert value(described, f"{use} . ?p void:property <urn:p> ; void:triples ?n") == 1
        assert "SPARQL11Update" in client.get("/sparql", headers=TURTLE).text


def test_what_is_written_by_stealth_is_no_description(tmp_path: Path) -> None:
    """The graph of the description cannot be written; by a variable it is written in vain."""
    with running(tmp_path, bundle=True, default_graph="merge") as client:
        direct = "INSERT DATA { GRAPH graph:description { <urn:a> a <urn:b> } }"
        by_variable = (
            "INSERT { GRAPH ?g { <urn:a> a gov:GovernanceCase } } "
            "WHERE { VALUES ?g { graph:description } }"
        )

        assert update(client, direct) == 403
        assert update(client, by_variable) == 204
        assert not holds(client, "<urn:a> ?p ?o")
