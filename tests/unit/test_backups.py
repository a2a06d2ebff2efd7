"""Backups without a server: what goes in comes out, and what is damaged harms nothing."""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Triple

from govkg.access import Access
from govkg.backups import back_up, check, places, restore, swapping
from govkg.errors import ArchiveError, ConflictError, GovkgError, NotFoundError, NotReadyError
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore

A, B, G, EMPTY = (NamedNode(f"urn:{name}") for name in ("a", "b", "g", "empty"))
OLD = "before"
Members = dict[str, bytes]


def quiet(_: str) -> None:
    """Tell nobody."""


def settings(folder: Path, **more: object) -> Settings:
    """Return the settings of a plain dataset in a folder."""
    return Settings.model_validate({"data_dir": folder, "bundle": False} | more)


def fill(folder: Path, mark: str, size: int = 50) -> None:
    """Make a store with a mark, blank nodes, odd text and an empty graph."""
    store = EmbeddedStore(folder / "store")
    odd = Triple(A, B, Literal('q"\\ \n\t危 😀', language="zh"))
    nested = Triple(BlankNode("x"), B, Triple(BlankNode("x"), B, BlankNode("y")))
    store.put(G, [odd, nested, *(Triple(A, B, NamedNode(f"urn:{n}")) for n in range(size))])
    store.put(EMPTY, [])
    store.add(None, [Triple(BlankNode("x"), B, Literal(mark))])
    store.close()


def held(folder: Path) -> tuple[Dataset, list[NamedNode]]:
    """Return what a data folder holds, in canonical form, with the names of its graphs."""
    store = swapping.opened(settings(folder))
    assert isinstance(store, EmbeddedStore)
    dataset = Dataset(store._oxigraph)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    graphs = store.graphs()
    store.close()
    return dataset, graphs


def mark_of(folder: Path) -> str:
    """Return the mark in a data folder, which must be whole."""
    dataset, graphs = held(folder)
    (mark,) = (
        q.object.value
        for q in dataset
        if isinstance(q.subject, BlankNode) and isinstance(q.object, Literal)
    )
    assert (len(dataset), graphs) == (53, [EMPTY, G])
    return mark


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a data folder with something in it."""
    fill(tmp_path / "data", "backed up")
    return tmp_path / "data"


@pytest.fixture
def archive(tmp_path: Path, data: Path) -> Path:
    """Return a backup of it; afterwards the folder holds something else."""
    path, _ = back_up(settings(data), tmp_path / "backup.zip", quiet)
    shutil.rmtree(data)
    fill(data, OLD)
    return path


def test_what_was_wiped_is_there_again(tmp_path: Path, data: Path) -> None:
    """Backup, wipe, restore: the same quads, blank nodes and empty graphs, and the same bytes."""
    before = held(data)
    path, manifest = back_up(settings(data), tmp_path, quiet)
    shutil.rmtree(data)

    restore(settings(data), path, quiet)

    assert held(data) == before
    assert manifest.quads == 53
    again, second = back_up(settings(data), tmp_path / "again.zip", quiet)
    assert second.parts == manifest.parts
    assert again.stat().st_mode & 0o777 == 0o600
    assert not list(data.glob("work-*"))


def test_the_order_of_writing_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Equal data gives equal bytes, also when it is too much to be sorted in memory at once."""
    triples = [Triple(A, B, Literal(str(n))) for n in range(300)]
    sums = []
    for name, runs in (("one", 1_000_000), ("two", 1_000)):
        monkeypatch.setattr("govkg.backups.quads._RUN", runs)
        store = EmbeddedStore(tmp_path / name / "store")
        for start in range(0, 300, 100):
            random.shuffle(triples)
            store.add(G, triples if start == 200 else triples[:100])
        store.close()
        _, manifest = back_up(settings(tmp_path / name), tmp_path / f"{name}.zip", quiet)
        sums.append(manifest.parts)

    assert sums[0] == sums[1]


def test_restored_tokens_work_and_revoked_ones_do_not(tmp_path: Path, data: Path) -> None:
    """Tokens come back with the data; one that was revoked or made since stays so."""
    access = Access(data / "tokens.json")
    (_, kept), (gone, secret) = access.create("kept", ("write",)), access.create("x", ("write",))
    path, _ = back_up(settings(data), tmp_path, quiet)
    access.revoke(gone.id)
    later = access.create("later", ("admin",))[1]

    restore(settings(data), path, quiet)

    for good in (kept, later):
        assert Access(data / "tokens.json").require(f"Bearer {good}", "write", "")
    with pytest.raises(GovkgError, match="revoked"):
        access.require(f"Bearer {secret}", "write", "")
    shutil.rmtree(data)
    restore(settings(data), path, quiet)
    assert Access(data / "tokens.json").require(f"Bearer {kept}", "write", "")


