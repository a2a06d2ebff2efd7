"""Recipes, cleaning, and the door to the engine for mappings; the engine itself is not needed."""

import os
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from govkg.errors import GovkgError, MissingToolError, NotFoundError, RecipeError
from govkg.harvesting import Cleaned, Harvest, clean, harvest, read_recipe
from govkg.harvesting.engine import engine_command
from govkg.registers import Period, Resolver, Unit
from govkg.registers.unit import Moment
from govkg.settings import Settings, load_settings
from govkg.vocabulary import GOV

RECIPES = Path(__file__).parents[2] / "examples" / "recipes"
SOURCE = """
mapping = "m.ttl"
empty = ["Loading..."]
[source]
title = "T"
publisher = "P"
homepage = "https://example.org/"
licence = "https://example.org/licence"
"""
PLACE = """
[rows]
key = ["code"]
keep.said = ["yes"]
[columns.said]
from = "Said"
rule = "choice"
choices = [["Y.*", "yes"], ["N.*", "no"]]
[columns.code]
from = "Code"
needed = true
[columns.date]
from = "Date"
rule = "date"
formats = ["%d/%m/%Y", "%m/%Y"]
needed = true
[columns.target]
from = "Target"
rule = "year"
[columns.link]
from = "Link"
rule = "address"
[columns.place]
from = "Code"
rule = "register"
register = "towns"
date = "date"
needed = true
"""
HEADER = "Code,Said,Date,Target,Link\n"
TOWNS = {
    "towns": Resolver(
        [
            Unit("xx-OLD", "OLD", (("Old Town", "en"),), "XX", "", Period(None, Moment("2019-03"))),
            Unit("xx-NEW", "NEW", (("New Town", "en"),), "XX", "", Period(Moment("2019-04"), None)),
        ]
    )
}


def cleaned(tmp_path: Path, recipe: str, table: str) -> Cleaned:
    """Clean a table by a recipe."""
    (tmp_path / "recipe.toml").write_text(recipe, "utf-8")
    (tmp_path / "table.csv").write_text(table, "utf-8")
    return clean(tmp_path / "table.csv", read_recipe(tmp_path / "recipe.toml"), TOWNS)


@pytest.mark.parametrize(
    ("row", "column", "left_out", "problem"),
    [
        ("NEW,N - turned it down,01/05/2019,,", "Said", True, "only “yes”"),
        ("NEW,perhaps,01/05/2019,,", "Said", False, "does not say what it means"),
        ("NEW,Y,31/02/2019,,", "Date", True, "no date"),
        ("NEW,Y,Loading...,,", "Date", True, "empty"),
        ("NEW,Y,01/05/2019,soon,", "Target", False, "no year"),
        ("NEW,Y,01/05/2019,,see the archive", "Link", False, "no web address"),
        ("NEW,Y,01/05/2019,,https://a.org/?m=a.b@c.org", "Link", False, "e-mail"),
        ("NEW,Y,01/05/2019,,https://a.org/?m=a.b%40c.org", "Link", False, "e-mail"),
        ("NEW,Y,01/02/2019,,", "Code", True, "no unit of the register alone on 2019-02-01"),
        ("ZZZ,Y,01/02/2019,,", "Code", True, "nothing like it"),
        (",Y,01/05/2019,,", "Code", True, "empty"),
    ],
)
def test_dirty_cell_is_told(
    tmp_path: Path, row: str, column: str, left_out: bool, problem: str
) -> None:
    """A cell that cannot be read is told by row, column and value, and whether the row is used."""
    found = cleaned(tmp_path, SOURCE + PLACE, HEADER + row + "\n").remarks[0]
    assert (found.row, found.column, found.left_out) == (2, column, left_out)
    assert problem in found.problem
    assert found.remedy


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    """Each row is used or has exactly one remark that leaves it out, and is left out once."""
    rows = ["NEW,Y,01/05/2019,2030.0,", "NEW,Y,01/05/2019,,", "OLD,Y,02/2019,,", "OLD,N,,,", ",,,,"]
    found = cleaned(tmp_path, SOURCE + PLACE, HEADER + "\n".join(rows) + "\n")
    left_out = [each.row for each in found.remarks if each.left_out]
    assert found.read == len(rows) == len(found.rows) + len(left_out)
    assert left_out == [3, 5, 6]


