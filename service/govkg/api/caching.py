"""Answers kept for as long as the data does not change, within a budget of bytes."""

from collections import OrderedDict
from typing import Any, Final, NamedTuple

OVERHEAD: Final = 512
"""What an entry costs beyond its key and body, in bytes, by estimate."""


class Answered(NamedTuple):
    """What a worker answered: its header and body."""

    header: dict[str, Any]
    body: bytes


class ResultCache:
    """Answers by what was asked, the least recently used given up first.

    An answer belongs to one generation of the data. When another generation comes, all is
    forgotten, so a reader never sees what was true before a write that it knows of.
    """

    def __init__(self, budget: int) -> None:
        """Take the number of bytes that keys and bodies may use together; 0 keeps nothing."""
        self._budget = budget
        self._entries: OrderedDict[str, Answered] = OrderedDict()
        self._generation: object = None
        self.size = 0
        """The bytes in use."""
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        """Count the answers."""
        return len(self._entries)

    def get(self, generation: object, asked: str, *, final: bool = True) -> Answered | None:
        """Return what was answered to this in this generation, if it is kept.

        Nothing found is a miss, unless the caller looks elsewhere too and this is not ``final``.
        """
        self.begin(generation)
        found = self._entries.get(asked)
        if found is None:
            self.misses += final
            return None
        self.hits += 1
        self._entries.move_to_end(asked)
        return found

    def put(self, generation: object, asked: str, answered: Answered) -> None:
        """Keep an answer, unless its generation has passed or it would fill half the budget."""
        cost = _cost(asked, answered)
        if generation is not self._generation or cost > self._budget // 2:
            return
        before = self._entries.pop(asked, None)
        self.size += cost - (_cost(asked, before) if before else 0)
        self._entries[asked] = answered
        while self.size > self._budget:
            oldest, given_up = self._entries.popitem(last=False)
            self.size -= _cost(oldest, given_up)

    def begin(self, generation: object) -> None:
        """Forget all that is not of this generation, and hold on to no other."""
        if generation is not self._generation:
            self._forget(generation)

    def _forget(self, generation: object) -> None:
        self._entries.clear()
        self.size = 0
        self._generation = generation


def _cost(asked: str, answered: Answered) -> int:
    return len(asked) + len(answered.body) + OVERHEAD
