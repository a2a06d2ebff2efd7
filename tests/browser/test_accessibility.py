"""Pages hold to WCAG 2.2 A and AA, as far as axe-core can tell."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from govkg.app import create_app
from govkg.settings import Settings

from . import people

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "axe"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CORE = {
    "/": "/",
    "/concept/{slug}": "/concept/authority-crisis",
    "/case/{case_id}": "/case/la-paz-anticorruption",
    "/cases": "/cases?level=municipal-level&decade=1990",
    "/cases/compare": "/cases/compare?case=naga-city&case=la-paz-anticorruption",
    "/explore": "/explore",
    "/query": "/query?"
    + urlencode({"query": "SELECT ?c ?name { ?c skos:prefLabel ?name } LIMIT 9"}),
    "/query that is long": "/query?example=13-which-cases-suggest-a-crisis-of-authority",
    "/query that is wrong": "/query?" + urlencode({"query": "SELECT ?c\n{ ?c nope:x 1.5 } # 权威"}),
    "/validate": "/validate",
    "/annotate": "/annotate",
    "/submit": "/submit",
    "/submit everything": "/submit?all=",
    "/sign-in": "/sign-in",
    "/explain": "/explain?"
    + urlencode({"s": "gc:slow-approval", "p": "gov:isSymptomOf", "o": "gc:management-crisis"}),
    "/cases/{case_id} as its owner": "/cases/shelf-returned",
    "/cases/{case_id}/review as a curator": "/cases/shelf-waiting/review",
}
"""The pages that are looked at whenever anything changes, by route and what is special."""
PAGES = CORE | {
    "/search": "/search?q=authority",
    "/scheme/{name}": "/scheme/crisis-type",
    "/ontology": "/ontology",
    "/ontology/{module}": "/ontology/crises",
    "/cases/{case_id}": "/cases/shelf-published",
    "/cases/{case_id} as a curator": "/cases/shelf-waiting",
    "/cases/{case_id}/history as a curator": "/cases/shelf-published/history",
    "/cases/{case_id}/versions/{number} as a curator": "/cases/shelf-published/versions/2",
    "/cases/{case_id}/differences as a curator": "/cases/shelf-published/differences?from=1&to=2",
    "/cases/{case_id}/similar": "/cases/naga-city/similar",
    "/case/{case_id} that was withdrawn": "/case/shelf-withdrawn",
    "/cases/{case_id}/review of a draft as its owner": "/cases/shelf-draft/review",
    "/review as a curator": "/review",
    "/review as nobody": "/review",
    "/submissions as its owner": "/submissions",
    "/submit a new version as its owner": "/submit?case=shelf-returned",
    "/sign-in as an admin": "/sign-in",
    "/audit as an admin": "/audit",
    "/audit as its owner": "/audit",
    "/place/{slug}": "/place/china",
    "/agent/{slug}": "/agent/govkg",
    "/registers": "/registers",
    "/resolve": "/resolve",
    "/reconcile/preview": "/reconcile/preview?id=gc:authority-crisis",
    "/catalog": "/catalog",
    "/releases": "/releases",
    "/diagnose": "/diagnose?case=naga-city",
    "/diffusion": "/diffusion",
    "/shapes": "/shapes",
    "/rules": "/rules",
    "/rules/{rule}": "/rules/C05",
    "/problems": "/problems",
    "/problems/{code}": "/problems/deadline",
    "/docs": "/docs",
    "/nowhere": "/nowhere",
}
"""Every page, and some in several states."""
UNSEEN = {
    "/registers/{register_id}": "no register comes with the service",
    "/releases/{version}/diff/{other}": "no release comes with the service",
}
"""Pages that are not looked at, with the reason."""
_AS = {"its owner": "submit", "a curator": "review", "an admin": "admin"}


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


@pytest.fixture(scope="module")
def tokens(address: str, data_folder: Path) -> dict[str, str]:
    """Tokens by scope, and cases in the states that readers do not see."""
    found = {scope: people.token(data_folder, scope, scope) for scope in _AS.values()}
    people.shelve(address, found["submit"], found["review"])
    return found


@pytest.fixture(scope="module")
def shown(address: str, tokens: dict[str, str]) -> bool:
    """Cases that are, or were, published."""
    people.publish(address, tokens["submit"], tokens["review"])
    return True


def test_no_page_is_forgotten(tmp_path: Path) -> None:
    """Every address that answers with a page is in the list above, or says why it is not."""
    paths = create_app(Settings(data_dir=tmp_path)).openapi()["paths"]
    pages = {
        path
        for path, operations in paths.items()
        if "text/html"
        in operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
    }

    assert pages - UNSEEN.keys() == {name.partition(" ")[0] for name in PAGES} - {"/nowhere"}


def _looks() -> list[Any]:
    """Return each page in each language and scheme; most are for the soak."""
    quick = [(name, lang, "light") for name in CORE for lang in ("en", "zh")]
    every = [
        (n, lang, scheme) for n in PAGES for lang in ("en", "zh") for scheme in ("light", "dark")
    ]
    marked = [pytest.param(each, marks=pytest.mark.soak) for each in every if each not in quick]
    return [*quick, *marked]


@pytest.mark.parametrize("look", _looks(), ids="-".join)
def test_page_is_accessible(
    request: pytest.FixtureRequest,
    address: str,
    browser: Any,
    axe: str,
    tokens: dict[str, str],
    look: tuple[str, str, str],
) -> None:
    """axe finds nothing, the console says nothing, and nothing is asked of another host."""
    name, language, scheme = look
    path = PAGES[name]
    if path.startswith(("/cases/shelf-published", "/case/shelf-withdrawn")):
        assert request.getfixturevalue("shown")
    who = next((scope for words, scope in _AS.items() if name.endswith(f" as {words}")), "")
    people.be(browser, address, tokens.get(who, ""))
    browser.driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.open(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
    if name.startswith("/query"):
        browser.wait("#query-editor")

    assert violations(browser, axe) == []
    assert browser.messages() == []
    assert [url for url in browser.requests() if not url.startswith(f"{address}/")] == []


@pytest.mark.soak
def test_no_page_is_wider_than_a_phone(
    address: str, browser: Any, tokens: dict[str, str], shown: bool
) -> None:
    """At 390 pixels nothing is wider but tables and code, which scroll by themselves."""
    assert shown
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    wide = []
    try:
        for name, path in PAGES.items():
            who = next((scope for words, scope in _AS.items() if name.endswith(f" as {words}")), "")
            people.be(browser, address, tokens.get(who, ""))
            browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
            browser.open(f"{address}{path}{'&' if '?' in path else '?'}lang=en")
            width = browser.run(WIDEST)
            wide += [(name, width)] if width else []
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert wide == []


WIDEST = """
if (document.documentElement.scrollWidth <= 390) return null;
const wide = [...document.querySelectorAll('body *')].filter(
  (each) => each.getBoundingClientRect().right > 391 && !each.closest('.scroll, pre, .CodeMirror')
);
return (wide.at(-1) ?? document.body).outerHTML.slice(0, 200);
"""
"""Returns the innermost element that is wider than the page, if the page scrolls sideways."""


def test_form_with_errors_is_accessible(address: str, browser: Any, axe: str) -> None:
    """What is wrong stands at the fields, and whoever cannot see it is told."""
    people.be(browser, address, "")
    browser.open(f"{address}/submit?all=")
    browser.fill("/case/0/startDate", "around 2014?")
    browser.click('button[value="send"]')
    browser.wait("#summary")

    assert violations(browser, axe) == []


def test_report_on_a_file_is_accessible(address: str, browser: Any, axe: str) -> None:
    """The report, its findings and its diagnosis."""
    browser.open(f"{address}/validate?case=naga-city")
    browser.click('button[formaction="/diagnose"]')
    browser.wait(".report")

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
