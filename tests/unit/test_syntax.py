"""Errors of SPARQL text: the right place, all in one language, nothing cut, and a hint."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Store

from govkg import bundle
from govkg.errors import GovkgError, QuerySyntaxError, Texts, UnsafeInputError
from govkg.store import Query
from govkg.store.embedded import EmbeddedStore
from govkg.store.syntax.explaining import _is_newer, syntax_error
from govkg.store.syntax.grammar import Choice, Part, Rule, first, rules, terminals
from govkg.store.syntax.hints import FULL_WIDTH, HINTS
from govkg.store.syntax.recognising import misfit
from govkg.store.syntax.tokens import tokens
from govkg.store.syntax.wording import CATEGORIES, ENGINE, OTHERWISE, TOO_LONG, expectation
from govkg.vocabulary import PREFIXES

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "w3c-sparql11"
QUESTIONS = [path.read_text("utf-8") for path in bundle.example_queries()]
SUITE_QUERIES = [path.read_text("utf-8") for path in sorted(SUITE.rglob("*.rq"))]
_NAMES = re.compile(
    r"“[^”]*”|（[^）]*）|\([^)]*\)|\S*[:?<>{}@\\&|=/\"]\S*|\b[A-Z_0-9]+\b|U\+[0-9A-F]+|iri\b"
)
"""What is the same in every language: what the user wrote, examples, and words of SPARQL."""


def refused(text: str) -> QuerySyntaxError:
    """Return the error for a query."""
    with pytest.raises(QuerySyntaxError) as caught:
        EmbeddedStore().query(Query(text))
    return caught.value


@pytest.mark.parametrize(
    ("text", "place", "english", "chinese"),
    [
        ("SELECT * {\n ?s foo:bar ?o }", (2, 5), "Add PREFIX foo:", "添加 PREFIX foo:"),
        ("SELECT * { ?s ?p ?o ?a ?b ?c }", (1, 21), "a dot missing before “?a”", "缺少句点"),
        ("SELECT * { ?s ?p ?o", (1, 20), "“}” is missing 1×", "缺少 1 个“}”"),
        ("ASK { { { ?s ?p ?o }", (1, 21), "“}” is missing 2×", "缺少 2 个“}”"),
        ("ASK { FILTER(?x > (1 + 2) }", (1, 27), "“)” is missing", "缺少"),
        ("SELECT * { ?s ?p ?o }}", (1, 22), "one “}” too many", "“}”多了一个"),
        ("SELECT * { BIND(?n := 1) }", (1, 20), "given by AS", "用 AS"),
        ("SELECT (?x = 1) {}", (1, 15), "given by AS", "用 AS"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", (1, 8), "in GROUP BY", "写入 GROUP BY"),
        ("SELECT * { ?s ?p ?o } GROUP BY ?s", None, "Name the grouped", "请列出分组变量"),
        ("SELECT * { ?s ?p ?o BIND(1 AS ?s) }", (1, 31), "a new name after AS", "换用新的变量名"),
        ("SELECT (1 AS ?s) { ?s ?p ?o }", None, "a new name after AS", "换用新的变量名"),
        ("SELECT * { ?s ?p openness }", (1, 18), 'Write it as "openness"', '请写作 "openness"'),
        ("ASK { ?s ?p 'abc }", (1, 13), "not closed", "没有结束"),
        ("ASK { FILTER(?o LIKE 'a') }", (1, 17), "CONTAINS", "CONTAINS"),
        ("ASK { FILTER(?a > 1 AND ?b < 2) }", (1, 21), "&& in place of AND", "用 && 代替 AND"),
        ("ASK { FILTER(?a > 1 OR ?b < 2) }", (1, 21), "|| in place of OR", "用 || 代替 OR"),
        ("ASK { FILTER(?a IS NULL) }", (1, 17), "BOUND(?x)", "BOUND(?x)"),
        ("ASK { FILTER(?a == 1) }", (1, 18), "Write =", "请改写为 ="),
        ("ASK { FILTER(?a <> 1) }", (1, 17), "Write !=", "请改写为 !="),
        ("SELECT COUNT(*) { ?s ?p ?o }", (1, 8), "(COUNT(*) AS ?n)", "(COUNT(*) AS ?n)"),
        ("SELECT (COUNT(*)) { ?s ?p ?o }", (1, 17), "(COUNT(*) AS ?n)", "(COUNT(*) AS ?n)"),
        ("SELECT ?a, ?b { ?a ?p ?b }", (1, 10), "without commas", "不用逗号"),
        ("SELECT ?s { ?s ?p ?o } ORDER ?s", (1, 30), "ORDER BY", "ORDER BY"),
        ("SELEC ?s {}", (1, 1), "Is SELECT meant?", "是否应为 SELECT？"),
        ("ASK { FILTER(CONTAINZ(?x, 'a')) }", (1, 14), "Is CONTAINS meant?", "CONTAINS？"),
        ("", (1, 1), "The text is empty", "文本为空"),
        ("SELECT ?s WHERE", (1, 16), "A pattern in braces is missing", "缺少花括号"),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", (1, 1), "This is an update", "这是更新"),
        ("SELECT ？s { ?s ?p ?o }", (1, 8), "Type ? in its place", "半角字符 ?"),
        ("SELECT ?s { ?s ?p ?o。 ?s ?q ?r }", (1, 21), "Type . in its place", "半角字符 ."),
        ("ASK { ?s ?p “文本” }", (1, 13), 'Type " in its place', '半角字符 "'),
        ("ASK { FILTER（?x > 1） }", (1, 13), "Type ( in its place", "半角字符 ("),
        ("ASK ｛ ?s ?p ?o }", (1, 5), "Type { in its place", "半角字符 {"),
        ("ASK { ?s gov：adopts ?o }", (1, 13), "Type : in its place", "半角字符 :"),
        ("ASK { ?s ?p ?o；?q ?r }", (1, 15), "Type ; in its place", "半角字符 ;"),
        ("ASK { ?s ?p 1，2 }", (1, 14), "Type , in its place", "半角字符 ,"),
        ("ASK\u3000{ ?s ?p }", (1, 4), "Type a space in its place", "半角字符 空格"),
        ("ASK { ?s ?p ?o } LIMIT x", (1, 24), "is no word of SPARQL", "不是 SPARQL 关键词"),
    ],
)
def test_common_mistakes(
    text: str, place: tuple[int, int] | None, english: str, chinese: str
) -> None:
    """Each of the common mistakes is found at its place, and the hint names the remedy."""
    error = refused(text)

    assert place is None or (error.facts["line"], error.facts["column"]) == place
    assert english in error.text("en"), error.text("en")
    assert chinese in error.text("zh"), error.text("zh")


def test_a_query_is_told_from_an_update() -> None:
    """A query that is sent as an update is told so."""
    error = syntax_error("error at 1:3: expected x", "SELECT * {}", update=True)

    assert "This is a query" in error.text("en")
    assert "这是查询" in error.text("zh")


def test_a_shared_blank_node_is_named_at_its_second_place() -> None:
    """What the engine says without a place gets one."""
    text = "INSERT DATA { _:a <urn:p> 1 } ;\nINSERT DATA { _:a <urn:p> 2 }"

    error = syntax_error(
        "The blank node _:a cannot be shared by multiple blocks", text, update=True
    )

    assert (error.facts["line"], error.facts["column"]) == (2, 15)
    assert "同一空白节点" in error.text("zh")


def test_full_width_marks_in_texts_are_harmless() -> None:
    """What stands in a string, an IRI or a comment is not blamed."""
    error = refused("# 你好。\nASK { ?s ?p '“你好。”' ?x }")

    assert "full-width" not in error.text("en")
    assert (error.facts["line"], error.facts["column"]) == (2, 21)


@pytest.mark.parametrize("name", sorted(rules()))
def test_the_grammar_needs_one_token_of_look_ahead(name: str) -> None:
    """No two alternatives of a production begin alike, so the first that fits is the only one."""

    def check(part: Part) -> None:
        if isinstance(part, Choice):
            kinds = [kind for each in part.parts for kind in first(each)]
            assert len(kinds) == len(set(kinds)), part
        for each in getattr(part, "parts", ()) or [getattr(part, "part", None)]:
            if each is not None and not isinstance(each, Rule):
                check(each)

    check(rules()[name])


@pytest.mark.parametrize("text", [*QUESTIONS, *SUITE_QUERIES])
def test_what_the_engine_takes_fits_the_grammar(text: str) -> None:
    """No query that the engine takes is blamed."""
    if engine_takes(text):
        pieces = list(tokens(text))
        assert misfit(pieces) is None or _is_newer(pieces)


def test_every_token_has_words() -> None:
    """Whatever the grammar can expect is named in both languages, alone and with all others."""
    for kinds in [*({kind} for kind in terminals()), terminals()]:
        speaks_plainly(expectation(kinds))
    for group, words in CATEGORIES:
        assert group <= terminals(), words


def test_what_the_engine_says_has_words() -> None:
    """Every complaint of the engine that is known is put in both languages."""
    for title, advice in (*ENGINE.values(), OTHERWISE, TOO_LONG):
        speaks_plainly(title)
        speaks_plainly(advice)


def test_broken_queries_are_explained_in_one_language() -> None:
    """Thousands of broken queries: Chinese is Chinese, nothing is cut, and the place is right.

    The engine's place is the furthest that its parser looked at, so ours is never behind it.
    """
    explained = 0
    for text in broken(2500):
        engine = engine_message(text)
        if engine is None:
            continue
        error = syntax_error(engine, text)
        explained += 1
        for fact in ("expected", "hint"):
            speaks_plainly(error.facts[fact])
        line, column = map(int, re.findall(r"error at (\d+):(\d+)", engine)[0])
        assert (error.facts["line"], error.facts["column"]) <= (line, column), (text, engine)
        known = re.findall(r"[A-Z][a-z]+ [a-z][^,\[\"]+", engine)
        assert all(any(k in said or said in k for k in (*ENGINE, *HARMLESS)) for said in known)
    assert explained > 1000


HARMLESS = ("Prefix not found", "The SELECT", "Duplicated variable", "Literals or triple terms")
"""What is handled before the table is asked, or named there at more length."""


def speaks_plainly(said: Texts) -> None:
    """Check that words are there, whole, and in their language."""
    assert said["en"]
    assert said["zh"]
    chinese = said["zh"].partition("它位于：")[0]
    assert re.search("[\u4e00-\u9fff]|^[\\[(“]", said["zh"]), said
    assert not re.search("[a-z]{2,}", _NAMES.sub("", chinese)), said
    english = said["en"].partition("It stands in: ")[0]
    assert not re.search("[\u4e00-\u9fff]", _NAMES.sub("", english)), said
    assert not said["en"].partition("It stands in: ")[0].endswith(("…", ", ", "one of "))


def broken(number: int) -> Iterator[str]:
    """Yield queries with a token lost, doubled, swapped for another, or with the rest cut off."""
    chance = random.Random(7)  # noqa: S311 # for tests
    texts = [*QUESTIONS, *SUITE_QUERIES]
    for _ in range(number):
        text = chance.choice(texts)
        pieces = list(tokens(text))
        one, other = chance.choice(pieces), chance.choice(pieces)
        before, after = text[: one.start], text[one.start + len(one.text) :]
        swapped = f"{before}{other.text} {after}"
        yield chance.choice(
            [before + after, before, swapped, f"{before}{one.text} {other.text} {after}"]
        )


def engine_message(text: str) -> str | None:
    """Return why the engine refuses a text, or nothing if it does not, or for another reason."""
    try:
        Store().query(text, base_iri="http://example.org/", prefixes=PREFIXES)
    except SyntaxError as error:
        return str(error)
    except (RuntimeError, ValueError, OSError):
        return None
    return None


def engine_takes(text: str) -> bool:
    """Say whether the engine takes a text; a call to nowhere is not made here."""
    return "SERVICE" not in text.upper() and engine_message(text) is None


@pytest.mark.parametrize("character", sorted(FULL_WIDTH))
def test_every_full_width_mark_is_known(character: str) -> None:
    """Each mark that input methods write is named with what to type."""
    error = refused(f"SELECT * WHERE {character} {{ ?s ?p }}")

    assert f"U+{ord(character):04X}" in error.text("zh")


def test_an_unknown_function_is_refused_in_both_languages() -> None:
    """A call of a function that does not exist is explained in Chinese too."""
    with pytest.raises(UnsafeInputError) as caught:
        EmbeddedStore().query(Query("ASK { FILTER(<urn:f>(1)) }"))

    assert "对函数 <urn:f> 的调用" in caught.value.text("zh")
    assert "a call of the function <urn:f>" in caught.value.text("en")


def test_long_texts_are_not_looked_through() -> None:
    """A very long update is refused with the engine's place, at once."""
    error = syntax_error("error at 2:3: expected x", "#" * 300_000 + "\nabcd", update=True)

    assert (error.facts["line"], error.facts["column"]) == (2, 3)
    assert isinstance(error, GovkgError)


def test_long_words_of_the_user_are_shortened() -> None:
    """What the user wrote is repeated in part; what was expected never."""
    error = refused(f"ASK {{ ?s ?p ?o }} '{'x' * 5000}'")

    assert len(error.text("en")) < 600


def test_every_hint_is_tried() -> None:
    """The list of hints has no more than the mistakes above try."""
    assert len(HINTS) == len(set(HINTS)) == 14
