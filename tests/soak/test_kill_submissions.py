"""Killed while cases are handed in, published and withdrawn: nothing acknowledged is lost."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from govkg.cases.projecting import projection
from govkg.journal import FILE, Journal, examine
from govkg.store.embedded import EmbeddedStore

from .submitting import GRAPHS, content

ROOT = Path(__file__).parents[2]
ORDER = {"submitted": 0, "published": 1, "withdrawn": 2}


def killed(folder: Path, start: int) -> Iterator[tuple[str, int]]:
    """Let a process work for a random while, kill it, and yield what it acknowledged."""
    command = [sys.executable, "-m", "tests.soak.submitting", str(folder), str(start)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(random.uniform(0, 0.25))  # noqa: S311 # no secret
        process.kill()
        rest = process.stdout.read()
    for line in (first + rest).split("\n")[:-1]:
        state, number = line.split()
        yield state, int(number)


@pytest.mark.parametrize("kills", [4, pytest.param(60, marks=pytest.mark.soak)])
def test_nothing_acknowledged_is_lost(tmp_path: Path, kills: int) -> None:
    """After each kill -9 journal and store agree, and hold at least all that was acknowledged."""
    known: dict[int, str] = {}
    for _ in range(kills):
        start = max(known, default=0) + 100
        known |= {number: state for state, number in killed(tmp_path, start)}
        journal, store = Journal(lambda: tmp_path / FILE), EmbeddedStore(tmp_path / "store")
        store.apply(projection(journal, store, GRAPHS))
        for number, state in known.items():
            record = journal.record(f"c{number}")
            assert ORDER[record.head.state] >= ORDER[state]
            assert journal.original(sha256(b"# case %d" % number).hexdigest())
            assert journal.content(f"c{number}", 1) == content(number)
        public = {r.case_id for r in journal.records() if r.live}
        sizes = store.sizes()
        assert {GRAPHS.case_id(graph) for graph in sizes} == public
        assert set(sizes.values()) <= {10}
        journal.close()
        store.close()
        examine(tmp_path / FILE)

    assert len(known) >= kills
