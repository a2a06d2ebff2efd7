"""Templates that are served, and filled-in forms that are posted, with places in the answer."""

import io
import json

import openpyxl
import pytest
from starlette.testclient import TestClient

from govkg import bundle
from govkg.api.negotiation import XLSX
from govkg.forms import load_form
from govkg.forms.artefacts import ARTEFACTS
from govkg.forms.formats import FORMATS, write_document
from govkg.ontology import read_files

CSV = {"content-type": "text/csv"}
TABLE = "case,title@en,hasGovernmentLevel,startDate\r\nx,One counter,townshp level,03/04/2014\r\n"
FORM = load_form()


def workbook() -> bytes:
    """A case with two faults on its sheet."""
    book = openpyxl.Workbook()
    book.active.title = "case"
    for row in (["key", "title@en", "startDate"], ["x", "One counter", "03/04/2014"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("artefact", ARTEFACTS, ids=lambda each: each.name)
def test_serves_each_file_of_a_form(client: TestClient, artefact) -> None:  # type: ignore[no-untyped-def]
    """Template, schema, context and metadata lie beside the shapes."""
    response = client.get(f"/shapes/cases/{artefact.file}")

    assert response.status_code == 200
    assert response.headers["content-type"].startswith(artefact.media_type)
    assert len(response.content) > 1000


@pytest.mark.parametrize("path", ["/shapes/cases/nothing.xlsx", "/shapes/nothing/template.xlsx"])
def test_a_file_that_is_not_there_is_told(client: TestClient, path: str) -> None:
    """The answer names what there is."""
    response = client.get(path)

    assert (response.status_code, response.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("known", FORMATS, ids=lambda each: each.name)
def test_a_case_conforms_in_every_format(client: TestClient, known) -> None:  # type: ignore[no-untyped-def]
    """The same case, in RDF, JSON, CSV and XLSX, gives the same report."""
    triples = read_files(bundle.example_cases()[3:4])
    data = write_document(FORM, triples, known)

    response = client.post("/validate", content=data, headers={"content-type": known.media_type})
    report = response.json()

    assert (response.status_code, report["conforms"], report["cases"]) == (200, True, 1)
    assert client.post(
        "/diagnose", content=data, headers={"content-type": known.media_type}
    ).json()["cases"]


def test_findings_say_where_in_the_table(client: TestClient) -> None:
    """What is not understood and what a rule finds both have a row and a column."""
    findings = client.post("/validate", content=TABLE.encode(), headers=CSV).json()["findings"]

    places = {(each["rule"], each["place"] and each["place"].get("column")) for each in findings}
    assert places >= {("F02", 3), ("F03", 4)}
    assert all(each["place"]["row"] == 2 for each in findings)


def test_the_declared_encoding_of_csv_is_used(client: TestClient) -> None:
    """A table from an older Chinese office program is read as its sender says."""
    data = "case,title@zh\r\nx,一窗受理\r\n".encode("gb18030")

    guessed = client.post("/validate", content=data, headers=CSV).json()["findings"]
    told = client.post(
        "/validate", content=data, headers={"content-type": "text/csv; charset=GB18030"}
    ).json()["findings"]

    assert "F11" in {each["rule"] for each in guessed}
    assert "F11" not in {each["rule"] for each in told}
    assert "一窗受理" in {each["focusLabel"] for each in told}


def test_the_workbook_comes_back_with_its_problems(client: TestClient) -> None:
    """Asked for XLSX, the answer is the same workbook with coloured cells and a list."""
    kind = {"content-type": XLSX, "accept": XLSX}
    response = client.post("/validate", content=workbook(), headers=kind)

    book = openpyxl.load_workbook(io.BytesIO(response.content))

    assert response.headers["content-type"] == XLSX
    assert book.sheetnames == ["problems", "case"]
    assert book["case"]["B2"].value == "One counter"
    assert book["case"]["C2"].fill.start_color.rgb.endswith("FF9999")
    assert "2014-04-03" in book["case"]["C2"].comment.text
    rows = list(book["problems"].iter_rows(min_row=2, values_only=True))
    assert any("sheet case, row 2, column C" in row[1] for row in rows)


def test_mended_cells_lose_their_colour(client: TestClient) -> None:
    """The workbook can go back and forth."""
    kind = {"content-type": XLSX, "accept": XLSX}
    first = client.post("/validate", content=workbook(), headers=kind).content
    book = openpyxl.load_workbook(io.BytesIO(first))
    book["case"]["C2"] = "2014-04"
    out = io.BytesIO()
    book.save(out)

    second = client.post("/validate", content=out.getvalue(), headers=kind).content
    cell = openpyxl.load_workbook(io.BytesIO(second))["case"]["C2"]

    assert cell.comment is None or "2014-04-03" not in cell.comment.text
    assert cell.value == "2014-04"


def test_a_form_in_the_browser_takes_a_workbook(client: TestClient) -> None:
    """A file is sent by the page of /validate, and the answer is a page."""
    files = {"file": ("cases.xlsx", workbook(), XLSX)}

    page = client.post("/validate", files=files, headers={"accept": "text/html"}).text

    assert "sheet case, row 2, column C" in page


def test_a_report_of_any_document_can_be_a_workbook(client: TestClient) -> None:
    """A list of problems in XLSX, whatever was sent."""
    headers = {"content-type": "text/turtle", "accept": XLSX}
    content = b"<urn:x> a <https://w3id.org/govkg/ontology#GovernanceCase> ."

    response = client.post("/validate", content=content, headers=headers)

    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["problems"]
    assert book["problems"].max_row > 5


@pytest.mark.parametrize(
    ("media_type", "data", "code"),
    [
        (XLSX, b"PK nothing", "workbook"),
        ("text/csv", b"a,b\r\n1,2\r\n", "workbook"),
        ("text/csv", b"\xff\xff\xff", "workbook"),
        ("application/json", b'{"key": ', "document-syntax"),
        ("application/json", b"[" * 10_000, "unsafe-input"),
    ],
)
def test_what_cannot_be_opened_is_one_problem(
    client: TestClient, media_type: str, data: bytes, code: str
) -> None:
    """A 400 with a remedy, in both languages."""
    response = client.post("/validate", content=data, headers={"content-type": media_type})

    assert (response.status_code, response.json()["code"]) == (400, code)


def test_ten_thousand_bad_rows_get_a_bounded_answer(client: TestClient) -> None:
    """The first thousand problems are told, and that there are more."""
    rows = [f"c{n},X,soon" for n in range(10_000)]
    data = "\r\n".join(["case,title@en,startDate", *rows]).encode()

    report = client.post("/validate", content=data, headers=CSV).json()

    assert report["findings"][-1]["rule"] == "F10"
    assert len(json.dumps(report)) < 2_000_000
