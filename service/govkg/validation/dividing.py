"""Divide triples into chunks of cases, each with the places and actors that it mentions."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from pyoxigraph import Literal, Triple

from govkg.ontology import TYPE
from govkg.rdf import Node


class Divided:
    """Triples in chunks that cut through nothing that hangs together.

    What is shared, by its class, does not join those that mention it: it is repeated for each.
    """

    def __init__(self, data: Sequence[Triple], shared: AbstractSet[Node], size: int) -> None:
        """Divide triples into chunks of about ``size``, in their order."""
        self._numbers: dict[Node, int] = {}
        subjects = array("l")
        for triple in data:
            subjects.append(self._numbers.setdefault(triple.subject, len(self._numbers)))
        links, own = self._seen(data, subjects, shared)
        below = _settled(links, own)
        self._homes = _packed(subjects, _joined(links, own), own, size)
        chunks: defaultdict[int, list[int]] = defaultdict(list)
        for number, other in links.pairs():
            if own[number] and not own[other]:
                chunks[self._homes[number]].append(other)
        self._repeated = self._spread(chunks, below)
        self.chunks = self._filled(data, subjects)

    def home(self, node: Node) -> int | None:
        """Return the number of the chunk whose results on a node count, or none for a foreign."""
        number = self._numbers.get(node)
        return None if number is None else self._homes[number]

    def _seen(
        self, data: Sequence[Triple], subjects: Sequence[int], shared: AbstractSet[Node]
    ) -> tuple["_Links", bytearray]:
        """Return which nodes mention which, and which of them are not shared by their classes."""
        links = _Links()
        typed, own = bytearray(len(self._numbers)), bytearray(len(self._numbers))
        for triple, number in zip(data, subjects, strict=True):
            value = triple.object
            if isinstance(value, Literal):
                continue
            if triple.predicate == TYPE:
                typed[number] = 1
                own[number] |= value not in shared
            other = self._numbers.get(value)
            if other is not None and other != number:
                links.add(number, other)
        for number, has_type in enumerate(typed):
            own[number] |= not has_type
        return links, own

    def _spread(
        self, mentioned: dict[int, list[int]], below: dict[int, list[int]]
    ) -> dict[int, list[int]]:
        """Return for each shared node the chunks that need it; the first of them is its home."""
        found: dict[int, list[int]] = {}
        for chunk in sorted(mentioned):
            for number in _reached(mentioned[chunk], below):
                found.setdefault(number, []).append(chunk)
        for number, chunks in found.items():
            self._homes[number] = chunks[0]
        return found

    def _filled(self, data: Sequence[Triple], subjects: Sequence[int]) -> list[list[Triple]]:
        chunks: list[list[Triple]] = [[] for _ in range(max(self._homes, default=-1) + 1)]
        for triple, number in zip(data, subjects, strict=True):
            for chunk in self._repeated.get(number) or (self._homes[number],):
                chunks[chunk].append(triple)
        return chunks


class _Links:
    """Pairs of numbers, in little memory: which node mentions which."""

    def __init__(self) -> None:
        self._ones, self._others = array("l"), array("l")

    def add(self, one: int, other: int) -> None:
        """Take note of a pair."""
        self._ones.append(one)
        self._others.append(other)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Return all pairs, in order."""
        return zip(self._ones, self._others, strict=True)


def _settled(links: _Links, own: bytearray) -> dict[int, list[int]]:
    """Settle which nodes are shared, and return which shared nodes these mention.

    What is shared by its class but mentions a part of a case is counted as a part of that case; and
    what no case mentions is nobody's but its own.
    """
    above: defaultdict[int, list[int]] = defaultdict(list)
    below: defaultdict[int, list[int]] = defaultdict(list)
    for one, other in links.pairs():
        if not own[one]:
            above[other].append(one)
            below[one].append(other)
    for number in _reached([n for n in above if own[n]], above):
        own[number] = 1
    mentioned = _reached(
        [other for one, other in links.pairs() if own[one] and not own[other]], below
    )
    for number, is_own in enumerate(own):
        if not is_own and number not in mentioned:
            own[number] = 1
    return below


def _reached(start: list[int], links: dict[int, list[int]]) -> set[int]:
    """Return some numbers and all to which links lead from them."""
    found, waiting = set(start), list(start)
    while waiting:
        for other in links.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found


def _joined(links: _Links, own: bytearray) -> list[int]:
    """Return for each node one that stands for all with which it hangs together."""
    above = list(range(len(own)))

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = above[above[number]]
            number = above[number]
        return number

    for one, other in links.pairs():
        if own[one] and own[other]:
            above[top(one)] = top(other)
    return [top(number) for number in range(len(own))]


def _packed(subjects: Sequence[int], tops: list[int], own: bytearray, size: int) -> list[int]:
    """Return for each node its chunk: what hangs together, in order, until a chunk is full."""
    counts: dict[int, int] = {}
    for number in subjects:
        if own[number]:
            counts[tops[number]] = counts.get(tops[number], 0) + 1
    chunk_of: dict[int, int] = {}
    chunk = filled = 0
    for top, count in counts.items():
        if filled and filled + count > size:
            chunk, filled = chunk + 1, 0
        chunk_of[top] = chunk
        filled += count
    return [chunk_of.get(top, 0) for top in tops]
