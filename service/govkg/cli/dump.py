"""``govkg dump``: give the data away as files."""

from pathlib import Path
from typing import Annotated

import typer

from govkg.cli.console import AsJson, chosen, print_json, progress, stored_graph
from govkg.publishing import Stock, write_dump
from govkg.publishing.dumping import FORMATS
from govkg.settings import load_settings

EXAMPLE = "govkg dump /srv/open-data/govkg --format nq --format csv"
_FORMAT = f"One of {', '.join(FORMATS)}; may be given several times; all of them if it is not."


def dump(
    folder: Annotated[Path, typer.Argument(help="A folder that is new or empty.")],
    formats: Annotated[list[str] | None, typer.Option("--format", help=_FORMAT)] = None,
    include_restricted: Annotated[
        bool,
        typer.Option(
            help="Take in data that is under no open licence, or nobody knows under what."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write all data under open licences to files, each dataset for itself and all together.

    The same data gives the same bytes. LICENCES.txt says what is in the files under which licence
    and what was left out; manifest.json says it for programs; SHA256SUMS has the checksums. A
    service that runs is not disturbed. Without data the bundled graph is written.
    """
    names = [chosen("--format", each, FORMATS) for each in formats or FORMATS]
    settings = load_settings()
    kg = stored_graph(settings)
    progress("writing")
    stock = Stock(kg.quads, settings.base_iri, settings.data_licence)
    written = write_dump(
        stock, folder, formats=names, restricted=include_restricted, bundled=settings.bundle
    )
    progress("")
    if as_json:
        print_json(written.as_json())
        return
    size = sum(each.bytes for each in written.files)
    typer.echo(f"{folder}: {written.quads:,} quads, {len(written.files)} files, {size:,} bytes")
    for graph in written.left_out:
        name = graph or "the unnamed graph"
        typer.echo(f"left out, no open licence: {name}", err=True)
    if written.left_out:
        typer.echo("--include-restricted takes them in; do not publish the result.", err=True)
