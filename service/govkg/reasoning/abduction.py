"""What is missing: the smallest sets of facts that would make a statement follow (abduction).

The clauses of the closure are run backwards from the statement, as for a proof, but a premise that
does not hold may be supposed if it is of a kind that can be. Every set that is found is then tried:
it is kept only if the statement follows once it is supposed, and if no part of it suffices.
Source: C. Peirce's abduction, as in A. Kakas, R. Kowalski and F. Toni, "Abductive logic
programming" (1992), with the search for the smallest sets first.
"""

from collections.abc import Hashable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import Final, NamedTuple

from pyoxigraph import NamedNode, Triple

from govkg.reasoning.closure import Closure
from govkg.reasoning.joins import Atom
from govkg.reasoning.routes import Route, Routes, Supposable, key_of

_STEPS: Final = 20_000
"""How many states the search looks at."""
_DEPTH: Final = 12
"""How many clauses may be applied one upon the other."""
_MATCHES: Final = 60
"""How many facts a premise is tried with."""
_MOST_VARIABLES: Final = 10_000
"""More than any clause has."""
_BOTH: Final = 2
"""How many ends of a premise of which nothing is known are variables."""


class Bounds(NamedTuple):
    """How far a search goes."""

    sets: int = 5
    """How many sets are returned."""
    facts: int = 4
    """How many facts a set may have."""
    things: int = 2
    """How many things may be supposed that were not there before."""
    seconds: float = 1.0


class _Known(NamedTuple):
    """What is known of a premise, whatever its variables are called."""

    holds: bool
    """Whether it has no variables and holds."""
    matches: tuple[Atom, ...]
    """Facts that it could be; none if nothing is known of it."""
    is_open: bool
    """Whether it could follow from what may be supposed."""
    is_hopeless: bool
    """Whether there is no way to show it."""
    ease: tuple[bool, bool, int]
    """Sorts premises: those that can only be matched first, then by what is known of them."""


class _Goal(NamedTuple):
    """A premise to be shown."""

    atom: Atom
    alike: Atom
    """The same with its variables made alike."""
    known: _Known
    above: frozenset[Atom]
    """The premises that it is to show, their variables made alike."""


class _State(NamedTuple):
    """A point of the search: what is left to show, and what was supposed for it."""

    goals: tuple["_Goal", ...]
    """What is left to show."""
    supposed: frozenset[Atom]
    new: int
    """How many new things there are."""


def missing(
    closure: Closure,
    goal: Triple,
    supposable: Supposable,
    bounds: Bounds | None = None,
    routes: Routes | None = None,
) -> list[tuple[Triple, ...]]:
    """Return the smallest sets of facts that would make a statement follow, smallest first.

    None holds all of another, none holds the statement itself, and each does what it says: the
    statement follows once it is supposed. Nothing is returned for a statement that holds. Who asks
    often gives the same ``routes`` each time.
    """
    if goal in closure:
        return []
    routes = routes or Routes()
    routes.follow(closure.engine, supposable)
    return _Abduction(closure, goal, supposable, bounds or Bounds(), routes).found()


