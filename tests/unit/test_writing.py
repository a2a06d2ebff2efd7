"""The writer: one change after the other, published before it is acknowledged."""

import asyncio
from typing import NoReturn

import pytest
from pyoxigraph import NamedNode, Triple

from govkg.cases import writing
from govkg.cases.writing import Writer
from govkg.errors import BusyError, NotFoundError, NotReadyError, NotVisibleError
from govkg.store.embedded import EmbeddedStore

A = NamedNode("urn:a")


def add(number: int) -> writing.Change[int]:
    """Return a change that adds a triple and returns its number."""

    def change(store: EmbeddedStore) -> int:
        store.add(None, [Triple(A, A, NamedNode(f"urn:{number}"))])
        return number

    return change


def refuse(_: EmbeddedStore) -> NoReturn:
    """Be a change that is refused."""
    raise NotFoundError(what="graph", name="x", hint="")


class Shown:
    """Publishes by counting what there is; fails as often as it is told to."""

    def __init__(self, store: EmbeddedStore, failures: int = 0) -> None:
        """Take the store."""
        self.store, self.failures, self.sizes = store, failures, list[int]()

    async def __call__(self) -> None:
        """Publish."""
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
        writer = Writer(store, shown, waiting=20)
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
        writer = Writer(store, shown, waiting=20)
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
        writer = Writer(store, shown, waiting=20)
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
        writer = Writer(store, shown, waiting=20)
        call = asyncio.create_task(writer.write(add(1)))
        await asyncio.sleep(0)
        call.cancel()
        await writer.close()
        return shown.sizes

    assert asyncio.run(run()) == [1]


def test_too_many_and_too_late_are_refused() -> None:
    """Over the limit of waiting changes, and after the end, there are errors that say so."""

    async def run() -> None:
        writer = Writer(EmbeddedStore(), Shown(EmbeddedStore()), waiting=0)
        with pytest.raises(BusyError):
            await writer.write(add(1))
        await writer.close()
        with pytest.raises(NotReadyError):
            await writer.write(add(1))

    asyncio.run(run())
