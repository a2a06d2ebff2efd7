"""How complete a case is: 100 less the weights of the shapes of completeness that it breaks.

The shapes and their weights are data, in ``shapes/completeness.ttl``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from govkg.errors import Language
from govkg.rdf import Node, shorten
from govkg.validation.shapes import Words, text_of
from govkg.vocabulary import GSH

SEVERITY: Final = GSH + "Completeness"
_SHOWN: Final = 3


@dataclass(frozen=True)
class Gap:
    """Something that would make a case more complete."""

    case: Node
    weight: int
    field: Words
    message: Words

    def as_json(self) -> dict[str, Any]:
        """Return the gap as JSON values."""
        return {"field": self.field, "gain": self.weight, "message": self.message}


@dataclass(frozen=True)
class Completeness:
    """How complete one case is, and what would raise that most."""

    case: Node
    label: str
    gaps: tuple[Gap, ...]
    """What is missing, the weightiest first."""

    @property
    def score(self) -> int:
        """Return a number from 0 to 100."""
        return 100 - sum(gap.weight for gap in self.gaps)

    def as_json(self) -> dict[str, Any]:
        """Return the score as JSON values."""
        return {
            "case": text_of(self.case),
            "caseLabel": self.label,
            "score": self.score,
            "gains": [gap.as_json() for gap in self.gaps],
        }

    def as_text(self, language: Language) -> str:
        """Return the score in one line, with what would raise it most."""
        name = self.label or shorten(text_of(self.case))
        best = [f"{gap.field[language]} (+{gap.weight})" for gap in self.gaps[:_SHOWN]]
        head = _HEAD[language].format(name=name, score=self.score)
        between = "、" if language == "zh" else ", "
        return head + (_MORE[language].format(between.join(best)) if best else "")


_HEAD: Final[Words] = {
    "en": "Completeness of {name}: {score} of 100.",
    "zh": "{name} 的完整度：{score}/100。",
}
_MORE: Final[Words] = {
    "en": " It would be raised most by: {}.",
    "zh": "最能提高完整度的是：{}。",
}


def scored(
    cases: Sequence[Node], gaps: Iterable[Gap], titles: dict[Node, str]
) -> tuple[Completeness, ...]:
    """Return how complete each case is, the least complete first."""
    missing: dict[Node, list[Gap]] = {case: [] for case in cases}
    for gap in gaps:
        missing.setdefault(gap.case, []).append(gap)
    found = (
        Completeness(case, titles.get(case, ""), tuple(sorted(of_case, key=_order)))
        for case, of_case in missing.items()
    )
    return tuple(sorted(found, key=lambda each: (each.score, str(each.case))))


def _order(gap: Gap) -> tuple[int, str]:
    return -gap.weight, gap.field["en"]
