"""The groups of tests, how they are given to pytest, and which of them are known to fail."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from .manifest import MISSING, Test


def given(tests: Iterable[Test], failures: Mapping[str, str] | None = None) -> Any:
    """Run a function once for each test; those listed with a reason must fail.

    The failures are listed by the id of a test, such as ``aggregates/agg01``.
    """
    known = dict(failures or {})
    parameters = [
        pytest.param(test, id=test.id, marks=_marks(known.pop(test.id, None))) for test in tests
    ]
    if not parameters:
        nothing = pytest.mark.skip(reason=MISSING)
        parameters = [pytest.param(None, id="missing", marks=nothing)]
    elif known:
        raise KeyError(f"expected to fail, but not in the manifest: {', '.join(known)}")
    return pytest.mark.parametrize("test", parameters)


def _marks(reason: str | None) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=reason)] if reason else []


GROUPS: Mapping[str, str] = {
    "test_query_evaluation": "query evaluation",
    "test_federated_query": "federated query",
    "test_query_syntax": "query syntax",
    "test_result_formats": "result formats",
    "test_update_evaluation": "update evaluation",
    "test_update_over_http": "update evaluation over HTTP, a sample",
    "test_all_updates_over_http": "update evaluation over HTTP",
    "test_update_syntax_accepted": "update syntax, positive",
    "test_update_syntax_refused": "update syntax, negative",
    "test_protocol": "protocol",
    "test_graph_store": "graph store protocol",
    "test_service_description": "service description",
    "test_entailment": "entailment by RDF, RDFS and OWL 2 RL",
}
"""The function that runs each group of the suite, and how the group is called."""

NOT_RUN: Mapping[str, str] = {
    "entailment by RIF, D or OWL 2 DL": "our rules are those of RDFS and OWL 2 RL",
}
"""The groups of the suite that are left out, each with its reason."""


def summary(outcomes: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return a line for each group, of the outcomes counted by function and then by outcome."""
    lines = []
    for function, name in GROUPS.items():
        counts = outcomes.get(function, {})
        total = sum(counts.values())
        if total and counts.get("skipped") == total:
            lines.append(f"{name}: skipped")
        elif total:
            lines.append(f"{name}: {counts.get('passed', 0)}/{total}{_others(counts)}")
    return [*lines, *(f"{name}: not run; {reason}" for name, reason in NOT_RUN.items())]


def _others(counts: Mapping[str, int]) -> str:
    """Return how many tests had another outcome than to pass."""
    names = {"xfailed": "fail as expected", "skipped": "skipped", "failed": "failed"}
    others = [f"{counts[key]} {words}" for key, words in names.items() if counts.get(key)]
    return f" ({', '.join(others)})" if others else ""
