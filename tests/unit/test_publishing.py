"""What is given away: licences, dumps and the table of cases."""

import csv
import gzip
import io
import json
import random
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from govkg.cases import KG
from govkg.cases.kg import CASE
from govkg.errors import ParameterError
from govkg.ontology import TITLE, TYPE
from govkg.publishing import Stock, cases, write_dump
from govkg.publishing.licences import licence_named
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import DCTERMS

BASE = "https://w3id.org/govkg/"
LICENCE, SOURCE = NamedNode(DCTERMS + "license"), NamedNode(DCTERMS + "source")
BY = NamedNode("https://creativecommons.org/licenses/by/4.0/")
NC = NamedNode("https://creativecommons.org/licenses/by-nc/4.0/")
A, B = NamedNode("urn:a"), NamedNode("urn:b")


def graph(name: str) -> NamedNode:
    """Return the name of a graph."""
    return NamedNode(f"{BASE}graph/{name}")


def mixed() -> EmbeddedStore:
    """Return a store with graphs under different licences, and one under none."""
    store = EmbeddedStore()
    free, sold = graph("register/free"), graph("register/sold")
    title = Triple(free, TITLE, Literal("Places of Freedonia", language="en"))
    store.put(free, [Triple(free, LICENCE, BY), Triple(free, SOURCE, B), title])
    store.put(sold, [Triple(sold, LICENCE, NC), Triple(A, B, Literal("for a fee"))])
    store.put(graph("mine"), [Triple(A, B, Literal("who knows"))])
    store.add(None, [Triple(A, B, Literal("nowhere"))])
    store.put(graph("inferred"), [Triple(A, B, Literal("follows"))])
    return store


