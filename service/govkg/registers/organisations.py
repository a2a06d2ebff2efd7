"""Organisations of Popolo that are governments become governments of the register."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from govkg.registers import mapping as declared
from govkg.registers.reading import Cells, Reading, Remark, key_of, period_of
from govkg.registers.unit import Government
from govkg.registers.values import Object, codes_of, is_iri, others, told, values_of
from govkg.vocabulary import AGENT

_CARRIED: Final = {
    "id", "name", "other_names", "identifiers", "classification", "area_id", "area", "parent_id",
    "founding_date", "dissolution_date",
}  # fmt: skip
_Rows = dict[str, tuple[Cells, Object]]


def read_governments(
    organisations: Sequence[Object],
    mapping: declared.Mapping,
    places: Mapping[str, str],
    reading: Reading,
) -> None:
    """Add the governments among organisations to a reading, with remarks on all that is left out.

    ``places`` are the keys of the units by the ids of areas.
    """
    rows = _rows(organisations, mapping, reading)
    keys = {cells.one("id"): key for key, (cells, _) in rows.items()}
    for key, (cells, this) in rows.items():
        governs = _linked(cells, "area_id", places, reading)
        within = _linked(cells, "parent_id", keys, reading)
        language = mapping.names.language
        reading.governments.append(
            Government(
                key=key,
                kind=mapping.governments[cells.one("classification")],
                name=cells.get("name")[0],
                governs=governs,
                within=within,
                period=period_of(cells, "founding_date", "dissolution_date", mapping, reading),
                other_names=tuple(dict.fromkeys(values_of(this, "other_names", language))),
                codes=tuple(dict.fromkeys(codes_of(this))),
                matches=tuple(iri for iri in (cells.one("id"),) if is_iri(iri, AGENT)),
            )
        )
    for name, count in others([this for _, this in rows.values()], _CARRIED).items():
        told(reading, name, count, "governments")


def _rows(organisations: Sequence[Object], mapping: declared.Mapping, reading: Reading) -> _Rows:
    """Return the organisations that are governments, by their keys."""
    rows: _Rows = {}
    kinds: Counter[str] = Counter()
    for number, this in enumerate(organisations, 1):
        cells = _cells(this, number, mapping)
        key = key_of([cells.one("id")], mapping.register_.prefix, AGENT)
        if cells.one("classification") not in mapping.governments:
            kinds[cells.one("classification")] += 1
        elif wrong := _problem(cells, key, rows):
            reading.remarks.append(Remark(cells.place, *wrong, "Mend it.", dropped=True))
        else:
            rows[key] = cells, this
    for kind, count in sorted(kinds.items()):
        problem = "this classification is no government by the mapping"
        remedy = "Add it to [governments]; these organisations are left out."
        place = f"{count} of the organisations"
        reading.remarks.append(Remark(place, "classification", kind, problem, remedy))
    return rows


def _problem(cells: Cells, key: str, rows: _Rows) -> tuple[str, str, str] | None:
    """Return the column, value and problem of an organisation that cannot be told apart."""
    for column in ("id", "name"):
        if not cells.one(column):
            return column, "", "it is empty"
    return ("id", cells.one("id"), f"{key} occurs twice") if key in rows else None


def _cells(this: Object, number: int, mapping: declared.Mapping) -> Cells:
    area = this.get("area")
    if isinstance(area, dict) and not this.get("area_id"):
        this = this | {"area_id": area.get("id")}
    language = mapping.names.language
    return Cells(f"organisation {number}", lambda column: values_of(this, column, language))


def _linked(cells: Cells, column: str, keys: Mapping[str, str], reading: Reading) -> str:
    """Return the key of what a column names by its id."""
    named = cells.one(column)
    if named and named not in keys:
        problem, remedy = "nothing here has this id", "The link is left out."
        reading.remarks.append(Remark(cells.place, column, named, problem, remedy))
    return keys.get(named, "")
