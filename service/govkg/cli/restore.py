"""``govkg restore``: put what a backup holds in the place of all data."""

from pathlib import Path
from typing import Annotated

import typer

from govkg.backups import check
from govkg.backups import restore as put_back
from govkg.cli.console import AsJson, print_json, progress
from govkg.settings import load_settings
from govkg.store.opening import STORE, pointed

EXAMPLE = "govkg restore /backups/govkg-2026-11-24T031500Z.zip --check-only"


def restore(
    file: Annotated[Path, typer.Argument(help="A file that govkg backup wrote.")],
    check_only: Annotated[
        bool, typer.Option("--check-only", help="Read the backup through, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put what a backup holds in the place of all data; a service that runs goes over to it.

    The backup is read through first. The data that was there is set aside, and tokens are added to
    those that are there.
    """
    settings = load_settings()
    try:
        if check_only:
            manifest, running = check(file, progress), None
        else:
            manifest, running = put_back(settings, file, progress)
    finally:
        progress("")
    if as_json:
        done = {"file": str(file), "restored": not check_only, "serving": running}
        print_json(done | manifest.as_json())
        return
    what = (
        f"{manifest.quads:,} quads in {len(manifest.graphs):,} graphs "
        f"of {manifest.created:%Y-%m-%d %H:%M} UTC"
    )
    if check_only:
        typer.echo(f"{file}: {what}; whole")
        return
    typer.echo(f"{file}: {what}; restored" + (", and the service shows them" if running else ""))
    before = (settings.data_dir / pointed(settings.data_dir)["before"] / STORE).resolve()
    if before.exists():
        typer.echo(f"What was there before is in {before}, until the next time.")