def unpacked(path: Path) -> list[Quad]:
    """Return the quads of a packed file."""
    return list(parse(gzip.decompress(path.read_bytes()), RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def bundled() -> KG:
    """Return the bundled graph."""
    return KG.load(EmbeddedStore())


@pytest.mark.parametrize(
    ("iri", "id"),
    [
        ("http://creativecommons.org/licenses/by/4.0", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/deed.en", "CC-BY-4.0"),
        (
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            "OGL-UK-3.0",
        ),
    ],
)
def test_licences_are_known_by_their_spellings(iri: str, id: str) -> None:
    """A licence is the same by http and https, with a slash at its end, or in a language."""
    known = licence_named(iri)

    assert known is not None
    assert known.id == id
    assert licence_named("https://example.org/terms") is None


def test_every_open_licence_of_the_shapes_is_in_the_table() -> None:
    """What a case may be under is known to be open, so no case that conforms is left out."""
    shapes = (Path(__file__).parents[2] / "shapes" / "cases.ttl").read_text()
    start = shapes.index("sh:in", shapes.index("gsh:Case-license\n"))
    iris = [each for each in shapes[start : shapes.index(")", start)].split() if "http" in each]
    found = {iri: licence_named(iri.strip("<>")) for iri in iris}

    assert len(iris) > 3
    assert [iri for iri, known in found.items() if known is None or not known.open] == []


def test_restricted_data_stays_out_of_an_open_dump(tmp_path: Path) -> None:
    """Non-commercial, unknown and unnamed data is left out with what rests on it, and told."""
    dump = write_dump(Stock(mixed(), BASE), tmp_path / "dump", bundled=False)

    held = {quad.graph_name for quad in unpacked(tmp_path / "dump" / "govkg.nq.gz")}
    assert held == {graph("register/free")}
    assert dump.left_out == (graph("mine").value, graph("register/sold").value, "")
    assert set(dump.datasets()) == {"govkg", "register-free"}
    told = (tmp_path / "dump" / "LICENCES.txt").read_text()
    assert "CC-BY-4.0" in told
    assert "Places of Freedonia" in told
    assert "Left out, because they are under no open licence or nobody says under which:" in told


def test_restricted_data_is_taken_in_if_asked_for(tmp_path: Path) -> None:
    """With everything in it the dump says so, and has what follows as well."""
    dump = write_dump(Stock(mixed(), BASE), tmp_path, restricted=True, bundled=False)

    assert (dump.left_out, dump.restricted, dump.quads) == ((), True, 7)
    assert dump.file("inferred.nq.gz") is not None
    assert "No licence is stated" in (tmp_path / "LICENCES.txt").read_text()
    assert json.loads((tmp_path / "manifest.json").read_text())["restrictedIncluded"] is True


def test_the_operator_can_name_the_licence_of_what_names_none(tmp_path: Path) -> None:
    """A licence from the settings is that of graphs that say nothing, and of no other."""
    dump = write_dump(Stock(mixed(), BASE, BY.value), tmp_path, bundled=False)

    assert dump.left_out == (graph("register/sold").value,)


def test_a_case_without_licence_is_not_open(tmp_path: Path) -> None:
    """One case that states its licence does not speak for another in the same graph."""
    store = EmbeddedStore()
    two = [Triple(A, TYPE, CASE), Triple(A, LICENCE, BY), Triple(B, TYPE, CASE)]
    store.put(graph("case/a"), two)

    assert write_dump(Stock(store, BASE), tmp_path, bundled=False).left_out


def test_equal_data_gives_equal_bytes(tmp_path: Path) -> None:
    """Neither the order of writing nor the names of blank nodes leave a trace."""
    g, sums = graph("mine"), []
    for name in ("one", "two"):
        store, nodes = EmbeddedStore(), [BlankNode() for _ in range(30)]
        triples = [Triple(g, LICENCE, BY)]
        for number, node in enumerate(nodes):
            triples.append(Triple(node, A, Literal(str(number))))
            triples.append(Triple(node, B, nodes[(number + 1) % 30]))
        random.shuffle(triples)
        store.put(g, triples)
        dump = write_dump(Stock(store, BASE), tmp_path / name, bundled=False)
        sums.append({each.name: each.sha256 for each in dump.files})

    assert sums[0] == sums[1]
    assert len(sums[0]) == 3


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """Nothing that is there is overwritten."""
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(ParameterError):
        write_dump(Stock(mixed(), BASE), tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_whole_bundle_is_given_away(tmp_path: Path, bundled: KG) -> None:
    """Every bundled graph is under an open licence; files are as the checksums say."""
    dump = write_dump(Stock(bundled.quads, BASE), tmp_path, formats=["nq", "csv"])

    assert dump.left_out == ()
    assert set(dump.datasets()) == {"govkg", "ontology", "shapes", "cases", "inferred"}
    assert len(unpacked(tmp_path / "govkg.nq.gz")) == dump.quads
    for line in (tmp_path / "SHA256SUMS").read_text().splitlines():
        digest, _, name = line.partition("  ")
        assert sha256((tmp_path / name).read_bytes()).hexdigest() == digest


def test_the_table_has_labels_beside_codes(bundled: KG) -> None:
    """A code has its label in English and Chinese in the next columns."""
    rows = list(csv.DictReader(io.StringIO(cases.table(bundled).decode())))
    (lyon,) = (row for row in rows if row["id"] == "lyon-metropole")

    assert len(rows) == len(list(bundled.cases()))
    assert (lyon["level"], lyon["level_en"]) == ("prefectural-level", "prefectural level")
    assert lyon["level_zh"]
    assert (lyon["country"], lyon["start"], lyon["evidence"]) == ("FR", "2015-01-01", "5")
    assert lyon["measure"] == "merging-departmental-functions|regional-authority"
    assert lyon["measure_en"].count("|") == 1


def test_the_metadata_describe_exactly_the_columns(bundled: KG) -> None:
    """CSVW names each column once and in order, and splits cells as they are joined."""
    header = cases.table(bundled).decode().splitlines()[0].split(",")
    described = cases.metadata()["tableSchema"]["columns"]

    assert [each["name"] for each in described] == header
    assert {e["separator"] for e in described if "separator" in e} == {"|"}
    level = next(each for each in described if each["name"] == "level")
    assert level["valueUrl"] == "https://w3id.org/govkg/concept/{level}"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_can_run_as_a_formula(cell: str) -> None:
    """In the variant for spreadsheet programs each risky cell is text; all else is as it was."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow([cell, "a=1", "危机"])
    safe = cases.safe_for_spreadsheets(text.getvalue().encode())

    (line,) = csv.reader(io.StringIO(safe.decode("utf-8-sig"), newline=""))
    assert line == ["'" + cell, "a=1", "危机"]
    assert safe.startswith(b"\xef\xbb\xbf")
