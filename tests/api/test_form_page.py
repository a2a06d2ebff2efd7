"""The form at /submit: asked from the shapes, answered, mended, kept."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

from govkg.forms import load_form
from govkg.forms.answering import Answers
from govkg.forms.questions import Asking

from .handing import application, case, header, running

HERE = {"origin": "http://testserver", "accept": "text/html"}
LEAST = {
    "/case/0/title/en": "One counter for all permits",
    "/case/0/title/zh": "一窗受理",
    "/case/0/hasLeadJurisdiction": "example-town",
    "/case/0/hasGovernmentLevel": "township-level",
    "/case/0/startDate": "2014-05",
    "/case/0/license": "https://creativecommons.org/licenses/by/4.0/",
    "/case/0/adopts/0/label/en": "Merging of twelve desks",
    "/case/0/adopts/0/label/zh": "合并十二个窗口",
    "/case/0/adopts/0/ofType": "government-outsourcing",
    "/place/0/key": "example-town",
    "/place/0/label/en": "Example Town",
    "/place/0/label/zh": "示例镇",
}
"""What the least profile asks for."""
REST = {
    "/case/0/hasCaseStatus": "ongoing",
    "/case/0/hasParticipation/0/label/en": "The town leads",
    "/case/0/hasParticipation/0/label/zh": "镇政府主导",
    "/case/0/hasParticipation/0/hasParticipant": "Town Government",
    "/case/0/hasParticipation/0/inRole": "lead",
    "/case/0/exhibitsSymptom": "slow-approval",
    "/case/0/publisher": "town-government",
    "/case/0/creator": "town-government",
    "/case/0/contactPoint": "town-government",
    "/case/0/issued": "2026-11-23",
    "/case/0/modified": "2026-11-23",
    "/case/0/version": "1",
    "/case/0/hasRecordStatus": "draft",
    "/place/0/countryCode": "CN",
    "/actor/0/type": "LocalGovernment",
    "/actor/0/key": "town-government",
    "/actor/0/label/en": "Town Government",
    "/actor/0/label/zh": "镇政府",
}
"""What a record needs beside, to be handed in."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a service with the bundle."""
    with running(tmp_path_factory.mktemp("form")) as client:
        yield client


