"""What the clients are asked to do, and what they must print."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

CLIENTS = Path(__file__).parents[2] / "examples" / "clients"
CRISIS = "https://w3id.org/govkg/concept/authority-crisis"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
ANSWERS = [
    f"{CRISIS},crisis of authority",
    f"{CRISIS},权威危机",
    "true",
    f'<{CRISIS}> <{LABEL}> "crisis of authority"@en .',
    f'<{CRISIS}> <{LABEL}> "权威危机"@zh .',
]
"""What every script of examples/clients prints: a table, a truth value and a graph."""


@pytest.fixture(scope="session")
def endpoint(address: str) -> str:
    """Return the address of /sparql of a running service."""
    return f"{address}/sparql"


@pytest.fixture
def answers() -> list[str]:
    """Return the lines that a client must print, sorted."""
    return sorted(ANSWERS)


def printed(*command: str | Path, folder: Path = CLIENTS) -> list[str]:
    """Run a script; return the lines that it prints, sorted, for a graph has no order."""
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return sorted(line for line in done.stdout.splitlines() if line)


@pytest.fixture
def run() -> Callable[..., list[str]]:
    """Return what runs a script of examples/clients."""
    return printed
