"""What is asked of a list of cases in its address: facets, words, and where to go on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import Response

from govkg.api import bodies
from govkg.api.describing import parameter
from govkg.api.looking import Held
from govkg.api.negotiation import CSV
from govkg.cases.facets import FACETS, INFERRED, Catalogue, Entry
from govkg.cases.kg import KG, Case
from govkg.errors import ParameterError
from govkg.forms.plain_tables import workbook
from govkg.publishing import cases
from govkg.rdf import Node

_PAGE: Final = 100  # cases of one page
_EXAMPLES: Final = {
    "condition": "management-crisis", "remedy": "process-reengineering", "axis": "openness-axis",
    "level": "municipal-level", "country": "CN", "decade": "1990", "status": "completed",
    "record": "verified",
}  # fmt: skip
PARAMETERS: Final = (
    *(
        parameter(key, f"Only cases with this {key}.", [example], "array")
        for key, example in _EXAMPLES.items()
    ),
    parameter("q", "Only cases with these words in their titles.", "budget"),
    parameter("offset", "The page leaves out as many.", 0, "integer", minimum=0),
)
"""What the address of the list may say."""
_catalogues: WeakKeyDictionary[KG, Catalogue] = WeakKeyDictionary()


def catalogue(known: Held) -> Catalogue:
    """Return all cases by their facets; it is made once for each state of the data."""
    if known.kg not in _catalogues:
        _catalogues[known.kg] = Catalogue(known.kg, known.cases)
    return _catalogues[known.kg]


@dataclass(frozen=True)
class Value:
    """A code of a facet, with what a link to it does."""

    code: str
    node: Node
    count: int
    chosen: bool
    query: tuple[tuple[str, str], ...]
    """The parameters of the list with it chosen, or not any more."""


@dataclass(frozen=True)
class Choice:
    """The facets and words that were chosen."""

    asked: Mapping[str, tuple[str, ...]]
    words: str
    offset: int

    @classmethod
    def of(cls, request: Request) -> "Choice":
        """Read the address; raises ParameterError."""
        pairs = bodies.address_pairs(request)
        values = {key: [v for name, v in pairs if name == key and v] for key in FACETS}
        plain = dict(pairs)
        offset = plain.get("offset", "0") or "0"
        if not (offset.isascii() and offset.isdigit() and len(offset) < 10):
            remedy = "Give a whole number, 0 or more."
            raise ParameterError(name="offset", reason=f"“{offset}” is none", remedy=remedy)
        asked = {key: tuple(dict.fromkeys(found)) for key, found in values.items()}
        return cls(asked, plain.get("q", "")[:200], int(offset))

    def found(self, known: Held) -> list[Entry]:
        """Return the cases that fit."""
        return catalogue(known).found(self.asked, self.words)

    def page_of(self, found: Sequence[Entry]) -> Sequence[Entry]:
        """Return those that the page shows."""
        return found[self.offset : self.offset + _PAGE]

    def counts(self, known: Held) -> dict[str, dict[str, int]]:
        """Return how many cases each code of each facet would leave."""
        counted = catalogue(known).counts(self.asked, self.words)
        return {key: dict(codes) for key, codes in counted.items()}

    def facets(self, known: Held) -> dict[str, list[Value]]:
        """Return the codes of each facet, the chosen ones among them even if nothing fits."""
        held = catalogue(known)
        counted = held.counts(self.asked, self.words)
        found = {}
        for key, codes in counted.items():
            lost = [(code, 0) for code in self.asked[key] if code not in dict(codes)]
            values = (self._value(key, code, n, held) for code, n in (*codes, *lost))
            found[key] = [value for value in values if value]
        return found

    def _value(self, key: str, code: str, count: int, held: Catalogue) -> Value | None:
        node = held.nodes.get((key, code))
        chosen = code in self.asked[key]
        return Value(code, node, count, chosen, self._with(key, code)) if node else None

    def _with(self, key: str, code: str) -> tuple[tuple[str, str], ...]:
        """Return the parameters of the list with a code chosen, or not any more if it is."""
        pairs = [pair for pair in self.query if pair != (key, code)]
        return tuple(pairs) if len(pairs) < len(self.query) else (*self.query, (key, code))

    @property
    def query(self) -> tuple[tuple[str, str], ...]:
        """Return the parameters that say what was chosen, without where the page begins."""
        pairs = [(key, code) for key, codes in self.asked.items() for code in codes]
        return (*pairs, *((("q", self.words),) if self.words else ()))

    @property
    def next(self) -> int:
        """Return where the next page begins."""
        return self.offset + _PAGE

    @property
    def previous(self) -> int:
        """Return where the page before begins."""
        return max(0, self.offset - _PAGE)

    def is_inferred(self, key: str) -> bool:
        """Say whether the values of a facet are inferred."""
        return key in INFERRED


def as_table(found: Sequence[Case], known: Held, media: str) -> Response:
    """Return cases as CSV or as a workbook, with the columns of /cases.csv."""
    if media == CSV:
        data = cases.table(known.kg, found)
    else:
        head = cases.header()
        rows = ([row[name] for name in head] for row in cases.rows(known.kg, found))
        data = workbook("cases", head, rows)
    ending = "csv" if media == CSV else "xlsx"
    name = {"Content-Disposition": f'attachment; filename="cases.{ending}"'}
    return Response(data, media_type=media, headers=name)
