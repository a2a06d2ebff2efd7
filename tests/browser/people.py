"""People who use the pages: they sign in with tokens, and hand in cases."""

from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from govkg import Client
from govkg.access import Access
from govkg.api.callers import COOKIE
from govkg.settings import Settings

ROOT = Path(__file__).parents[2]
_NAGA = (ROOT / "examples" / "cases" / "valid" / "naga-city.ttl").read_text("utf-8")


def token(folder: Path, name: str, *scopes: str) -> str:
    """Return a new token of a service with this data folder."""
    return Access(Settings(data_dir=folder).tokens_path).create(name, scopes)[1]


def case(name: str, title: str = "Robredo reforms") -> bytes:
    """Return a whole case that conforms, under another name."""
    text = _NAGA.replace("/case/naga-city", f"/case/{name}").replace("Robredo reforms", title)
    return text.encode()


def be(browser: Any, address: str, secret: str) -> None:
    """Be signed in as somebody, or as nobody, without the page for that."""
    browser.driver.delete_all_cookies()
    if secret:
        cookie = {"name": COOKIE, "value": secret, "url": address}
        browser.driver.execute_cdp_cmd("Network.setCookie", cookie)


def sign_in(browser: Any, address: str, secret: str, query: str = "") -> None:
    """Sign in as somebody, and out as whoever it was before."""
    browser.driver.delete_all_cookies()
    browser.open(f"{address}/sign-in{query}", scripts=browser.scripts)
    browser.find("#token").send_keys(secret)
    browser.go("main form button")


def replace(address: str, secret: str, name: str, data: bytes) -> None:
    """Hand in a new version of a case."""
    who = {"Authorization": f"Bearer {secret}", "Content-Type": "text/turtle"}
    with urlopen(Request(f"{address}/cases/{name}", headers=who)) as response:
        tag = {"If-Match": response.headers["etag"]}
    request = Request(f"{address}/cases/{name}", data, who | tag, method="PUT")
    urlopen(request).close()


def shelve(address: str, submitter: str, curator: str) -> None:
    """Bring cases into states that readers do not see: a draft, waiting, returned."""
    with Client(address, token=submitter) as hand, Client(address, token=curator) as review:
        for name in ("waiting", "returned"):
            hand.submit(case(f"shelf-{name}"), format="turtle")
        hand.submit(case("shelf-draft"), format="turtle", draft=True)
        review.review("shelf-returned", "return", "Page numbers are missing")
    replace(address, submitter, "shelf-waiting", case("shelf-waiting", "Robredo reforms, 2"))


def publish(address: str, submitter: str, curator: str) -> None:
    """Bring cases into states that readers see: published with a version waiting, withdrawn."""
    with Client(address, token=submitter) as hand, Client(address, token=curator) as review:
        for name in ("published", "withdrawn"):
            hand.submit(case(f"shelf-{name}"), format="turtle")
            review.review(f"shelf-{name}", "publish", "Sources checked")
        review.withdraw("shelf-withdrawn", "It describes two reforms")
    replace(address, submitter, "shelf-published", case("shelf-published", "Robredo reforms, 2"))
