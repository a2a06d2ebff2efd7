"""Ways to find one's way among cases: facets, tables, comparisons, remedies, citations."""

import csv
import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from govkg.cases.facets import FACETS

PAGE = {"accept": "text/html"}


def ids(client: TestClient, query: str) -> set[str]:
    """Return the ids of the cases that a list has."""
    return {case["id"] for case in client.get(f"/cases?format=json&{query}").json()["cases"]}


def sparql(client: TestClient, pattern: str) -> set[str]:
    """Return the ids of the cases that a pattern finds."""
    query = f"SELECT DISTINCT ?case {{ ?case a gov:GovernanceCase . {pattern} }}"
    found = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    return {row["case"]["value"].rsplit("/", 1)[1] for row in found}


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        ("condition=management-crisis", "?case gov:suggestsCondition gc:management-crisis"),
        ("remedy=process-reengineering", "?case gov:adoptsRemedy gc:process-reengineering"),
        ("axis=openness-axis",
         "?case gov:recordsProfile/gov:hasAssessment/gov:onAxis gc:openness-axis"),
        ("country=CN", "?case gov:hasLeadJurisdiction/gov:countryCode 'CN'"),
        ("decade=1990",
         "?case gov:startDate ?d FILTER(STRSTARTS(STR(?d), '199'))"),
        ("level=municipal-level&level=township-level",
         "VALUES ?l { gc:municipal-level gc:township-level } ?case gov:hasGovernmentLevel ?l"),
        ("country=CN&level=township-level",
         "?case gov:hasGovernmentLevel gc:township-level ;"
         " gov:hasLeadJurisdiction/gov:countryCode 'CN'"),
    ],
)  # fmt: skip
def test_facets_find_what_a_query_finds(client: TestClient, query: str, pattern: str) -> None:
    """Each facet is a question to the graph; codes of one facet add up, facets narrow."""
    found = ids(client, query)

    assert found == sparql(client, pattern)
    assert found


def test_counts_are_what_a_click_finds(client: TestClient) -> None:
    """Each count beside a code is the length of the list that its link leads to."""
    told = client.get("/cases?format=json&country=CN").json()["facets"]

    assert set(told) == set(FACETS)
    for key, codes in told.items():
        base = "" if key == "country" else "country=CN&"
        for code, count in codes.items():
            assert len(ids(client, f"{base}{key}={code}")) == count, (key, code)


def test_every_link_of_the_facets_leads_to_its_list(client: TestClient) -> None:
    """Links keep what was chosen, and take a chosen code away again; the language stays."""
    page = client.get("/cases?country=CN&lang=zh", headers=PAGE).text
    facets = page.split('<nav id="facets"')[1].split("</nav>")[0]
    links = [unescape(each) for each in re.findall(r'href="(/cases[^"]*)"', facets)]

    assert "/cases?lang=zh" in links
    assert all("lang=zh" in link for link in links)
    assert all(client.get(link, headers=PAGE).status_code == 200 for link in links[:12])
    chosen = re.findall(r'aria-current="true">\s*([^<]+)<', facets)
    assert chosen == ["CN"]


def test_words_narrow_the_list(client: TestClient) -> None:
    """Words of the title in either language."""
    assert ids(client, "q=naga%20REFORMS") == {"naga-city"}
    assert ids(client, "q=步云") == {"buyun-direct-election"}
    assert "No case fits" in client.get("/cases?q=xyzzy", headers=PAGE).text


def test_the_list_as_a_table(client: TestClient) -> None:
    """CSV and XLSX hold the cases of the list, in the columns of /cases.csv."""
    query = "/cases?country=CN&level=township-level"
    text = client.get(f"{query}&format=csv").text
    rows = list(csv.reader(io.StringIO(text)))
    book = load_workbook(io.BytesIO(client.get(f"{query}&format=xlsx").content))
    sheet = [[cell or "" for cell in row] for row in book["cases"].iter_rows(values_only=True)]

    assert sheet == rows
    assert {row[0] for row in rows[1:]} == ids(client, "country=CN&level=township-level")
    assert rows[0] == next(csv.reader(io.StringIO(client.get("/cases.csv").text)))


