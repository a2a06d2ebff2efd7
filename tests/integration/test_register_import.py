"""A register is imported into a service that runs, by its address and a token."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from govkg.access import Access

DOCS = (Path(__file__).parents[2] / "docs" / "registers.md").read_text("utf-8")


def block(language: str) -> str:
    """Return the first example in the documentation that is written in a language."""
    return DOCS.split(f"```{language}\n")[1].split("```")[0]


def govkg(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "govkg", *arguments],
        capture_output=True, text=True, timeout=120, check=False, env=os.environ.copy(),
    )  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Return a folder with the files of the documentation."""
    (tmp_path / "made-up.toml").write_text(block("toml"))
    (tmp_path / "places.csv").write_text(block("csv"))
    return tmp_path


@pytest.fixture
def writable(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Run a plain dataset as a process; return its address and a file with a token for it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, secret, log = tmp_path / "data", tmp_path / "token.txt", tmp_path / "service.log"
    data.mkdir()
    secret.write_text(Access(data / "tokens.json").create("import", ("write",))[1] + "\n")
    own = {"PORT": port, "DATA_DIR": data, "BUNDLE": "false", "WORKERS": 1, "DRAIN_SECONDS": 0}
    environment = os.environ | {f"GOVKG_{key}": str(value) for key, value in own.items()}
    with log.open("wb") as output:
        service = subprocess.Popen(
            [sys.executable, "-m", "govkg", "serve"], env=environment, stdout=output, stderr=output
        )
        try:
            until_ready(service, f"http://127.0.0.1:{port}/readyz", log)
            yield f"http://127.0.0.1:{port}", secret
        finally:
            service.terminate()
            service.wait(timeout=20)


def until_ready(service: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Ask until the service is ready, for a minute at most."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and service.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(log.read_text())


def test_import_into_a_running_service(files: Path, writable: tuple[str, Path]) -> None:
    """The register is put as a whole; again it changes nothing; without a token it is refused."""
    address, token = writable
    source = ("register", "import", str(files / "places.csv"))
    arguments = (*source, "--mapping", str(files / "made-up.toml"), "--to", address, "--json")

    refused = govkg(*arguments)
    done = govkg(*arguments, "--token-file", str(token))
    again = govkg(*arguments, "--token-file", str(token))

    assert (refused.returncode, "401" in refused.stderr) == (3, True)
    assert len(json.loads(done.stdout)["added"]) == 7
    assert json.loads(again.stdout)["unchanged"] == 7


def test_a_service_that_is_not_there(files: Path) -> None:
    """Nothing listens on the address: the command says so and ends with 3."""
    done = govkg(
        "register", "import", str(files / "places.csv"), "--mapping", str(files / "made-up.toml"),
        "--to", "http://127.0.0.1:9",
    )  # fmt: skip

    assert done.returncode == 3
    assert "http://127.0.0.1:9" in done.stderr
