"""The recipes in examples/, carried out by the real engine through the command line."""

import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, Store

from govkg.cases.diffusing import adoptions, innovations
from govkg.cases.kg import DEFAULT_BASE, KG
from govkg.errors import MissingToolError
from govkg.harvesting.engine import engine_command
from govkg.publishing import Stock, write_dump
from govkg.settings import load_settings
from govkg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "examples" / "recipes"
SHARED = ROOT.parent / "shared" / "data"
"""Files of publishers, which are not part of the repository."""

try:
    engine_command(load_settings())
except MissingToolError as error:
    pytest.skip(f"no engine for mappings: {error}", allow_module_level=True)

REGISTER = """\
local-authority-code,official-name,nice-name,start-date,end-date,replaced-by,local-authority-type
OTB,Oldham-on-Tees Borough Council,Oldham-on-Tees,,2019-03-31,NWT,NMD
NWT,Newton-on-Tees Council,Newton-on-Tees,2019-04-01,,,UA
SHI,Shireland County Council,Shireland,,,,CTY
BOTH,Shireland and Tees Combined Authority,Shireland and Tees,2014-04-01,,,COMB
"""
COLUMNS = (
    "local-authority-code", "council", "made_declaration", "date_made", "carbon_neutral_date",
    "motion_url",
)  # fmt: skip
DECLARATIONS = [
    ("NWT", "Newton-on-Tees Council", "Y", "18/07/2019", "2030.0", "https://example.org/motion/1"),
    ("SHI", "Shireland County Council", "Y*", "05/2019", "", "Loading..."),
    ("OTB", "Oldham-on-Tees Borough Council", "N - turned it down", "", "2050.0", ""),
    ("NWT", "Newton-on-Tees Council", "Y", "18/07/2019", "2030.0", "https://example.org/motion/1"),
    ("OTB", "Oldham-on-Tees Borough Council", "Y", "18/07/2019", "", ""),
    ("BOTH", "Shireland and Tees", "Y", "18/07/2019", "", ""),
    ("", "Gone Council (defunct council)", "Y", "24/07/2019", "2030.0", ""),
    ("SHI", "Shireland County Council", 'Y - "Acknowledge not declared"', "18/07/2019", "", ""),
]
"""Invented councils, in the columns and with the dirt of the list that mySociety keeps."""


def govkg(data: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command on a data folder, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "govkg", *map(str, arguments)],
        capture_output=True, text=True, timeout=280, check=False,
        env=os.environ | {"GOVKG_DATA_DIR": str(data)},
    )  # fmt: skip


@dataclass
class Made:
    """What a recipe made."""

    code: int
    told: dict[str, Any]
    store: Store

    def ask(self, pattern: str) -> list[tuple[str, ...]]:
        """Return the solutions of a pattern as text, in order, and in the order of the names."""
        found = self.store.query(f"SELECT * {{ {pattern} }}", prefixes=PREFIXES)
        names = sorted(variable.value for variable in found.variables)  # type: ignore[union-attr]
        return sorted(tuple(each[name].value for name in names) for each in found)  # type: ignore[union-attr]


PREFIXES = {
    "gov": "https://w3id.org/govkg/ontology#",
    "case": "https://w3id.org/govkg/case/",
    "place": "https://w3id.org/govkg/place/",
    "dcterms": "http://purl.org/dc/terms/",
}


def made(data: Path, table: Path, recipe: str) -> Made:
    """Carry out a recipe."""
    output = data.parent / "out.ttl"
    done = govkg(
        data, "harvest", table, "--recipe", RECIPES / recipe / "recipe.toml", "-o", output, "--json"
    )
    assert done.returncode in {0, 1}, done.stderr
    store = Store()
    store.load(path=output, format=RdfFormat.TURTLE)
    return Made(done.returncode, json.loads(done.stdout), store)


