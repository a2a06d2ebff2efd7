"""The journal: hand in versions, change their state, and read all of it again."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Any, Final

from govkg.errors import (
    ConflictError,
    GoneError,
    KeyReusedError,
    NotFoundError,
    PreconditionFailedError,
)
from govkg.journal.database import Database
from govkg.journal.records import (
    Event,
    Incoming,
    Note,
    Receipt,
    Record,
    Repeat,
    Sent,
    Version,
)
from govkg.journal.states import Action, State, check, is_open

_RECORDS: Final = """
SELECT c.id AS case_id, c.iri, c.owner,
  (SELECT MAX(sequence) FROM events e WHERE e.case_id = c.id) AS revision,
  v.number, l.state, v.title, v.digest, v.format, v.media_type, v.conforms, f.at, f.name AS by,
  EXISTS (SELECT 1 FROM events p WHERE p.case_id = v.case_id AND p.version = v.number
          AND p.state = 'published') AS was_published
FROM cases c
JOIN versions v ON v.case_id = c.id
JOIN events f ON f.sequence = (SELECT MIN(sequence) FROM events e
                               WHERE e.case_id = v.case_id AND e.version = v.number)
JOIN events l ON l.sequence = (SELECT MAX(sequence) FROM events e
                               WHERE e.case_id = v.case_id AND e.version = v.number)
