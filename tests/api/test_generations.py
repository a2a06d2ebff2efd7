"""Workers go from generation to generation by what changed, and never lose or mix anything up."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from govkg.cases import succeeding

from .scratch import ask, running, update

BOUND = 60  # seconds


@pytest.fixture(scope="module", params=[True, False])
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    """Return a service with two workers, with the bundle and without."""
    folder = tmp_path_factory.mktemp("data")
    merged = {"default_graph": "merge", "workers": 2}
    with running(folder, bundle=request.param, **merged) as client:
        yield client


def zygote(client: TestClient) -> int:
    """Return the number of the process that forks workers."""
    pool: Any = client.app.state.service.pool  # type: ignore[attr-defined]
    pid: int = pool._current._process.pid
    return pid


def write(client: TestClient, number: int) -> None:
    """Put a number in the place of the one before, and see that readers have this one alone.

    As long as there is no zygote nobody can work an update out: it is refused, and sent again.
    """
    text = "DELETE WHERE { GRAPH <urn:g> { <urn:n> <urn:is> ?n } } ; INSERT DATA { GRAPH <urn:g> "
    until = time.monotonic() + BOUND
    while (status := update(client, f"{text} {{ <urn:n> <urn:is> {number} }} }}")) == 503:
        assert time.monotonic() < until
        time.sleep(0.1)
    assert status == 204
    found = "<urn:n> <urn:is> ?n . FILTER NOT EXISTS { <urn:n> <urn:is> ?m FILTER (?m != ?n) }"
    for pattern in (found, f"GRAPH <urn:g> {{ {found} }}"):
        assert ask(client, f"{pattern} FILTER (?n = {number})", v=str(time.monotonic_ns()))


def test_writes_keep_the_zygote(service: TestClient) -> None:
    """What changed goes to the workers; nothing is loaded again."""
    before = zygote(service)

    for number in range(6):
        write(service, number)

    assert zygote(service) == before


def test_a_zygote_that_is_killed_between_writes_is_made_up_for(service: TestClient) -> None:
    """The next one has all that was written, at whatever moment the last one died."""
    for number in range(10, 14):
        write(service, number)
        pid = zygote(service)
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.05 * (number % 2))
        write(service, number + 10)

        assert zygote(service) != pid


def test_workers_that_are_worn_are_replaced(
    service: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When much was removed, workers that have loaded all anew take over, with the same data."""
    before = zygote(service)
    monkeypatch.setattr(succeeding, "is_worn", lambda *_: True)
    monkeypatch.setattr("govkg.generations.is_worn", lambda *_: True)
    write(service, 30)
    until = time.monotonic() + BOUND
    while zygote(service) == before:
        assert time.monotonic() < until
        time.sleep(0.05)
    monkeypatch.undo()

    assert ask(service, "<urn:n> <urn:is> 30", v="worn")
    write(service, 31)


def test_no_snapshot_is_left(service: TestClient) -> None:
    """A snapshot is there while workers load it, and no longer."""
    folder: Path = service.app.state.service.settings.data_dir  # type: ignore[attr-defined]
    until = time.monotonic() + BOUND
    while list(folder.glob("snapshot*")):
        assert time.monotonic() < until
        time.sleep(0.05)
