"""A real service and a real browser, which can reach nothing but this machine."""

import json
import shutil
import time
from collections.abc import Iterator
from typing import Any

import pytest

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1000",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
INSIDE = ("chrome:", "chrome-extension:", "data:", "about:", "blob:")
"""How addresses begin that the browser answers by itself."""


class Browser:
    """A browser, and what it has logged."""

    def __init__(self, driver: Any) -> None:
        """Take a driver of selenium."""
        self.driver = driver
        self.scripts = True

    def open(self, url: str, *, scripts: bool = True) -> None:
        """Open a page, with or without JavaScript, and forget what was logged before."""
        self.scripts = scripts
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self.driver.get(url)

    def find(self, selector: str) -> Any:
        """Return the first element that fits, or fail."""
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        """Return all elements that fit."""
        return list(self.driver.find_elements("css selector", selector))

    def wait(self, selector: str, seconds: float = 10) -> Any:
        """Return the first element that fits, as soon as there is one."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := self.all(selector):
                return found[0]
            time.sleep(0.05)
        pytest.fail(f"no {selector} on the page after {seconds} s: {self.messages()}")

    def click(self, selector: str) -> None:
        """Click on the first element that fits, wherever on the page it is."""
        self.find(selector).click()

    def go(self, selector: str, seconds: float = 20) -> None:
        """Click on the first element that fits, and wait until the page it leads to is there."""
        before = self.find("html").id
        self.find(selector).click()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.all("html")
            if found and found[0].id != before and self.all("footer"):
                return
            time.sleep(0.05)
        pytest.fail(f"{selector} led nowhere within {seconds} s: {self.messages()}")

    def fill(self, name: str, text: str) -> None:
        """Answer a question: type, choose or tick."""
        field = self.find(f'[name="{name}"]')
        if field.tag_name == "select":
            self.find(f'[name="{name}"] option[value="{text}"]').click()
        elif field.get_attribute("type") == "checkbox":
            self.find(f'[name="{name}"][value="{text}"]').click()
        else:
            field.clear()
            field.send_keys(text)

    def run(self, script: str, *arguments: object) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def messages(self) -> list[str]:
        """Return what the console says, beside that a page came with an error's status."""
        found = [
            str(entry["message"])
            for entry in self.driver.get_log("browser")
            if entry["level"] != "DEBUG"  # advice about password managers
        ]
        return [each for each in found if "the server responded with a status of 4" not in each]

    def requests(self) -> list[str]:
        """Return the addresses that were asked for since the last look."""
        events = (
            json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")
        )
        urls = [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]
        return [url for url in urls if not url.startswith(INSIDE)]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start a browser with an empty profile, and end it afterwards."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no Chromium here (Debian and Ubuntu: apt install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(executable_path=driver)
    running = webdriver.Chrome(options=options, service=service)
    try:
        yield Browser(running)
    finally:
        running.quit()
