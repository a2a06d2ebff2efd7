"""What can be wrong with a cell or a value before any rule is asked, as findings.

The numbers F01 to F12 are explained in docs/submitting-cases.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, NamedNode
from rapidfuzz import fuzz, process

from govkg.errors import Language
from govkg.forms.model import LANGUAGES, Field, Words
from govkg.validation import Finding, Path, Place, Severity
from govkg.validation.suggesting import Suggestion
from govkg.vocabulary import GSH, SH

MAX_PROBLEMS: Final = 1000
"""So many problems of one document are told; then reading stops."""

_LONGEST = 200  # characters of a value that are shown, and compared with what is known


@dataclass(frozen=True)
class Problem:
    """What is wrong with one value; the place is known to the one who reads it."""

    rule: str
    value: str
    nearest: tuple[str, ...] = ()
    """Valid values that look like it."""
    expected: Words | None = None


_MESSAGES: Final[dict[str, Words]] = {
    "F01": {
        "en": "There is no column or field “{value}” here, so it was not read.",
        "zh": "此处没有名为“{value}”的列或字段，因此未读取。",
    },
    "F02": {
        "en": "“{value}” is not one of the choices of this field.",
        "zh": "“{value}”不是该字段的可选值。",
    },
    "F03": {
        "en": "“{value}” is not a date that can be read without guessing.",
        "zh": "“{value}”不是能够确定的日期。",
    },
    "F04": {"en": "“{value}” is not a number.", "zh": "“{value}”不是数。"},
    "F05": {
        "en": "“{value}” cannot be a key.",
        "zh": "“{value}”不能作为键。",
    },
    "F06": {
        "en": "Nothing here has the key “{value}”.",
        "zh": "此处没有键为“{value}”的内容。",
    },
    "F07": {
        "en": "This cell holds the formula “{value}”. Formulas are not calculated here.",
        "zh": "此单元格含有公式“{value}”。此处不计算公式。",
    },
    "F08": {"en": "The key is missing.", "zh": "缺少键。"},
    "F09": {
        "en": "The key “{value}” stands in more than one row of this sheet.",
        "zh": "键“{value}”在此表中出现不止一行。",
    },
    "F10": {
        "en": "More than {value} problems were found, and the rest was not read.",
        "zh": "发现的问题超过 {value} 个，其余内容未读取。",
    },
    "F11": {
        "en": "The file is not in UTF-8; it was read as {value}.",
        "zh": "文件不是 UTF-8 编码，已按 {value} 读取。",
    },
    "F12": {
        "en": "“{value}” is not an address.",
        "zh": "“{value}”不是网址。",
    },
    "F13": {
        "en": "“{value}” has no place here: another kind of value is expected.",
        "zh": "“{value}”不符合此处所需的值类型。",
    },
}
EXPECTED: Final[dict[str, Words]] = {
    "F01": {
        "en": "Use the names in row 1 of the template.",
        "zh": "请使用模板第 1 行的名称。",
    },
    "F02": {
        "en": "Write a key or a label from the list.",
        "zh": "请填写列表中的键或标签。",
    },
    "F03": {
        "en": "Write 2014, 2014-05 or 2014-05-01, the year first.",
        "zh": "请写 2014、2014-05 或 2014-05-01，年份在前。",
    },
    "F04": {"en": "Write it as 0.5 or 12.", "zh": "请写成 0.5 或 12。"},
    "F05": {
        "en": "Use Latin letters, digits, hyphens, dots and underscores, as in example-town.",
        "zh": "请使用拉丁字母、数字、连字符、点和下划线，例如 example-town。",
    },
    "F06": {
        "en": "Describe it in a row of its own, or correct the key.",
        "zh": "请另起一行描述它，或改正键。",
    },
    "F07": {
        "en": "Write the value itself.",
        "zh": "请直接填写数值或文字。",
    },
    "F08": {
        "en": "Give each row a short key of its own, as in example-town.",
        "zh": "请为每一行填写唯一的短键，例如 example-town。",
    },
    "F09": {
        "en": "Give each row a key of its own.",
        "zh": "请为每一行填写不同的键。",
    },
    "F10": {
        "en": "Mend these first, and send it again.",
        "zh": "请先改正这些问题，然后重新提交。",
    },
    "F11": {
        "en": "Look whether the names are right; save as “CSV UTF-8” to be sure.",
        "zh": "请检查名称是否正确；另存为“CSV UTF-8”可避免误读。",
    },
    "F12": {
        "en": "Write it in full, beginning with https://.",
        "zh": "请完整填写，以 https:// 开头。",
    },
    "F13": {
        "en": "See the JSON Schema at /shapes/cases/schema.json.",
        "zh": "请参见 /shapes/cases/schema.json 中的 JSON Schema。",
    },
}
RULES: Final = tuple(_MESSAGES)
"""The number of every problem."""

_GAP: Final[Words] = {"en": " ", "zh": ""}
_COMPONENT: Final = GSH + "ReadableConstraintComponent"
_NOTES: Final = {"F11"}


def nearest(text: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the few known texts that look like a text, the most similar first."""
    found = process.extract(
        text[:_LONGEST].casefold(),
        {each: each.casefold() for each in known},
        scorer=fuzz.WRatio,
        limit=limit,
        score_cutoff=60,
    )
    return tuple(key for _, _, key in found)


def finding(
    problem: Problem, place: Place, focus: str, field: Field | None, name: Words | None = None
) -> Finding:
    """Return a problem as a finding about a node and a field, with its place."""
    severity: Severity = "info" if problem.rule in _NOTES else "violation"
    column = {each: short(problem.value) for each in LANGUAGES}
    expected = problem.expected or EXPECTED[problem.rule]
    return Finding(
        rule=problem.rule,
        shape=NamedNode(field.shape) if field and field.shape else None,
        component=_COMPONENT,
        severity=severity,
        severity_iri=SH + severity.capitalize(),
        focus=NamedNode(focus),
        focus_label="",
        path=Path(field.path, NamedNode(field.path)) if field else None,
        value=Literal(short(problem.value)),
        name=field.labels if field else name or column,
        message={each: _message(problem, expected, each) for each in LANGUAGES},
        expected=expected,
        remedy=expected,
        suggestions=tuple(_suggestion(each) for each in problem.nearest),
        place=place,
    )


def _suggestion(text: str) -> Suggestion:
    return Suggestion(Literal(short(text)), {language: short(text) for language in LANGUAGES})


def _message(problem: Problem, expected: Words, language: Language) -> str:
    """Return what was found, and what is expected."""
    found = _MESSAGES[problem.rule][language].format(value=short(problem.value))
    return f"{found}{_GAP[language]}{expected[language]}"


def short(text: str) -> str:
    """Return a text that is not too long to show, without control characters."""
    plain = "".join(each if each.isprintable() else " " for each in text[: _LONGEST + 1])
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
