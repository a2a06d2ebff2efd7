"""``govkg reason``: what follows from files that anybody may have written."""

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from typer.testing import CliRunner

from govkg.cli import app

PREFIXES = """
@prefix : <http://example.org/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
EX = "http://example.org/"


@pytest.fixture
def axioms(tmp_path: Path) -> Path:
    """Return a file of axioms."""
    path = tmp_path / "axioms.ttl"
    path.write_text(PREFIXES + ":A rdfs:subClassOf :B . :B owl:disjointWith :C .")
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a file of data that agrees with the axioms."""
    path = tmp_path / "data.nt"
    path.write_text(f"<{EX}a> a <{EX}A> .".replace(" a ", f" <{RDF_TYPE}> "))
    return path


RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def test_what_follows_is_written_in_the_format_of_the_ending(
    axioms: Path, data: Path, tmp_path: Path
) -> None:
    """Given and derived triples are in the file, in the syntax that its name says."""
    out = tmp_path / "out.nt"

    result = CliRunner().invoke(app, ["reason", str(axioms), str(data), "-o", str(out)])

    assert result.exit_code == 0, result.output
    lines = set(out.read_text().splitlines())
    assert f"<{EX}a> <{RDF_TYPE}> <{EX}A> ." in lines
    assert f"<{EX}a> <{RDF_TYPE}> <{EX}B> ." in lines


def test_standard_output_is_turtle(axioms: Path, data: Path) -> None:
    """Without a file Turtle is printed; --inferred leaves out what was given."""
    result = CliRunner().invoke(app, ["reason", str(axioms), str(data), "--inferred"])

    (quad,) = parse(result.stdout.encode(), RdfFormat.TURTLE)
    assert quad.object.value == EX + "B"


def test_contradictions_are_told_and_exit_with_one(axioms: Path, tmp_path: Path) -> None:
    """What clashes is told with rule, facts and axioms, in the language asked for."""
    clash = tmp_path / "clash.ttl"
    clash.write_text(PREFIXES + ":a a :A , :C .")

    result = CliRunner().invoke(app, ["reason", str(axioms), str(clash), "--lang", "zh"])

    assert result.exit_code == 1
    assert "矛盾 [cax-dw]" in result.stderr
    assert "owl:disjointWith" in result.stderr
    assert f"<{EX}a> rdf:type <{EX}C>" in result.stderr


def test_rdfs_knows_no_owl(axioms: Path, tmp_path: Path) -> None:
    """By the rules of RDFS nothing clashes, and what is used as a property is one."""
    clash = tmp_path / "clash.ttl"
    clash.write_text(PREFIXES + ":a a :A , :C ; :p :b .")

    result = CliRunner().invoke(app, ["reason", str(axioms), str(clash), "--profile", "rdfs"])

    assert result.exit_code == 0, result.output
    triples = {str(quad.triple) for quad in parse(result.stdout.encode(), RdfFormat.TURTLE)}
    assert any("/p>" in t and "rdf-syntax-ns#Property" in t for t in triples)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["missing.ttl"], 1, "missing.ttl"),
        (["--profile", "dl", "x.ttl"], 2, "rl, rdfs"),
        (["-o", "out.doc", "x.ttl"], 2, ".ttl"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], code: int, words: str) -> None:
    """A missing file, an unknown profile and an unknown format end in a sentence."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "govkg", "reason", *arguments], capture_output=True, check=False
    )

    assert done.returncode == code
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
