"""``govkg register``: registers of jurisdictions in the store."""

from pathlib import Path
from typing import Annotated, Any

import typer

from govkg.cases.graphs import Graphs
from govkg.cli.console import AT_FAULT, OK, AsJson, chosen, print_json, progress
from govkg.cli.shelves import Elsewhere, Here, Shelf
from govkg.errors import NotFoundError, ParameterError
from govkg.registers import (
    Candidate,
    Mapping,
    Registry,
    Resolver,
    Unit,
    bundled_mappings,
    prepare,
    read_mapping,
)
from govkg.registers.unit import Moment
from govkg.registers.writing import units_in
from govkg.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Registers of jurisdictions: places as they were.")
_SHOWN = 10
"""How many remarks are printed for people."""


@app.command(
    "import",
    epilog="Example: govkg register import result.csv --as cn-areacodes",
)
def import_register(  # noqa: PLR0913, PLR0917 # one for each option
    file: Annotated[
        Path, typer.Argument(help="The publisher's file: CSV, SKOS in RDF, Popolo, GeoJSON.")
    ],
    register: Annotated[
        str, typer.Option("--as", help="A register that is known: see `govkg register known`.")
    ] = "",
    mapping: Annotated[
        Path | None, typer.Option(help="Or a mapping of your own: docs/registers.md.")
    ] = None,
    version: Annotated[str, typer.Option(help="The version; else the hash of the file.")] = "",
    to: Annotated[
        str, typer.Option(help="The address of a running service, as http://127.0.0.1:8000.")
    ] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="The file with a token that may write there.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a register the named graph that it is in the store, and say what changed.

    The same file imported again changes nothing. While a service runs on the data folder, give its
    address with --to. Exit code 1: some rows could not be taken over; all others are.
    """
    settings = load_settings()
    path = mapping or bundled_mappings()[chosen("--as", register, bundled_mappings())]
    declared = read_mapping(path)
    shelf = Elsewhere(to, token_file) if to else Here(settings)
    progress(f"reading {file.name}")
    imported = prepare(file, declared, settings.base_iri, version, _holders(declared, shelf))
    progress("comparing with what is stored")
    report = imported.report(shelf.triples(imported.graph))
    if not dry_run and any(report[kind] for kind in ("added", "changed", "removed")):
        progress(f"storing {len(imported.triples)} statements")
        shelf.put(imported.graph, imported.triples)
    progress("")
    if as_json:
        print_json(report | {"stored": not dry_run})
    else:
        _print(report, stored=not dry_run)
    raise typer.Exit(AT_FAULT if any(r["dropped"] for r in report["remarks"]) else OK)


def _holders(declared: Mapping, shelf: Shelf) -> list[Unit]:
    """Return the units of the other register that has the parents; NotFoundError without it."""
    other = declared.parent.register_
    if not other:
        return []
    found = units_in(shelf.triples(Graphs(load_settings().base_iri).register(other)))
    if not found:
        hint = f"Import it first: it holds what contains the units of {declared.register_.id}."
        raise NotFoundError(what="register", name=other, hint=hint)
    return found


@app.command("known", epilog="Example: govkg register known")
def known(as_json: AsJson = False) -> None:
    """List the registers whose files govkg can read by itself."""
    sources = [read_mapping(path).register_ for path in bundled_mappings().values()]
    if as_json:
        print_json([source.model_dump() for source in sources])
        return
    for source in sources:
        typer.echo(f"{source.id}  {source.title['en']}  {source.homepage}  {source.licence}")


@app.command("resolve", epilog="Example: govkg register resolve 襄樊市 --date 2008")
def resolve(
    name: Annotated[str, typer.Argument(help="A name or a code.")],
    date: Annotated[str, typer.Option(help="As of when: 2008, 2008-05 or 2008-05-12.")] = "",
    country: Annotated[str, typer.Option(help="Two letters: only places there.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say which jurisdiction a name or code meant at a date, and what became of it."""
    settings = load_settings()
    resolver = Registry(Here(settings).store, Graphs(settings.base_iri)).resolver
    found = resolver.resolve(name, _moment(date), country=country.upper())
    if as_json:
        print_json([candidate.as_json() for candidate in found])
    for each in found if not as_json else ():
        typer.echo(_line(each, resolver))
    raise typer.Exit(OK if found else AT_FAULT)


def _line(found: Candidate, resolver: Resolver) -> str:
    """Return a candidate in one line; = marks the one that alone can be meant."""
    unit, period = found.unit, found.unit.period
    start, end = (moment.text if moment else "" for moment in (period.start, period.end))
    later = [resolver.units[key].names[0][0] for key in unit.successors if key in resolver.units]
    became = f"  became {', '.join(later)}" if later else ""
    mark = "=" if found.match else " "
    named = (
        f"{mark} {found.score:5.1f}  {unit.key}  {unit.names[0][0]}  {start or '…'} to {end or '…'}"
    )
    return f"{named}  by {found.matched}{became}"


def _moment(text: str) -> Moment | None:
    try:
        return Moment(text) if text else None
    except ValueError as error:
        remedy = "Write 2008, 2008-05 or 2008-05-12."
        raise ParameterError(name="--date", reason=str(error), remedy=remedy) from error


def _print(report: dict[str, Any], *, stored: bool) -> None:
    """Print a report for people."""
    counts = (f"{len(report[kind])} {kind}" for kind in ("added", "changed", "removed"))
    done = "stored" if stored else "nothing was stored"
    ruled = f", {report['governments']} governments" if report["governments"] else ""
    typer.echo(f"{report['register']} {report['version']}: {report['units']} units{ruled}; {done}")
    typer.echo(f"{', '.join(counts)}, {report['unchanged']} unchanged")
    for remark in report["remarks"][:_SHOWN]:
        value = f" “{remark['value']}”:" if remark["value"] else ""
        typer.echo("{place}, {column}:{said} {problem}. {remedy}".format(said=value, **remark))
    if len(report["remarks"]) > _SHOWN:
        typer.echo(f"… and {len(report['remarks']) - _SHOWN} more remarks; --json prints all.")