def imported(folder: Path, file: Path) -> Path:
    """Return a data folder with a register of local authorities."""
    done = govkg(folder / "data", "register", "import", file, "--as", "uk-local-authorities")
    assert "stored" in done.stdout, done.stderr
    return folder / "data"


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Carry out the recipe for declarations on our excerpt."""
    folder = tmp_path_factory.mktemp("declared")
    table, register = folder / "declarations.csv", folder / "register.csv"
    known = register_columns()
    rows = csv.DictReader(REGISTER.splitlines())
    with register.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, known, restval="")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "lookup_name_to_registry.csv").write_text("la-name,local-authority-code\n")
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([COLUMNS, *DECLARATIONS])
    return made(imported(folder, register), table, "uk-climate")


def register_columns() -> list[str]:
    """Return the columns that the mapping of the register reads."""
    return [
        *REGISTER.splitlines()[0].split(","), "county-la", "gss-code", "BS-6879", "ecode",
        "gov-uk-slug", "old-ons-la-code", "old-register-and-code", "snac", "former-gss-codes",
    ]  # fmt: skip


def test_rows_are_cases_or_left_out(declared: Made) -> None:
    """Every row of the excerpt makes a case or is left out with its reason, by row and column."""
    told = declared.told
    left_out = {each["row"]: each["column"] for each in told["remarks"] if each["left_out"]}
    assert told["rows"] == len(DECLARATIONS) == told["written"] + told["leftOut"]
    assert left_out == {
        4: "made_declaration",
        5: "local-authority-code",
        6: "local-authority-code",
        7: "local-authority-code",
        8: "local-authority-code",
        9: "made_declaration",
    }
    assert (told["nonconforming"], told["stray"], told["expected"]) == ({}, [], 2)


def test_case_leads_to_the_entry_of_the_register(declared: Made) -> None:
    """The lead jurisdiction is the register's own IRI for the council of that date."""
    assert declared.ask("?case gov:hasLeadJurisdiction ?place") == [
        (PREFIXES["case"] + "uk-climate-nwt", PREFIXES["place"] + "gb-NWT"),
        (PREFIXES["case"] + "uk-climate-shi", PREFIXES["place"] + "gb-SHI"),
    ]


def test_dates_and_targets_are_clean(declared: Made) -> None:
    """Dates are as precise as the cell; a target without a value is not spoken of."""
    dates = declared.ask("?case a gov:GovernanceCase ; gov:startDate ?d")
    targets = declared.ask("?m a gov:InnovationMeasure ; dcterms:description ?text")
    assert [date for _, date in dates] == ["2019-07-18", "2019-05"]
    assert [text for _, text in targets] == [
        "The council aims to be carbon neutral by 2030, says the list."
    ]


def test_nothing_is_claimed_beyond_the_source(declared: Made) -> None:
    """No type of remedy, outcome, status, crisis or symptom is made up."""
    said = {predicate for _, predicate, _ in declared.ask("?s ?p ?o")}
    own = {each.removeprefix(PREFIXES["gov"]) for each in said if each.startswith(PREFIXES["gov"])}
    assert own == {
        "adopts", "appliesIn", "basedOnEvidence", "countryCode", "governs", "hasEvidence",
        "hasEvidenceType", "hasGovernmentLevel", "hasIndependence", "hasLeadJurisdiction",
        "hasParticipant", "hasParticipation", "inRole", "locator", "publisherName", "startDate",
    }  # fmt: skip


def test_whole_list_of_declarations(tmp_path: Path) -> None:
    """Each row of the whole list is a good case or left out, and no e-mail gets through."""
    register = SHARED / "uk-local-authorities" / "uk_local_authorities_future.csv"
    table = SHARED / "uk-climate" / "declarations.csv"
    if not table.is_file() or not register.is_file():
        pytest.skip(f"the files of mySociety are not in {SHARED}")
    found = made(imported(tmp_path, register), table, "uk-climate")
    told = found.told
    assert (told["rows"], told["written"], told["leftOut"]) == (404, 330, 74)
    assert (told["nonconforming"], told["stray"]) == ({}, [])
    assert not [said for said in found.ask("?s ?p ?o") if "@" in "".join(said)]