def typed(page: str) -> dict[str, list[str]]:
    """Return what a browser would send of a page: texts, choices and ticks by name."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input id="[^"]+" name="(/[^"]+)"[^>]* value="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(value))
    ticks = r'<input type="checkbox" name="(/[^"]+)" value="([^"]*)" checked'
    for name, value in re.findall(ticks, page):
        found.setdefault(name, []).append(unescape(value))
    for name, text in re.findall(r'<textarea id="[^"]+" name="(/[^"]+)"[^>]*>\n?([^<]*)<', page):
        found[name] = [unescape(text)]
    for name, body in re.findall(
        r'<select id="[^"]+" name="(/[^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.findall(r'<option value="([^"]*)" selected', body)
        found[name] = chosen or re.findall(r"<option selected>([^<]*)<", body)
    return {name: kept for name, values in found.items() if (kept := [v for v in values if v])}


def post(client: TestClient, task: str, fields: dict[str, str], query: str = "") -> tuple[int, str]:
    """Press a button of the form; returns the status and the page."""
    response = client.post(f"/submit{query}", data=fields | {"do": task}, headers=HERE)
    return response.status_code, response.text


def test_an_error_stands_at_its_field_and_is_mended(house: TestClient) -> None:
    """A bad date comes back with the finding of tables and JSON, linked, and all that was typed."""
    wrong = LEAST | {"/case/0/startDate": "around 2014?"}

    status, page = post(house, "check", wrong)
    found = house.post("/validate?profile=minimal", json={"case": [{"startDate": "around 2014?"}]})
    message = next(f["message"]["en"] for f in found.json()["findings"] if f["rule"] == "F03")
    again, mended = post(house, "check", {k: v[0] for k, v in typed(page).items()} | LEAST)

    assert status == 200
    assert '<li><a href="#case.0.startDate">' in page
    told = page.split('<div id="case.0.startDate.wrong">')[1].split("</div>")[0]
    assert message in unescape(told)
    field = re.search(r'<input id="case.0.startDate"[^>]*>', page)
    assert field
    assert 'aria-describedby="case.0.startDate.help case.0.startDate.wrong"' in field[0]
    assert 'aria-invalid="true"' in field[0]
    assert {k: [v] for k, v in wrong.items()}.items() <= typed(page).items()
    assert (again, 'id="summary"' in mended, "Nothing stands against" in mended) == (
        200,
        False,
        True,
    )


def test_a_part_more_keeps_everything(house: TestClient) -> None:
    """Another part is added without losing an answer, and taken away again."""
    fields = LEAST | {"/case/0/exhibitsSymptom": "slow-approval", "/case/0/title/en": 'A "b" <c>'}

    _, more = post(house, "add /case/0/hasEvidence", fields, "?all")
    _, less = post(house, "remove /case/0/adopts/0", fields, "?all")

    assert 'name="/case/0/hasEvidence/0/label/en"' in more
    assert typed(more) == {name: [value] for name, value in fields.items()}
    kept = {name: [value] for name, value in fields.items() if "/adopts/" not in name}
    assert typed(less) == kept


def test_nobody_needs_a_token_to_check_and_download(house: TestClient) -> None:
    """Without a token the case is checked and given as JSON and Turtle, which say the same."""
    status, page = post(house, "send", LEAST | REST)
    as_json = house.post("/submit", data=LEAST | REST | {"do": "json"})
    turtle = house.post("/submit", data=LEAST | REST | {"do": "turtle"})

    assert status == 403
    assert "/sign-in" in page
    assert '<button name="do" value="send"' not in page
    assert typed(page).items() >= {k: [v] for k, v in LEAST.items()}.items()
    assert as_json.json()["case"][0]["key"] == "one-counter-for-all-permits"
    assert turtle.headers["content-type"].startswith("text/turtle")
    reports = [
        house.post("/validate", content=each.content, headers={"content-type": kind}).json()
        for each, kind in ((as_json, "application/json"), (turtle, "text/turtle"))
    ]
    assert [report["conforms"] for report in reports] == [True, True], reports[0]
    assert house.get("/cases/one-counter-for-all-permits").status_code == 404


def test_a_case_is_handed_in(house: TestClient) -> None:
    """What lacks something is refused with its fields shown; mended it is kept, once."""
    secret = header(application(house), "submit")["authorization"].removeprefix("Bearer ")
    house.cookies.set("govkg_token", secret)
    try:
        refused, page = post(house, "send", LEAST)
        kept, receipt = post(house, "send", LEAST | REST)
        twice, conflict = post(house, "send", LEAST | REST)
        elsewhere = house.post(
            "/submit", data=LEAST | REST, headers={"origin": "https://example.org"}
        )
    finally:
        house.cookies.clear()

    assert refused == 422
    assert '<a href="#case.0.publisher">' in page
    assert 'name="/case/0/publisher"' in page
    assert kept == 201, receipt
    assert 'href="/cases/one-counter-for-all-permits"' in receipt
    assert twice == 422
    assert '<a href="#case.0.key">' in conflict
    assert elsewhere.status_code == 403


@pytest.mark.parametrize(
    "name", ["/", "/case", "/case/9999/key", "/case/123456789012/key", "/a" * 40]
)
def test_a_name_that_no_form_has_is_refused(house: TestClient, name: str) -> None:
    """Names that lead nowhere or far away are an error of the client."""
    assert house.post("/submit", data={name: "x"}).status_code == 400


def test_the_form_is_in_both_languages(house: TestClient) -> None:
    """Labels, help, choices and findings are in Chinese for those who read Chinese."""
    _, page = post(house, "check", {"/case/0/startDate": "?"}, "?lang=zh&all")

    assert "乡级" in page
    assert "请修改以下内容" in page
    assert 'action="/submit?all=&amp;lang=zh"' in page


def test_a_change_of_the_shapes_changes_the_form() -> None:
    """Questions come from the model alone: a field more is a question more."""
    form = load_form()
    case = form.root
    new = replace(case.by_key["version"], key="motto", is_basic=True)
    changed = replace(
        form, entities=(replace(case, fields=(*case.fields, new)), *form.entities[1:])
    )

    names = [
        {
            question.name
            for _, parts in Asking(each, "en", Answers(()), [], all_fields=False).parts()
            for part in parts
            for _, questions in part.groups
            for question in questions
        }
        for each in (form, changed)
    ]

    assert names[1] - names[0] == {"/case/0/motto"}


def secret(house: TestClient, *scopes: str) -> str:
    """Return a new token."""
    return header(application(house), *scopes)["authorization"].removeprefix("Bearer ")


def test_a_token_is_typed_into_the_form(house: TestClient) -> None:
    """Who is not signed in hands in by a token in the form; a wrong one is said at its field."""
    case = LEAST | REST | {"/case/0/key": "by-token"}
    other = secret(house, "review")
    wrong, unknown = post(house, "send", case | {"token": "wrong"})
    _, unfit = post(house, "send", case | {"token": other})
    foreign = house.post(
        "/submit",
        data=case | {"do": "send", "token": secret(house, "submit")},
        headers={"origin": "https://example.org"},
    )
    kept = house.post(
        "/submit", data=case | {"do": "send", "token": secret(house, "submit")}, headers=HERE
    )
    house.cookies.clear()

    assert wrong == 403
    assert 'id="token.wrong"' in unknown
    assert "not for handing in" in unfit
    assert foreign.status_code == 403
    assert (kept.status_code, "govkg_token" in kept.headers["set-cookie"]) == (201, True)


def test_a_case_of_ones_own_is_opened_and_changed(house: TestClient) -> None:
    """The form holds all that the last version says, and sending it again changes nothing."""
    mine, theirs = secret(house, "submit"), secret(house, "submit")
    text = case("to-open").replace(
        "a gov:GovernanceCase ;", 'a gov:GovernanceCase ; rdfs:comment "kept"@fr ;'
    )
    who = {"authorization": f"Bearer {mine}", "content-type": "text/turtle"}
    assert house.post("/cases", content=text, headers=who).status_code == 201
    try:
        house.cookies.set("govkg_token", theirs)
        foreign = house.get("/submit?case=to-open", headers=HERE).status_code
        house.cookies.set("govkg_token", mine)
        page = house.get("/submit?case=to-open", headers=HERE).text
        sent = fields(page)
        receipt = house.post("/submit?case=to-open", data=sent | {"do": ["send"]}, headers=HERE)
        stale = house.post("/submit?case=to-open", data=sent | {"do": ["send"]}, headers=HERE)
        found = house.get("/cases/to-open/differences?from=1&to=2&format=json").json()
    finally:
        house.cookies.clear()

    assert foreign == 404
    assert "kept" in page
    assert receipt.status_code == 201, receipt.text
    assert (found["added"], found["removed"]) == ([], [])
    assert (stale.status_code, "changed meanwhile" in stale.text) == (422, True)


def fields(page: str) -> dict[str, list[str]]:
    """Return all that a browser would send of a page, what is hidden among it."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return typed(page) | {name: [unescape(value)] for name, value in hidden}


