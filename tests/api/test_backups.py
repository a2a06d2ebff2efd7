"""Backups of a service that runs: readers and writers go on, and every backup is one state."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from zipfile import ZipFile

import pytest
from fastapi import FastAPI
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

from govkg.backups import back_up, control, places, restore, swapping
from govkg.errors import GovkgError, NotReadyError
from govkg.settings import Settings

from .scratch import ask, running, update

MARK = "INSERT DATA {{ GRAPH <urn:mark> {{ <urn:a> <urn:b> '{}' }} }}"


def quiet(_: str) -> None:
    """Tell nobody."""


def settings_of(client: TestClient) -> Settings:
    """Return the settings of the service that a client talks to."""
    assert isinstance(client.app, FastAPI)
    settings: Settings = client.app.state.service.settings
    return settings


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Return a client that may write to a plain dataset."""
    with running(tmp_path / "data") as client:
        yield client


@contextmanager
def repeated(*actions: Callable[[int], None]) -> Iterator[None]:
    """Do things again and again meanwhile, each in a thread of its own; raises what they raise."""
    over = threading.Event()

    def repeat(action: Callable[[int], None]) -> None:
        for number in count():
            if over.is_set():
                return
            action(number)

    with ThreadPoolExecutor() as pool:
        threads = [pool.submit(repeat, action) for action in actions]
        try:
            yield
        finally:
            over.set()
        for thread in threads:
            thread.result(60)


def test_a_backup_is_one_state_while_others_write(client: TestClient, tmp_path: Path) -> None:
    """Each write adds a pair of quads; no backup has one without the other."""

    def write(number: int) -> None:
        pair = f"<urn:w> <urn:n> {number} . GRAPH <urn:other> {{ <urn:w> <urn:n> {number} }}"
        assert update(client, f"INSERT DATA {{ {pair} }}") == 204

    sizes = []
    with repeated(write):
        for number in range(8):
            path, manifest = back_up(settings_of(client), tmp_path / f"{number}.zip", quiet)
            with ZipFile(path) as archive:
                quads = list(parse(archive.read("quads.nq"), RdfFormat.N_QUADS))
            unnamed = {q.object for q in quads if str(q.graph_name) == "DEFAULT"}
            assert unnamed == {q.object for q in quads if "other" in str(q.graph_name)}
            sizes.append(manifest.quads)

    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[0]


def test_readers_never_wait_for_a_restore(client: TestClient, tmp_path: Path) -> None:
    """They see the old data or the new, whole, and the answer comes at once."""
    update(client, MARK.format("one"))
    one, _ = back_up(settings_of(client), tmp_path / "one.zip", quiet)
    update(client, MARK.format("two") + " ; INSERT DATA { <urn:x> <urn:y> 'two' }")
    two, _ = back_up(settings_of(client), tmp_path / "two.zip", quiet)
    new = "GRAPH <urn:mark> { ?s ?p 'two' } <urn:x> ?y 'two'"
    half = "{ GRAPH <urn:mark> { ?s ?p 'two' } } UNION { <urn:x> ?y 'two' }"

    def read(_: int) -> None:
        query = f"SELECT (COUNT(*) AS ?n) {{ {half} }}"
        rows = client.get("/sparql", params={"query": query, "format": "csv"}).text.split()
        assert rows in (["n", "0"], ["n", "2"])

    with repeated(read, read):
        for path in (one, two, one):
            manifest, serving = restore(settings_of(client), path, quiet)
            assert serving
            assert ask(client, new) is (path == two)

    assert manifest.quads == 1
    assert update(client, MARK.format("three")) == 204
    assert ask(client, "GRAPH <urn:mark> { ?s ?p 'three' }")


def test_what_was_restored_while_serving_outlives_a_restart(tmp_path: Path) -> None:
    """Restored data and later writes are on disk, also with the bundle of another state."""
    folder = tmp_path / "data"
    with running(folder, bundle=True, default_graph="merge") as client:
        update(client, MARK.format("kept"))
        path, manifest = back_up(settings_of(client), tmp_path / "one.zip", quiet)
        update(client, "DROP ALL")
        restore(settings_of(client), path, quiet)
        assert ask(client, "?s ?p 'kept' . gc:authority-crisis a ?type")
        update(client, MARK.format("later"))
    with running(folder, bundle=True, default_graph="merge") as client:
        assert ask(client, "?s ?p 'kept', 'later' . gc:authority-crisis a ?type")

    assert manifest.ontology == client.get("/version").json()["ontology"]