def test_adoptions_become_measures_and_no_diffusion_is_made_up(tmp_path: Path) -> None:
    """Each adoption is a measure of one state in one year; who learned from whom is not said."""
    (tmp_path / "policies.csv").write_text(
        "statenam,policy,adopt_year\nEast Carolina,quietroads,1957\nNew Jefferson,quietroads,1961\n"
        "East Carolina,quietroads,1957\nNew Jefferson,nolist,1961\n"
    )
    (tmp_path / "policies_metadata.csv").write_text(
        "policy,description,majortopic\nquietroads,Quiet Roads At Night,Transport\n"
    )
    found = made(tmp_path / "data", tmp_path / "policies.csv", "us-spid")
    left_out = [(each["row"], each["column"]) for each in found.told["remarks"]]
    assert left_out == [(4, "policy, statenam"), (5, "description")]
    assert [row[1:] for row in found.ask("?m gov:startDate ?year ; gov:appliesIn ?place")] == [
        (PREFIXES["place"] + "us-east-carolina", "1957"),
        (PREFIXES["place"] + "us-new-jefferson", "1961"),
    ]
    assert not found.ask("?s gov:adoptedFrom|gov:isStartedBy|gov:diffusedTo ?o")


SPID = "https://w3id.org/govkg/graph/us-spid"


def test_data_whose_terms_are_not_known_is_used_and_not_given_away(tmp_path: Path) -> None:
    """Adoptions are listed by /diffusion, and no dump has them, whatever licence is set for all."""
    (tmp_path / "policies.csv").write_text(
        "statenam,policy,adopt_year\nNew Jefferson,quietroads,1961\nEast Carolina,quietroads,1957\n"
    )
    (tmp_path / "policies_metadata.csv").write_text(
        "policy,description,majortopic\nquietroads,Quiet Roads At Night,Transport\n"
    )
    data, out = tmp_path / "data", tmp_path / "out.ttl"
    recipe = RECIPES / "us-spid" / "recipe.toml"
    done = govkg(data, "harvest", tmp_path / "policies.csv", "--recipe", recipe, "-o", out)
    assert f"govkg load {out} --graph {SPID}" in done.stdout
    assert govkg(data, "load", out, "--graph", SPID).returncode == 0

    kg = KG.derived(EmbeddedStore(data / "store").copy(), reasons=False)
    ((policy, count),) = innovations(kg)
    stock = Stock(kg.quads, DEFAULT_BASE, "https://creativecommons.org/licenses/by/4.0/")
    dump = write_dump(stock, tmp_path / "dump", bundled=False)

    assert count == 2
    assert [each.date for each in adoptions(kg, policy)] == ["1957", "1961"]
    assert SPID in dump.left_out
    files = [path.read_bytes() for path in (tmp_path / "dump").iterdir()]
    packed = [gzip.decompress(each) if each[:2] == b"\x1f\x8b" else each for each in files]
    assert not any(b"quietroads" in each for each in packed)


def test_first_steps_are_as_the_documentation_says(tmp_path: Path) -> None:
    """The example that docs/harvesting.md walks through prints what the page says."""
    folder = RECIPES / "first-steps"
    done = govkg(
        tmp_path, "harvest", folder / "counters.csv", "--recipe", folder / "recipe.toml",
        "-o", tmp_path / "cases.ttl",
    )  # fmt: skip
    page = (ROOT / "docs" / "harvesting.md").read_text("utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.replace(f"{tmp_path}/", "") in page
    assert (
        govkg(tmp_path, "validate", tmp_path / "cases.ttl", "--profile", "minimal").returncode == 0
    )
    assert govkg(tmp_path, "load", tmp_path / "cases.ttl", "--cases").returncode == 0
    kg = KG(EmbeddedStore(tmp_path / "store"), reasons=False)
    assert [case.id for case in kg.cases()] == ["permits-example-town", "permits-other-town"]


def test_a_case_that_no_store_takes_is_told_at_once(tmp_path: Path) -> None:
    """Where a name has letters that no id has, the case is named and not written."""
    folder = tmp_path / "mine"
    shutil.copytree(RECIPES / "first-steps", folder)
    (folder / "counters.csv").write_text(
        "Town,Opened,What changed,Report\n北京,2014,One counter,\nOrt,2015,One counter,\n"
    )
    done = govkg(
        tmp_path / "data", "harvest", folder / "counters.csv",
        "--recipe", folder / "recipe.toml", "-o", tmp_path / "cases.ttl",
    )  # fmt: skip

    assert done.returncode == 1
    assert "%E4%BA%AC: not written: document: a case cannot be called" in done.stdout
    assert "permits-ort" in (tmp_path / "cases.ttl").read_text("utf-8")
