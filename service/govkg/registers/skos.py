"""A register in SKOS: concepts become units."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad

from govkg.errors import NotFoundError
from govkg.rdf import expand, format_of_file, read
from govkg.registers.mapping import Mapping
from govkg.registers.reading import Cells, Reading, Remark, linked, unit_of
from govkg.registers.unit import Unit
from govkg.vocabulary import SKOS

_NOTATION = NamedNode(SKOS + "notation")
_EXACT = NamedNode(SKOS + "exactMatch")


def read_skos(path: Path, mapping: Mapping, known: Iterable[Unit] = ()) -> Reading:
    """Read a SKOS concept scheme into units; the IRIs of the concepts become exact matches.

    ``known`` is of no use here: a concept says itself which concept is broader.
    """
    del known
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFoundError(what="file", name=path.name, hint=str(error.strerror)) from error
    concepts = _Concepts(read(data, format_of_file(path.name), base=path.absolute().as_uri()))
    reading, keys = Reading(), dict[NamedNode, str]()
    for concept in concepts.coded(expand(mapping.code)):
        unit = unit_of(concepts.cells(concept), mapping, reading)
        if unit and unit.key not in keys.values():
            keys[concept] = unit.key
            matches = (concept.value, *concepts.matches(concept, mapping.matches))
            reading.units.append(replace(unit, matches=tuple(dict.fromkeys(matches))))
        elif unit:
            told = (str(concept), mapping.code, unit.code, "another concept has this code")
            reading.remarks.append(Remark(*told, "Keep one of them.", dropped=True))
    broader = expand(mapping.parent.column) if mapping.parent.column else None
    above = {keys[c]: concepts.above(c, broader, keys) for c in keys}
    reading.units = linked(reading.units, lambda unit: (above[unit.key], []))
    return reading


class _Concepts:
    """The statements of a concept scheme, by concept."""

    def __init__(self, quads: list[Quad]) -> None:
        self._about: defaultdict[NamedNode, list[Quad]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, NamedNode):
                self._about[quad.subject].append(quad)

    def coded(self, code: NamedNode) -> list[NamedNode]:
        """Return the concepts that have a code, sorted."""
        found = (c for c, quads in self._about.items() if any(q.predicate == code for q in quads))
        return sorted(found, key=str)

    def cells(self, concept: NamedNode) -> Cells:
        """Return the literals of a concept by property."""

        def get(column: str) -> Sequence[tuple[str, str]]:
            wanted = expand(column)
            found = [
                (quad.object.value, quad.object.language or "und")
                for quad in self._about[concept]
                if quad.predicate == wanted and isinstance(quad.object, Literal)
            ]
            return sorted(found, key=lambda each: (each[1] != "en", each))

        return Cells(concept.value, get)

    def matches(self, concept: NamedNode, kept: list[str]) -> list[str]:
        """Return the exact matches that a mapping keeps, sorted."""
        found = (q.object for q in self._about[concept] if q.predicate == _EXACT)
        iris = (each.value for each in found if isinstance(each, NamedNode))
        return sorted(iri for iri in iris if iri.startswith(tuple(kept)))

    def above(
        self, concept: NamedNode, broader: NamedNode | None, keys: dict[NamedNode, str]
    ) -> list[str]:
        """Return the keys of the concepts that contain a concept."""
        found = (q.object for q in self._about[concept] if q.predicate == broader)
        return sorted(keys[each] for each in found if isinstance(each, NamedNode) and each in keys)
