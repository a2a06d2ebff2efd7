"""What is missing: the smallest sets of facts that would make a statement follow (abduction).

The clauses of the closure are run backwards from the statement, as for a proof, but a premise that
does not hold may be supposed if it is of a kind that can be. Every set that is found is then tried:
it is kept only if the statement follows once it is supposed, and if no part of it suffices.
Source: C. Peirce's abduction, as in A. Kakas, R. Kowalski and F. Toni, "Abductive logic
programming" (1992), with the search for the smallest sets first.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import count
from time import monotonic
from typing import Final, NamedTuple, Protocol

from pyoxigraph import NamedNode, Triple

from govkg.reasoning.clauses import Clause
from govkg.reasoning.closure import Closure
from govkg.reasoning.engine import Engine
from govkg.reasoning.joins import Atom

_STEPS: Final = 20_000
"""How many states the search looks at."""
_DEPTH: Final = 12
"""How many clauses may be applied one upon the other."""
_MATCHES: Final = 60
"""How many facts a premise is tried with."""


class Supposable(Protocol):
    """Knows which facts may be supposed."""

    def property(self, predicate: NamedNode) -> bool:
        """Say whether facts of a property may be supposed at all."""

    def fact(self, triple: Triple) -> bool:
        """Say whether a fact may be supposed; a new thing in it is one that ``is_new``."""

    def values(self, predicate: NamedNode) -> Sequence[NamedNode] | None:
        """Return what the values of a property are chosen from; None if they may be new."""

    def new(self, number: int) -> NamedNode:
        """Return the name of a thing that was not there before, numbered from 1."""

    def together(self, triples: frozenset[Triple]) -> bool:
        """Say whether facts, each of which may be supposed, may be supposed together."""

    def classes(self) -> Iterable[NamedNode]:
        """Return the classes of which a new thing may be supposed to be."""

    def likeness(self, triple: Triple) -> Hashable:
        """Return what a fact has in common with those that are no real alternative to it."""


class Bounds(NamedTuple):
    """How far a search goes."""

    sets: int = 5
    """How many sets are returned."""
    facts: int = 4
    """How many facts a set may have."""
    things: int = 2
    """How many things may be supposed that were not there before."""
    seconds: float = 1.0


class _Goal(NamedTuple):
    """A premise to be shown."""

    atom: Atom
    above: frozenset[Atom]
    """The premises that it is to show, their variables made alike."""


class _State(NamedTuple):
    """A point of the search: what is left to show, and what was supposed for it."""

    goals: tuple["_Goal", ...]
    """What is left to show."""
    supposed: frozenset[Atom]
    new: int
    """How many new things there are."""


class Routes:
    """What concludes what, and which of it could follow from what may be supposed.

    It is kept as long as the clauses are the same; so it may only serve one closure, and what may
    be supposed by the same properties and classes.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._changes = -1
        self.clauses: defaultdict[tuple[int, int], list[Clause]] = defaultdict(list)
        self.open: set[tuple[int, int]] = set()

    def follow(self, engine: Engine, supposable: Supposable) -> None:
        """Look at the clauses, unless they are those of the last time."""
        if self._changes == engine.program.changes:
            return
        self._changes = engine.program.changes
        self.clauses.clear()
        for clause in engine.program.clauses:
            if clause.head:
                self.clauses[_key(clause.head, engine.type)].append(clause)
        self.open = self._reach(engine, supposable)

    def _reach(self, engine: Engine, supposable: Supposable) -> set[tuple[int, int]]:
        """Return which properties and classes facts that may be supposed could lead to."""
        kind, terms = engine.type, engine.terms
        reached: set[tuple[int, int]] = set()
        used = {prop for clause in engine.program.clauses for _, prop, _ in clause.body}
        for prop in used - {kind}:
            node = terms.term(prop)
            if isinstance(node, NamedNode) and supposable.property(node):
                reached.add((prop, -1))
        reached |= {(kind, terms.number(each)) for each in supposable.classes()}
        grown = True
        while grown:
            grown = False
            for key, clauses in self.clauses.items():
                if key not in reached and any(_leads(c, reached, kind) for c in clauses):
                    reached.add(key)
                    grown = True
        return reached


