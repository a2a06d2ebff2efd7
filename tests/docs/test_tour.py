"""The tour in the README: each command is run, and prints what the README says."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = re.findall(r"```console\n\$ (.*?)\n(.*?)```", README, re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the service on a free port, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "GOVKG_PORT": str(port),
        "GOVKG_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }
    log = tmp_path_factory.mktemp("log") / "service.log"
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


def as_pattern(expected: str) -> re.Pattern[str]:
    """Make a pattern of an expected output, in which … stands for anything."""
    parts = [re.escape(part) for part in expected.split("…\n")]
    whole = "(?:.*\n)*?".join(parts)
    return re.compile(whole.replace("…", "[^\n]*"))


def test_there_is_a_tour() -> None:
    """The README shows at least eight commands with their output."""
    assert len(STEPS) >= 8


@pytest.mark.parametrize(("command", "expected"), STEPS, ids=[step[0][:50] for step in STEPS])
def test_command_prints_what_the_readme_says(
    command: str, expected: str, request: pytest.FixtureRequest
) -> None:
    """Whoever follows the tour sees what it promises."""
    if command.startswith("curl") and not shutil.which("curl"):
        pytest.skip("curl is not on this machine")
    if ADDRESS in command:
        command = command.replace(ADDRESS, request.getfixturevalue("address"))
    command = re.sub(r"^govkg\b", f"{sys.executable} -m govkg", command)

    done = subprocess.run(  # noqa: S602  # the README is ours
        command, shell=True, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )

    assert as_pattern(expected).fullmatch(done.stdout), done.stdout + done.stderr
