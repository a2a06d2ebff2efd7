"""Workers answer, can be killed at any time, and leave nothing behind."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from govkg.errors import (
    BusyError,
    DeadlineError,
    GovkgError,
    MemoryLimitError,
    NotFoundError,
    NotReadyError,
    SettingError,
    ShuttingDownError,
    WorkerLostError,
)
from govkg.workers import Pool

from .pools import (
    BOUND,
    HERE,
    _jobs_can_be_imported,  # noqa: F401 # a fixture that all tests here use
    _nothing_is_left,  # noqa: F401 # likewise
    children,
    exists,
    make,
    play,
    run,
    sleep,
    started_here,
    until,
)


@pytest.mark.parametrize("size", [0, 1, 70_000, 5_000_000])
def test_answers(size: int) -> None:
    """Header and body go there and come back, whatever their size."""

    async def scenario(pool: Pool) -> None:
        body = os.urandom(size)

        answer, result = await pool.run("echo", {"名": [1, None]}, body, seconds=5)

        assert answer["said"] == {"名": [1, None]}
        assert answer["state"] == "first"
        assert result == body

    play(scenario)


def test_reuses_a_worker_that_answered() -> None:
    """The process stays the same from call to call, also after an error on purpose."""

    async def scenario(pool: Pool) -> None:
        first = await run(pool, "echo")
        with pytest.raises(NotFoundError):
            await run(pool, "miss", name="x")

        assert (await run(pool, "echo"))["pid"] == first["pid"]

    play(scenario, size=1)


def test_error_crosses_with_its_facts() -> None:
    """What a job raises on purpose arrives as the same class with the same facts."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(NotFoundError) as caught:
            await run(pool, "miss", name="深圳")

        assert caught.value.facts == {"what": "case", "name": "深圳", "hint": "看看列表"}

    play(scenario)


