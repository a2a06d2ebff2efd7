"""The query page as people meet it: without JavaScript, and with the editor."""

import gzip
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

STATIC = Path(__file__).parents[2] / "service" / "govkg" / "static"
VENDOR = STATIC / "vendor"
BROKEN = 'SELECT ?x\nWHERE {\n  ?x nope:label "权威危机"@zh\n}'
BUDGET = 190_000  # bytes, zipped

ENTER, ESCAPE, TAB, CONTROL = "\ue007", "\ue00c", "\ue004", "\ue009"


def page(address: str, **parameters: str) -> str:
    """Return the address of the query page."""
    return f"{address}/query?{urlencode(parameters)}"


def edit(browser: Any, address: str, text: str) -> Any:
    """Open the page, put a text into the editor with the cursor at its |, and return its field."""
    browser.open(page(address))
    browser.wait("#query-editor")
    before, _, after = text.partition("|")
    browser.run(
        """const editor = document.querySelector(".CodeMirror").CodeMirror;
        editor.setValue(arguments[0] + arguments[1]);
        editor.focus();
        editor.setCursor(editor.posFromIndex(arguments[0].length));""",
        before,
        after,
    )
    return browser.driver.switch_to.active_element


def text_of(browser: Any) -> str:
    """Return what the form would send."""
    return str(browser.run("return document.getElementById('query').value"))


def offered(browser: Any) -> list[str]:
    """Return the lines of the completion list."""
    browser.wait(".CodeMirror-hint")
    return [line.text for line in browser.all(".CodeMirror-hint")]


@pytest.mark.parametrize("line", (VENDOR / "SHA256SUMS").read_text().splitlines())
def test_vendored_file_is_as_built(line: str) -> None:
    """No vendored file was edited by hand; tools/vendor builds them."""
    digest, name = line.split()

    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


def test_all_vendored_files_have_a_sum() -> None:
    """SHA256SUMS leaves out no file but itself."""
    named = {line.split()[1] for line in (VENDOR / "SHA256SUMS").read_text().splitlines()}

    assert named == {path.name for path in VENDOR.iterdir()} - {"SHA256SUMS"}


def test_page_is_within_its_budget(address: str) -> None:
    """The page with the editor weighs at most 190 kB, zipped."""
    with urlopen(f"{address}/query") as response:
        parts = [response.read()]
    names = ("style.css", "query.js", "icon.svg", "vendor/yasqe.js", "vendor/yasqe.css")
    parts += [(STATIC / name).read_bytes() for name in names]

    assert sum(len(gzip.compress(part, 5)) for part in parts) <= BUDGET


def test_works_without_javascript(address: str, browser: Any) -> None:
    """The form alone asks and shows a table with downloads."""
    browser.open(page(address), scripts=False)
    area = browser.find("textarea#query")
    area.clear()
    area.send_keys('SELECT ?name { ?crisis skos:prefLabel "权威危机"@zh , ?name }')
    browser.find("main form button").click()

    assert "crisis of authority" in browser.wait("main table").text
    assert browser.all("#query-editor") == []
    assert [link.text for link in browser.all(".formats a")][:2] == ["csv", "tsv"]


def test_editor_takes_the_place_of_the_text_area(address: str, browser: Any) -> None:
    """The editor holds the query; the text area is hidden and stays the field of the form."""
    browser.open(page(address, query="ASK { ?a ?b ?c }"))
    browser.wait("#query-editor")

    assert "ASK" in browser.find(".CodeMirror-code").text
    assert not browser.find("textarea#query").is_displayed()
    assert text_of(browser) == "ASK { ?a ?b ?c }"


def test_editor_has_a_name_and_a_hint(address: str, browser: Any) -> None:
    """Who cannot see the editor is told what it is and how to leave it."""
    browser.open(page(address, lang="zh"))
    field = browser.wait("#query-editor")

    assert field.get_attribute("aria-label") == "SPARQL 查询"
    assert "Esc" in browser.find(f"#{field.get_attribute('aria-describedby')}").text


@pytest.mark.parametrize("typed", ["crisis", "权威危"], ids=["English", "Chinese"])
def test_completes_words_to_our_terms(address: str, browser: Any, typed: str) -> None:
    """A word in either language becomes the term that is called so."""
    field = edit(browser, address, "SELECT ?c { ?c gov:reports | }")
    field.send_keys(typed)

    assert any(
        line.startswith("gc:authority-crisis") and "权威危机" in line for line in offered(browser)
    )


