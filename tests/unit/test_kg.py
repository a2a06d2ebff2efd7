"""The knowledge graph as a whole: loading, reopening, naming."""

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from govkg.cases.kg import KG
from govkg.errors import NotFoundError, NotReadyError
from govkg.rdf import expand
from govkg.store import Query
from govkg.store.embedded import EmbeddedStore
from govkg.store.view import View


@pytest.fixture(scope="module")
def kg() -> KG:
    """Return the bundled graph, in memory."""
    return KG.load(EmbeddedStore())


def test_the_bundle_is_loaded_into_named_graphs(kg: KG) -> None:
    """The ontology, the mappings, each case and what follows lie apart."""
    names = {
        graph.value.removeprefix("https://w3id.org/govkg/graph/") for graph in kg.store.graphs()
    }

    assert {"ontology", "alignments", "inferred", "case/la-paz-anticorruption"} <= names


def test_the_examples_cover_what_was_promised(kg: KG) -> None:
    """At least sixteen reforms, from at least six countries, at least eight from China."""
    countries: list[str] = []
    for case in kg.cases():
        (place,) = kg.closure.objects(case.iri, expand("gov:hasLeadJurisdiction"))
        assert isinstance(place, NamedNode)
        (country,) = kg.closure.objects(place, expand("gov:countryCode"))
        assert isinstance(country, Literal)
        countries.append(country.value)

    assert len(countries) >= 16
    assert len(set(countries)) >= 6
    assert countries.count("CN") >= 8


def test_the_graph_is_consistent(kg: KG) -> None:
    """No fact of the bundle clashes with an axiom."""
    assert kg.closure.contradictions() == []


def test_inferred_triples_are_asserted_nowhere(kg: KG) -> None:
    """The inferred graph holds nothing that somebody said."""
    inferred = set(kg.store.triples(kg.graphs.inferred))
    asserted = {
        triple
        for graph in kg.store.graphs()
        if graph != kg.graphs.inferred
        for triple in kg.store.triples(graph)
    }

    assert inferred
    assert not inferred & asserted


def test_names_come_in_the_language_asked_for(kg: KG) -> None:
    """A label is given in Chinese where there is one, else in English."""
    assert kg.name(expand("gc:authority-crisis"), "zh") == "权威危机"
    assert kg.name(expand("gov:isCauseOf"), "en") == "is cause of"
    assert kg.name(expand("case:la-paz-anticorruption"), "zh").startswith("Anti-corruption")
    assert kg.name(NamedNode("https://example.org/x")) == "<https://example.org/x>"


def test_an_unknown_case_is_not_found(kg: KG) -> None:
    """A wrong id is answered with where to look."""
    with pytest.raises(NotFoundError, match="/cases"):
        kg.case("atlantis")


def test_a_store_on_disk_is_kept_on_the_next_start(tmp_path: Path) -> None:
    """The second start loads nothing, and graphs that are not bundled stay."""
    own = NamedNode("https://w3id.org/govkg/graph/case/own")
    fact = Triple(expand("case:own"), expand("rdf:type"), expand("gov:GovernanceCase"))
    said: list[str] = []
    first = KG.load(EmbeddedStore(tmp_path))
    first.store.put(own, [fact])
    del first

    second = KG.load(EmbeddedStore(tmp_path), progress=said.append)

    assert said == ["deriving what follows"]
    assert second.case("own").iri == expand("case:own")


def test_a_store_in_use_is_refused_with_a_reason(tmp_path: Path) -> None:
    """Two processes, or two stores, never write the same folder."""
    holder = EmbeddedStore(tmp_path)

    with pytest.raises(NotReadyError, match="another govkg"):
        EmbeddedStore(tmp_path)

    assert len(holder) == 0


def test_a_dump_loads_to_the_same_dataset(tmp_path: Path, kg: KG) -> None:
    """What is written for the workers holds every quad."""
    kg.store.dump(tmp_path / "snapshot.nq")

    query = Query("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
    view = View(tmp_path / "snapshot.nq")

    assert view.query(query).body == kg.store.query(query).body
    assert str(len(kg.store)).encode() in view.query(query).body
