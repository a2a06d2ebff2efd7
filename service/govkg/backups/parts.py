"""What the data folder keeps that cannot be made again: the parts of every backup.

To keep another thing, write a class like ``Tokens`` and add it to ``PARTS``.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

from pyoxigraph import NamedNode, RdfFormat, parse

from govkg import journal
from govkg.access import Access, tokens_in
from govkg.backups import quads
from govkg.backups.archives import Archive
from govkg.backups.quads import Progress
from govkg.backups.releases import Releases
from govkg.cases.graphs import Graphs
from govkg.cases.projecting import journal_file
from govkg.journal import FILE
from govkg.settings import Settings
from govkg.store import Store
from govkg.store.embedded import EmbeddedStore
from govkg.store.opening import STORE

_TOKEN_BYTES: Final = 50_000_000
_CHUNK: Final = 1_000_000  # bytes


@dataclass(frozen=True)
class Source:
    """The data as it lies there."""

    settings: Settings
    store: Store


class Part(Protocol):
    """One kind of thing that is kept. All folders have the layout of a data folder."""

    name: str
    """Its name in an archive."""
    required: bool
    """Whether an archive without it is damaged."""

    def copy(self, source: Source, folder: Path) -> None:
        """Copy it into a folder, quickly: nobody can write meanwhile."""
        ...

    def pack(self, folder: Path, take: Callable[[bytes], None]) -> None:
        """Hand on the bytes of a copy."""
        ...

    def check(self, archive: Archive, progress: Progress) -> None:
        """Read it through; raises ArchiveError."""
        ...

    def unpack(self, archive: Archive, folder: Path, progress: Progress) -> None:
        """Make of it in a folder what can then be put in place; raises ArchiveError."""
        ...

    def install(self, folder: Path, settings: Settings) -> None:
        """Put in place what is not used where it lies; may be repeated after a crash."""
        ...


class Quads:
    """All quads and the names of all graphs."""

    name = quads.NAME
    required = True
    _DUMP: Final = "dump.nq"

    def copy(self, source: Source, folder: Path) -> None:
        """Copy an embedded store by hard links; read an engine elsewhere graph by graph."""
        if isinstance(source.store, EmbeddedStore):
            source.store.copy_to(folder / STORE)
        else:
            source.store.dump(folder / self._DUMP)
            self._leave_out_inferred(folder / self._DUMP, source.settings)

    def opened(self, folder: Path) -> EmbeddedStore:
        """Open a copy, to read it."""
        dump = folder / self._DUMP
        if not dump.exists():
            return EmbeddedStore.read_only(folder / STORE)
        store = EmbeddedStore()
        store.extend(parse(path=str(dump), format=RdfFormat.N_QUADS))
        return store

    def survey(self, folder: Path) -> quads.Survey:
        """Count what a copy holds."""
        dump = folder / self._DUMP
        if dump.exists():
            return quads.survey(dump, ())
        store = EmbeddedStore.read_only(folder / STORE)
        store.dump(dump)
        return quads.survey(dump, store.graphs())

    def pack(self, folder: Path, take: Callable[[bytes], None]) -> None:
        """Hand on the lines, sorted; ``survey`` has been there before."""
        quads.write_sorted(folder / self._DUMP, folder, take)

    def check(self, archive: Archive, progress: Progress) -> None:
        """Parse every quad and count them."""
        self._graphs(archive)
        for _ in quads.read(archive, progress, "checking"):
            pass

    def unpack(self, archive: Archive, folder: Path, progress: Progress) -> None:
        """Build a store, and count what it holds."""
        store = EmbeddedStore(folder / STORE)
        try:
            store.extend(quads.read(archive, progress, "loading"), self._graphs(archive))
            quads.compare(archive, quads.sizes_in(store))
        finally:
            store.close()

    def install(self, folder: Path, settings: Settings) -> None:
        """Do nothing: the store is used where it lies."""

    @staticmethod
    def _graphs(archive: Archive) -> list[NamedNode]:
        try:
            return quads.graph_names(archive.manifest)
        except ValueError as error:
            raise archive.error("manifest.json", f"a graph has no IRI ({error})") from error

    @staticmethod
    def _leave_out_inferred(dump: Path, settings: Settings) -> None:
        """Drop the inferred quads, which are derived again; a line ends with its graph."""
        end = f" {Graphs(settings.base_iri).inferred} .\n".encode()
        kept = dump.with_suffix(".kept")
        with dump.open("rb") as lines, kept.open("wb") as output:
            output.writelines(line for line in lines if not line.endswith(end))
        kept.replace(dump)


class Tokens:
    """The tokens of those who may write, as hashes."""

    name = "tokens.json"
    required = False

    def copy(self, source: Source, folder: Path) -> None:
        """Copy the file, if there is one; it is only ever replaced as a whole."""
        path = source.settings.tokens_path
        if path.exists():
            shutil.copyfile(path, folder / self.name)

    def pack(self, folder: Path, take: Callable[[bytes], None]) -> None:
        """Hand on the file."""
        take((folder / self.name).read_bytes())

    def check(self, archive: Archive, progress: Progress) -> None:
        """Read the file."""
        progress("checking the tokens")
        self._read(archive)

    def unpack(self, archive: Archive, folder: Path, progress: Progress) -> None:
        """Write the file."""
        progress("loading the tokens")
        (folder / self.name).write_bytes(self._read(archive))

    def install(self, folder: Path, settings: Settings) -> None:
        """Add the tokens to those that are there, so that none that was revoked is good again."""
        path = folder / self.name
        if path.exists():
            Access(settings.tokens_path).adopt(tokens_in(path.read_bytes()))
            path.unlink()

    def _read(self, archive: Archive) -> bytes:
        data = b""
        for chunk in archive.chunks(self.name):
            data += chunk
            if len(data) > _TOKEN_BYTES:
                raise archive.error(self.name, "it is too long")
        try:
            tokens_in(data)
        except ValueError as error:
            raise archive.error(self.name, f"it holds no tokens ({str(error)[:200]})") from error
        return data


class Submissions:
    """The journal of what was handed in, with the audit log."""

    name = FILE
    required = False

    def copy(self, source: Source, folder: Path) -> None:
        """Copy the journal as of one moment, which is not before that of the store.

        What was published in between is put into the store when the copy is used.
        """
        path = journal_file(source.settings)
        if path.exists():
            journal.copy(path, folder / self.name)

    def pack(self, folder: Path, take: Callable[[bytes], None]) -> None:
        """Hand on the file."""
        with (folder / self.name).open("rb") as file:
            while chunk := file.read(_CHUNK):
                take(chunk)

    def check(self, archive: Archive, progress: Progress) -> None:
        """Read all of it, and compare each document with its hash."""
        progress("checking the submissions")
        with TemporaryDirectory() as folder:
            self._write(archive, Path(folder))

    def unpack(self, archive: Archive, folder: Path, progress: Progress) -> None:
        """Write the file."""
        progress("loading the submissions")
        self._write(archive, folder)

    def install(self, folder: Path, settings: Settings) -> None:
        """Do nothing: it lies where it is looked for."""

    def _write(self, archive: Archive, folder: Path) -> None:
        with (folder / self.name).open("wb") as file:
            for chunk in archive.chunks(self.name):
                file.write(chunk)
        try:
            journal.examine(folder / self.name)
        except ValueError as error:
            raise archive.error(self.name, f"it is no journal ({str(error)[:200]})") from error


QUADS: Final = Quads()
PARTS: Final[tuple[Part, ...]] = (QUADS, Tokens(), Submissions(), Releases())
"""Every part, in the order in which they are put in place."""


def copy_all(source: Source, folder: Path) -> None:
    """Copy every part into a new folder; nobody may write meanwhile."""
    folder.mkdir()
    for part in PARTS:
        part.copy(source, folder)
