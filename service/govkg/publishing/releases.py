"""Releases: versions of the data that are frozen for good, so that figures can be made again.

A release is a folder in the data folder that holds a dump and is never written to again. Only open
data is in it. (The release of the software is another thing: ``make release``.)
"""

import gzip
import json
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from govkg.backups import places
from govkg.backups.releases import FOLDER
from govkg.errors import ConflictError, NotFoundError, ParameterError
from govkg.publishing.dumping import Dump, write_dump
from govkg.publishing.holdings import INFERRED, WHOLE, Stock
from govkg.settings import Settings

FACTS: Final = "release.json"
_VERSION: Final = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.-]{0,38}[0-9A-Za-z])?")


@dataclass(frozen=True)
class Release:
    """One version of the data."""

    version: str
    created: str
    """The day on which it was made, in UTC."""
    folder: Path
    dump: Dump
    """What is in it."""

    def as_json(self) -> dict[str, Any]:
        """Return what is known of it as JSON values."""
        return {"version": self.version, "created": self.created} | self.dump.as_json()


def create_release(settings: Settings, stock: Stock, version: str) -> Release:
    """Freeze the open data of a stock as a version; it is there whole or not at all.

    Raises ParameterError for a version that cannot be a name, ConflictError if it is taken.
    """
    folder = _folder(settings.data_dir, version)
    if folder.exists():
        raise _taken(version)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f".{version}-{os.getpid()}")
    try:
        write_dump(stock, unfinished, bundled=settings.bundle)
        facts = {"version": version, "created": f"{datetime.now(UTC):%Y-%m-%d}"}
        (unfinished / FACTS).write_text(json.dumps(facts) + "\n", "utf-8")
        for file in unfinished.iterdir():
            file.chmod(0o444)
        places.sync(unfinished)
        places.give(unfinished, settings.data_dir)
        unfinished.rename(folder)
    except OSError as error:
        if folder.exists():
            raise _taken(version) from error
        raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    places.give(folder.parent, settings.data_dir)
    return _read(folder)


def releases(data_dir: Path) -> list[Release]:
    """Return all releases, the newest first."""
    found = (data_dir / FOLDER).glob(f"[!.]*/{FACTS}")
    each = (_read(path.parent) for path in found)
    return sorted(each, key=lambda release: (release.created, release.version), reverse=True)


def release_named(data_dir: Path, version: str) -> Release:
    """Return a release; raises NotFoundError if there is none of this version."""
    if _VERSION.fullmatch(version) and (data_dir / FOLDER / version / FACTS).is_file():
        return _read(data_dir / FOLDER / version)
    names = ", ".join(each.version for each in releases(data_dir)) or "none yet"
    raise NotFoundError(what="release", name=version, hint=f"There are: {names}.")


def unpack(release: Release, path: Path) -> None:
    """Write what a release holds, and what follows from it, into one file of N-Quads."""
    packed = (release.folder / f"{name}.nq.gz" for name in (WHOLE, INFERRED))
    with path.open("wb") as target:
        for each in packed:
            if each.exists():
                with gzip.open(each) as source:
                    shutil.copyfileobj(source, target)


def damaged(release: Release) -> list[str]:
    """Return the names of files that are no longer as they were when the release was made."""
    return [
        each.name
        for each in release.dump.files
        if sha256((release.folder / each.name).read_bytes()).hexdigest() != each.sha256
    ]


def _folder(data_dir: Path, version: str) -> Path:
    if not _VERSION.fullmatch(version):
        raise ParameterError(
            name=version,
            reason="this cannot be the version of a release",
            remedy="Use letters, digits, dots and hyphens, as in 2027.1.",
        )
    return data_dir / FOLDER / version


def _taken(version: str) -> ConflictError:
    return ConflictError(
        reason=f"The release {version} is there, and a release is never changed",
        remedy="Choose another version.",
    )


def _read(folder: Path) -> Release:
    facts = json.loads((folder / FACTS).read_text("utf-8"))
    return Release(facts["version"], facts["created"], folder, Dump.read(folder))
