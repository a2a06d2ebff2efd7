"""The ontology as tests see it: its files, a store of them, and what the Java tools say."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store

ROOT = Path(__file__).parents[2]
ONTOLOGY = ROOT / "ontology"
NAMESPACE = "https://w3id.org/govkg/ontology"
MISSING_JAVA = 3  # exit code of tools/reason_with_owlapi.py


def ontology_iri(path: Path) -> str:
    """Return the IRI that a file must have, judging by its place."""
    place = path.relative_to(ONTOLOGY).with_suffix("").as_posix()
    return NAMESPACE if place == "govkg" else f"{NAMESPACE}/{place.removeprefix('modules/')}"


@pytest.fixture(scope="session")
def store() -> Store:
    """Hold every ontology file, all together and each in a graph named by its ontology IRI."""
    store = Store()
    for path in sorted(ONTOLOGY.rglob("*.ttl")):
        store.load(path=str(path), format=RdfFormat.TURTLE)
        name = NamedNode(ontology_iri(path))
        store.load(path=str(path), format=RdfFormat.TURTLE, to_graph=name)
    return store


@pytest.fixture(scope="session")
def ask_java() -> Callable[..., Any]:
    """Ask tools/reason_with_owlapi.py, in a process of its own so that pytest stays clean."""

    def ask(*arguments: str | Path) -> Any:
        command = [sys.executable, "tools/reason_with_owlapi.py", *map(str, arguments)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if run.returncode == MISSING_JAVA:
            pytest.skip(run.stderr.strip())
        assert run.returncode == 0, run.stderr[-3000:]
        return json.loads(run.stdout)

    return ask
