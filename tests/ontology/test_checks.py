"""Each file in checks/ is a claim about the ontology; it returns the terms that break it."""

import csv
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, QuerySolutions, RdfFormat, Store

HERE = Path(__file__).parent
CHECKS = sorted((HERE / "checks").glob("*.rq"))
FAULTS = HERE / "data" / "faults.trig"


def waivers(check: str) -> set[str]:
    """Return the terms that are excused from a check; waivers.tsv gives the reasons."""
    with (HERE / "checks" / "waivers.tsv").open(encoding="utf-8", newline="") as file:
        return {r["term"] for r in csv.DictReader(file, delimiter="\t") if r["check"] == check}


def offenders(store: Store, check: Path) -> dict[str, str]:
    """Return the rows that a check finds, by term."""
    solutions = store.query(check.read_text(encoding="utf-8"))
    assert isinstance(solutions, QuerySolutions)
    rows: dict[str, str] = {}
    for row in solutions:
        term = row["term"]
        name = term.value if isinstance(term, NamedNode) else str(term)
        rows[name] = " | ".join(str(value) for value in row)
    return rows


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_check_finds_nothing(check: Path, store: Store) -> None:
    """The ontology keeps to the claim in the file's name, but for waived terms."""
    found = offenders(store, check)

    excused = waivers(check.stem)
    broken = [row for term, row in sorted(found.items()) if term not in excused]
    assert not broken, "\n".join([check.read_text(encoding="utf-8").splitlines()[0], *broken])


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_waiver_is_needed(check: Path, store: Store) -> None:
    """A waiver whose term keeps to the check is stale and must go."""
    found = offenders(store, check)

    assert waivers(check.stem) <= set(found)


def test_every_waiver_names_a_check() -> None:
    """A waiver belongs to a check that exists and gives a reason."""
    with (HERE / "checks" / "waivers.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))

    names = {check.stem for check in CHECKS}
    assert all(row["check"] in names and len(row["reason"]) > 10 for row in rows)


@pytest.mark.parametrize("check", CHECKS, ids=lambda path: path.stem)
def test_check_can_fail(check: Path) -> None:
    """Each check finds its fault in data/faults.trig, so none of them passes for nothing."""
    faulty = Store()
    faulty.load(path=str(FAULTS), format=RdfFormat.TRIG)
    for quad in list(faulty):
        faulty.add(type(quad)(quad.subject, quad.predicate, quad.object))

    assert offenders(faulty, check), f"add a fault for {check.stem} to {FAULTS.name}"