class _Abduction:
    """One search."""

    def __init__(
        self,
        closure: Closure,
        goal: Triple,
        supposable: Supposable,
        bounds: Bounds,
        routes: Routes,
    ) -> None:
        """Begin with the statement as the only premise to be shown."""
        self._closure = closure
        self._engine = closure.engine
        self._terms = closure.engine.terms
        self._goal = goal
        self._supposable = supposable
        self._bounds = bounds
        self._deadline = monotonic() + bounds.seconds
        self._clauses, self._open = routes.clauses, routes.open
        self._shifts = count(_MOST_VARIABLES, _MOST_VARIABLES)
        self._order = count()
        self._queue: list[tuple[int, int, int, _State]] = []
        self._visited: set[tuple[frozenset[Atom], frozenset[Atom]]] = set()
        self._seen: dict[Atom, _Known] = {}
        self._spelled: dict[Atom, Triple] = {}
        self._choices: dict[NamedNode, list[int]] = {}

    def found(self) -> list[tuple[Triple, ...]]:
        """Return the sets that were tried and do what they should."""
        kept: list[frozenset[Triple]] = []
        seen: list[frozenset[Hashable]] = []
        goal = self._terms.fact(self._goal)
        start = _Goal(goal, goal, self._known(goal), frozenset())
        self._push(_State((start,), frozenset(), 0))
        for _ in range(_STEPS):
            if not self._queue or monotonic() > self._deadline:
                break
            state = heappop(self._queue)[-1]
            if state.goals:
                for following in self._next(state):
                    self._push(following)
                continue
            facts = self._triples(state.supposed)
            alike = frozenset(self._supposable.likeness(fact) for fact in facts)
            is_new = not any(other <= alike for other in seen)
            if is_new and self._suffices(facts):
                seen.append(alike)
                kept.append(facts)
            if len(kept) == self._bounds.sets:
                break
        return [tuple(sorted(facts, key=str)) for facts in kept]

    # The search

    def _push(self, state: _State) -> None:
        goals: list[_Goal] = []
        cost = len(state.supposed)
        for goal in state.goals:
            if goal.known.is_hopeless:
                return
            if not goal.known.holds:
                goals.append(goal)
                cost += not goal.known.matches
        if cost > self._bounds.facts or state.new > self._bounds.things:
            return
        key = frozenset([goal.alike for goal in goals]), state.supposed
        if key not in self._visited:
            self._visited.add(key)
            state = _State(tuple(goals), state.supposed, state.new)
            heappush(self._queue, (cost, state.new, next(self._order), state))

    def _next(self, state: _State) -> Iterator[_State]:
        """Yield what can be done with the premise that leaves the fewest ways open."""
        chosen = min(state.goals, key=lambda goal: goal.known.ease)
        rest = tuple(goal for goal in state.goals if goal is not chosen)
        atom, known = chosen.atom, chosen.known
        for match in (*known.matches, *state.supposed):
            binding = _unify(atom, match)
            if binding is not None:
                yield self._bound(_State(rest, state.supposed, state.new), binding)
        if not known.is_open:
            return
        yield from self._suppose(atom, rest, state)
        if len(chosen.above) < _DEPTH:
            left = _State(rest, state.supposed, state.new)
            for route in self._concluding(atom):
                yield from self._resolve(chosen, route, left)

    def _known(self, alike: Atom) -> _Known:
        """Return what is known of a premise; during a search that stays the same."""
        known = self._seen.get(alike)
        if known is None:
            known = self._seen[alike] = self._looked_up(alike)
        return known

    def _looked_up(self, alike: Atom) -> _Known:
        loose = (alike[0] < 0) + (alike[2] < 0)
        matches, is_open = self._matches(alike), self._is_open(alike)
        return _Known(
            holds=not loose and bool(matches),
            matches=tuple(matches),
            is_open=is_open,
            is_hopeless=not (matches or is_open or loose == _BOTH),
            ease=(loose == _BOTH, is_open, loose),
        )

    def _is_open(self, atom: Atom) -> bool:
        """Say whether a premise could follow from what may be supposed."""
        return key_of(atom, self._engine.type) in self._open or (atom[1], -1) in self._open

    def _matches(self, atom: Atom) -> list[Atom]:
        """Return facts that a premise could be; none if nothing is known of it."""
        subject, prop, value = atom
        relation = self._engine.relations.get(prop)
        if relation is None or (subject < 0 and value < 0):
            return []
        if subject >= 0 and value >= 0:
            return [atom] if relation.rank(subject, value) is not None else []
        if subject >= 0:
            return [(subject, prop, each) for each, _ in relation.objects(subject)[:_MATCHES]]
        return [(each, prop, value) for each in relation.subjects(value)[:_MATCHES]]

    def _suppose(self, atom: Atom, rest: tuple[_Goal, ...], state: _State) -> Iterator[_State]:
        """Yield the states in which a premise is supposed, with each value that it may have."""
        prop = self._terms.term(atom[1])
        if not isinstance(prop, NamedNode) or (
            atom[1] != self._engine.type and not self._supposable.property(prop)
        ):
            return
        new = state.new
        subject, value = atom[0], atom[2]
        if subject < 0:
            new += 1
            subject = self._terms.number(self._supposable.new(new))
        values = [value]
        if value < 0:
            choice = self._supposable.values(prop)
            if choice is None:
                new += 1
                values = [self._terms.number(self._supposable.new(new))]
            else:
                values = self._numbers(prop, choice)
        for each in values:
            fact = (subject, atom[1], each)
            if subject & 1 or not self._may_suppose(fact):
                continue
            supposed = state.supposed | {fact}
            if self._supposable.together(self._triples(supposed)):
                yield self._bound(_State(rest, supposed, new), _unify(atom, fact))

    def _numbers(self, prop: NamedNode, choice: Sequence[NamedNode]) -> list[int]:
        """Return the values that a property is chosen from as numbers."""
        if prop not in self._choices:
            self._choices[prop] = [self._terms.number(each) for each in choice[:_MATCHES]]
        return self._choices[prop]

    def _may_suppose(self, fact: Atom) -> bool:
        triple = self._triple(fact)
        return triple != self._goal and self._supposable.fact(triple)

    def _resolve(self, goal: _Goal, route: Route, state: _State) -> Iterator[_State]:
        """Yield the state in which the premises of a clause stand in the place of a premise."""
        above, subject = goal.above | {goal.alike}, goal.alike[0]
        if any((subject, prop, value) in above for prop, value in route.ends):
            return
        shift = next(self._shifts)
        binding = _unify(_shifted(route.head, shift), goal.atom)
        if binding is None:
            return
        goals: list[_Goal] = []
        for each in route.body:
            atom = _put(_shifted(each, shift), binding)
            made = self._made(atom, above)
            if made.alike in above or made.known.is_hopeless:
                return
            goals.append(made)
        state = _State((*goals, *state.goals), state.supposed, state.new)
        yield state if all(term < -shift for term in binding) else self._bound(state, binding)

    def _concluding(self, atom: Atom) -> Iterator[Route]:
        _, prop, value = atom
        if prop == self._engine.type and value >= 0:
            yield from self._clauses.get((prop, value), ())
        for route in self._clauses.get((prop, -1), ()):
            if value < 0 or route.head[2] < 0 or route.head[2] == value:
                yield route

    def _bound(self, state: _State, binding: dict[int, int] | None) -> _State:
        """Put values for variables in all that is left to show."""
        if not binding:
            return state
        goals = (
            goal
            if goal.atom[0] >= 0 and goal.atom[2] >= 0
            else self._made(_put(goal.atom, binding), goal.above)
            for goal in state.goals
        )
        return _State(tuple(dict.fromkeys(goals)), state.supposed, state.new)

    def _made(self, atom: Atom, above: frozenset[Atom]) -> _Goal:
        alike = _alike(atom)
        return _Goal(atom, alike, self._known(alike), above)

    # The trial

    def _triples(self, supposed: frozenset[Atom]) -> frozenset[Triple]:
        return frozenset(map(self._triple, supposed))

    def _triple(self, fact: Atom) -> Triple:
        triple = self._spelled.get(fact)
        if triple is None:
            triple = self._spelled[fact] = self._terms.triple(fact)
        return triple

    def _suffices(self, facts: frozenset[Triple]) -> bool:
        """Say whether the statement follows from some facts, and from no part of them."""
        parts = [facts - {fact} for fact in facts]
        return self._follows(facts) and not any(self._follows(part) for part in parts)

    def _follows(self, facts: frozenset[Triple]) -> bool:
        with self._closure.supposing(facts):
            return self._goal in self._closure


def _unify(one: Atom, other: Atom) -> dict[int, int] | None:
    """Return what to put for the variables of two patterns so that they are the same, or None."""
    if one[1] != other[1]:
        return None
    binding: dict[int, int] = {}
    for left, right in ((one[0], other[0]), (one[2], other[2])):
        a, b = _walk(left, binding), _walk(right, binding)
        if a == b:
            continue
        if a < 0:
            binding[a] = b
        elif b < 0:
            binding[b] = a
        else:
            return None
    return binding


def _shifted(atom: Atom, shift: int) -> Atom:
    """Return a pattern with other variables."""
    subject, prop, value = atom
    return (
        subject if subject >= 0 else subject - shift,
        prop,
        value if value >= 0 else value - shift,
    )


def _alike(atom: Atom) -> Atom:
    """Return a pattern with its variables made alike."""
    return max(atom[0], -1), atom[1], max(atom[2], -1)


def _walk(term: int, binding: dict[int, int]) -> int:
    while term in binding:
        term = binding[term]
    return term


def _put(atom: Atom, binding: dict[int, int]) -> Atom:
    return _walk(atom[0], binding), atom[1], _walk(atom[2], binding)