def test_clean_row_holds_dates_by_precision_and_the_place_of_that_time(tmp_path: Path) -> None:
    """A date also stands in the column of its precision; the place is the one there was then."""
    table = HEADER + "OLD,Yes,02/2019,2030.0,https://a.org/1\n"
    assert cleaned(tmp_path, SOURCE + PLACE, table).rows == [
        {
            "said": "yes",
            "code": "OLD",
            "date": "2019-02",
            "date_year": "",
            "date_month": "2019-02",
            "date_day": "",
            "target": "2030",
            "link": "https://a.org/1",
            "place": "xx-OLD",
        }
    ]


def test_join_adds_columns_of_another_table(tmp_path: Path) -> None:
    """A joined table beside the first gives its columns to the rows with the same value."""
    (tmp_path / "more.csv").write_text("Code,About\nA,first\n", "utf-8")
    recipe = SOURCE + (
        '[join]\nfile = "more.csv"\ncolumn = "Code"\n[rows]\nkey = ["code"]\n'
        '[columns.code]\nfrom = "Code"\n[columns.about]\nfrom = "About"\nneeded = true\n'
    )
    found = cleaned(tmp_path, recipe, "Code\nA\nB\n")
    assert found.rows == [{"code": "A", "about": "first"}]
    assert [(each.row, each.problem) for each in found.remarks] == [(3, "it is empty")]


@pytest.mark.parametrize(
    ("recipe", "entry", "reason"),
    [
        ("= 1", "file", "Invalid"),
        (SOURCE, "columns", "required"),
        (SOURCE + PLACE.replace('"Said"', '"Sagt"'), "columns.said", "no column “Sagt”"),
        (SOURCE + PLACE.replace('"towns"', '"cities"'), "columns.place", "govkg register import"),
        (SOURCE + PLACE.replace('"Y.*"', '"("'), "columns.said.choices.0.0", "regular expression"),
        (SOURCE + PLACE.replace('["code"]', '["kode"]'), "rows.key", "“kode”"),
        (
            SOURCE + PLACE.replace('= "date"\nneeded', '= "day"\nneeded'),
            "columns.place.date",
            "“day”",
        ),
        (SOURCE.replace("mapping", "map") + PLACE, "mapping", "required"),
        (SOURCE + 'encoding = "nonsense"\n' + PLACE, "source", "nonsense"),
    ],
)
def test_wrong_recipe_is_told(tmp_path: Path, recipe: str, entry: str, reason: str) -> None:
    """A recipe that cannot work is refused with the entry and the reason, before any row."""
    with pytest.raises(RecipeError) as caught:
        cleaned(tmp_path, recipe, HEADER)
    assert caught.value.facts["entry"] == entry
    assert reason in caught.value.facts["reason"]


def test_missing_table_is_told(tmp_path: Path) -> None:
    """A table that is not there is named."""
    recipe = read_recipe(RECIPES / "first-steps" / "recipe.toml")
    with pytest.raises(NotFoundError, match=r"nowhere\.csv"):
        clean(tmp_path / "nowhere.csv", recipe, {})


def engine(tmp_path: Path, code: str, **more: object) -> Settings:
    """Return settings with an engine that runs a piece of Python."""
    path = tmp_path / "engine with spaces.py"
    path.write_text(code, "utf-8")
    return Settings(rml_engine=f"{sys.executable} '{path}'", **more)  # type: ignore[arg-type]


def run(settings: Settings) -> Harvest:
    """Carry out the mapping of the first steps with an engine."""
    folder = RECIPES / "first-steps"
    recipe = read_recipe(folder / "recipe.toml")
    rows = clean(folder / "counters.csv", recipe, {}).rows
    return harvest(rows, recipe, folder, settings)


@pytest.mark.parametrize(
    ("code", "limits", "reason"),
    [
        ("raise ValueError('no map')", {}, "the engine says: ValueError: no map"),
        ("import time; time.sleep(60)", {"rml_seconds": 0.5}, "GOVKG_RML_SECONDS"),
        ("open('made.nq', 'w').write('x' * 9999)", {"rml_bytes": 1024}, "GOVKG_RML_BYTES"),
        ("open('made.nq', 'w').write('<a b> .')", {}, "no RDF"),
        ("import os; os.kill(os.getpid(), 9)", {}, "does not say why"),
    ],
)
def test_engine_that_fails_is_told(
    tmp_path: Path, code: str, limits: dict[str, float], reason: str
) -> None:
    """An engine that fails, hangs, or makes too much or nonsense gives an error that says so."""
    with pytest.raises(RecipeError) as caught:
        run(engine(tmp_path, code, **limits))
    assert reason in caught.value.facts["reason"]


