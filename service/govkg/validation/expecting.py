"""What each constraint component of SHACL expects, in plain words (SHACL section 4)."""

from typing import Final

from govkg.errors import Language
from govkg.validation.shapes import Words
from govkg.vocabulary import SH

EXPECTED: Final[dict[str, Words]] = {
    "Class": {"en": "something of class {value}", "zh": "类 {value} 的实例"},
    "Datatype": {"en": "a value of type {value}", "zh": "类型为 {value} 的值"},
    "NodeKind": {"en": "a value of kind {value}", "zh": "种类为 {value} 的值"},
    "MinCount": {"en": "at least {value} value(s)", "zh": "至少 {value} 个值"},
    "MaxCount": {"en": "at most {value} value(s)", "zh": "至多 {value} 个值"},
    "MinExclusive": {"en": "more than {value}", "zh": "大于 {value}"},
    "MinInclusive": {"en": "{value} or more", "zh": "不小于 {value}"},
    "MaxExclusive": {"en": "less than {value}", "zh": "小于 {value}"},
    "MaxInclusive": {"en": "{value} or less", "zh": "不大于 {value}"},
    "MinLength": {"en": "at least {value} character(s)", "zh": "至少 {value} 个字符"},
    "MaxLength": {"en": "at most {value} character(s)", "zh": "至多 {value} 个字符"},
    "Pattern": {"en": "text that matches {value}", "zh": "与 {value} 匹配的文本"},
    "LanguageIn": {"en": "a text in one of: {value}", "zh": "使用以下语言之一的文本：{value}"},
    "UniqueLang": {"en": "one value for each language", "zh": "每种语言只有一个值"},
    "Equals": {"en": "the same values as {value}", "zh": "与 {value} 相同的值"},
    "Disjoint": {"en": "no value that {value} has too", "zh": "与 {value} 没有相同的值"},
    "LessThan": {"en": "less than the value of {value}", "zh": "小于 {value} 的值"},
    "LessThanOrEquals": {
        "en": "no more than the value of {value}",
        "zh": "不大于 {value} 的值",
    },
    "In": {"en": "one of: {value}", "zh": "以下之一：{value}"},
    "HasValue": {"en": "the value {value}", "zh": "值 {value}"},
    "Closed": {"en": "no property beyond those listed", "zh": "没有所列以外的属性"},
    "Not": {"en": "nothing of this kind: {inner}", "zh": "不属于以下情形：{inner}"},
    "And": {"en": "{inner}", "zh": "{inner}"},
    "Or": {"en": "one or more of these: {inner}", "zh": "至少符合以下之一：{inner}"},
    "Xone": {"en": "just one of these: {inner}", "zh": "恰好符合以下之一：{inner}"},
    "Node": {"en": "{inner}", "zh": "{inner}"},
    "QualifiedValue": {"en": "{inner}", "zh": "{inner}"},
    "QualifiedMinCount": {
        "en": "at least {value} value(s) of this kind: {inner}",
        "zh": "至少 {value} 个这样的值：{inner}",
    },
    "QualifiedMaxCount": {
        "en": "at most {value} value(s) of this kind: {inner}",
        "zh": "至多 {value} 个这样的值：{inner}",
    },
}
"""A sentence for each component, by the part of its name before ``ConstraintComponent``."""

INNER: Final = {
    "Not": "not",
    "And": "and",
    "Or": "or",
    "Xone": "xone",
    "Node": "node",
    "QualifiedValue": "qualifiedValueShape",
    "QualifiedMinCount": "qualifiedValueShape",
    "QualifiedMaxCount": "qualifiedValueShape",
}
"""The property that names the inner shapes of a component."""

DEFAULT: Final[Words] = {"en": "Expected is: {expected}.", "zh": "应为：{expected}。"}
FOUND: Final[Words] = {
    "en": "Expected is: {expected}. Found is: {value}.",
    "zh": "应为：{expected}。实际为：{value}。",
}
"""What a finding says where the shape has no message of its own."""
NOT_SO: Final[Words] = {"en": " Not so is: {}.", "zh": "不符合的有：{}。"}
"""What is added where some values do not count."""
DESCRIBED: Final[Words] = {"en": "as its shape describes", "zh": "符合其形状所述"}
"""What stands for a shape that is too deep within others to be described."""
MEND: Final[dict[bool, Words]] = {
    True: {"en": "Change the value, or remove it.", "zh": "请修改或删除该值。"},
    False: {
        "en": "Add, change or remove values of this field.",
        "zh": "请添加、修改或删除此字段的值。",
    },
}
"""What to do where the shape does not say, by whether a value is to blame."""
MEND_ONE: Final[Words] = {
    "en": "Mend what is amiss with one of the alternatives.",
    "zh": "请改正其中一种情形所缺或有误之处。",
}
"""What to do where there are several ways."""

_BETWEEN: Final[Words] = {"en": "; ", "zh": "；"}
_NUMBERED: Final[Words] = {"en": "({}) {}", "zh": "（{}）{}"}

_SHOWN: Final = 12
"""How many members of a list are shown."""


def kind(component: str) -> str:
    """Return the part of a component's name that says what it asks, such as ``MinCount``."""
    return component.removeprefix(SH).removesuffix("ConstraintComponent")


def parameter(component: str) -> str:
    """Return the property that holds the parameter, such as ``minCount``."""
    name = kind(component)
    return name[:1].lower() + name[1:]


def listed(values: list[str], language: Language) -> str:
    """Join values for people; a long list is cut."""
    cut = [*values[:_SHOWN], "…"] if len(values) > _SHOWN else values
    return ("、" if language == "zh" else ", ").join(cut)


def joined(parts: list[str], language: Language) -> str:
    """Join what must hold together."""
    return _BETWEEN[language].join(dict.fromkeys(parts))


def numbered(parts: list[str], language: Language) -> str:
    """Join alternatives, each with its number if there are several."""
    if len(parts) > 1:
        parts = [_NUMBERED[language].format(at, part) for at, part in enumerate(parts, 1)]
    return _BETWEEN[language].join(parts)
