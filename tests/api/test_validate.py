"""/validate: documents in every form, reports in every format, and what is refused."""

import pytest
from starlette.testclient import TestClient

from govkg import bundle

CASE = (
    b"@prefix gov: <https://w3id.org/govkg/ontology#> . "
    b"<https://w3id.org/govkg/case/x> a gov:GovernanceCase ."
)
TURTLE = {"content-type": "text/turtle"}
BROWSER = {"accept": "text/html"}


def test_reports_as_json(client: TestClient) -> None:
    """A case without its parts does not conform; the answer is still a 200."""
    response = client.post("/validate", content=CASE, headers=TURTLE)

    report = response.json()
    assert response.status_code == 200
    assert report["conforms"] is False
    assert report["findings"][0]["message"]["zh"]


@pytest.mark.parametrize("path", bundle.example_cases()[:3], ids=lambda path: path.stem)
def test_examples_conform(client: TestClient, path) -> None:  # type: ignore[no-untyped-def]
    """The bundled examples conform when they are posted."""
    kind = "application/ld+json" if path.suffix == ".jsonld" else "text/turtle"

    assert client.post(
        "/validate", content=path.read_bytes(), headers={"content-type": kind}
    ).json()["conforms"]


@pytest.mark.parametrize(
    ("accept", "sign"),
    [
        ("text/plain", "Does not conform"),
        ("text/turtle", "sh:ValidationReport"),
        ("application/ld+json", "http://www.w3.org/ns/shacl#ValidationReport"),
        ("text/html", "<h2>Report</h2>"),
        ("text/csv", "file,severity,rule"),
        ("application/sarif+json", '"version":"2.1.0"'),
        ("application/junit+xml", "<testsuites"),
    ],
)
def test_report_formats(client: TestClient, accept: str, sign: str) -> None:
    """The report comes in the format that the client wants."""
    response = client.post("/validate", content=CASE, headers=TURTLE | {"accept": accept})

    assert response.headers["content-type"].startswith(accept)
    assert sign in response.text


def test_reports_in_chinese(client: TestClient) -> None:
    """Text and page speak Chinese."""
    text = client.post("/validate?format=text&lang=zh", content=CASE, headers=TURTLE).text
    page = client.post("/validate?format=html&lang=zh", content=CASE, headers=TURTLE).text

    assert text.startswith("不符合要求")
    assert "校验报告" in page


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"text": CASE.decode(), "format": "turtle"}},
        {"data": {"text": CASE.decode()}},
        {"files": {"file": ("case.ttl", CASE)}},
        {"files": {"file": ("case.txt", CASE)}, "data": {"format": "turtle"}},
    ],
)
def test_reads_forms(client: TestClient, form: dict) -> None:  # type: ignore[type-arg]
    """Text and files of forms are read."""
    assert client.post("/validate", **form).json()["cases"] == 1


def test_the_ending_of_a_file_outweighs_the_menu(client: TestClient) -> None:
    """A browser always sends the menu of formats; a file that says what it is, is believed."""
    file = next(path for path in bundle.example_cases() if path.suffix == ".jsonld")

    response = client.post(
        "/validate", files={"file": (file.name, file.read_bytes())}, data={"format": "turtle"}
    )

    assert response.json()["conforms"] is True


def test_starts_from_an_example(client: TestClient) -> None:
    """The form can be filled with a bundled case."""
    assert "Naga" in client.get("/validate?case=naga-city", headers=BROWSER).text
    assert client.get("/validate?case=none", headers=BROWSER).status_code == 200


def test_page_shows_the_document_again(client: TestClient) -> None:
    """The page keeps what was typed, escaped."""
    text = client.post("/validate", data={"text": CASE.decode()}, headers=BROWSER).text

    assert "&lt;https://w3id.org/govkg/case/x&gt;" in text


def test_says_where_the_document_broke(client: TestClient) -> None:
    """A syntax error names line and column."""
    response = client.post("/validate", content=b"<a:a> <a:b>\n<a:c>", headers=TURTLE)

    assert (response.status_code, response.json()["code"], response.json()["line"]) == (
        400,
        "document-syntax",
        2,
    )


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/ld+json", b'{"@context": "https://example.org/context.jsonld"}'),
        ("application/rdf+xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
        ("text/turtle", b"<a:a> <a:b> " + b"[ <a:b> " * 5000),
        ("application/ld+json", b"[" * 100_000),
    ],
)
def test_refuses_what_is_unsafe(client: TestClient, kind: str, body: bytes) -> None:
    """Remote contexts, document types and bombs are refused before they are parsed."""
    response = client.post("/validate", content=body, headers={"content-type": kind})

    assert (response.status_code, response.json()["code"]) == (400, "unsafe-input")


