"""Pools of test jobs, and what they may not leave behind."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from govkg.workers import Pool

HERE = Path(__file__).parent
BOUND = 20.0  # seconds that any test may take
Scenario = Callable[[Pool], Awaitable[None]]
OTHERS: set[int] = set()
"""Processes that were there before the test, such as those of a service that other tests use."""


@pytest.fixture(autouse=True)
def _jobs_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the zygote import worker_jobs, as it can import whatever this process can."""
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Each test gives back its processes and its descriptors."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    OTHERS.clear()
    OTHERS.update(children(os.getpid()))
    yield
    assert not started_here()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def make(argument: str = "first", **options: Any) -> Pool:
    """Return a small pool of test jobs."""
    sizes = {"size": 2, "waiting": 8, "memory_mb": 64} | options
    return Pool("worker_jobs", argument, **sizes)


@contextlib.asynccontextmanager
async def started(**options: Any) -> AsyncIterator[Pool]:
    """Start a pool, and close it whatever happens; fail after BOUND."""
    pool = make("first", **options)
    async with asyncio.timeout(BOUND):
        try:
            await pool.start()
            yield pool
        finally:
            await pool.close()


def play(scenario: Scenario, **options: Any) -> None:
    """Run a scenario on a started pool."""

    async def main() -> None:
        async with started(**options) as pool:
            await scenario(pool)

    asyncio.run(main())


async def run(pool: Pool, job: str, /, seconds: float = 5.0, **header: Any) -> dict[str, Any]:
    """Run a job and return its header."""
    answer, _ = await pool.run(job, header, b"", seconds=seconds)
    return answer


async def sleep(pool: Pool, duration: float) -> dict[str, Any]:
    """Keep a worker for a while and return the header."""
    answer, _ = await pool.run("sleep", {"seconds": duration}, b"", seconds=duration + 5)
    return answer


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that no call tells; the caller has a bound."""
    while not condition():
        await asyncio.sleep(0.005)


def children(pid: int) -> set[int]:
    """Return the processes that a process has started, zombies included."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.add(int(stat.parent.name))
    return found


def started_here() -> set[int]:
    """Return the processes that this test has started."""
    return children(os.getpid()) - OTHERS


def exists(pid: int) -> bool:
    """Say whether a process lives; a zombie does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
