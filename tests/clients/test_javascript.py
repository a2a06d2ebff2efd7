"""JavaScript asks the three questions by fetch alone; for Comunica see test_comunica.py."""

import shutil
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="Node is not on this machine")


def test_fetch(run: Callable[..., list[str]], endpoint: str, answers: list[str]) -> None:
    """A script needs no library."""
    assert run("node", "with_fetch.mjs", endpoint) == answers
