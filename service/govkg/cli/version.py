"""``govkg version``: which version this is."""

import typer

from govkg import __version__

EXAMPLE = "govkg version"


def version() -> None:
    """Print the version."""
    typer.echo(f"govkg {__version__}")
