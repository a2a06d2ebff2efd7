"""/reconcile: the Reconciliation Service API 0.2, against its own schemas."""

import json
import os
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from starlette.testclient import TestClient

from govkg.api.reconciling import read_moment
from govkg.app import create_app
from govkg.registers import prepare, read_mapping
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[2]
SUITES = Path(os.environ.get("CONFORMANCE_SUITES", ROOT.parent / "shared" / "suites"))
SCHEMAS = SUITES / "reconciliation-0.2" / "schemas"
EXAMPLES = SUITES / "reconciliation-0.2" / "examples"
DOCS = (ROOT / "docs" / "registers.md").read_text("utf-8")
VALID = sorted((EXAMPLES / "reconciliation-query-batch" / "valid").glob("*.json"))
INVALID = sorted((EXAMPLES / "reconciliation-query-batch" / "invalid").glob("*.json"))
CHINESE = """代码,名称,启用,停用
420000,湖北省,1949,
420600,襄樊市,1949,2010
420600,襄阳市,2010,
420602,襄城区,1949,
430000,湖南省,1949,
430602,城区,1949,
420703,城区,1949,
"""
CHINESE_MAPPING = """
form = "table"
code = "代码"
key = ["代码", "启用"]
start = "启用"
end = "停用"
level_by_code = [['\\d\\d0000', "provincial-level"], ['\\d{4}00', "prefectural-level"],
  ['\\d{6}', "county-level"]]
[register]
id = "small"
title.en = "A few places of China"
publisher = "us"
homepage = "https://example.org/"
licence = "https://example.org/licence"
country = "CN"
prefix = "cn"
open_start = "1949"
[names]
official = ["名称"]
language = "zh"
[parent]
paddings = [[4, "00"], [2, "0000"]]
[successor]
same_code = true
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Run a service that holds two small registers of our own."""
    folder = tmp_path_factory.mktemp("reconcile")
    (folder / "data").mkdir()
    settings = Settings(data_dir=folder / "data", workers=1)
    store = EmbeddedStore(folder / "data" / "store")
    made_up = [DOCS.split(f"```{kind}\n")[1].split("```")[0] for kind in ("toml", "csv")]
    for number, (mapping, table) in enumerate([made_up, (CHINESE_MAPPING, CHINESE)]):
        (folder / f"{number}.toml").write_text(mapping)
        (folder / f"{number}.csv").write_text(table)
        source = read_mapping(folder / f"{number}.toml")
        imported = prepare(folder / f"{number}.csv", source, settings.base_iri)
        store.put(imported.graph, imported.triples)
    store.close()
    with TestClient(create_app(settings)) as client:
        for _ in range(1200):
            if client.get("/readyz").status_code == 200:
                break
            time.sleep(0.05)
        yield client


