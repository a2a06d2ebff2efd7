"""Look at a zip archive from anybody before a spreadsheet library opens it."""

import re
import zipfile
from io import BytesIO
from typing import Final

from govkg.errors import TooLargeError, UnsafeInputError, WorkbookError

MAX_ENTRIES: Final = 1000
"""The most files in an archive."""
MAX_UNPACKED: Final = 128 * 2**20
"""The most bytes that an archive may hold once it is unpacked."""
MAX_RATIO: Final = 200
"""How many times larger than packed a file of more than a megabyte may be."""

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CHUNK = 1 << 20


def check_archive(data: bytes) -> None:
    """Refuse an archive that is broken, encrypted, hostile or too large.

    Raises WorkbookError, UnsafeInputError or TooLargeError. Nothing is unpacked to disk, and sizes
    are trusted only after they were seen: reading stops at the size that an entry declares.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_size(entries)
            for entry in entries:
                _check_entry(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise _broken(error) from error
    except (RuntimeError, zipfile.LargeZipFile) as error:
        raise _broken(error) from error


def _broken(error: Exception) -> WorkbookError:
    return WorkbookError(reason=str(error) or type(error).__name__)


def _check_size(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise TooLargeError(what="workbook", size=len(entries), limit=MAX_ENTRIES, unit="files")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise TooLargeError(
            what="unpacked workbook", size=unpacked, limit=MAX_UNPACKED, unit="bytes"
        )


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse one file of an archive by its name, its ratio, or a document type in its XML."""
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name:
        raise UnsafeInputError(what=f"a file named {name[:80]}", remedy="Save the workbook again.")
    if entry.flag_bits & 0x1:
        raise UnsafeInputError(what="an encrypted file", remedy="Save it without a password.")
    if entry.file_size > _CHUNK and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
        raise UnsafeInputError(
            what=f"a file packed more than {MAX_RATIO} times", remedy="Delete empty rows."
        )
    if name.lower().endswith((".xml", ".rels", ".vml")):
        _check_xml(archive, entry)


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse XML with a document type, or in an encoding that could hide one."""
    tail = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                raise UnsafeInputError(what="XML that is not in UTF-8", remedy="Save it again.")
            if _DOCTYPE.search(tail + chunk):
                raise UnsafeInputError(
                    what="a document type declaration", remedy="Save the workbook again."
                )
            tail = chunk[-64:]
