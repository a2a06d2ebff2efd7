"""Pages and files of a release: as they were, with an address and a citation that last."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from starlette.testclient import TestClient
from typer.testing import CliRunner

from govkg import cli
from govkg.api.frozen import Frozen
from govkg.cases.kg import CASE
from govkg.errors import NotFoundError
from govkg.ontology import TITLE, TYPE
from govkg.publishing import Stock
from govkg.publishing.releases import create_release, release_named
from govkg.settings import Settings
from govkg.vocabulary import DCTERMS, GC, PREFIXES, SKOS

from .scratch import running

HTML = {"accept": "text/html"}
GONE = NamedNode(PREFIXES["case"] + "only-then")
CONCEPT = NamedNode(GC + "authority-crisis")
BY = NamedNode("https://creativecommons.org/licenses/by/4.0/")
THEN = "a crisis of authority, as it was called then"
QUERY = "SELECT ?title { case:only-then dcterms:title ?title }"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Return a client of a service with the releases “then”, which differs, and “now”."""
    folder = tmp_path_factory.mktemp("frozen")
    with running(folder, bundle=True, default_graph="merge") as client:
        service = client.app.state.service  # type: ignore[attr-defined]
        kg, settings = service.known().kg, service.settings
        create_release(settings, Stock(kg.quads, settings.base_iri), "now")
        then, graph = kg.quads.copy(), kg.graphs.case("only-then")
        then.put(graph, [
            Triple(GONE, TYPE, CASE),
            Triple(GONE, TITLE, Literal("A case of then", language="en")),
            Triple(GONE, NamedNode(DCTERMS + "license"), BY),
        ])  # fmt: skip
        label = NamedNode(SKOS + "prefLabel")
        renamed = [
            Triple(CONCEPT, label, Literal(THEN, language="en"))
            if t.subject == CONCEPT and t.predicate == label and t.object.language == "en"
            else t
            for t in then.triples(kg.graphs.ontology)
        ]
        then.put(kg.graphs.ontology, renamed)
        create_release(settings, Stock(then, settings.base_iri), "then")
        yield client


@pytest.mark.parametrize("media", ["text/html", "text/turtle", "application/ld+json"])
def test_a_case_is_shown_as_it_was(client: TestClient, media: str) -> None:
    """What was public then has its page and data; now, and in the other release, it has not."""
    path, wanted = "/case/only-then", {"accept": media}
    then = client.get(path, params={"release": "then"}, headers=wanted)

    assert (then.status_code, "A case of then" in then.text) == (200, True)
    assert client.get(path, headers=wanted).status_code == 404
    assert client.get(path, params={"release": "now"}, headers=wanted).status_code == 404


def test_lists_names_and_concepts_are_those_of_the_release(client: TestClient) -> None:
    """The list of cases, names on pages, and what a concept says are as they were."""
    ids = {
        version: {
            each["id"] for each in client.get("/cases", params={"release": version}).json()["cases"]
        }
        for version in ("then", "now", "")
    }
    pages = {
        version: client.get(
            "/concept/authority-crisis", params={"release": version}, headers=HTML
        ).text
        for version in ("then", "")
    }

    assert ids["then"] - ids[""] == {"only-then"}
    assert ids["now"] == ids[""]
    assert (THEN in pages["then"], THEN in pages[""]) == (True, False)
    scheme = client.get("/scheme/crisis-type", params={"release": "then"}, headers=HTML).text
    assert THEN in scheme


def test_what_follows_is_that_of_its_day(client: TestClient) -> None:
    """The page of a release shows what was inferred, with no link to reasons of the present."""
    params = {"release": "now"}
    frozen = client.get("/case/la-paz-anticorruption", params=params, headers=HTML).text
    present = client.get("/case/la-paz-anticorruption", headers=HTML).text

    assert 'class="facts derived"' in frozen
    assert ('class="why"' in present, 'class="why"' in frozen) == (True, False)


def test_links_stay_in_the_release(client: TestClient) -> None:
    """Links to what a release has keep it, in the language chosen; others lead to the present."""
    page = client.get("/cases", params={"release": "then", "lang": "zh"}, headers=HTML).text

    assert 'href="/case/only-then?release=then&amp;lang=zh"' in page
    assert 'href="/explain?lang=zh"' in page
    assert 'href="/cases?lang=zh&amp;release="' in page  # the same page as it is now


FILES = ("/cases.csv", "/cases.csv-metadata.json", "/dumps", "/dumps/cases.ttl", "/catalog.ttl")


@pytest.mark.parametrize("path", FILES)
def test_files_are_those_of_the_release(client: TestClient, path: str) -> None:
    """Each is kept for good by whoever gets it, under a strong tag, and is not sent twice."""
    params = {"release": "then"}
    first = client.get(path, params=params)
    again = client.get(path, params=params, headers={"if-none-match": first.headers["etag"]})

    assert first.status_code == 200
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert not first.headers["etag"].startswith("W/")
    assert (again.status_code, again.content) == (304, b"")
    if path in ("/cases.csv", "/dumps/cases.ttl"):
        assert "A case of then" in first.text
        assert "A case of then" not in client.get(path).text