def test_engine_sees_no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our settings, with their passwords, are not handed to the engine."""
    monkeypatch.setenv("GOVKG_STORE_PASSWORD", "secret")
    made = run(
        engine(
            tmp_path,
            "import os; names = [n for n in os.environ if n.startswith('GOVKG_')]\n"
            "open('made.nq', 'w').write(f'<a:s> <a:p> \"{names}\" .')",
        ),
    )
    assert [triple.object.value for triple in made.triples] == ["[]"]
    assert "GOVKG_STORE_PASSWORD" in os.environ


def test_missing_engine_is_told(tmp_path: Path) -> None:
    """Without an engine the error says how to get one."""
    with pytest.raises(MissingToolError, match="make engine"):
        engine_command(Settings(rml_engine=str(tmp_path / "nowhere")))


def test_command_of_engine_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative command works, though the engine runs in a folder of its own."""
    program = tmp_path / "rml"
    program.write_text("#!/bin/sh\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert engine_command(load_settings({"GOVKG_RML_ENGINE": "./rml run"})) == [str(program), "run"]


def harvested(turtle: str) -> Harvest:
    """Return a harvest of some Turtle."""
    text = f"@prefix gov: <{GOV}> . @prefix : <https://example.org/> . {turtle}"
    quads = parse(text.encode(), format=RdfFormat.TURTLE)
    return Harvest(tuple(quad.triple for quad in quads), NamedNode(GOV + "GovernanceCase"))


def test_records_share_nodes_and_not_each_other() -> None:
    """A record leads to its parts and what it shares, and not beyond; strays are told."""
    made = harvested(
        ":a a gov:GovernanceCase ; :in :place ; :see :b . :b a gov:GovernanceCase ; :in :place . "
        ":place :name 'P' . :lost :name 'L' ."
    )
    a, b, place = (NamedNode(f"https://example.org/{name}") for name in ("a", "b", "place"))
    assert made.records == (a, b)
    assert made.leading_to(place) == [a, b]
    assert made.leading_to(b) == [b]
    assert made.stray == ("<https://example.org/lost>",)
    assert {triple.subject for triple in made.without({a})} == {b, place}


@pytest.mark.parametrize("folder", sorted(RECIPES.iterdir()), ids=lambda folder: folder.name)
def test_recipe_of_ours_can_be_read(folder: Path) -> None:
    """Each recipe in the repository is a good one, and its mapping lies beside it."""
    try:
        recipe = read_recipe(folder / "recipe.toml")
    except GovkgError as error:
        pytest.fail(str(error))
    assert (folder / recipe.mapping).is_file()


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Übersee / Chiemgau", "ubersee-chiemgau"), ("Straße_1", "strasse-1"), ("襄樊市", "襄樊市")],
)
def test_slug_keeps_letters_of_any_script(tmp_path: Path, name: str, slug: str) -> None:
    """A slug loses case and accents, and no letter."""
    recipe = SOURCE + '[rows]\nkey = ["s"]\n[columns.s]\nfrom = "N"\nrule = "slug"\n'
    assert cleaned(tmp_path, recipe, f"N\n{name}\n").rows == [{"s": slug}]


@pytest.mark.parametrize(
    ("wrong", "right", "reason"),
    [("prefx", "prefix", "line 4"), ("rml:objctMap", "rml:objectMap", "rml:objectMap was prob")],
)
def test_mistake_in_a_mapping_is_told_before_the_engine_runs(
    tmp_path: Path, wrong: str, right: str, reason: str
) -> None:
    """Turtle that does not parse, and a property that RML does not have, are named."""
    recipe = read_recipe(RECIPES / "first-steps" / "recipe.toml")
    text = (RECIPES / "first-steps" / recipe.mapping).read_text("utf-8")
    (tmp_path / recipe.mapping).write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(RecipeError) as caught:
        harvest([], recipe, tmp_path, Settings())
    assert reason in caught.value.facts["reason"]
