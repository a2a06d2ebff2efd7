"""What must be true of the repository as a whole."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from govkg import cli
from govkg.errors import ERRORS
from govkg.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]

# Each name is written in two parts, so that this file is not found by its own search.
FORBIDDEN = {
    "a package registry": [
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "npmjs" + ".org",
        "npmjs" + ".com",
        "deb.debian" + ".org",
        "repo1" + ".maven.org",
        "crates.io" + "/api",
    ],
    "a path of one machine": ["/" + "root/", "/" + "work/", "/" + "tmp/lab", "/home" + "/"],
}
ADDRESS = re.compile(r"https?://\S+")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives"]


def _files() -> list[Path]:
    """Return the files that git keeps, or would keep if they were added now."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    paths = (ROOT / name for name in found.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


FILES = _files()
PAGES = [path for path in FILES if path.suffix == ".md"]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def _commands() -> list[str]:
    """Return the names of all commands of the command line."""
    application = next(value for value in vars(cli).values() if isinstance(value, typer.Typer))
    group: Any = typer.main.get_command(application)
    return sorted(name for name, command in group.commands.items() if not command.hidden)


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.skipif(not FILES, reason="this is not a checkout, so git cannot list the files")
@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    """No file names a registry, which users choose, or a path that only its author has."""
    found = []
    for path in FILES:
        text = path.read_text(encoding="utf-8", errors="replace")
        if what == "a path of one machine":  # the path of a web address may hold anything
            text = ADDRESS.sub("", text)
        found += [f"{path.relative_to(ROOT)}: {name}" for name in FORBIDDEN[what] if name in text]

    assert found == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_setting_is_documented(name: str) -> None:
    """Every setting stands in docs/settings.md under the name of its variable."""
    assert f"`{PREFIX}{name.upper()}`" in _read("docs/settings.md")


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_error_has_an_anchor(code: str) -> None:
    """Every error code is a heading of docs/errors.md, so that a link to it arrives."""
    assert f"\n## {code}\n" in _read("docs/errors.md")


@pytest.mark.parametrize("name", _commands())
def test_command_is_documented(name: str) -> None:
    """Every command is a heading of docs/cli.md."""
    assert f"\n## {name}\n" in _read("docs/cli.md")


def test_decisions_are_numbered() -> None:
    """Each decision has a number of its own, the same in its name and its heading."""
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [page.name[:4] for page in pages]

    assert len(set(numbers)) == len(numbers)
    assert [page.read_text("utf-8").split()[1] for page in pages] == numbers


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_arrive(page: Path) -> None:
    """Every relative link of a page leads to a file or folder that exists."""
    links = LINK.findall(page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda path: path.stem)
def test_decision_says_what_it_must(page: Path) -> None:
    """Every decision has a date, a context, the decision, consequences and alternatives."""
    text = page.read_text(encoding="utf-8")

    assert re.search(r"^Date: \d{4}-\d{2}-\d{2}$", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_citation_has_the_version_of_the_package() -> None:
    """CITATION.cff and pyproject.toml name the same version."""
    cited = re.search(r"^version: (\S+)$", _read("CITATION.cff"), re.MULTILINE)
    packaged = re.search(r'^version = "(\S+)"$', _read("pyproject.toml"), re.MULTILINE)

    assert cited is not None
    assert packaged is not None
    assert cited[1] == packaged[1]
