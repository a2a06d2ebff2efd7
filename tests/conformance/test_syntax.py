"""What parses is accepted, and what does not parse is refused with 400 and says so."""

import json
from contextlib import suppress

from govkg.errors import ConflictError, UnsafeInputError
from govkg.store.embedded import EmbeddedStore
from govkg.store.updating import Update

from .groups import given
from .loading import NOTHING, with_base
from .manifest import SyntaxTest, entries
from .scratch import Client, Reply


def syntax_tests(manifest: str, *kinds: str) -> list[SyntaxTest]:
    """Return the tests of syntax in a manifest."""
    return [test for test in entries(manifest, *kinds) if isinstance(test, SyntaxTest)]


QUERIES = syntax_tests(
    "manifest-sparql11-query.ttl", "PositiveSyntaxTest11", "NegativeSyntaxTest11"
)
UPDATES = syntax_tests(
    "manifest-sparql11-update.ttl",
    "PositiveUpdateSyntaxTest11",
    "NegativeUpdateSyntaxTest11",
    "NegativeSyntaxTest11",  # so are the bad updates in "delete-insert" and some others called
)
UNKNOWN_FUNCTION = "syntax-query/test_4"
"""It parses, but calls a function that does not exist, and so it is refused with 400 as well."""


@given(QUERIES)
def test_query_syntax(test: SyntaxTest, client: Client) -> None:
    """A query is answered if it parses, and otherwise refused as the client's mistake."""
    text = with_base(test.request.read_text("utf-8"), test.request)

    reply = client.query(text, default_graph_uri=[NOTHING])

    assert is_refused(reply) is not test.good, reply.body.decode()
    assert reply.status == (200 if test.good and test.id != UNKNOWN_FUNCTION else 400)


@given([test for test in UPDATES if not test.good])
def test_update_syntax_refused(test: SyntaxTest, scratch: Client) -> None:
    """An update that does not parse is refused as the client's mistake.

    One that has the word LOAD is refused for that, before it is parsed.
    """
    text = with_base(test.request.read_text("utf-8"), test.request)

    reply = scratch.update(text)

    assert is_refused(reply) or ("LOAD" in text and reply.status == 400), reply.body.decode()


@given([test for test in UPDATES if test.good])
def test_update_syntax_accepted(test: SyntaxTest) -> None:
    """An update that parses is carried out, in this process, or refused for another reason.

    LOAD is refused, and so is a change of a graph that does not exist.
    """
    text = with_base(test.request.read_text("utf-8"), test.request)

    with suppress(UnsafeInputError, ConflictError):
        EmbeddedStore().update(Update(text))


def is_refused(reply: Reply) -> bool:
    """Say whether a request was refused because it does not parse."""
    return reply.status == 400 and json.loads(reply.body)["code"] == "query-syntax"
