"""Every query of the suite, asked over HTTP, has the result that the suite gives.

All data are loaded once, each file as a named graph. The protocol's ``default-graph-uri`` and
``named-graph-uri`` make of them the dataset that a test describes.
"""

import re

from .comparing import MEDIA_TYPES, read, same
from .groups import given
from .loading import dataset_of, with_base
from .manifest import QueryTest, entries, iri_of
from .scratch import Client

_TAGGED = (
    "Oxigraph keeps the language tag in GROUP_CONCAT when all values share it; SPARQL 1.1, "
    "section 18.5.1.7, returns a simple literal"
)
_OPEN_NAME = (
    "Oxigraph makes ?g a part of each triple pattern inside GRAPH ?g, where section 18.6 evaluates "
    "the whole group for one named graph after the other: so "
)
_ABSENT = (
    "in Oxigraph a path of length zero matches only terms that the dataset holds; section 18.4 "
    "lets it match the constant itself"
)
EXPECTED_FAILURES = {
    "aggregates/agg-groupconcat-04": _TAGGED,
    "aggregates/agg-groupconcat-06": _TAGGED,
    "aggregates/agg-empty-group-count-graph": _OPEN_NAME + "COUNT counts once over all graphs",
    "bindings/graph": _OPEN_NAME + "VALUES, which has no pattern, leaves ?g unbound",
    "functions/bnode01": "Oxigraph makes of BNODE(?s) one node for each text, and not a new one "
    "in each solution; see section 17.4.2.9",
    "negation/graph-minus": _OPEN_NAME + "the sides of MINUS share ?g",
    "property-path/zero_or_more_set_start": _ABSENT,
    "property-path/zero_or_more_set_end": _ABSENT,
    "property-path/zero_or_one_set_start": _ABSENT,
    "property-path/zero_or_one_set_end": _ABSENT,
}
"""The tests that fail, each with its reason; Oxigraph fails the same when it is used directly."""

QUERIES = entries("manifest-sparql11-query.ttl", "QueryEvaluationTest")


@given(QUERIES, EXPECTED_FAILURES)
def test_query_evaluation(test: QueryTest, loaded: Client) -> None:
    """The result is the one in the suite, up to the names of blank nodes."""
    media_type = MEDIA_TYPES[test.result.suffix]
    query = test.query.read_text("utf-8")
    expected = read(test.result.read_bytes(), media_type, iri_of(test.result))

    reply = loaded.query(
        with_base(query, test.query),
        accept=f"{media_type}, {MEDIA_TYPES['.srx']};q=0.5",  # a table may be given as Turtle
        **dataset_of(test),
    )

    assert reply.status == 200, reply.body.decode()
    got = read(reply.body, reply.media_type)
    ordered = _is_ordered(query)
    assert same(got, expected, ordered=ordered), f"{got}\nis not\n{expected}"


def _is_ordered(query: str) -> bool:
    """Say whether the whole result is ordered, and not only that of a subquery."""
    outermost = query.rpartition("}")[2]
    return re.search(r"\bORDER\s+BY\b", outermost, re.IGNORECASE) is not None