@cache
def validator(name: str) -> Callable[[Any], None]:
    """Return what holds something to a schema of the suite; the test is skipped without it."""
    if not SCHEMAS.is_dir():
        pytest.skip(f"the schemas of the Reconciliation API are not in {SUITES}")
    found = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")}
    here = "https://reconciliation-api.github.io/specs/0.2/schemas/"
    documents = [(each.get("$id", here + key), _plain(each)) for key, each in found.items()]
    schema = _plain(found[f"{name}.json"]) | {"$id": f"{here}{name}.json"}
    registry = jsonschema_rs.Registry(documents)
    return jsonschema_rs.Draft7Validator(schema, registry=registry).validate


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without the name of a dialect that no longer has an address."""
    return {key: value for key, value in schema.items() if key != "$schema"}


def reconcile(client: TestClient, **question: Any) -> list[dict[str, Any]]:
    """Return the candidates for one query."""
    batch = {"q": question}
    validator("reconciliation-query-batch")(batch) if SCHEMAS.is_dir() else None
    answer = client.post("/reconcile", data={"queries": json.dumps(batch)})
    assert answer.status_code == 200, answer.text
    validator("reconciliation-result-batch")(answer.json()) if SCHEMAS.is_dir() else None
    found: list[dict[str, Any]] = answer.json()["q"]["result"]
    return found


def told(**hints: Any) -> list[dict[str, Any]]:
    """Return hints as the properties of a query."""
    return [{"pid": pid, "v": value} for pid, value in hints.items()]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_manifest_is_valid(served: TestClient, language: str) -> None:
    """It keeps to the schema, and every address in it is one of this service."""
    manifest = served.get("/reconcile", params={"lang": language}).json()

    validator("manifest")(manifest)
    assert manifest["versions"] == ["0.2"]
    assert manifest["view"]["url"] == "http://testserver/{{id}}"


def test_the_schemas_can_say_no() -> None:
    """What the suite calls wrong is found to be wrong, so the checks here can fail."""
    bad = (
        json.loads((EXAMPLES / "manifest/invalid/missing-version.json").read_text())
        if (EXAMPLES.is_dir())
        else {}
    )

    with pytest.raises(jsonschema_rs.ValidationError):
        validator("manifest")(bad)


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_the_valid_batches_of_the_suite_are_answered(served: TestClient, path: Path) -> None:
    """Every batch that is right by the suite has a valid answer with the same names."""
    text = path.read_text("utf-8")

    by_get = served.get("/reconcile", params={"queries": text})
    by_post = served.post("/reconcile", data={"queries": text})

    validator("reconciliation-result-batch")(by_post.json())
    assert by_post.json().keys() == json.loads(text).keys()
    assert by_get.json() == by_post.json()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_the_invalid_batches_of_the_suite_are_refused(served: TestClient, path: Path) -> None:
    """A batch that is wrong by the suite gives a problem that names the query."""
    answer = served.post("/reconcile", data={"queries": path.read_text("utf-8")})

    assert answer.status_code == 400
    assert answer.json()["name"].startswith("queries.")


@pytest.mark.parametrize(
    ("question", "id"),
    [
        ({"query": "襄樊市"}, "place/cn-420600-1949"),
        ({"query": "襄阳市", "properties": told(date="2015-03-01")}, "place/cn-420600-2010"),
        ({"query": "420600", "properties": told(date=2008)}, "place/cn-420600-1949"),
        ({"properties": told(code="420600", date="2012年")}, "place/cn-420600-2010"),
        ({"query": "城区", "properties": told(partOf="湖南")}, "place/cn-430602-1949"),
        ({"query": "城区", "properties": told(partOf={"id": "place/cn-420000-1949"})},
         "place/cn-420703-1949"),
        ({"query": "城区", "properties": told(code=420703)}, "place/cn-420703-1949"),
        ({"query": "襄城区", "properties": told(level="县级")}, "place/cn-420602-1949"),
        ({"query": "The Old"}, "place/mu-11-1980"),
        ({"query": "crisis of authority"}, "concept/authority-crisis"),
        ({"query": "权威危机", "type": "skos:Concept"}, "concept/authority-crisis"),
        ({"query": "Anti-corruption reform of the La Paz city hall"},
         "case/la-paz-anticorruption"),
    ],
)  # fmt: skip
def test_a_name_without_doubt_is_a_match(
    served: TestClient, question: dict[str, Any], id: str
) -> None:
    """English and Chinese names, old names and codes, told apart by what else is known."""
    found = reconcile(served, **question)

    assert (found[0]["id"], found[0]["match"]) == (id, True)
    assert sum(each["match"] for each in found) == 1


@pytest.mark.parametrize(
    "question",
    [
        {"query": "城区"},
        {"query": "420600", "properties": told(date="2010")},
        {"query": "襄樊市", "properties": told(country="GB")},
        {"query": "襄樊市", "properties": told(date="2015")},
        {"query": "襄阳"},
        {"query": "Oldtwon"},
        {"query": "crisis of authorrity"},
    ],
)
def test_where_there_is_doubt_nothing_is_a_match(
    served: TestClient, question: dict[str, Any]
) -> None:
    """Namesakes, a year of change, a contradiction, a part of a name or a misspelling: guesses."""
    found = reconcile(served, **question)

    assert found
    assert not any(each["match"] for each in found)


def test_a_type_leaves_others_out(served: TestClient) -> None:
    """Only things of the type that is asked for are candidates."""
    found = reconcile(served, query="crisis", type=["skos:Concept"], limit=5)

    assert len(found) == 5
    assert all("skos:Concept" in [kind["id"] for kind in each["type"]] for each in found)
    assert reconcile(served, query="襄樊市", type="skos:Concept") == []


def test_the_better_fit_scores_higher(served: TestClient) -> None:
    """The name scores 100, the name without its kind less, a misspelt one less than that."""
    scores = [
        reconcile(served, query=text, type="gov:Jurisdiction")[0]["score"]
        for text in ("Newtown", "襄阳", "Newtwon")
    ]

    assert scores == sorted(scores, reverse=True)
    assert scores[0] == 100


@pytest.mark.parametrize(
    "queries", ["{", "[]", '{"q": 1}', '{"q": {"query": 3}}', '{"q": {"query": "x", "limit": -1}}',
                json.dumps({str(n): {"query": "x"} for n in range(201)}), "[" * 5000],
)  # fmt: skip
def test_what_is_no_batch_is_refused(served: TestClient, queries: str) -> None:
    """No text that anybody sends is a crash."""
    assert served.post("/reconcile", data={"queries": queries}).status_code == 400


def test_a_table_is_extended(served: TestClient) -> None:
    """Properties of places, concepts and cases are fetched by their ids; unknown ids are empty."""
    query = {
        "ids": ["place/cn-420600-1949", "concept/authority-crisis", "place/nowhere", "x"],
        "properties": [{"id": "became"}, {"id": "end"}, {"id": "partOf"}, {"id": "labelZh"}],
    }
    answer = served.post("/reconcile", data={"extend": json.dumps(query)}).json()

    if SCHEMAS.is_dir():
        validator("data-extension-query")(query)
        validator("data-extension-response")(answer)
    rows = answer["rows"]
    assert rows["place/cn-420600-1949"]["became"][0]["id"] == "place/cn-420600-2010"
    assert rows["place/cn-420600-1949"]["end"] == [{"str": "2010"}]
    assert rows["place/cn-420600-1949"]["partOf"][0]["name"] == "湖北省"
    assert rows["concept/authority-crisis"]["labelZh"] == [{"str": "权威危机"}]
    assert rows["place/nowhere"]["end"] == []


@pytest.mark.parametrize(
    "extend",
    ['{"ids": 1, "properties": []}', '{"ids": []}', '{"ids": [], "properties": [{"id": "age"}]}'],
)
def test_what_is_no_extension_is_refused(served: TestClient, extend: str) -> None:
    """A property that there is not is named in the problem."""
    assert served.post("/reconcile", data={"extend": extend}).status_code == 400


@pytest.mark.parametrize("kind", ["gov:Jurisdiction", "skos:Concept", "gov:GovernanceCase", ""])
def test_properties_are_proposed(served: TestClient, kind: str) -> None:
    """Every property that is proposed can be fetched."""
    proposed = served.get("/reconcile/properties", params={"type": kind}).json()
    asked = {"ids": ["case/la-paz-anticorruption"], "properties": proposed["properties"]}

    answer = served.post("/reconcile", data={"extend": json.dumps(asked)})

    validator("data-extension-property-proposal")(proposed) if SCHEMAS.is_dir() else None
    assert answer.status_code == 200
    assert len(answer.json()["meta"]) == len(proposed["properties"]) > 3


@pytest.mark.parametrize(
    ("kind", "plural", "prefix", "id"),
    [
        ("entity", "entities", "襄樊", "place/cn-420600-1949"),
        ("entity", "entities", "crisis of auth", "concept/authority-crisis"),
        ("entity", "entities", "Newt", "place/mu-11-2001"),
        ("type", "types", "juris", "gov:Jurisdiction"),
        ("property", "properties", "date", "date"),
    ],
)
def test_names_are_completed(
    served: TestClient, kind: str, plural: str, prefix: str, id: str
) -> None:
    """Each suggestion keeps to the schema, and has a flyout."""
    answer = served.get(f"/reconcile/suggest/{kind}", params={"prefix": prefix}).json()
    flyout = served.get(f"/reconcile/flyout/{kind}", params={"id": id}).json()

    validator(f"suggest-{plural}-response")(answer) if SCHEMAS.is_dir() else None
    assert id in [each["id"] for each in answer["result"]]
    assert flyout["id"] == id
    assert flyout["html"].startswith("<")


def test_a_preview_may_be_framed_and_nothing_else(served: TestClient) -> None:
    """Anybody may show the preview in a frame; every other page forbids it."""
    preview = served.get("/reconcile/preview", params={"id": "place/cn-420600-1949"})
    other = served.get("/place/cn-420600-1949", headers={"accept": "text/html"})

    policies = [each.headers.get_list("content-security-policy") for each in (preview, other)]
    assert "襄樊市" in preview.text
    assert "frame-ancestors *" in policies[0][0] and "script-src" not in policies[0][0]
    assert "frame-ancestors 'none'" in policies[1][0]
    assert [len(each) for each in policies] == [1, 1]
    assert preview.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["preview", "flyout/entity", "flyout/type", "flyout/nothing"])
@pytest.mark.parametrize("id", ["place/nowhere", "concept/<script>", "concept/ä", "", "case/../x"])
def test_an_unknown_entity_is_not_found(served: TestClient, path: str, id: str) -> None:
    """Whatever the id, the answer is a problem."""
    assert served.get(f"/reconcile/{path}", params={"id": id}).status_code == 404


def test_view_addresses_lead_to_pages(served: TestClient) -> None:
    """An id in the view template is a page, also with its slash percent-encoded."""
    ids = ("place%2Fcn-420600-1949", "concept%2Fauthority-crisis", "case/la-paz-anticorruption")
    for each in ids:
        assert served.get(f"/{each}", headers={"accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    ("text", "date"),
    [("2008", "2008"), ("2008-5", "2008-05"), ("2008年5月1日", "2008-05-01"),
     ("2008/05", "2008-05"),
     ("2008-05-01T00:00:00Z", "2008-05-01"), ("20080501", None), ("n/a", None), ("2008-13", None)],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(text: str, date: str | None) -> None:
    """Years, months and days in the common forms; what is no date is none."""
    found = read_moment(text)

    assert (found.text if found else None) == date
