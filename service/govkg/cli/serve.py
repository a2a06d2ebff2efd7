"""``govkg serve``: run the service."""

import logging

import typer

from govkg import __version__, logs
from govkg.settings import load_settings

EXAMPLE = "GOVKG_PORT=8123 govkg serve"

_log = logging.getLogger("govkg.serve")


def serve() -> None:
    """Run the service on the embedded store, with ontology and example cases loaded."""
    from govkg.app import create_app  # noqa: PLC0415  # only this command needs a server
    from govkg.serving import Server  # noqa: PLC0415  # likewise

    settings = load_settings()
    logs.configure(settings.log_format, settings.log_level)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    if logs.form() == "plain":
        typer.echo(
            f"govkg {__version__}  {address}/   try: /query  /validate  /concept/authority-crisis"
        )
    else:
        _log.info("starting govkg %s at %s/", __version__, address)
    Server(create_app(settings)).run()
