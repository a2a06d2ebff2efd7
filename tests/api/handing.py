"""Cases to hand in, and a service that takes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from govkg.access import Access
from govkg.app import create_app
from govkg.settings import Settings

from .conftest import wait_until_ready

ROOT = Path(__file__).parents[2]
TURTLE = {"content-type": "text/turtle"}
_NAGA = (ROOT / "examples" / "cases" / "valid" / "naga-city.ttl").read_text("utf-8")


def case(name: str, *, title: str = "Robredo reforms") -> str:
    """Return a whole case that conforms, under another name."""
    text = _NAGA.replace("/case/naga-city", f"/case/{name}")
    return text.replace("Robredo reforms", title)


def header(app: FastAPI, *scopes: str, name: str = "lab") -> dict[str, str]:
    """Return the header of a new token."""
    access: Access = app.state.service.access
    return {"authorization": f"Bearer {access.create(name, scopes)[1]}"}


@contextmanager
def running(folder: Path, **settings: object) -> Iterator[TestClient]:
    """Run a service with the bundle."""
    given: dict[str, object] = {"data_dir": folder, "workers": 1, "max_body_bytes": 500_000}
    given |= {"rate_submissions": ""} | settings  # tests write faster than people do
    app = create_app(Settings.model_validate(given))
    with TestClient(app) as client:
        wait_until_ready(client)
        yield client


def application(client: TestClient) -> FastAPI:
    """Return the app that a client talks to."""
    assert isinstance(client.app, FastAPI)
    return client.app