def _leads(clause: Clause, reached: set[tuple[int, int]], kind: int) -> bool:
    return any(_key(atom, kind) in reached for atom in clause.body)


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
        self._variables = count(10_000)
        self._order = count()
        self._queue: list[tuple[int, int, int, _State]] = []
        self._visited: set[tuple[frozenset[Atom], frozenset[Atom]]] = set()

    def found(self) -> list[tuple[Triple, ...]]:
        """Return the sets that were tried and do what they should."""
        kept: list[frozenset[Triple]] = []
        seen: list[frozenset[Hashable]] = []
        start = _Goal(self._terms.fact(self._goal), frozenset())
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
        goals = tuple(goal for goal in state.goals if not self._is_met(goal.atom))
        cost = len(state.supposed) + sum(not self._matches(goal.atom) for goal in goals)
        key = frozenset(_alike(goal.atom) for goal in goals), state.supposed
        if (
            cost <= self._bounds.facts
            and state.new <= self._bounds.things
            and key not in self._visited
        ):
            self._visited.add(key)
            state = _State(goals, state.supposed, state.new)
            heappush(self._queue, (cost, state.new, next(self._order), state))

    def _next(self, state: _State) -> Iterator[_State]:
        """Yield what can be done with the premise that leaves the fewest ways open."""
        chosen = min(state.goals, key=lambda goal: self._ease(goal.atom))
        rest = tuple(goal for goal in state.goals if goal is not chosen)
        atom = chosen.atom
        for match in (*self._matches(atom), *state.supposed):
            binding = _unify(atom, match)
            if binding is not None:
                yield _bound(_State(rest, state.supposed, state.new), binding)
        if not self._is_open(atom):
            return
        yield from self._suppose(atom, rest, state)
        if len(chosen.above) < _DEPTH:
            left = _State(rest, state.supposed, state.new)
            for clause in self._concluding(atom):
                yield from self._resolve(chosen, clause, left)

    def _ease(self, atom: Atom) -> tuple[bool, bool, int]:
        """Sort premises: those that can only be matched first, then by what is known of them."""
        is_open = self._is_open(atom)
        loose = (atom[0] < 0) + (atom[2] < 0)
        return loose == 2, is_open, loose

    def _is_open(self, atom: Atom) -> bool:
        """Say whether a premise could follow from what may be supposed."""
        return _key(atom, self._engine.type) in self._open or (atom[1], -1) in self._open

    def _is_met(self, atom: Atom) -> bool:
        """Say whether a premise without variables holds."""
        return atom[0] >= 0 and atom[2] >= 0 and bool(self._matches(atom))

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
                values = [self._terms.number(each) for each in choice[:_MATCHES]]
        for each in values:
            fact = (subject, atom[1], each)
            triple = self._terms.triple(fact) if not subject & 1 else None
            if triple is None or triple == self._goal or not self._supposable.fact(triple):
                continue
            supposed = state.supposed | {fact}
            if self._supposable.together(self._triples(supposed)):
                yield _bound(_State(rest, supposed, new), _unify(atom, fact))

    def _resolve(self, goal: _Goal, clause: Clause, state: _State) -> Iterator[_State]:
        """Yield the state in which the premises of a clause stand in the place of a premise."""
        names: dict[int, int] = {}

        def fresh(term: int) -> int:
            return term if term >= 0 else names.setdefault(term, -next(self._variables))

        s, p, o = clause.head or goal.atom
        binding = _unify((fresh(s), p, fresh(o)), goal.atom)
        if binding is None:
            return
        body = [(fresh(s), p, fresh(o)) for s, p, o in clause.body]
        above = goal.above | {_alike(goal.atom)}
        goals = tuple(_Goal(_put(each, binding), above) for each in body)
        if any(_alike(each.atom) in above for each in goals):
            return
        yield _bound(_State((*goals, *state.goals), state.supposed, state.new), binding)

    def _concluding(self, atom: Atom) -> Iterator[Clause]:
        _, prop, value = atom
        if prop == self._engine.type and value >= 0:
            yield from self._clauses.get((prop, value), ())
        yield from self._clauses.get((prop, -1), ())

    # The trial

    def _triples(self, supposed: frozenset[Atom]) -> frozenset[Triple]:
        return frozenset(self._terms.triple(fact) for fact in supposed)

    def _suffices(self, facts: frozenset[Triple]) -> bool:
        """Say whether the statement follows from some facts, and from no part of them."""
        parts = [facts - {fact} for fact in facts]
        return self._follows(facts) and not any(self._follows(part) for part in parts)

    def _follows(self, facts: frozenset[Triple]) -> bool:
        with self._closure.supposing(facts):
            return self._goal in self._closure


def _key(atom: Atom, kind: int) -> tuple[int, int]:
    """Return the property of a pattern, with the class if it gives one."""
    return atom[1], atom[2] if atom[1] == kind and atom[2] >= 0 else -1


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


def _alike(atom: Atom) -> Atom:
    """Return a pattern with its variables made alike."""
    return max(atom[0], -1), atom[1], max(atom[2], -1)


def _walk(term: int, binding: dict[int, int]) -> int:
    while term in binding:
        term = binding[term]
    return term


def _put(atom: Atom, binding: dict[int, int]) -> Atom:
    return _walk(atom[0], binding), atom[1], _walk(atom[2], binding)


def _bound(state: _State, binding: dict[int, int] | None) -> _State:
    """Put values for variables in all that is left to show."""
    if not binding:
        return state
    goals = tuple(_Goal(_put(goal.atom, binding), goal.above) for goal in state.goals)
    return _State(tuple(dict.fromkeys(goals)), state.supposed, state.new)
