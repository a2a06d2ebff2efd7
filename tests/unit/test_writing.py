"""The writer: one change after the other, published before it is acknowledged."""

import asyncio
from typing import NoReturn

import pytest
from pyoxigraph import NamedNode, Triple

from govkg.cases import writing
from govkg.cases.writing import Writer
from govkg.errors import (
    BusyError,
    NotFoundError,
    NotReadyError,
    NotVisibleError,
    OutdatedError,
)
from govkg.store.deltas import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.mirror import Mirror

A = NamedNode("urn:a")


def add(number: int) -> writing.Change[int]:
    """Return a change that adds a triple and returns its number."""

    async def change(store: EmbeddedStore, _: Delta) -> tuple[Delta, int]:
        return store.adding(None, [Triple(A, A, NamedNode(f"urn:{number}"))]), number

    return change


async def refuse(_: EmbeddedStore, __: Delta) -> NoReturn:
    """Be a change that is refused."""
    raise NotFoundError(what="graph", name="x", hint="")


class Shown:
    """Publishes by counting what there is; fails as often as it is told to."""

    def __init__(self, store: EmbeddedStore, failures: int = 0) -> None:
        """Take the store."""
        self.store, self.failures, self.sizes = store, failures, list[int]()
        self.told = list[Delta | None]()

    async def __call__(self, unseen: Delta | None) -> None:
        """Publish."""
        self.told.append(unseen)
        await asyncio.sleep(0.01)
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.sizes.append(len(self.store))


def test_changes_that_wait_are_published_together() -> None:
    """Ten writers need two publications: that of the first, and one for all who waited."""

    async def run() -> tuple[list[int], list[int]]:
        store = EmbeddedStore()
        shown = Shown(store)
        writer = Writer(Mirror(store), shown, waiting=20)
        first = asyncio.create_task(writer.write(add(0)))
        await asyncio.sleep(0.005)
        found = await asyncio.gather(first, *(writer.write(add(n)) for n in range(1, 10)))
        await writer.close()
        return found, shown.sizes

    found, sizes = asyncio.run(run())

    assert found == list(range(10))
    assert sizes[-1] == 10
    assert len(sizes) == 2


def test_a_refused_change_harms_no_other() -> None:
    """Its writer is told; the others are served, and nothing is published for it alone."""

    async def run() -> tuple[list[int | BaseException], list[int]]:
        store = EmbeddedStore()
        shown = Shown(store)
        writer = Writer(Mirror(store), shown, waiting=20)
        found = await asyncio.gather(
            writer.write(refuse), writer.write(add(1)), return_exceptions=True
        )
        await asyncio.gather(writer.write(refuse), return_exceptions=True)
        await writer.close()
        return found, shown.sizes

    found, sizes = asyncio.run(run())

    assert isinstance(found[0], NotFoundError)
    assert (found[1], sizes) == (1, [1])


def test_what_cannot_be_shown_is_said_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer learns that the change is stored, and it is published as soon as that works."""
    monkeypatch.setattr(writing, "_PAUSES", (0.01, 0.02))

    async def run() -> list[int]:
        store = EmbeddedStore()
        shown = Shown(store, failures=3)
        writer = Writer(Mirror(store), shown, waiting=20)
        with pytest.raises(NotVisibleError, match="the disk is full"):
            await writer.write(add(1))
        while not shown.sizes:
            await asyncio.sleep(0.01)
        await writer.close()
        return shown.sizes

    assert asyncio.run(run()) == [1]


def test_a_change_whose_caller_left_still_happens() -> None:
    """It was accepted, so it is carried out."""

    async def run() -> list[int]:
        store = EmbeddedStore()
        shown = Shown(store)
        writer = Writer(Mirror(store), shown, waiting=20)
        call = asyncio.create_task(writer.write(add(1)))
        await asyncio.sleep(0)
        call.cancel()
        await writer.close()
        return shown.sizes

    assert asyncio.run(run()) == [1]


def test_too_many_and_too_late_are_refused() -> None:
    """Over the limit of waiting changes, and after the end, there are errors that say so."""

    async def run() -> None:
        writer = Writer(Mirror(EmbeddedStore()), Shown(EmbeddedStore()), waiting=0)
        with pytest.raises(BusyError):
            await writer.write(add(1))
        await writer.close()
        with pytest.raises(NotReadyError):
            await writer.write(add(1))

    asyncio.run(run())


def test_nothing_is_worked_out_on_what_a_replacement_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """After all has been replaced a change waits until readers see that, even if it takes tries."""
    monkeypatch.setattr(writing, "_PAUSES", (0.01, 0.02))
    events = list[str]()

    async def run() -> None:
        store = EmbeddedStore()
        shown = Shown(store, failures=2)

        async def publish(unseen: Delta | None) -> None:
            await shown(unseen)
            events.append("all shown" if unseen is None else "shown")

        async def change(_: EmbeddedStore, unseen: Delta) -> tuple[Delta, None]:
            events.append("worked out" if not unseen else "worked out on what is not known")
            return store.adding(None, [Triple(A, A, A)]), None

        writer = Writer(Mirror(store), publish, waiting=20)
        replacing = asyncio.create_task(writer.replace(lambda store: store.remove(A)))
        changing = asyncio.create_task(writer.write(change))
        with pytest.raises(NotVisibleError):
            await replacing
        await changing
        await writer.close()

    asyncio.run(run())

    assert events == ["all shown", "worked out", "shown"]


def test_a_change_that_others_forestalled_is_worked_out_again() -> None:
    """It is worked out from what they left, and counts once."""
    seen = list[int]()

    async def run() -> int:
        store = EmbeddedStore()
        mirror = Mirror(store)
        apply, forestalled = mirror.apply, [True, True]

        def late(delta: Delta) -> None:
            if forestalled:
                forestalled.pop()
                store.add(None, [Triple(A, A, NamedNode(f"urn:other:{len(forestalled)}"))])
                raise OutdatedError(retry_after=1)
            apply(delta)

        mirror.apply = late  # type: ignore[method-assign]

        async def change(present: EmbeddedStore, _: Delta) -> tuple[Delta, int]:
            seen.append(len(present))
            return present.adding(None, [Triple(A, A, A)]), len(present)

        writer = Writer(mirror, Shown(store), waiting=20)
        result = await writer.write(change)
        await writer.close()
        return result + len(store)

    assert asyncio.run(run()) == 2 + 3
    assert seen == [0, 1, 2]
