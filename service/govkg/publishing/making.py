"""Have the dump of a generation made by a process of its own: readers notice nothing.

It is made when somebody first asks for it, once for each generation, one at a time, within a
deadline. The process reads a snapshot of the generation and writes to the data folder.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from pyoxigraph import RdfFormat, parse

from govkg.errors import DeadlineError, NotReadyError
from govkg.publishing.dumping import Dump, write_dump
from govkg.publishing.holdings import Stock
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore

Snapshot: TypeAlias = Callable[[Path], None]
"""Writes a generation to a file, as N-Quads."""
PREFIX: Final = "dumps-"
"""How the names of folders begin that hold the dump of a generation."""
_RETRY_AFTER: Final = 5  # seconds
_NICE: Final = 10


class Dumps:
    """The dump of the generation that readers see. Belongs to one event loop."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings; what an earlier service left is removed when the first is made."""
        self._settings = settings
        self._number = 0
        self._task: asyncio.Task[tuple[Path, Dump]] | None = None

    async def of(self, number: int, snapshot: Snapshot) -> tuple[Path, Dump]:
        """Return the folder of the dump of a generation, and what is in it.

        ``snapshot`` is called with a path if the dump has yet to be made, to write the generation.
        Raises DeadlineError if it takes too long, and NotReadyError if it cannot be made now.
        """
        if self._task is None or number != self._number or _failed(self._task):
            before, self._number = self._task, number
            self._task = asyncio.create_task(self._make(number, snapshot, before))
        return await asyncio.shield(self._task)

    async def close(self) -> None:
        """Stop what is being made, and remove what was."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(_sweep, self._settings.data_dir)

    async def _make(
        self, number: int, snapshot: Snapshot, before: "asyncio.Task[Any] | None"
    ) -> tuple[Path, Dump]:
        """Make a dump once the one before is made."""
        if before:
            await asyncio.gather(before, return_exceptions=True)
        data_dir, seconds = self._settings.data_dir, self._settings.dump_seconds
        folder, path = data_dir / f"{PREFIX}{number}", data_dir / f"snapshot-dump-{number}.nq"
        await asyncio.to_thread(_sweep, data_dir)
        given = {
            "snapshot": str(path),
            "folder": str(folder),
            "base": self._settings.base_iri,
            "licence": self._settings.data_licence,
            "bundled": self._settings.bundle,
        }
        try:
            async with asyncio.timeout(seconds):
                await asyncio.to_thread(snapshot, path)
                await _run(json.dumps(given))
        except TimeoutError:
            raise DeadlineError(seconds=seconds, retry_after=_RETRY_AFTER) from None
        except OSError as error:
            raise _not_made(str(error)) from error
        finally:
            path.unlink(missing_ok=True)
        return folder, await asyncio.to_thread(Dump.read, folder)


def _failed(task: "asyncio.Task[Any]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _run(argument: str) -> None:
    """Run this module in a process; raises NotReadyError with its last words if it fails."""
    path = os.pathsep.join(each or "." for each in sys.path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "govkg.publishing.making", argument),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
    )
    try:
        _, said = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode:
        words = said.decode("utf-8", "replace").strip().splitlines()
        raise _not_made(words[-1][:200] if words else str(process.returncode))


def _not_made(words: str) -> NotReadyError:
    return NotReadyError(reason=f"the dump was not made ({words})", retry_after=_RETRY_AFTER)


def _sweep(data_dir: Path) -> None:
    """Remove the dumps of all generations."""
    for folder in data_dir.glob(f"{PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)


def make(argument: str) -> None:
    """Write the dump that an argument of ``Dumps`` names; the folder is there when it is whole."""
    given = json.loads(argument)
    store, folder = EmbeddedStore(), Path(given["folder"])
    store.extend(parse(path=given["snapshot"], format=RdfFormat.N_QUADS))
    unfinished = folder.with_name(folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    stock = Stock(store, given["base"], given["licence"])
    write_dump(stock, unfinished, bundled=given["bundled"])
    unfinished.rename(folder)


if __name__ == "__main__":  # pragma: no cover # runs in a process of its own
    os.nice(_NICE)
    make(sys.argv[1])
