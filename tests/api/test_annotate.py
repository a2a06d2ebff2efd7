"""/annotate: concepts of a text as W3C Web Annotations, as other forms, and as a draft case."""

import csv
import io
import json
import re
from html import unescape
from typing import Any

import pytest
from openpyxl import load_workbook
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

TEXT = (
    "🏛️ The mayor answered the crisis of authority: slow, inefficient approval. 该市推行流程再造。"
)
GC = "https://w3id.org/govkg/concept/"
FOUND = ["authority-crisis", "slow-approval", "process-reengineering"]
HTML = {"accept": "text/html"}


def post(client: TestClient, text: str = TEXT, query: str = "", **headers: str) -> Any:
    """Send a text as text/plain."""
    sent = {"content-type": "text/plain", **headers}
    return client.post(f"/annotate{query}", content=text.encode(), headers=sent)


def concepts(response: Any) -> list[str]:
    """Return the concepts of a plain JSON answer."""
    assert response.status_code == 200, response.text
    return [each["concept"].removeprefix(GC) for each in response.json()["annotations"]]


def test_web_annotations_come_first(client: TestClient) -> None:
    """Without a wish the answer is an AnnotationPage whose selectors fit the text."""
    response = post(client)
    page = response.json()

    assert response.headers["content-type"].startswith("application/ld+json; profile=")
    assert page["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert (page["type"], page["id"][:9]) == ("AnnotationPage", "urn:uuid:")
    assert [item["body"]["source"]["id"].removeprefix(GC) for item in page["items"]] == FOUND
    for item in page["items"]:
        position, quote = item["target"]["selector"]
        start, end = position["start"], position["end"]
        assert TEXT[start:end] == quote["exact"]
        assert TEXT[:start].endswith(quote["prefix"])
        assert TEXT[end:].startswith(quote["suffix"])
        assert item["type"] == "Annotation"
        assert item["body"]["purpose"] == ["identifying", "tagging"]
        assert 0.5 <= float(item["confidence"]) <= 1


def test_web_annotations_are_had_by_their_profile(client: TestClient) -> None:
    """Clients of Web Annotations name the profile of the recommendation."""
    profile = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'
    response = post(client, accept=f"{profile}, text/html;q=0.5")

    assert response.headers["content-type"] == profile


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (TEXT.encode(), "text/plain; charset=utf-8"),
        (json.dumps({"text": TEXT}).encode(), "application/json"),
    ],
    ids=["text", "json"],
)
def test_texts_come_in_several_ways(client: TestClient, body: bytes, kind: str) -> None:
    """A body may be the text itself or a JSON object."""
    headers = {"content-type": kind, "accept": "application/json"}

    assert concepts(client.post("/annotate", content=body, headers=headers)) == FOUND


@pytest.mark.parametrize("multipart", [False, True])
def test_forms(client: TestClient, *, multipart: bool) -> None:
    """So may a form of either kind, with what stands in its fields."""
    fields = {"text": TEXT, "language": "zh", "least": "0.9", "source": ""}
    sent = {"files": {k: (None, v) for k, v in fields.items()}} if multipart else {"data": fields}

    assert concepts(client.post("/annotate?format=json", **sent)) == ["process-reengineering"]  # type: ignore[arg-type]


def test_a_file_comes_before_a_field(client: TestClient) -> None:
    """A file that was chosen counts; an empty choice does not. Lines end as in texts."""
    address, field = "/annotate?format=json", (None, "a\r\nb 流程再造")
    chosen = {"text": field, "file": ("a.txt", "权威危机", "text/plain")}
    empty = {"text": field, "file": ("", "", "application/octet-stream")}

    assert concepts(client.post(address, files=chosen)) == ["authority-crisis"]
    found = client.post(address, files=empty)
    assert concepts(found) == ["process-reengineering"]
    assert found.json()["annotations"][0]["start"] == 4


def test_parameters_in_the_address(client: TestClient) -> None:
    """The address says the rest; what a body says comes first."""
    query = "?format=json&language=en&least=0.9&source=https://example.org/a"
    found = post(client, query=query)

    assert concepts(found) == FOUND[:2]
    assert found.json()["source"] == "https://example.org/a"
    body = {"text": TEXT, "language": "zh"}
    assert concepts(client.post(f"/annotate{query}", json=body)) == FOUND[2:]


