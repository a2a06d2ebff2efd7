"""Two reasoners find the ontology free of contradiction, and find the contradictions we plant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import DefaultGraph, NamedNode, RdfFormat, Store

HERE = Path(__file__).parent
ONTOLOGY = HERE.parents[1] / "ontology"
CONTRADICTORY = sorted((HERE / "contradictory").glob("*.trig"))
OWL = "http://www.w3.org/2002/07/owl#"


@pytest.fixture(scope="module")
def verdicts(ask_java: Callable[..., Any]) -> dict[str, Any]:
    """Return the verdicts of HermiT and Openllet on the core and each profile."""
    files = ["ontology/govkg.ttl", "ontology/profiles/dl.ttl", "ontology/profiles/strict.ttl"]
    answer: dict[str, Any] = ask_java("consistency", *files)
    return answer


@pytest.mark.parametrize("reasoner", ["HermiT", "Openllet"])
@pytest.mark.parametrize("name", ["govkg", "profiles/dl", "profiles/strict"])
def test_ontology_is_consistent(name: str, reasoner: str, verdicts: dict[str, Any]) -> None:
    """The reasoner finds no contradiction and no class that must stay empty."""
    verdict = verdicts[f"ontology/{name}.ttl"][reasoner]

    assert verdict == {"consistent": True, "unsatisfiable": []}


@pytest.fixture(scope="module")
def refusals(ask_java: Callable[..., Any]) -> dict[str, Any]:
    """Return the verdicts on all contradictory files."""
    answer: dict[str, Any] = ask_java("contradictions", *CONTRADICTORY)
    return answer


@pytest.mark.parametrize("file", CONTRADICTORY, ids=lambda path: path.stem)
def test_contradiction_is_found(file: Path, refusals: dict[str, Any]) -> None:
    """Both reasoners refuse the data, together with the profile named in its first line."""
    assert refusals[str(file)] == {"HermiT": False, "Openllet": False}


@pytest.mark.filterwarnings("default")  # owlready2 leaves files to the garbage collector
def test_owlready2_finds_the_same(tmp_path: Path) -> None:
    """HermiT as owlready2 runs it, the way the service does, finds no empty class either."""
    owlready2 = pytest.importorskip("owlready2")
    store = Store()
    for path in ONTOLOGY.rglob("*.ttl"):
        if path.parent.name != "alignments" and path.name != "strict.ttl":
            store.load(path=str(path), format=RdfFormat.TURTLE)
    for quad in list(store.quads_for_pattern(None, NamedNode(f"{OWL}imports"), None)):
        store.remove(quad)
    merged = tmp_path / "merged.nt"
    store.dump(str(merged), format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph())
    world = owlready2.World()
    world.get_ontology(merged.as_uri()).load(format="ntriples")

    owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)

    assert list(world.inconsistent_classes()) == []
