"""curl asks the three questions."""

import shutil
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not on this machine")


def test_curl(run: Callable[..., list[str]], endpoint: str, answers: list[str]) -> None:
    """A shell script needs nothing but curl."""
    assert run("sh", "curl.sh", endpoint) == answers
