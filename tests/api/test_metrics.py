"""/metrics: what Prometheus is told."""

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from govkg.app import create_app
from govkg.settings import Settings

from .scratch import running, update

CASES = Path(__file__).parents[2] / "examples" / "cases"
PAGE = Path(__file__).parents[2] / "docs" / "operations" / "monitoring.md"
TURTLE = {"content-type": "text/turtle"}


def value(client: TestClient, name: str, **labels: str) -> float:
    """Return the present value of a sample, 0 if there is none yet."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    for family in families:
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return 0.0


def test_every_metric_is_well_named_and_explained(client: TestClient) -> None:
    """Names follow the conventions of Prometheus, and each has a sentence of help."""
    response = client.get("/metrics", headers={"accept": "application/json"})

    families = list(text_string_to_metric_families(response.text))
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert len(families) > 20
    for family in families:
        assert re.fullmatch(r"(govkg|process)_[a-z_]+", family.name)
        assert family.documentation.endswith(".")
        if family.type == "counter":
            assert {sample.name for sample in family.samples} <= {f"{family.name}_total"}
        if family.type in ("histogram", "summary"):
            assert family.name.endswith("_seconds")
    assert "_created" not in response.text


def test_the_page_names_every_metric_and_no_other(client: TestClient) -> None:
    """The documentation, its alerts included, knows exactly the metrics that there are."""
    text = client.get("/metrics").text
    exposed = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE govkg_")}

    named = set(re.findall(r"\bgovkg_[a-z_]+\b", PAGE.read_text()))
    parts = {f"{name}{end}" for name in exposed for end in ("_bucket", "_count", "_sum")}
    assert exposed <= named
    assert named <= exposed | parts


def test_requests_are_counted_by_route(client: TestClient) -> None:
    """What varies in an address is not in the label, and unknown addresses share one."""
    count = "govkg_http_request_duration_seconds_count"
    known = {"route": "/concept/{slug}", "method": "GET", "status": "200"}
    unknown = {"route": "-", "method": "other", "status": "404"}
    before = value(client, count, **known), value(client, count, **unknown)

    client.get("/concept/authority-crisis", headers={"accept": "text/turtle"})
    client.get("/concept/management-crisis", headers={"accept": "text/turtle"})
    client.request("BREW", "/coffee")
    client.request("SIP", "/tea")

    assert value(client, count, **known) == before[0] + 2
    assert value(client, count, **unknown) == before[1] + 2


@pytest.mark.parametrize(
    ("query", "form", "outcome"),
    [
        ("SELECT ('m' AS ?m) {}", "select", "ok"),
        ("DESCRIBE gc:authority-crisis", "describe", "ok"),
        ("CONSTRUCT { oops", "construct", "query-syntax"),
        ("SELECT (COUNT(*) AS ?m) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "select", "deadline"),
    ],
)
def test_queries_are_counted_by_form_and_outcome(
    client: TestClient, query: str, form: str, outcome: str
) -> None:
    """A query is counted once, as what it asked for and what came of it."""
    count = "govkg_sparql_duration_seconds_count"
    before = value(client, count, form=form, outcome=outcome)

    client.post("/sparql", data={"query": query + " #counted"})

    assert value(client, count, form=form, outcome=outcome) == before + 1


def test_a_worker_that_was_killed_is_counted(client: TestClient) -> None:
    """Whoever asks too much is seen in the reason for which a worker ended."""
    before = value(client, "govkg_workers_ended_total", reason="deadline")

    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    assert client.get("/sparql", params={"query": query}).json()["code"] == "deadline"

    assert value(client, "govkg_workers_ended_total", reason="deadline") == before + 1


def test_a_query_is_looked_up_once(client: TestClient) -> None:
    """A query is one hit or one miss, though there are two places to look."""
    query = {"query": "SELECT ('looked up once' AS ?x) {}"}
    name = "govkg_cache_requests_total"
    hits, misses = value(client, name, result="hit"), value(client, name, result="miss")

    client.get("/sparql", params=query)
    assert value(client, name, result="miss") == misses + 1
    client.get("/sparql", params=query)

    assert value(client, name, result="miss") == misses + 1
    assert value(client, name, result="hit") == hits + 1
    assert 0 < value(client, "govkg_cache_size_bytes") <= value(client, "govkg_cache_limit_bytes")


@pytest.mark.parametrize(
    ("address", "check", "document", "result"),
    [
        ("/validate", "validation", "valid/la-paz-anticorruption.ttl", "conforms"),
        ("/validate", "validation", "invalid/case-without-measure.ttl", "violates"),
        ("/diagnose", "diagnosis", "invalid/case-without-measure.ttl", "violates"),
        ("/diagnose", "diagnosis", None, "document-syntax"),
    ],
)
def test_checks_are_counted_by_result(
    client: TestClient, address: str, check: str, document: str | None, result: str
) -> None:
    """A document that was checked is counted as what it was found to be."""
    before = value(client, "govkg_checks_total", check=check, result=result)
    body = (CASES / document).read_bytes() if document else b"oops"

    client.post(address, content=body, headers=TURTLE)

    assert value(client, "govkg_checks_total", check=check, result=result) == before + 1


def test_a_write_makes_a_generation(tmp_path: Path) -> None:
    """After a write the generation is another, younger one, and its quads are counted."""
    with running(tmp_path) as client:
        first = (
            value(client, "govkg_generation"),
            value(client, "govkg_generation_timestamp_seconds"),
        )

        assert update(client, "INSERT DATA { <urn:a> <urn:b> 1 , 2 , 3 }") == 204

        assert value(client, "govkg_generation") == first[0] + 1
        assert value(client, "govkg_generation_timestamp_seconds") > first[1]
        assert value(client, "govkg_store_quads", kind="asserted") == 3
        assert value(client, "govkg_generation_duration_seconds_count") == first[0] + 1
        assert (
            value(client, "govkg_sparql_duration_seconds_count", form="update", outcome="ok") == 1
        )


def test_the_bundle_is_reasoned_with(client: TestClient) -> None:
    """What was inferred is counted apart, and the time that took is told."""
    assert value(client, "govkg_store_quads", kind="inferred") > 1000
    assert value(client, "govkg_reasoning_duration_seconds_sum") > 0
    assert value(client, "govkg_ready") == 1


def test_metrics_come_while_loading(tmp_path: Path) -> None:
    """Before there is any data, Prometheus is told that the service is not ready."""
    with TestClient(create_app(Settings(data_dir=tmp_path))) as client:
        response = client.get("/metrics")

    assert response.status_code == 200
    assert "govkg_ready 0.0" in response.text


def test_metrics_can_be_off(tmp_path: Path) -> None:
    """Without metrics the page is not there, and everything else is."""
    with running(tmp_path, metrics=False) as client:
        response = client.get("/metrics")

        assert (response.status_code, response.json()["code"]) == (404, "not-found")
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
