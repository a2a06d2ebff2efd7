"""The tests of SERVICE, with a service that is all the endpoints by itself.

Each endpoint of a test is the address of the service with the graph that the endpoint holds as
``default-graph-uri``; its address takes the place of the one in the query. The address that the
suite calls invalid is left as it is, and is not on the list.
"""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from .comparing import MEDIA_TYPES, read, same
from .groups import given
from .loading import dataset_of, insertion, quads
from .manifest import QueryTest, entries, iri_of
from .scratch import Client, running

EXPECTED_FAILURES = {
    "service/service5": "SERVICE ?service is refused: the data must not choose whom the service "
    "calls, and what a variable means there is informative in the specification",
}
QUERIES = entries("service/manifest.ttl", "QueryEvaluationTest")
_ADDRESS = "http://127.0.0.1:PORT/sparql?default-graph-uri="


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Return a client of a service that holds all the data and may call itself."""
    files = {file for test in QUERIES for file in (*test.data, *(f for _, f in test.services))}
    hosts = ",".join(_ADDRESS + quote(iri_of(file), safe="") for file in sorted(files))
    folder = tmp_path_factory.mktemp("federated")
    with running(folder, GOVKG_SERVICE_HOSTS=hosts) as client:
        everything = [quad for file in sorted(files) for quad in quads(file, iri_of(file))]
        reply = client.update(insertion(everything))
        assert reply.status < 300, reply.body.decode()
        yield client


@given(QUERIES, EXPECTED_FAILURES)
def test_federated_query(test: QueryTest, federated: Client) -> None:
    """The result is the one in the suite."""
    query = test.query.read_text("utf-8")
    for endpoint, file in test.services:
        address = _ADDRESS.replace("PORT", str(federated.port)) + quote(iri_of(file), safe="")
        query = query.replace(f"<{endpoint}>", f"<{address}>")
    media_type = MEDIA_TYPES[test.result.suffix]

    reply = federated.query(query, accept=media_type, **dataset_of(test))

    assert reply.status == 200, reply.body.decode()
    expected = read(test.result.read_bytes(), media_type, iri_of(test.result))
    got = read(reply.body, reply.media_type)
    assert same(got, expected, ordered=False), f"{got}\nis not\n{expected}"