def test_turtle(client: TestClient) -> None:
    """Turtle has the annotations in the words of the Web Annotation vocabulary."""
    response = post(client, accept="text/turtle")

    triples = list(parse(response.content, RdfFormat.TURTLE))
    bodies = [t for t in triples if t.predicate.value == "http://www.w3.org/ns/oa#hasBody"]
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    assert len(bodies) == len(FOUND)


def test_csv_and_text(client: TestClient) -> None:
    """Rows for spreadsheets, lines for people in their language."""
    rows = list(csv.DictReader(io.StringIO(post(client, query="?format=csv").text)))
    lines = post(client, query="?format=text&lang=zh").text.splitlines()

    assert [row["concept"].removeprefix(GC) for row in rows] == FOUND
    assert [TEXT[int(row["start"]) : int(row["end"])] for row in rows] == [r["exact"] for r in rows]
    assert lines[0] == "3 处提到 3 个概念。"
    assert "权威危机" in lines[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page(client: TestClient, lang: str) -> None:
    """The page marks the text with links, in the reader's language, and needs no JavaScript."""
    response = post(client, query=f"?lang={lang}", **HTML)

    marks = re.findall(r'<mark><a href="/concept/([\w-]+)\?lang=\w+"', response.text)
    shown = re.search(r'<div class="marked[^>]*>(.*?)</div>', response.text, re.DOTALL)
    assert marks == FOUND
    assert shown
    assert unescape(re.sub(r"<[^>]+>", "", shown[1])) == TEXT
    assert "<script" not in response.text
    assert ("Concepts that it names" in response.text) == (lang == "en")


def test_markup_in_a_text_is_escaped(client: TestClient) -> None:
    """Whoever sends markup gets it back as text, in marks, prefixes, attributes and drafts."""
    evil = (
        '<script>alert(1)</script> "><img src=x onerror=y> crisis of <b>authority</b> </textarea>'
    )

    for query in ("", "?as=case"):
        page = post(client, evil, query, **HTML).text
        assert "<script" not in page
        assert "<img" not in page
        assert "<b>" not in page
        assert page.count("</textarea>") == 1


@pytest.mark.parametrize("text", ["", " ", "Nothing of that kind.", "\0\x01", "((((" * 200])
def test_nothing(client: TestClient, text: str) -> None:
    """A text that names nothing has no marks, in every form."""
    assert concepts(post(client, text, "?format=json")) == []
    for query in ("", "?format=turtle", "?format=csv", "?format=text", "?as=case"):
        assert post(client, text, query).status_code == 200
    assert post(client, text, "?as=case", **HTML).status_code == 200


def test_brackets_do_not_add_up(client: TestClient) -> None:
    """Unclosed brackets of a long text stand in no parser's way."""
    text = "((([[[{{{ crisis of authority ((( \n\n" * 200

    for query in ("?format=turtle", "?as=case", "?as=case&format=json"):
        assert post(client, text, query).status_code == 200


def test_draft_case(client: TestClient) -> None:
    """A draft says what the text names, with its sentences, and what is missing in it."""
    found = post(client, query="?as=case&format=json").json()

    case = found["draft"]["document"]["case"][0]
    passages = {each["key"]: each["passage"] for each in case["hasEvidence"]}
    missing = {each["rule"] for each in found["draft"]["report"]["findings"]}
    assert case["hasRecordStatus"] == "draft"
    assert [each["ofType"] for each in case["hasCrisisEpisode"]] == [["authority-crisis"]]
    assert [each["ofType"] for each in case["adopts"]] == [["process-reengineering"]]
    assert case["hasReport"][0]["reportsSymptom"] == ["slow-approval"]
    assert passages[case["adopts"][0]["basedOnEvidence"][0]] == "该市推行流程再造。"
    assert not {"title", "startDate", "hasLeadJurisdiction"} & case.keys()
    assert {"C01", "C03", "C05"} <= missing
    assert not any(rule.startswith("F") for rule in missing)


def test_draft_case_can_be_checked_and_gone_on_with(client: TestClient) -> None:
    """The draft in Turtle and in plain JSON is one that /validate reads, and says so above it."""
    turtle = post(client, query="?as=case", **{"accept-language": "zh"})
    plain = post(client, query="?as=case&format=json").json()["draft"]["document"]

    reports = [
        client.post("/validate", content=turtle.content, headers={"content-type": "text/turtle"}),
        client.post("/validate", json=plain),
    ]
    assert turtle.text.startswith("# 本草稿由程序根据文本用词生成")
    assert "C01" in turtle.text
    assert [each.json()["cases"] for each in reports] == [1, 1]
    assert reports[0].json()["counts"] == reports[1].json()["counts"]


def test_draft_case_goes_on_in_the_form(client: TestClient) -> None:
    """The page of a draft has all of it as inputs of the form of /submit."""
    page = post(client, query="?as=case", **HTML).text

    names = re.findall(r'<input type="hidden" name="(/[^"]+)" value="([^"]*)">', page)
    data = {unescape(name): unescape(value) for name, value in names} | {"do": "all"}
    form = client.post("/submit", data=data, headers=HTML)
    assert form.status_code == 200
    assert "slow-approval" in data.values()
    assert "该市推行流程再造。" in form.text


def test_draft_case_as_a_workbook(client: TestClient) -> None:
    """The draft comes as the workbook of the template too."""
    response = post(client, query="?as=case&format=xlsx")

    book = load_workbook(io.BytesIO(response.content))
    assert "measure" in book.sheetnames


def test_a_long_text_is_shown_in_part(client: TestClient) -> None:
    """The page shows the beginning of a long text and counts all of it."""
    text = "rule of law. " + "x " * 30_000 + "rule of law."
    page = post(client, text, **HTML).text

    assert page.count("<mark>") == 1
    assert "Marked places: 2; concepts: 1." in page
    assert "The page shows the first 50000 characters" in page


def test_too_many_marks_are_a_problem(client: TestClient) -> None:
    """An answer over the limit of answers is refused, whatever its form."""
    for query in ("", "?as=case", "?format=csv"):
        response = post(client, "rule of law. " * 3000, query)
        assert response.json()["code"] == "result-too-large"


@pytest.mark.parametrize(
    ("body", "query", "status", "code"),
    [
        ({}, "", 400, "parameter"),
        ([], "", 400, "parameter"),
        ({"text": 7}, "", 400, "parameter"),
        ({"text": "x", "language": "fr"}, "", 400, "parameter"),
        ({"text": "x", "language": ["en"]}, "", 400, "parameter"),
        ({"text": "x", "least": "much"}, "", 400, "parameter"),
        ({"text": "x", "least": 7}, "", 400, "parameter"),
        ({"text": "x", "least": 10**400}, "", 400, "parameter"),
        ({"text": "x", "source": "no iri"}, "", 400, "parameter"),
        ({"text": "x", "source": "urn:x:\ud800"}, "", 400, "parameter"),
        ({"text": "x", "language": "\ud800"}, "", 400, "parameter"),
        ({"text": "x"}, "?as=poem", 400, "parameter"),
        ({"text": "x"}, "?least=2", 400, "parameter"),
        ({"text": "x"}, "?format=xlsx", 406, "not-acceptable"),
        ({"text": "x"}, "?as=case&format=csv", 406, "not-acceptable"),
        ({"text": "x" * 200_001}, "", 400, "too-large"),
    ],
)
def test_bad_requests(client: TestClient, body: Any, query: str, status: int, code: str) -> None:
    """What cannot be used is refused with a problem that names it."""
    data = json.dumps(body)
    headers = {"content-type": "application/json"}
    response = client.post(f"/annotate{query}", content=data, headers=headers)

    expected = 413 if code == "too-large" else status
    assert (response.status_code, response.json()["code"]) == (expected, code)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"\xff\xfe", "text/plain", 400),
        (b'{"text": "\\ud800"}', "application/json", 400),
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"x" * 200_001, "text/plain", 413),
        (b"x", "application/pdf", 415),
        (b"x", "text/plain; charset=utf-16", 415),
    ],
)
def test_bodies_that_are_no_text(client: TestClient, body: bytes, kind: str, status: int) -> None:
    """Broken encodings, broken JSON and other media types are refused."""
    response = client.post("/annotate", content=body, headers={"content-type": kind})

    assert response.status_code == status
    assert response.headers["content-type"].startswith("application/problem+json")
