"""The rules of OWL 2 RL that govkg applies, by their names in the W3C rule tables.

Source: OWL 2 Web Ontology Language Profiles (second edition), section 4.3, tables 4 to 9.
"""

from dataclasses import dataclass
from typing import Final

from govkg.errors import Language


@dataclass(frozen=True)
class Rule:
    """One rule of the W3C tables."""

    name: str
    """The name in the tables, such as ``prp-spo2``."""
    meaning: dict[Language, str]
    """What it says, in one sentence a reader of an explanation understands."""
    finds_clash: bool = False
    """Whether the rule concludes that the facts contradict the axioms."""


def _rule(name: str, en: str, zh: str, *, clash: bool = False) -> Rule:
    return Rule(name, {"en": en, "zh": zh}, clash)


RULES: Final[dict[str, Rule]] = {
    rule.name: rule
    for rule in (
        _rule(
            "eq-sym",
            "If one thing is the same as another, the other is the same as the one.",
            "若甲与乙同一，则乙与甲同一。",
        ),
        _rule(
            "eq-trans",
            "Things that are the same as one thing are the same as each other.",
            "与同一事物同一者彼此同一。",
        ),
        _rule(
            "eq-rep-s",
            "What is said of a thing holds for whatever is the same as it.",
            "对某事物成立的陈述，对与其同一者亦成立。",
        ),
        _rule(
            "eq-rep-o",
            "What is said about a relation to a thing holds for whatever is the same as it.",
            "指向某事物的关系，对与其同一者亦成立。",
        ),
        _rule(
            "eq-diff1",
            "Nothing is both the same as and different from a thing.",
            "不可能既同一又不同。",
            clash=True,
        ),
        _rule(
            "prp-dom",
            "Whatever has this property belongs to its domain.",
            "具有该属性者属于其定义域。",
        ),
        _rule(
            "prp-rng",
            "Whatever is the value of this property belongs to its range.",
            "该属性之值属于其值域。",
        ),
        _rule(
            "prp-fp",
            "A functional property has one value, so two values are the same thing.",
            "函数属性只有一个值，故两值同一。",
        ),
        _rule(
            "prp-ifp",
            "An inverse-functional value belongs to one thing, so two bearers are the same.",
            "反函数属性之值只属于一者，故两主体同一。",
        ),
        _rule(
            "prp-irp",
            "An irreflexive property relates nothing to itself.",
            "反自反属性不得指向自身。",
            clash=True,
        ),
        _rule("prp-symp", "A symmetric property holds in both directions.", "对称属性双向成立。"),
        _rule(
            "prp-asyp",
            "An asymmetric property never holds in both directions.",
            "非对称属性不得双向成立。",
            clash=True,
        ),
        _rule(
            "prp-trp",
            "A transitive property carries over from step to step.",
            "传递属性可逐步传递。",
        ),
        _rule(
            "prp-spo1",
            "What a narrower property says, its broader property says too.",
            "子属性成立则父属性亦成立。",
        ),
        _rule(
            "prp-spo2",
            "A chain of properties amounts to the property defined by the chain.",
            "属性链成立则其定义的属性成立。",
        ),
        _rule("prp-eqp1", "Equivalent properties hold together.", "等价属性同时成立。"),
        _rule(
            "prp-pdw",
            "Disjoint properties never relate the same two things.",
            "互斥属性不得联系同一对事物。",
            clash=True,
        ),
        _rule(
            "prp-inv",
            "A property and its inverse hold together, in opposite directions.",
            "属性与其逆属性方向相反而同时成立。",
        ),
        _rule(
            "prp-key",
            "Things of one class that agree in all keys are the same.",
            "同类事物若全部键值相同则同一。",
        ),
        _rule(
            "prp-npa",
            "A statement that is asserted to be false does not hold.",
            "被断言为假的陈述不得成立。",
            clash=True,
        ),
        _rule("cls-nothing2", "Nothing belongs to the empty class.", "空类没有成员。", clash=True),
        _rule(
            "cls-int1",
            "Whatever belongs to all parts of an intersection belongs to it.",
            "属于各交集成分者属于该交集。",
        ),
        _rule(
            "cls-int2",
            "Whatever belongs to an intersection belongs to each part of it.",
            "属于交集者属于其各成分。",
        ),
        _rule(
            "cls-uni",
            "Whatever belongs to a part of a union belongs to it.",
            "属于并集之一成分者属于该并集。",
        ),
        _rule(
            "cls-com",
            "Nothing belongs to a class and to its complement.",
            "不可能既属于某类又属于其补类。",
            clash=True,
        ),
        _rule(
            "cls-svf1",
            "Whatever is related to a member of the class meets the condition.",
            "与该类成员相联系者满足条件。",
        ),
        _rule(
            "cls-svf2",
            "Whatever has the property at all meets the condition.",
            "具有该属性者满足条件。",
        ),
        _rule(
            "cls-avf",
            "Whatever meets the condition has only values of the class.",
            "满足条件者之值皆属于该类。",
        ),
        _rule("cls-hv1", "Whatever meets the condition has the value.", "满足条件者具有该值。"),
        _rule("cls-hv2", "Whatever has the value meets the condition.", "具有该值者满足条件。"),
        _rule(
            "cls-maxc1", "Whatever may have no value has none.", "不得有值者没有值。", clash=True
        ),
        _rule(
            "cls-maxc2",
            "Whatever may have one value has one, so two values are the same thing.",
            "至多一值者若有两值则两值同一。",
        ),
        _rule(
            "cls-oo",
            "Whatever is listed as a member of a class belongs to it.",
            "列举为成员者属于该类。",
        ),
        _rule(
            "cax-sco",
            "Members of a narrower class are members of the broader one.",
            "子类成员亦为父类成员。",
        ),
        _rule("cax-eqc", "Equivalent classes have the same members.", "等价类成员相同。"),
        _rule(
            "cax-dw",
            "Nothing belongs to two disjoint classes.",
            "不可能同属两个互斥类。",
            clash=True,
        ),
        _rule(
            "scm-sco",
            "A class within a class within a third is within the third.",
            "子类关系可传递。",
        ),
        _rule("scm-eqc1", "Equivalent classes are within each other.", "等价类互为子类。"),
        _rule("scm-int", "An intersection is within each of its parts.", "交集是其各成分的子类。"),
        _rule("scm-uni", "Each part of a union is within it.", "并集的各成分是其子类。"),
        _rule(
            "scm-svf1",
            "What is related to some of a narrower class is related to some of the broader.",
            "与子类成员相联系者，亦与父类成员相联系。",
        ),
        _rule(
            "scm-svf2",
            "What has a narrower property to some of a class has the broader one too.",
            "经子属性与该类成员相联系者，亦经父属性相联系。",
        ),
        _rule(
            "scm-avf1",
            "What has only values of a narrower class has only values of the broader.",
            "其值皆属子类者，其值皆属父类。",
        ),
        _rule(
            "scm-avf2",
            "What has only values of a class by the broader property has so by the narrower.",
            "父属性之值皆属该类者，子属性之值亦皆属该类。",
        ),
        _rule(
            "scm-hv",
            "What has a value by a narrower property has it by the broader one.",
            "经子属性具有某值者，亦经父属性具有该值。",
        ),
        _rule(
            "scm-spo",
            "A property within a property within a third is within the third.",
            "子属性关系可传递。",
        ),
    )
}
"""All rules by name."""

ABSENT: Final[dict[str, str]] = {
    "eq-ref": "Everything is the same as itself: true and without use.",
    "eq-rep-p": "Properties are not identified with each other in data.",
    "eq-diff2, eq-diff3": "AllDifferent is not used by the ontology; planned with the full engine.",
    "prp-ap": "Annotation properties are typed by the ontology itself.",
    "prp-adp": "AllDisjointProperties is not used by the ontology; planned with the full engine.",
    "cls-thing, cls-nothing1": "owl:Thing and owl:Nothing are classes: true and without use.",
    "cls-maxqc1 to cls-maxqc4": "Qualified cardinality is not used by the core; planned with the full engine.",
    "dt-*": "Literals are compared as terms; value equality is planned with the full engine.",
    "scm-cls, scm-op, scm-dp": "Everything is within itself and owl:Thing: true and without use.",
    "scm-eqc2, scm-eqp1, scm-eqp2, scm-dom1 to scm-rng2": "They add axioms whose effect on data the other rules have already.",
}
"""Rules of the tables that are not applied, each with the reason."""
