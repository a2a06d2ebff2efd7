"""/catalog, /dumps and /cases.csv."""

import csv
import gzip
import io
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse
from starlette.testclient import TestClient

from govkg.api.knowledge import Service

from .scratch import running, update

MINE = "INSERT DATA {{ GRAPH <urn:g> {{ <urn:g> dcterms:license <{}> . <urn:a> <urn:b> '{}' }} }}"
BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("ending", "syntax"),
    [(".ttl", RdfFormat.TURTLE), (".jsonld", RdfFormat.JSON_LD), (".rdf", RdfFormat.RDF_XML)],
)
def test_the_catalogue_by_its_ending(client: TestClient, ending: str, syntax: RdfFormat) -> None:
    """Harvesters that go by endings get the same catalogue as those that negotiate."""
    response = client.get(f"/catalog{ending}")

    found = {str(quad.triple) for quad in parse(response.content, syntax)}
    assert any("dcat#Catalog>" in each for each in found)
    same = client.get("/catalog", headers={"accept": response.headers["content-type"]})
    assert same.content == response.content


def test_the_catalogue_has_no_other_endings(client: TestClient) -> None:
    """An ending that means nothing is a 404 that names those that do."""
    response = client.get("/catalog.pdf")

    assert (response.status_code, response.json()["code"]) == (404, "not-found")
    assert "catalog.ttl" in response.json()["detail"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_is_for_people_and_search_engines(client: TestClient, language: str) -> None:
    """The page links every file and carries the datasets in schema.org as JSON-LD."""
    headers = {"accept": "text/html", "accept-language": language}
    page = client.get("/catalog", headers=headers).text

    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    assert json.loads(found[1])["@type"] == "Dataset"
    for file in client.get("/dumps").json()["files"]:
        assert f'href="/dumps/{file["name"]}"' in page


def test_every_file_is_as_the_list_says(client: TestClient) -> None:
    """Sizes and checksums are those of the bytes that are sent."""
    for file in client.get("/dumps").json()["files"]:
        response = client.get(f"/dumps/{file['name']}")
        assert len(response.content) == file["bytes"]
        assert sha256(response.content).hexdigest() == file["sha256"]


def test_a_download_can_be_carried_on(client: TestClient) -> None:
    """Range gives the rest, as long as the bytes are the same; what is known is not sent again."""
    whole = client.get("/dumps/govkg.nq.gz")
    tag = whole.headers["etag"]
    rest = client.get("/dumps/govkg.nq.gz", headers={"range": "bytes=1000-", "if-range": tag})
    other = client.get("/dumps/govkg.nq.gz", headers={"range": "bytes=9-", "if-range": '"old"'})

    assert (rest.status_code, rest.content) == (206, whole.content[1000:])
    assert (other.status_code, other.content) == (200, whole.content)
    assert client.get("/dumps/govkg.nq.gz", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize("name", ["nope", "..%2Ftokens.json", "%2e%2e", "manifest.json.new"])
def test_only_files_of_the_dump_are_sent(client: TestClient, name: str) -> None:
    """No name leads out of the folder."""
    assert client.get(f"/dumps/{name}").status_code == 404


def test_the_table_for_spreadsheets(client: TestClient) -> None:
    """/cases.csv is plain; with excel=1 it has a byte-order mark and the same cells."""
    plain, safe = client.get("/cases.csv"), client.get("/cases.csv", params={"excel": "1"})

    assert plain.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(plain.text)))
    assert len(rows) == client.get("/version").json()["cases"]
    assert safe.content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in safe.headers["content-disposition"]
    assert client.get("/cases.csv-metadata.json").json()["url"] == "cases.csv"


def test_a_dump_follows_the_data(tmp_path: Path) -> None:
    """After a write the files are those of the new data, and the old ones are gone."""
    with running(tmp_path) as client:
        assert client.get("/dumps").json()["quads"] == 0
        assert update(client, MINE.format(BY, "first")) == 204
        assert b"first" in gzip.decompress(client.get("/dumps/govkg.nq.gz").content)
        assert update(client, MINE.format(BY, "second")) == 204
        assert b"second" in gzip.decompress(client.get("/dumps/govkg.nq.gz").content)
        assert len(list(tmp_path.glob("dumps-*"))) == 1
        assert client.get("/catalog", headers={"accept": "text/turtle"}).status_code == 404
    assert not list(tmp_path.glob("dumps-*"))


def test_a_dump_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    """A failure is a 503 in words, and the next request does not suffer from it."""
    with running(tmp_path) as client:
        service: Service = client.app.state.service  # type: ignore[attr-defined]
        in_the_way = tmp_path / f"dumps-{service.made.number if service.made else 0}.new"
        in_the_way.touch()
        failed = client.get("/dumps")
        in_the_way.unlink()

        assert (failed.status_code, failed.json()["code"]) == (503, "not-ready")
        assert client.get("/dumps").status_code == 200


def test_a_dump_has_a_deadline(tmp_path: Path) -> None:
    """What takes too long is stopped."""
    with running(tmp_path, dump_seconds=0.001) as client:
        response = client.get("/dumps")

    assert (response.status_code, response.json()["code"]) == (503, "deadline")


def test_the_mappings_come_as_sssom(client: TestClient) -> None:
    """Each mapping has its confidence and source, and none says that two things are the same."""
    lines = client.get("/mappings.sssom.tsv").text.splitlines()
    rows = list(
        csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
    )

    assert len(rows) > 80
    assert all(row["confidence"] and row["predicate_id"] != "owl:sameAs" for row in rows)
    query = "ASK { gc:transparent-government ?match <http://metadata.un.org/sdg/16.6> }"
    assert client.get("/sparql", params={"query": query}).json()["boolean"]
