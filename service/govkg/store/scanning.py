"""The tokens of SPARQL text, by place: enough to find SERVICE and braces without a grammar.

Whether the text is SPARQL at all is left to the engine's parser.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_STRING: Final = (
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\r\n]|\\.)*"'
    r"|'(?:[^'\\\r\n]|\\.)*'"
)
_IRI: Final = r"<(?:[^<>\"{}|^`\\\x00-\x20]|\\[uU][0-9A-Fa-f]{4})*>"
_LOCAL: Final = r"(?:[\w\-.:·]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w\-:·]|%[0-9A-Fa-f]{2}|\\.)"
_TOKEN: Final = re.compile(
    rf"(?P<string>{_STRING})"
    rf"|(?P<iri>{_IRI})"
    r"|(?P<space>\s+|#[^\r\n]*)"
    r"|(?P<variable>[?$]\w+)"
    r"|(?P<tag>@[A-Za-z][A-Za-z0-9\-]*)"
    rf"|(?P<name>[\w\-]*+:(?:{_LOCAL})?)"
    r"|(?P<number>\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?)"
    r"|(?P<word>[^\W\d][\w\-]*)"
    r"|(?P<mark>.)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A piece of SPARQL text."""

    kind: str
    """string, iri, variable, tag (of a language), name (with a prefix), number, word or mark."""
    text: str
    start: int
    end: int

    def says(self, word: str) -> bool:
        """Say whether this is a certain keyword or mark."""
        return self.kind in ("word", "mark") and self.text.upper() == word


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, without space and comments."""
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind != "space":
            yield Token(kind, found.group(), found.start(), found.end())


def calls_out(text: str) -> bool:
    """Say whether the engine could read SERVICE, a call to another endpoint, in a text.

    The engine needs no space around keywords, so ``1SERVICE?x`` and ``SERVICEex:name {`` count.
    """
    if "service" not in text.lower():
        return False
    before, present = Token("mark", "", 0, 0), Token("mark", "", 0, 0)
    for after in tokens(text):
        if _holds_service(before, present, after):
            return True
        before, present = present, after
    return _holds_service(before, present, Token("mark", "", 0, 0))


def _holds_service(before: Token, token: Token, after: Token) -> bool:
    upper = token.text.upper()
    if token.kind == "word":
        return "SERVICE" in upper
    glued = token.kind == "name" and upper.startswith("SERVICE")
    return glued and after.says("{") and not before.says("GRAPH")
