"""Registers: from a publisher's file by a declared mapping to units, and to their graph."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple
from typer.testing import CliRunner

from govkg import cli
from govkg.cases.graphs import Graphs
from govkg.cases.kg import DEFAULT_BASE, KG
from govkg.errors import GovkgError, MappingError, NotFoundError
from govkg.registers import (
    Imported,
    Kept,
    Registry,
    Resolver,
    Unit,
    bundled_mappings,
    prepare,
    read_mapping,
)
from govkg.registers.unit import Moment
from govkg.registers.writing import units_in
from govkg.store.embedded import EmbeddedStore

DATA = Path(__file__).parents[3] / "shared" / "data"
FILES = {
    "cn-areacodes": DATA / "cn-areacodes" / "result.csv",
    "uk-local-authorities": DATA / "uk-local-authorities" / "uk_local_authorities_future.csv",
    "be-refnis": DATA / "be-refnis" / "refnis2025.ttl",
    "cn-streets": DATA / "cn-divisions" / "streets.csv",
}
UNITS = {
    "cn-areacodes": 6823,
    "uk-local-authorities": 470,
    "be-refnis": 624,
    "cn-streets": 41352,
}
MAPPING = """
form = "table"
code = "id"
key = ["id", "from"]
level = "kind"
start = "from"
end = "to"
[register]
id = "made-up"
title.en = "Made-up places"
publisher = "us"
homepage = "https://example.org/"
licence = "https://example.org/licence"
country = "CN"
prefix = "mu"
open_start = "1980"
[names]
official = ["name"]
others = ["alias"]
language = "en"
[levels]
county = "county-level"
region = ""
[parent]
column = "in"
[successor]
column = "then"
same_code = true
"""
TABLE = """id,name,alias,kind,from,to,in,then
1,Westland,,region,1980,,,
11,Oldtown,The Old,county,1980,2001,1,
11,Newtown,,county,2001,,1,
12,Hillside,,county,1980,1999-06-30,1,13;14
13,Uphill,,county,1999-06-30,,1,
14,Downhill,,county,1999-06-30,,1,
"""
SKOS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <http://schema.org/> .
<urn:x:1> skos:notation "10000" ; skos:prefLabel "Noord"@nl , "Nord"@fr .
<urn:x:2> skos:notation "10001" ; skos:prefLabel "Gent"@nl ; skos:broader <urn:x:1> ;
  skos:exactMatch <http://www.wikidata.org/entity/Q1> , <urn:elsewhere> .
"""


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    """Return the folder with a small register of our own and its mapping."""
    (tmp_path / "made-up.toml").write_text(MAPPING)
    (tmp_path / "places.csv").write_text(TABLE)
    return tmp_path


def read(folder: Path, table: str = TABLE, mapping: str = MAPPING) -> Imported:
    """Read a table by a mapping."""
    (folder / "m.toml").write_text(mapping)
    (folder / "t.csv").write_text(table)
    return prepare(folder / "t.csv", read_mapping(folder / "m.toml"), DEFAULT_BASE)


def by_key(units: Sequence[Unit]) -> dict[str, Unit]:
    """Return units by their keys."""
    return {unit.key: unit for unit in units}


def test_rows_become_units_with_dates_levels_and_links(tmp_path: Path) -> None:
    """One code that was reused makes two units, of which the first became the second."""
    units = by_key(read(tmp_path).units)

    old = units["mu-11-1980"]
    assert (old.names, old.other_names) == ((("Oldtown", "en"),), (("The Old", "en"),))
    assert old.period.start is None
    assert old.period.end == Moment("2001")
    assert old.level == "county-level"
    assert old.parents == ("mu-1-1980",)
    assert old.successors == ("mu-11-2001",)
    assert units["mu-12-1980"].successors == ("mu-13-1999-06-30", "mu-14-1999-06-30")


def test_a_level_that_the_scheme_lacks_is_left_out_knowingly(tmp_path: Path) -> None:
    """A value that the mapping maps to nothing has no level, and is not remarked upon."""
    imported = read(tmp_path)

    assert by_key(imported.units)["mu-1-1980"].level == ""
    assert imported.remarks == ()


