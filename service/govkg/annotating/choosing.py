"""Which of the names that may stand in a text do: by what stands near, and without overlaps."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from govkg.annotating.gazetteer import Found

FIRM: Final = 0.6
"""A name that scores so much by itself is firm: it lends weight to everyday words near it."""
NEAR: Final = 400
"""How many code points away a firm name may stand to do so."""
_LENT: Final = 0.2
"""How much of what an everyday word lacks one firm name gives; two give twice as much."""


@dataclass(frozen=True)
class Chosen:
    """A name that stands in the text, with its score in that context."""

    found: Found
    score: float


def chosen(found: Iterable[Found], least: float) -> list[Chosen]:
    """Return names that do not overlap, in their order, with at least a score.

    Where names overlap, those count that are worth most in sum, which is mostly the longest; names
    that several concepts have stand for each of them.
    """
    kept: list[list[Found]] = []
    for group in _overlapping(sorted(found, key=lambda each: (each.start, -each.end))):
        kept += _apart(group)
    firm = sorted(
        (span[0].start, each.name.concept)
        for span in kept
        for each in span
        if each.name and each.score >= FIRM
    )
    scored = (Chosen(each, _in_context(each, firm)) for span in kept for each in span if each.name)
    return [each for each in scored if each.score >= least]


def _overlapping(found: list[Found]) -> Iterable[list[Found]]:
    """Yield groups of names that overlap, directly or by others."""
    group: list[Found] = []
    end = -1
    for each in found:
        if group and each.start >= end:
            yield group
            group = []
        group.append(each)
        end = max(end, each.end)
    if group:
        yield group


def _apart(group: list[Found]) -> list[list[Found]]:
    """Return the names of a group that do not overlap and are worth most in sum.

    Names of the same span stay together if they are as sure.
    """
    spans: dict[tuple[int, int], list[Found]] = {}
    for each in sorted(group, key=lambda found: -_worth(found)):
        span = spans.setdefault((each.start, each.end), [each])
        if span[0] is not each and _equal(span, each):
            span.append(each)
    ordered = sorted(spans.values(), key=lambda span: span[0].end)
    ends = [span[0].end for span in ordered]
    best: list[tuple[float, int]] = [(0.0, -1)]  # worth of the first n, and the last span in it
    before = [bisect_right(ends, span[0].start, 0, n) for n, span in enumerate(ordered)]
    for n, span in enumerate(ordered):
        with_it = best[before[n]][0] + _worth(span[0])
        best.append((with_it, n) if with_it > best[n][0] else best[n])
    kept, n = [], len(ordered)
    while n and (last := best[n][1]) >= 0:
        kept.append(ordered[last])
        n = before[last]
    return kept[::-1]


def _worth(found: Found) -> float:
    """Return what a name counts for: its letters, each half by itself and half by the score."""
    return found.letters * (0.5 + found.score / 2)


def _equal(span: list[Found], other: Found) -> bool:
    """Say whether a name stands beside others of its span: as sure, and of another concept."""
    first = span[0]
    if first.name is None or other.name is None:
        return False
    concepts = {each.name.concept for each in span if each.name}
    return other.name.concept not in concepts and abs(first.score - other.score) < 0.01


def _in_context(found: Found, firm: list[tuple[int, str]]) -> float:
    """Return the score of a name, raised for an everyday word by firm names of others near it."""
    if found.name is None or not found.name.leans:
        return found.score
    start = bisect_left(firm, (found.start - NEAR, ""))
    end = bisect_left(firm, (found.end + NEAR, ""))
    near = {concept for _, concept in firm[start:end][:50]} - {found.name.concept}
    return found.score + (1 - found.score) * _LENT * min(2, len(near))