def test_what_cannot_be_swapped_leaves_the_service_as_it_is(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the disk fails at the decision, readers and writers have the old store."""
    update(client, MARK.format("one"))
    path, _ = back_up(settings_of(client), tmp_path / "one.zip", quiet)
    update(client, MARK.format("two"))

    def fail(_: Path) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(places, "sync", fail)
        with pytest.raises(GovkgError):
            restore(settings_of(client), path, quiet)

    assert ask(client, "GRAPH <urn:mark> { ?s ?p 'two' }")
    assert update(client, MARK.format("three")) == 204
    assert ask(client, "GRAPH <urn:mark> { ?s ?p 'two', 'three' }")


def test_a_new_store_that_does_not_open_changes_nothing(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried before anything is decided."""
    update(client, MARK.format("one"))
    path, _ = back_up(settings_of(client), tmp_path / "one.zip", quiet)
    update(client, MARK.format("two"))

    def fail(folder: Path) -> None:
        raise NotReadyError(reason=f"the disk of {folder} is gone", retry_after=5)

    with monkeypatch.context() as patch:
        patch.setattr(swapping, "EmbeddedStore", fail)
        with pytest.raises(NotReadyError, match="is gone"):
            restore(settings_of(client), path, quiet)

    assert update(client, MARK.format("three")) == 204
    assert ask(client, "GRAPH <urn:mark> { ?s ?p 'two', 'three' }")


@pytest.mark.parametrize("order", ["copy", "adopt"])
@pytest.mark.parametrize("place", ["../..", "work-0123456789abcdef", None, 1, "work-x"])
def test_orders_name_only_places(client: TestClient, order: str, place: object) -> None:
    """The server writes and renames nowhere but in a folder made for it."""
    with pytest.raises(GovkgError, match="no such folder"):
        say(client, json.dumps({"order": order, "place": place}).encode())


@pytest.mark.parametrize("said", [b"", b"{", b"[]", b"x" * 100_000, b"\xff"])
def test_nonsense_at_the_socket_harms_nobody(client: TestClient, said: bytes) -> None:
    """Whoever says it is told so, and the next one is served."""
    with pytest.raises(GovkgError, match="server's log"):
        say(client, said)

    assert ask(client, "FILTER (true)")


def test_whoever_has_left_gets_nothing_restored(client: TestClient) -> None:
    """The data of a command that was killed may not be whole any more."""
    data_dir = settings_of(client).data_dir
    left = data_dir / "work-0123456789abcdef"
    (left / "data" / "store").mkdir(parents=True)
    (left / "lock").touch()

    with pytest.raises(NotReadyError, match="has ended"):
        control.ask(data_dir, "adopt", left)

    with places.guarded(data_dir):
        places.sweep(data_dir)
    assert not left.exists()


def say(client: TestClient, line: bytes) -> None:
    """Say a line at the control socket; raises the error that is told."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(30)
        with control._short(settings_of(client).data_dir) as address:
            connection.connect(address)
        connection.sendall(line + b"\n")
        said = json.loads(connection.makefile().readline())
    raise control.error_in(said)


def test_the_socket_is_for_one_user_alone(client: TestClient) -> None:
    """Others on the machine can neither copy nor replace the data."""
    status = (settings_of(client).data_dir / control.SOCKET).stat()

    assert status.st_mode & 0o777 == 0o600


def test_a_long_name_of_the_folder_is_no_obstacle(tmp_path: Path) -> None:
    """The system's limit for addresses of sockets does not reach the user."""
    with running(tmp_path / ("x" * 120)) as client:
        _, manifest = back_up(settings_of(client), tmp_path / "one.zip", quiet)

    assert manifest.quads == 0


def test_without_a_socket_the_service_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Some file systems have none; then the log and the command say why there is no backup."""

    def fail(*_: object) -> None:
        raise OSError("not supported here")

    monkeypatch.setattr(control, "_listening", fail)
    with running(tmp_path) as client:
        assert "not supported here" in caplog.text
        assert update(client, MARK.format("one")) == 204
        with pytest.raises(NotReadyError, match="another govkg"):
            back_up(settings_of(client), tmp_path / "one.zip", quiet)


def test_a_server_that_ends_in_mid_order(tmp_path: Path) -> None:
    """The command says that it does not know, and does not wait for ever."""

    def hang_up(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        connection.close()

    with control._listening(tmp_path) as listening, ThreadPoolExecutor() as pool:
        listening.listen()
        ending = pool.submit(hang_up, listening)
        with pytest.raises(NotReadyError, match="before it said"):
            control.ask(tmp_path, "copy", tmp_path)
        ending.result(30)


def govkg(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "govkg", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"GOVKG_DATA_DIR": str(data), "GOVKG_BUNDLE": "false"},
    )


def test_the_commands_as_people_use_them(client: TestClient, tmp_path: Path) -> None:
    """A backup into a folder, a look at it, and a way back, with exit codes and JSON."""
    data = settings_of(client).data_dir
    update(client, MARK.format("one"))

    made = json.loads(govkg(data, "backup", str(tmp_path), "--json").stdout)
    update(client, MARK.format("two"))
    looked = govkg(data, "restore", made["file"], "--check-only")
    after_look = ask(client, "GRAPH <urn:mark> { ?s ?p 'two' }")
    done = govkg(data, "restore", made["file"])

    assert (made["quads"], made["consistency"]) == (1, "one-state")
    assert (looked.returncode, after_look) == (0, True)
    assert "1 quads in 1 graphs" in looked.stdout
    assert "the service shows them" in done.stdout
    assert not ask(client, "GRAPH <urn:mark> { ?s ?p 'two' }")
    Path(made["file"]).write_bytes(b"nonsense")
    bad = govkg(data, "restore", made["file"])
    assert (bad.returncode, "Traceback" in bad.stderr) == (1, False)
    assert "Nothing was changed" in bad.stderr
    assert govkg(data, "backup", made["file"]).returncode == 2
    assert govkg(tmp_path / "none", "backup", str(tmp_path)).returncode == 1


def test_between_writes_nothing_is_published(client: TestClient) -> None:
    """A backup costs the service no new generation."""
    assert isinstance(client.app, FastAPI)
    service = client.app.state.service
    knowledge = service.knowledge

    async def look() -> int:
        size: int = await service.writer.between_writes(len)
        return size

    assert client.portal
    assert client.portal.call(look) == 0
    assert service.knowledge is knowledge


def test_whoever_reads_the_store_itself_goes_on(client: TestClient, tmp_path: Path) -> None:
    """A look-up that began before the swap ends with the old data."""
    assert isinstance(client.app, FastAPI)
    update(client, MARK.format("one"))
    path, _ = back_up(settings_of(client), tmp_path / "one.zip", quiet)
    update(
        client, "INSERT DATA { " + " ".join(f"<urn:{n}> <urn:b> {n} ." for n in range(500)) + "}"
    )
    reading = client.app.state.service.known().kg.store.matching()
    first = next(reading)

    for _ in range(3):
        restore(settings_of(client), path, quiet)

    assert len({first, *reading}) == 501
    assert len(client.app.state.service.known().kg.store) == 1


def test_an_interrupted_swap_is_finished_at_the_next_start(tmp_path: Path) -> None:
    """The service carries on with what was decided for before it shows anything."""
    data = tmp_path / "data"
    with running(data) as client:
        update(client, MARK.format("one"))
    (data / "restored-1").mkdir()
    for name in ("store", "tokens.json"):
        (data / name).rename(data / "restored-1" / name)
    (data / "current").write_text('{"current": "restored-1", "before": "."}')
    before = json.loads((data / "restored-1" / "tokens.json").read_text())["tokens"]

    with running(data) as client:
        assert ask(client, "GRAPH <urn:mark> { ?s ?p 'one' }")

    assert before[0] in json.loads((data / "tokens.json").read_text())["tokens"]
