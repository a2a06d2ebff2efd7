"""The form of a case as people meet it in a browser without JavaScript."""

from typing import Any

ENTER, TAB = "\ue007", "\ue004"


def test_form_works_without_scripts(address: str, browser: Any) -> None:
    """Typed by hand: a part more, an error that links to its field, and the field mended."""
    browser.open(f"{address}/submit", scripts=False)
    browser.find('[id="case.0.title"]').send_keys("One counter")
    browser.find('button[value="all"]').click()
    browser.find('button[value="add /case/0/hasEvidence"]').click()
    browser.find('[id="case.0.hasEvidence.0.label"]').send_keys("A notice")
    browser.find('[id="case.0.startDate"]').send_keys("soon" + ENTER)

    link = browser.wait('#summary a[href="#case.0.startDate"]')
    field = browser.find('[id="case.0.startDate"]')
    assert (field.get_attribute("value"), field.get_attribute("aria-invalid")) == ("soon", "true")
    kept = browser.find('[id="case.0.hasEvidence.0.label"]')
    assert kept.get_attribute("value") == "A notice"
    assert browser.find('[id="case.0.title"]').get_attribute("value") == "One counter"
    link.click()
    assert browser.find(":target").get_attribute("id") == "case.0.startDate"

    field.clear()
    field.send_keys("2014" + ENTER)
    browser.wait('[id="case.0.startDate"][value="2014"]')
    assert not browser.all('#summary a[href="#case.0.startDate"]')


def test_form_works_by_keyboard_alone(address: str, browser: Any) -> None:
    """From the top of the page: every input is reached by Tab, in order, and can be left again."""
    browser.driver.delete_all_cookies()
    browser.open(f"{address}/submit", scripts=False)
    page = browser.find("body")
    reached, typed = [], {"/case/0/title/en": "By keyboard", "/case/0/startDate": "soon"}
    for _ in range(200):
        page = browser.driver.switch_to.active_element
        page.send_keys(TAB)
        field = browser.driver.switch_to.active_element
        name = field.get_attribute("name") or ""
        reached.append(name)
        if name in typed:
            field.send_keys(typed[name])
        if name == "do" and field.get_attribute("value") == "check":
            break
    inputs = browser.all("#form :is(input, select, textarea)")
    asked = [each.get_attribute("name") for each in inputs if each.is_displayed()]
    browser.driver.switch_to.active_element.send_keys(ENTER)
    browser.wait("#summary a").send_keys(ENTER)
    target = browser.find(":target")

    answered = [name for name in dict.fromkeys(reached) if name.startswith("/")]
    assert answered == [name for name in dict.fromkeys(asked) if name.startswith("/")]
    assert browser.find('[name="/case/0/title/en"]').get_attribute("value") == "By keyboard"
    assert target.get_attribute("id").startswith("case.0")
    target.send_keys(TAB)
    assert browser.driver.switch_to.active_element.tag_name in ("input", "select", "button", "a")


def test_another_language_keeps_what_was_typed(address: str, browser: Any) -> None:
    """The form goes on in the other language as it stands, and so does a report."""
    browser.open(f"{address}/submit?lang=en", scripts=False)
    browser.fill("/case/0/title/en", "Half a form")
    browser.go("button.language")
    form = browser.find("html").get_attribute("lang")
    kept = browser.find('[name="/case/0/title/en"]').get_attribute("value")
    browser.open(f"{address}/validate?case=naga-city&lang=en", scripts=False)
    browser.go("main form button")
    browser.go("button.language")

    assert (form, kept) == ("zh-Hans", "Half a form")
    assert "符合要求" in browser.find(".report").text
