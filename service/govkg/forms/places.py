"""Where in a form each node and value stands, so that what the rules find can be pointed at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from govkg.validation import Place
from govkg.validation.places import WHOLE

Columns = Mapping[str, int | str]
"""For each property the number of its first column, or its key in JSON."""


class FormPlaces(Mapping[tuple[str, str], Place]):
    """The places of a form, as a report wants them, in little memory: one entry for each node."""

    def __init__(self) -> None:
        """Begin with nothing remembered."""
        self._nodes: dict[str, tuple[Place, Columns]] = {}

    def remember(self, iri: str, place: Place, columns: Columns) -> None:
        """Take note where a node stands; the first place counts."""
        self._nodes.setdefault(iri, (place, columns))

    def __getitem__(self, key: tuple[str, str]) -> Place:
        """Return the place of a property of a node, or of the node itself."""
        iri, path = key
        place, columns = self._nodes[iri]
        if path == WHOLE:
            return place
        column = columns[path]
        if isinstance(column, int):
            return replace(place, column=column)
        return replace(place, pointer=f"{place.pointer}/{column}")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yield every node, and every property for which it has a place."""
        for iri, (_, columns) in self._nodes.items():
            yield iri, WHOLE
            yield from ((iri, path) for path in columns)

    def __len__(self) -> int:
        """Return the number of places."""
        return sum(1 + len(columns) for _, columns in self._nodes.values())
