"""What an engine is sent of a query: the form of the SPARQL 1.1 Protocol, with the dataset."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from pyoxigraph import NamedNode

from govkg.errors import UnsafeInputError
from govkg.store.querying import Query, bare
from govkg.store.remote.connection import Form
from govkg.store.remote.graphs import MERGED, NOTHING
from govkg.vocabulary import PREFIXES

_KEYWORD_FROM: Final = re.compile(r"(?<![?$:\w])FROM(?![\w:])")
_FOREIGN: Final = re.compile(
    r"<\s*(?:bif|sql|java|js|loadjs|http://www\.openlinksw\.com/schemas/(?:bif|sql))\b",
    re.IGNORECASE,
)


def refuse_foreign(text: str) -> None:
    """Refuse a query with functions that only engines have, and that can do more than answer."""
    if _FOREIGN.search(text):
        what = "a function that runs code inside the engine"
        raise UnsafeInputError(what=what, remedy="Use functions of SPARQL 1.1.")


def form_of(
    query: Query, apart: Iterable[NamedNode], graphs: Callable[[], list[NamedNode]]
) -> Form:
    """Return the form that asks a query of the dataset that a View would show it.

    ``apart`` are the graphs held apart. The names of all graphs are looked up only if needed.
    """
    return {"query": _with_prefixes(query.text), **_dataset(query, apart, graphs)}


def _with_prefixes(text: str) -> str:
    """Declare the well-known prefixes that a query has not declared, on its first line."""
    code = bare(text)
    declared = set(re.findall(r"PREFIX\s+([\w-]*):", code, re.IGNORECASE))
    missing = (name for name in PREFIXES if f"{name}:" in code and name not in declared)
    return "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in missing) + text


def _dataset(
    query: Query, apart: Iterable[NamedNode], graphs: Callable[[], list[NamedNode]]
) -> dict[str, list[str]]:
    """Return the protocol's parameters for the dataset, none if the query itself names it."""
    code = bare(query.text).upper()
    if query.default_graphs or query.named_graphs:
        default, named = list(query.default_graphs), list(query.named_graphs)
    elif _KEYWORD_FROM.search(code):
        return {}
    else:
        left_out = set(query.without_graphs)
        beside = sorted(graph.value for graph in apart)
        default = [MERGED, *(iri for iri in beside if iri not in left_out)]
        found = graphs() if "GRAPH" in code else []
        named = [graph.value for graph in found if graph.value not in left_out]
    # Virtuoso reads a missing list as “all graphs”.
    return {"default-graph-uri": default or [NOTHING], "named-graph-uri": named or [NOTHING]}
