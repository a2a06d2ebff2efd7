"""Each request of the SPARQL 1.1 Protocol tests gets the response that the suite gives."""

from . import http_tests
from .groups import given
from .loading import insertion, quads
from .manifest import HttpTest, entries
from .scratch import Client

EXPECTED_FAILURES: dict[str, str] = {}
"""The tests that fail, each with its reason."""

PROTOCOL = entries("protocol/manifest.ttl", "ProtocolTest")


@given(PROTOCOL, EXPECTED_FAILURES)
def test_protocol(test: HttpTest, scratch: Client) -> None:
    """The service answers as the protocol says, to whoever may write."""
    if test.graphs:
        data = [quad for name, path in test.graphs for quad in quads(path, name)]
        scratch.reset(insertion(data))

    http_tests.run(test, scratch, lambda path: path.replace("/sparql/", "/sparql"))
