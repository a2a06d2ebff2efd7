"""Registers in JSON: Popolo and GeoJSON come in as they go out, and nothing is dropped silently."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple
from typer.testing import CliRunner

from govkg import cli
from govkg.cases.graphs import Graphs
from govkg.cases.kg import DEFAULT_BASE, KG
from govkg.errors import DocumentSyntaxError, MappingError, UnsafeInputError
from govkg.ontology import TYPE
from govkg.publishing.exchange import geojson, popolo
from govkg.registers import Imported, Mapping, Unit, prepare, read_mapping
from govkg.registers.mapping import GovernmentClass
from govkg.registers.unit import Government, Moment, Period
from govkg.registers.writing import describe_government, describe_unit, units_in
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import AGENT, GC, GEO, GOV, GS, PLACE, RDFS, SKOS

DOCS = (Path(__file__).parents[2] / "docs" / "registers.md").read_text("utf-8")
EXAMPLES = Path(__file__).parents[2] / "examples" / "registers"
REGISTER = """
[register]
id = "copy"
title.en = "A copy"
publisher = "us"
homepage = "https://example.org/"
licence = "https://creativecommons.org/licenses/by/4.0/"
country = "ZZ"
prefix = "zz"
"""


@pytest.fixture(scope="module")
def kg() -> KG:
    """Return the bundled graph."""
    return KG.load(EmbeddedStore())


def mapping(folder: Path, form: str, more: str = "") -> Mapping:
    """Return the smallest mapping of a form."""
    (folder / "m.toml").write_text(f'form = "{form}"\n{more}{REGISTER}')
    return read_mapping(folder / "m.toml")


def read(folder: Path, form: str, document: object, more: str = "") -> Imported:
    """Read a document in a form by the smallest mapping."""
    path = folder / "source.json"
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return prepare(path, mapping(folder, form, more), DEFAULT_BASE)


def example(form: str, name: str) -> Imported:
    """Read one of the examples."""
    return prepare(EXAMPLES / name, read_mapping(EXAMPLES / f"{form}.toml"), DEFAULT_BASE)


def told(imported: Imported) -> set[str]:
    """Return the fields on which there are remarks."""
    return {remark.column for remark in imported.remarks}


def test_areas_and_councils_become_places_and_governments() -> None:
    """Names, codes with their systems, levels, parents, points and dates are carried over."""
    imported = example("popolo", "places.popolo.json")
    town = next(unit for unit in imported.units if unit.key == "zz-town-11")
    (council,) = imported.governments

    assert town.names == (("Oldtown", "und"),)
    assert town.other_names == (("Altstadt", "de"),)
    assert town.codes == (("post", "MU-110"), ("census", "0011"))
    assert (town.level, town.parents) == ("municipal-level", ("zz-region-1",))
    assert town.point == ("51.25", "-12.5")
    assert (council.kind, council.governs) == ("MunicipalGovernment", "zz-town-11")
    assert council.period.start == Moment("1974-04-01")


def test_what_popolo_has_beside_them_is_told() -> None:
    """Each field, list and kind that has no place in a register is named, and how often it came."""
    imported = example("popolo", "places.popolo.json")

    assert told(imported) == {
        "classification", "parent_id", "created_at", "persons", "other_names.note",
    }  # fmt: skip


def test_features_become_places_with_points() -> None:
    """Properties are named by the mapping; what is no point, or not named, is told."""
    imported = example("geojson", "places.geojson")
    points = {unit.key: unit.point for unit in imported.units}

    assert points == {
        "zp-11": ("51.25", "-12.5"), "zp-12": ("51.5", "-12.75"), "zp-13": None,
    }  # fmt: skip
    assert imported.units[0].other_names == (("Old Port", "en"),)
    assert sorted((r.place, r.column) for r in imported.remarks) == [
        ("1 of the places", "population"), ("place 2", "geometry"), ("place 3", "geometry"),
    ]  # fmt: skip


def test_an_area_within_an_area_is_one_of_its_own(tmp_path: Path) -> None:
    """Popolo may embed what contains an area; it is read once, also if it is listed too."""
    region = {"id": "r", "name": "Region"}
    town = {"id": "t", "name": "Town", "parent": region}
    village = {"id": "v", "name": "Village", "parent": region}

    embedded = read(tmp_path, "popolo", {"areas": [town, village]})
    listed = read(tmp_path, "popolo", {"areas": [region, town, village]})

    parents = {unit.key: unit.parents for unit in embedded.units}
    assert parents == {"zz-t": ("zz-r",), "zz-v": ("zz-r",), "zz-r": ()}
    assert {unit.key: unit.parents for unit in listed.units} == parents
    assert not embedded.remarks


@pytest.mark.parametrize(
    ("form", "document", "error"),
    [
        ("popolo", b"[" * 300, UnsafeInputError),
        ("popolo", b'{"areas": [}', DocumentSyntaxError),
        ("popolo", b'{"areas": {}}', DocumentSyntaxError),
        ("popolo", b"[]", DocumentSyntaxError),
        ("popolo", b'{"areas": [\xff]}', DocumentSyntaxError),
        ("geojson", b'{"type": "Feature"}', DocumentSyntaxError),
        ("geojson", b'{"features": [' + b"9" * 5000 + b"]}", DocumentSyntaxError),
    ],
)
def test_hostile_documents_are_refused(
    tmp_path: Path, form: str, document: bytes, error: type[Exception]
) -> None:
    """Deep nesting, broken JSON, endless numbers and other documents are refused with a reason."""
    with pytest.raises(error):
        read(tmp_path, form, document)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
_FIELDS = st.sampled_from(
    ["id", "name", "names", "code", "identifier", "identifiers", "other_names", "parent",
     "parent_id", "geometry", "properties", "classification", "area", "area_id", "start_date"]
)  # fmt: skip


@settings(deadline=None)
@given(things=st.lists(st.dictionaries(_FIELDS, _JSON, max_size=6) | _JSON, max_size=4))
def test_any_json_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, things: list[Any]
) -> None:
    """Whatever the fields hold, each place is read or told, and what is read can be stored."""
    folder = tmp_path_factory.getbasetemp()
    document = {"areas": things, "organizations": things, "features": things}

    for form in ("popolo", "geojson"):
        imported = read(folder, form, document)
        dropped = sum(r.dropped for r in imported.remarks if r.place.startswith("place"))
        assert len(imported.units) + dropped >= len(things)
        assert units_in(imported.triples) is not None


def test_a_wrong_class_of_government_names_the_entry(tmp_path: Path) -> None:
    """A mapping can name only classes of the ontology."""
    with pytest.raises(MappingError, match=r"governments\.council"):
        mapping(tmp_path, "popolo", 'governments.council = "Council"\n')


def test_the_forms_name_what_the_ontology_has(tmp_path: Path, kg: KG) -> None:
    """Levels are those of the ontology, all of them, and so are the classes of governments."""
    levels = kg.quads.matching(
        None, NamedNode(SKOS + "inScheme"), NamedNode(GS + "government-level")
    )
    classes = kg.ontology.subclasses(NamedNode(GOV + "Government"))

    declared = mapping(tmp_path, "popolo")

    assert set(declared.levels) == {str(q.subject).strip("<>").removeprefix(GC) for q in levels}
    assert set(declared.governments) == set(GovernmentClass.__args__)
    assert {NamedNode(GOV + name) for name in declared.governments} == classes - {
        NamedNode(GOV + "EverModernGovernment")  # is inferred, and no kind that a source names
    }


@pytest.mark.parametrize(
    "command",
    [line for line in DOCS.splitlines() if line.startswith("govkg register import examples/")],
)
def test_the_commands_of_the_documentation_work(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The examples are imported as docs/registers.md says, and can be resolved."""
    monkeypatch.setenv("GOVKG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(EXAMPLES.parents[1])

    code = CliRunner().invoke(cli.app, command.split()[1:]).exit_code
    found = CliRunner().invoke(cli.app, ["register", "resolve", "Oldtown"]).stdout

    assert code == 0
    assert found.startswith("= 100.0")


# --- what goes out comes in again ----------------------------------------------------------------

_NAMES = st.text("abcXYZ 北京é'\"&<>", min_size=1, max_size=12).map(
    lambda t: " ".join(f"n{t}".split())
)
_DAYS = st.sampled_from(["1980", "1999-06", "2001-12-31", ""])


@st.composite
def registers(draw: st.DrawFn) -> tuple[list[Unit], list[Government]]:
    """Return places with governments, with all that Popolo and GeoJSON can say of them."""
    keys = [f"zz-{number}" for number in range(draw(st.integers(1, 4)))]
    units = []
    for number, key in enumerate(keys):
        start = draw(_DAYS)
        numbers = st.floats(-90, 90, allow_nan=False, width=32)
        point = (format(draw(numbers), ".5f"), format(draw(numbers), ".5f"))
        units.append(
            Unit(
                key=key,
                code=f"c{number}",
                names=((draw(_NAMES), "en"),),
                country=draw(st.sampled_from(["ZZ", "FR"])),
                level=draw(st.sampled_from(["", "county-level", "national-level"])),
                period=Period(Moment(start) if start else None, None),
                parents=(draw(st.sampled_from(keys[:number])),) if number else (),
                other_names=((f"{draw(_NAMES)}!", "zh"),) if draw(st.booleans()) else (),
                codes=(("post", draw(_NAMES)),) if draw(st.booleans()) else (),
                point=point,
            )
        )
    ruled = draw(st.lists(st.sampled_from(keys), unique=True))
    governments = [
        Government(key=f"g-{key}", kind="LocalGovernment", name=(draw(_NAMES), "en"), governs=key)
        for key in ruled
    ]
    return units, governments


def stored(units: list[Unit], governments: list[Government], declared: Mapping) -> KG:
    """Return a graph that holds a register."""
    store, graph = EmbeddedStore(), Graphs(DEFAULT_BASE).register("first")
    triples = [t for unit in units for t in describe_unit(graph, declared.register_, unit)]
    triples += [t for each in governments for t in describe_government(graph, each)]
    store.put(graph, triples)
    above = NamedNode(RDFS + "subClassOf"), NamedNode(GOV + "Organization")
    store.put(Graphs(DEFAULT_BASE).ontology, [Triple(NamedNode(GOV + "LocalGovernment"), *above)])
    return KG(store, reasons=False)


def plain(unit: Unit) -> tuple[Any, ...]:
    """Return what both forms say of a place; the language of its one name is not among it."""
    point = tuple(float(each) for each in unit.point) if unit.point else None
    return (
        unit.key, unit.code, unit.names[0][0], unit.other_names, unit.country, unit.level,
        unit.period, unit.parents, set(unit.codes) - {("first", unit.code)}, point,
    )  # fmt: skip


@settings(deadline=None)
@given(made=registers())
def test_popolo_comes_in_as_it_went_out(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[list[Unit], list[Government]]
) -> None:
    """An export of a register, imported, has the same areas and the same governments."""
    folder, (units, governments) = tmp_path_factory.getbasetemp(), made
    kg = stored(units, governments, mapping(folder, "popolo"))

    imported = read(folder, "popolo", popolo(kg))

    assert list(map(plain, imported.units)) == list(map(plain, units))
    assert not imported.remarks
    assert sorted((g.key, g.kind, g.name[0], g.governs) for g in imported.governments) == sorted(
        (g.key, g.kind, g.name[0], g.governs) for g in governments
    )


@settings(deadline=None)
@given(made=registers())
def test_geojson_comes_in_as_it_went_out(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[list[Unit], list[Government]]
) -> None:
    """An export of places with points, imported, has the same places."""
    folder, (units, _) = tmp_path_factory.getbasetemp(), made
    kg = stored(units, [], mapping(folder, "geojson"))

    imported = read(folder, "geojson", geojson(kg))

    assert list(map(plain, imported.units)) == list(map(plain, units))
    assert imported.units[0].names[0][1] == "en"
    assert not imported.remarks


def test_the_bundled_places_come_in_as_they_went_out(tmp_path: Path, kg: KG) -> None:
    """All areas and governments of the bundled cases keep their IRIs, names and links."""
    exported = json.loads(popolo(kg))
    governing = [o for o in exported["organizations"] if o["classification"].endswith("Government")]

    imported = read(tmp_path, "popolo", popolo(kg))

    areas = {area["id"]: area.get("parent_id") for area in exported["areas"]}
    assert {
        PLACE + u.key: PLACE + u.parents[0] if u.parents else None for u in imported.units
    } == areas
    governs = {each["id"]: each.get("area_id", PLACE) for each in governing}
    assert {AGENT + g.key: PLACE + g.governs for g in imported.governments} == governs
    assert {r.column for r in imported.remarks} == {"classification"}


def test_what_is_imported_can_be_asked() -> None:
    """Coordinates and governments are statements of the register's graph."""
    imported = example("popolo", "places.popolo.json")
    said = set(map(str, imported.triples))

    assert any(f'<{PLACE}zz-town-11> <{GEO}lat> "51.25"' in each for each in said)
    assert any(
        f"<{AGENT}zz-council-11> <{GOV}governs> <{PLACE}zz-town-11>" in each for each in said
    )
    kinds = [t for t in imported.triples if t.predicate == TYPE and "council" in str(t.subject)]
    assert [str(t.object) for t in kinds] == [f"<{GOV}MunicipalGovernment>"]
    labels = [t.object for t in imported.triples if t.predicate.value == RDFS + "label"]
    assert Literal("Oldtown Council") in labels
