"""The archive of a backup: a zip file of a manifest and parts, read as if anybody had made it.

Nothing is ever unpacked by the names in an archive: only parts that are known are read, and none
further than the manifest says.
"""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from govkg.errors import ArchiveError

FORMAT: Final = "govkg-backup"
VERSION: Final = 1
"""Rises when an archive can no longer be read by older code."""
MANIFEST: Final = "manifest.json"

_CHUNK: Final = 1 << 20  # bytes that are read at once
_MANIFEST_BYTES: Final = 64_000_000  # half a million graphs
_RATIO: Final = 250  # N-Quads shrink to a tenth or a fortieth; only zeros shrink more than this
_ANOTHER: Final = "Use another backup."
_BROKEN: Final = (
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What zipfile raises on a file that is damaged, encrypted, or made to do harm."""


class _Record(BaseModel):
    """A part of the manifest: exactly its fields, with names as in JSON."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, strict=True
    )


class GraphSize(_Record):
    """How many quads a graph holds; the graph None is the unnamed one."""

    graph: str | None
    quads: int = Field(ge=0)


class PartSum(_Record):
    """The size and hash by which a part is recognised, both before compression."""

    name: str
    bytes: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(_Record):
    """What an archive says of itself."""

    format: Literal["govkg-backup"] = FORMAT
    format_version: Literal[1] = VERSION
    created: AwareDatetime
    govkg: str
    """The version of the code that made it."""
    ontology: str | None
    """The version of the ontology in the data."""
    base: str
    """The base IRI of the graphs."""
    consistency: Literal["one-state", "graph-by-graph"]
    """Whether all is of one moment, or only each graph: an engine elsewhere was read so."""
    quads: int = Field(ge=0)
    graphs: tuple[GraphSize, ...]
    parts: tuple[PartSum, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as JSON values."""
        return self.model_dump(mode="json", by_alias=True)


class Archive:
    """An archive that is open for reading, and whose manifest fits the format and the file."""

    def __init__(self, path: Path) -> None:
        """Open a file; raises ArchiveError if it is no archive that can be read here."""
        self._path = path
        with self._ours("the file", "Was it copied to its end? Use another backup."):
            self._zip = ZipFile(path)
        try:
            self.manifest = self._read_manifest()
            self._compare()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> "Archive":
        """Return the archive."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._zip.close()

    def holds(self, name: str) -> bool:
        """Say whether the archive has a part."""
        return any(part.name == name for part in self.manifest.parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part piece by piece; raises ArchiveError unless it is whole at the end."""
        expected = next(part for part in self.manifest.parts if part.name == name)
        digest = sha256()
        with self._ours(name, _ANOTHER), self._zip.open(name) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                yield chunk
        if digest.hexdigest() != expected.sha256:
            raise self.error(name, "its SHA-256 is not that in the manifest")

    def error(self, place: str, reason: str, remedy: str = _ANOTHER) -> ArchiveError:
        """Make the error for a place in this archive."""
        return ArchiveError(archive=str(self._path), place=place, reason=reason, remedy=remedy)

    def _read_manifest(self) -> Manifest:
        """Return the manifest; its version is looked at first, as later ones may look different."""
        with self._ours(MANIFEST, "Is this a backup that govkg made? Use another one."):
            if self._zip.getinfo(MANIFEST).file_size > _MANIFEST_BYTES:
                raise ValueError("it is too long")
            text = self._zip.read(MANIFEST)
            given = json.loads(text)
        if not isinstance(given, dict) or given.get("format") != FORMAT:
            raise self.error(MANIFEST, "this is not the manifest of a govkg backup")
        if given.get("formatVersion") != VERSION:
            version = str(given.get("formatVersion"))[:40]
            reason = f"the format version is {version}, and this govkg reads version {VERSION}"
            raise self.error(MANIFEST, reason, "Use the govkg that made it, or a newer one.")
        try:
            return Manifest.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(each) for each in first["loc"])
            raise self.error(MANIFEST, f"{where[:80]}: {first['msg']}") from error

    def _compare(self) -> None:
        """Refuse an archive that does not hold exactly what its manifest lists."""
        expected = {part.name: part.bytes for part in self.manifest.parts}
        names = Counter(info.filename for info in self._zip.infolist())
        odd = [each for each in names if names[each] > 1 or each not in {MANIFEST, *expected}]
        if odd or len(expected) != len(self.manifest.parts):
            reason = "it is there twice, or not in the manifest"
            raise self.error(repr(min(odd, default=MANIFEST))[:120], reason)
        for name, size in expected.items():
            if name not in names:
                raise self.error(name, "it is missing")
            self._compare_size(self._zip.getinfo(name), size)
        if sum(each.quads for each in self.manifest.graphs) != self.manifest.quads:
            raise self.error(MANIFEST, "the quads of the graphs do not add up")

    def _compare_size(self, info: ZipInfo, size: int) -> None:
        """Refuse a part of another size, or one that would swell beyond all measure."""
        if info.file_size != size:
            reason = f"it has {info.file_size} bytes where the manifest says {size}"
            raise self.error(info.filename, reason)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise self.error(info.filename, "it is compressed in a way that is not read here")
        if size > _CHUNK and size > _RATIO * info.compress_size:
            reason = f"{info.compress_size} bytes would become {size}, as in a zip bomb"
            raise self.error(info.filename, reason)

    @contextmanager
    def _ours(self, place: str, remedy: str) -> Iterator[None]:
        """Translate what reading a damaged zip file raises; the only place that does."""
        try:
            yield
        except FileNotFoundError as error:
            raise self.error(place, "there is no such file", "Check the name.") from error
        except _BROKEN as error:
            reason = f"it cannot be read ({type(error).__name__}: {str(error)[:200]})"
            raise self.error(place, reason, remedy) from error


class Writing:
    """An archive that is being written."""

    def __init__(self, file: ZipFile) -> None:
        """Take the empty zip file."""
        self._zip = file
        self._parts: list[PartSum] = []

    def add(self, name: str, fill: Callable[[Callable[[bytes], None]], None]) -> None:
        """Add a part: ``fill`` is given what takes its bytes."""
        digest, size = sha256(), 0

        def take(data: bytes) -> None:
            nonlocal size
            size += len(data)
            digest.update(data)
            file.write(data)

        with self._zip.open(_entry(name), "w", force_zip64=True) as file:
            fill(take)
        self._parts.append(PartSum(name=name, bytes=size, sha256=digest.hexdigest()))

    def finish(self, **facts: Any) -> Manifest:
        """Add the manifest, made of the facts and the parts, and return it."""
        manifest = Manifest(parts=tuple(self._parts), **facts)
        text = json.dumps(manifest.as_json(), ensure_ascii=False, indent=2)
        self._zip.writestr(_entry(MANIFEST), text)
        return manifest


def _entry(name: str) -> ZipInfo:
    """Return an entry with no time of its own, so that the same data gives the same bytes."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
