"""Which cases there are by axis, crisis, remedy, level, country, decade and status, with counts."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode

from govkg.cases.kg import KG, Case
from govkg.rdf import Node
from govkg.vocabulary import GC, GOV

Asked = Mapping[str, Collection[str]]
"""The codes that are asked for, by the key of their facet."""

FACETS: Final[dict[str, tuple[str, ...]]] = {
    "condition": ("suggestsCondition",),
    "remedy": ("adoptsRemedy",),
    "axis": ("recordsProfile", "hasAssessment", "onAxis"),
    "level": ("hasGovernmentLevel",),
    "country": ("hasLeadJurisdiction", "countryCode"),
    "decade": ("startDate",),
    "status": ("hasCaseStatus",),
    "record": ("hasRecordStatus",),
}
"""The properties that lead from a case to the values of each facet, inferred values among them."""
INFERRED: Final = ("condition", "remedy")
"""The facets whose values the reasoner draws from what cases report."""


@dataclass(frozen=True)
class Entry:
    """A case with its codes in each facet."""

    case: Case
    codes: Mapping[str, frozenset[str]]

    def fits(self, asked: Asked, *, but: str = "") -> bool:
        """Say whether it has one of the codes of each facet that is asked for, ``but`` one."""
        wanted = ((key, codes) for key, codes in asked.items() if key != but and codes)
        return all(not self.codes[key].isdisjoint(codes) for key, codes in wanted)

    def says(self, words: str) -> bool:
        """Say whether all words stand in its titles or its id."""
        text = " ".join((self.case.id, *self.case.titles.values())).casefold()
        return all(word in text for word in words.casefold().split())


class Catalogue:
    """All cases by their facets; made once for each state of the data."""

    def __init__(self, kg: KG, cases: Iterable[Case]) -> None:
        """Look the codes of all cases up."""
        self.nodes: dict[tuple[str, str], Node] = {}
        """What each code of a facet stands for, to be named."""
        self.entries = tuple(Entry(case, self._codes(kg, case)) for case in cases)

    def _codes(self, kg: KG, case: Case) -> dict[str, frozenset[str]]:
        return {
            key: frozenset(self._of(key, values_of(kg, case.iri, path)))
            for key, path in FACETS.items()
        }

    def _of(self, key: str, nodes: Iterable[Node]) -> Iterator[str]:
        for node in nodes:
            if code := _code(node, key):
                self.nodes[key, code] = node
                yield code

    def found(self, asked: Asked, words: str = "") -> list[Entry]:
        """Return the cases that fit all that is asked."""
        return [each for each in self.entries if each.fits(asked) and each.says(words)]

    def counts(self, asked: Asked, words: str = "") -> dict[str, list[tuple[str, int]]]:
        """Return how many cases each code would leave, the commonest first.

        What is asked of the facet itself does not count, so that another code can be chosen.
        """
        told = [each for each in self.entries if each.says(words)]
        found = {}
        for key in FACETS:
            fitting = (each for each in told if each.fits(asked, but=key))
            counted = Counter(code for each in fitting for code in each.codes[key])
            by_code = key == "decade"
            found[key] = sorted(counted.items(), key=lambda e: (0 if by_code else -e[1], e[0]))
        return found


def values_of(kg: KG, start: NamedNode, path: Sequence[str]) -> tuple[Node, ...]:
    """Return where properties of the ontology lead from a node, sorted; inferred values too."""
    nodes: set[Node] = {start}
    for step in path:
        predicate = NamedNode(GOV + step)
        named = (node for node in nodes if isinstance(node, NamedNode | BlankNode))
        nodes = {quad.object for node in named for quad in kg.quads.matching(node, predicate)}
    return tuple(sorted(nodes, key=str))


def _code(node: Node, key: str) -> str:
    """Return the short name of a value; of a date the decade."""
    if isinstance(node, Literal):
        return f"{node.value[:3]}0" if key == "decade" else node.value
    return node.value.removeprefix(GC) if isinstance(node, NamedNode) else ""
