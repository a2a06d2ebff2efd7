"""All quads as one file of sorted N-Quads: the same data gives the same bytes."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from heapq import merge
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from govkg.backups.archives import Archive, GraphSize, Manifest
from govkg.errors import ArchiveError
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import ONTOLOGY, OWL

Progress = Callable[[str], None]
"""Is told, in a few words, what is being done."""

NAME: Final = "quads.nq"
_RUN: Final = 128_000_000  # bytes that are sorted in memory at once
_LINES: Final = 10_000  # lines that are written at once
_LONGEST: Final = 16_000_000  # bytes of a line; the parser takes no longer ones
_NESTED: Final = re.compile(rb"(?:<<\(?\s*){64,}")  # as deep as this, a parser could crash
_VERSION: Final = NamedNode(OWL + "versionInfo")


@dataclass(frozen=True)
class Survey:
    """What a dump holds."""

    sizes: tuple[GraphSize, ...]
    ontology: str | None
    """The version of the ontology in it."""

    @property
    def quads(self) -> int:
        """Count the quads."""
        return sum(each.quads for each in self.sizes)


def survey(dump: Path, graphs: Iterable[NamedNode]) -> Survey:
    """Count the quads of a file of N-Quads by graph; the graphs that are named may be empty."""
    sizes: Counter[str | None] = Counter({graph.value: 0 for graph in graphs})
    ontology = None
    for quad in parse(path=str(dump), format=RdfFormat.N_QUADS):
        sizes[_graph_of(quad)] += 1
        if quad.predicate == _VERSION and quad.subject == NamedNode(ONTOLOGY):
            ontology = quad.object.value if isinstance(quad.object, Literal) else None
    return Survey(tuple(_sizes(sizes)), ontology)


def write_sorted(dump: Path, folder: Path, take: Callable[[bytes], None]) -> None:
    """Hand on the lines of a file in order; the folder is for what does not fit into memory."""
    runs: list[Path] = []
    with dump.open("rb") as file:
        while lines := file.readlines(_RUN):
            run = folder / f"run-{len(runs)}"
            lines.sort()
            with run.open("wb") as output:
                output.writelines(lines)
            runs.append(run)
    with ExitStack() as stack:
        merged = merge(*(stack.enter_context(run.open("rb")) for run in runs))
        while lines := list(islice(merged, _LINES)):
            take(b"".join(lines))


def read(archive: Archive, progress: Progress, doing: str) -> Iterator[Quad]:
    """Yield all quads; raises ArchiveError, which names the line, on whatever should not be there.

    At the end they are as many as the manifest says, graph by graph.
    """
    sizes: Counter[str | None] = Counter({each.graph: 0 for each in archive.manifest.graphs})
    done = 0
    for start, block in _blocks(archive):
        for quad in _parsed(archive, start, block):
            sizes[_graph_of(quad)] += 1
            yield quad
            done += 1
        progress(f"{doing}: {done:,} of {archive.manifest.quads:,} quads")
    compare(archive, _sizes(sizes))


def compare(archive: Archive, found: Iterable[GraphSize]) -> None:
    """Raise ArchiveError for the first graph that is not as large as the manifest says."""
    expected = {each.graph: each.quads for each in archive.manifest.graphs}
    counted = {each.graph: each.quads for each in found}
    for graph in sorted(expected.keys() | counted.keys(), key=lambda graph: graph or ""):
        if expected.get(graph) != counted.get(graph):
            name = graph or "the unnamed graph"
            there, said = counted.get(graph, 0), expected.get(graph, 0)
            raise archive.error(NAME, f"{name} has {there} quads where the manifest says {said}")


def sizes_in(store: EmbeddedStore) -> list[GraphSize]:
    """Count what a store holds, as a manifest does."""
    sizes: dict[str | None, int] = {g.value: size for g, size in store.sizes().items()}
    unnamed = len(store) - sum(sizes.values())
    return _sizes(sizes | ({None: unnamed} if unnamed else {}))


def graph_names(manifest: Manifest) -> list[NamedNode]:
    """Return the named graphs of a manifest, empty ones too; raises ValueError if one is no IRI."""
    return [NamedNode(each.graph) for each in manifest.graphs if each.graph is not None]


def _sizes(sizes: dict[str | None, int]) -> list[GraphSize]:
    ordered = sorted(sizes.items(), key=lambda item: item[0] or "")
    return [GraphSize(graph=graph, quads=size) for graph, size in ordered]


def _graph_of(quad: Quad) -> str | None:
    return None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name.value


def _blocks(archive: Archive) -> Iterator[tuple[int, bytes]]:
    """Yield blocks of whole lines, each with the number of lines before it; lines must ascend."""
    start, rest, last = 0, b"", b""
    for chunk in archive.chunks(NAME):
        head, newline, tail = (rest + chunk).rpartition(b"\n")
        rest = tail
        if len(rest) > _LONGEST:
            raise _line_error(archive, start + 1, "it is longer than 16 MB")
        if newline:
            lines = head.split(b"\n")
            _check_order(archive, start, [last, *lines])
            yield start, head + newline
            start, last = start + len(lines), lines[-1]
    if rest:
        raise _line_error(archive, start + 1, "it has no end")


def _check_order(archive: Archive, start: int, lines: list[bytes]) -> None:
    """Refuse lines that are not each after the one before: then none is there twice."""
    for number, (one, next_one) in enumerate(pairwise(lines), start + 1):
        if one >= next_one:
            raise _line_error(archive, number, "the lines are not sorted, or one is there twice")


def _parsed(archive: Archive, start: int, block: bytes) -> Iterator[Quad]:
    """Parse a block; blank nodes keep their labels."""
    if _NESTED.search(block):
        raise _line_error(archive, start + 1, "here or below, triples are nested too deeply")
    try:
        yield from parse(block, RdfFormat.N_QUADS)
    except SyntaxError as error:
        raise _line_error(archive, start + (error.lineno or 1), str(error.msg)[:200]) from error
    except (ValueError, MemoryError) as error:
        raise _line_error(archive, start + 1, str(error)[:200]) from error


def _line_error(archive: Archive, line: int, reason: str) -> ArchiveError:
    return archive.error(f"{NAME}, line {line}", reason)