def test_data_is_kept_for_good_and_pages_are_not(client: TestClient) -> None:
    """Data of a release never changes; the words around it may, and so may what fails today."""

    def kept(path: str, **params: str) -> str:
        media = params.pop("accept", "*/*")
        response = client.get(path, params=params, headers={"accept": media})
        return response.headers["cache-control"]

    good, query = "public, max-age=31536000, immutable", {"query": QUERY}
    assert kept("/case/only-then", release="then", accept="text/turtle") == good
    assert kept("/sparql", release="then", **query) == good
    assert kept("/case/only-then", release="then", accept="text/html") == "no-cache"
    assert kept("/case/only-then", accept="text/turtle") == "no-cache"
    assert kept("/case/nothing", release="then") == "no-cache"
    assert kept("/case/only-then", release="2099.1") == "no-cache"
    assert kept("/sparql", **query) == "no-cache"
    assert kept("/sparql", release="then", query="SELECT (RAND() AS ?n) {}") == "no-cache"


def test_a_query_on_a_release_has_a_permanent_address_and_citations(client: TestClient) -> None:
    """The page shows the result, the address that always gives it, and how to cite that."""
    page = client.get(
        "/query", params={"release": "then", "query": QUERY, "lang": "en"}, headers=HTML
    ).text
    address = page.partition('rel="cite-as"')[0].rpartition('href="')[2].partition('"')[0]
    parts = urlsplit(address.replace("&amp;", "&"))

    assert "A case of then" in page
    assert parse_qs(parts.query) == {"release": ["then"], "query": [QUERY]}
    assert "A case of then" in client.get(f"{parts.path}?{parts.query}", headers=HTML).text
    assert page.count(parts.query.replace("&", "&amp;")) >= 5  # the link, its text, three styles
    for style in ("@misc{govkg-then-", "TY  - DATA", "&#34;type&#34;: &#34;dataset&#34;"):
        assert style in page


def test_the_query_page_offers_the_releases(client: TestClient) -> None:
    """The form has a choice of releases, and keeps it; downloads ask the same release."""
    page = client.get("/query", params={"release": "then", "query": QUERY}, headers=HTML).text

    assert "<option selected>then</option>" in page
    assert "<option>now</option>" in page
    assert 'href="/sparql?release=then&amp;query=' in page


def test_the_catalogue_of_a_release_names_its_own_files(client: TestClient) -> None:
    """Datasets and files are those of the release, and say of what they are a version."""
    turtle = client.get("/catalog.ttl", params={"release": "then"}).text
    page = client.get("/catalog", params={"release": "then"}, headers=HTML).text
    markup = json.loads(page.partition('ld+json">')[2].partition("</script>")[0])

    assert "<http://testserver/releases/then/cases.csv>" in turtle
    assert "http://testserver/dumps/" not in turtle
    assert "isVersionOf <http://testserver/catalog#cases>" in turtle
    assert 'href="/dumps/cases.csv?release=then"' in page
    assert markup["version"] == "then"
    assert markup["distribution"][0]["contentUrl"].startswith("http://testserver/releases/then/")


def test_an_unknown_release_is_told(client: TestClient) -> None:
    """A release that is not there, or cannot be a name, is a 404 that lists those that are."""
    for path in ("/case/only-then", "/cases", "/concept/x", "/query", "/dumps", "/catalog"):
        for version in ("2099.1", "../then", "x" * 500):
            response = client.get(path, params={"release": version})
            assert response.status_code == 404, (path, version)
            assert "now" in response.json()["detail"]


def test_few_releases_are_held_at_once(client: TestClient, tmp_path: Path) -> None:
    """The least recently used gives way, so that memory is bounded; with no room there is none."""
    import anyio

    data_dir = client.app.state.service.settings.data_dir  # type: ignore[attr-defined]
    releases = {name: release_named(data_dir, name) for name in ("then", "now")}

    async def hold() -> None:
        frozen = Frozen(Settings(data_dir=tmp_path, releases_at_once=1))
        first = await frozen.of(releases["then"])
        assert await frozen.of(releases["then"]) is first
        await frozen.of(releases["now"])
        assert list(frozen._held) == ["now"]
        assert await frozen.of(releases["then"]) is not first
        with pytest.raises(NotFoundError, match="GOVKG_RELEASES_AT_ONCE"):
            await Frozen(Settings(data_dir=tmp_path, releases_at_once=0)).of(releases["now"])

    anyio.run(hold)


def test_two_releases_are_compared_over_http_and_by_the_command(client: TestClient) -> None:
    """Both say which terms, cases and triples differ, and so does a page."""
    found = client.get("/releases/now/diff/then").json()

    assert found["cases"]["added"] == ["only-then"]
    assert found["terms"]["changed"] == [CONCEPT.value]
    assert found["quads"]["added"] == len(found["added"])
    assert found["quads"]["removed"] == len(found["removed"])
    assert any(THEN in line for line in found["added"])
    page = client.get("/releases/now/diff/then", headers=HTML).text
    assert 'href="/case/only-then?release=then"' in page
    assert THEN in page
    data_dir = client.app.state.service.settings.data_dir  # type: ignore[attr-defined]
    done = CliRunner(env={"GOVKG_DATA_DIR": str(data_dir)}).invoke(
        cli.app, ["release", "diff", "now", "then"]
    )
    assert "case added: only-then" in done.stdout
    assert f"term changed: {CONCEPT.value}" in done.stdout
