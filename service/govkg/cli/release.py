"""``govkg release``: freeze versions of the data; ``make release`` is about the software."""

from typing import Annotated

import typer

from govkg.cli.console import AT_FAULT, AsJson, print_json, progress, stored_graph
from govkg.publishing import Stock
from govkg.publishing.differences import difference
from govkg.publishing.releases import create_release, damaged, release_named, releases
from govkg.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Frozen versions of the data, which can be cited.")
Version = Annotated[str, typer.Argument(help="The version of a release.")]


@app.command("create", epilog="Example: govkg release create 2027.1")
def create(version: Version, as_json: AsJson = False) -> None:
    """Freeze the open data as it is now, for good; a service that runs shows it at once."""
    settings = load_settings()
    kg = stored_graph(settings)
    progress("writing")
    stock = Stock(kg.quads, settings.base_iri, settings.data_licence)
    made = create_release(settings, stock, version)
    progress("")
    if as_json:
        print_json(made.as_json())
        return
    typer.echo(f"{made.folder}: release {version}, {made.dump.quads:,} quads")
    for graph in made.dump.left_out:
        typer.echo(f"left out, no open licence: {graph or 'the unnamed graph'}", err=True)


@app.command("list", epilog="Example: govkg release list")
def list_releases(as_json: AsJson = False) -> None:
    """List all releases, the newest first."""
    found = releases(load_settings().data_dir)
    if as_json:
        print_json([each.as_json() for each in found])
        return
    for each in found:
        typer.echo(f"{each.version}  {each.created}  {each.dump.quads:,} quads")


@app.command("check", epilog="Example: govkg release check 2027.1")
def check(version: Version) -> None:
    """Compare the files of a release with the checksums that were taken when it was made."""
    wrong = damaged(release_named(load_settings().data_dir, version))
    for name in wrong:
        typer.echo(f"{name}: not as it was made")
    if wrong:
        raise typer.Exit(AT_FAULT)
    typer.echo(f"{version}: whole")


@app.command("diff", epilog="Example: govkg release diff 2027.1 2027.2")
def diff(old: Version, new: Version, as_json: AsJson = False) -> None:
    """Say which terms, cases and triples differ between two releases."""
    data_dir = load_settings().data_dir
    found = difference(release_named(data_dir, old), release_named(data_dir, new))
    if as_json:
        print_json(found)
        return
    quads = found["quads"]
    typer.echo(f"{old} → {new}: {quads['added']:,} quads more, {quads['removed']:,} fewer")
    for kind in ("terms", "cases"):
        for change, names in found[kind].items():
            for name in names:
                typer.echo(f"{kind[:-1]} {change}: {name}")
