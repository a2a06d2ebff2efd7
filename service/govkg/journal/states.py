"""The states of a version, and which action leads from which to which.

    draft ──> submitted ──> under-review ──> published ──> superseded
                   └────────────┴──> returned      └──────> withdrawn

A version that a newer one replaces is superseded, and withdrawing a case withdraws whatever of it
still stands. Nothing leads out of superseded or withdrawn.
"""

from collections.abc import Mapping
from typing import Final, Literal

from govkg.errors import ConflictError

State = Literal[
    "draft", "submitted", "under-review", "published", "returned", "superseded", "withdrawn"
]
Action = Literal["save", "submit", "take", "publish", "return", "supersede", "withdraw"]

STATES: Final[tuple[State, ...]] = (
    "draft", "submitted", "under-review", "published", "returned", "superseded", "withdrawn",
)  # fmt: skip
LEADS_TO: Final[Mapping[Action, State]] = {
    "save": "draft",
    "submit": "submitted",
    "take": "under-review",
    "publish": "published",
    "return": "returned",
    "supersede": "superseded",
    "withdraw": "withdrawn",
}
"""The state in which each action leaves a version."""
_OPEN: Final[frozenset[State]] = frozenset({"draft", "submitted", "under-review", "returned"})
_FROM: Final[Mapping[Action, frozenset[State]]] = {
    "save": frozenset(),
    "submit": frozenset({"draft"}),
    "take": frozenset({"submitted"}),
    "publish": frozenset({"submitted", "under-review"}),
    "return": frozenset({"submitted", "under-review"}),
    "supersede": _OPEN | {"published"},
    "withdraw": _OPEN | {"published"},
}
"""The states from which each action leads; a new version has none before it."""


def is_open(state: State) -> bool:
    """Say whether a version still waits for something to happen."""
    return state in _OPEN


def check(action: Action, state: State | None) -> State:
    """Return the state after an action; ConflictError if it is impossible in the present one.

    None is the state of a version that is only just handed in.
    """
    if state is None and action in ("save", "submit"):
        return LEADS_TO[action]
    if state not in _FROM[action]:
        possible = ", ".join(each for each in STATES if each in _FROM[action])
        raise ConflictError(
            reason=f"This version is {state}, and “{action}” is for one that is: {possible}",
            remedy="Look at the case again.",
        )
    return LEADS_TO[action]