WHERE {which} ORDER BY revision DESC, v.number
"""
"""Cases with their versions in one query, so that all it tells is of one moment."""
_ONE: Final = _RECORDS.format(which="c.id = ?1")
_ALL: Final = _RECORDS.format(which="?1 IS NULL OR c.owner = ?1")


class Journal:
    """All submissions in one file; what a method has returned or acknowledged is on disk.

    Every method may be called from any thread; changes happen one after the other.
    """

    def __init__(self, where: Callable[[], Path]) -> None:
        """Open or create the file, which may be elsewhere later; raises NotReadyError."""
        self._database = Database(where)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    # --- changing ------------------------------------------------------------------------------

    def hand_in(
        self,
        sent: Sent,
        cases: Sequence[Incoming],
        note: Note,
        *,
        conforms: bool,
        draft: bool = False,
        repeat: Repeat | None = None,
    ) -> Receipt:
        """Add new cases, all of them or none, and return the receipt.

        With an Idempotency-Key that was used before, the receipt of then is returned. Raises
        ConflictError if a case exists, GoneError if it was withdrawn, KeyReusedError, and
        StorageFullError.
        """
        with self._database.transaction() as connection:
            if repeat and (earlier := _earlier(connection, note.actor, repeat)):
                return earlier
            self.refuse_existing([case.case_id for case in cases])
            for case in cases:
                connection.execute(
                    "INSERT INTO cases VALUES (?, ?, ?)", (case.case_id, case.iri, note.actor)
                )
            told = [
                _add(connection, sent, case, 1, note, conforms=conforms, draft=draft)
                for case in cases
            ]
            receipt = Receipt(tuple(told), sent.digest, _now())
            if repeat:
                connection.execute(
                    "INSERT INTO receipts VALUES (?, ?, ?, ?)",
                    (note.actor, repeat.key, repeat.fingerprint, json.dumps(receipt.as_json())),
                )
            return receipt

    def revise(
        self,
        sent: Sent,
        case: Incoming,
        note: Note,
        revision: int,
        *,
        conforms: bool,
        draft: bool = False,
    ) -> Receipt:
        """Add a new version of a case; an older one that nobody has published is superseded.

        Raises NotFoundError, GoneError, PreconditionFailedError unless the case is at this
        revision, and StorageFullError.
        """
        with self._database.transaction() as connection:
            record = self._at(case.case_id, revision)
            if is_open(record.head.state):
                _happen(connection, record.head, "supersede", note)
            number = record.head.number + 1
            told = _add(connection, sent, case, number, note, conforms=conforms, draft=draft)
            return Receipt((told,), sent.digest, _now())

    def act(self, case_id: str, action: Action, note: Note, revision: int) -> Record:
        """Do something with the last version of a case; withdrawing is of the whole case.

        Raises as ``revise``, and ConflictError if the state does not allow it.
        """
        with self._database.transaction() as connection:
            record = self._at(case_id, revision)
            if action == "withdraw":
                for version in record.standing:
                    _happen(connection, version, action, note)
                return self.record(case_id)
            check(action, record.head.state)
            if action in ("submit", "publish") and not record.head.conforms:
                raise ConflictError(
                    reason="This version does not conform to the shapes",
                    remedy="Hand in one that does.",
                )
            if action == "publish" and record.live:
                _happen(connection, record.live, "supersede", note)
            _happen(connection, record.head, action, note)
            return self.record(case_id)

    def _at(self, case_id: str, revision: int) -> Record:
        """Return a case that is still to be changed, if it is at this revision."""
        record = self.record(case_id)
        if record.withdrawn:
            raise self.gone(record)
        if record.revision != revision:
            raise PreconditionFailedError(given=revision, present=record.revision)
        return record

    def refuse_existing(self, case_ids: Iterable[str]) -> None:
        """Raise GoneError or ConflictError if one of the cases is there already."""
        for case_id in filter(self.holds, case_ids):
            record = self.record(case_id)
            if record.withdrawn and record.public:
                raise self.gone(record)
            raise ConflictError(
                reason=f"There is a case “{case_id}” already",
                remedy=f"To change it, PUT /cases/{case_id}; for a new one choose another id.",
            )

    # --- reading -------------------------------------------------------------------------------

    def holds(self, case_id: str) -> bool:
        """Say whether the journal has a case."""
        return self._database.row("SELECT 1 FROM cases WHERE id = ?", case_id) is not None

    def record(self, case_id: str) -> Record:
        """Return a case with its versions; raises NotFoundError."""
        rows = self._database.rows(_ONE, case_id)
        if not rows:
            raise NotFoundError(
                what="case", name=case_id, hint="All cases are listed under /cases."
            )
        return _case(rows)

    def records(self, *, owner: str | None = None, states: Iterable[State] = ()) -> list[Record]:
        """Return cases, the one that changed last first: of an owner, or with the head in a state.

        Without either, all.
        """
        wanted = frozenset(states)
        rows = self._database.rows(_ALL, owner)
        found = [_case(list(each)) for _, each in groupby(rows, key=itemgetter("case_id"))]
        return [each for each in found if not wanted or each.head.state in wanted]

    def events(self, case_id: str) -> list[Event]:
        """Return all that happened to a case, from the first event to the last."""
        query = "SELECT * FROM events WHERE case_id = ? ORDER BY sequence"
        return [Event(**dict(row)) for row in self._database.rows(query, case_id)]

    def content(self, case_id: str, number: int) -> bytes:
        """Return the triples of a version as canonical N-Triples; raises NotFoundError."""
        query = "SELECT content FROM versions WHERE case_id = ? AND number = ?"
        row = self._database.row(query, case_id, number)
        if row is None:
            raise NotFoundError(
                what="version", name=str(number), hint=f"See /cases/{case_id}/history."
            )
        return bytes(row["content"])

    def original(self, digest: str) -> bytes:
        """Return a document as it was sent, by its SHA-256; raises NotFoundError."""
        row = self._database.row("SELECT data FROM documents WHERE digest = ?", digest)
        if row is None:
            raise NotFoundError(what="document", name=digest, hint="")
        return bytes(row["data"])

    def counts(self) -> dict[State, int]:
        """Return how many versions are in each state."""
        query = "SELECT state, COUNT(*) AS n FROM standing GROUP BY state"
        return {row["state"]: row["n"] for row in self._database.rows(query)}

    def gone(self, record: Record) -> GoneError:
        """Return the error for a case that was withdrawn: its tombstone."""
        last = self.events(record.case_id)[-1]
        return GoneError(what=record.case_id, at=last.at, by=last.name, why=last.message or "—")

    # --- the audit log ---------------------------------------------------------------------------

    def note(self, note: Note, action: str, target: str, outcome: str) -> None:
        """Write down what somebody did or tried that is no event of a case."""
        with self._database.transaction() as connection:
            _audit(connection, note, action, target, outcome)

    def audit(self, *, limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
        """Return entries of the audit log, the last first; ``before`` is the sequence of one."""
        query = (
            "SELECT * FROM audit WHERE ?1 IS NULL OR sequence < ?1 ORDER BY sequence DESC LIMIT ?2"
        )
        return [dict(row) for row in self._database.rows(query, before, limit)]


def _add(
    connection: Connection,
    sent: Sent,
    case: Incoming,
    number: int,
    note: Note,
    *,
    conforms: bool,
    draft: bool,
) -> dict[str, Any]:
    """Add a version, and return what the receipt says of it."""
    connection.execute(
        "INSERT INTO documents VALUES (?, ?) ON CONFLICT DO NOTHING", (sent.digest, sent.data)
    )
    given = (case.case_id, number, case.title, sent.digest, sent.format, sent.media_type)
    connection.execute(
        "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*given, conforms, case.content)
    )
    event = _record(connection, case.case_id, number, "save" if draft else "submit", None, note)
    return {
        "id": case.case_id, "iri": case.iri, "version": number, "state": event.state,
        "revision": event.sequence,
    }  # fmt: skip


def _happen(connection: Connection, version: Version, action: Action, note: Note) -> None:
    """Note what happens to a version."""
    _record(connection, version.case_id, version.number, action, version.state, note)


def _record(
    connection: Connection,
    case_id: str,
    number: int,
    action: Action,
    state: State | None,
    note: Note,
) -> Event:
    """Write an event, if the state allows it, and its line of the audit log."""
    after, at = check(action, state), _now()
    by = (note.actor, note.name, note.message, note.request_id)
    cursor = connection.execute(
        "INSERT INTO events (case_id, version, action, state, at, actor, name, message, request_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (case_id, number, action, after, at, *by),
    )
    _audit(connection, note, action, f"/cases/{case_id}/versions/{number}", "done")
    return Event(cursor.lastrowid or 0, case_id, number, action, after, at, *by)


def _audit(connection: Connection, note: Note, action: str, target: str, outcome: str) -> None:
    connection.execute(
        "INSERT INTO audit (at, actor, name, action, target, outcome, request_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (_now(), note.actor, note.name, action, target, outcome, note.request_id),
    )


def _earlier(connection: Connection, actor: str, repeat: Repeat) -> Receipt | None:
    """Return the receipt that was given for an Idempotency-Key; KeyReusedError if for another."""
    query = "SELECT fingerprint, receipt FROM receipts WHERE actor = ? AND key = ?"
    row: Row | None = connection.execute(query, (actor, repeat.key)).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != repeat.fingerprint:
        raise KeyReusedError(key=repeat.key)
    told = json.loads(row["receipt"])
    return replace(Receipt(tuple(told["cases"]), told["sha256"], told["at"]), repeated=True)


def _case(rows: Sequence[Row]) -> Record:
    """Return a case from the rows of its versions."""
    told = dict(rows[0])
    versions = tuple(_version(dict(row)) for row in rows)
    return Record(told["case_id"], told["iri"], told["owner"], told["revision"], versions)


def _version(row: dict[str, Any]) -> Version:
    told = {name: value for name, value in row.items() if name not in ("iri", "owner", "revision")}
    flags = {name: bool(row[name]) for name in ("conforms", "was_published")}
    return Version(**told | flags)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
