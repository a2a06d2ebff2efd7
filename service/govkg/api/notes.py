"""What is known of a request beside its address and status, for the log and the metrics.

Whoever finds something out notes it, at the cost of one assignment. The envelope reads the notes
when the answer has been sent.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from starlette.types import Scope

from govkg.store.querying import form_of

_HASH_LENGTH = 16  # hexadecimal digits: enough to tell the queries of one log apart


@dataclass(frozen=True)
class Asked:
    """The SPARQL text of a request."""

    text: str
    is_update: bool = False

    @cached_property
    def form(self) -> str:
        """Return select, ask, construct, describe, update, or unknown for what does not parse."""
        return "update" if self.is_update else form_of(self.text)

    @cached_property
    def hash(self) -> str:
        """Return the start of the SHA-256 of the text, which tells nothing of it."""
        return sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]


@dataclass(slots=True)
class Notes:
    """What was noted of one request."""

    asked: Asked | None = None
    cached: bool = False
    """Whether the answer had been given before."""
    problem: str = ""
    """The code of the error that was answered."""
    check: str = ""
    """``validation`` or ``diagnosis``, if a document was to be checked."""
    conforms: bool | None = None
    """Whether the document conforms, if it could be checked."""

    @property
    def outcome(self) -> str:
        """Return ok, cached, or the code of the error."""
        return self.problem or ("cached" if self.cached else "ok")


def notes_of(scope: Scope) -> Notes:
    """Return the notes of a request, to read or to write."""
    notes: Notes = scope.setdefault("state", {}).setdefault("notes", Notes())
    return notes
