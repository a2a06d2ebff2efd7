"""Which things are of which classes: the largest relation of all, kept as shared profiles.

A profile is a set of classes with the ranks of the facts. Things of the same classes share one, and
what the hierarchy of classes makes of a profile is worked out once for all of them.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from govkg.reasoning.facts import RANK, Relation

_MANY: Final = 100_000
"""Profiles are forgotten beyond so many, so that odd data cannot fill the memory with them."""


class Profile(dict[int, int]):
    """Classes with ranks; never changed once made."""

    __slots__ = ("next",)

    def __init__(self, classes: dict[int, int]) -> None:
        """Take the classes."""
        super().__init__(classes)
        self.next: dict[int, Step] = {}
        """What each further class, given with its rank, makes of it."""


class Step(NamedTuple):
    """What a further class makes of a profile."""

    profile: "Profile"
    new: tuple[tuple[int, int], ...]
    """The classes that are new in it, each with its rank."""
    clashes: tuple[int, ...]
    """The numbers of the clauses that find a clash in it for the first time."""


class Disjoint(NamedTuple):
    """A rule about classes alone: nothing is a member of one, and of the others too."""

    others: tuple[int, ...]
    clause: int


class Narrower(NamedTuple):
    """A rule about classes alone: members of one, and of the others too, are members of a third."""

    then: int
    others: tuple[int, ...]
    base: int
    """The highest rank of its axioms."""


class Types(Relation):
    """The facts of rdf:type."""

    __slots__ = ("_nothing", "_profiles", "disjoint", "hierarchy", "is_value_of")

    def __init__(self, number: int, is_value_of: Callable[[int, int], bool | None]) -> None:
        """Take the number of rdf:type, and what knows whether a literal is of a datatype."""
        super().__init__(number)
        self._forward: dict[int, Profile] = {}  # type: ignore[assignment]
        self._profiles: dict[frozenset[tuple[int, int]], Profile] = {}
        self._nothing = Profile({})
        self.hierarchy: dict[int, list[Narrower]] = {}
        self.disjoint: dict[int, list[Disjoint]] = {}
        self.is_value_of = is_value_of

    def rank(self, subject: int, value: int) -> int | None:
        """Return the rank of a fact, or None; literals are of the datatypes of their value."""
        if subject & 1:
            return 0 if self.is_value_of(subject, value) else None
        found = self._forward.get(subject)
        return None if found is None else found.get(value)

    def objects(self, subject: int) -> list[tuple[int, int]]:
        """Return the classes of a thing, with ranks."""
        return list(self._forward.get(subject, self._nothing).items())

    def profile(self, subject: int) -> Profile:
        """Return the classes of a thing as they are shared."""
        return self._forward.get(subject, self._nothing)

    def extend(self, subject: int, value: int, rank: int) -> Step:
        """Make a thing a member of a class, and of all that follow by the hierarchy."""
        profile = self._forward.get(subject, self._nothing)
        step = profile.next.get(value | rank << RANK)
        if step is None:
            step = profile.next[value | rank << RANK] = self._saturate(profile, value, rank)
        self._forward[subject] = step.profile
        if self._backward is not None:
            for each, _ in step.new:
                self._link(each, subject)
        return step

    def _saturate(self, profile: Profile, value: int, rank: int) -> Step:
        """Return what a further class makes of a profile."""
        classes = dict(profile)
        queue, new = [(value, rank)], []
        for each, its_rank in queue:  # which grows meanwhile
            if each in classes:
                continue
            classes[each] = its_rank
            new.append((each, its_rank))
            for then, others, base in self.hierarchy.get(each, ()):
                ranks = [classes.get(other) for other in others]
                if then not in classes and None not in ranks:
                    queue.append((then, 1 + max(its_rank, base, *ranks)))  # type: ignore[type-var,operator]
        return Step(self._shared(classes), tuple(new), self._clashes(classes, new))

    def _clashes(self, classes: dict[int, int], new: list[tuple[int, int]]) -> tuple[int, ...]:
        """Return the clauses that find a clash among some classes because of the new ones."""
        found = {
            clause: None
            for each, _ in new
            for others, clause in self.disjoint.get(each, ())
            if all(other in classes for other in others)
        }
        return tuple(found)

    def put(self, subject: int, value: int, rank: int) -> int | None:
        """Add a fact alone, or give it another rank; returns the rank it had."""
        profile = self._forward.get(subject, self._nothing)
        self.restore(subject, self._shared({**profile, value: rank}))
        return profile.get(value)

    def remove(self, subject: int, value: int) -> None:
        """Take a fact out alone."""
        profile = dict(self._forward[subject])
        del profile[value]
        self.restore(subject, self._shared(profile))

    def restore(self, subject: int, profile: Profile) -> None:
        """Give a thing exactly the classes of a profile."""
        before = self._forward.get(subject, self._nothing)
        if profile:
            self._forward[subject] = profile
        else:
            self._forward.pop(subject, None)
        if self._backward is not None:
            for gone in before.keys() - profile.keys():
                self._unlink(gone, subject)
            for new in profile.keys() - before.keys():
                self._link(new, subject)

    def pairs(self) -> Iterator[tuple[int, int, int]]:
        """Yield thing, class and rank of every fact there is when asked."""
        for subject, profile in list(self._forward.items()):
            for value, rank in profile.items():
                yield subject, value, rank

    def forget(self) -> None:
        """Forget what the hierarchy makes of profiles, as it has changed."""
        for profile in self._profiles.values():
            profile.next.clear()
        self._nothing.next.clear()

    def _shared(self, classes: dict[int, int]) -> Profile:
        if len(self._profiles) > _MANY:
            self.forget()
            self._profiles.clear()
        return self._profiles.setdefault(frozenset(classes.items()), Profile(classes))
