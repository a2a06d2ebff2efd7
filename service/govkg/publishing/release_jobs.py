"""The work of workers that have loaded a release: queries, and nothing else."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from govkg.cases.graphs import Graphs
from govkg.rdf import published_contexts
from govkg.store import jobs

Job = Callable[[Any, dict[str, Any], bytes], tuple[dict[str, Any], bytes]]


def prepare(argument: str) -> jobs.State:
    """Load a release; the argument is that of ``store.jobs.prepare``, with the ``base`` IRI."""
    published_contexts()  # a worker could not read them
    return jobs.State(jobs.view(argument, [Graphs(json.loads(argument)["base"]).inferred]))


JOBS: Final[Mapping[str, Job]] = {"query": jobs.query}
"""Every job by its name."""
