"""Which graphs a SPARQL update can change at all, as far as its text tells."""

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from govkg.store.scanning import Token, tokens

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?!.*/\.)")
"""An IRI that means itself whatever the base is; others are resolved (RFC 3986, section 5.2)."""
_GLUED: Final = re.compile(r"(?:GRAPH|WITH|INTO|TO|ADD|MOVE|COPY|CLEAR|DROP|CREATE)", re.IGNORECASE)
"""What the engine reads as a keyword even if a name follows at once."""
_START: Final = Token("mark", "", 0, 0)


def targets(text: str, prefixes: Mapping[str, str]) -> frozenset[str] | None:
    """Return the IRIs of all named graphs that an update may write to, or None if that is not sure.

    The text is that of the update without what its WHERE clauses only read. Each IRI in it counts,
    so the answer holds more than the graphs; whoever wants to be certain compares sizes.
    """
    found = list(tokens(text))
    if any(_is_open(*pair) for pair in pairwise([_START, *found, _START])):
        return None
    spaces = _namespaces(found, prefixes)
    iris = {token.text[1:-1] for token in found if token.kind == "iri"}
    for token in found:
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix not in spaces and prefix != "_":
                return None
            iris |= {space + local for space in spaces.get(prefix, ())}
    return frozenset(iris) if all(map(_PLAIN.match, iris)) else None


def _is_open(token: Token, after: Token) -> bool:
    """Say whether a piece of text may stand for graphs that it does not name."""
    upper = token.text.upper()
    if token.kind in ("iri", "name"):
        return "\\" in token.text or (token.kind == "name" and bool(_GLUED.match(upper)))
    if token.kind != "word":
        return False
    if upper.endswith("GRAPH"):
        return after.kind == "variable"
    return "ALL" in upper or "NAMED" in upper


def _namespaces(found: list[Token], prefixes: Mapping[str, str]) -> dict[str, set[str]]:
    """Return what each prefix may stand for; one may be declared again."""
    spaces = defaultdict(set, {prefix: {iri} for prefix, iri in prefixes.items()})
    for (keyword, name), (_, iri) in pairwise(pairwise(found)):
        if keyword.text.upper().endswith("PREFIX") and name.kind == "name" and iri.kind == "iri":
            spaces[name.text.removesuffix(":")].add(iri.text[1:-1])
    return dict(spaces)
