"""Make a backup."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from govkg import __version__
from govkg.backups import control, places, swapping
from govkg.backups.archives import Manifest, Writing
from govkg.backups.parts import PARTS, QUADS, Source, copy_all
from govkg.backups.quads import Progress
from govkg.backups.restoring import check
from govkg.errors import NotFoundError, NotReadyError, ParameterError
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore
from govkg.store.opening import STORE, live_folder, open_store


def back_up(settings: Settings, target: Path, progress: Progress) -> tuple[Path, Manifest]:
    """Write a backup of all data to a file, or a new file in a folder; returns where and what.

    It is one state of the data, whether a server runs or not, and it is read through before it gets
    its name. Raises NotFoundError if there is no data, NotReadyError if it cannot be reached or
    written, ParameterError if the file exists.
    """
    now = datetime.now(UTC)
    path = _file_in(target, now)
    _check_there_is_data(settings)
    try:
        with places.place(settings.data_dir) as place:
            progress("copying")
            _copy(settings, place)
            with _unfinished(path) as file:
                _write(settings, place / places.DATA, file, now, progress)
                manifest = check(file, progress)
    except OSError as error:
        reason = f"the backup {path} cannot be written ({error})"
        raise NotReadyError(reason=reason, retry_after=60) from error
    return path, manifest


@contextmanager
def copied(settings: Settings) -> Iterator[EmbeddedStore]:
    """Give one state of all data to read, whether a server runs or not; nothing that was derived.

    Raises NotFoundError if there is no data, NotReadyError if it cannot be reached.
    """
    _check_there_is_data(settings)
    with places.place(settings.data_dir) as place:
        _copy(settings, place)
        yield QUADS.opened(place / places.DATA)


def _file_in(target: Path, now: datetime) -> Path:
    """Return the file to write, which must not exist."""
    path = target / f"govkg-{now:%Y-%m-%dT%H%M%SZ}.zip" if target.is_dir() else target
    if path.exists():
        remedy = "Name another one, or a folder: the file then gets the time as its name."
        raise ParameterError(name=str(path), reason="this file exists", remedy=remedy)
    if not path.parent.is_dir():
        hint = "Make it first."
        raise NotFoundError(what="folder", name=str(path.parent), hint=hint)
    return path


def _check_there_is_data(settings: Settings) -> None:
    """Refuse to make a backup of nothing, which looks like one of something."""
    if not settings.is_remote and not (live_folder(settings.data_dir) / STORE).exists():
        hint = "GOVKG_DATA_DIR names the folder that holds the data."
        raise NotFoundError(what="store in", name=str(settings.data_dir), hint=hint)


def _copy(settings: Settings, place: Path) -> None:
    """Have the data copied by the server that has it open, or copy it ourselves."""
    if settings.is_remote:
        copy_all(Source(settings, open_store(settings)), place / places.DATA)
    elif not control.ask(settings.data_dir, "copy", place):
        store = swapping.opened(settings)
        assert isinstance(store, EmbeddedStore)  # noqa: S101 # it is not remote
        with closing(store):
            copy_all(Source(settings, store), place / places.DATA)


def _write(settings: Settings, data: Path, file: Path, now: datetime, progress: Progress) -> None:
    """Write the archive of a copy."""
    progress("counting")
    survey = QUADS.survey(data)
    with ZipFile(file, "w") as archive:
        writing = Writing(archive)
        for part in PARTS:
            if part.required or (data / part.name).exists():
                progress(f"writing {part.name}")
                writing.add(part.name, partial(part.pack, data))
        writing.finish(
            created=now,
            govkg=__version__,
            ontology=survey.ontology,
            base=settings.base_iri,
            consistency="graph-by-graph" if settings.is_remote else "one-state",
            quads=survey.quads,
            graphs=survey.sizes,
        )


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Give a file to write, readable for its owner alone; it gets its name when it is on disk."""
    unfinished = path.with_name(path.name + ".new")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_RDWR | os.O_TRUNC, 0o600)
    try:
        yield unfinished
        os.fsync(descriptor)
        unfinished.rename(path)
    finally:
        os.close(descriptor)
        unfinished.unlink(missing_ok=True)
