"""``govkg healthcheck``: whether a running service is ready."""

from urllib.error import URLError
from urllib.request import urlopen

import typer

from govkg.cli.console import FAILED
from govkg.settings import load_settings

EXAMPLE = "govkg healthcheck"


def healthcheck() -> None:
    """Ask a running service whether it is ready; for containers and monitors."""
    settings = load_settings()
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    try:
        with urlopen(f"http://{host}:{settings.port}/readyz", timeout=5) as response:
            typer.echo(response.read().decode())
    except (URLError, OSError) as error:
        typer.echo(f"not ready: {error}", err=True)
        raise typer.Exit(FAILED) from error
