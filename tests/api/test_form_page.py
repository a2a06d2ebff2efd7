"""The form at /submit: asked from the shapes, answered, mended, kept."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest
from starlette.testclient import TestClient

from govkg.forms import load_form
from govkg.forms.answering import Answers
from govkg.forms.questions import Asking

from .handing import application, header, running

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
    assert 'value="send"' not in page
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
