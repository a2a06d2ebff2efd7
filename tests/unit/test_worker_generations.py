"""Workers go over from one state to the next, and readers notice nothing but the new one."""

import asyncio
import os
import signal

import pytest

from govkg.errors import (
    NotReadyError,
)
from govkg.workers import Pool
from govkg.workers.frames import pack

from .pools import (
    _jobs_can_be_imported,  # noqa: F401 # a fixture that all tests here use
    _nothing_is_left,  # noqa: F401 # likewise
    children,
    play,
    run,
    sleep,
    started_here,
    until,
)


def test_replace_swaps_without_waiting() -> None:
    """New calls get the new state at once; a long job of the old one ends in peace."""

    async def scenario(pool: Pool) -> None:
        job = asyncio.create_task(sleep(pool, 6.0))
        await until(lambda: pool.busy == 1)
        old = await run(pool, "echo")
        swap = asyncio.create_task(pool.replace("second"))
        during = await run(pool, "echo")
        await swap
        after = await run(pool, "echo")

        assert not job.done()
        assert [each["state"] for each in (old, during, after)] == ["first", "first", "second"]
        assert (await job)["state"] == "first"
        await until(lambda: started_here() == {after["parent"]})
        assert pool.alive == 2

    play(scenario)


def test_a_zygote_in_reserve_takes_over() -> None:
    """The next generation is made by a process that was there before, and then there is another."""

    async def scenario(pool: Pool) -> None:
        reserve = pool._reserve
        assert reserve is not None

        await pool.replace("second")

        answer = await run(pool, "echo")
        assert (answer["parent"], answer["state"]) == (reserve._process.pid, "second")
        assert answer["warm"] == ["constant"]
        assert pool._reserve not in (None, reserve)

    play(scenario, size=1, warm="constant")


def test_a_reserve_that_died_is_not_missed() -> None:
    """Whether it is dead already or dies as it is asked, a later attempt makes a generation."""

    async def scenario(pool: Pool) -> None:
        reserve = pool._reserve
        assert reserve is not None
        await until(lambda: reserve._warm)
        os.kill(reserve._process.pid, signal.SIGKILL)
        await reserve.gone

        await pool.replace("second")

        assert (await run(pool, "echo"))["state"] == "second"

    play(scenario, size=1, warm="")


def test_a_very_long_argument_arrives() -> None:
    """An argument may list thousands of graphs."""

    async def scenario(pool: Pool) -> None:
        await pool.replace("长" * 300_000)

        assert len((await run(pool, "echo"))["state"]) == 300_000

    play(scenario, size=1)


def test_replace_serves_the_queue() -> None:
    """Calls that wait when a new generation comes are answered by it."""

    async def scenario(pool: Pool) -> None:
        job = asyncio.create_task(pool.run("spin", {}, b"", seconds=3))
        waiter = asyncio.create_task(run(pool, "echo"))
        await until(lambda: pool.waiting == 1)

        await pool.replace("second")

        assert (await waiter)["state"] == "second"
        assert not job.done()
        job.cancel()

    play(scenario, size=1)


@pytest.mark.parametrize("argument", ["broken", "crash"])
def test_failed_replacement_changes_nothing(argument: str) -> None:
    """When the new generation cannot be prepared, the old one goes on."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(NotReadyError):
            await pool.replace(argument)

        assert (await run(pool, "echo"))["state"] == "first"

    play(scenario)


def step(before: str, after: str, body: str = "") -> bytes:
    """Return what makes one state of another."""
    return pack({"from": before, "to": after}, body.encode())


@pytest.mark.parametrize("size", [1, 3])
def test_workers_go_over_by_a_step(size: int) -> None:
    """The same zygote forks workers with another state, and all that answer then have it."""

    async def scenario(pool: Pool) -> None:
        first = await run(pool, "echo")

        for number in range(5):
            before = f"{number - 1}." if number else "first"
            await pool.advance(step(before, str(number), "."), "unused")
            answers = await asyncio.gather(*(sleep(pool, 0.05) for _ in range(size)))

            assert {answer["state"] for answer in answers} == {f"{number}."}
            assert {answer["parent"] for answer in answers} == {first["parent"]}
        await until(lambda: len(children(first["parent"])) == size)
        assert pool.revivals == 0

    play(scenario, size=size)


def test_readers_have_the_old_state_until_the_step_is_done() -> None:
    """A job that runs keeps its worker, and a reader never sees the old state after the new one."""

    async def scenario(pool: Pool) -> None:
        long = asyncio.create_task(sleep(pool, 0.5))
        await asyncio.sleep(0.05)
        going = asyncio.create_task(pool.advance(step("first", "second"), "unused"))
        states = list[str]()
        while not going.done():
            states.append((await run(pool, "echo"))["state"])
        states.append((await run(pool, "echo"))["state"])

        assert states == sorted(states)
        assert states[-1] == "second"
        assert (await long)["state"] == "first"
        assert (await run(pool, "echo"))["state"] == "second"

    play(scenario)


@pytest.mark.parametrize("bad", [step("other", "second"), step("first", "crash"), b"?"])
def test_a_step_that_cannot_be_taken_is_made_up_for(bad: bytes) -> None:
    """Another zygote is started with the argument; what comes after goes on by steps."""

    async def scenario(pool: Pool) -> None:
        first = await run(pool, "echo")

        await pool.advance(bad, "second")
        second = await run(pool, "echo")
        await pool.advance(step("second", "third"), "unused")

        assert second["state"] == "second"
        assert second["parent"] != first["parent"]
        assert (await run(pool, "echo"))["state"] == "third"

    play(scenario)


def test_a_zygote_that_dies_between_steps_is_replaced_by_one_with_the_last_state() -> None:
    """The argument that came with the last step is what another zygote starts with."""

    async def scenario(pool: Pool) -> None:
        first = await run(pool, "echo")
        await pool.advance(step("first", "second"), "again")

        os.kill(first["parent"], signal.SIGKILL)
        await until(lambda: pool.revivals == 1)
        while (answer := await run(pool, "echo"))["state"] != "again":
            assert answer["state"] == "second"
            await asyncio.sleep(0.02)
        await pool.advance(step("again", "third"), "unused")

        assert (await run(pool, "echo"))["state"] == "third"

    play(scenario)


def test_a_step_that_fails_altogether_changes_nothing() -> None:
    """If another zygote cannot start either, the workers go on with the state that they have."""

    async def scenario(pool: Pool) -> None:
        with pytest.raises(NotReadyError):
            await pool.advance(step("other", "second"), "broken")

        assert (await run(pool, "echo"))["state"] == "first"

    play(scenario)


def test_a_new_worker_that_dies_is_made_up_for() -> None:
    """All workers are there when a step is done, whichever of them died meanwhile."""

    async def scenario(pool: Pool) -> None:
        await pool.advance(step("first", "second"), "unused")
        pid = (await run(pool, "echo"))["pid"]
        os.kill(pid, signal.SIGKILL)

        await pool.advance(step("second", "third"), "unused")

        assert (await run(pool, "echo"))["state"] == "third"
        await until(lambda: pool.alive == 2)

    play(scenario)
