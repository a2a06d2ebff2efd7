"""What could stand at a place, and what the engine complains of, in English and Chinese."""

from collections.abc import Collection
from typing import Final

from govkg.errors import Texts
from govkg.store.syntax.grammar import AGGREGATES, FUNCTIONS

CATEGORIES: Final[tuple[tuple[frozenset[str], Texts], ...]] = (
    (frozenset({"VAR"}), {"en": "a variable such as ?name", "zh": "变量（如 ?name）"}),
    (
        frozenset({"IRIREF", "PNAME_LN", "PNAME_NS"}),
        {"en": "a name such as gov:adopts or <IRI>", "zh": "名称（如 gov:adopts 或 <IRI>）"},
    ),
    (frozenset({"IRIREF"}), {"en": "an IRI between < and >", "zh": "用 < 和 > 括起的 IRI"}),
    (frozenset({"PNAME_NS"}), {"en": "a prefix such as gov:", "zh": "前缀（如 gov:）"}),
    (
        frozenset({"STRING", "INTEGER", "NUMBER", "SIGNED", "true", "false"}),
        {"en": "a text in quotation marks or a number", "zh": "引号中的文本或数字"},
    ),
    (frozenset({"STRING"}), {"en": "a text in quotation marks", "zh": "引号中的文本"}),
    (frozenset({"INTEGER"}), {"en": "a whole number", "zh": "整数"}),
    (frozenset({"SIGNED"}), {"en": "a number with its sign", "zh": "带正负号的数"}),
    (frozenset({"NUMBER"}), {"en": "a number", "zh": "数字"}),
    (
        frozenset({"BLANK_NODE", "ANON", "["}),
        {"en": "a blank node such as _:name or [ ]", "zh": "空白节点（如 _:name 或 [ ]）"},
    ),
    (frozenset({"ANON"}), {"en": "[ ]", "zh": "[ ]"}),
    (
        frozenset({"BLANK_NODE"}),
        {"en": "a blank node such as _:name", "zh": "空白节点（如 _:name）"},
    ),
    (frozenset({"NIL", "("}), {"en": "“(”", "zh": "“(”"}),
    (frozenset({"NIL"}), {"en": "“()”", "zh": "“()”"}),
    (frozenset({"LANGTAG"}), {"en": "a language such as @en", "zh": "语言标签（如 @zh）"}),
    (
        frozenset(FUNCTIONS) - {"EXISTS"},
        {"en": "a function such as STR(…)", "zh": "函数（如 STR(…)）"},
    ),
    (
        frozenset(AGGREGATES),
        {"en": "an aggregate such as COUNT(…)", "zh": "聚合函数（如 COUNT(…)）"},
    ),
    (
        frozenset(("=", "!=", "<", ">", "<=", ">=")),
        {"en": "a comparison such as = or <", "zh": "比较符（如 = 或 <）"},
    ),
    (frozenset("+-*/"), {"en": "an operator such as + or *", "zh": "运算符（如 + 或 *）"}),
    (frozenset({"END"}), {"en": "the end of the text", "zh": "文本结尾"}),
)
"""Kinds of tokens that are named together where all of them are expected; the first that fit."""

