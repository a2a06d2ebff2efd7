"""Which remedies answer which crises and problems, and in how many cases both are found."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from pyoxigraph import NamedNode, Triple

from govkg.cases.facets import Entry
from govkg.cases.kg import KG
from govkg.ontology import TYPE
from govkg.vocabulary import GC, GOV

_CONDITION: Final = NamedNode(GOV + "Condition")
_LEADS: Final = tuple(NamedNode(GOV + name) for name in ("hasCause", "hasSymptom"))
_ADDRESSED: Final = NamedNode(GOV + "isAddressedBy")


@dataclass(frozen=True)
class Cell:
    """A condition and a remedy."""

    cases: int
    """How many cases show both."""
    answers: tuple[Triple, ...]
    """Each statement that the remedy addresses the condition, or a cause or symptom of it."""


@dataclass(frozen=True)
class Matrix:
    """Remedies by conditions."""

    conditions: tuple[NamedNode, ...]
    remedies: tuple[NamedNode, ...]
    cells: dict[tuple[NamedNode, NamedNode], Cell]
    """By condition and remedy; none where nothing brings them together."""


def matrix(kg: KG, entries: Iterable[Entry]) -> Matrix:
    """Return all conditions and remedies that a statement or a case brings together."""
    answers: dict[tuple[NamedNode, NamedNode], set[Triple]] = {}
    for condition, triple in _answers(kg):
        if isinstance(triple.object, NamedNode):
            answers.setdefault((condition, triple.object), set()).add(triple)
    counts: Counter[tuple[NamedNode, NamedNode]] = Counter(
        (NamedNode(GC + condition), NamedNode(GC + remedy))
        for entry in entries
        for condition in entry.codes["condition"]
        for remedy in entry.codes["remedy"]
    )
    pairs = sorted(counts.keys() | answers.keys(), key=str)
    cells = {p: Cell(counts[p], tuple(sorted(answers.get(p, ()), key=str))) for p in pairs}
    conditions = dict.fromkeys(condition for condition, _ in pairs)
    remedies = sorted({remedy for _, remedy in pairs}, key=str)
    return Matrix(tuple(conditions), tuple(remedies), cells)


def _answers(kg: KG) -> Iterator[tuple[NamedNode, Triple]]:
    """Yield each condition with a statement that something of it is addressed by a remedy."""
    for typed in kg.quads.matching(None, TYPE, _CONDITION):
        condition = typed.subject
        if not isinstance(condition, NamedNode):
            continue
        led = (q.object for lead in _LEADS for q in kg.quads.matching(condition, lead))
        for node in (condition, *(each for each in led if isinstance(each, NamedNode))):
            for quad in kg.quads.matching(node, _ADDRESSED):
                yield condition, quad.triple
