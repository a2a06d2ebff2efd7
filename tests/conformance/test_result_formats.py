"""Results in CSV, TSV and JSON say what the suite's files of the same format say."""

from .comparing import MEDIA_TYPES, read, same
from .groups import given
from .loading import dataset_of, with_base
from .manifest import QueryTest, entries
from .scratch import Client

EXPECTED_FAILURES = {
    "csv-tsv-res/csv03": "Oxigraph writes the double 1.0E6 as 1000000; CSV has no datatype, so "
    "that the value cannot be recognised",
}
"""The tests that fail, each with its reason."""

RESULTS = entries("manifest-sparql11-results.ttl", "QueryEvaluationTest", "CSVResultFormatTest")


@given(RESULTS, EXPECTED_FAILURES)
def test_result_formats(test: QueryTest, loaded: Client) -> None:
    """The service answers in the format that is asked for, and its content is right."""
    media_type = MEDIA_TYPES[test.result.suffix]
    query = with_base(test.query.read_text("utf-8"), test.query)

    reply = loaded.query(query, accept=media_type, **dataset_of(test))

    assert (reply.status, reply.media_type) == (200, media_type)
    got, expected = read(reply.body, media_type), read(test.result.read_bytes(), media_type)
    assert same(got, expected), f"{got}\nis not\n{expected}"