def test_inserts_the_chosen_term(address: str, browser: Any) -> None:
    """Enter puts the prefixed name in the place of the word."""
    field = edit(browser, address, "SELECT ?c { ?c ?p | }")
    field.send_keys("权威危机")
    offered(browser)
    field.send_keys(ENTER)

    assert text_of(browser) == "SELECT ?c { ?c ?p gc:authority-crisis }"


def test_completes_within_a_prefix(address: str, browser: Any) -> None:
    """After a prefix only its terms are offered."""
    field = edit(browser, address, "SELECT ?c { ?c | }")
    field.send_keys("gov:adopt")

    assert all(line.startswith("gov:") for line in offered(browser))


def test_completes_prefixes(address: str, browser: Any) -> None:
    """The prefixes of /prefixes are offered, with what they stand for."""
    field = edit(browser, address, "SELECT ?c { ?c | }")
    field.send_keys("dct")

    assert "dcterms:  http://purl.org/dc/terms/" in offered(browser)


def test_completes_variables(address: str, browser: Any) -> None:
    """The variables that the query has already are offered."""
    field = edit(browser, address, "SELECT ?crisis { ?case gov:reports | }")
    field.send_keys("?cr")

    assert offered(browser) == ["?crisis"]


def test_shows_the_list_on_demand(address: str, browser: Any) -> None:
    """Ctrl+Space completes the word at the cursor."""
    field = edit(browser, address, "ASK { ?c ?p slow| }")
    field.send_keys(CONTROL, " ")

    assert any("gc:slow-approval" in line for line in offered(browser))


def test_keywords_and_variables_are_left_alone(address: str, browser: Any) -> None:
    """Typing SPARQL itself brings up no list of terms."""
    field = edit(browser, address, "|")
    browser.requests()
    field.send_keys("SELECT ?crisis WHERE")

    assert not [url for url in browser.requests() if url.endswith(("q=SELECT", "q=crisis"))]
    assert not [line for line in browser.all(".CodeMirror-hint") if "gc:" in line.text]


@pytest.mark.parametrize("key", [ESCAPE, TAB], ids=["Esc", "Tab"])
def test_keyboard_leaves_the_editor(address: str, browser: Any, key: str) -> None:
    """Nobody is caught in the editor."""
    field = edit(browser, address, "ASK {}|")
    field.send_keys(key)

    focused = browser.driver.switch_to.active_element
    assert focused.tag_name in ("button", "select")
    assert text_of(browser) == "ASK {}"


def test_runs_by_key_and_shows_a_table(address: str, browser: Any) -> None:
    """Ctrl+Enter runs; the result is a table with links and downloads."""
    query = "SELECT ?c { ?c a gov:CrisisType }"
    field = edit(browser, address, f"{query}|")
    field.send_keys(CONTROL, ENTER)
    table = browser.wait("main table")

    assert "crisis of authority" in table.text
    links = {link.text: link.get_attribute("href") for link in browser.all("section .formats a")}
    assert list(links) == ["csv", "tsv", "json", "xml"]
    with urlopen(links["csv"]) as response:
        assert b"concept/authority-crisis" in response.read()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_marks_an_error_at_its_place(address: str, browser: Any, language: str) -> None:
    """The line that the server names is marked, with the message below it."""
    browser.open(page(address, query=BROKEN, lang=language))
    browser.wait(".query-error")

    assert browser.find(".query-error-text").text == browser.find("#error p").text
    assert browser.find("#query-editor").get_attribute("aria-invalid") == "true"
    line = browser.run("return document.querySelector('.query-error').closest('pre').textContent")
    assert "nope:label" in line


def test_mark_goes_when_the_query_is_changed(address: str, browser: Any) -> None:
    """A mark says nothing of a text that the server has not seen."""
    browser.open(page(address, query=BROKEN))
    browser.wait(".query-error")
    browser.run("document.querySelector('.CodeMirror').CodeMirror.setValue('ASK {}')")

    assert browser.all(".query-error") + browser.all(".query-error-text") == []


def test_asks_no_other_host(address: str, browser: Any) -> None:
    """Loading, completing, running and failing ask this service alone, within the policy."""
    field = edit(browser, address, "ASK { ?c a | }")
    field.send_keys("gov:Crisis")
    offered(browser)
    field.send_keys(" rdfs:lab")
    field.send_keys(CONTROL, ENTER)
    browser.wait(".query-error")
    asked, said = browser.requests(), browser.messages()

    assert [url for url in asked if not url.startswith(f"{address}/")] == []
    assert any("/search?" in url for url in asked)
    assert any(url.endswith("/prefixes") for url in asked)
    assert said == []
