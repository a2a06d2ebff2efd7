"""``/metrics``: how the service does, in the text format of Prometheus."""

from collections.abc import Iterator

from fastapi import APIRouter
from prometheus_client import Metric, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.responses import Response

from govkg.api.dependencies import ServiceDep
from govkg.api.describing import operation
from govkg.errors import NotFoundError

router = APIRouter(tags=["operations"])
_TEXT = "text/plain"
_EXAMPLE = 'govkg_cache_requests_total{result="hit"} 42.0\n'


@router.get(
    "/metrics",
    **operation(
        "metrics",
        "Tell Prometheus how the service does",
        answers={_TEXT: _EXAMPLE},
        fails=(NotFoundError,),
    ),
)
async def metrics(service: ServiceDep) -> Response:
    """Return every metric, whatever the Accept header says; also while the service is loading."""
    if service.metrics is None:
        raise NotFoundError(what="page", name="/metrics", hint="GOVKG_METRICS is false.")
    body = generate_latest(_Plain(service.metrics.registry))
    return Response(body, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Plain(Collector):
    """Metrics without the times at which each series began, which this format has no place for."""

    def __init__(self, inner: Collector) -> None:
        self._inner = inner

    def collect(self) -> Iterator[Metric]:
        """Yield each metric."""
        for metric in self._inner.collect():
            metric.samples = [each for each in metric.samples if not each.name.endswith("_created")]
            yield metric