@pytest.mark.parametrize(
    ("row", "column", "problem", "dropped"),
    [
        (",Nowhere,,county,1990,,1,", "id", "it is empty", True),
        ("15,,,county,1990,,1,", "name", "it is empty", True),
        ("15,Place,,county,19th,,1,", "from", "no year, month or day", False),
        ("15,Place,,county,1990-13,,1,", "from", "month must be in 1..12", False),
        ("15,Place,,county,1990,1980,1,", "to", "before the start", False),
        ("15,Place,,town,1990,,1,", "kind", "not mapped", False),
        ("15,Place,,county,1990,,99,", "in", "no unit of the register", False),
        ("15,Place,,county,1990,1999,1,98", "then", "no unit of the register", False),
        ("11,Again,,county,2001,,1,", "id, from", "occurs twice", True),
    ],
)
def test_a_dirty_cell_is_told_by_row_and_column(
    tmp_path: Path, row: str, column: str, problem: str, dropped: bool
) -> None:
    """Each dirty cell is one remark; only a row that cannot be told apart is left out."""
    imported = read(tmp_path, TABLE + row + "\n")

    (remark,) = imported.remarks
    assert (remark.place, remark.column, remark.dropped) == ("row 8", column, dropped)
    assert problem in remark.problem
    assert len(imported.units) == (6 if dropped else 7)


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        (("[levels]", "[levles]"), "levles"),
        (('form = "table"', 'form = "excel"'), "form"),
        (('code = "id"', ""), "code"),
        (('country = "CN"', 'country = "China"'), "register.country"),
        (('code = "id"', "code = "), "file"),
        (('column = "in"', 'column = "above"'), "above"),
    ],
)
def test_a_wrong_mapping_names_the_entry(
    tmp_path: Path, change: tuple[str, str], entry: str
) -> None:
    """A mistake in a mapping, or a column that the table lacks, is told by its entry."""
    with pytest.raises(MappingError) as caught:
        read(tmp_path, mapping=MAPPING.replace(*change))

    assert caught.value.facts["entry"] == entry


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    """A table that is not in the mapping's encoding is refused, and GB18030 can be declared."""
    (tmp_path / "m.toml").write_text(MAPPING)
    (tmp_path / "t.csv").write_bytes(TABLE.replace("Newtown", "新城").encode("gb18030"))

    with pytest.raises(MappingError) as caught:
        prepare(tmp_path / "t.csv", read_mapping(tmp_path / "m.toml"), DEFAULT_BASE)
    (tmp_path / "m.toml").write_text('encoding = "gb18030"\n' + MAPPING)
    imported = prepare(tmp_path / "t.csv", read_mapping(tmp_path / "m.toml"), DEFAULT_BASE)

    assert caught.value.facts["entry"] == "encoding"
    assert by_key(imported.units)["mu-11-2001"].names[0][0] == "新城"


def test_skos_concepts_become_units(tmp_path: Path) -> None:
    """Each language has its name; the concept and the matches that the mapping keeps are kept."""
    (tmp_path / "x.ttl").write_text(SKOS)
    mapping = read_mapping(bundled_mappings()["be-refnis"])

    imported = prepare(tmp_path / "x.ttl", mapping, DEFAULT_BASE)

    units = by_key(imported.units)
    assert set(units["be-10000"].names) == {("Noord", "nl"), ("Nord", "fr")}
    assert units["be-10001"].parents == ("be-10000",)
    assert units["be-10001"].level == "municipal-level"
    assert units["be-10001"].matches == ("urn:x:2", "http://www.wikidata.org/entity/Q1")


def test_triples_give_the_units_again(tmp_path: Path) -> None:
    """What the graph of a register holds is all that there is to know of its units."""
    imported = read(tmp_path)

    again = by_key(units_in(imported.triples))

    assert again == by_key(imported.units)


def test_a_register_says_where_it_comes_from(tmp_path: Path) -> None:
    """The graph names its source, licence and version, and how many places it has."""
    store, imported = EmbeddedStore(), read(tmp_path)
    store.put(imported.graph, imported.triples)

    register = Registry(store, Graphs(DEFAULT_BASE)).register("made-up")

    assert register.graph.value == f"{DEFAULT_BASE}graph/register/made-up"
    assert (register.source, register.units) == ("https://example.org/", 6)
    assert register.licence == "https://example.org/licence"
    assert register.version.startswith("sha256:")


