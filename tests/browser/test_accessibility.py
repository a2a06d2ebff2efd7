"""Pages hold to WCAG 2.2 A and AA, as far as axe-core can tell."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "axe"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = {
    "home": "/",
    "concept": "/concept/authority-crisis",
    "case": "/case/la-paz-anticorruption",
    "query": "/query?"
    + urlencode({"query": "SELECT ?c ?name { ?c skos:prefLabel ?name } LIMIT 9"}),
    "query that is long": "/query?example=13-which-cases-suggest-a-crisis-of-authority",
    "query that is wrong": "/query?" + urlencode({"query": "SELECT ?c\n{ ?c nope:x 1.5 } # 权威"}),
    "validate": "/validate",
    "annotate": "/annotate",
    "submit": "/submit",
    "submit everything": "/submit?all=",
    "sign in": "/sign-in",
    "explain": "/explain?"
    + urlencode({"s": "gc:slow-approval", "p": "gov:isSymptomOf", "o": "gc:management-crisis"}),
}


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the source of axe-core, which npm installs from its locked version into .cache."""
    source = CACHE / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        install()
    return source.read_text(encoding="utf-8")


def install() -> None:
    """Have npm install axe-core, running no script of a package."""
    if not shutil.which("npm"):
        pytest.skip("npm is not on this machine, so axe-core cannot be installed")
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE.parent / ".gitignore").write_text("*\n")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(Path(__file__).with_name(name), CACHE)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=CACHE, capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode:
        pytest.skip(f"npm cannot install axe-core here: {done.stderr.strip()[-300:]}")


def violations(browser: Any, axe: str) -> list[str]:
    """Return what axe-core finds on the page that is open, one line for each element."""
    browser.run(axe)
    found = browser.driver.execute_async_script(
        """const done = arguments[1];
        axe.run({ runOnly: arguments[0] }).then((result) => done(result.violations));""",
        RULES,
    )
    return [
        f"{each['id']} ({each['impact']}): {node['target']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.soak)])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible(
    address: str, browser: Any, axe: str, name: str, language: str, scheme: str
) -> None:
    """axe-core finds no violation, in either language, in light and in dark."""
    path = PAGES[name]
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.open(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
    if name.startswith("query"):
        browser.wait("#query-editor")

    assert violations(browser, axe) == []


def test_list_of_terms_is_accessible(address: str, browser: Any, axe: str) -> None:
    """The list that the editor shows has a name, and nothing in it scrolls out of reach."""
    browser.open(f"{address}/query")
    browser.wait("#query-editor")
    browser.run("document.querySelector('.CodeMirror').CodeMirror.setValue('')")
    browser.run("document.querySelector('.CodeMirror').CodeMirror.focus()")
    browser.driver.switch_to.active_element.send_keys("authority")
    browser.wait(".CodeMirror-hint")

    assert violations(browser, axe) == []
