"""Check a backup, and restore it."""

import shutil
from pathlib import Path

from govkg.backups import control, places, swapping
from govkg.backups.archives import Archive, Manifest
from govkg.backups.parts import PARTS
from govkg.backups.quads import Progress
from govkg.errors import ConflictError, NotReadyError
from govkg.settings import Settings

_ROOM = 2  # a store may take so many times the bytes of its quads, while it is built


def check(path: Path, progress: Progress) -> Manifest:
    """Read a backup through: manifest, hashes, every quad, all counts; raises ArchiveError."""
    with Archive(path) as archive:
        _check(archive, progress)
        return archive.manifest


def restore(settings: Settings, path: Path, progress: Progress) -> tuple[Manifest, bool]:
    """Put what a backup holds in the place of all data; returns it, and whether a server runs.

    Everything is checked before anything is touched. A server that runs swaps to the new data;
    readers have the old until then. Raises ArchiveError, ConflictError, NotReadyError.
    """
    with Archive(path) as archive:
        _check(archive, progress)
        _check_fit(archive, settings)
        try:
            with places.place(settings.data_dir) as place:
                _unpack(archive, place / places.DATA, settings, progress)
                progress("putting it in place")
                running = control.ask(settings.data_dir, "adopt", place)
                if not running:
                    swapping.put_in_place(settings, place)
        except OSError as error:
            reason = f"the data in {settings.data_dir} cannot be written ({error})"
            raise NotReadyError(reason=reason, retry_after=60) from error
        return archive.manifest, running


def _check(archive: Archive, progress: Progress) -> None:
    """Read every part; refuse those that are unknown, and miss those that are required."""
    known = {part.name for part in PARTS}
    for each in archive.manifest.parts:
        if each.name not in known:
            remedy = "Use the govkg that made it, or a newer one."
            raise archive.error(repr(each.name)[:120], "this part is unknown", remedy)
    for part in PARTS:
        if archive.holds(part.name):
            part.check(archive, progress)
        elif part.required:
            raise archive.error(part.name, "it is missing")


def _check_fit(archive: Archive, settings: Settings) -> None:
    """Refuse to restore where the data could not be used, or has no room."""
    if settings.is_remote:
        raise ConflictError(
            reason="The data is in an engine elsewhere, which cannot be replaced at one stroke",
            remedy="Use that engine's own backup, or unset GOVKG_STORE to restore into "
            "GOVKG_DATA_DIR. See docs/operations/backup.md.",
        )
    if archive.manifest.base != settings.base_iri:
        raise ConflictError(
            reason=f"The names in the backup are under {archive.manifest.base}, not under "
            f"{settings.base_iri}",
            remedy=f"Set GOVKG_BASE_IRI={archive.manifest.base}.",
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    needed = _ROOM * sum(part.bytes for part in archive.manifest.parts)
    free = shutil.disk_usage(settings.data_dir).free
    if needed > free:
        reason = f"{settings.data_dir} has {free:,} bytes of room, and {needed:,} may be needed"
        raise NotReadyError(reason=reason, retry_after=60)


def _unpack(archive: Archive, data: Path, settings: Settings, progress: Progress) -> None:
    """Make a new data folder of the parts."""
    data.mkdir()
    for part in PARTS:
        if archive.holds(part.name):
            part.unpack(archive, data, progress)
    places.give(data, settings.data_dir)
