"""Who is let in: cookies and forms, rate limits, the audit log."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from . import scratch
from .handing import TURTLE, application, case, header, running

HERE = {"origin": "http://testserver"}
ELSEWHERE = {"origin": "https://example.org"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a service with the bundle."""
    with running(tmp_path_factory.mktemp("house")) as client:
        yield client


@pytest.fixture
def browser(house: TestClient) -> Iterator[TestClient]:
    """Return a client that follows no redirects, and has no cookies at the end."""
    house.follow_redirects = False
    yield house
    house.follow_redirects = True
    house.cookies.clear()


def secret(house: TestClient, *scopes: str) -> str:
    """Return a new token."""
    return header(application(house), *scopes)["authorization"].removeprefix("Bearer ")


def test_a_curator_works_in_the_browser(browser: TestClient) -> None:
    """With the cookie the pages for curators open and their forms work; signing out ends that."""
    submitter = header(application(browser), "submit") | TURTLE
    browser.post("/cases", content=case("by-browser"), headers=submitter)
    token = secret(browser, "review")

    entered = browser.post("/sign-in", data={"token": token}, headers=HERE)
    cookie = entered.headers["set-cookie"].lower()
    queue = browser.get("/review", headers={"accept": "text/html"})
    page = browser.get("/cases/by-browser", headers={"accept": "text/html"})
    revision = page.text.split('name="revision" value="')[1].split('"')[0]
    decided = browser.post(
        "/cases/by-browser/review",
        data={"decision": "return", "message": "Which page?", "revision": revision},
        headers=HERE | {"accept": "text/html"},
    )
    browser.post("/sign-out", headers=HERE)

    assert (entered.status_code, entered.headers["location"]) == (303, "/review")
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/"))
    assert "by-browser" in queue.text
    assert (decided.status_code, decided.headers["location"]) == (303, "/cases/by-browser")
    assert browser.get("/review").status_code == 401


@pytest.mark.parametrize(
    "sent",
    [
        ELSEWHERE,
        {"origin": "null"},
        {},
        {"sec-fetch-site": "cross-site"} | HERE,
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused(browser: TestClient, sent: dict[str, str]) -> None:
    """The cookie counts only for forms of our own pages; a token in the header needs none."""
    browser.cookies.set("govkg_token", secret(browser, "admin"))
    for path in ("/cases/none/review", "/cases/none/withdraw", "/cases"):
        refused = browser.post(path, data={"decision": "publish"}, headers=sent)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert browser.post("/sign-in", data={"token": "x"}, headers=sent).status_code == 403
    ours = {"sec-fetch-site": "same-origin"}
    assert browser.post("/cases/none/review", data={}, headers=ours).status_code == 404


@pytest.mark.parametrize("token", ["", "wrong", "a b", "x;y", "标记"])
def test_a_wrong_token_is_said(browser: TestClient, token: str) -> None:
    """The page comes again with the error at the field, and no cookie."""
    response = browser.post("/sign-in", data={"token": token}, headers=HERE)

    assert response.status_code == 401
    assert 'aria-invalid="true"' in response.text
    assert "set-cookie" not in response.headers


def test_the_audit_log(house: TestClient) -> None:
    """What was done and what was refused is there with the request id; only for admins."""
    submitter = header(application(house), "submit", name="lab-a")
    admin = header(application(house), "admin")
    ids = [{"x-request-id": f"audit-{n}"} for n in range(3)]
    house.post("/cases", content=case("audited"), headers=submitter | TURTLE | ids[0])
    house.post("/cases/audited/review", json={}, headers=submitter | ids[1])
    house.put(
        "/data?graph=urn:x", content="", headers={"authorization": "Bearer wrong"} | ids[2] | TURTLE
    )

    entries = house.get("/audit?limit=1000", headers=admin).json()["entries"]

    found = {e["request_id"]: (e["name"], e["action"], e["outcome"]) for e in entries}
    assert found["audit-0"] == ("lab-a", "submit", "done")
    assert found["audit-1"] == ("lab-a", "POST cases", "403")
    assert found["audit-2"] == ("unknown", "PUT data", "401")
    assert house.get("/audit", headers=submitter).status_code == 403
    assert "audited" in house.get("/audit", headers=admin | {"accept": "text/html"}).text


def test_rate_limits(tmp_path: Path) -> None:
    """Over the limit is a 429 that says when to come back; a token is counted by itself."""
    limits = {"rate_queries": "3/minute", "rate_submissions": "2/minute"}
    with scratch.running(tmp_path, **limits) as client:
        other = scratch.bearer(application(client), "write")
        found = [client.get("/sparql?query=ASK{}") for _ in range(4)]
        theirs = client.get("/sparql?query=ASK{}", headers=other)
        made_up = [
            client.get("/sparql?query=ASK{}", headers={"authorization": f"Bearer {n}"})
            for n in range(4)
        ]
        changes = [client.put("/data?default", content="", headers=TURTLE) for _ in range(3)]

        assert [r.status_code for r in found] == [200, 200, 200, 429]
        assert found[0].headers["ratelimit-policy"] == '"queries";q=3;w=60'
        assert found[0].headers["ratelimit"].startswith('"queries";r=2;t=')
        assert found[3].json()["code"] == "rate-limited"
        assert 0 < int(found[3].headers["retry-after"]) <= 60
        assert theirs.status_code == 200
        assert [r.status_code for r in made_up] == [200, 200, 200, 429]
        assert [r.status_code for r in changes] == [204, 204, 429]
        assert client.get("/healthz").status_code == 200


def test_a_file_is_handed_in_by_the_page(browser: TestClient) -> None:
    """Without JavaScript a file goes from the form to the journal; a bad one comes back."""
    assert "/sign-in" in browser.get("/submit", headers={"accept": "text/html"}).text
    browser.cookies.set("govkg_token", secret(browser, "submit"))
    page = {"accept": "text/html"} | HERE
    form = browser.get("/submit", headers=page).text

    sent = browser.post("/cases", files={"file": ("a.ttl", case("by-form"))}, headers=page)
    bad = browser.post("/cases", files={"file": ("a.ttl", "oops")}, headers=page)

    assert 'action="/cases"' in form
    assert (sent.status_code, "/cases/by-form" in sent.text) == (201, True)
    assert (bad.status_code, "<h1>" in bad.text) == (400, True)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/cases/x?lang=zh", "/cases/x?lang=zh"),
        ("//example.org/", "/submissions"),
        ("https://example.org/", "/submissions"),
        ("/\\example.org", "/submissions"),
        ("/a\r\nb", "/submissions"),
        ("", "/submissions"),
    ],
)
def test_signing_in_leads_back(browser: TestClient, target: str, leads_to: str) -> None:
    """Who was asked to sign in goes on where that was, but never to another site."""
    token = secret(browser, "submit")
    entered = browser.post("/sign-in", params={"next": target}, data={"token": token}, headers=HERE)

    assert (entered.status_code, entered.headers["location"]) == (303, leads_to)


def test_a_page_for_others_is_the_form_to_sign_in(browser: TestClient) -> None:
    """A browser gets the form, which leads back; a program gets a problem as ever."""
    page = browser.get("/review?lang=zh", headers={"accept": "text/html"})
    data = browser.get("/review", headers={"accept": "application/json"})

    assert page.status_code == 401
    assert 'action="/sign-in?next=%2Freview%3Flang%3Dzh&amp;lang=zh"' in page.text
    assert "登录" in page.text
    assert data.json()["code"] == "unauthorized"
