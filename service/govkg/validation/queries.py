"""What the text of a SPARQL constraint tells of it, read with caution."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

_WHERE: Final = re.compile(r"\bWHERE\s*\{", re.IGNORECASE)
_GROUPED: Final = re.compile(r"\bGROUP\s+BY\s+[$?]this\b", re.IGNORECASE)
_NOT_HERE: Final = re.compile(
    r"\b(?:MINUS|VALUES|GRAPH|SERVICE|LIMIT|OFFSET|HAVING|ASK)\b"
    r"|[$?](?:PATH|path|message|currentShape|shapesGraph)\b",
    re.IGNORECASE,
)
_FOR_EACH: Final = re.compile(r"^\s*SELECT\s+(?:DISTINCT\s+)?[$?]this\b", re.IGNORECASE)
_AGGREGATE: Final = re.compile(
    r"\b(?:COUNT|SUM|MIN|MAX|AVG|SAMPLE|GROUP_CONCAT)\s*\(", re.IGNORECASE
)
_TEXT: Final = re.compile(r"\"[^\"\\\n]*\"|'[^'\\\n]*'|<[^<>\s]*>|#[^\n]*")
_INNERMOST: Final = re.compile(r"(\bEXISTS\s*)?\{([^{}]*)\}", re.IGNORECASE)
_USES_THIS: Final = re.compile(r"\b(?:FILTER|BIND)\b.*[$?]this\b", re.IGNORECASE | re.DOTALL)


def means_the_same(query: str) -> bool:
    """Return whether a query finds the same for all focus nodes as for each (a cautious answer).

    It must not count across nodes, nor ask of ``$this`` in a group where nothing binds it.
    """
    text = _TEXT.sub(" ", query)
    if not _FOR_EACH.search(text) or len(re.findall(r"\bSELECT\b", text, re.IGNORECASE)) > 1:
        return False
    if _NOT_HERE.search(text) or len(_WHERE.findall(query)) != 1:
        return False
    if _AGGREGATE.search(text) and not _GROUPED.search(text):
        return False
    inner = _WHERE.split(text)[-1].rpartition("}")[0]
    return not any(_USES_THIS.search(group) for group in _plain_groups(inner))


def _plain_groups(text: str) -> Iterator[str]:
    """Yield the groups within a group, but for those that are asked whether they EXIST."""
    while found := _INNERMOST.search(text):
        if not found[1]:
            yield found[2]
        text = text[: found.start()] + " " + text[found.end() :]


def uncommented(query: str) -> str:
    """Return a query without its comments."""
    return _TEXT.sub(lambda found: " " if found.group().startswith("#") else found.group(), query)


def started_from(query: str, pattern: str) -> str:
    """Return a query with a pattern before all others of its WHERE clause."""
    return _WHERE.sub(lambda found: f"{found.group()} {pattern} ", query, count=1)


_IN_QUERY: Final = re.compile(r"<([^<>\s]+)>|([A-Za-z][\w-]*)?:([\w-]+)")


def mentioned(query: str, prefixes: Mapping[str, str]) -> set[str]:
    """Return every IRI in the text of a query."""
    return {
        found[1] or prefixes.get(found[2] or "", "") + found[3]
        for found in _IN_QUERY.finditer(query)
    }