@pytest.mark.parametrize("query", ["offset=-1", "offset=x", "offset=99999999999"])
def test_a_wrong_offset_is_told(client: TestClient, query: str) -> None:
    """What is no number is a 400, not a 500."""
    assert client.get(f"/cases?{query}").status_code == 400


def test_cases_side_by_side(client: TestClient) -> None:
    """Each case says what it says by itself, and what several share is marked."""
    told = client.get("/cases/compare?case=naga-city&case=la-paz-anticorruption&format=json").json()
    aspects = {each["aspect"]: each for each in told["aspects"]}
    page = client.get("/cases/compare?case=naga-city&case=la-paz-anticorruption", headers=PAGE)

    assert [each["id"] for each in told["cases"]] == ["naga-city", "la-paz-anticorruption"]
    assert [values[0] for values in aspects["country"]["values"]] == ["PH", "BO"]
    assert aspects["level"]["shared"] == ["https://w3id.org/govkg/concept/municipal-level"]
    assert aspects["adoptsRemedy"]["inferred"]
    assert not aspects["symptom"]["inferred"]
    assert "shared" in page.text
    assert client.get("/cases/compare?case=nowhere", headers=PAGE).status_code == 404
    assert client.get("/cases/compare", headers=PAGE).status_code == 200


def test_at_most_four_cases_side_by_side(client: TestClient) -> None:
    """More are left out, and the page says so."""
    names = sorted(ids(client, ""))[:5]
    page = client.get("/cases/compare?" + "&".join(f"case={n}" for n in names), headers=PAGE).text

    assert page.count('<th scope="col"><a href="/case/') == 4
    assert "At most four" in page


def test_remedies_by_crisis(client: TestClient) -> None:
    """Each count is that of the list it leads to; each “why?” leads to a proof."""
    pairs = client.get("/explore?format=json").json()["pairs"]
    page = client.get("/explore", headers=PAGE).text
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    why = [unescape(link) for link in re.findall(r'class="why" href="([^"]+)"', table)]

    for pair in pairs:
        found = ids(client, f"condition={pair['condition']}&remedy={pair['remedy']}")
        assert len(found) == pair["cases"], pair
    assert len(why) == sum(len(pair["statements"]) for pair in pairs) > 5
    assert all(client.get(link, headers=PAGE).status_code == 200 for link in why)
    rows = list(csv.DictReader(io.StringIO(client.get("/explore?format=csv").text)))
    assert [int(row["cases"]) for row in rows] == [pair["cases"] for pair in pairs]


def test_a_record_is_cited(client: TestClient) -> None:
    """BibTeX, RIS and CSL-JSON name who made the record; so do the tags that Zotero reads."""
    address = "/case/la-paz-anticorruption"
    bib, ris = (client.get(f"{address}/cite?style={style}").text for style in ("bibtex", "ris"))
    item = client.get(f"{address}/cite?style=csl").json()[0]
    page = client.get(address, headers=PAGE)

    assert bib.startswith("@misc{govkg-la-paz-anticorruption,\n  author = {{govkg editors}},")
    assert ris.startswith("TY  - DATA\r\nAU  - govkg editors\r\nTI  - Anti-corruption")
    assert item["author"] == [{"literal": "govkg editors"}]
    assert item["URL"] == "http://testserver/case/la-paz-anticorruption"
    assert f'<meta name="citation_title" content="{item["title"]}">' in page.text
    assert '<meta name="citation_author" content="govkg editors">' in page.text
    assert 'rel="cite-as"' in page.headers["link"]
    assert client.get(f"{address}/cite?style=mla").status_code == 400
    assert client.get("/case/nowhere/cite").status_code == 404
