"""What the journal holds, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any

from govkg.journal.states import Action, State, is_open


@dataclass(frozen=True)
class Sent:
    """A document as it was sent."""

    data: bytes
    format: str
    """The short name of its format."""
    media_type: str

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the bytes, in hexadecimal digits."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Incoming:
    """One case of a document, as a worker has read it."""

    case_id: str
    iri: str
    title: str
    """A title to show in lists."""
    content: bytes
    """Its triples as canonical N-Triples, one in a line, sorted."""


@dataclass(frozen=True)
class Note:
    """Who does something, and why."""

    actor: str
    """The id of the token, or of the person at an OIDC issuer."""
    name: str
    message: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened to a version."""

    sequence: int
    """Rises from event to event, over all cases."""
    case_id: str
    version: int
    action: Action
    state: State
    """The state in which it left the version."""
    at: str
    actor: str
    name: str
    message: str
    request_id: str

    def as_json(self) -> dict[str, Any]:
        """Return what readers of the history see."""
        return {
            "version": self.version, "action": self.action, "state": self.state, "at": self.at,
            "by": self.name, "message": self.message,
        }  # fmt: skip


@dataclass(frozen=True)
class Version:
    """One version of a case."""

    case_id: str
    number: int
    state: State
    title: str
    digest: str
    """The SHA-256 of the document that it was sent in."""
    format: str
    media_type: str
    conforms: bool
    at: str
    by: str
    """The name of who handed it in."""
    was_published: bool


@dataclass(frozen=True)
class Record:
    """A case in the journal, with all its versions."""

    case_id: str
    iri: str
    owner: str
    """The actor who handed in its first version."""
    revision: int
    """The sequence of its last event: whoever changes it names the revision that was seen."""
    versions: tuple[Version, ...]
    """From the first to the last."""

    @property
    def head(self) -> Version:
        """Return the last version."""
        return self.versions[-1]

    @property
    def live(self) -> Version | None:
        """Return the published version."""
        return next((each for each in self.versions if each.state == "published"), None)

    @property
    def withdrawn(self) -> bool:
        """Say whether the case was withdrawn, which is for good."""
        return self.head.state == "withdrawn"

    @property
    def standing(self) -> tuple[Version, ...]:
        """Return the versions that are published or wait for something to happen."""
        return tuple(v for v in self.versions if v.state == "published" or is_open(v.state))

    @property
    def public(self) -> bool:
        """Say whether readers may know of the case: something of it is or was published."""
        return any(each.was_published for each in self.versions)


@dataclass(frozen=True)
class Receipt:
    """What became of a document that was handed in."""

    cases: tuple[Mapping[str, Any], ...]
    """For each case: id, iri, version, state, revision."""
    sha256: str
    at: str
    repeated: bool = field(default=False, compare=False)
    """Whether it was given before, for the same Idempotency-Key."""

    def as_json(self) -> dict[str, Any]:
        """Return the receipt as JSON."""
        return {"cases": [dict(each) for each in self.cases], "sha256": self.sha256, "at": self.at}


@dataclass(frozen=True)
class Repeat:
    """An Idempotency-Key, and the hash of the request that it was sent with."""

    key: str
    fingerprint: str
