"""Where the packaged Turtle lies: the ontology, the shapes and the examples."""

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parents[1]

Folder = Literal["ontology", "shapes", "examples"]


def folder(name: Folder) -> Path:
    """Return a bundled folder, from an installed wheel or from a source checkout."""
    installed = _PACKAGE / "bundled" / name
    return installed if installed.is_dir() else _CHECKOUT / name


def ontology_modules() -> list[Path]:
    """Return the Turtle files of the ontology's core: header, foreign terms, modules by name."""
    root = folder("ontology")
    return [root / "govkg.ttl", root / "reused.ttl", *sorted((root / "modules").glob("*.ttl"))]


def ontology_extensions() -> list[Path]:
    """Return what the service reasons with beyond the core: axioms in OWL 2 RL outside EL."""
    return [folder("ontology") / "profiles" / "characteristics.ttl"]


def alignments() -> list[Path]:
    """Return the Turtle files of mappings to other vocabularies, by name."""
    return sorted((folder("ontology") / "alignments").glob("*.ttl"))


def mappings() -> Path:
    """Return the table of those mappings in SSSOM, with confidence and source."""
    return folder("ontology") / "alignments" / "alignments.sssom.tsv"


def shapes() -> list[Path]:
    """Return the Turtle files of the SHACL shapes, by name."""
    return sorted(folder("shapes").glob("*.ttl"))


def forms() -> list[Path]:
    """Return the Turtle files of the shapes that say what a form asks for, by name."""
    return sorted((folder("shapes") / "forms").glob("*.ttl"))


def contexts() -> list[Path]:
    """Return the JSON-LD contexts that govkg publishes, by name."""
    return sorted((folder("shapes") / "contexts").glob("*.jsonld"))


def example_cases() -> list[Path]:
    """Return the example cases that conform, by name."""
    root = folder("examples") / "cases" / "valid"
    return sorted(path for path in root.iterdir() if path.suffix in {".ttl", ".jsonld"})


def example_queries() -> list[Path]:
    """Return the competency questions as SPARQL files, in the order of their numbers."""
    return sorted((folder("examples") / "queries").glob("*.rq"))