ENGINE: Final[dict[str, tuple[Texts, Texts]]] = {
    "The SELECT contains a variable that is unbound": (
        {"en": "a variable is selected that is neither grouped by nor aggregated",
         "zh": "选取了既未分组也未聚合的变量"},
        {"en": "Name every plain variable of SELECT in GROUP BY, or wrap it, "
         "as in (SAMPLE(?x) AS ?one).",
         "zh": "请把 SELECT 中每个普通变量写入 GROUP BY，或加以聚合，如 (SAMPLE(?x) AS ?one)。"},
    ),
    "The SELECT contains an expression with a variable that is unbound": (
        {"en": "an expression of SELECT uses a variable that is neither grouped by nor aggregated",
         "zh": "SELECT 的表达式使用了既未分组也未聚合的变量"},
        {"en": "Name the variable in GROUP BY, or aggregate it, as in (MAX(?x) AS ?most).",
         "zh": "请把该变量写入 GROUP BY，或加以聚合，如 (MAX(?x) AS ?most)。"},
    ),
    "SELECT * is not authorized with GROUP BY": (
        {"en": "SELECT * and GROUP BY cannot stand together",
         "zh": "SELECT * 与 GROUP BY 不能同用"},
        {"en": "Name the grouped variables, and aggregate the others.",
         "zh": "请列出分组变量，其余变量用聚合函数。"},
    ),
    "The SELECT overrides an existing variable using an expression": (
        {"en": "AS in SELECT gives a name that the pattern uses already",
         "zh": "SELECT 中 AS 所取的名字已在图式中使用"},
        {"en": "Take a new name after AS.", "zh": "请在 AS 之后换用新的变量名。"},
    ),
    "Duplicated variable name in SELECT": (
        {"en": "a variable is selected twice", "zh": "同一变量被选取两次"},
        {"en": "Name each variable of SELECT once.", "zh": "SELECT 中每个变量只写一次。"},
    ),
    "BIND is overriding an existing variable": (
        {"en": "BIND gives a name that is used before it in the same group",
         "zh": "BIND 所取的名字在同一组中已被使用"},
        {"en": "Take a new name after AS.", "zh": "请在 AS 之后换用新的变量名。"},
    ),
    "An existing variable is overridden in the right side of LATERAL": (
        {"en": "LATERAL gives a name that is used before it", "zh": "LATERAL 中的名字此前已被使用"},
        {"en": "Take a new name.", "zh": "请换用新的变量名。"},
    ),
    "Unexpected aggregate": (
        {"en": "an aggregate stands where single rows are looked at",
         "zh": "聚合函数出现在逐行求值之处"},
        {"en": "Aggregate in SELECT, HAVING or ORDER BY; compare the result in HAVING.",
         "zh": "聚合函数只用于 SELECT、HAVING 或 ORDER BY；请在 HAVING 中比较其结果。"},
    ),
    "The VALUES clause rows should have exactly the same number of values as there are variables. "
    "To set a value to undefined use UNDEF.": (
        {"en": "a row of VALUES has another number of values than there are variables",
         "zh": "VALUES 中某一行的值与变量个数不同"},
        {"en": "Write one value for each variable, UNDEF for none.",
         "zh": "每个变量写一个值，没有值写 UNDEF。"},
    ),
    "Repeated variables are not allowed in VALUES clauses.": (
        {"en": "VALUES names a variable twice", "zh": "VALUES 中变量重复"},
        {"en": "Name each variable once.", "zh": "每个变量只写一次。"},
    ),
    "Variables are not allowed in INSERT DATA": (
        {"en": "INSERT DATA holds a variable", "zh": "INSERT DATA 中含有变量"},
        {"en": "Use INSERT { … } WHERE { … }.", "zh": "请用 INSERT { … } WHERE { … }。"},
    ),
    "Variables and blank nodes are not allowed in DELETE DATA": (
        {"en": "DELETE DATA holds a variable or a blank node",
         "zh": "DELETE DATA 中含有变量或空白节点"},
        {"en": "Use DELETE { … } WHERE { … }.", "zh": "请用 DELETE { … } WHERE { … }。"},
    ),
    "Blank nodes are not allowed in DELETE WHERE": (
        {"en": "DELETE WHERE holds a blank node", "zh": "DELETE WHERE 中含有空白节点"},
        {"en": "Write a variable in its place.", "zh": "请改用变量。"},
    ),
    "The query limit should be a non negative integer": (
        {"en": "the number after LIMIT is too large", "zh": "LIMIT 之后的数过大"},
        {"en": "Write a smaller whole number.", "zh": "请写较小的整数。"},
    ),
    "The query offset should be a non negative integer": (
        {"en": "the number after OFFSET is too large", "zh": "OFFSET 之后的数过大"},
        {"en": "Write a smaller whole number.", "zh": "请写较小的整数。"},
    ),
    "cannot be shared by multiple blocks": (
        {"en": "the same blank node stands in several groups", "zh": "同一空白节点出现在多个组中"},
        {"en": "Write a variable in its place.", "zh": "请改用变量。"},
    ),
    "Already used blank node id": (
        {"en": "the same blank node stands in several groups", "zh": "同一空白节点出现在多个组中"},
        {"en": "Write a variable in its place.", "zh": "请改用变量。"},
    ),
    "language tag parsing failed": (
        {"en": "the language tag of a text is wrong", "zh": "文本的语言标签有误"},
        {"en": "Write a tag such as @en or @zh-Hans.", "zh": "请写 @en 或 @zh-Hans 之类的标签。"},
    ),
    "IRI parsing failed": (
        {"en": "an IRI is not well formed", "zh": "IRI 格式有误"},
        {"en": "Write the whole IRI, as <https://example.org/a>; a space is %20 in it.",
         "zh": "请写完整的 IRI，如 <https://example.org/a>；其中空格写作 %20。"},
    ),
    "Literals or triple terms are not allowed in subject position of nested patterns": (
        {"en": "a literal stands as the subject", "zh": "字面量不能作主语"},
        {"en": "A subject is a variable, a name or a blank node.",
         "zh": "主语应为变量、名称或空白节点。"},
    ),
    "This custom function is a regular function and not an aggregate function": (
        {"en": "DISTINCT stands in a call of a function that is no aggregate",
         "zh": "非聚合函数的调用中出现 DISTINCT"},
        {"en": "Leave DISTINCT out.", "zh": "请去掉 DISTINCT。"},
    ),
    "This custom function is an aggregate function and not a regular function": (
        {"en": "an aggregate stands where single rows are looked at",
         "zh": "聚合函数出现在逐行求值之处"},
        {"en": "Aggregate in SELECT, HAVING or ORDER BY.",
         "zh": "聚合函数只用于 SELECT、HAVING 或 ORDER BY。"},
    ),
    "The character that can be escaped in strings are tbnrf\"'\\": (
        {"en": "a text has an unknown escape after \\", "zh": "文本中反斜杠之后的转义字符有误"},
        {"en": "Write \\\\ for a backslash.", "zh": "反斜杠本身请写作 \\\\。"},
    ),
    "escape sequence should be followed by": (
        {"en": "a text has a wrong escape after \\", "zh": "文本中反斜杠之后的转义有误"},
        {"en": "After \\u stand four hexadecimal digits of a character, after \\U eight.",
         "zh": "反斜杠加 u 之后须为某个字符的四位十六进制数，反斜杠加 U 之后为八位。"},
    ),
    "strings are not allowed to end with a '\\'": (
        {"en": "a text ends in a single \\", "zh": "文本以单个反斜杠结尾"},
        {"en": "Write \\\\ for a backslash.", "zh": "反斜杠本身请写作 \\\\。"},
    ),
    "IRIs are not allowed to end with a '\\'": (
        {"en": "an IRI ends in \\", "zh": "IRI 以反斜杠结尾"},
        {"en": "Leave the backslash out.", "zh": "请去掉反斜杠。"},
    ),
    "IRIs are only allowed to contain escape sequences \\uXXXX and \\UXXXXXXXX": (
        {"en": "an IRI has an unknown escape after \\", "zh": "IRI 中反斜杠之后的转义字符有误"},
        {"en": "Write the character itself.", "zh": "请直接写该字符。"},
    ),
}  # fmt: skip
"""What the engine says of a text that fits the grammar, as title and hint."""

