"""``govkg serve``: run the service."""

import logging

import typer

from govkg import __version__
from govkg.settings import load_settings

EXAMPLE = "GOVKG_PORT=8123 govkg serve"


def serve() -> None:
    """Run the service on the embedded store, with ontology and example cases loaded."""
    import uvicorn  # noqa: PLC0415  # only this command needs a server

    from govkg.app import create_app  # noqa: PLC0415  # likewise

    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    typer.echo(
        f"govkg {__version__}  {address}/   try: /query  /validate  /concept/authority-crisis"
    )
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        access_log=False,
    )
