"""Make an error that helps of a text that the engine does not take."""

import re
from itertools import pairwise
from typing import Final

from govkg.errors import QuerySyntaxError, Texts
from govkg.store.syntax.hints import Place, full_width, full_width_hint, hint
from govkg.store.syntax.recognising import misfit
from govkg.store.syntax.tokens import Token, tokens
from govkg.store.syntax.wording import TOO_LONG, complaint, refusal
from govkg.vocabulary import PREFIXES

_AT: Final = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_BLANK: Final = re.compile(r"_:[\w.-]*\w")
_NEWER: Final = frozenset(("<<", "{|", "~", "LATERAL", "VERSION", "TRIPLE", "SUBJECT", "PREDICATE",
                           "OBJECT", "ISTRIPLE", "HASLANG", "HASLANGDIR", "LANGDIR",
                           "STRLANGDIR", "ADJUST"))  # fmt: skip
"""Signs of syntax that the engine takes and SPARQL 1.1 does not have."""
_LONGEST: Final = 200_000
"""How many characters are looked through for a mistake."""
_SHOWN: Final = 40
"""How many characters before and after a place are shown."""


def syntax_error(message: str, text: str, *, update: bool = False) -> QuerySyntaxError:
    """Return the error for a text that the engine refused with a message.

    The place is that of the first token which does not fit the grammar of SPARQL 1.1; where all
    fit, it is what the engine names, and so is the reason.
    """
    if len(text) > _LONGEST:
        return _error(text, _offset(message, text), *TOO_LONG)
    pieces = list(tokens(text))
    wrong = misfit(pieces, update=update)
    if wrong and (_is_newer(pieces) or _offset(message, text) < pieces[wrong.index].start):
        wrong = None
    until = wrong.index if wrong else len(pieces) - 1
    strange = full_width(pieces, until)
    if strange:
        return _error(text, strange[0], *full_width_hint(strange[1]))
    unknown = _undeclared(pieces)
    if unknown and (wrong is None or pieces.index(unknown) <= wrong.index):
        return _error(text, unknown.start, *_prefix_hint(unknown.text.partition(":")[0]))
    if wrong:
        place = Place(pieces, wrong, update)
        start = place.token.start
        said = refusal(place.token.text, wrong.expected)
        return _error(text, start, said, hint(place) or _shown(text, start))
    return _error(text, _place_of(message, text, pieces), *complaint(_reason(message, pieces)))


def _error(text: str, start: int, expected: Texts, advice: Texts) -> QuerySyntaxError:
    """Return the error for a place in a text, counted from 0."""
    before = text[:start]
    line = before.count("\n") + 1
    column = start - (before.rfind("\n") + 1) + 1
    return QuerySyntaxError(line=line, column=column, expected=expected, hint=advice)


def _is_newer(pieces: list[Token]) -> bool:
    """Say whether a text uses what came after SPARQL 1.1, or escapes outside of strings."""
    words = {token.text.upper() for token in pieces}
    pairs = {
        one.text + other.text
        for one, other in pairwise(pieces)
        if one.start + len(one.text) == other.start
    }
    return bool((words | pairs) & _NEWER) or any(
        token.kind == "OTHER" and token.text == "\\" for token in pieces
    )


def _undeclared(pieces: list[Token]) -> Token | None:
    """Return the first name whose prefix is not known."""
    declared, before = set(PREFIXES), ""
    for token, after in pairwise(pieces):
        if token.kind in ("PNAME_LN", "PNAME_NS"):
            prefix = token.text.partition(":")[0]
            if before == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared and (token.text, after.text) != (":", "="):
                return token
        before = token.kind
    return None


def _prefix_hint(prefix: str) -> tuple[Texts, Texts]:
    known = ", ".join(f"{each}:" for each in sorted(PREFIXES))
    return (
        {"en": f"the prefix {prefix}: is not declared", "zh": f"前缀 {prefix}: 没有声明"},
        {
            "en": f"Add PREFIX {prefix}: <…> at the top, or use a known prefix: {known}.",
            "zh": f"请在开头添加 PREFIX {prefix}: <…>，或使用已知前缀：{known}。",
        },
    )


def _shown(text: str, start: int) -> Texts:
    """Return the words around a place, to show where it is."""
    before = text[:start].rpartition("\n")[2]
    after = text[start:].partition("\n")[0]
    left = before if len(before) <= _SHOWN else "…" + before[-_SHOWN:]
    right = after if len(after) <= _SHOWN else after[:_SHOWN] + "…"
    words = f"{left.lstrip()}{right.rstrip()}"
    return {"en": f"It stands in: {words}", "zh": f"它位于：{words}"}


def _reason(message: str, pieces: list[Token]) -> str:
    """Return what the engine complains of, or what it does not say: a name that BIND repeats."""
    return "BIND is overriding an existing variable" if _bound_again(pieces) else message


def _place_of(message: str, text: str, pieces: list[Token]) -> int:
    """Return where a complaint belongs, as an offset."""
    token = _bound_again(pieces)
    if token is None and "SELECT contains a variable" in message:
        token = _ungrouped(pieces)
    shared = _BLANK.search(message)
    if shared:
        token = next((each for each in reversed(pieces) if each.text == shared[0]), None)
    if token:
        return token.start
    return _offset(message, text)


def _offset(message: str, text: str) -> int:
    """Return the place that the engine names, which is never before the mistake."""
    found = _AT.match(message)
    if not found:
        return len(text.rstrip())
    lines = text.splitlines(keepends=True)[: int(found[1]) - 1]
    return min(sum(map(len, lines)) + int(found[2]) - 1, len(text.rstrip()))


def _bound_again(pieces: list[Token]) -> Token | None:
    """Return the name that a BIND gives although it stands before it."""
    seen, binding = set[str](), False
    for before, token in pairwise(pieces):
        binding = before.kind == "BIND" or (binding and token.kind not in ("{", "}"))
        if token.kind != "VAR":
            continue
        if binding and before.kind == "AS" and token.text in seen:
            return token
        seen.add(token.text)
    return None


def _ungrouped(pieces: list[Token]) -> Token | None:
    """Return the first variable of the first SELECT that is not among those of a GROUP BY."""
    kinds = [token.kind for token in pieces]
    if "SELECT" not in kinds:
        return None
    grouped = set[str]()
    for place in (n for n, kind in enumerate(kinds) if kind == "GROUP"):
        for token in pieces[place + 2 :]:
            if token.kind in ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES", "}", "END"):
                break
            grouped.add(token.text)
    depth = 0
    for token in pieces[kinds.index("SELECT") + 1 :]:
        if token.kind in ("WHERE", "{", "FROM"):
            return None
        depth += (token.kind == "(") - (token.kind == ")")
        if token.kind == "VAR" and not depth and token.text not in grouped:
            return token
    return None
