"""One running service for all tests of the HTTP layer."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from govkg.app import create_app
from govkg.settings import Settings


def settings(folder: Path) -> Settings:
    """Return settings with tight limits, so that tests of limits are quick."""
    return Settings(
        data_dir=folder,
        query_seconds=1.0,
        submission_seconds=30.0,
        max_body_bytes=200_000,
        max_query_bytes=20_000,
        max_result_bytes=2_000_000,
    )


def wait_until_ready(client: TestClient) -> None:
    """Wait, at most a minute, until the service has loaded."""
    for _ in range(1200):
        if client.get("/readyz").status_code == 200:
            return
        time.sleep(0.05)
    pytest.fail(client.get("/readyz").text)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Return an app with a store of its own."""
    return create_app(settings(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """Return a client of the running app."""
    with TestClient(app) as client:
        wait_until_ready(client)
        yield client
