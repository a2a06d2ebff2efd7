"""What several folders of tests need: the real service, on a port of its own."""

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


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of that service, in which its tokens are."""
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="session")
def address(data_folder: Path) -> Iterator[str]:
    """Run the service as a process, and end it afterwards; its address has no last slash."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"PORT": str(port), "DATA_DIR": str(data_folder), "DRAIN_SECONDS": "0"}
    own |= {"RATE_SUBMISSIONS": ""}  # tests write faster than people do
    environment = os.environ | {f"GOVKG_{key}": value for key, value in own.items()}
    log = data_folder.with_suffix(".log")
    with log.open("wb") as output:
        service = subprocess.Popen(
            [sys.executable, "-m", "govkg", "serve"], env=environment, stdout=output, stderr=output
        )
        try:
            wait_until_ready(service, f"http://127.0.0.1:{port}/readyz", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            service.terminate()
            service.wait(timeout=20)


def wait_until_ready(service: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Ask until the service is ready, for a minute at most."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and service.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the service did not become ready:\n{log.read_text()}")
