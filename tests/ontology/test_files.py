"""The files under ontology/ are in order: canonical, catalogued, declared, mapped, logged."""

import csv
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store, parse, serialize

ROOT = Path(__file__).parents[2]
ONTOLOGY = ROOT / "ontology"
FILES = sorted(ONTOLOGY.rglob("*.ttl"))
IRI = "https://w3id.org/govkg/ontology"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the repository."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_files_are_in_canonical_form() -> None:
    """`python tools/format_turtle.py` would change no file."""
    done = run("tools/format_turtle.py", "--check", *map(str, FILES))

    assert done.returncode == 0, done.stdout + done.stderr


def test_formatting_does_not_depend_on_the_order_of_lines(tmp_path: Path) -> None:
    """The canonical form of a file that other tools wrote is the same again."""
    original = ONTOLOGY / "profiles" / "dl.ttl"
    shuffled = tmp_path / "dl.ttl"
    triples = [quad.triple for quad in parse(path=str(original))]
    serialize(reversed(triples), str(shuffled), format=RdfFormat.N_TRIPLES)

    done = run("tools/format_turtle.py", str(shuffled))

    assert done.returncode == 0, done.stderr
    assert shuffled.read_text(encoding="utf-8") == original.read_text(encoding="utf-8")


def test_declarations_are_up_to_date() -> None:
    """`python tools/declare_terms.py` would change nothing."""
    done = run("tools/declare_terms.py", "--check")

    assert done.returncode == 0, done.stdout + done.stderr


def test_catalogue_lists_every_file() -> None:
    """catalog-v001.xml maps the IRI and the version IRI of each file to the file."""
    entries = ET.parse(ONTOLOGY / "catalog-v001.xml").iter()  # noqa: S314 - our own file
    listed = {e.attrib["name"]: e.attrib["uri"] for e in entries if "uri" in e.attrib}

    expected = {}
    for path in FILES:
        place = path.relative_to(ONTOLOGY).as_posix()
        name = place.removesuffix(".ttl").removeprefix("modules/")
        iri = IRI if name == "govkg" else f"{IRI}/{name}"
        expected |= {iri: place, f"{iri}/0.1.0": place}
    assert listed == expected


def test_change_log_has_the_version(store: Store) -> None:
    """ontology/CHANGELOG.md begins with the version that govkg.ttl states."""
    quads = store.quads_for_pattern(
        NamedNode(IRI), NamedNode("http://www.w3.org/2002/07/owl#versionInfo"), None
    )
    version = next(quads).object

    log = (ONTOLOGY / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    latest = next(line for line in log if line.startswith("## "))
    assert latest.split()[1] == getattr(version, "value", None)


def test_mappings_stand_in_the_table_too(store: Store) -> None:
    """alignments.sssom.tsv and the Turtle files hold the same mappings."""
    table = (ONTOLOGY / "alignments" / "alignments.sssom.tsv").read_text(encoding="utf-8")
    header = [line[3:] for line in table.splitlines() if line.startswith("#  ") and ": " in line]
    prefixes = {name: iri for name, _, iri in (line.partition(": ") for line in header)}
    rows = list(csv.DictReader(_body(table), delimiter="\t"))
    listed = {(_iri(r["subject_id"], prefixes), _iri(r["object_id"], prefixes)) for r in rows}

    solutions = store.query(
        """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?s ?o WHERE { GRAPH ?file { ?s ?p ?o FILTER(ISIRI(?s) && ISIRI(?o) && ?s != ?file) }
          FILTER(CONTAINS(STR(?file), "/alignments/")) }"""
    )
    assert isinstance(solutions, QuerySolutions)
    assert {(row["s"].value, row["o"].value) for row in solutions} == listed
    assert {row["mapping_justification"] for row in rows} == {"semapv:ManualMappingCuration"}


def _body(table: str) -> list[str]:
    return [line for line in table.splitlines() if not line.startswith("#")]


def _iri(curie: str, prefixes: dict[str, str]) -> str:
    prefix, _, name = curie.partition(":")
    return prefixes[prefix] + name
