"""The catalogue: by the official shapes, and as a harvester reads it."""

from pathlib import Path

import pytest
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef

from govkg.cases import KG
from govkg.cases.checking import with_shapes
from govkg.publishing import Stock, write_dump
from govkg.publishing.catalogue import Catalogue, Where
from govkg.publishing.dumping import Dump
from govkg.publishing.markup import dataset_markup
from govkg.rdf import format_named, write
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import SCHEMA

from .test_publishing import BASE, mixed

ADDRESS = "https://data.example.org"
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DCAT_AP = Path(__file__).parents[3] / "shared" / "data" / "eu-semic" / "dcat-ap-3.0.1"
SHAPES = [
    "html/shacl/shapes.ttl",
    "html/shacl/range.ttl",
    "html/shacl/deprecateduris.ttl",
    "shacl/dcat-ap-SHACL.ttl",
    "shacl/ranges.ttl",
]
SET = Settings(
    publisher_name="City of Example",
    publisher_url="https://example.org/",
    contact_name="Data desk",
    contact_email="data@example.org",
    contact_url="https://example.org/contact",
)


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Dump:
    """Return the dump of the bundled graph."""
    stock = Stock(KG.load(EmbeddedStore()).quads, BASE)
    return write_dump(stock, tmp_path_factory.mktemp("dump"))


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Dump:
    """Return a dump with a register and restricted data."""
    folder = tmp_path_factory.mktemp("dump")
    return write_dump(Stock(mixed(), BASE), folder, restricted=True)


def turtle(dump: Dump, settings: Settings) -> bytes:
    """Return a catalogue as Turtle."""
    return write(Catalogue(dump, Where(ADDRESS), settings).triples(), format_named("turtle"))


@pytest.mark.skipif(not DCAT_AP.is_dir(), reason=f"the shapes of DCAT-AP are not in {DCAT_AP}")
@pytest.mark.parametrize(
    ("engine", "shapes"), [("reference", SHAPES[0]), *(("fast", each) for each in SHAPES)]
)
@pytest.mark.parametrize("name", ["bundled", "registers"])
def test_nothing_violates_the_shapes_of_dcat_ap(
    shapes: str, name: str, engine: str, request: pytest.FixtureRequest
) -> None:
    """DCAT-AP 3.0.1 finds no violation, whatever is set; pyshacl agrees on the constraints.

    That holds for the catalogue of a release too.
    """
    dump: Dump = request.getfixturevalue(name)
    validator = with_shapes([DCAT_AP / shapes], engine)
    cases = [(Settings(), ""), (SET, ""), *([(SET, "2027.1")] if engine == "fast" else [])]
    for settings, release in cases:
        where = Where(ADDRESS, release)
        report = validator.validate(Catalogue(dump, where, settings).triples())
        found = [each for each in report.findings if each.severity == "violation"]
        assert [(each.focus, each.path, each.message["en"]) for each in found] == []


@pytest.mark.skipif(not DCAT_AP.is_dir(), reason=f"the shapes of DCAT-AP are not in {DCAT_AP}")
def test_the_shapes_of_dcat_ap_do_find_what_is_missing(bundled: Dump) -> None:
    """The test above can fail: without its publisher the catalogue does not conform."""
    triples = Catalogue(bundled, Where(ADDRESS), Settings()).triples()
    kept = [each for each in triples if not each.predicate.value.endswith("/publisher")]

    assert not with_shapes([DCAT_AP / SHAPES[0]], "fast").validate(kept).conforms


def test_a_harvester_of_ckan_finds_its_fields(bundled: Dump) -> None:
    """What the euro_dcat_ap profile of ckanext-dcat reads is there, in the forms that it expects.

    This reads the properties by hand, one literal or IRI for each field of a package and of its
    resources; ``tests/clients/test_ckan.py`` has the parser itself read them.
    """
    graph = Graph().parse(data=turtle(bundled, SET), format="turtle")
    packages = list(graph.subjects(RDF.type, DCAT.Dataset))

    assert len(packages) == len(bundled.datasets()) == 5
    for package in packages:
        assert graph.value(package, DCTERMS.title, any=True)
        assert isinstance(graph.value(package, DCTERMS.identifier, any=False), Literal)
        assert graph.value(package, DCTERMS.description, any=True)
        assert str(graph.value(package, DCTERMS.modified, any=False)) == "2026-11-23"
        assert all("," not in keyword for keyword in graph.objects(package, DCAT.keyword))
        publisher = graph.value(package, DCTERMS.publisher, any=False)
        assert str(graph.value(publisher, FOAF.name, any=False)) == "City of Example"
        contact = graph.value(package, DCAT.contactPoint, any=False)
        assert graph.value(contact, VCARD.hasEmail) == URIRef("mailto:data@example.org")
        resources = list(graph.objects(package, DCAT.distribution))
        assert resources
        for resource in resources:
            check_resource(graph, resource, bundled)


def check_resource(graph: Graph, resource: object, dump: Dump) -> None:
    """Check the fields of one resource against the file."""
    assert isinstance(resource, URIRef)
    file = dump.file(resource.rpartition("/")[2])
    assert file is not None
    assert graph.value(resource, DCAT.downloadURL, any=False) == resource
    assert graph.value(resource, DCAT.accessURL, any=False) == resource
    size = graph.value(resource, DCAT.byteSize, any=False)
    assert isinstance(size, Literal)
    assert int(size) == file.bytes
    checksum = graph.value(resource, SPDX.checksum, any=False)
    assert str(graph.value(checksum, SPDX.checksumValue, any=False)) == file.sha256
    media = graph.value(resource, DCAT.mediaType, any=False)
    if file.name != "diffusion.graphml":  # IANA lists no such type
        assert str(media).endswith(file.media_type)
    licence = graph.value(resource, DCTERMS.license, any=False)
    assert str(graph.value(licence, DCTERMS.title, any=True)).startswith("Creative Commons")


def test_what_is_not_set_is_left_out(bundled: Dump) -> None:
    """Without settings nobody is named as contact, and the publisher is that of the data."""
    graph = Graph().parse(data=turtle(bundled, Settings()), format="turtle")

    assert not list(graph.objects(None, DCAT.contactPoint))
    names = {str(graph.value(each, FOAF.name)) for each in graph.objects(None, DCTERMS.publisher)}
    assert names == {"govkg editors"}


def test_restricted_data_is_said_to_be_restricted(registers: Dump) -> None:
    """A dataset under a closed licence has restricted access rights; an open one has not."""
    graph = Graph().parse(data=turtle(registers, SET), format="turtle")
    rights = {
        name: str(graph.value(URIRef(f"{ADDRESS}/catalog#register-{name}"), DCTERMS.accessRights))
        for name in ("free", "sold")
    }

    assert rights["free"].endswith("/PUBLIC")
    assert rights["sold"].endswith("/RESTRICTED")


def test_the_markup_for_search_engines_is_complete(bundled: Dump) -> None:
    """schema.org's Dataset has the fields that dataset search asks for, for each part."""
    found = dataset_markup(bundled, Where(ADDRESS), SET)

    assert found["@context"] == SCHEMA
    assert len(found["hasPart"]) == 4
    for each in (found, *found["hasPart"]):
        assert {"name", "description", "license", "distribution", "url"} <= each.keys()
        assert 50 <= len(each["description"]) <= 5000
    assert found["publisher"]["url"] == "https://example.org/"