OTHERWISE: Final[tuple[Texts, Texts]] = (
    {"en": "a rule of SPARQL beyond its grammar is broken, at this place or before it",
     "zh": "此处或之前违反了 SPARQL 语法之外的规则"},
    {"en": "A name that BIND gives must be new in its group, a blank node may stand in one group "
     "only, aggregates belong in SELECT, HAVING and ORDER BY, each row of VALUES has as many "
     "values as variables, and a function has its own number of arguments.",
     "zh": "BIND 所取的名字在组内须为新名；空白节点只能出现在一个组中；"
     "聚合函数只用于 SELECT、HAVING 和 ORDER BY；"
     "VALUES 每行的值数须等于变量数；函数的参数个数须正确。"},
)  # fmt: skip


TOO_LONG: Final[tuple[Texts, Texts]] = (
    {"en": "the text does not parse", "zh": "文本无法解析"},
    {"en": "The mistake stands here or a little before; send the text in parts to find it.",
     "zh": "错误在此处或稍前；可分段发送以便查找。"},
)  # fmt: skip
_GIVEN: Final = 60
"""How much is repeated of what a user wrote."""


def expectation(kinds: Collection[str]) -> Texts:
    """Return what could stand at a place; nothing is left out."""
    left, named = set(kinds), list[Texts]()
    for group, words in CATEGORIES:
        if group <= left:
            named.append(words)
            left -= group
    named += [{"en": f"“{kind}”", "zh": f"“{kind}”"} for kind in sorted(left)]
    english, chinese = [each["en"] for each in named], [each["zh"] for each in named]
    return {
        "en": "expected is " + (english[0] if len(named) == 1 else "one of " + ", ".join(english)),
        "zh": ("此处应为" if len(named) == 1 else "此处可以是：") + "、".join(chinese),
    }


def refusal(given: str, kinds: Collection[str]) -> Texts:
    """Return that a piece of text cannot stand at its place, and what could."""
    could = expectation(kinds)
    if not given:
        return {
            "en": f"the text ends too early; {could['en']}",
            "zh": f"文本过早结束；{could['zh']}",
        }
    if len(given) > _GIVEN:
        given = given[:_GIVEN] + "…"
    return {
        "en": f"“{given}” cannot stand here; {could['en']}",
        "zh": f"“{given}”不能出现在此处；{could['zh']}",
    }


def complaint(message: str) -> tuple[Texts, Texts]:
    """Return what an engine's message means, and a hint."""
    return next((said for words, said in ENGINE.items() if words in message), OTHERWISE)
