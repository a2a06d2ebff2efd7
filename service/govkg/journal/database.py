"""The file in which the journal is kept: SQLite, on disk before anything is acknowledged."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Final
from urllib.parse import quote

from govkg.errors import NotReadyError, StorageFullError

FILE: Final = "journal.sqlite"
"""The name of the file."""
VERSION: Final = 1
"""The layout of the tables; kept in the file as its ``user_version``."""

_SCHEMA: Final = """
CREATE TABLE documents (digest TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE cases (id TEXT PRIMARY KEY, iri TEXT NOT NULL, owner TEXT NOT NULL);
CREATE TABLE versions (
  case_id TEXT NOT NULL REFERENCES cases, number INTEGER NOT NULL, title TEXT NOT NULL,
  digest TEXT NOT NULL REFERENCES documents, format TEXT NOT NULL, media_type TEXT NOT NULL,
  conforms INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (case_id, number));
CREATE TABLE events (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, case_id TEXT NOT NULL, version INTEGER NOT NULL,
  action TEXT NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, actor TEXT NOT NULL,
  name TEXT NOT NULL, message TEXT NOT NULL, request_id TEXT NOT NULL,
  FOREIGN KEY (case_id, version) REFERENCES versions (case_id, number));
CREATE INDEX events_of_case ON events (case_id, version, sequence);
CREATE TABLE receipts (
  actor TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, receipt TEXT NOT NULL,
  PRIMARY KEY (actor, key));
CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL,
  name TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL,
  request_id TEXT NOT NULL);
CREATE VIEW standing AS
  SELECT case_id, version, state, MAX(sequence) AS sequence FROM events GROUP BY case_id, version;
"""
_KEPT: Final = ("documents", "cases", "versions", "events", "receipts", "audit")
_FULL: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
_BUSY_MS: Final = 10_000


class Database:
    """One connection that threads share, one after the other.

    If the file is elsewhere at the next use, since data was restored, that one is opened.
    """

    def __init__(self, where: Callable[[], Path]) -> None:
        """Open or create the file; raises NotReadyError if it cannot be used."""
        self._lock = RLock()
        self._where = where
        self._path = where()
        self._open = _opened(self._path)

    @property
    def _connection(self) -> sqlite3.Connection:
        path = self._where()
        if path != self._path and not self._open.in_transaction:
            new = _opened(path)
            self._open.close()
            self._open, self._path = new, path
        return self._open

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._open.close()

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Return the rows of a query."""
        with self._lock, _translated():
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: Any) -> Any:
        """Return the first row of a query, or None."""
        found = self.rows(query, *values)
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Let the caller change the file, at once or not at all; it is on disk at the end.

        Raises StorageFullError if it cannot be written, and then nothing is changed.
        """
        with self._lock, _translated():
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def copy(source: Path, target: Path) -> None:
    """Write the journal of one file to another, as of one moment; others may go on writing."""
    reading = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        writing.close()
        reading.close()


def examine(path: Path) -> None:
    """Read a journal through; raises ValueError if it is damaged or none, with the reason."""
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if found != "ok" or not 0 < version <= VERSION:
            raise ValueError(f"layout {version}, {found}")
        for digest, data in connection.execute("SELECT digest, data FROM documents"):
            if sha256(data).hexdigest() != digest:
                raise ValueError(f"the document {digest} is not what was sent")
    except sqlite3.Error as error:
        raise ValueError(str(error)) from error
    finally:
        connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    """Return a connection to a file; raises NotReadyError if it cannot be used."""
    try:
        return _connected(path)
    except (sqlite3.Error, OSError) as error:
        reason = f"the journal {path} cannot be opened ({error})"
        raise NotReadyError(reason=reason, retry_after=60) from error


def _connected(path: Path) -> sqlite3.Connection:
    """Return a connection that writes each transaction to disk before it is done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(
        path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False
    )
    try:
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        _prepare(connection)
        _sync(path.parent)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables if there are none; what they hold can be added to but not changed."""
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        connection.execute("ROLLBACK")
        raise sqlite3.DatabaseError(f"a newer govkg wrote it: layout {version}, not {VERSION}")
    if not version:
        forbidden = (
            f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END"
            for table in _KEPT
            for verb in ("UPDATE", "DELETE")
        )
        statements = (each for each in _SCHEMA.split(";\n") if each.strip())
        for statement in (*statements, *forbidden, f"PRAGMA user_version={VERSION}"):
            connection.execute(statement)
    connection.execute("COMMIT")


def _sync(folder: Path) -> None:
    """Write the names of the files in a folder to disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _translated() -> Iterator[None]:
    """Translate the errors of SQLite that are no fault of ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _FULL:
            raise StorageFullError(reason=str(error), retry_after=60) from error
        if code == sqlite3.SQLITE_BUSY:
            raise NotReadyError(reason="the journal is in use", retry_after=2) from error
        raise
