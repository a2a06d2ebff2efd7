"""Releases of the data: frozen, compared, cited, and kept in backups."""

import json
import shutil
import tarfile
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.backups import archives, back_up, check, restore
from govkg.backups.archives import Writing
from govkg.cases.kg import CASE
from govkg.errors import ArchiveError, ConflictError, NotFoundError, ParameterError
from govkg.ontology import TYPE
from govkg.publishing import Stock
from govkg.publishing.differences import difference
from govkg.publishing.references import bibtex, csl, of_release, ris
from govkg.publishing.releases import create_release, damaged, release_named, releases
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import DCTERMS, GC, OWL

BASE = "https://w3id.org/govkg/"
LICENCE = NamedNode(DCTERMS + "license")
BY = NamedNode("https://creativecommons.org/licenses/by/4.0/")
ONTOLOGY, SAYS = NamedNode(f"{BASE}graph/ontology"), NamedNode("urn:says")


def settings(folder: Path) -> Settings:
    """Return the settings of a plain dataset."""
    return Settings(data_dir=folder, bundle=False)


def quiet(_: str) -> None:
    """Tell nobody."""


def term(name: str, *texts: str) -> list[Triple]:
    """Return a term with an axiom that speaks of it by a blank node."""
    this, axiom = NamedNode(GC + name), BlankNode()
    said = [Triple(this, SAYS, Literal(text)) for text in texts]
    about = Triple(axiom, NamedNode(OWL + "annotatedSource"), this)
    return [*said, about, *(Triple(axiom, SAYS, Literal(f"why {text}")) for text in texts)]


def case(name: str, text: str) -> tuple[NamedNode, list[Triple]]:
    """Return the graph of a case."""
    this = NamedNode(f"{BASE}case/{name}")
    said = [Triple(this, TYPE, CASE), Triple(this, LICENCE, BY), Triple(this, SAYS, Literal(text))]
    return NamedNode(f"{BASE}graph/case/{name}"), said


def stock(terms: list[list[Triple]], *cases: tuple[NamedNode, list[Triple]]) -> Stock:
    """Return a stock of an ontology and cases."""
    store = EmbeddedStore()
    own = Triple(ONTOLOGY, LICENCE, BY)
    store.put(ONTOLOGY, [own, *(triple for each in terms for triple in each)])
    for graph, triples in cases:
        store.put(graph, triples)
    return Stock(store, BASE)


def test_a_release_is_never_changed(tmp_path: Path) -> None:
    """A version is made once; its files are as they were, and cannot be written to."""
    made = create_release(settings(tmp_path), stock([term("a", "x")]), "2027.1")

    with pytest.raises(ConflictError):
        create_release(settings(tmp_path), stock([term("b", "y")]), "2027.1")
    again = release_named(tmp_path, "2027.1")
    assert again == made
    assert damaged(again) == []
    assert all(file.stat().st_mode & 0o222 == 0 for file in again.folder.iterdir())
    assert [each.name for each in (tmp_path / "releases").iterdir()] == ["2027.1"]


@pytest.mark.parametrize("version", ["", ".", "..", "../up", "a/b", "-x", "x.", "v 1", "x" * 41])
def test_a_version_is_a_plain_name(tmp_path: Path, version: str) -> None:
    """No version leads out of the folder."""
    with pytest.raises(ParameterError):
        create_release(settings(tmp_path), stock([]), version)
    with pytest.raises(NotFoundError):
        release_named(tmp_path, version)


