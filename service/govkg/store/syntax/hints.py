"""The commonest mistakes in SPARQL, and what to do about each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from govkg.errors import Texts
from govkg.store.syntax.grammar import AGGREGATES, FUNCTIONS, terminals
from govkg.store.syntax.recognising import Misfit
from govkg.store.syntax.tokens import Token

FULL_WIDTH: Final = dict(
    zip(
        "？。．“”‘’＂＇（）｛｝［］【】；，、：！＜＞＝＊＋／｜＆＠＃＄－＿\u3000",
        "?.." + "\"\"''" + "\"'" + "(){}[][];,,:!<>=*+/|&@#$-_ ",
        strict=True,
    )
)
"""What input methods write in the place of punctuation."""
KEYWORDS: Final = sorted(kind for kind in terminals() if kind.isalpha() and kind.isupper())
_LITERALS: Final = ("STRING", "IRIREF")
_SQL: Final[dict[str, Texts]] = {
    "LIKE": {"en": "SPARQL has no LIKE: write FILTER(CONTAINS(STR(?x), \"…\")) or REGEX.",
             "zh": "SPARQL 没有 LIKE：请写 FILTER(CONTAINS(STR(?x), \"…\")) 或 REGEX。"},
    "AND": {"en": "Write && in place of AND.", "zh": "请用 && 代替 AND。"},
    "OR": {"en": "Write || in place of OR, or UNION between groups.",
           "zh": "请用 || 代替 OR，组与组之间用 UNION。"},
    "NULL": {"en": "SPARQL has no NULL: write BOUND(?x) or !BOUND(?x).",
             "zh": "SPARQL 没有 NULL：请写 BOUND(?x) 或 !BOUND(?x)。"},
    "IS": {"en": "SPARQL has no IS: write BOUND(?x) or !BOUND(?x).",
           "zh": "SPARQL 没有 IS：请写 BOUND(?x) 或 !BOUND(?x)。"},
    "BETWEEN": {"en": "Write ?x >= 1 && ?x <= 9 in place of BETWEEN.",
                "zh": "请用 ?x >= 1 && ?x <= 9 代替 BETWEEN。"},
    "JOIN": {"en": "Patterns in one group are joined by themselves; leave JOIN out.",
             "zh": "同一组中的图式会自动连接，请去掉 JOIN。"},
    "TOP": {"en": "Write LIMIT at the end in place of TOP.", "zh": "请在末尾写 LIMIT 代替 TOP。"},
    "EXCEPT": {"en": "Write MINUS { … } in place of EXCEPT.",
               "zh": "请用 MINUS { … } 代替 EXCEPT。"},
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a text broke the grammar."""

    tokens: list[Token]
    misfit: Misfit
    update: bool

    @property
    def token(self) -> Token:
        """The token that does not fit."""
        return self.tokens[self.misfit.index]

    def near(self, step: int) -> str:
        """Return a token before or after, or nothing."""
        index = self.misfit.index + step
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def enclosed(self) -> list[str]:
        """Return what stands before, back to the parenthesis that is still open."""
        found, depth = list[str](), 0
        for token in reversed(self.tokens[: self.misfit.index]):
            depth += (token.kind == ")") - (token.kind == "(")
            if depth < 0:
                break
            found.append(token.text)
        return found

    def count(self, kind: str, end: int | None = None) -> int:
        """Count tokens of a kind, before an index."""
        return sum(1 for token in self.tokens[:end] if token.kind == kind)


def full_width(tokens: list[Token], until: int) -> tuple[int, str] | None:
    """Return the place and the character of the first full-width mark outside of texts."""
    for token in tokens[: until + 1]:
        if token.kind in _LITERALS:
            continue
        for step, character in enumerate(token.text):
            if character in FULL_WIDTH:
                return token.start + step, character
    return None


