"""Bring the published versions of the journal into the store, where readers see them."""

import re
from collections.abc import Iterable
from pathlib import Path

from govkg.cases.graphs import Graphs
from govkg.cases.submitting import triples_in
from govkg.journal import FILE, Journal
from govkg.settings import Settings
from govkg.store import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.opening import live_folder


def projection(
    journal: Journal, present: EmbeddedStore, graphs: Graphs, case_ids: Iterable[str] | None = None
) -> Delta:
    """Return the change after which the graphs of cases hold what is published of them now.

    If nothing is, the graph is absent. Without ids it is for all cases. Whoever changes the journal
    lets this follow; if the process dies between the two, the next start does it again.
    """
    records = journal.records() if case_ids is None else map(journal.record, case_ids)
    delta = Delta()
    for record in records:
        case_id, live = record.case_id, record.live
        graph = graphs.case(case_id)
        if live is not None:
            triples = triples_in(journal.content(case_id, live.number), label_of(case_id))
            delta = delta.then(present.replacing(graph, triples))
        elif present.holds(graph):
            delta = delta.then(Delta(dropped=frozenset({graph})))
    return delta


def label_of(case_id: str) -> str:
    """Return what keeps the blank nodes of one case apart from those of others."""
    return f"case_{re.sub('[^a-z0-9]', '_', case_id)}_"


def journal_file(settings: Settings) -> Path:
    """Return where the journal is now: beside the store, and with it in what was restored."""
    return live_folder(settings.data_dir) / FILE
