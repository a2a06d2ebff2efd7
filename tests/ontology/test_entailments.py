"""What must follow from the ontology (entailed/) and what must not (not_entailed/), per engine.

Each file is a TriG document whose name is its claim: graph ex:given is added to the ontology, and
every triple of graph ex:then must follow, or in not_entailed/ none may.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, Triple, parse
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS, SKOS

from govkg.ontology import load_ontology
from govkg.reasoning import Closure

HERE = Path(__file__).parent
ONTOLOGY = HERE.parents[1] / "ontology"
TEST = "https://w3id.org/govkg/test/"
ENTAILED = sorted((HERE / "entailed").glob("*.trig"))
NOT_ENTAILED = sorted((HERE / "not_entailed").glob("*.trig"))
SILENT = {RDFS.label, RDFS.isDefinedBy, RDFS.comment, RDFS.seeAlso, SKOS.inScheme}

# An engine takes a file and returns which triples of ex:then it derives.
Engine: TypeAlias = Callable[[Path], dict[str, bool]]


def graph_of(file: Path, name: str) -> Graph:
    """Return one graph of a test file."""
    store = Store()
    store.load(path=str(file), format=RdfFormat.TRIG)
    triples = store.dump(format=RdfFormat.N_TRIPLES, from_graph=NamedNode(TEST + name))
    return Graph().parse(data=triples.decode(), format="nt")


def triples_of(file: Path, name: str) -> list[Triple]:
    """Return one graph of a test file as the triples that our reasoner takes."""
    quads = parse(path=str(file), format=RdfFormat.TRIG)
    return [quad.triple for quad in quads if quad.graph_name == NamedNode(TEST + name)]


def apart(graph: Graph, file: Path) -> Graph:
    """Return a graph whose test individuals bear the name of the file."""
    renamed = Graph()
    for triple in graph:
        names = [URIRef(term.replace(TEST, f"{TEST}{file.stem}/", 1)) for term in triple]
        renamed.add((names[0], names[1], names[2]))
    return renamed


def logical_core() -> Graph:
    """Return core and characteristics without what no reasoner reads, to save time."""
    whole = Graph()
    characteristics = ONTOLOGY / "profiles" / "characteristics.ttl"
    for path in [*ONTOLOGY.glob("modules/*.ttl"), ONTOLOGY / "reused.ttl", characteristics]:
        whole.parse(data=path.read_text(encoding="utf-8"), format="turtle")
    annotating = SILENT | set(whole.subjects(RDF.type, OWL.AnnotationProperty))
    kinds = (OWL.Axiom, OWL.Ontology, OWL.AnnotationProperty, SKOS.ConceptScheme)
    silent = {subject for kind in kinds for subject in whole.subjects(RDF.type, kind)}
    core = Graph()
    for triple in whole:
        if triple[0] not in silent and triple[1] not in annotating:
            core.add(triple)
    return core


@pytest.fixture(scope="module")
def owlrl_engine() -> Engine:
    """OWL 2 RL rules by owlrl; one closure for all files, whose individuals are kept apart."""
    owlrl = pytest.importorskip("owlrl")
    closed = logical_core()
    for file in [*ENTAILED, *NOT_ENTAILED]:
        closed += apart(graph_of(file, "given"), file)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)

    def derive(file: Path) -> dict[str, bool]:
        then = apart(graph_of(file, "then"), file)
        return {" ".join(term.n3() for term in triple): triple in closed for triple in then}

    return derive


@pytest.fixture(scope="module")
def hermit_engine(ask_java: Callable[..., Any]) -> Engine:
    """OWL 2 DL by HermiT, over core, characteristics and dl; one Java run for all files."""
    files = [*ENTAILED, *NOT_ENTAILED]
    answers = ask_java("entailments", "ontology/profiles/dl.ttl", *files)

    def derive(file: Path) -> dict[str, bool]:
        derived: dict[str, bool] = answers[file.stem]
        return derived

    return derive


@pytest.fixture(scope="module")
def govkg_engine() -> Engine:
    """Our own reasoner, over what the service reasons with; each file is supposed by itself."""
    closure = Closure(load_ontology().triples)

    def derive(file: Path) -> dict[str, bool]:
        with closure.supposing(triples_of(file, "given")):
            return {str(triple): triple in closure for triple in triples_of(file, "then")}

    return derive


ENGINES = ["owlrl_engine", "hermit_engine", "govkg_engine"]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """Return the engine named by the parameter."""
    chosen: Engine = request.getfixturevalue(request.param)
    return chosen


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("file", ENTAILED, ids=lambda path: path.stem)
def test_claim_follows(file: Path, engine: Engine) -> None:
    """Each triple of ex:then follows."""
    derived = engine(file)

    assert derived
    assert [claim for claim, follows in derived.items() if not follows] == []


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("file", NOT_ENTAILED, ids=lambda path: path.stem)
def test_claim_does_not_follow(file: Path, engine: Engine) -> None:
    """No triple of ex:then follows."""
    derived = engine(file)

    assert derived
    assert [claim for claim, follows in derived.items() if follows] == []


def test_every_rule_has_a_test() -> None:
    """Each property with a chain and each defined class is claimed by a file in entailed/."""
    core = logical_core()
    rules = set(core.subjects(OWL.propertyChainAxiom))
    rules |= set(core.subjects(RDF.type, OWL.TransitiveProperty))
    classes = {c for c in core.subjects(OWL.equivalentClass) if isinstance(c, URIRef)}
    classes |= {core.value(axiom, RDFS.subClassOf) for axiom in core.subjects(OWL.intersectionOf)}

    claimed = {term for file in ENTAILED for triple in graph_of(file, "then") for term in triple}
    assert (rules | classes) - {None} <= claimed
