"""Facts withdrawn: what no longer follows is taken out, at a cost that depends on what it touches.

The algorithm is delete and rederive, made narrow by ranks. Suspects are looked at from the lowest
rank upwards. One that still follows from facts of lower rank stays, and so does all that rests on
it; otherwise it goes, and what follows from it in one step becomes suspect. All facts of lower rank
are settled when a suspect is looked at, so no circle of facts can hold itself up. In the end, what
went but follows from facts that stayed, of whatever rank, comes back.
"""

from collections.abc import Iterable
from heapq import heappop, heappush

from govkg.reasoning.engine import Change, Engine
from govkg.reasoning.facts import Fact


def withdraw(engine: Engine, withdrawn: Iterable[Fact]) -> list[Fact]:
    """Take out assertions and all that rests on them; returns what went, lowest rank first.

    What follows from what stays must then be put back by ``restore``, once what is to be asserted
    in the same change has been.
    """
    given = {fact for fact in withdrawn if engine.rank(fact) == 0 and not _is_fixed(fact)}
    suspects = [(0, fact) for fact in sorted(given)]
    gone: dict[Fact, None] = {}
    while suspects:
        rank, fact = heappop(suspects)
        if fact in gone or engine.rank(fact) != rank:
            continue
        if fact not in given and engine.derivations(fact, rank, first=True):
            continue

        def suspect(prop: int, subject: int, value: int, _: int, below: int = rank) -> None:
            if prop >= 0 and not subject & 1:
                own = engine.rank((subject, prop, value))
                if own is not None and own > below:
                    heappush(suspects, (own, (subject, prop, value)))

        engine.conclusions(fact, rank, suspect)
        _take_out(engine, fact)
        gone[fact] = None
    return list(gone)


def restore(engine: Engine, gone: Iterable[Fact]) -> None:
    """Put back what went but follows from what stayed, and forget clashes of what did not."""
    gone = list(gone)
    for fact in gone:
        if engine.rank(fact) is None:
            for _, premises in engine.derivations(fact, first=True):
                subject, prop, value = fact
                engine.add(prop, subject, value, 1 + engine.rank_of(premises))
            engine.run()
    for fact in gone:
        if engine.rank(fact) is None:
            engine.forget_clashes(fact)


def undo(engine: Engine, log: list[Change]) -> None:
    """Take back what a log tells, last first."""
    while log:
        relation, subject, value, before = log.pop()
        if relation is engine.types:
            engine.types.restore(subject, before)  # type: ignore[arg-type]
        elif before is None:
            relation.remove(subject, value)
        else:
            relation.put(subject, value, before)  # type: ignore[arg-type]


def _take_out(engine: Engine, fact: Fact) -> None:
    subject, prop, value = fact
    relation = engine.relations[prop]
    if engine.log is not None:
        before = engine.types.profile(subject) if prop == engine.type else engine.rank(fact)
        engine.log.append(Change(relation, subject, value, before))
    relation.remove(subject, value)


def _is_fixed(fact: Fact) -> bool:
    """Say whether a fact is about a literal, and so nobody's to withdraw."""
    return bool(fact[0] & 1)