def test_a_release_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release is there whole or not at all."""
    monkeypatch.setattr("govkg.publishing.releases.places.sync", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        create_release(settings(tmp_path), stock([term("a", "x")]), "1")
    assert releases(tmp_path) == []
    assert list((tmp_path / "releases").iterdir()) == []


def test_damage_is_found(tmp_path: Path) -> None:
    """A file that somebody changed is named."""
    made = create_release(settings(tmp_path), stock([term("a", "x")]), "1")
    file = made.folder / "govkg.ttl"
    file.chmod(0o600)
    file.write_text("# forged")

    assert damaged(made) == ["govkg.ttl"]


def test_the_difference_names_terms_and_cases(tmp_path: Path) -> None:
    """What was added, removed and changed is told; an axiom that nobody touched is not."""
    kept, gone = term("kept", "same"), term("gone", "old")
    old = stock([kept, gone, term("new-words", "before")], case("one", "x"), case("two", "x"))
    new = stock(
        [term("kept", "same"), term("new-words", "after"), term("fresh", "new")],
        case("one", "y"),
        case("three", "z"),
    )
    a = create_release(settings(tmp_path), old, "1")
    b = create_release(settings(tmp_path), new, "2")

    found = difference(a, b)

    assert found["terms"] == {
        "added": [GC + "fresh"], "removed": [GC + "gone"], "changed": [GC + "new-words"],
    }  # fmt: skip
    assert found["cases"] == {"added": ["three"], "removed": ["two"], "changed": ["one"]}
    assert found["quads"] == {"added": 10, "removed": 10}
    assert not any("same" in line for line in found["added"] + found["removed"])
    assert difference(a, a)["quads"] == {"added": 0, "removed": 0}


def test_blank_nodes_in_a_ring_are_compared(tmp_path: Path) -> None:
    """Blank nodes that lead to each other end no comparison and make no difference."""

    def ring(size: int) -> list[Triple]:
        nodes = [BlankNode() for _ in range(size)]
        pairs = zip(nodes, [*nodes[1:], nodes[0]], strict=True)
        return [Triple(one, SAYS, other) for one, other in pairs]

    a = create_release(settings(tmp_path), stock([ring(30)]), "1")
    b = create_release(settings(tmp_path), stock([ring(30)]), "2")

    assert difference(a, b)["quads"] == {"added": 0, "removed": 0}


def test_a_release_can_be_cited(tmp_path: Path) -> None:
    """Each form has title, version, year and address, and is well-formed."""
    made, url = create_release(settings(tmp_path), stock([]), "2027.1"), "https://x.org/r/2027.1"
    found = of_release(made, url)

    (item,) = json.loads(csl(found))
    assert (item["version"], item["URL"], item["type"]) == ("2027.1", url, "dataset")
    lines = ris(found).split("\r\n")
    assert (lines[0], lines[-2]) == ("TY  - DATA", "ER  - ")
    assert f"UR  - {url}" in lines
    entry = bibtex(found)
    assert entry.startswith("@misc{govkg-2027-1,")
    assert entry.count("{") == entry.count("}")
    assert f"year = {{{made.created[:4]}}}" in entry


def test_releases_are_in_backups(tmp_path: Path) -> None:
    """Backup, wipe, restore: the same files; a release that is there already stays as it is."""
    data = tmp_path / "data"
    EmbeddedStore(data / "store").close()
    made = create_release(settings(data), stock([term("a", "x")]), "1")
    before = {file.name: file.read_bytes() for file in made.folder.iterdir()}
    path, _ = back_up(settings(data), tmp_path / "backup.zip", quiet)
    shutil.rmtree(data)
    create_release(settings(data), stock([]), "2")

    restore(settings(data), path, quiet)

    again = release_named(data, "1")
    assert {file.name: file.read_bytes() for file in again.folder.iterdir()} == before
    assert damaged(again) == []
    assert {each.version for each in releases(data)} == {"1", "2"}


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", "1/../../x", "1/a/b", "1"])
def test_a_forged_part_is_refused(tmp_path: Path, name: str) -> None:
    """A member of the part that leads elsewhere is named, and nothing is written."""
    data = tmp_path / "data"
    EmbeddedStore(data / "store").close()
    create_release(settings(data), stock([]), "1")
    path, _ = back_up(settings(data), tmp_path / "backup.zip", quiet)
    forged = tmp_path / "forged.zip"
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    with ZipFile(path) as good, ZipFile(forged, "w") as bad:
        writing = Writing(bad)
        parts = {n: good.read(n) for n in good.namelist() if n != archives.MANIFEST}
        for part, content in (parts | {"releases.tar": buffer.getvalue()}).items():
            writing.add(part, lambda take, content=content: take(content))
        facts = json.loads(good.read(archives.MANIFEST))
        with archives.Archive(path) as archive:
            known = archive.manifest.model_dump(exclude={"parts"})
        assert facts["quads"] == known["quads"]
        writing.finish(**known)

    with pytest.raises(ArchiveError, match=r"releases\.tar"):
        check(forged, quiet)
