"""The service keeps what its OpenAPI document promises, whatever Schemathesis sends."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from govkg.access import Access

from ..conftest import wait_until_ready

HERE = Path(__file__).parent
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
"""What must hold of any answer. That a request is refused for more than its form is no fault."""
EXPECTED = 'checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]'
"""A deadline that passes is answered by a 503, and that is described like any other answer."""
Address = tuple[str, str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Run a service that limits nobody's rate; return its address and a token for everything."""
    folder = tmp_path_factory.mktemp("house")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = Access(folder / "tokens.json").create("all", ("admin",))[1]
    own = {"PORT": str(port), "DATA_DIR": str(folder), "WORKERS": "1", "DRAIN_SECONDS": "0"}
    own |= {"RATE_SUBMISSIONS": "", "QUERY_SECONDS": "2", "DL_SECONDS": "5", "LOG_LEVEL": "warning"}
    environment = os.environ | {f"GOVKG_{key}": value for key, value in own.items()}
    log = folder / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "govkg", "serve"]
        service = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        try:
            wait_until_ready(service, f"http://127.0.0.1:{port}/readyz", log)
            yield f"http://127.0.0.1:{port}", token
            assert '"level": "error"' not in log.read_text("utf-8")
        finally:
            service.terminate()
            service.wait(timeout=30)


def ask(address: str, token: str, folder: Path, seconds: int, *options: str) -> None:
    """Let Schemathesis ask for so many seconds, and fail with its report if anything is wrong."""
    command = [str(Path(sys.executable).with_name("schemathesis")), "run"]
    command += [f"{address}/openapi.json", "--checks", ",".join(CHECKS), "--warnings", "off"]
    command += ["--max-time", str(seconds), "--request-timeout", "30", "--continue-on-failure"]
    command += ["--no-color", "--no-shrink", "--suppress-health-check", "all", *options]
    command += ["-H", f"Authorization: Bearer {token}"] if token else []
    command += ["--generation-deterministic"] if os.environ.get("CI") else []  # as Hypothesis does
    (folder / "schemathesis.toml").write_text(EXPECTED)
    own = {"SCHEMATHESIS_HOOKS": "raw_bodies", "PYTHONPATH": str(HERE)}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder,
        timeout=seconds + 60, env=os.environ | own,
    )  # fmt: skip
    assert "Selected: " in done.stdout, done.stdout + done.stderr
    if done.returncode:
        pytest.fail(done.stdout, pytrace=False)


@pytest.mark.parametrize("known,phase", [(False, "examples"), (True, "coverage")])
def test_examples_and_edges(house: Address, tmp_path: Path, phase: str, *, known: bool) -> None:
    """Any operation, asked by its examples and at the edges, answers as it is described."""
    address, token = house

    ask(address, token if known else "", tmp_path, 40, "--phases", phase)


@pytest.mark.soak
@pytest.mark.parametrize("known", [False, True])
def test_anything(house: Address, tmp_path: Path, *, known: bool) -> None:
    """So it does for what nobody thought of, and never by a 500."""
    address, token = house
    options = ("--phases", "examples,coverage,fuzzing", "--max-examples", "100")

    ask(address, token if known else "", tmp_path, 80, *options)
