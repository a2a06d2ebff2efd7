"""Each request of the Graph Store Protocol tests gets the response that the suite gives."""

from . import http_tests
from .groups import given
from .manifest import HttpTest, entries
from .scratch import Client

EXPECTED_FAILURES: dict[str, str] = {}
"""The tests that fail, each with its reason."""

GRAPH_STORE = entries("graph-store-protocol/manifest.ttl", "GraphStoreProtocolTest")


@given(GRAPH_STORE, EXPECTED_FAILURES)
def test_graph_store(test: HttpTest, scratch: Client) -> None:
    """The store of graphs answers as the protocol says, to whoever may write."""
    scratch.reset()

    http_tests.run(test, scratch, lambda path: path.replace("/gsp", "/data", 1))
