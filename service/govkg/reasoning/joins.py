"""Patterns met with facts: a conjunction of patterns becomes a chain of small functions.

Each function takes one pattern: it checks a fact whose ends are known, or goes through the values
of a subject, the subjects of a value, or all facts of a property, and calls the next. The last one
is handed what was found. Bindings are one list, in which each variable and each constant has its
place; the highest rank of the facts met goes along.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from govkg.reasoning.facts import Relation

Found = Callable[[list[int], int], bool | None]
"""Takes a complete binding and the highest rank met; True ends the search."""

Step = Callable[[list[int], int, Found], bool | None]

Atom = tuple[int, int, int]
"""A pattern: subject, property, object. Variables are negative, constants are numbers of terms."""


class Layout(NamedTuple):
    """Where each variable and each constant of some patterns has its place in a binding."""

    places: dict[int, int]
    template: list[int]


def lay_out(atoms: Iterable[Atom]) -> Layout:
    """Give each variable and constant of the patterns a place; constants stand there already."""
    places: dict[int, int] = {}
    for subject, _, value in atoms:
        for term in (subject, value):
            places.setdefault(term, len(places))
    return Layout(places, list(places))


def chain(
    atoms: Sequence[Atom],
    bound: Collection[int],
    layout: Layout,
    relation: Callable[[int], Relation],
) -> Step:
    """Return the function that finds all ways to meet the patterns, given some variables."""
    left, known = list(atoms), {*bound, *(t for t in layout.places if t >= 0)}
    order: list[tuple[Atom, bool, bool]] = []
    while left:
        best = max(left, key=lambda atom: _ease(atom, known))
        left.remove(best)
        order.append((best, best[0] in known, best[2] in known))
        known |= {best[0], best[2]}
    step: Step = _end
    for (subject, prop, value), from_subject, from_value in reversed(order):
        make = _KINDS[from_subject, from_value]
        step = make(relation(prop), layout.places[subject], layout.places[value], step)
    return step


def _ease(atom: Atom, known: set[int]) -> int:
    """Say how cheap a pattern is to meet: the fewer facts can meet it, the higher."""
    subject, _, value = atom
    if subject in known:
        return 3 if value in known else 2
    if value in known:
        return 1 if value < 0 else 0  # a constant class or value can have very many subjects
    return -1


def _end(binding: list[int], rank: int, found: Found) -> bool | None:
    return found(binding, rank)


def _check(relation: Relation, subject: int, value: int, then: Step) -> Step:
    def step(binding: list[int], rank: int, found: Found) -> bool | None:
        own = relation.rank(binding[subject], binding[value])
        if own is None:
            return None
        return then(binding, own if own > rank else rank, found)

    return step


def _objects(relation: Relation, subject: int, value: int, then: Step) -> Step:
    def step(binding: list[int], rank: int, found: Found) -> bool | None:
        for each, own in relation.objects(binding[subject]):
            binding[value] = each
            if then(binding, own if own > rank else rank, found):
                return True
        return None

    return step


def _subjects(relation: Relation, subject: int, value: int, then: Step) -> Step:
    def step(binding: list[int], rank: int, found: Found) -> bool | None:
        target = binding[value]
        for each in relation.subjects(target):
            own = relation.rank(each, target)
            if own is None:
                continue
            binding[subject] = each
            if then(binding, own if own > rank else rank, found):
                return True
        return None

    return step


def _pairs(relation: Relation, subject: int, value: int, then: Step) -> Step:
    def step(binding: list[int], rank: int, found: Found) -> bool | None:
        for one, other, own in list(relation.pairs()):
            if subject == value and one != other:
                continue
            binding[subject], binding[value] = one, other
            if then(binding, own if own > rank else rank, found):
                return True
        return None

    return step


_KINDS = {
    (True, True): _check,
    (True, False): _objects,
    (False, True): _subjects,
    (False, False): _pairs,
}