@pytest.mark.parametrize("job", ["fail", "unsendable", "no such job"])
def test_unforeseen_error_is_logged(job: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Any other exception ends the worker; its traceback is in the log, not in the answer."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(WorkerLostError):
            await run(pool, job)

        assert (await run(pool, "echo"))["state"] == "first"

    play(scenario, size=1)

    assert "Traceback" in capfd.readouterr().err


def test_deadline_kills_a_loop_in_c() -> None:
    """A job that no exception can reach is over at its deadline, and the next one runs."""

    async def scenario(pool: Pool) -> None:
        begin = time.monotonic()
        with pytest.raises(DeadlineError) as caught:
            await run(pool, "spin", seconds=0.3)
        await run(pool, "echo")

        assert time.monotonic() - begin < 1
        assert caught.value.facts["seconds"] == 0.3

    play(scenario, size=1)


@pytest.mark.parametrize("job", ["hoard", "abort"])
def test_memory_is_bounded(job: str) -> None:
    """Whether Python or native code runs out of memory, the error says so and the pool lives."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(MemoryLimitError) as caught:
            await run(pool, job)

        assert caught.value.facts["megabytes"] == 64
        assert (await run(pool, "echo"))["state"] == "first"

    play(scenario, size=1)


def test_body_over_the_memory_limit() -> None:
    """A body that does not fit into a worker ends as any other lack of memory."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(MemoryLimitError):
            await pool.run("echo", {}, bytes(100 * 2**20), seconds=5)

    play(scenario, size=1)


@pytest.mark.parametrize(
    "number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGXCPU, signal.SIGABRT], ids=str
)
def test_worker_that_dies_is_lost(number: signal.Signals) -> None:
    """A worker that a signal ends gives WorkerLostError, and the pool lives."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(WorkerLostError):
            await run(pool, "crash", signal=int(number))

        assert (await run(pool, "echo"))["state"] == "first"

    play(scenario, size=1)


def test_processor_time_is_bounded() -> None:
    """A stopped server cannot kill; the worker's own limit ends the job."""

    async def scenario(pool: Pool) -> None:
        job = asyncio.create_task(run(pool, "limits", seconds=0.1))
        await until(lambda: pool.busy == 1)
        await asyncio.sleep(0.01)  # the request is sent
        time.sleep(2.5)  # the server is stopped

        with pytest.raises((WorkerLostError, DeadlineError)):
            await job

    play(scenario, size=1)


@pytest.mark.parametrize("way", ["file", "socket", "pipe", "copy", "after closing"])
def test_worker_opens_nothing(way: str) -> None:
    """No new file, socket or other descriptor can be had in a worker."""

    async def scenario(pool: Pool) -> None:
        refused = (await run(pool, "reach", way=way))["refused"]

        assert refused in {"Too many open files", "Invalid argument"}

    play(scenario, size=1)


def test_cancel_frees_the_worker() -> None:
    """When the client leaves, the job is killed and another worker stands in."""

    async def scenario(pool: Pool) -> None:
        old = (await run(pool, "echo"))["pid"]
        job = asyncio.create_task(run(pool, "spin", seconds=60))
        await until(lambda: pool.busy == 1)

        job.cancel()
        new = (await run(pool, "echo", seconds=1))["pid"]

        assert job.cancelled()
        assert new != old
        await until(lambda: not exists(old))

    play(scenario, size=1)


def test_cancel_in_the_queue() -> None:
    """Who leaves the queue leaves no trace, even at the moment when it is his turn."""

    async def scenario(pool: Pool) -> None:
        jobs = [asyncio.create_task(sleep(pool, 0.1))]
        for pause in range(8):
            jobs.append(asyncio.create_task(run(pool, "echo")))
            await asyncio.sleep(0.004 * pause)
        for job in jobs[1:]:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

        await run(pool, "echo")

        assert (pool.busy, pool.waiting) == (0, 0)

    play(scenario, size=1)


def test_worker_given_to_one_who_leaves_is_passed_on() -> None:
    """A call that is cancelled in the very step that gives it a worker gives it back."""

    async def scenario(pool: Pool) -> None:
        worker = await pool._take(1)
        leaving = asyncio.create_task(pool._take(1))
        await until(lambda: pool.waiting == 1)

        pool._free(worker)
        leaving.cancel()
        await asyncio.wait([leaving])

        assert leaving.cancelled()
        assert (pool.busy, pool.waiting) == (0, 0)

    play(scenario, size=1)


def test_busy_beyond_the_queue() -> None:
    """A call beyond the queue is refused at once."""

    async def scenario(pool: Pool) -> None:
        jobs = [asyncio.create_task(sleep(pool, 0.3)) for _ in range(3)]
        await until(lambda: pool.waiting == 2)

        begin = time.monotonic()
        with pytest.raises(BusyError) as caught:
            await run(pool, "echo")

        assert time.monotonic() - begin < 0.1
        assert caught.value.facts["waiting"] == 2
        assert pool.busy == pool.alive == 1
        await asyncio.gather(*jobs)

    play(scenario, size=1, waiting=2)


def test_waiting_is_bounded() -> None:
    """Who waits for as long as his job may take waits no longer."""

    async def scenario(pool: Pool) -> None:
        job = asyncio.create_task(sleep(pool, 0.6))
        await until(lambda: pool.busy == 1)

        with pytest.raises(BusyError):
            await run(pool, "echo", seconds=0.2)

        assert pool.waiting == 0
        await job

    play(scenario, size=1)


def test_first_come_first_served() -> None:
    """Calls get their workers in the order in which they came."""

    async def scenario(pool: Pool) -> None:
        order: list[int] = []

        async def call(number: int) -> None:
            await run(pool, "echo")
            order.append(number)

        await asyncio.gather(*(call(number) for number in range(9)))

        assert order == list(range(9))

    play(scenario, size=1, waiting=8)


def test_many_at_once() -> None:
    """Two hundred calls of every kind end as they should, and the pool is whole after them."""
    kinds = ["echo", "echo", "miss", "crash", "sleep", "fail", "echo", "hoard", "abort", "spin"]
    expected = {
        "miss": NotFoundError,
        "crash": WorkerLostError,
        "fail": WorkerLostError,
        "hoard": MemoryLimitError,
        "abort": MemoryLimitError,
        "spin": DeadlineError,
    }

    async def call(pool: Pool, kind: str, number: int) -> None:
        header = {"name": "x", "seconds": 0.01, "number": number}
        try:
            answer, body = await pool.run(
                kind, header, b"%d" % number, seconds=0.05 if kind == "spin" else 15
            )
        except GovkgError as error:
            allowed = (expected[kind], BusyError) if kind == "spin" else expected[kind]
            assert isinstance(error, allowed), (kind, error)
        else:
            assert kind not in expected
            assert (answer["said"]["number"], body) == (number, b"%d" % number)

    async def scenario(pool: Pool) -> None:
        await asyncio.gather(*(call(pool, kinds[n % 10], n) for n in range(200)))

        await until(lambda: pool.alive == 3)
        assert (pool.busy, pool.waiting) == (0, 0)

    play(scenario, size=3, waiting=200)


def test_a_job_apart_takes_nobodys_worker() -> None:
    """It runs beside a busy worker, in a process that does nothing else and then ends."""

    async def scenario(pool: Pool) -> None:
        busy = asyncio.create_task(sleep(pool, 0.5))
        await until(lambda: pool.busy == 1)

        answers = await asyncio.gather(
            *(pool.run_apart("echo", {}, b"", seconds=5) for _ in range(3))
        )

        pids = {answer["pid"] for answer, _ in answers}
        assert len(pids) == 3
        assert not busy.done()
        await until(lambda: not any(exists(pid) for pid in pids))
        assert (await busy)["pid"] not in pids
        assert pool.alive == 1

    play(scenario, size=1)


def test_a_job_apart_is_bounded() -> None:
    """It is stopped at its deadline or when its caller leaves, and there is no trace of it."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(DeadlineError):
            await pool.run_apart("spin", {}, b"", seconds=0.2)
        with pytest.raises(MemoryLimitError):
            await pool.run_apart("hoard", {}, b"", seconds=5)
        for pause in range(8):
            job = asyncio.create_task(pool.run_apart("spin", {}, b"", seconds=5))
            await asyncio.sleep(0.002 * pause)
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)

        await until(lambda: (pool.busy, pool.alive) == (0, 1))

    play(scenario, size=1)


def test_a_job_apart_outlives_its_generation() -> None:
    """It ends in peace when the workers are replaced meanwhile, and then its zygote ends."""

    async def scenario(pool: Pool) -> None:
        job = asyncio.create_task(pool.run_apart("sleep", {"seconds": 0.5}, b"", seconds=5))
        await pool.replace("second")

        answer, _ = await job

        assert answer["state"] == "first"
        assert (await run(pool, "echo"))["state"] == "second"
        await until(lambda: not exists(answer["parent"]))

    play(scenario, size=1)


def test_what_is_new_is_new_in_each_worker() -> None:
    """Workers are forks of one process, and yet no two make the same UUID or blank node."""

    async def scenario(pool: Pool) -> None:
        answers = [await pool.run_apart("invent", {}, b"", seconds=5) for _ in range(3)]

        invented = {term for answer, _ in answers for term in answer["invented"]}
        assert len(invented) == 6

    play(scenario, size=1)


def test_zygote_that_dies_is_replaced() -> None:
    """Jobs go on, and another zygote takes over, with the argument of the last replacement."""

    async def scenario(pool: Pool) -> None:
        await pool.replace("second")
        job = asyncio.create_task(sleep(pool, 0.5))
        await until(lambda: pool.busy == 1)
        zygote = (await run(pool, "echo"))["parent"]

        os.kill(zygote, signal.SIGKILL)
        during = await run(pool, "echo")
        await until(lambda: started_here() not in ({zygote}, set()))
        await until(lambda: pool._current is not None and not pool._current.gone.done())
        after = await run(pool, "echo")

        assert during["state"] == after["state"] == (await job)["state"] == "second"
        assert after["parent"] != zygote
        assert pool.alive == 2

    play(scenario)


def test_zygote_and_workers_that_die_are_replaced() -> None:
    """Even when all processes are gone a call that waits is answered."""

    async def scenario(pool: Pool) -> None:
        zygote = (await run(pool, "echo"))["parent"]
        job = asyncio.create_task(run(pool, "spin", seconds=0.5))
        await until(lambda: pool.busy == 1)

        os.kill(zygote, signal.SIGKILL)
        with pytest.raises(DeadlineError):
            await job

        assert (await run(pool, "echo"))["parent"] != zygote

    play(scenario, size=1)


def test_zygote_that_cannot_come_back_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool tries until it can start a zygote."""

    async def scenario(pool: Pool) -> None:
        zygote = (await run(pool, "echo"))["parent"]
        executable = sys.executable
        monkeypatch.setattr(sys, "executable", "/nonexistent")

        os.kill(zygote, signal.SIGKILL)
        await asyncio.sleep(0.3)
        monkeypatch.setattr(sys, "executable", executable)
        await until(lambda: pool._current is not None and not pool._current.gone.done())

        assert (await run(pool, "echo"))["parent"] != zygote

    play(scenario)


def test_idle_worker_that_dies_is_replaced() -> None:
    """A worker that something kills while it has no job is noticed."""

    async def scenario(pool: Pool) -> None:
        worker = (await run(pool, "echo"))["pid"]

        os.kill(worker, signal.SIGKILL)
        await until(lambda: pool.alive == 0)
        answer = await run(pool, "echo")

        assert answer["pid"] != worker

    play(scenario, size=1)


@pytest.mark.parametrize(
    ("argument", "error", "words"),
    [
        ("broken", NotReadyError, "worker_jobs cannot be prepared: ValueError: no such store"),
        ("setting", SettingError, "no such folder"),
        ("crash", NotReadyError, "the zygote ended with status -11"),
    ],
)
def test_failed_preparation_is_told(argument: str, error: type[GovkgError], words: str) -> None:
    """What keeps the jobs from being prepared is raised by start, at once."""

    async def main() -> None:
        async with asyncio.timeout(BOUND):
            with pytest.raises(error, match=words):
                await make(argument).start()

    asyncio.run(main())


def test_unknown_module_is_told() -> None:
    """A module that does not exist is an error of start."""
    pool = Pool("no_such_jobs", "", size=1, waiting=1, memory_mb=64)

    with pytest.raises(NotReadyError, match="no_such_jobs"):
        asyncio.run(asyncio.wait_for(pool.start(), BOUND))


def test_start_can_be_given_up() -> None:
    """A preparation that takes too long is ended with the call that waits for it."""

    async def main() -> None:
        begin = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(make("forever").start(), 0.5)

        assert time.monotonic() - begin < 2

    asyncio.run(main())


def test_close_during_a_replacement() -> None:
    """A preparation under way does not hold up the end."""

    async def scenario(pool: Pool) -> None:
        swap = asyncio.create_task(pool.replace("forever"))
        await asyncio.sleep(0.3)

        begin = time.monotonic()
        await pool.close()

        assert time.monotonic() - begin < 2
        with pytest.raises(NotReadyError):
            await swap

    play(scenario)


def test_close_ends_calls() -> None:
    """Calls that run, wait or come later are told that the service is ending."""

    async def scenario(pool: Pool) -> None:
        calls = [asyncio.create_task(run(pool, "spin")) for _ in range(2)]
        await until(lambda: pool.waiting == 1)

        await pool.close()
        results = await asyncio.gather(*calls, run(pool, "echo"), return_exceptions=True)

        assert [type(each) for each in results] == [ShuttingDownError] * 3
        assert (pool.alive, pool.busy) == (0, 0)
        with pytest.raises(NotReadyError):
            await pool.replace("second")

    play(scenario, size=1)


def test_refusal_ends_calls_but_not_the_processes() -> None:
    """A pool that refuses breaks off all calls, and can still show what was written."""

    async def scenario(pool: Pool) -> None:
        calls = [asyncio.create_task(run(pool, "spin")) for _ in range(2)]
        await until(lambda: pool.waiting == 1)

        pool.refuse()
        results = await asyncio.gather(*calls, run(pool, "echo"), return_exceptions=True)
        await pool.replace("second")

        assert [type(each) for each in results] == [ShuttingDownError] * 3
        assert pool.ends == {"shutdown": 1}
        assert pool.alive == 1

    play(scenario, size=1)


def test_it_is_counted_why_workers_end() -> None:
    """Each worker that ended before its time is counted once, by the reason."""

    async def scenario(pool: Pool) -> None:
        for job, seconds in (("spin", 0.2), ("hoard", 5.0), ("abort", 5.0), ("fail", 5.0)):
            with pytest.raises(GovkgError):
                await run(pool, job, seconds)
        leaver = asyncio.create_task(run(pool, "spin"))
        await until(lambda: pool.busy == 1)
        leaver.cancel()
        await asyncio.wait([leaver])
        os.kill((await run(pool, "echo"))["pid"], signal.SIGKILL)
        await until(lambda: pool.ends["idle"] == 1)

        assert pool.ends == {"deadline": 1, "memory": 2, "lost": 1, "client_left": 1, "idle": 1}

    play(scenario, size=1)


def test_run_before_start() -> None:
    """A pool that was not started says so."""
    with pytest.raises(NotReadyError, match="not started"):
        asyncio.run(run(make(), "echo"))


def test_works_without_pidfd(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no pidfd, the number of the process has to do."""
    receive = socket.recv_fds

    def first_alone(*arguments: Any) -> tuple[bytes, list[int], int, Any]:
        data, descriptors, flags, address = receive(*arguments)
        for pidfd in descriptors[1:]:
            os.close(pidfd)
        return data, descriptors[:1], flags, address

    monkeypatch.setattr(socket, "recv_fds", first_alone)

    async def scenario(pool: Pool) -> None:
        with pytest.raises(DeadlineError):
            await run(pool, "spin", seconds=0.1)
        with pytest.raises(WorkerLostError):
            await run(pool, "crash")

        os.kill((await run(pool, "echo"))["pid"], signal.SIGKILL)
        await until(lambda: pool.alive == 0)

        assert (await run(pool, "echo"))["state"] == "first"

    play(scenario, size=1)


def test_missing_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the server has no free descriptor for a worker it asks again later."""
    receive = socket.recv_fds
    lost: list[bytes] = []

    def none_at_first(*arguments: Any) -> tuple[bytes, list[int], int, Any]:
        data, descriptors, flags, address = receive(*arguments)
        if descriptors and len(lost) < 2:
            lost.append(data)
            for each in descriptors:
                os.close(each)
            descriptors = []
        return data, descriptors, flags, address

    monkeypatch.setattr(socket, "recv_fds", none_at_first)

    async def scenario(pool: Pool) -> None:
        assert len(lost) == 2
        assert (await run(pool, "echo"))["state"] == "first"

    play(scenario)


def test_last_words_are_a_line_of_the_log() -> None:
    """What a library writes as a worker dies is JSON too, if the log is."""
    done = subprocess.run(
        [sys.executable, "-c", _LAST_WORDS], cwd=HERE, capture_output=True, timeout=60, check=True
    )

    events = [json.loads(line)["event"] for line in done.stderr.splitlines()]
    assert "a worker wrote: memory allocation of 4096 bytes failed" in events


_LAST_WORDS = """
import asyncio, contextlib
from govkg import errors, logs, workers

async def main():
    pool = workers.Pool("worker_jobs", "first", size=1, waiting=1, memory_mb=64)
    await pool.start()
    with contextlib.suppress(errors.MemoryLimitError):
        await pool.run("abort", {}, b"", seconds=5)
    await pool.close()

logs.configure("json")
asyncio.run(main())
"""


def test_leaving_as_the_worker_comes() -> None:
    """A cancelled call that is still in the queue is passed over, and does not disturb the end."""

    async def scenario(pool: Pool) -> None:
        worker = await pool._take(1)
        calls = [asyncio.create_task(pool._take(1)) for _ in range(3)]
        await until(lambda: pool.waiting == 3)

        calls[0].cancel()
        pool._free(worker)
        assert await calls[1] is worker
        calls[2].cancel()
        await pool.close()
        pool._settle(worker)

        assert [each.cancelled() for each in calls] == [True, False, True]

    play(scenario, size=1)


def test_replacement_wins_over_revival() -> None:
    """When a replacement is under way as the zygote dies, its argument is the one that counts."""

    async def scenario(pool: Pool) -> None:
        zygote = (await run(pool, "echo"))["parent"]
        swap = asyncio.create_task(pool.replace("second"))
        await asyncio.sleep(0)

        os.kill(zygote, signal.SIGKILL)
        await swap
        await asyncio.sleep(0.3)

        assert (await run(pool, "echo"))["state"] == "second"
        assert len(started_here()) == 1

    play(scenario)


def test_stubborn_zygote_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A zygote that does not end when it is told to is killed, and so are its workers."""
    monkeypatch.setattr("govkg.workers.generation.PATIENCE", 0.2)

    async def scenario(pool: Pool) -> None:
        first = await run(pool, "echo")
        job = asyncio.create_task(run(pool, "spin"))
        await until(lambda: pool.busy == 1)
        os.kill(first["parent"], signal.SIGSTOP)

        await pool.close()

        with pytest.raises(NotReadyError):
            await job
        await until(lambda: not exists(first["pid"]))

    play(scenario)


def test_idle_costs_nothing() -> None:
    """Nobody wakes up when there is nothing to do."""

    def used(pids: set[int]) -> list[str]:
        status = [Path(f"/proc/{pid}/status").read_text() for pid in sorted(pids)]
        return [line for text in status for line in text.splitlines() if "ctxt_switches" in line]

    async def scenario(pool: Pool) -> None:
        zygote = (await run(pool, "echo"))["parent"]
        await asyncio.sleep(0.2)
        pids = {zygote} | children(zygote)
        before = used(pids)
        await asyncio.sleep(0.5)

        assert len(pids) == 3
        assert used(pids) == before

    play(scenario)


SERVER = """
import asyncio, os, sys
from govkg.workers import Pool

async def main():
    pool = Pool("worker_jobs", sys.argv[1], size=3, waiting=3, memory_mb=64)
    start = asyncio.create_task(pool.start())
    if sys.argv[1] == "forever":
        await asyncio.sleep(0.5)
        print(flush=True)
    await start
    busy = asyncio.create_task(pool.run("spin", {}, b"", seconds=600))
    answer, _ = await pool.run("echo", {}, b"", seconds=5)
    print(answer["pid"], flush=True)
    await busy

asyncio.run(main())
"""


def descendants(pid: int) -> set[int]:
    """Return the children of a process, and theirs."""
    found = children(pid)
    return found.union(*(descendants(each) for each in found))


@pytest.mark.parametrize("argument", ["first", "forever"])
def test_nothing_outlives_the_server(argument: str) -> None:
    """After kill -9 of the server no process is left, be it idle, busy or still preparing."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", SERVER, argument]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        server.stdout.readline()
        pids = descendants(server.pid)

        server.kill()
        server.wait(BOUND)

        assert len(pids) == (4 if argument == "first" else 1)
        end = time.monotonic() + 5
        while any(map(exists, pids)) and time.monotonic() < end:
            time.sleep(0.01)
        assert not any(map(exists, pids))
