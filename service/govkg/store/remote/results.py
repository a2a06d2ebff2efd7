"""What an engine answers, rewritten as the embedded store would have answered."""

import json
from typing import Any, Final

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    Triple,
    parse_query_results,
    serialize,
)

from govkg.rdf import used_prefixes
from govkg.store.deltas import canonical
from govkg.store.querying import GRAPH_RESULT_FORMATS, RESULT_FORMATS, Answer
from govkg.store.remote.blank_nodes import BLANK, label_in, read_triples
from govkg.vocabulary import XSD

_NUMBERS: Final = {XSD + name for name in ("integer", "decimal", "double", "float")}


def rewritten(body: bytes, rehearsed: Answer) -> bytes:
    """Write an engine's result in the format asked for, with blank nodes."""
    if rehearsed.kind == "graph":
        return _rewritten_graph(body, rehearsed.media_type)
    result = json.loads(body)
    terms = [term for row in _rows(result) for term in row.values()]
    for term in terms:
        _correct(term)
    _canonicalise([term for term in terms if term.get("datatype") in _NUMBERS])
    parsed = parse_query_results(json.dumps(result).encode(), QueryResultsFormat.JSON)
    return parsed.serialize(format=RESULT_FORMATS[rehearsed.media_type]) or b""


def _rewritten_graph(body: bytes, media_type: str) -> bytes:
    """Write a graph in the format asked for, with blank nodes."""
    triples = canonical(read_triples(body))
    syntax = GRAPH_RESULT_FORMATS[media_type]
    return serialize(triples, format=syntax, prefixes=used_prefixes(triples)) or b""


def _rows(result: dict[str, Any]) -> list[dict[str, dict[str, str]]]:
    """Return the solutions in a JSON result; there are none in a truth value."""
    return list(result["results"]["bindings"]) if "results" in result else []


def _correct(term: dict[str, str]) -> None:
    """Give a term of a JSON result the form of SPARQL 1.1, and of a blank node if it was one."""
    if term["type"] == "typed-literal":  # Virtuoso
        term["type"] = "literal"
    elif term["type"] == "uri" and term["value"].startswith(BLANK):
        term["type"] = "bnode"
        term["value"] = label_in(term["value"])


def _canonicalise(terms: list[dict[str, str]]) -> None:
    """Write the numbers of a JSON result as the embedded store does: 1.0 becomes 1."""
    given = {(term["value"], term["datatype"]) for term in terms}
    keys = {NamedNode(f"urn:govkg:{number}"): each for number, each in enumerate(given)}
    literals = {key: Literal(value, datatype=NamedNode(d)) for key, (value, d) in keys.items()}
    triples = canonical(Triple(key, key, literal) for key, literal in literals.items())
    values = {keys[t.subject]: t.object.value for t in triples}  # type: ignore[index, union-attr]
    for term in terms:
        term["value"] = values[term["value"], term["datatype"]]
