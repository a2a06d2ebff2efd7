"""The operations of the update request that carries out a change, as SPARQL text.

All that depend on a version do nothing unless it is the present one. ``apart`` are the graphs that
are held apart, which the merge leaves out.
"""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from pyoxigraph import NamedNode

from govkg.store.remote.graphs import (
    DATA,
    FOLLOWS,
    MERGED,
    NOTHING,
    OWN,
    STATE,
    UNNAMED,
    VERSION,
    all_of,
)
from govkg.store.remote.staging import Staged


def claim(old: str | None, new: str) -> tuple[str, ...]:
    """Return the operations that make a version the present one: always, or only after ``old``.

    They leave a receipt, since the version may be another again when it is looked at.
    """
    mark = f"{DATA} {VERSION}"
    receipt = f"<{new}> {FOLLOWS} <{old or NOTHING}>"
    come = f"INSERT {{ GRAPH <{STATE}> {{ {mark} <{new}> . {receipt} }} }}"
    if old is None:
        return (
            f"DELETE WHERE {{ GRAPH <{STATE}> {{ {mark} ?v }} }}",
            f"INSERT DATA {{ GRAPH <{STATE}> {{ {mark} <{new}> . {receipt} }} }}",
        )
    if not old:
        none = f"FILTER NOT EXISTS {{ GRAPH <{STATE}> {{ {mark} ?v }} }}"
        return (f"{come} WHERE {{ {none} }}",)
    there = f"GRAPH <{STATE}> {{ {mark} <{old}> }}"
    return (f"DELETE {{ {there} }} {come} WHERE {{ {there} }}",)


def forget(receipts: Iterable[str]) -> list[str]:
    """Return the operations that remove the receipts of changes that are known to be done."""
    return [f"DELETE WHERE {{ GRAPH <{STATE}> {{ <{each}> {FOLLOWS} ?v }} }}" for each in receipts]


def change(part: Staged, version: str, apart: AbstractSet[NamedNode]) -> Iterator[str]:
    """Yield what one graph needs, if this version is the present one; nothing means always."""
    graph, guard = part.graph, _guard(version)
    if part.replaced:
        yield from unmerge(graph, graph, apart, guard)
        yield f"DELETE {{ {all_of(graph)} }} WHERE {{ {guard} {all_of(graph)} }}"
    if part.removed:
        yield f"DELETE {{ {all_of(graph)} }} WHERE {{ {guard} {all_of(part.removed)} }}"
        yield from unmerge(graph, part.removed, apart, guard)
    if part.added:
        yield f"INSERT {{ {all_of(graph)} }} WHERE {{ {guard} {all_of(part.added)} }}"
        yield merge(graph, part.added, apart, guard)
    if version:
        yield from stamp(graph, version if part.kept else None, guard)
    for staging in part.staging:
        yield f"DROP SILENT GRAPH {staging}"


def unmerge(
    graph: NamedNode, gone: NamedNode, apart: AbstractSet[NamedNode], guard: str = ""
) -> tuple[str, ...]:
    """Return the operations that take out of the merge what a graph says, written in another.

    All that is taken out, and what other graphs say put back: joins, which engines do quickly.
    """
    merged, these = f"GRAPH <{MERGED}> {{ ?s ?p ?o }}", f"{guard} {all_of(gone)}"
    others = ", ".join(str(each) for each in sorted({graph, *apart}, key=str))
    own = f'(?other = {UNNAMED} || !STRSTARTS(STR(?other), "{OWN}"))'
    return (
        f"DELETE {{ {merged} }} WHERE {{ {these} }}",
        f"INSERT {{ {merged} }} WHERE {{ {these} GRAPH ?other {{ ?s ?p ?o }} "
        f"FILTER (?other NOT IN ({others}) && {own}) }}",
    )


def merge(
    graph: NamedNode, source: NamedNode, apart: AbstractSet[NamedNode], guard: str = ""
) -> str:
    """Return the operation that merges a graph, written in another, unless it is held apart."""
    if graph in apart:
        return ""
    return f"INSERT {{ GRAPH <{MERGED}> {{ ?s ?p ?o }} }} WHERE {{ {guard} {all_of(source)} }}"


def stamp(graph: NamedNode, version: str | None, guard: str = "") -> Iterator[str]:
    """Yield what notes the version in which a graph has changed; None: there is no such graph."""
    there = f"GRAPH <{STATE}> {{ {graph} {VERSION} ?v }}"
    yield f"DELETE {{ {there} }} WHERE {{ {guard} {there} }}"
    if version:
        noted = f"GRAPH <{STATE}> {{ {graph} {VERSION} <{version}> }}"
        yield f"INSERT {{ {noted} }} WHERE {{ {guard} }}"


def _guard(version: str) -> str:
    """Return the pattern that is matched only while this is the version, or always."""
    return f"GRAPH <{STATE}> {{ {DATA} {VERSION} <{version}> }}" if version else ""
