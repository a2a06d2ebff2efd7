"""``govkg load``: put whole files into the store, quickly and while no service runs on it."""

import time
from pathlib import Path
from typing import Annotated

import typer

from govkg.backups.swapping import opened
from govkg.cases.graphs import Graphs
from govkg.cases.submitting import Piece, pieces
from govkg.cli.console import AsJson, content, print_json, progress
from govkg.cli.shelves import Here
from govkg.errors import ForbiddenError, NotFoundError
from govkg.rdf import check_file, format_of_file, read
from govkg.settings import load_settings
from govkg.store.deltas import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.querying import graph_named

EXAMPLE = "govkg load register.nq cases.ttl --graph https://example.org/graph/mine"


def load(
    files: Annotated[list[Path], typer.Argument(help=".ttl .nt .nq .trig .jsonld .rdf")],
    graph: Annotated[
        str, typer.Option(help="The graph for triples that name none; empty: the unnamed graph.")
    ] = "",
    cases: Annotated[
        bool, typer.Option("--cases", help="Each case of the files goes into a graph of its own.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add files to the store in the data folder.

    Each file is checked as a whole before any of it is stored. While a service runs on the folder,
    send files to its address /data instead. The next `govkg serve` shows what was loaded.

    Cases are shown and listed only where each is in its own graph: use --cases, which replaces
    those that are there. They are published at once; with `govkg submit` somebody reviews them.
    """
    if cases:
        _load_cases(files, graph, as_json=as_json)
        return
    start, settings = time.perf_counter(), load_settings()
    target = graph_named(graph) if graph else None
    checked = [(path, format_of_file(path.name), _count(path)) for path in files]
    store = opened(settings)
    if not isinstance(store, EmbeddedStore):
        raise ForbiddenError(action="loading files", remedy="Load them into the engine itself.")
    for path, known, count in checked:
        progress(f"loading {path.name}, {count} statements")
        store.load(path, known, target)
    progress("")
    seconds = round(time.perf_counter() - start, 2)
    counted = {path.name: count for path, _, count in checked}
    if as_json:
        print_json({"files": counted, "quads": len(store), "seconds": seconds})
    else:
        read, held = sum(counted.values()), len(store)
        typer.echo(f"{read} statements read in {seconds} s; the store now holds {held}")


def _load_cases(files: list[Path], graph: str, *, as_json: bool) -> None:
    """Put each case of some files into its graph, all of them or none."""
    if graph:
        raise typer.BadParameter("cases name their graphs themselves", param_hint="--graph")
    settings = load_settings()
    graphs, found = Graphs(settings.base_iri), list[Piece]()
    for path in files:
        progress(f"reading {path.name}")
        quads = read(content(path), format_of_file(path.name), base=path.absolute().as_uri())
        found += pieces([quad.triple for quad in quads], settings.base_iri)
    store, delta = Here(settings).store, Delta()
    replaced = [each.case_id for each in found if store.holds(graphs.case(each.case_id))]
    for case in found:
        delta = delta.then(store.replacing(graphs.case(case.case_id), case.triples))
    progress(f"storing {len(found)} cases")
    store.apply(delta)
    progress("")
    if as_json:
        print_json({"cases": [each.case_id for each in found], "replaced": replaced})
    else:
        typer.echo(f"{len(found)} cases are stored, of which {len(replaced)} were there before")


def _count(path: Path) -> int:
    """Check a file, its name in front of any error, and return how many statements it holds."""
    progress(f"checking {path.name}")
    try:
        return check_file(path)
    except OSError as error:
        raise NotFoundError(what="file", name=str(path), hint=str(error.strerror)) from error
