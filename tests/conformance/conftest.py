"""The scratch service, the data of all query tests, and the numbers at the end of the run."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from .groups import GROUPS, summary
from .loading import insertion, quads
from .manifest import MISSING, SUITE, entries, iri_of
from .scratch import Client, running


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Return a client of an empty service that may be written to."""
    if not SUITE.is_dir():
        pytest.skip(MISSING)
    with running(tmp_path_factory.mktemp("conformance")) as client:
        yield client


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Return a client of another empty service, which every test may change."""
    if not SUITE.is_dir():
        pytest.skip(MISSING)
    with running(tmp_path_factory.mktemp("scratch")) as client:
        yield client


@pytest.fixture(scope="session")
def loaded(client: Client) -> Client:
    """Return the client once the data of all query tests are loaded.

    Each file is the named graph of its IRI.
    """
    queries = [
        *entries("manifest-sparql11-query.ttl", "QueryEvaluationTest"),
        *entries("manifest-sparql11-results.ttl", "QueryEvaluationTest", "CSVResultFormatTest"),
    ]
    files = {file for test in queries for file in (*test.data, *test.named)}
    everything = [quad for file in sorted(files) for quad in quads(file, iri_of(file))]
    reply = client.update(insertion(everything))
    assert reply.status < 300, reply.body.decode()
    return client


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests of each group of the suite passed."""
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in ("passed", "xfailed", "skipped", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            _, _, function = report.nodeid.partition("tests/conformance/")[2].partition("::")
            name = function.partition("[")[0]
            if name in GROUPS:
                outcomes[name]["failed" if outcome == "error" else outcome] += 1
    if outcomes:
        terminalreporter.section("W3C SPARQL 1.1: passed/total")
        for line in summary(outcomes):
            terminalreporter.write_line(line)
