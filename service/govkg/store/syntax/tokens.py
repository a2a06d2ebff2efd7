"""Cut a SPARQL text into tokens, whatever it holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from govkg.store.syntax.grammar import terminals

_LETTER: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME: Final = _LETTER + "0-9_\u00b7\u0300-\u036f\u203f-\u2040"
_ESCAPE: Final = r"%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-]"
_PREFIX: Final = rf"(?:[{_LETTER}](?:[{_NAME}.-]*[{_NAME}-])?)?"
_LOCAL: Final = (
    rf"(?:[{_NAME}:]|{_ESCAPE})(?:(?:[{_NAME}.:-]|{_ESCAPE})*(?:[{_NAME}:-]|{_ESCAPE}))?"
)
_NUMBER: Final = r"(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+"

_TOKEN: Final = re.compile(
    rf"""
    (?P<SPACE> [ \t\r\n]+ | \#[^\r\n]* )
  | (?P<IRIREF> <[^<>"{{}}|^`\\\x00-\x20]*> )
  | (?P<STRING> \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
      | "(?:[^"\\\r\n]|\\.)*" | '(?:[^'\\\r\n]|\\.)*' )
  | (?P<VAR> [?$][{_LETTER}0-9_][{_NAME}]* )
  | (?P<BLANK_NODE> _:[{_LETTER}0-9_](?:[{_NAME}.-]*[{_NAME}-])? )
  | (?P<PNAME_LN> {_PREFIX}:{_LOCAL} )
  | (?P<PNAME_NS> {_PREFIX}: )
  | (?P<LANGTAG> @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
  | (?P<SIGNED> [+-](?:{_NUMBER}|[0-9]+) )
  | (?P<NUMBER> {_NUMBER} )
  | (?P<INTEGER> [0-9]+ )
  | (?P<NIL> \([ \t\r\n]*\) )
  | (?P<ANON> \[[ \t\r\n]*\] )
  | (?P<WORD> [{_LETTER}_][{_NAME}]* )
  | (?P<MARK> \^\^ | && | \|\| | != | <= | >= | [{{}}()\[\];,.|/^*+\-!?=<>] )
  | (?P<OTHER> . )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A piece of the text."""

    kind: str
    """A terminal of the grammar, or OTHER, or WORD for one that is no keyword."""
    text: str
    start: int


@cache
def _keywords() -> dict[str, str]:
    """Return the keywords of the grammar, by what they are in capitals."""
    return {kind.upper(): kind for kind in terminals() if kind.isidentifier() and kind != "a"}


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, at last one of the kind END; nothing is refused."""
    for found in _TOKEN.finditer(text):
        kind, piece = found.lastgroup or "OTHER", found.group()
        if kind == "WORD":
            known = _keywords().get(piece.upper(), kind)
            kind = "a" if piece == "a" else known if known not in _NAMES else "WORD"
        elif kind == "MARK":
            kind = piece
        if kind != "SPACE":
            yield Token(kind, piece, found.start())
    yield Token("END", "", len(text.rstrip()))


_NAMES: Final = frozenset(_TOKEN.groupindex) | {"END"}
"""Terminals that are no keywords, so that nobody can write them as words."""
