"""The journal of submissions: states, versions, idempotency, durability."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from govkg.errors import (
    ConflictError,
    GoneError,
    KeyReusedError,
    NotFoundError,
    NotReadyError,
    PreconditionFailedError,
)
from govkg.journal import Action, Incoming, Journal, Note, Repeat, Sent
from govkg.journal.states import LEADS_TO, STATES, check

ALICE: Final = Note("1", "alice")
BOB: Final = Note("2", "bob", "because")
SENT: Final = Sent(b"<urn:a> <urn:b> 1 .", "turtle", "text/turtle")


def incoming(case_id: str = "x", content: bytes = b"<urn:a> <urn:b> <urn:c> .\n") -> Incoming:
    """Return a case as a worker gives it."""
    return Incoming(case_id, f"https://w3id.org/govkg/case/{case_id}", case_id, content)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new journal."""
    journal = Journal(lambda: tmp_path / "journal.sqlite")
    yield journal
    journal.close()


def test_keeps_what_was_sent(journal: Journal, tmp_path: Path) -> None:
    """The bytes are found by their hash, also after the file was closed and opened again."""
    receipt = journal.hand_in(SENT, [incoming()], ALICE, conforms=True)
    journal.close()

    again = Journal(lambda: tmp_path / "journal.sqlite")

    assert again.original(receipt.sha256) == SENT.data
    assert again.content("x", 1) == incoming().content
    assert again.record("x").head.state == "submitted"
    again.close()


def test_a_list_is_one_question(journal: Journal) -> None:
    """However many cases there are, one statement lists them, and one reads one of them."""
    many = [incoming(f"c{number}") for number in range(2000)]
    journal.hand_in(SENT, many, ALICE, conforms=True)
    journal.revise(SENT, many[7], BOB, journal.record("c7").revision, conforms=True)
    asked: list[str] = []
    journal._database._open.set_trace_callback(asked.append)

    found = journal.records()
    one = journal.record("c7")

    assert len(asked) == 2
    assert (len(found), found[0]) == (2000, one)
    assert [version.state for version in one.versions] == ["superseded", "submitted"]
    assert [version.by for version in one.versions] == ["alice", "bob"]
    assert len(journal.records(owner="1", states=("submitted",))) == 2000
    assert not journal.records(owner="2")


def test_all_cases_of_a_document_or_none(journal: Journal) -> None:
    """If one of them exists nothing of the document is kept."""
    journal.hand_in(SENT, [incoming("b")], ALICE, conforms=True)

    with pytest.raises(ConflictError):
        journal.hand_in(SENT, [incoming("a"), incoming("b")], ALICE, conforms=True)

    assert not journal.holds("a")


def test_idempotency(journal: Journal) -> None:
    """A key gives its receipt again, also after a change; it belongs to one person and request."""
    key = Repeat("k", "hash")
    first = journal.hand_in(SENT, [incoming()], ALICE, conforms=True, repeat=key)
    journal.act("x", "withdraw", ALICE, journal.record("x").revision)

    again = journal.hand_in(SENT, [incoming()], ALICE, conforms=True, repeat=key)

    assert (again, again.repeated) == (first, True)
    with pytest.raises(KeyReusedError):
        journal.hand_in(SENT, [incoming()], ALICE, conforms=True, repeat=Repeat("k", "other"))
    other = journal.hand_in(SENT, [incoming("y")], BOB, conforms=True, repeat=key)
    assert not other.repeated


def test_what_is_written_cannot_be_changed(journal: Journal, tmp_path: Path) -> None:
    """Nobody can change or remove a row, whoever opens the file."""
    journal.hand_in(SENT, [incoming()], ALICE, conforms=True)
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    for table in ("documents", "cases", "versions", "events", "audit"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 # names of ours
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        connection.execute("UPDATE events SET name = 'mallory'")
    connection.close()


def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """A file that is no journal, or one of a newer govkg, is a clear error and left alone."""
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"not a database, " * 100)
    with pytest.raises(NotReadyError, match="cannot be opened"):
        Journal(lambda: path)
    newer = tmp_path / "newer.sqlite"
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(NotReadyError, match="newer govkg"):
        Journal(lambda: newer)


def test_the_audit_log_pages(journal: Journal) -> None:
    """Each event has a line; lines come the last first, and from any place."""
    journal.hand_in(SENT, [incoming()], ALICE, conforms=True)
    journal.note(BOB, "PUT /data", "urn:g", "403")

    lines = journal.audit()

    assert [line["action"] for line in lines] == ["PUT /data", "submit"]
    assert journal.audit(before=lines[0]["sequence"]) == lines[1:]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", LEADS_TO)
