"""All patterns of all names in one tree, and what of it stands in a sentence."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from govkg.annotating.lexicon import lexicon
from govkg.annotating.names import Name, compared
from govkg.annotating.patterns import FITS, Bag, Fit, Pattern, bags_of, patterns_of, simple
from govkg.annotating.tokens import AND, BE, JOINING, OF, Token, skips
from govkg.errors import Language
from govkg.wording import stem

_APART: Final = 7
"""So many tokens further the end of a name may stand that it shares with another."""
_STATES: Final = 64
"""Over so many ways into the tree is not gone from one token, which bounds the work."""


@dataclass(frozen=True)
class Found:
    """A name that may stand in a sentence, or a longer word that means something else."""

    start: int
    """The first code point."""
    end: int
    """The code point after the last."""
    letters: int
    """How many code points of it are of the name."""
    name: Name | None
    """None for a word that means something else."""
    fit: Fit

    @property
    def score(self) -> float:
        """Return from 0 to 1 how surely the name is meant, seen by itself."""
        return self.name.weight * FITS[self.fit] if self.name else 1.0


@dataclass
class _Node:
    below: dict[str, "_Node"] = field(default_factory=dict)
    patterns: list[Pattern | None] = field(default_factory=list)


class _State(NamedTuple):
    """A way into the tree: where it has come to, by which tokens."""

    node: _Node
    place: int
    taken: tuple[int, ...]
    stranger: bool = False
    """Whether a word was let in that is not of the name."""
    own: int = 0
    """How many tokens it has for itself, if the rest stands with another name as well."""


class Gazetteer:
    """The names of the concepts, ready to be found."""

    def __init__(self, names: Iterable[Name]) -> None:
        """Compile the names."""
        names = list(names)
        self._root = _Node()
        for name in names:
            for pattern in patterns_of(name):
                self._add(pattern.keys, pattern)
        for words in lexicon().other_words.values():
            for word in words:
                self._add(tuple(token.key for token in compared(word)), None)
        self._parts = _Node()
        self._bags = self._anchored(names)

    def _add(self, keys: tuple[str, ...], pattern: Pattern | None) -> None:
        node = self._root
        for key in keys:
            node = node.below.setdefault(key, _Node())
        node.patterns.append(pattern)

    def _anchored(self, names: list[Name]) -> dict[tuple[str, ...], list[Bag]]:
        """Return the names in parts, each under its rarest part."""
        spoken = {"".join(t.text for t in n.tokens) for n in names if n.language == "zh"}
        known = simple(frozenset(spoken | lexicon().same_in_chinese.keys()))
        bags = [bag for name in names for bag in bags_of(name, known)]
        common = Counter(part for bag in bags for part in bag.parts)
        found: defaultdict[tuple[str, ...], list[Bag]] = defaultdict(list)
        for bag in bags:
            found[min(bag.parts, key=lambda part: (common[part], part))].append(bag)
        for part in common:
            node = self._parts
            for key in part:
                node = node.below.setdefault(key, _Node())
            node.patterns = [None]
        return dict(found)

    def find(self, sentence: list[Token], languages: frozenset[Language]) -> list[Found]:
        """Return every name that may stand in a sentence; they may overlap.

        A concept that has a name in one piece is not looked for in pieces as well.
        """
        whole = list(self._whole(sentence, languages))
        named = {f.name.concept for f in whole if f.name and f.name.part != "topic"}
        pieces = self._scattered(sentence, languages)
        return whole + [found for found in pieces if found.name and found.name.concept not in named]

    def _whole(self, sentence: list[Token], languages: frozenset[Language]) -> Iterator[Found]:
        """Yield the names that stand in one piece."""
        passed = skips(sentence)
        for start, token in enumerate(sentence):
            if token.key not in self._root.below:
                continue
            for state in self._walk(sentence, passed, start):
                for pattern in state.node.patterns:
                    if pattern is None or pattern.name.language in languages:
                        yield from _found(sentence, state, pattern)

    def _walk(self, sentence: list[Token], passed: dict[int, int], start: int) -> Iterator[_State]:
        """Yield the states at the end of a pattern that begins at a token."""
        states = [_State(self._root, start, ())]
        for _ in range(_STATES):
            if not states:
                return
            state = states.pop()
            if state.node.patterns and state.taken:
                yield state
            if state.place < len(sentence):
                states += _further(sentence, passed, state)

    def _scattered(self, sentence: list[Token], languages: frozenset[Language]) -> Iterator[Found]:
        """Yield the long names whose parts all stand close to each other."""
        places = self._places(sentence)
        for part, spots in places.items():
            for bag in self._bags.get(part, ()):
                if bag.name.language in languages and all(p in places for p in bag.parts):
                    for spot in spots:
                        yield from _gathered(sentence, bag, spot, places)

    def _places(self, sentence: list[Token]) -> dict[tuple[str, ...], list[int]]:
        """Return where the parts of long names stand."""
        found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for start, token in enumerate(sentence):
            if token.key not in self._parts.below:
                continue
            node, place = self._parts, start
            while place < len(sentence) and (below := node.below.get(sentence[place].key)):
                node, place = below, place + 1
                if node.patterns:
                    found[tuple(t.key for t in sentence[start:place])].append(start)
        return found


def _further(sentence: list[Token], passed: dict[int, int], state: _State) -> Iterator[_State]:
    """Yield where a way into the tree leads from a token."""
    place, token = state.place, sentence[state.place]
    if below := state.node.below.get(token.key):
        yield state._replace(node=below, place=place + 1, taken=(*state.taken, place))
    if not state.taken or not state.node.below:
        return
    if token.key == AND and not state.own:
        yield from _joined(sentence, passed, state)
    if place in passed and place - state.taken[-1] <= 4:
        yield state._replace(place=place + passed[place])
    elif not state.stranger and _lets_in(sentence[state.taken[-1]], token):
        yield state._replace(place=place + 1, stranger=True)


def _joined(sentence: list[Token], passed: dict[int, int], state: _State) -> Iterator[_State]:
    """Yield where a name goes on whose end another name has too (external and internal control)."""
    for place in range(state.place + 1, min(len(sentence), state.place + _APART)):
        last, token = sentence[place - 1], sentence[place]
        if token.key in state.node.below and last.key not in JOINING:
            yield state._replace(place=place, own=len(state.taken))
        if place in passed or token.key in (OF, BE):
            return


def _lets_in(last: Token, token: Token) -> bool:
    """Say whether a strange word may follow: an English one, after a word that joins."""
    return last.key in (OF, AND) and token.key not in JOINING and token.text.isascii()


def _found(sentence: list[Token], state: _State, pattern: Pattern | None) -> Iterator[Found]:
    """Yield what the end of a pattern means."""
    taken = [sentence[place] for place in state.taken]
    if state.own:
        yield from _found_shared(taken, state.own, pattern)
        return
    letters = sum(token.end - token.start for token in taken)
    start, end = taken[0].start, taken[-1].end
    if pattern is None:
        yield Found(start, end, letters, None, "exact")
    elif pattern.admits(taken[0]) and (len(taken) > 1 or _is_noun(sentence, state.taken[0])):
        fit = "interrupted" if state.stranger else _fit(pattern, taken)
        if fit is not None:
            yield Found(start, end, letters, pattern.name, fit)


def _found_shared(taken: list[Token], own: int, pattern: Pattern | None) -> Iterator[Found]:
    """Yield a name whose end stands with another name; it has only its own words for itself."""
    if pattern is None or not pattern.texts:
        return
    least = 1 if pattern.name.language == "en" else 2  # Chinese words have two characters
    if own >= least and least <= len(taken) - own <= 2 * least and _fit(pattern, taken):
        letters = sum(token.end - token.start for token in taken[:own])
        yield Found(taken[0].start, taken[own - 1].end, letters, pattern.name, "shared")


def _is_noun(sentence: list[Token], place: int) -> bool:
    """Say whether a word stands as a noun, if it is one of those that are mostly none."""
    words = lexicon()
    if sentence[place].text not in words.nouns:
        return True
    follower = sentence[place + 1] if place + 1 < len(sentence) else None
    alone = follower is None or follower.key in JOINING or follower.text in words.before
    return alone and not (place and sentence[place - 1].key == BE)


def _fit(pattern: Pattern, taken: list[Token]) -> Fit | None:
    """Return how a pattern fits its tokens; None for a word alone in a form of a verb."""
    if not pattern.texts:
        return pattern.fit
    pairs = list(zip(pattern.texts, (token.text for token in taken), strict=True))
    pairs = [(own, other) for own, other in pairs if own != other]
    if not pairs:
        return "exact"
    if len(taken) == 1 and not _is_plural(*pairs[0]):
        return None
    return "inflected" if all(stem(own) == stem(other) for own, other in pairs) else "reworded"


def _is_plural(one: str, other: str) -> bool:
    """Say whether of two words one is the plural of the other."""
    short, long = sorted((one, other), key=len)
    return long in (f"{short}s", f"{short}es", f"{short[:-1]}ies", f"{short[:-2]}es")


def _gathered(
    sentence: list[Token], bag: Bag, spot: int, places: dict[tuple[str, ...], list[int]]
) -> Iterator[Found]:
    """Yield a long name whose parts stand within reach of the rarest one."""
    spans = [(_nearest(places[part], spot), len(part)) for part in bag.parts]
    start = min(place for place, _ in spans)
    end = max(place + size for place, size in spans)
    if end - start <= bag.reach:
        letters = sum(
            sentence[place + n].end - sentence[place + n].start
            for place, size in spans
            for n in range(size)
        )
        yield Found(sentence[start].start, sentence[end - 1].end, letters, bag.name, "scattered")


def _nearest(places: list[int], spot: int) -> int:
    """Return the place of some, in their order, that is nearest to a spot."""
    after = bisect_left(places, spot)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - spot))
