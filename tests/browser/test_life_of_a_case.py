"""The life of a case as people meet it on the pages: written, returned, mended, published."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from govkg.forms import load_form
from govkg.forms.formats import XLSX, write_document

from . import people
from .people import sign_in

_NUMBERS = count(1)
LEAST = {
    "/case/0/title/en": "One counter for all permits",
    "/case/0/title/zh": "一窗受理",
    "/case/0/hasLeadJurisdiction": "Example Town",
    "/case/0/hasGovernmentLevel": "township-level",
    "/case/0/startDate": "2014-05",
    "/case/0/license": "https://creativecommons.org/licenses/by/4.0/",
    "/case/0/adopts/0/label/en": "Merging of twelve desks",
    "/case/0/adopts/0/label/zh": "合并十二个窗口",
    "/case/0/adopts/0/ofType": "process-reengineering",
    "/place/0/label/en": "Example Town",
    "/place/0/label/zh": "示例镇",
}
"""What the form asks for at first; the place is named and has no key."""
WORDS = {name: text for name, text in LEAST.items() if not name.endswith("/ofType")}
"""Those of them that are typed or chosen, not ticked."""
REST = {
    "/case/0/hasCaseStatus": "ongoing",
    "/case/0/exhibitsSymptom": "slow-approval",
    "/case/0/hasParticipation/0/label/en": "The town leads",
    "/case/0/hasParticipation/0/label/zh": "镇政府主导",
    "/case/0/hasParticipation/0/hasParticipant": "Town Government",
    "/case/0/hasParticipation/0/inRole": "lead",
    "/case/0/publisher": "Town Government",
    "/case/0/creator": "Town Government",
    "/case/0/contactPoint": "Town Government",
    "/place/0/countryCode": "CN",
    "/actor/0/type": "LocalGovernment",
    "/actor/0/label/en": "Town Government",
    "/actor/0/label/zh": "镇政府",
}
"""What is asked for beside once it is to be handed in."""


@pytest.fixture(scope="module")
def submitter(address: str, data_folder: Path) -> str:
    """The token of somebody who hands in cases; the service runs."""
    assert address
    return people.token(data_folder, "lab", "submit")


@pytest.fixture(scope="module")
def curator(address: str, data_folder: Path) -> str:
    """The token of a curator; the service runs."""
    assert address
    return people.token(data_folder, "curator", "review")


def handed_in(browser: Any, address: str, submitter: str, lang: str) -> str:
    """Fill the form in without being signed in, and hand it in; returns the case's address."""
    key = f"counter-{next(_NUMBERS)}"
    browser.driver.delete_all_cookies()
    browser.open(f"{address}/submit?lang={lang}", scripts=False)
    for name, text in (LEAST | {"/case/0/key": key}).items():
        browser.fill(name, text)
    browser.fill("token", submitter)
    browser.go('button[value="send"]')
    lacks = {link.get_attribute("href").rpartition("#")[2] for link in browser.all("#summary a")}
    assert "case.0.publisher" in lacks
    assert not any(name in lacks for name in ("case.0.issued", "case.0.version"))
    browser.go('button[value="add /case/0/hasParticipation"]')
    browser.go('button[value="add /actor"]')
    for name, text in REST.items():
        browser.fill(name, text)
    browser.go('button[value="send"]')
    return str(browser.find("main table a").get_attribute("href"))