def test_a_look_up_is_made_again_only_for_what_changed(tmp_path: Path) -> None:
    """The next generation uses the look-up of the last, until a register changes."""
    store, kept, imported = EmbeddedStore(), Kept(), read(tmp_path)
    store.put(imported.graph, imported.triples)
    first = Registry(store, Graphs(DEFAULT_BASE), kept).resolver
    store.put(NamedNode("urn:other"), [])

    same = Registry(store.copy(), Graphs(DEFAULT_BASE), kept).resolver
    changed = read(tmp_path, TABLE.replace("Newtown", "Newertown"))
    store.put(changed.graph, changed.triples)
    other = Registry(store, Graphs(DEFAULT_BASE), kept).resolver

    assert same is first
    assert first.resolve("Newertown")[0].matched == "misspelt"
    assert other.resolve("Newertown")[0].match


def test_registers_are_reasoned_with_as_far_as_cases_speak_of_them(tmp_path: Path) -> None:
    """A place that a case names is in all that contains it; other places cost nothing."""
    store = EmbeddedStore()
    deep = TABLE + "111,Village,,county,1990,,11,\n"
    imported = read(tmp_path, deep)
    store.put(imported.graph, imported.triples)
    place = f"{DEFAULT_BASE}place/mu-111-1990"
    lies_in = NamedNode("https://w3id.org/govkg/ontology#isSubJurisdictionOf")
    region = NamedNode(f"{DEFAULT_BASE}place/mu-1-1980")
    before = KG.derived(EmbeddedStore(), DEFAULT_BASE)
    store.put(NamedNode(f"{DEFAULT_BASE}graph/ontology"), _transitive(lies_in))

    without = KG.derived(store.copy(), DEFAULT_BASE)
    store.put(
        NamedNode(f"{DEFAULT_BASE}graph/case/x"),
        [Triple(NamedNode("urn:case"), NamedNode("urn:in"), NamedNode(place))],
    )
    named = KG.derived(store.copy(), DEFAULT_BASE)

    wanted = Triple(NamedNode(place), lies_in, region)
    assert len(before.quads) == 0
    assert wanted not in set(without.closure.inferred())
    assert wanted in set(named.closure.inferred())


def _transitive(name: NamedNode) -> list[Triple]:
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return [Triple(name, kind, NamedNode("http://www.w3.org/2002/07/owl#TransitiveProperty"))]


# --- the command line ----------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have commands work on a folder of their own."""
    monkeypatch.setenv("GOVKG_DATA_DIR", str(tmp_path / "data"))


