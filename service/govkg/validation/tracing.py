"""Trace what is said of an inner shape, as by ``sh:node``, to what breaks that inner shape.

SHACL lets an engine stop at “the value does not conform to the shape” (section 3.6.2.2), and what
more they say differs. So the inner shapes are put to the engine again, each on the one node that
was blamed, until what comes back speaks of no inner shape.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import NamedNode, Triple

from govkg.ontology import TYPE
from govkg.rdf import Node
from govkg.validation.expecting import INNER, kind
from govkg.validation.results import Result
from govkg.validation.shapes import Shapes, sh
from govkg.vocabulary import OWL, RDFS, SH

_VALUE: Final = "QualifiedValue"
"""Stands for a component that SHACL does not have: one value does not conform."""
ALL_OF: Final = {"Node", "And", _VALUE}
"""Components of which each cause must be mended."""
ONE_OF: Final = {"Or", "Xone"}
"""Components of which it is enough to mend the causes of one inner shape."""
_COUNTED: Final = "QualifiedMinCount"

Check = Callable[[Sequence[Triple], Sequence[Triple]], list[Result]]
"""Validates data against shapes, and returns what is found."""

_Ways = tuple[tuple[Result, ...], ...]

_DEEPEST: Final = 12
"""So many shapes within shapes are followed: SHACL leaves recursion open (section 3.4.3)."""
_MOST: Final = 2_000
"""So many inner shapes are asked for at a time; what is beyond is told without its causes."""
_OURS: Final = "urn:x-govkg:cause:"
_SOMETHING: Final = NamedNode(_OURS + "something")
_TARGETS: Final = {
    SH + name
    for name in ("target", "targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
}
_CLASSES: Final = {NamedNode(RDFS + "Class"), NamedNode(OWL + "Class")}
"""What makes a shape target its own instances (section 2.1.3.3)."""


@dataclass(frozen=True)
class _Question:
    """Why a node does not conform to a shape, to be asked."""

    result: int
    """The number of the result that is to be explained."""
    node: Node
    inner: Node
    of: Node | None = None
    """A shape that counts values: then the question is asked of each value of its path."""


class Tracer:
    """Asks an engine why nodes do not conform to inner shapes."""

    def __init__(self, shapes: Shapes, check: Check, *, even_worded: bool = False) -> None:
        """Take the shapes, and what checks data against some of them.

        If ``even_worded``, shapes with messages of their own are traced too, since nobody knows
        whether these say what is amiss within.
        """
        self._shapes = shapes
        self._check = check
        self._even_worded = even_worded
        self._about: dict[Node, list[Triple]] = {}
        self._untargeted = [each for each in shapes.triples if not _is_target(each)]
        for triple in self._untargeted:
            self._about.setdefault(triple.subject, []).append(triple)

    def traced(self, results: Sequence[Result], data: Sequence[Triple]) -> list[Result]:
        """Return the results, those that speak of inner shapes with their causes."""
        return self._traced(results, [0] * len(results), data, 0)

    def _traced(
        self, results: Sequence[Result], sources: Sequence[int], data: Sequence[Triple], depth: int
    ) -> list[Result]:
        """Return results with their causes; those of one source are of one report on one node."""
        questions = [q for at, each in enumerate(results) for q in self._questions(at, each)]
        if not questions or depth > _DEEPEST:
            return list(results)
        causes: list[list[tuple[Result, ...]]] = [[] for _ in results]
        answers = self._answers(questions[:_MOST], data, depth)
        for question, answer in zip(questions, answers, strict=False):
            one_by_one = question.of is not None
            causes[question.result] += [(a,) for a in answer] if one_by_one else [tuple(answer)]
        telling = [_telling(each, found) for each, found in zip(results, causes, strict=True)]
        return list(_explained(list(zip(sources, results, strict=True)), telling))

    def _questions(self, at: int, result: Result) -> Iterator[_Question]:
        """Yield what is to be asked about a result."""
        asked, shape = kind(result.component), result.shape
        if self._shapes.templates(shape) and not self._even_worded:
            return
        if asked == _COUNTED:
            for inner in self._shapes.values(shape, INNER[asked]):
                yield _Question(at, result.focus, inner, of=shape)
        elif asked in ALL_OF | ONE_OF and result.value is not None:
            for value in self._shapes.values(shape, INNER[asked]):
                for inner in self._shapes.members(value) or [value]:
                    yield _Question(at, result.value, inner)

    def _answers(
        self, questions: Sequence[_Question], data: Sequence[Triple], depth: int
    ) -> list[list[Result]]:
        """Ask all questions at once: each has a copy of its shape, with a target of its own."""
        originals: dict[Node, tuple[int, Node]] = {}
        shapes, marked = list(self._untargeted), list(data)
        for number, question in enumerate(questions):
            mark = NamedNode(f"{_OURS}{number}:asked")
            copies = self._copies(number, question)
            originals |= {copy: (number, shape) for shape, copy in copies.items()}
            shapes += self._copied(copies) if question.of is None else self._each(question, copies)
            shapes.append(Triple(next(iter(copies.values())), sh("targetObjectsOf"), mark))
            marked.append(Triple(_SOMETHING, mark, question.node))
        results = self._check(shapes, marked)
        known = [(*originals[r.shape], r) for r in results if r.shape in originals]
        told = [replace(result, shape=shape) for _, shape, result in known]
        for at, (number, _, _) in enumerate(known):
            if questions[number].of is not None:
                told[at] = replace(told[at], component=SH + _VALUE)
        found: list[list[Result]] = [[] for _ in questions]
        numbers = [number for number, _, _ in known]
        for number, each in zip(numbers, self._traced(told, numbers, data, depth + 1), strict=True):
            found[number].append(each)
        return [sorted(each, key=_order) for each in found]

    def _each(self, question: _Question, copies: dict[Node, NamedNode]) -> Iterator[Triple]:
        """Yield a shape that asks of each value of a path what another only counts."""
        for shape, copy in copies.items():
            yield Triple(copy, sh("node"), question.inner)
            for path in self._shapes.values(shape, "path"):
                yield Triple(copy, sh("path"), path)

    def _copies(self, number: int, question: _Question) -> dict[Node, NamedNode]:
        """Return names for copies of a shape and the property shapes below it, it first."""
        if question.of is not None:
            return {question.of: NamedNode(f"{_OURS}{number}:0")}
        found: dict[Node, NamedNode] = {}
        waiting = [question.inner]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found[here] = NamedNode(f"{_OURS}{number}:{len(found)}")
                waiting += self._shapes.values(here, "property")
        return found

    def _copied(self, copies: dict[Node, NamedNode]) -> Iterator[Triple]:
        """Yield copies of shapes; what they share with other shapes is not copied."""
        for shape, copy in copies.items():
            for triple in self._about.get(shape, ()):
                value = triple.object
                if triple.predicate == sh("property"):
                    value = copies[value]
                yield Triple(copy, triple.predicate, value)


def _is_target(triple: Triple) -> bool:
    of_class = triple.predicate == TYPE and triple.object in _CLASSES
    return of_class or triple.predicate.value in _TARGETS


def _order(result: Result) -> tuple[str, ...]:
    """Sort results alike, whatever the engine."""
    path = result.path.text if result.path else ""
    return str(result.focus), path, str(result.value), result.component, str(result.shape)


def _explained(results: Sequence[tuple[int, Result]], causes: Sequence[_Ways]) -> Iterator[Result]:
    """Yield results, each with its source, with causes.

    An engine reports each ``sh:node`` of a shape by itself, so each has a cause of its own.
    """
    alike, seen = Counter(results), Counter[tuple[int, Result]]()
    for each, ways in zip(results, causes, strict=True):
        _, result = each
        apart = kind(result.component) == "Node" and alike[each] == len(ways) > 1
        yield replace(result, causes=(ways[seen[each]],) if apart else ways)
        seen[each] += 1


def _telling(result: Result, found: list[tuple[Result, ...]]) -> _Ways:
    """Return the causes that say something; of alternatives, if none holds, as it should."""
    if kind(result.component) in ONE_OF and not all(found):
        return ()
    return tuple(group for group in found if group)


def leaves(result: Result) -> Iterator[Result]:
    """Yield what must be mended for a result to go away, each with the result as ``within``.

    What is amiss with the very value that was blamed is told of the property that holds it.
    """
    if kind(result.component) not in ALL_OF or not result.causes:
        yield result
        return
    for group in result.causes:
        for cause in group:
            yield from leaves(_seated(cause, result))


def groups(result: Result) -> list[list[Result]]:
    """Return the ways in which a result could be mended, one of which is enough."""
    return [
        [leaf for cause in group for leaf in leaves(_seated(cause, result))]
        for group in result.causes
    ]


def _seated(cause: Result, outer: Result) -> Result:
    cause = replace(cause, within=outer)
    if cause.path is not None or cause.focus != outer.value:
        return cause
    return replace(cause, focus=outer.focus, path=outer.path, value=outer.value)


def outermost(result: Result) -> Result:
    """Return the result as an engine gives it, of which this is a cause."""
    while result.within is not None:
        result = result.within
    return result