def test_damaged_tokens_do_not_stand_in_the_way(tmp_path: Path, data: Path) -> None:
    """What cannot be read is set aside."""
    secret = Access(data / "tokens.json").create("kept", ("write",))[1]
    path, _ = back_up(settings(data), tmp_path, quiet)
    (data / "tokens.json").write_text("{")

    restore(settings(data), path, quiet)

    assert Access(data / "tokens.json").require(f"Bearer {secret}", "write", "")
    assert (data / "tokens.damaged").read_text() == "{"


def test_a_damaged_store_can_be_replaced(archive: Path, data: Path) -> None:
    """The old store need not open, and stays as it is."""
    (data / "store" / "CURRENT").write_text("nonsense")

    restore(settings(data), archive, quiet)

    assert mark_of(data) == "backed up"
    assert (data / "store" / "CURRENT").read_text() == "nonsense"


def test_there_is_one_way_back(archive: Path, data: Path) -> None:
    """Whoever restored the wrong backup can go back; older data is removed, a second time too."""
    restore(settings(data), archive, quiet)
    pointer = json.loads((data / "current").read_text())
    there_and_back = {"current": pointer["before"], "before": pointer["current"]}

    assert mark_of(data) == "backed up"
    (data / "current").write_text(json.dumps(there_and_back))
    assert mark_of(data) == OLD
    for _ in range(3):
        restore(settings(data), archive, quiet)
    assert len(list(data.glob("restored-*"))) == 2
    assert not (data / "store").exists()
    assert mark_of(data) == "backed up"


def test_a_damaged_pointer_is_told(archive: Path, data: Path) -> None:
    """No other store is taken for the one that it should name."""
    restore(settings(data), archive, quiet)
    (data / "current").write_text("{")

    with pytest.raises(NotReadyError, match="current"):
        held(data)


