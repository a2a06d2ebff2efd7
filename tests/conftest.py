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
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the service as a process, and end it afterwards; its address has no last slash."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("service")
    own = {"PORT": str(port), "DATA_DIR": str(folder / "data"), "DRAIN_SECONDS": "0"}
    environment = os.environ | {f"GOVKG_{key}": value for key, value in own.items()}
    log = folder / "service.log"
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
