"""What is counted and timed for ``/metrics`` while it happens.

What can be read at any time, such as the length of a queue, is read in ``gauges``.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, Summary

from govkg.api.notes import Notes

_BUCKETS: Final = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
)  # fmt: skip
_METHODS: Final = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))


class Metrics:
    """The instruments of one application, in a registry of their own."""

    def __init__(self) -> None:
        """Make every instrument; nothing is counted yet."""
        registry = self.registry = CollectorRegistry()
        self._requests = Histogram(
            "govkg_http_request_duration_seconds",
            "How long requests took until their answer was sent.",
            ("route", "method", "status"),
            registry=registry,
            buckets=_BUCKETS,
        )
        self._queries = Histogram(
            "govkg_sparql_duration_seconds",
            "How long requests with a SPARQL query or update took, by form and outcome.",
            ("form", "outcome"),
            registry=registry,
            buckets=_BUCKETS,
        )
        self._checks = Counter(
            "govkg_checks_total",
            "Documents that were sent to be validated or diagnosed, by result.",
            ("check", "result"),
            registry=registry,
        )
        self._generations = Summary(
            "govkg_generation_duration_seconds",
            "How long it took to make a generation of the data, from the store to the workers.",
            registry=registry,
        )
        self._reasoning = Summary(
            "govkg_reasoning_duration_seconds",
            "How long it took to derive what follows from the data of a generation.",
            registry=registry,
        )
        ProcessCollector(registry=registry)

    def request(self, route: str, method: str, status: int, seconds: float, notes: Notes) -> None:
        """Count a request that has been answered, or whose client has left (499)."""
        known = method if method in _METHODS else "other"
        self._requests.labels(route, known, str(status)).observe(seconds)
        if notes.asked:
            self._queries.labels(notes.asked.form, notes.outcome).observe(seconds)
        if notes.check:
            self._checks.labels(notes.check, _result(notes)).inc()

    def generation(self, seconds: float, reasoning: float) -> None:
        """Count a generation that readers now see."""
        self._generations.observe(seconds)
        self._reasoning.observe(reasoning)


def _result(notes: Notes) -> str:
    """Return what checking a document came to."""
    if notes.problem or notes.conforms is None:
        return notes.problem or "unknown"
    return "conforms" if notes.conforms else "violates"