def test_a_new_part_keeps_what_was_found(house: TestClient) -> None:
    """Another part, and blank parts before it, neither hide a question nor move a finding."""
    _, page = post(house, "send", LEAST)
    asked = set(typed(page)) | {"/case/0/hasCaseStatus", "/case/0/publisher"}
    one = {name: values[0] for name, values in fields(page).items()}
    _, more = post(house, "add /case/0/hasParticipation", one)
    two = {name: values[0] for name, values in fields(more).items()}
    two |= {"/case/0/hasParticipation/0/label/en": "", "/case/0/adopts/1/label/en": "Another"}
    two |= {"/case/0/adopts/0/label/en": "", "/case/0/adopts/0/label/zh": ""}
    two |= {"/case/0/adopts/0/ofType": "", "/case/0/adopts/0/key": ""}
    _, both = post(house, "add /actor", two)

    assert all(f'name="{name}"' in more for name in asked)
    assert all(f'name="{name}"' in both for name in ("/actor/0/key", *asked))
    assert 'name="/case/0/hasParticipation/0/label/en"' in both
    assert 'id="case.0.adopts.1.ofType.wrong"' in both
    assert 'id="case.0.adopts.0.ofType.wrong"' not in both


def test_a_case_without_a_name_is_asked_for_one(house: TestClient) -> None:
    """Nothing speaks of rows: the form says what it could not make a short name of."""
    _, page = post(house, "check", {"/case/0/title/zh": "一窗受理"})

    told = page.split('<div id="case.0.key.wrong">')[1].split("</div>")[0]
    assert "no English name" in told
    assert "row" not in told


def test_what_a_record_says_of_itself_is_supplied(house: TestClient) -> None:
    """Dates, version and status of the record need not be typed."""
    left = {k: v for k, v in (LEAST | REST).items() if k.rsplit("/", 1)[1] not in
            {"issued", "modified", "version", "hasRecordStatus"}}  # fmt: skip
    token = {"token": secret(house, "submit"), "/case/0/key": "supplied"}
    status, _ = post(house, "send", left | token)
    house.cookies.clear()

    assert status == 201


def test_a_document_is_opened_in_the_form(house: TestClient) -> None:
    """A file with one case fills the form in; statements without a question are kept beside."""
    text = case("from-file") + '\n<urn:x> rdfs:label "beside" .\n'
    page = house.post("/submit", files={"file": ("case.ttl", text)}, headers=HERE)
    sent = {name: values for name, values in fields(page.text).items() if name != "token"}
    as_turtle = house.post("/submit", data=sent | {"do": ["turtle"]}, headers=HERE)

    assert page.status_code == 200
    assert "urn:x" in page.text
    assert set(parse(as_turtle.content, RdfFormat.TURTLE)) == set(parse(text, RdfFormat.TURTLE))
