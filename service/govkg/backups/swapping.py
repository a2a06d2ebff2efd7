"""Go over to restored data, so that a crash at any moment leaves the old or the new.

The new data is built in a place of its own and stays in a folder of its own, ``restored-…`` in the
data folder. A pointer, which is replaced at one stroke, says which folder is used: that is the
decision. Nothing that is open is ever moved, so whoever reads the old data may go on.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, lockf
from functools import partial
from pathlib import Path

from govkg.backups import places
from govkg.backups.parts import PARTS
from govkg.cases.graphs import Graphs
from govkg.cases.kg import fill
from govkg.cases.projecting import journal_file, projection
from govkg.errors import NotReadyError
from govkg.journal import Journal
from govkg.settings import Settings
from govkg.store import Store
from govkg.store.embedded import EmbeddedStore
from govkg.store.opening import ITSELF, POINTER, STORE, live_folder, open_store, pointed


def opened(settings: Settings) -> Store:
    """Open the store that the settings name, after what a crash interrupted has been finished."""
    with places.guarded(settings.data_dir):
        places.sweep(settings.data_dir)
        _tidy(settings.data_dir)
        _carry_on(settings)
        return open_store(settings)


def adopt(store: EmbeddedStore, settings: Settings, place: Path) -> None:
    """Let an open store become the one in a place; nobody may write meanwhile.

    Raises NotReadyError, and changes nothing, if the new store does not open, or if whoever made it
    has left: then it may no longer be whole.
    """
    with places.guarded(settings.data_dir):
        if not places.is_held(place):
            reason = "the command that wanted to restore has ended; nothing was changed"
            raise NotReadyError(reason=reason, retry_after=5)
        new = _moved(settings, place)
        fresh = EmbeddedStore(new / STORE)
        _decide(settings.data_dir, new.name)
        store.become(fresh)
        _carry_on(settings)
        _tidy(settings.data_dir)
    if settings.bundle:
        fill(store, settings.base_iri)
        journal = Journal(partial(journal_file, settings))
        store.apply(projection(journal, store, Graphs(settings.base_iri)))
        journal.close()


def put_in_place(settings: Settings, place: Path) -> None:
    """Go over to the data in a place; raises NotReadyError if somebody has the old store open.

    The old store is not opened: it may be damaged, and the reason for all this.
    """
    with places.guarded(settings.data_dir), _nobody_has(live_folder(settings.data_dir) / STORE):
        new = _moved(settings, place)
        _decide(settings.data_dir, new.name)
        _carry_on(settings)
        _tidy(settings.data_dir)
        if settings.tokens_path.exists():
            places.give(settings.tokens_path, settings.data_dir)


def _moved(settings: Settings, place: Path) -> Path:
    """Have the new data on disk, in the folder in which it will stay."""
    new = settings.data_dir / place.name.replace("work", "restored")
    places.sync(place / places.DATA)
    (place / places.DATA).rename(new)
    return new


def _decide(data_dir: Path, name: str) -> None:
    """Point to the new data, and remember the old."""
    unfinished = data_dir / f"{POINTER}.new"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump({"current": name, "before": pointed(data_dir)["current"]}, file)
        file.flush()
        os.fsync(file.fileno())
    places.give(unfinished, data_dir)
    unfinished.replace(data_dir / POINTER)
    _sync_names(data_dir)


def _carry_on(settings: Settings) -> None:
    """Put in place what else was restored; nothing if that is done."""
    live = live_folder(settings.data_dir)
    if live != settings.data_dir:
        for part in PARTS:
            part.install(live, settings)


def _tidy(data_dir: Path) -> None:
    """Remove data that is neither used nor what was used before."""
    known = set(pointed(data_dir).values())
    unused = [each for each in data_dir.glob("restored-*") if each.name not in known]
    for each in [*unused, *([] if ITSELF in known else [data_dir / STORE])]:
        shutil.rmtree(each, ignore_errors=True)


def _sync_names(folder: Path) -> None:
    """Have the names in a folder written to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _nobody_has(store: Path) -> Iterator[None]:
    """Hold the lock by which Oxigraph's RocksDB keeps other processes out of a folder."""
    if not (store / "LOCK").exists():
        yield
        return
    with (store / "LOCK").open("r+b") as file:
        try:
            lockf(file, LOCK_EX | LOCK_NB)
        except OSError as error:
            reason = f"{store} is in use by a govkg that cannot be reached; is it still loading?"
            raise NotReadyError(reason=reason, retry_after=5) from error
        yield