def test_refuses_large_bodies(client: TestClient) -> None:
    """A body over the limit is a 413, announced or not."""
    body = b"#" * 300_000

    announced = client.post("/validate", content=body, headers=TURTLE)
    streamed = client.post(
        "/validate", content=iter([body[:150_000], body[150_000:]]), headers=TURTLE
    )

    assert (announced.status_code, streamed.status_code) == (413, 413)
    assert announced.json()["limit"] == 200_000


@pytest.mark.parametrize("kind", ["", "image/png", "text/turtle; charset=gbk"])
def test_refuses_other_types(client: TestClient, kind: str) -> None:
    """A type that is no RDF syntax, or another charset, is a 415."""
    assert client.post("/validate", content=CASE, headers={"content-type": kind}).status_code == 415


@pytest.mark.parametrize("form", [{"data": {"x": "y"}}, {"data": {"text": "x", "format": "odt"}}])
def test_refuses_incomplete_forms(client: TestClient, form: dict) -> None:  # type: ignore[type-arg]
    """A form without a document, or with an unknown format, is a 400."""
    assert client.post("/validate", **form).status_code == 400


def test_refuses_broken_multipart(client: TestClient) -> None:
    """A multipart body that is cut off is a 400."""
    kind = {"content-type": "multipart/form-data"}

    assert client.post("/validate", content=b"--x\r\n", headers=kind).status_code == 400


def test_refuses_other_formats(client: TestClient) -> None:
    """A report in a picture is a 406."""
    response = client.post("/validate", content=CASE, headers=TURTLE | {"accept": "image/png"})

    assert response.status_code == 406


def test_profile_decides_what_is_grave(client: TestClient) -> None:
    """The same case conforms to one profile and not to another."""
    [case] = (path for path in bundle.example_cases() if path.name == "la-paz-anticorruption.ttl")
    text = case.read_bytes().replace(b"dcterms:publisher", b"dcterms:x")

    minimal, standard = (
        client.post(f"/validate?profile={name}", content=text, headers=TURTLE).json()
        for name in ("minimal", "standard")
    )

    assert minimal["conforms"]
    assert not standard["conforms"]
    assert standard["completeness"][0]["score"] > 0


@pytest.mark.parametrize("path", ["/validate", "/diagnose"])
def test_page_offers_profiles_and_keeps_the_choice(client: TestClient, path: str) -> None:
    """The menu decides what is asked, and stands at the choice in the answer; so does ?profile=."""
    fields = {"text": CASE.decode(), "format": "turtle", "profile": "minimal"}

    answer = client.post(path, data=fields, headers=BROWSER).text
    page = client.get(f"{path}?profile=minimal", headers=BROWSER).text

    assert '<option selected value="minimal">' in answer
    assert '<option selected value="minimal">' in page
    assert "profile=minimal" in page


def test_diagnosis_asks_by_a_profile(client: TestClient) -> None:
    """The report within a diagnosis is that of the profile; one that is none is a 400."""
    found = client.post("/diagnose?profile=minimal", content=CASE, headers=TURTLE)
    unknown = client.post("/diagnose?profile=none", content=CASE, headers=TURTLE)

    assert found.json()["validation"]["profile"] == "minimal"
    assert unknown.status_code == 400


def test_many_cases_in_one_document_are_checked(client: TestClient) -> None:
    """A worker, which may open no file, checks a dozen cases as it checks one."""
    path = bundle.folder("examples") / "cases" / "valid-fixtures" / "all-rules.ttl"
    text = path.read_text().replace("dcterms:license <", "gov:noSuchProperty <")
    many = "\n".join(
        text.replace("example-town", f"town-{number}").replace("other-town", f"other-{number}")
        for number in range(12)
    )

    report = client.post("/validate", content=many.encode(), headers=TURTLE).json()

    rules = [finding["rule"] for finding in report["findings"]]
    assert report["cases"] == 12
    assert rules.count("C32") == 12
    assert rules.count("C29") == 12


def test_page_says_once_what_is_said_of_many_places(client: TestClient) -> None:
    """The same finding of four nodes is one entry with the first places and a count."""
    parts = b"".join(
        b"<urn:p%d> a gov:InnovationMeasure ; gov:startDate '2014'^^<urn:x> ." % n for n in range(4)
    )

    page = client.post("/validate", content=CASE + parts, headers=TURTLE | BROWSER).text

    assert "and 1 more" in page


def test_unknown_profile_is_a_problem(client: TestClient) -> None:
    """A profile that is none is a 400 that names those that there are."""
    response = client.post("/validate?profile=none", content=CASE, headers=TURTLE)

    assert response.status_code == 400
    assert "research-grade" in response.json()["detail"]