@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.soak)])
def test_a_case_is_written_returned_mended_and_published(
    address: str, browser: Any, submitter: str, curator: str, lang: str
) -> None:
    """No step needs JavaScript, RDF or another program, and what was typed is never lost."""
    page = handed_in(browser, address, submitter, lang)
    browser.go(f'main a[href^="/cases/{page.rpartition("/")[2].partition("?")[0]}"]')
    own = browser.find("main").text
    sign_in(browser, address, curator, f"?lang={lang}")
    browser.go(f'main table a[href*="{page.rpartition("/")[2].partition("?")[0]}/review"]')
    looked_at = browser.find("main").text
    browser.fill("message", "Which page?")
    browser.go('button[value="return"]')
    sign_in(browser, address, submitter, f"?lang={lang}")
    browser.go("main table a")
    told = browser.find("main .notice.warning").text
    browser.go('main a.button[href^="/submit?case="]')
    kept = {name: browser.find(f'[name="{name}"]').get_attribute("value") for name in WORDS}
    browser.fill("/case/0/title/en", "One counter, page 7")
    browser.go('button[value="send"]')
    sign_in(browser, address, curator, f"?lang={lang}")
    browser.go("main table a")
    changed = [each.text for each in browser.all("#changes ins")]
    browser.go('button[value="publish"]')
    browser.go('main a[href^="/case/"]')

    assert "2014-05" in looked_at
    assert ("Which page?" in own, "Which page?" in told) == (False, True)
    assert kept == WORDS | {"/case/0/hasLeadJurisdiction": "example-town"}
    assert changed == ["One counter, page 7"]
    assert "One counter, page 7" in browser.find("main").text
    assert browser.find("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[lang]


@pytest.mark.soak  # two writes that readers see; tests/api does the same without a browser
def test_a_case_is_withdrawn(address: str, browser: Any, submitter: str, curator: str) -> None:
    """What was public leaves a page that says who withdrew it, when and why."""
    with people.Client(address, token=submitter) as hand:
        hand.submit(people.case("to-withdraw"), format="turtle")
    with people.Client(address, token=curator) as review:
        review.review("to-withdraw", "publish")
    sign_in(browser, address, submitter)
    browser.open(f"{address}/cases/to-withdraw", scripts=False)
    browser.click('details:has(form[action$="/withdraw"]) summary')
    browser.fill("message", "It describes two reforms")
    browser.go('form[action$="/withdraw"] button')
    browser.driver.delete_all_cookies()
    browser.open(f"{address}/case/to-withdraw", scripts=False)

    assert "It describes two reforms" in browser.find("main").text


def test_a_draft_is_left_and_taken_up_again(address: str, browser: Any, submitter: str) -> None:
    """A draft need not be whole; it waits among one's own cases until it is handed in."""
    sign_in(browser, address, submitter)
    browser.open(f"{address}/submit", scripts=False)
    browser.fill("/case/0/title/en", "An idea from the fair")
    browser.go('button[value="draft"]')
    receipt = browser.find("main").text
    browser.go('main a[href="/submissions"]')
    browser.go('main table a[href="/cases/an-idea-from-the-fair"]')
    state = browser.find("h1 .badge").text
    browser.go('main a.button[href^="/submit?case="]')

    assert "Kept as a draft" in receipt
    assert state == "draft"
    assert browser.find('[name="/case/0/title/en"]').get_attribute("value").startswith("An idea")


def test_a_workbook_comes_back_with_its_problems(
    address: str, browser: Any, submitter: str, tmp_path: Path
) -> None:
    """A file with an error has a report, and the next step needs no second choice of the file."""
    triples = [quad.triple for quad in parse(people.case("from-a-workbook"), RdfFormat.TURTLE)]
    wrong = [t for t in triples if not t.predicate.value.endswith("#startDate")]
    path = tmp_path / "cases.xlsx"
    path.write_bytes(write_document(load_form(), wrong, XLSX))
    browser.driver.delete_all_cookies()
    browser.open(f"{address}/validate", scripts=False)
    browser.find("#file").send_keys(str(path))
    browser.go("main form button")
    report = browser.find(".report").text
    offered = browser.find('button[formaction="/validate?format=xlsx"]').text
    browser.go('button[formaction="/submit"]')
    browser.fill("/case/0/startDate", "1988-02")
    browser.fill("token", submitter)
    browser.go('button[value="send"]')

    assert "does not conform" in report
    assert "workbook" in offered
    assert "/cases/from-a-workbook" in browser.find("main table").text


def test_an_ended_session_loses_nothing(address: str, browser: Any, submitter: str) -> None:
    """Whoever was signed out while typing gets the form back as it was, and can go on."""
    sign_in(browser, address, submitter)
    browser.open(f"{address}/submit", scripts=False)
    browser.fill("/case/0/title/en", "Typed for an hour")
    browser.driver.delete_all_cookies()
    browser.go('button[value="draft"]')
    kept = browser.find('[name="/case/0/title/en"]').get_attribute("value")
    browser.fill("token", submitter)
    browser.go('button[value="draft"]')

    assert kept == "Typed for an hour"
    assert "typed-for-an-hour" in browser.find("main").text
