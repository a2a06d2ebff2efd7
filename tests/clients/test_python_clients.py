"""SPARQLWrapper and rdflib's SPARQLStore ask the three questions, in every way that they know."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import RDFS, SKOS, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore

CLIENTS = Path(__file__).parents[2] / "examples" / "clients"
CRISIS = URIRef("https://w3id.org/govkg/concept/authority-crisis")
NAMES = {Literal("crisis of authority", lang="en"), Literal("权威危机", lang="zh")}
GRAPH = {(CRISIS, RDFS.label, name) for name in NAMES}


def question(name: str) -> str:
    """Return one of the three queries."""
    return (CLIENTS / f"{name}.rq").read_text(encoding="utf-8")


def wrapper(endpoint: str, name: str, method: str, format: str | None):  # type: ignore[no-untyped-def]
    """Return SPARQLWrapper with a question, or skip the test."""
    library = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    found = library.SPARQLWrapper(endpoint)
    found.setQuery(question(name))
    found.setMethod(method)
    if format:
        found.setReturnFormat(format)
    return found


@pytest.mark.parametrize("script", ["with_sparqlwrapper.py", "with_rdflib.py"])
def test_script(
    run: Callable[..., list[str]], endpoint: str, answers: list[str], script: str
) -> None:
    """The script of examples/clients prints what it should."""
    if "sparqlwrapper" in script:
        pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")

    assert run(sys.executable, script, endpoint) == answers


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("format", ["json", "xml", None])
def test_sparqlwrapper_reads_tables(endpoint: str, method: str, format: str | None) -> None:
    """Both formats that SPARQLWrapper can read, and its default, hold what was asked."""
    found = wrapper(endpoint, "select", method, format).queryAndConvert()

    text = str(found) if format == "json" else found.toxml()
    assert "crisis of authority" in text
    assert "权威危机" in text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_reads_a_truth_value(endpoint: str, method: str) -> None:
    """ASK is answered."""
    assert wrapper(endpoint, "ask", method, "json").queryAndConvert()["boolean"] is True


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("format", ["turtle", "xml", "rdf+xml", "n3", "json-ld", None])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # SPARQLWrapper makes one
def test_sparqlwrapper_reads_graphs(endpoint: str, method: str, format: str | None) -> None:
    """Every format for graphs, in SPARQLWrapper's names for them, and its default, can be read."""
    found = wrapper(endpoint, "construct", method, format).queryAndConvert()

    graph = Graph().parse(data=found) if isinstance(found, bytes) else found
    assert set(graph) == GRAPH


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_sparqlwrapper_gets_text(endpoint: str, method: str, format: str) -> None:
    """What SPARQLWrapper does not read itself it hands over."""
    assert "权威危机" in wrapper(endpoint, "select", method, format).queryAndConvert().decode()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("format", ["xml", "json", "tsv"])
def test_store_reads_tables(endpoint: str, method: str, format: str) -> None:
    """The store binds terms with their languages."""
    graph = Graph(SPARQLStore(endpoint, method=method, returnFormat=format))

    assert {tuple(row) for row in graph.query(question("select"))} == {(CRISIS, n) for n in NAMES}


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("format", ["xml", "json"])
def test_store_reads_a_truth_value(endpoint: str, method: str, format: str) -> None:
    """ASK is answered."""
    graph = Graph(SPARQLStore(endpoint, method=method, returnFormat=format))

    assert graph.query(question("ask")).askAnswer is True


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_store_reads_a_graph(endpoint: str, method: str) -> None:
    """CONSTRUCT gives a graph."""
    graph = Graph(SPARQLStore(endpoint, method=method))

    assert set(graph.query(question("construct"))) == GRAPH


def test_store_is_a_graph(endpoint: str) -> None:
    """The store can be used as any graph of rdflib: it makes the queries itself."""
    graph = Graph(SPARQLStore(endpoint))

    assert set(graph.objects(CRISIS, SKOS.prefLabel)) == NAMES
    assert graph.value(predicate=SKOS.prefLabel, object=Literal("权威危机", lang="zh")) == CRISIS
