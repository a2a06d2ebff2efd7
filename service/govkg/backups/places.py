"""Folders for work in progress, in the data folder so that links and renames are possible."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from secrets import token_hex
from typing import Final

from govkg.errors import ParameterError

_NAME: Final = re.compile(r"work-[0-9a-f]{16}\Z")
_LOCK: Final = "lock"
DATA: Final = "data"
"""What a place is for: a copy of the data folder, or a new one."""


@contextmanager
def place(data_dir: Path) -> Iterator[Path]:
    """Make a folder that is gone afterwards; if this process is killed, ``sweep`` removes it."""
    with ExitStack() as held:
        with guarded(data_dir):
            sweep(data_dir)
            folder = data_dir / f"work-{token_hex(8)}"
            folder.mkdir(mode=0o700)
            held.callback(_remove, folder)
            held.enter_context(_locked(folder / _LOCK, LOCK_EX | LOCK_NB))
        give(folder, data_dir)
        yield folder


def sweep(data_dir: Path) -> None:
    """Remove the folders that nobody works in any more; call it within ``guarded``."""
    for folder in data_dir.glob("work-*"):
        with suppress(OSError), _locked(folder / _LOCK, LOCK_EX | LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def guarded(data_dir: Path) -> Iterator[None]:
    """Be the only one who opens the store, puts another in its place, or sweeps."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with _locked(data_dir / _LOCK, LOCK_EX):
        give(data_dir / _LOCK, data_dir)
        yield


def is_held(folder: Path) -> bool:
    """Say whether somebody still works in a place; within ``guarded`` it then stays as it is."""
    try:
        with _locked(folder / _LOCK, LOCK_EX | LOCK_NB):
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


def _remove(folder: Path) -> None:
    """Remove a folder, at a moment when nobody else moves what is in it."""
    with guarded(folder.parent):
        shutil.rmtree(folder, ignore_errors=True)


def named(data_dir: Path, name: object) -> Path:
    """Return the folder that another process named; raises ParameterError for anything else."""
    if isinstance(name, str) and _NAME.match(name) and (data_dir / name).is_dir():
        return data_dir / name
    raise ParameterError(name="place", reason="there is no such folder", remedy="Try again.")


def give(path: Path, owner_of: Path) -> None:
    """Let a file or folder belong to the owner of another, if root made it."""
    if os.geteuid() == 0:
        owner = owner_of.stat()
        for each in (path, *path.rglob("*")):
            os.chown(each, owner.st_uid, owner.st_gid)


def sync(folder: Path) -> None:
    """Have everything in a folder written to disk."""
    for each in (folder, *folder.rglob("*")):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    """Hold a lock; raises BlockingIOError if somebody else does and we are not to wait."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
