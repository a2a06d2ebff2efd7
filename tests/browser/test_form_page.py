"""The form of a case as people meet it in a browser without JavaScript."""

from typing import Any

ENTER = "\ue007"


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
