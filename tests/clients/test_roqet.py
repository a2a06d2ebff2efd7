"""roqet of Rasqal asks the three questions, as far as it can."""

import shutil
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.skipif(
    not shutil.which("roqet"),
    reason="roqet is not on this machine (Debian and Ubuntu: apt install rasqal-utils)",
)


def test_roqet(run: Callable[..., list[str]], endpoint: str, answers: list[str]) -> None:
    """A client that asks by GET and reads SPARQL XML results gets them."""
    assert run("sh", "roqet.sh", endpoint) == answers