def rewrite(path: Path, change: Callable[[Members], None], method: int = ZIP_DEFLATED) -> None:
    """Change what is in an archive, which is a sound zip file afterwards."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def manifest_with(**facts: Any) -> Callable[[Members], None]:
    """Return a change of the manifest."""

    def change(members: Members) -> None:
        manifest = json.loads(members["manifest.json"])
        members["manifest.json"] = json.dumps(manifest | facts).encode()

    return change


def quads_with(
    replacement: Callable[[bytes], bytes], *, fitting: bool = True
) -> Callable[[Members], None]:
    """Return a change of the quads; if fitting, of their size and hash in the manifest too."""

    def change(members: Members) -> None:
        members["quads.nq"] = replacement(members["quads.nq"])
        if fitting:
            manifest = json.loads(members["manifest.json"])
            manifest["parts"][0] |= {
                "bytes": len(members["quads.nq"]),
                "sha256": sha256(members["quads.nq"]).hexdigest(),
            }
            members["manifest.json"] = json.dumps(manifest).encode()

    return change


def extra(name: str) -> Callable[[Members], None]:
    """Return a change that adds a file, also to the manifest."""

    def change(members: Members) -> None:
        members[name] = b""
        manifest = json.loads(members["manifest.json"])
        empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        manifest["parts"].append({"name": name, "bytes": 0, "sha256": empty})
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


DAMAGES: dict[str, tuple[Callable[[Members], object], str]] = {
    "no manifest": (lambda m: m.pop("manifest.json"), "manifest.json"),
    "manifest is no JSON": (lambda m: m.update({"manifest.json": b"{"}), "manifest.json"),
    "deep manifest": (lambda m: m.update({"manifest.json": b"[" * 100_000}), "manifest.json"),
    "manifest is a list": (lambda m: m.update({"manifest.json": b"[]"}), "not the manifest"),
    "another format": (manifest_with(format="x"), "not the manifest"),
    "later version": (manifest_with(formatVersion=2), "version is 2.*newer one"),
    "odd version": (manifest_with(formatVersion={}), "version is {}"),
    "no time": (manifest_with(created="yesterday"), "created"),
    "unknown field": (manifest_with(more=1), "more"),
    "negative count": (manifest_with(quads=-1), "quads"),
    "sum": (manifest_with(quads=54), "do not add up"),
    "wrong count": (
        manifest_with(
            graphs=[
                {"graph": None, "quads": 1},
                {"graph": "urn:empty", "quads": 1},
                {"graph": "urn:g", "quads": 51},
            ]
        ),
        "urn:empty has 0 quads where the manifest says 1",
    ),
    "a graph too many": (
        manifest_with(graphs=[{"graph": None, "quads": 1}, {"graph": "urn:z", "quads": 52}]),
        "quads where the manifest says",
    ),
    "no IRI": (
        manifest_with(graphs=[{"graph": "a b", "quads": 53}]),
        "manifest.json.*no IRI",
    ),
    "part missing": (lambda m: m.pop("quads.nq"), "quads.nq.*missing"),
    "no quads": (manifest_with(parts=[]), "not in the manifest"),
    "path traversal": (extra("../../escaped"), "escaped.*unknown"),
    "absolute path": (extra("/tmp/escaped"), "escaped.*unknown"),  # noqa: S108 # never written
    "unlisted": (lambda m: m.update({"more": b"x"}), "more.*not in the manifest"),
    "wrong hash": (
        quads_with(lambda q: q.replace(b"backed up", b"backed uq"), fitting=False),
        "SHA-256",
    ),
    "wrong size": (quads_with(lambda q: q + b"\n", fitting=False), "bytes where"),
    "not sorted": (quads_with(lambda q: b"".join(reversed(q.splitlines(True)))), "line .*sorted"),
    "twice": (quads_with(lambda q: q + q.splitlines(True)[-1]), "line 5.*twice"),
    "syntax": (quads_with(lambda q: b"!" + q), "line 1"),
    "cut line": (quads_with(lambda q: q[:-1]), "no end"),
    "one line less": (quads_with(lambda q: b"".join(q.splitlines(True)[1:])), "where the manifest"),
    "too deep": (quads_with(lambda q: b"<<( " * 100_000 + q), "nested too deeply"),
    "not UTF-8": (quads_with(lambda q: q.replace(b"q", b"\xff")), "line"),
    "long line": (quads_with(lambda _: os.urandom(17_000_000).replace(b"\n", b"")), "longer"),
    "bomb": (quads_with(lambda _: bytes(50_000_000)), "zip bomb"),
    "tokens": (extra("tokens.json"), "tokens.json.*no tokens"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_archive_changes_nothing(archive: Path, data: Path, damage: str) -> None:
    """The error names the file and the place and what to do; the data stays as it is."""
    change, words = DAMAGES[damage]
    rewrite(archive, change)  # type: ignore[arg-type]

    for attempt in (lambda: check(archive, quiet), lambda: restore(settings(data), archive, quiet)):
        with pytest.raises(ArchiveError, match=words) as caught:
            attempt()

    assert caught.value.facts["archive"] == str(archive)
    assert "Use" in caught.value.facts["remedy"] or "Was" in caught.value.facts["remedy"]
    assert mark_of(data) == OLD
    assert {path.name for path in data.iterdir()} == {"store", "lock"}


def test_a_file_that_is_no_archive(archive: Path, data: Path) -> None:
    """A missing file, an empty one, one that was cut anywhere and another zip are refused."""
    whole = archive.read_bytes()

    with pytest.raises(ArchiveError, match="no such file"):
        check(archive.with_name("none"), quiet)
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        archive.write_bytes(whole[:size])
        with pytest.raises(ArchiveError, match="copied to its end"):
            restore(settings(data), archive, quiet)
    archive.write_bytes(whole)
    rewrite(archive, lambda _: None, ZIP_BZIP2)
    with pytest.raises(ArchiveError, match="compressed"):
        check(archive, quiet)
    assert mark_of(data) == OLD


@pytest.mark.parametrize("flips", [60, pytest.param(5000, marks=pytest.mark.soak)])
def test_any_flipped_byte_is_noticed(archive: Path, flips: int) -> None:
    """A byte that a disk lost is an error of ours, or one that means nothing in a zip file."""
    whole, chance = archive.read_bytes(), random.Random(7)  # noqa: S311 # no secret
    sound = check(archive, quiet)

    for _ in range(flips):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        archive.write_bytes(damaged)
        try:
            assert check(archive, quiet) == sound
        except ArchiveError:
            continue


def test_a_backup_for_another_base_is_refused(archive: Path, data: Path) -> None:
    """The names in it would mean nothing to this service."""
    with pytest.raises(ConflictError, match="GOVKG_BASE_IRI=https://w3id"):
        restore(settings(data, base_iri="https://example.org/"), archive, quiet)


def test_an_engine_elsewhere_is_not_replaced(archive: Path, data: Path) -> None:
    """It cannot be done at one stroke, so it is refused."""
    with pytest.raises(ConflictError, match="engine"):
        restore(settings(data, store="http://127.0.0.1:9/ds"), archive, quiet)


def test_an_engine_elsewhere_is_read_graph_by_graph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest says that it is no state of one moment, and what was inferred is left out."""

    class Elsewhere:
        """A store that can only be dumped."""

        def dump(self, path: Path) -> None:
            """Write two graphs."""
            inferred = "<https://w3id.org/govkg/graph/inferred>"
            path.write_text(
                f"<urn:a> <urn:b> _:x <urn:g> .\n<urn:a> <urn:b> <urn:c> {inferred} .\n"
            )

    monkeypatch.setattr("govkg.backups.making.open_store", lambda _: Elsewhere())
    there = settings(tmp_path / "data", store="http://127.0.0.1:9/ds")

    path, manifest = back_up(there, tmp_path, quiet)

    assert (manifest.quads, manifest.consistency) == (1, "graph-by-graph")
    restore(settings(tmp_path / "here"), path, quiet)
    assert len(held(tmp_path / "here")[0]) == 1