def test_nothing_leads_out_of_an_end(state: str, action: Action) -> None:
    """Superseded and withdrawn versions stay so, and no state is entered by no action."""
    try:
        after = check(action, state)  # type: ignore[arg-type]
    except ConflictError:
        return
    assert state not in ("superseded", "withdrawn")
    assert after == LEADS_TO[action]


class Life(RuleBasedStateMachine):
    """Random sequences of actions on one case, against a model that is a list of states."""

    def __init__(self) -> None:
        """Start with an empty journal."""
        super().__init__()
        self._folder = TemporaryDirectory()
        self.journal = Journal(lambda: Path(self._folder.name) / "journal.sqlite")
        self.model: list[str] = []
        self.conforms: list[bool] = []
        self.happened = 0

    def teardown(self) -> None:
        """Remove the file."""
        self.journal.close()
        self._folder.cleanup()

    @initialize(draft=st.booleans(), conforms=st.booleans())
    def hand_in(self, draft: bool, conforms: bool) -> None:
        """Hand in the case."""
        self.journal.hand_in(SENT, [incoming()], ALICE, conforms=conforms, draft=draft)
        self.model, self.happened = ["draft" if draft else "submitted"], 1
        self.conforms = [conforms]

    @rule(draft=st.booleans(), conforms=st.booleans())
    def revise(self, draft: bool, conforms: bool) -> None:
        """Hand in a new version."""
        revision = self.journal.record("x").revision
        if self.model[-1] == "withdrawn":
            with pytest.raises(GoneError):
                self.journal.revise(SENT, incoming(), ALICE, revision, conforms=conforms)
            return
        content = incoming(content=f"<urn:a> <urn:b> {len(self.model)} .\n".encode())
        self.journal.revise(SENT, content, ALICE, revision, conforms=conforms, draft=draft)
        if self.model[-1] not in ("published", "superseded"):
            self.model[-1], self.happened = "superseded", self.happened + 1
        self.model.append("draft" if draft else "submitted")
        self.conforms.append(conforms)
        self.happened += 1

    @rule(action=st.sampled_from(["submit", "take", "publish", "return", "withdraw"]))
    def act(self, action: Action) -> None:
        """Do something with the last version."""
        revision, before = self.journal.record("x").revision, list(self.model)
        if not self._follows(action):
            self.model = before
            with pytest.raises((ConflictError, GoneError)):
                self.journal.act("x", action, BOB, revision)
            return
        self.journal.act("x", action, BOB, revision)

    def _follows(self, action: str) -> bool:
        """Carry out an action in the model; say whether it is possible."""
        last = self.model[-1]
        if action == "withdraw":
            if last == "withdrawn":
                return False
            for index, state in enumerate(self.model):
                if state not in ("superseded", "withdrawn"):
                    self.model[index], self.happened = "withdrawn", self.happened + 1
            return True
        table = {
            ("draft", "submit"): "submitted", ("submitted", "take"): "under-review",
            ("submitted", "publish"): "published", ("under-review", "publish"): "published",
            ("submitted", "return"): "returned", ("under-review", "return"): "returned",
        }  # fmt: skip
        after = table.get((last, action))
        if after is None or (action in ("submit", "publish") and not self.conforms[-1]):
            return False
        if action == "publish" and "published" in self.model:
            self.model[self.model.index("published")] = "superseded"
            self.happened += 1
        self.model[-1], self.happened = after, self.happened + 1
        return True

    @precondition(lambda self: self.model)
    @rule(behind=st.integers(1, 5))
    def act_on_what_is_old(self, behind: int) -> None:
        """With an older revision nothing happens."""
        revision = self.journal.record("x").revision
        with pytest.raises((PreconditionFailedError, GoneError)):
            self.journal.act("x", "withdraw", BOB, revision - behind)

    @precondition(lambda self: self.model)
    @invariant()
    def agrees(self) -> None:
        """The journal says what the model says, in the record, the history and the counts."""
        record = self.journal.record("x")
        assert [version.state for version in record.versions] == self.model
        events = self.journal.events("x")
        assert len(events) == self.happened == len(self.journal.audit(limit=1000))
        assert record.revision == events[-1].sequence
        assert sum(self.journal.counts().values()) == len(self.model)
        assert self.model.count("published") <= 1
        live = record.live
        assert (live.number if live else None) == (
            self.model.index("published") + 1 if "published" in self.model else None
        )


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_unknown_things(journal: Journal) -> None:
    """What is not there is a NotFoundError."""
    for call in (
        lambda: journal.record("none"),
        lambda: journal.content("none", 1),
        lambda: journal.original("none"),
    ):
        with pytest.raises(NotFoundError):
            call()
