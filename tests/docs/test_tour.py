"""The tour in the README: each command is run, and prints what the README says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = re.findall(r"```console\n\$ (.*?)\n(.*?)```", README, re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"


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
