"""Find the first token of a text that the grammar does not allow."""

from collections.abc import Sequence as Several
from dataclasses import dataclass

from govkg.store.syntax.grammar import (
    Choice,
    Maybe,
    Part,
    Repeat,
    Rule,
    Sequence,
    Terminal,
    first,
    is_optional,
    rules,
)
from govkg.store.syntax.tokens import Token


@dataclass(frozen=True)
class Misfit:
    """A token where the grammar wants another."""

    index: int
    """Which of the tokens it is, from 0."""
    expected: frozenset[str]
    """The kinds of tokens that could stand there."""


def misfit(tokens: Several[Token], *, update: bool = False) -> Misfit | None:
    """Return the first token that fits no production, or nothing if all do.

    The last token has to be of the kind END. The stack holds what is still to come.
    """
    stack: list[Part] = [Rule("UpdateUnit" if update else "Query")]
    index, also = 0, set[str]()
    while stack:
        part, kind = stack.pop(), tokens[index].kind
        if isinstance(part, Terminal):
            if part.kind != kind:
                return Misfit(index, frozenset(also | {part.kind}))
            index, also = index + 1, set()
        elif kind in first(part):
            stack += _taken(part, kind)
        elif is_optional(part):
            also |= first(part)
        else:
            return Misfit(index, frozenset(also | first(part)))
    return None


def _taken(part: Part, kind: str) -> list[Part]:
    """Return what is to come, the next thing last, when a part begins with a kind of token."""
    if isinstance(part, Rule):
        return [rules()[part.name]]
    if isinstance(part, Sequence):
        return list(reversed(part.parts))
    if isinstance(part, Choice):
        return [next(each for each in part.parts if kind in first(each))]
    if isinstance(part, Repeat):
        return [Repeat(part.part), part.part]
    if isinstance(part, Maybe):
        return [part.part]
    return [part]
