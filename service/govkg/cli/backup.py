"""``govkg backup``: write all data to one file."""

from pathlib import Path
from typing import Annotated

import typer

from govkg.backups import back_up
from govkg.cli.console import AsJson, print_json, progress
from govkg.settings import load_settings

EXAMPLE = "govkg backup /backups"


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="A new file, or a folder for it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Write all data to one file, and read it through; a service that runs is not disturbed."""
    settings = load_settings()
    try:
        path, manifest = back_up(settings, target, progress)
    finally:
        progress("")
    size = path.stat().st_size
    if as_json:
        print_json({"file": str(path), "bytes": size, **manifest.as_json()})
        return
    typer.echo(
        f"{path}: {manifest.quads:,} quads in {len(manifest.graphs):,} graphs, {size:,} bytes, "
        "read through and whole"
    )
    if manifest.consistency != "one-state":
        typer.echo("Each graph is whole, but others may have written between two graphs.", err=True)
