"""``govkg load``: whole files at once, or nothing."""

import json
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from typer.testing import CliRunner

from govkg import cli
from govkg.cases.graphs import Graphs
from govkg.cases.kg import DEFAULT_BASE
from govkg.errors import DocumentSyntaxError, NotFoundError, NotReadyError, ParameterError
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import DCTERMS, GOV

GRAPH = "https://example.org/graph/mine"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have commands work on a folder of their own."""
    monkeypatch.setenv("GOVKG_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    return tmp_path


def load(*arguments: str) -> dict[str, object]:
    """Run the command, and let what it raises through."""
    done = CliRunner().invoke(cli.app, ["load", *arguments, "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_files_are_added(data: Path) -> None:
    """Quads keep their graphs, triples go where --graph says, and what was there stays."""
    (data / "a.nq").write_text("<urn:a> <urn:b> <urn:c> <urn:g> .\n<urn:a> <urn:b> <urn:d> .\n")
    (data / "b.ttl").write_text("<urn:a> <urn:b> 1, 2 .")

    assert load(str(data / "a.nq"), "--graph", GRAPH)["quads"] == 2
    found = load(str(data / "b.ttl"), "--graph", GRAPH)

    store = EmbeddedStore(data / "data" / "store")
    assert found["files"] == {"b.ttl": 2}
    assert store.sizes() == {NamedNode(GRAPH): 3, NamedNode("urn:g"): 1}


def case(name: str, title: str) -> str:
    """Return a small case in Turtle."""
    iri = f"https://w3id.org/govkg/case/{name}"
    return (
        f'<{iri}> a <{GOV}GovernanceCase> ; <{DCTERMS}title> "{title}"@en ;\n'
        f"  <{GOV}adopts> <{iri}#m> . <{iri}#m> a <{GOV}InnovationMeasure> .\n"
    )


def test_cases_get_graphs_of_their_own(data: Path) -> None:
    """With --cases each is where cases are looked for; loaded again, it replaces what was there."""
    (data / "two.ttl").write_text(case("one", "One") + case("two", "Two"))
    (data / "new.ttl").write_text(case("two", "Two, corrected"))

    first = load(str(data / "two.ttl"), "--cases")
    again = load(str(data / "new.ttl"), "--cases")

    store = EmbeddedStore(data / "data" / "store")
    graphs = Graphs(DEFAULT_BASE)
    assert (first["cases"], first["replaced"]) == (["one", "two"], [])
    assert (again["cases"], again["replaced"]) == (["two"], ["two"])
    assert store.sizes() == {graphs.case("one"): 4, graphs.case("two"): 4}
    titles = [str(t.object) for t in store.triples(graphs.case("two")) if "title" in str(t)]
    assert titles == ['"Two, corrected"@en']


@pytest.mark.parametrize(
    "text", [case("one", "One").replace("/case/one", "/case/Übersee"), "<urn:a> <urn:b> 1 ."]
)
def test_what_is_no_case_is_refused_as_one(data: Path, text: str) -> None:
    """A case with an impossible IRI, or a file without any, is refused, and nothing is stored."""
    (data / "good.ttl").write_text(case("one", "One"))
    (data / "bad.ttl").write_text(text)

    with pytest.raises(ParameterError):
        load(str(data / "good.ttl"), str(data / "bad.ttl"), "--cases")

    assert len(EmbeddedStore(data / "data" / "store")) == 0


def test_cases_take_no_graph(data: Path) -> None:
    """Cases name their graphs themselves, so --graph beside --cases is a misuse."""
    (data / "one.ttl").write_text(case("one", "One"))

    done = CliRunner().invoke(cli.app, ["load", str(data / "one.ttl"), "--cases", "--graph", GRAPH])

    assert done.exit_code == 2


def test_a_mistake_leaves_the_store_as_it_was(data: Path) -> None:
    """The error names the place; no other file of the same call is stored either."""
    (data / "good.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    (data / "bad.nt").write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:b> .\n")

    with pytest.raises(DocumentSyntaxError) as caught:
        load(str(data / "good.nt"), str(data / "bad.nt"))

    assert caught.value.facts["line"] == 2
    assert len(EmbeddedStore(data / "data" / "store")) == 0


def test_a_missing_file_is_named(data: Path) -> None:
    """A file that is not there is told with its name."""
    with pytest.raises(NotFoundError, match=r"none\.nt"):
        load(str(data / "none.nt"))


def test_a_store_in_use_is_left_alone(data: Path) -> None:
    """While another process has the folder open, nothing is loaded."""
    (data / "a.nt").write_text("<urn:a> <urn:b> <urn:c> .\n")
    using = EmbeddedStore(data / "data" / "store")

    with pytest.raises(NotReadyError):
        load(str(data / "a.nt"))
    assert len(using) == 0
