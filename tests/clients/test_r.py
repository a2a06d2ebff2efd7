"""R asks the three questions."""

import shutil
import subprocess
from collections.abc import Callable

import pytest


def missing() -> str:
    """Return what is not on this machine, or nothing."""
    if not shutil.which("Rscript"):
        return "R is not on this machine (Debian and Ubuntu: apt install r-base-core)"
    command = ["Rscript", "-e", "library(httr2)"]
    if subprocess.run(command, capture_output=True, timeout=60, check=False).returncode:
        return "R lacks httr2 (Debian and Ubuntu: apt install r-cran-httr2)"
    return ""


def test_httr2(run: Callable[..., list[str]], endpoint: str, answers: list[str]) -> None:
    """A result in CSV becomes a data frame, with Chinese in it."""
    if reason := missing():
        pytest.skip(reason)

    assert run("Rscript", "with_httr2.R", endpoint) == answers
