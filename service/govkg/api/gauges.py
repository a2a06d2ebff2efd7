"""What ``/metrics`` tells of the present state; it is read when somebody asks."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.registry import Collector

from govkg import __version__
from govkg.api.knowledge import Service
from govkg.api.version import versions
from govkg.workers.pool import ENDS


@dataclass(frozen=True, eq=False)
class Gauges(Collector):
    """Reads the state of a service."""

    service: Service

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of the state; those of data that is not loaded are left out."""
        yield from self._build()
        yield from self._workers()
        yield from self._cache()
        yield from self._data()

    def _build(self) -> Iterator[Metric]:
        known = self.service.knowledge
        ontology = str(versions(known)["ontology"] or "") if known else ""
        labels = {"version": __version__, "python": platform.python_version(), "ontology": ontology}
        yield InfoMetricFamily(
            "govkg_build", "The versions of the service, of Python and of the ontology.", labels
        )
        yield GaugeMetricFamily(
            "govkg_ready", "Whether /readyz says that requests can be answered.", self.service.ready
        )

    def _workers(self) -> Iterator[Metric]:
        pool, writer = self.service.pool, self.service.writer
        yield GaugeMetricFamily(
            "govkg_workers",
            "Worker processes of the present generation.",
            pool.alive if pool else 0,
        )
        yield GaugeMetricFamily(
            "govkg_worker_jobs_running", "Jobs that workers are at.", pool.busy if pool else 0
        )
        yield GaugeMetricFamily(
            "govkg_worker_jobs_waiting", "Jobs that wait for a worker.", pool.waiting if pool else 0
        )
        killed = CounterMetricFamily(
            "govkg_workers_ended", "Workers that were killed or died before their time, by reason.",
            labels=["reason"],
        )  # fmt: skip
        for reason in ENDS:
            killed.add_metric([reason], pool.ends[reason] if pool else 0)
        yield killed
        yield CounterMetricFamily(
            "govkg_zygotes_restarted",
            "Zygotes, from which workers are forked, that were started because one had died.",
            pool.revivals if pool else 0,
        )
        yield GaugeMetricFamily(
            "govkg_writes_running", "Writes that are under way.", writer.running if writer else 0
        )
        yield GaugeMetricFamily(
            "govkg_service_calls_running",
            "Calls to other SPARQL endpoints, for SERVICE, that are under way.",
            self.service.endpoints.running,
        )

    def _cache(self) -> Iterator[Metric]:
        cache = self.service.cache
        requests = CounterMetricFamily(
            "govkg_cache_requests", "Questions that were looked up in the cache, by result.",
            labels=["result"],
        )  # fmt: skip
        requests.add_metric(["hit"], cache.hits)
        requests.add_metric(["miss"], cache.misses)
        yield requests
        yield GaugeMetricFamily("govkg_cache_entries", "Answers in the cache.", len(cache))
        yield GaugeMetricFamily("govkg_cache_size_bytes", "Memory that the cache uses.", cache.size)
        yield GaugeMetricFamily(
            "govkg_cache_limit_bytes",
            "Memory that the cache may use, GOVKG_CACHE_BYTES.",
            self.service.settings.cache_bytes,
        )

    def _data(self) -> Iterator[Metric]:
        known, made = self.service.knowledge, self.service.made
        if known is None or made is None:
            return
        found = versions(known)
        quads = GaugeMetricFamily(
            "govkg_store_quads", "Quads that readers see, by where they come from.", labels=["kind"]
        )
        described = known.facts.sizes.get(known.kg.graphs.description, 0)
        inferred = found["inferredTriples"]
        quads.add_metric(["asserted"], known.facts.quads - inferred - described)
        quads.add_metric(["inferred"], inferred)
        quads.add_metric(["description"], described)
        yield quads
        yield GaugeMetricFamily(
            "govkg_generation", "The number of the generation that readers see.", made.number
        )
        yield GaugeMetricFamily(
            "govkg_generation_timestamp_seconds",
            "When that generation was shown, in seconds since 1970.",
            made.at,
        )
