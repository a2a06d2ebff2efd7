"""OpenRefine matches a column of a table with /reconcile and extends it, over its own HTTP API."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

TABLE = (
    "term,kind\ncrisis of authority,c\n权威危机,c\ncrisis of authorrity,c\nnothing of the sort,c\n"
)
CONFIG = {
    "mode": "standard-service",
    "identifierSpace": "https://w3id.org/govkg/",
    "schemaSpace": "https://w3id.org/govkg/ontology#",
    "type": {"id": "skos:Concept", "name": "concept"},
    "autoMatch": True,
    "columnDetails": [],
    "limit": 0,
}
ENGINE = json.dumps({"facets": [], "mode": "row-based"})


class OpenRefine:
    """A running OpenRefine, and one project in it."""

    def __init__(self, address: str) -> None:
        """Take its address; nothing is asked yet."""
        self._client = httpx2.Client(base_url=address, timeout=30, trust_env=False)
        self._project = ""

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ready(self) -> bool:
        """Say whether it answers."""
        try:
            return self._client.get("/command/core/get-version").is_success
        except httpx2.HTTPError:
            return False

    def create(self, table: str) -> None:
        """Make a project of a table."""
        form = {"project-name": "test", "format": "text/line-based/*sv"}
        form["options"] = json.dumps({"separator": ",", "headerLines": 1, "encoding": "UTF-8"})
        done = self._client.post(
            "/command/core/create-project-from-upload",
            params={"csrf_token": self._token()},
            data=form,
            files={"project-file": ("table.csv", table.encode(), "text/csv")},
        )
        query = urlsplit(done.headers["location"]).query
        self._project = parse_qs(query)["project"][0]

    def run(self, command: str, **form: str) -> None:
        """Run a command on the project, and wait until it has ended."""
        done = self._client.post(
            f"/command/core/{command}",
            params={"project": self._project},
            data=form | {"csrf_token": self._token()},
        )
        assert done.json()["code"] in ("ok", "pending"), done.text
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            asked = {"project": self._project}
            if not self._client.get("/command/core/get-processes", params=asked).json()[
                "processes"
            ]:
                return
            time.sleep(0.3)
        pytest.fail(f"OpenRefine did not end {command} within a minute")

    def rows(self) -> list[list[dict[str, Any] | None]]:
        """Return the cells of all rows, with what they were matched with."""
        asked = {"project": self._project, "start": "0", "limit": "100"}
        found = self._client.post("/command/core/get-rows", params=asked, data={"engine": ENGINE})
        answer = found.json()
        pool = answer.get("pool", {}).get("recons", {})
        return [[_with_recon(cell, pool) for cell in row["cells"]] for row in answer["rows"]]

    def _token(self) -> str:
        token: str = self._client.get("/command/core/get-csrf-token").json()["token"]
        return token


def _with_recon(cell: dict[str, Any] | None, pool: dict[str, Any]) -> dict[str, Any] | None:
    """Return a cell with its reconciliation in the place of a reference to it."""
    if cell is None or "r" not in cell:
        return cell
    recon = cell["r"]
    return cell | {"r": recon if isinstance(recon, dict) else pool[str(recon)]}


@pytest.fixture(scope="module")
def openrefine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRefine]:
    """Run OpenRefine on loopback, and end it and what it started afterwards."""
    command = shutil.which("openrefine")
    if command is None or shutil.which("java") is None:
        pytest.skip("OpenRefine is not on this machine (Debian package openrefine, and a JRE)")
    folder = tmp_path_factory.mktemp("openrefine")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"HOME": str(folder), "JAVA_OPTIONS": "-Drefine.headless=true"}
    arguments = [command, "-i", "127.0.0.1", "-p", str(port), "-d", str(folder / "data")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            arguments, env=os.environ | own, stdout=log, stderr=log, start_new_session=True
        )
    tool = OpenRefine(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + 120
        while not tool.ready():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.skip(f"OpenRefine does not start here: {_last(folder / 'log')}")
            time.sleep(0.5)
        yield tool
    finally:
        tool.close()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _last(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def test_a_column_is_matched_and_extended(openrefine: OpenRefine, address: str) -> None:
    """Names in both languages are matched by themselves; a misspelling waits; both get a column."""
    openrefine.create(TABLE)
    config = CONFIG | {"service": f"{address}/reconcile"}
    openrefine.run("reconcile", columnName="term", engine=ENGINE, config=json.dumps(config))
    matched = [row[0]["r"] for row in openrefine.rows() if row[0]]
    extension = {"properties": [{"id": "labelZh", "name": "Chinese label"}]}
    openrefine.run(
        "extend-data",
        baseColumnName="term",
        engine=ENGINE,
        endpoint=f"{address}/reconcile",
        identifierSpace=str(CONFIG["identifierSpace"]),
        schemaSpace=str(CONFIG["schemaSpace"]),
        columnInsertIndex="1",
        extension=json.dumps(extension),
    )

    added = [row[2] for row in openrefine.rows()[:2]]  # a new column is the last in each row

    assert [each.get("j") for each in matched] == ["matched", "matched", "none", "none"]
    assert {each["m"]["id"] for each in matched[:2]} == {"concept/authority-crisis"}
    assert matched[2]["c"][0]["id"] == "concept/authority-crisis"
    assert matched[3]["c"] == []
    assert [cell["v"] if cell else None for cell in added] == ["权威危机", "权威危机"]