def test_no_backup_of_nothing(tmp_path: Path) -> None:
    """A wrong folder is an error, and is not made."""
    with pytest.raises(NotFoundError, match="no store"):
        back_up(settings(tmp_path / "wrong"), tmp_path / "x.zip", quiet)
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_not_overwritten(archive: Path, data: Path) -> None:
    """Neither by a backup that works nor by one that fails."""
    whole = archive.read_bytes()

    with pytest.raises(GovkgError, match="this file exists"):
        back_up(settings(data), archive, quiet)
    with pytest.raises(NotFoundError, match="folder"):
        back_up(settings(data), archive.parent / "none" / "x.zip", quiet)
    assert archive.read_bytes() == whole


def test_a_store_in_use_is_left_alone(archive: Path, data: Path) -> None:
    """A govkg that cannot be reached keeps its data, and the user is told."""
    code = (
        "import sys, pathlib; from govkg.store.embedded import EmbeddedStore;"
        "s = EmbeddedStore(pathlib.Path(sys.argv[1])); print('open', flush=True); input()"
    )
    command = [sys.executable, "-c", code, str(data / "store")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        try:
            with pytest.raises(NotReadyError, match="in use"):
                restore(settings(data), archive, quiet)
            with pytest.raises(NotReadyError, match="another govkg"):
                back_up(settings(data), archive.with_name("x.zip"), quiet)
        finally:
            other.kill()
    assert mark_of(data) == OLD


class Crash(BaseException):
    """The end of the process."""


def crashing(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Let a process end at its n-th step that changes names on the disk."""
    left = iter(range(steps))

    def wrap(original: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            if next(left, None) is None:
                raise Crash
            return original(*args, **options)

        return step

    monkeypatch.setattr(Path, "rename", wrap(Path.rename))
    monkeypatch.setattr(Path, "replace", wrap(Path.replace))
    monkeypatch.setattr("govkg.backups.swapping._sync_names", wrap(swapping._sync_names))


@pytest.mark.parametrize("steps", range(7))
def test_a_crash_at_any_step_leaves_old_or_new(
    tmp_path: Path, archive: Path, data: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """Before the decision all is old, after it all is new, and the tokens come in the end."""
    other = tmp_path / "other"
    restore(settings(other), archive, quiet)
    secret = Access(other / "tokens.json").create("kept", ("write",))[1]
    archive, _ = back_up(settings(other), tmp_path / "with-tokens.zip", quiet)
    with monkeypatch.context() as patch:
        crashing(patch, steps)
        patch.setattr(places, "_remove", lambda _: None)  # nobody tidies up after a crash
        with pytest.raises(Crash):
            restore(settings(data), archive, quiet)
            raise Crash

    new = mark_of(data) == "backed up"
    assert new is (steps >= 2)
    assert Access(data / "tokens.json").enabled is new
    if new:
        assert Access(data / "tokens.json").require(f"Bearer {secret}", "write", "")
    assert not list(data.glob("work-*"))
    assert len(list(data.glob("restored-*"))) == new


def start(data: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start the command."""
    environment = os.environ | {"GOVKG_DATA_DIR": str(data), "GOVKG_BUNDLE": "false"}
    command = [sys.executable, "-m", "govkg", *arguments]
    return subprocess.Popen(command, env=environment, stdout=-3, stderr=-3)


@pytest.fixture
def two_backups(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Return two backups by the mark in them."""
    paths = {}
    for mark in ("one", "two"):
        fill(tmp_path / mark, mark)
        paths[mark], _ = back_up(settings(tmp_path / mark), tmp_path / f"{mark}.zip", quiet)
    return paths


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.soak)])
def test_kill_in_mid_restore_leaves_old_or_new(
    tmp_path: Path, two_backups: dict[str, Path], kills: int
) -> None:
    """After kill -9 at a random moment the data is one or the other, and can be restored again."""
    data, seen = tmp_path / "data", set()
    fill(data, "one")
    began = time.monotonic()
    assert start(data, "restore", str(two_backups["one"])).wait(60) == 0
    whole = time.monotonic() - began

    for number in range(kills):
        process = start(data, "restore", str(two_backups["two" if number % 2 else "one"]))
        time.sleep(random.uniform(0.6, 1.1) * whole)  # noqa: S311 # no secret
        process.kill()
        process.wait()
        seen.add(mark_of(data))

    assert seen <= {"one", "two"}
    restore(settings(data), two_backups["two"], quiet)
    assert mark_of(data) == "two"
