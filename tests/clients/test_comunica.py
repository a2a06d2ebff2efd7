"""Comunica asks the three questions; it is installed into .cache, from its locked versions."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "comunica"

pytestmark = [
    pytest.mark.soak,  # npm takes half a minute
    pytest.mark.skipif(not shutil.which("npm"), reason="npm is not on this machine"),
]


@pytest.fixture(scope="module")
def folder() -> Path:
    """Return a copy of examples/clients in which what Comunica needs is installed."""
    CACHE.parent.mkdir(exist_ok=True)
    (CACHE.parent / ".gitignore").write_text("*\n")
    shutil.copytree(
        ROOT / "examples" / "clients",
        CACHE,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("node_modules"),
    )
    installed = CACHE / "node_modules" / "installed-package-lock.json"
    locked = (CACHE / "package-lock.json").read_text()
    if not installed.exists() or installed.read_text() != locked:
        install()
        installed.write_text(locked)
    return CACHE


def install() -> None:
    """Have npm install exactly what is locked, running no script of a package."""
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            command, cwd=CACHE, capture_output=True, text=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not install Comunica in five minutes")
    if done.returncode:
        pytest.skip(f"npm cannot install Comunica here: {done.stderr.strip()[-300:]}")


def test_comunica(
    run: Callable[..., list[str]], endpoint: str, folder: Path, answers: list[str]
) -> None:
    """A federated engine finds a SPARQL endpoint, and knows our prefixes from /prefixes."""
    assert run("node", "with_comunica.mjs", endpoint, folder=folder) == answers
