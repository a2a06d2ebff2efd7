"""``govkg harvest``: cases out of somebody's table, by a recipe and a mapping in RML."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pyoxigraph import NamedNode

from govkg.cases.checking import Checker
from govkg.cases.graphs import Graphs
from govkg.cases.submitting import id_of
from govkg.cli.console import AT_FAULT, OK, AsJson, print_json, progress
from govkg.cli.shelves import Here
from govkg.errors import ParameterError
from govkg.forms.formats import format_named
from govkg.harvesting import Cleaned, Harvest, Recipe, clean, read_recipe
from govkg.harvesting import harvest as carry_out
from govkg.harvesting.engine import engine_command
from govkg.harvesting.mapping import describe_source
from govkg.rdf import format_of_file, write
from govkg.registers import Resolver
from govkg.registers.writing import units_in
from govkg.settings import Settings, load_settings
from govkg.vocabulary import GOV

EXAMPLE = "govkg harvest declarations.csv --recipe recipe.toml -o cases.ttl"
_SHOWN = 20
"""How many kinds of remarks are printed for people."""
_ROWS = 3
"""For how many rows each."""


def harvest(
    table: Annotated[Path, typer.Argument(help="The table, as its publisher gives it.")],
    recipe: Annotated[Path, typer.Option(help="A recipe: docs/harvesting.md.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the cases go, as RDF.")],
    profile: Annotated[str, typer.Option(help="How much is asked of a case.")] = "minimal",
    report: Annotated[Path | None, typer.Option(help="Where all remarks go, as JSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make cases of a table, check them, and account for every row.

    Cases that do not conform are told, and not written. Nothing is stored: `govkg load` does that.
    Exit code 1: some cells could not be read, some rows made no case, or some cases do not conform;
    all others are written.
    """
    known, settings = format_of_file(output.name), load_settings()
    engine_command(settings)
    read = read_recipe(recipe)
    progress(f"cleaning {table.name}")
    cleaned = clean(table, read, _registers(read, settings))
    progress(f"mapping {len(cleaned.rows)} rows")
    made = carry_out(cleaned.rows, read, recipe.parent, settings)
    progress(f"checking {len(made.records)} records")
    broken = _broken(made, profile)
    for record, reason in _misnamed(made, settings.base_iri):
        broken.setdefault(record, []).append(reason)
    told = _account(cleaned, made, read, broken)
    output.write_bytes(write([*describe_source(read.source), *made.without(broken)], known))
    if report:
        report.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    progress("")
    if as_json:
        print_json(told)
    else:
        _print(told)
        typer.echo(f"To store them: govkg load {output} {_where(read)}")
    raise typer.Exit(AT_FAULT if _faults(told) else OK)


def _where(recipe: Recipe) -> str:
    """Return the options that put what was made where it belongs."""
    return f"--graph {recipe.source.graph}" if recipe.source.graph else "--cases"


def _registers(recipe: Recipe, settings: Settings) -> dict[str, Resolver]:
    """Return the registers that a recipe asks for, as far as they are in the store."""
    wanted = {column.register_ for column in recipe.columns.values() if column.register_}
    if not wanted:
        return {}
    progress("reading the registers")
    store, graphs = Here(settings).store, Graphs(settings.base_iri)
    units = {each: units_in(store.triples(graphs.register(each))) for each in sorted(wanted)}
    return {each: Resolver(found) for each, found in units.items() if found}


def _broken(made: Harvest, profile: str) -> dict[NamedNode, list[str]]:
    """Return what each record that does not conform has to mend: the rules and their messages."""
    checker = Checker()
    data = write(made.triples, format_of_file("records.nt"))
    found = checker.validate(checker.read(data, format_named("n-triples")), profile).findings
    broken: defaultdict[NamedNode, list[str]] = defaultdict(list)
    for each in found:
        if each.severity == "violation":
            for record in made.leading_to(each.focus):
                broken[record].append(f"{each.rule} {each.message['en']}")
    return dict(broken)


def _misnamed(made: Harvest, base: str) -> Iterator[tuple[NamedNode, str]]:
    """Yield the cases that no store takes under their IRIs, and why."""
    if made.kind == NamedNode(GOV + "GovernanceCase"):
        for record in made.records:
            try:
                id_of(record.value, base)
            except ParameterError as error:
                yield record, error.text("en")


def _account(
    cleaned: Cleaned, made: Harvest, recipe: Recipe, broken: dict[NamedNode, list[str]]
) -> dict[str, Any]:
    """Return what became of every row, as JSON values."""
    return {
        "rows": cleaned.read,
        "used": len(cleaned.rows),
        "leftOut": sum(remark.left_out for remark in cleaned.remarks),
        "kind": recipe.makes,
        "records": len(made.records),
        "expected": len({tuple(r[c] for c in recipe.record_columns) for r in cleaned.rows}),
        "written": len(made.records) - len(broken),
        "stray": list(made.stray),
        "nonconforming": {record.value: sorted(found) for record, found in broken.items()},
        "remarks": [vars(each) for each in cleaned.remarks],
    }


def _kinds(remarks: list[dict[str, Any]]) -> list[tuple[tuple[bool, str, str], list[str]]]:
    """Return the kinds of remarks, the commonest first, each with its rows and their values."""
    kinds: defaultdict[tuple[bool, str, str], list[str]] = defaultdict(list)
    for each in remarks:
        kind = each["left_out"], each["column"], each["problem"]
        value = f" (“{each['value']}”)" if each["value"] else ""
        kinds[kind].append(f"{each['row']}{value}")
    return sorted(kinds.items(), key=lambda kind: -len(kind[1]))


def _faults(told: dict[str, Any]) -> bool:
    """Say whether anything asks for a person."""
    unread = any(not each["left_out"] for each in told["remarks"])
    return bool(
        unread or told["nonconforming"] or told["stray"] or told["records"] != told["expected"]
    )


def _print(told: dict[str, Any]) -> None:
    """Print the account for people."""
    typer.echo(
        "{rows} rows: {used} used, {leftOut} left out; {written} records written".format(**told)
    )
    if told["records"] != told["expected"]:
        typer.echo(
            "The mapping makes {records} of gov:{kind}, and should make {expected}: correct "
            "its subjects, or `key` and `record` in the recipe.".format(**told)
        )
    kinds = _kinds(told["remarks"])
    for (left_out, column, problem), rows in kinds[:_SHOWN]:
        done = "left out" if left_out else "used without it"
        more = f" and {len(rows) - _ROWS} more" if len(rows) > _ROWS else ""
        typer.echo(f"{column}: {problem}: {done}: row {', '.join(rows[:_ROWS])}{more}")
    if len(kinds) > _SHOWN:
        typer.echo(f"… and {len(kinds) - _SHOWN} more kinds of remarks; --report writes all.")
    broken = Counter(each for found in told["nonconforming"].values() for each in found)
    for problem, count in broken.most_common(_SHOWN):
        case = next(case for case, found in told["nonconforming"].items() if problem in found)
        others = f" and {count - 1} more" if count > 1 else ""
        typer.echo(f"{case}{others}: not written: {problem}")
    for each in told["stray"][:_SHOWN]:
        typer.echo(f"{each} is described, but no record leads to it, so it is not written.")
