"""A plain dataset that tests may write to: no bundle, no reasoning, so quick to change."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from govkg.access import Access
from govkg.app import create_app
from govkg.settings import Settings

PLAIN = {"bundle": False, "default_graph": "unnamed", "workers": 1, "max_body_bytes": 200_000}


def bearer(app: FastAPI, *scopes: str) -> dict[str, str]:
    """Return the header of a new token."""
    access: Access = app.state.service.access
    return {"authorization": f"Bearer {access.create('test', scopes)[1]}"}


@contextmanager
def running(folder: Path, **settings: object) -> Iterator[TestClient]:
    """Run a plain dataset, with a client that may write."""
    app = create_app(Settings.model_validate(PLAIN | {"data_dir": folder} | settings))
    with TestClient(app, headers=bearer(app, "write")) as client:
        until = time.monotonic() + 60
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < until, client.get("/readyz").text
            time.sleep(0.02)
        yield client


def ask(client: TestClient, pattern: str, **more: str) -> bool:
    """Say whether a pattern is found."""
    response = client.get("/sparql", params={"query": f"ASK {{ {pattern} }}"} | more)
    found: bool = response.json()["boolean"]
    return found


def update(client: TestClient, text: str) -> int:
    """Send an update and return the status."""
    return client.post("/sparql", data={"update": text}).status_code
