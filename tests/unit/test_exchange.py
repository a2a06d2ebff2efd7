"""The data in forms of others."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pyoxigraph import Literal, NamedNode, Triple, parse
from pyoxigraph import RdfFormat as Syntax

from govkg.cases import KG
from govkg.cases.checking import with_shapes
from govkg.ontology import LABEL, TYPE
from govkg.publishing.exchange import cpov, geojson, graphml, popolo
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import GOV, PREFIXES

from .test_cli import govkg

CPOV = Path(__file__).parents[3] / "shared" / "data" / "eu-semic" / "cpov-2.1.2"
GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
WKT = "http://www.opengis.net/ont/geosparql#asWKT"
NS = "{http://graphml.graphdrawing.org/xmlns}"


@pytest.fixture(scope="module")
def bundled() -> KG:
    """Return the bundled graph."""
    return KG.load(EmbeddedStore())


def placed(**values: str) -> KG:
    """Return a graph with one place that has some coordinates."""
    store, place = EmbeddedStore(), NamedNode(PREFIXES["place"] + "here")
    said = [
        Triple(place, TYPE, NamedNode(GOV + "Jurisdiction")),
        Triple(place, LABEL, Literal("H")),
    ]
    known = {"lat": GEO + "lat", "long": GEO + "long", "wkt": WKT}
    said += [Triple(place, NamedNode(known[key]), Literal(text)) for key, text in values.items()]
    store.put(NamedNode("urn:g"), said)
    return KG(store, reasons=False)


def test_popolo_has_places_and_governments(bundled: KG) -> None:
    """Areas lead to the areas above them, organisations to their areas; other names are kept."""
    found = json.loads(popolo(bundled))
    areas = {each["id"]: each for each in found["areas"]}
    (lyon,) = (o for o in found["organizations"] if o["id"].endswith("/lyon-metropolis-government"))

    assert areas[lyon["area_id"]]["classification"] == "prefectural-level"
    assert {"name": "Métropole de Lyon", "lang": "fr"} in lyon["other_names"]
    assert lyon["classification"] == "LocalGovernment"
    parents = {each["parent_id"] for each in found["areas"] if "parent_id" in each}
    assert parents & areas.keys()
    codes = [i for each in found["areas"] for i in each.get("identifiers", ())]
    assert {"scheme": "gb-t-2260", "identifier": "511900"} in codes


@pytest.mark.parametrize("values", [{"lat": "45.75", "long": "4.85"}, {"wkt": "POINT(4.85 45.75)"}])
def test_geojson_has_longitude_first(values: dict[str, str]) -> None:
    """Both ways to write coordinates give the same point, in the order of RFC 7946."""
    (feature,) = json.loads(geojson(placed(**values)))["features"]

    assert feature["geometry"] == {"type": "Point", "coordinates": [4.85, 45.75]}
    assert feature["properties"]["name"] == "H"


@pytest.mark.parametrize(
    "values",
    [{}, {"lat": "45"}, {"lat": "north", "long": "4"}, {"lat": "91", "long": "0"}, {"wkt": "LINE"},
     {"wkt": "POINT(nan 1)"}, {"wkt": "POINT(E E)"}],
)  # fmt: skip
def test_a_place_without_a_point_is_left_out(values: dict[str, str]) -> None:
    """What is incomplete, no number, or on no globe gives no feature and no failure."""
    assert json.loads(geojson(placed(**values)))["features"] == []


def test_graphml_is_a_network_that_can_be_read(bundled: KG) -> None:
    """Every edge joins two nodes that are there, and names its case."""
    root = ElementTree.fromstring(graphml(bundled))  # noqa: S314 # we wrote it
    nodes = {each.get("id") for each in root.iter(f"{NS}node")}
    edges = list(root.iter(f"{NS}edge"))

    assert len(edges) > 10
    assert {end for each in edges for end in (each.get("source"), each.get("target"))} == nodes
    keys = {each.get("id") for each in root.iter(f"{NS}key")}
    assert {each.get("key") for each in root.iter(f"{NS}data")} <= keys
    dated = [e for e in edges if any(d.get("key") == "date" for d in e.iter(f"{NS}data"))]
    assert dated
    for edge in edges:
        assert any(d.get("key") == "case" for d in edge.iter(f"{NS}data"))


def test_governments_are_public_organisations(bundled: KG) -> None:
    """Each has a name and, if it governs one, its place; enterprises are not among them."""
    triples = [quad.triple for quad in parse(cpov(bundled), Syntax.TURTLE)]
    subjects = {t.subject for t in triples if str(t.object).endswith("PublicOrganisation>")}

    assert NamedNode(PREFIXES["agent"] + "lyon-metropolis-government") in subjects
    assert NamedNode(PREFIXES["agent"] + "la-tribune") not in subjects
    named = {t.subject for t in triples if t.predicate.value.endswith("prefLabel")}
    classes = {t.object for t in triples if t.predicate.value.endswith("#classification")}
    assert subjects == named - classes
    assert NamedNode(GOV + "MunicipalGovernment") in classes & named


@pytest.mark.skipif(not CPOV.is_dir(), reason=f"the shapes of CPOV are not in {CPOV}")
def test_nothing_violates_the_shapes_of_cpov(bundled: KG) -> None:
    """CPOV 2.1.2 finds no violation."""
    shapes = with_shapes([CPOV / "core-public-organisation-ap-SHACL.ttl"], "fast")
    report = shapes.validate([quad.triple for quad in parse(cpov(bundled), Syntax.TURTLE)])

    assert [each.message["en"] for each in report.findings] == []


def test_export_writes_one_file(tmp_path: Path) -> None:
    """The command writes the form that was asked for, and refuses one that it does not know."""
    own = {"GOVKG_DATA_DIR": str(tmp_path / "data")}
    done = govkg("export", "--format", "popolo", "-o", str(tmp_path / "p.json"), **own)
    wrong = govkg("export", "--format", "dbf", "-o", str(tmp_path / "p.dbf"), **own)

    assert (done.returncode, "creativecommons" in done.stdout) == (0, True), done.stderr
    assert json.loads((tmp_path / "p.json").read_text())["areas"]
    assert wrong.returncode == 2
    assert "popolo" in wrong.stderr