def full_width_hint(character: str) -> tuple[Texts, Texts]:
    """Return what is wrong with a full-width mark, and what to type."""
    plain, code = FULL_WIDTH[character], f"U+{ord(character):04X}"
    english, chinese = ("a space", "空格") if plain == " " else (plain, plain)
    return (
        {
            "en": f"the character {character} ({code}) is a full-width or typographic one",
            "zh": f"字符 {character} ({code}) 是全角或排版标点",
        },
        {
            "en": f"Type {english} in its place: switch the input method to half-width "
            "punctuation.",
            "zh": f"请改用半角字符 {chinese} ，并把输入法切换为英文标点。",
        },
    )


def _other_kind(place: Place) -> Texts | None:
    queries = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
    updates = (
        "INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH",
    )  # fmt: skip
    if place.update and place.token.kind in queries and "INSERT" in place.misfit.expected:
        return {
            "en": "This is a query, and an update was expected.",
            "zh": "这是查询，而此处应为更新。",
        }
    if not place.update and place.token.kind in updates and "ASK" in place.misfit.expected:
        return {
            "en": "This is an update, and a query was expected.",
            "zh": "这是更新，而此处应为查询。",
        }
    return None


def _open_text(place: Place) -> Texts | None:
    if place.token.text in ('"', "'"):
        return {
            "en": "A text begins here that is not closed: add the same quotation mark at its end. "
            "A text over several lines needs three of them.",
            "zh": "此处开始的文本没有结束：请在末尾补上同样的引号。跨行文本须用三个引号。",
        }
    return None


def _assigned(place: Place) -> Texts | None:
    """`?x := 1`, `?x = 1` where a name has to be given by AS."""
    colon = place.token.text == ":" and place.near(1) == "="
    equals = "AS" in place.misfit.expected and "=" in place.enclosed()
    if colon or equals or (place.token.text == "=" and "VAR" in place.misfit.expected):
        return {
            "en": "A name is given by AS, after the expression: (?a + ?b AS ?sum), "
            "and in a group by BIND(?a + ?b AS ?sum).",
            "zh": "命名请在表达式之后用 AS：(?a + ?b AS ?sum)；在组中写 BIND(?a + ?b AS ?sum)。",
        }
    return None


def _operator(place: Place) -> Texts | None:
    pair = place.near(-1) + place.token.text
    known = {"==": "=", "<>": "!="}
    if pair in known or place.token.text in known:
        right = known.get(pair) or known[place.token.text]
        return {"en": f"Write {right} in its place.", "zh": f"请改写为 {right} 。"}
    return None


def _sql(place: Place) -> Texts | None:
    for step in (0, -1, 1):
        word = place.near(step).upper()
        if word in _SQL:
            return _SQL[word]
    return None


def _bare_call(place: Place) -> Texts | None:
    """`SELECT COUNT(*)`: what is worked out needs parentheses and a name."""
    in_select = {"VAR", "("} <= place.misfit.expected and "STRING" not in place.misfit.expected
    called = place.token.kind in (*AGGREGATES, *FUNCTIONS)
    unnamed = place.misfit.expected >= {"AS"} and place.token.text == ")"
    if (called and in_select) or unnamed:
        return {
            "en": "What is worked out in SELECT stands in parentheses and has a name: "
            "(COUNT(*) AS ?n).",
            "zh": "SELECT 中的计算式须加括号并命名：(COUNT(*) AS ?n)。",
        }
    return None


def _comma(place: Place) -> Texts | None:
    if place.token.text == "," and "VAR" in place.misfit.expected:
        return {
            "en": "Variables are separated by spaces, without commas.",
            "zh": "变量之间用空格分隔，不用逗号。",
        }
    return None


def _by(place: Place) -> Texts | None:
    if place.misfit.expected == {"BY"}:
        return {
            "en": f"Write {place.near(-1).upper()} BY.",
            "zh": f"请写 {place.near(-1).upper()} BY。",
        }
    return None