def run(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it prints, and let errors through."""
    done = CliRunner().invoke(cli.app, ["register", *arguments])
    if isinstance(done.exception, GovkgError):
        raise done.exception
    return done.exit_code, done.stdout


@pytest.mark.usefixtures("data")
def test_the_same_file_again_changes_nothing(made_up: Path) -> None:
    """A second import is no change; another file is told as what came, changed and went."""
    arguments = ("import", str(made_up / "places.csv"), "--mapping", str(made_up / "made-up.toml"))
    first = json.loads(run(*arguments, "--json")[1])
    again = json.loads(run(*arguments, "--json")[1])
    (made_up / "places.csv").write_text(
        TABLE.replace("Uphill", "Up Hill").replace("14,Downhill", "15,Downhill")
    )

    code, text = run(*arguments, "--json")

    other = json.loads(text)
    assert (len(first["added"]), first["unchanged"]) == (7, 0)
    assert (again["added"], again["changed"], again["removed"]) == ([], [], [])
    assert [each.rpartition("/")[2].rstrip(">") for each in other["removed"]] == [
        "mu-14-1999-06-30"
    ]
    assert len(other["added"]) == 1
    assert any("mu-13" in each for each in other["changed"])
    assert code == 0  # a link that cannot be followed is a remark, no row is lost


@pytest.mark.usefixtures("data")
def test_a_row_that_is_left_out_is_the_exit_code(made_up: Path) -> None:
    """Exit code 1 says that some rows were not taken over; the others are stored."""
    (made_up / "places.csv").write_text(TABLE + ",Nowhere,,county,1990,,1,\n")

    code, text = run(
        "import", str(made_up / "places.csv"), "--mapping", str(made_up / "made-up.toml")
    )

    assert code == 1
    assert "row 8, id" in text
    assert run("resolve", "Downhill")[0] == 0


@pytest.mark.usefixtures("data")
def test_a_dry_run_stores_nothing(made_up: Path) -> None:
    """With --dry-run the differences are told, and nothing can be found afterwards."""
    run(
        "import", str(made_up / "places.csv"), "--mapping", str(made_up / "made-up.toml"),
        "--dry-run",
    )  # fmt: skip

    assert run("resolve", "Newtown") == (1, "")


@pytest.mark.usefixtures("data")
def test_parents_in_another_register_must_be_there(tmp_path: Path) -> None:
    """Streets without their counties are refused, with the register to import first."""
    (tmp_path / "s.csv").write_text("code,name,areaCode\n110101001,东华门街道,110101\n")

    with pytest.raises(NotFoundError) as caught:
        run("import", str(tmp_path / "s.csv"), "--as", "cn-streets")

    assert caught.value.facts["name"] == "cn-areacodes"


# --- the whole files -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> dict[str, Imported]:
    """Return all registers whose files are there, as their publishers have them."""
    if missing := [str(path) for path in FILES.values() if not path.exists()]:
        pytest.skip(f"the publishers' files are not on this machine: {', '.join(missing)}")
    found: dict[str, Imported] = {}
    for name, path in FILES.items():
        known = found["cn-areacodes"].units if name == "cn-streets" else ()
        mapping = read_mapping(bundled_mappings()[name])
        found[name] = prepare(path, mapping, DEFAULT_BASE, known=known)
    return found


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_is_read(whole: dict[str, Imported], name: str) -> None:
    """No row of a publisher's file is lost: each is a unit, and each dirty cell is a remark."""
    imported = whole[name]

    assert len(imported.units) == UNITS[name]
    assert not [remark for remark in imported.remarks if remark.dropped]
    assert len({unit.key for unit in imported.units}) == UNITS[name]


def test_remarks_on_whole_files_are_few_and_of_known_kinds(whole: dict[str, Imported]) -> None:
    """What cannot be followed in the files: replaced-by codes and counties that no list has."""
    kinds = {(name, r.column, r.problem) for name, i in whole.items() for r in i.remarks}

    assert kinds == {
        ("uk-local-authorities", "replaced-by", "no unit of the register had this code then"),
        ("cn-streets", "areaCode", "no unit of the register had this code then"),
    }


@pytest.fixture(scope="module")
def resolver(whole: dict[str, Imported]) -> Resolver:
    """Return the look-up over all whole files."""
    return Resolver(unit for imported in whole.values() for unit in imported.units)


@pytest.mark.parametrize(
    ("text", "date", "key"),
    [
        ("襄樊市", "2008", "cn-420600-1981"),
        ("襄樊市", "", "cn-420600-1981"),
        ("襄阳市", "2015", "cn-420600-2010"),
        ("420600", "2008", "cn-420600-1981"),
        ("420600", "2015", "cn-420600-2010"),
        ("Bristol City Council", "2020", "gb-BST"),
        ("Brugge", "2025", "be-31005"),
        ("Bruges", "2025", "be-31005"),
        ("东华门街道", "", "cn-110101001"),
    ],
)
def test_a_name_is_resolved_as_of_a_date(
    resolver: Resolver, text: str, date: str, key: str
) -> None:
    """Old names, reused codes and other languages lead to the one unit that was there then."""
    best = resolver.resolve(text, Moment(date) if date else None)[0]

    assert (best.unit.key, best.match) == (key, True)


def test_a_year_of_change_is_not_decided(resolver: Resolver) -> None:
    """In the year in which a code went over to another place, either may be meant."""
    found = resolver.resolve("420600", Moment("2010"))

    assert {each.unit.key for each in found} == {"cn-420600-1981", "cn-420600-2010"}
    assert not any(each.match for each in found)


@pytest.mark.parametrize(
    ("text", "key"), [("Brisol", "gb-BST"), ("襄攀市", "cn-420600-1981"), ("Antwerpn", "be-11002")]
)
def test_a_misspelt_name_is_a_guess(resolver: Resolver, text: str, key: str) -> None:
    """A mistake in typing leads to the place, and never to a match by itself."""
    found = resolver.resolve(text)

    assert key in [each.unit.key for each in found[:3]]
    assert not any(each.match for each in found)
