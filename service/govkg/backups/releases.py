"""Releases in backups: the frozen files of each version, in a tar file within the archive."""

import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final, Protocol

from govkg.backups import places
from govkg.backups.archives import Archive
from govkg.backups.quads import Progress
from govkg.settings import Settings

FOLDER: Final = "releases"
"""The folder in the data folder that holds a folder for each release."""
_MEMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,63}/[0-9A-Za-z][0-9A-Za-z._-]{0,99}")
_CHUNK: Final = 1 << 20


class Source(Protocol):
    """What tells where the data lies."""

    @property
    def settings(self) -> Settings:
        """The settings that name the data folder."""
        ...


class Releases:
    """The releases of the data, which are never changed once they are made."""

    name = "releases.tar"
    required = False

    def copy(self, source: Source, folder: Path) -> None:
        """Copy by hard links, under the name of the part; each release is whole."""
        for release in _releases(source.settings.data_dir / FOLDER):
            there = folder / self.name / release.name
            there.mkdir(parents=True)
            for file in release.iterdir():
                (there / file.name).hardlink_to(file)

    def pack(self, folder: Path, take: Callable[[bytes], None]) -> None:
        """Hand on a tar file with no times in it."""
        with tarfile.open(fileobj=_Sink(take), mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
            for release in _releases(folder / self.name):
                for file in sorted(release.iterdir()):
                    member = tarfile.TarInfo(f"{release.name}/{file.name}")
                    member.size = file.stat().st_size
                    with file.open("rb") as data:
                        tar.addfile(member, data)

    def check(self, archive: Archive, progress: Progress) -> None:
        """Read it through."""
        progress("checking the releases")
        with self._members(archive) as members:
            for _, data in members:
                while data.read(_CHUNK):
                    pass

    def unpack(self, archive: Archive, folder: Path, progress: Progress) -> None:
        """Write the files."""
        progress("loading the releases")
        with self._members(archive) as members:
            for name, data in members:
                path = folder / FOLDER / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    while chunk := data.read(_CHUNK):
                        file.write(chunk)
                path.chmod(0o444)

    def install(self, folder: Path, settings: Settings) -> None:
        """Add the releases to those that are there, none of which is ever changed."""
        target = settings.data_dir / FOLDER
        for release in _releases(folder / FOLDER):
            if not (target / release.name).exists():
                target.mkdir(exist_ok=True)
                places.give(target, settings.data_dir)
                release.rename(target / release.name)

    @contextmanager
    def _members(self, archive: Archive) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
        """Give the name and content of each file; raises ArchiveError for anything else."""
        with TemporaryFile() as spool:
            for chunk in archive.chunks(self.name):
                spool.write(chunk)
            spool.seek(0)
            try:
                with tarfile.open(fileobj=spool, mode="r:") as tar:
                    yield self._checked(archive, tar)
            except tarfile.TarError as error:
                raise archive.error(self.name, f"it cannot be read ({error})") from error

    def _checked(self, archive: Archive, tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
        seen: set[str] = set()
        for member in tar:
            data = tar.extractfile(member) if member.isreg() else None
            if data is None or not _MEMBER.fullmatch(member.name) or member.name in seen:
                reason = f"{member.name[:80]!r} is no file of a release, or is there twice"
                raise archive.error(self.name, reason)
            seen.add(member.name)
            yield member.name, data


def _releases(folder: Path) -> list[Path]:
    """Return the releases in a folder, by name; what begins with a dot is not finished."""
    found = folder.iterdir() if folder.is_dir() else iter(())
    return sorted(each for each in found if each.is_dir() and not each.name.startswith("."))


class _Sink:
    """A file to write to that hands everything on."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take = take

    def write(self, data: bytes) -> int:
        """Hand on some bytes."""
        self._take(data)
        return len(data)
