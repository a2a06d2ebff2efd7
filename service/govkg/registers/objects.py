"""A register in JSON: areas of Popolo, or features of GeoJSON, become units.

Popolo: https://www.popoloproject.com/; GeoJSON: RFC 7946. What has no place in a register is told,
and in how many objects it occurs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from govkg.errors import DocumentSyntaxError, NotFoundError
from govkg.forms.json_reading import load_json
from govkg.registers.linking import link
from govkg.registers.mapping import Mapping
from govkg.registers.organisations import read_governments
from govkg.registers.reading import Cells, Reading, Remark, new_unit
from govkg.registers.unit import Unit
from govkg.registers.values import (
    Object,
    Point,
    codes_of,
    is_iri,
    others,
    point_of,
    told,
    values_of,
)  # fmt: skip
from govkg.vocabulary import PLACE

_AREA: Final = {
    "id", "name", "other_names", "identifier", "identifiers", "classification", "parent_id",
    "parent", "geometry",
}  # fmt: skip
_PROPERTIES: Final = {"id", "identifiers", "geometry"}
_FEATURE: Final = {"id", "geometry", "properties", "type", "bbox"}


def read_popolo(path: Path, mapping: Mapping, known: Iterable[Unit] = ()) -> Reading:
    """Read a Popolo document; raises DocumentSyntaxError, UnsafeInputError and NotFoundError."""
    document, reading = _document(path), Reading()
    organisations = _objects(document.get("organizations") or [])
    areas = _list(document, "areas", "Popolo, which has")
    areas += [each["area"] for each in organisations if isinstance(each.get("area"), dict)]
    places = _read_units(_flat(areas), mapping, reading, known, _AREA)
    read_governments(organisations, mapping, places, reading)
    for name, count in others([document], {"areas", "organizations", "@context"}).items():
        value = document[name]
        told(reading, name, len(value) if isinstance(value, list) else count, "entries beside them")
    return reading


def read_geojson(path: Path, mapping: Mapping, known: Iterable[Unit] = ()) -> Reading:
    """Read a FeatureCollection; raises DocumentSyntaxError, UnsafeInputError and NotFoundError."""
    document, reading = _document(path), Reading()
    features = _list(document, "features", "a GeoJSON FeatureCollection, which has")
    _read_units(list(map(_properties, features)), mapping, reading, known, _PROPERTIES)
    for name, count in others(features, _FEATURE).items():
        told(reading, name, count, "features")
    return reading


def _document(path: Path) -> Object:
    """Return the object in a JSON document that anybody may have written."""
    try:
        found = load_json(path.read_bytes())
    except OSError as error:
        raise NotFoundError(what="file", name=path.name, hint=str(error.strerror)) from error
    return found if isinstance(found, dict) else {}


def _list(document: Object, name: str, form: str) -> list[Object]:
    """Return a list of a document, or refuse what is no such document."""
    if isinstance(document.get(name), list):
        return _objects(document[name])
    raise DocumentSyntaxError(
        line=1, column=1, expected=f"{form} an object with the list “{name}”",
        hint="The entry `form` of the mapping says what is expected.", format="json",
    )  # fmt: skip


def _objects(values: Any) -> list[Object]:
    """Return the objects of a list; anything else becomes an empty one, which is told later."""
    found = values if isinstance(values, list) else [values]
    return [each if isinstance(each, dict) else {} for each in found]


def _flat(areas: Sequence[Object]) -> list[Object]:
    """Return areas, and those that are embedded in them as what contains them, each once."""
    found, embedded = list[Object](), dict[str, Object]()
    listed = {str(each.get("id")) for each in areas}
    waiting = list(areas)
    while waiting:
        area = waiting.pop(0)
        parent = area.get("parent")
        if isinstance(parent, dict):
            name = str(parent.get("id"))
            area = area | {"parent_id": area.get("parent_id") or name}
            if name not in listed and name not in embedded:
                embedded[name] = parent
                waiting.append(parent)
        found.append(area)
    return found


def _properties(feature: Object) -> Object:
    """Return the properties of a feature, with its id and geometry, which stand beside them."""
    own = feature.get("properties")
    found = dict(own) if isinstance(own, dict) else {}
    return found | {name: feature[name] for name in ("id", "geometry") if name in feature}


def _read_units(
    places: Sequence[Object],
    mapping: Mapping,
    reading: Reading,
    known: Iterable[Unit],
    carried: set[str],
) -> dict[str, str]:
    """Add units to a reading, and return their keys by the ids in the source."""
    rows: dict[str, Cells] = {}
    for number, place in enumerate(places, 1):
        cells = _cells(place, number, mapping)
        if unit := new_unit(cells, mapping, reading, rows):
            rows[unit.key] = cells
            reading.units.append(_completed(unit, place, cells, reading))
    link(mapping, reading, rows, known)
    named = {column.partition(".")[0] for column in mapping.columns}
    for name, count in others(places, carried | named).items():
        told(reading, name, count, "places")
    return {cells.one("id"): key for key, cells in rows.items()}


def _cells(place: Object, number: int, mapping: Mapping) -> Cells:
    """Return the values of a place; where no code is, its id, which a source issues too, is one."""

    def get(column: str) -> Sequence[tuple[str, str]]:
        found = values_of(place, column, mapping.names.language)
        if found or column != mapping.code:
            return found
        issued = values_of(place, "identifiers", "und") or values_of(place, "id", "und")
        return [(text.removeprefix(PLACE), tag) for text, tag in issued[:1]]

    return Cells(f"place {number}", get)


def _completed(unit: Unit, place: Object, cells: Cells, reading: Reading) -> Unit:
    """Add what only such sources have: codes with their systems, an IRI, and coordinates."""
    codes = tuple(dict.fromkeys((*unit.codes, *codes_of(place))))
    matches = tuple(iri for iri in (cells.one("id"),) if is_iri(iri, PLACE))
    point = _point(place, cells, reading)
    return replace(unit, codes=codes, matches=matches, point=point)


def _point(place: Object, cells: Cells, reading: Reading) -> Point | None:
    """Return where a place lies, with a remark if its geometry says more or something else."""
    geometry = place.get("geometry")
    wrong: tuple[str, str, str] | None = None
    point = point_of(geometry)
    if geometry and point is None:
        kind = str(geometry.get("type")) if isinstance(geometry, dict) else str(geometry)[:50]
        wrong = kind, "it is no Point with a longitude and a latitude", "It is left out."
    elif isinstance(geometry, dict) and len(geometry["coordinates"]) > 2:
        wrong = "", "a place has no height here", "Only the height is left out."
    if wrong:
        reading.remarks.append(Remark(cells.place, "geometry", *wrong))
    return point