def _dot(place: Place) -> Texts | None:
    terms = ("VAR", "IRIREF", "PNAME_LN", "PNAME_NS", "BLANK_NODE", "ANON", "[", "STRING")
    if place.token.kind in terms and "." in place.misfit.expected:
        return {
            "en": f"Is a dot missing before “{place.token.text}”? "
            "One triple ends with a dot; “;” keeps the subject, “,” the predicate too.",
            "zh": f"“{place.token.text}”之前是否缺少句点？"
            "三元组以“.”结束；“;”沿用主语，“,”再沿用谓语。",
        }
    return None


def _braces(place: Place) -> Texts | None:
    until, kind = place.misfit.index, place.token.kind
    for opening, closing in (("{", "}"), ("(", ")"), ("[", "]")):
        missing = place.count(opening, until) - place.count(closing, until)
        ends = kind == "END" or (kind in ("}", ")", "]") and closing in place.misfit.expected)
        if ends and missing > 0:
            return {
                "en": f"“{closing}” is missing {missing}×: each “{opening}” needs one.",
                "zh": f"缺少 {missing} 个“{closing}”：每个“{opening}”都须有一个与之对应。",
            }
        if kind == closing and missing < 1:
            return {
                "en": f"There is one “{closing}” too many, or an “{opening}” is missing before it.",
                "zh": f"“{closing}”多了一个，或之前缺少“{opening}”。",
            }
    return None


def _unknown_function(place: Place) -> Texts | None:
    word = place.token.text
    called = place.token.kind == "WORD" and place.near(1).startswith("(")
    if called and "STR" in place.misfit.expected:
        return {
            "en": f"There is no function “{word}” in SPARQL."
            + _nearest(word, FUNCTIONS, " Is {} meant?"),
            "zh": f"SPARQL 没有函数“{word}”。" + _nearest(word, FUNCTIONS, "是否应为 {}？"),
        }
    return None


def _bare_word(place: Place) -> Texts | None:
    word = place.token.text
    if place.token.kind != "WORD":
        return None
    if {"STRING", "VAR"} & place.misfit.expected:
        return {
            "en": f'Is “{word}” a text? Write it as "{word}". A variable is ?{word}, and a name '
            f"has a prefix, as gov:{word}.",
            "zh": f'“{word}”是文本吗？请写作 "{word}"。变量写作 ?{word}，'
            f"名称须带前缀，如 gov:{word}。",
        }
    return {
        "en": f"“{word}” is no word of SPARQL.{_nearest(word, KEYWORDS, ' Is {} meant?')}",
        "zh": f"“{word}”不是 SPARQL 关键词。{_nearest(word, KEYWORDS, '是否应为 {}？')}",
    }


def _nearest(word: str, known: Iterable[str], question: str) -> str:
    """Return a question for the known word that is spelt most alike, or nothing."""
    near = get_close_matches(word.upper(), list(known), n=1, cutoff=0.7)
    return question.format(near[0]) if near else ""


def _empty(place: Place) -> Texts | None:
    if len(place.tokens) == 1:
        return {
            "en": "The text is empty. A query is, for one, SELECT * WHERE { ?s ?p ?o } LIMIT 10.",
            "zh": "文本为空。查询可以是 SELECT * WHERE { ?s ?p ?o } LIMIT 10。",
        }
    return None


def _no_pattern(place: Place) -> Texts | None:
    if "{" in place.misfit.expected and place.token.kind == "END":
        return {
            "en": "A pattern in braces is missing, as WHERE { ?s ?p ?o }.",
            "zh": "缺少花括号中的图式，如 WHERE { ?s ?p ?o }。",
        }
    return None


HINTS: Final[tuple[Callable[[Place], Texts | None], ...]] = (
    _empty, _other_kind, _open_text, _sql, _operator, _assigned, _bare_call, _comma, _by, _braces,
    _unknown_function, _bare_word, _dot, _no_pattern,
)  # fmt: skip
"""Each looks for one mistake; the first that finds its own speaks."""


def hint(place: Place) -> Texts | None:
    """Return what to do about a place, if it is one of the common mistakes."""
    return next((said for each in HINTS if (said := each(place))), None)
