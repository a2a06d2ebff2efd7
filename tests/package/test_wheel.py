"""The built wheel, installed elsewhere, holds all data and answers."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUNDLED = ["ontology", "shapes", "examples/cases/valid", "examples/queries"]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a new environment in which only the wheel of govkg is installed.

    The packages that govkg needs come from the environment of the tests, by a path file; a path
    file in that folder, such as the one of the editable install, is not followed.
    """
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    site = _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    wheel = next(folder.glob("*.whl"))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    install = ["install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(pip + install, check=True)
    (Path(site) / "tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def _run(python: Path, *arguments: str) -> str:
    """Run Python away from the checkout and return what it prints."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GOVKG_")}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [str(python), *arguments],
        cwd=python.parent,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def _names(folder: Path) -> set[str]:
    """Return the names of all files below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_wheel_is_what_is_imported(python: Path) -> None:
    """The package comes from the new environment, not from the checkout."""
    where = _run(python, "-c", "import govkg; print(govkg.__file__)").strip()

    assert Path(where).is_relative_to(python.parent.parent)


@pytest.mark.parametrize("name", BUNDLED)
def test_wheel_holds_all_files(python: Path, name: str) -> None:
    """Every file of the ontology, the shapes with their contexts, and the examples is inside."""
    top, _, rest = name.partition("/")
    code = f"from govkg.bundle import folder; print(folder({top!r}))"

    bundled = Path(_run(python, "-c", code).strip()) / rest

    assert bundled.is_relative_to(python.parent.parent)
    assert _names(bundled) == _names(ROOT / name) != set()


def test_wheel_holds_the_whole_package(python: Path) -> None:
    """Templates and other files beside the code are inside too."""
    package = Path(_run(python, "-c", "import govkg; print(govkg.__file__)").strip()).parent
    written = {name for name in _names(ROOT / "service" / "govkg") if "__pycache__" not in name}

    assert written - _names(package) == set()


def test_wheel_holds_both_licences(python: Path) -> None:
    """Who installs the wheel gets the licence of the code and that of the data."""
    code = "from importlib.metadata import files; print(*files('govkg'), sep='\\n')"

    names = {Path(line).name for line in _run(python, "-c", code).splitlines()}

    assert {"LICENSE", "LICENSE-data"} <= names


def test_module_answers_with_its_version(python: Path) -> None:
    """`python -m govkg version` names the version that the wheel has."""
    version = _run(python, "-c", "import govkg; print(govkg.__version__)").strip()

    assert version in _run(python, "-m", "govkg", "version")


def test_command_is_installed(python: Path) -> None:
    """The wheel brings the command `govkg`, which lists its commands."""
    command = python.with_name("govkg")

    assert "serve" in _run(python, str(command), "--help")
