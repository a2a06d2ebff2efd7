"""What concludes what: the ways back from a statement to what may be supposed for it."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Final, NamedTuple, Protocol

from pyoxigraph import NamedNode, Triple

from govkg.reasoning.closure import Closure
from govkg.reasoning.engine import Engine
from govkg.reasoning.joins import Atom

_DEFINING: Final = {"cax-eqc1", "cax-eqc2", "cls-int1", "cls-uni", "cls-hv2"}
"""The rules by which the definition of a class puts a thing into it."""


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


class Route(NamedTuple):
    """A clause, by which a premise could be shown."""

    head: Atom
    body: tuple[Atom, ...]
    ends: tuple[tuple[int, int], ...]
    """Property and value of those of its premises that speak of the subject of the conclusion and
    have no other variable: most clauses that would run in circles do so by one of these."""
    defines: bool
    """Whether it says what the class is that it concludes, not only what is in it as well."""


class Routes:
    """What concludes what, and which of it could follow from what may be supposed.

    It is kept as long as the clauses are the same; so it may only serve one closure, and what may
    be supposed by the same properties and classes.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._changes = -1
        self.clauses: defaultdict[tuple[int, int], list[Route]] = defaultdict(list)
        self.open: set[tuple[int, int]] = set()

    def follow(self, engine: Engine, supposable: Supposable) -> None:
        """Look at the clauses, unless they are those of the last time."""
        if self._changes == engine.program.changes:
            return
        self._changes = engine.program.changes
        self.clauses.clear()
        for clause in engine.program.clauses:
            if clause.head:
                route = _route(clause.head, clause.body, defines=clause.rule in _DEFINING)
                self.clauses[key_of(clause.head, engine.type)].append(route)
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


def _route(head: Atom, body: Iterable[Atom], *, defines: bool) -> Route:
    """Return a clause, its variables numbered from -1 down."""
    names: dict[int, int] = {}

    def renamed(atom: Atom) -> Atom:
        subject, prop, value = atom
        subject, value = (
            term if term >= 0 else names.setdefault(term, -1 - len(names))
            for term in (subject, value)
        )
        return subject, prop, value

    head, atoms = renamed(head), tuple(map(renamed, body))
    ends = tuple((p, o) for s, p, o in atoms if s == head[0] < 0 and o >= 0)
    return Route(head, atoms, ends, defines)


def _leads(route: Route, reached: set[tuple[int, int]], kind: int) -> bool:
    return any(key_of(atom, kind) in reached for atom in route.body)


class Parts(NamedTuple):
    """How much of what a class asks of its members is there."""

    held: int
    lacking: int


def parts(closure: Closure, goal: Triple, supposable: Supposable, routes: Routes) -> Parts:
    """Count the relations that a class asks of a thing by its definition.

    Of what kind the thing must be does not count, nor what else could put it into the class.
    """
    engine = closure.engine
    routes.follow(engine, supposable)
    subject, kind, aim = engine.terms.fact(goal)
    classes, waiting, asked = {aim}, [aim], set[tuple[int, int]]()
    while waiting:
        for route in routes.clauses.get((kind, waiting.pop()), ()):
            for prop, value in route.ends if route.defines else ():
                if prop != kind:
                    asked.add((prop, value))
                elif value not in classes:
                    classes.add(value)
                    waiting.append(value)
    held = sum(engine.rank((subject, *each)) is not None for each in asked)
    return Parts(held, len(asked) - held)


def key_of(atom: Atom, kind: int) -> tuple[int, int]:
    """Return the property of a pattern, with the class if it gives one."""
    return atom[1], atom[2] if atom[1] == kind and atom[2] >= 0 else -1
