"""The journal of submissions: every version of every case that anybody handed in, and its fate."""

from govkg.journal.book import Journal
from govkg.journal.database import FILE, copy, examine
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
from govkg.journal.states import Action, State

__all__ = [
    "FILE",
    "Action",
    "Event",
    "Incoming",
    "Journal",
    "Note",
    "Receipt",
    "Record",
    "Repeat",
    "Sent",
    "State",
    "Version",
    "copy",
    "examine",
]
