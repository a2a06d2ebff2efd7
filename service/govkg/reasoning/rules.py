"""The rules of OWL 2 RL that govkg applies, by their names in the W3C rule tables.

Source: OWL 2 Web Ontology Language Profiles (second edition), section 4.3, tables 4 to 9.

A rule is written as the tables write it: triple patterns with variables. Patterns under ``given``
are axioms; they are matched when the axioms are read, so that only the patterns under ``when`` are
left to be met by data. Five words stand for what the tables say of lists, and one for order:

- ``?l has ?m``: ``?m`` is a member of the list ``?l``;
- ``?x each ?l``: ``?x`` is of every class in the list;
- ``?x along ?l ?y``: the properties in the list lead from ``?x`` to ``?y``, one after the other;
- ``?x agree ?l ?y``: both share a value of every property in the list;
- ``?m < ?n``: another member, so that each pair is met once.
"""

from dataclasses import dataclass
from typing import Final, Literal

from govkg.errors import Language

Profile = Literal["rl", "rdfs"]
"""A set of rules to reason by."""


@dataclass(frozen=True)
class Form:
    """One form of a rule: patterns of axioms, patterns of data, and the conclusion.

    Without a conclusion the form finds a clash.
    """

    given: str = ""
    when: str = ""
    then: str = ""

    @property
    def finds_clash(self) -> bool:
        """Whether what the form describes cannot be."""
        return not self.then

    def terms(self) -> tuple[str, ...]:
        """Return the names of RDF, RDFS and OWL that the form uses, such as ``owl:onProperty``."""
        words = f"{self.given} {self.when} {self.then}".split()
        return tuple(sorted({word for word in words if ":" in word}))


@dataclass(frozen=True)
class Rule:
    """One rule: its name, where it comes from, what it says, and how it is applied."""

    name: str
    """The name in the tables, such as ``prp-spo2``."""
    meaning: dict[Language, str]
    """What it says, in one sentence a reader of an explanation understands."""
    forms: tuple[Form, ...] = ()
    """How it is applied; none for the rules that hold for every property and are built in."""
    built_in_clash: bool = False

    @property
    def finds_clash(self) -> bool:
        """Whether the rule concludes that the facts contradict the axioms."""
        return self.built_in_clash or any(form.finds_clash for form in self.forms)

    @property
    def table(self) -> str:
        """Return where the rule stands: the W3C table, or what it belongs to otherwise."""
        return _TABLES[self.name.partition("-")[0].rstrip("0123456789")]

    def terms(self) -> tuple[str, ...]:
        """Return the names of RDF, RDFS and OWL that the rule uses."""
        return tuple(sorted({term for form in self.forms for term in form.terms()}))


_TABLES = {
    "eq": "OWL 2 Profiles, table 4",
    "prp": "OWL 2 Profiles, table 5",
    "cls": "OWL 2 Profiles, table 6",
    "cax": "OWL 2 Profiles, table 7",
    "dt": "OWL 2 Profiles, table 8",
    "scm": "OWL 2 Profiles, table 9",
    "dl": "OWL 2 Direct Semantics, beyond OWL 2 RL",
    "rdf": "RDF 1.1 Semantics, section 8",
    "rdfs": "RDF 1.1 Semantics, section 9",
}


def _rule(name: str, en: str, zh: str, *forms: Form, finds_clash: bool = False) -> Rule:
    return Rule(name, {"en": en, "zh": zh}, forms, finds_clash)


RL: Final[dict[str, Rule]] = {
    rule.name: rule
    for rule in (
        _rule(
            "eq-sym",
            "If one thing is the same as another, the other is the same as the one.",
            "若甲与乙同一，则乙与甲同一。",
            Form(when="?x owl:sameAs ?y", then="?y owl:sameAs ?x"),
        ),
        _rule(
            "eq-trans",
            "Things that are the same as one thing are the same as each other.",
            "与同一事物同一者彼此同一。",
            Form(when="?x owl:sameAs ?y . ?y owl:sameAs ?z", then="?x owl:sameAs ?z"),
        ),
        _rule(
            "eq-rep-s",
            "What is said of a thing holds for whatever is the same as it.",
            "对某事物成立的陈述，对与其同一者亦成立。",
        ),
        _rule(
            "eq-rep-p",
            "What is said by a property is said by whatever property is the same as it.",
            "以某属性所作的陈述，以与其同一的属性亦成立。",
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
            Form(when="?x owl:sameAs ?y . ?x owl:differentFrom ?y"),
        ),
        _rule(
            "eq-diff2",
            "Of things listed as all different, no two are the same.",
            "列为互异者中无两者同一。",
            Form(
                given="?g rdf:type owl:AllDifferent . ?g owl:members ?l . ?l has ?y . ?l has ?z . ?y < ?z",
                when="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "eq-diff3",
            "Of things listed as distinct, no two are the same.",
            "列为相异者中无两者同一。",
            Form(
                given="?g rdf:type owl:AllDifferent . ?g owl:distinctMembers ?l . ?l has ?y . ?l has ?z . ?y < ?z",
                when="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "prp-dom",
            "Whatever has this property belongs to its domain.",
            "具有该属性者属于其定义域。",
            Form(given="?p rdfs:domain ?c", when="?x ?p ?y", then="?x rdf:type ?c"),
        ),
        _rule(
            "prp-rng",
            "Whatever is the value of this property belongs to its range.",
            "该属性之值属于其值域。",
            Form(given="?p rdfs:range ?c", when="?x ?p ?y", then="?y rdf:type ?c"),
        ),
        _rule(
            "prp-fp",
            "A functional property has one value, so two values are the same thing.",
            "函数属性只有一个值，故两值同一。",
            Form(
                given="?p rdf:type owl:FunctionalProperty",
                when="?x ?p ?y . ?x ?p ?z",
                then="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "prp-ifp",
            "An inverse-functional value belongs to one thing, so two bearers are the same.",
            "反函数属性之值只属于一者，故两主体同一。",
            Form(
                given="?p rdf:type owl:InverseFunctionalProperty",
                when="?x ?p ?z . ?y ?p ?z",
                then="?x owl:sameAs ?y",
            ),
        ),
        _rule(
            "prp-irp",
            "An irreflexive property relates nothing to itself.",
            "反自反属性不得指向自身。",
            Form(given="?p rdf:type owl:IrreflexiveProperty", when="?x ?p ?x"),
        ),
        _rule(
            "prp-symp",
            "A symmetric property holds in both directions.",
            "对称属性双向成立。",
            Form(given="?p rdf:type owl:SymmetricProperty", when="?x ?p ?y", then="?y ?p ?x"),
        ),
        _rule(
            "prp-asyp",
            "An asymmetric property never holds in both directions.",
            "非对称属性不得双向成立。",
            Form(given="?p rdf:type owl:AsymmetricProperty", when="?x ?p ?y . ?y ?p ?x"),
        ),
        _rule(
            "prp-trp",
            "A transitive property carries over from step to step.",
            "传递属性可逐步传递。",
            Form(
                given="?p rdf:type owl:TransitiveProperty",
                when="?x ?p ?y . ?y ?p ?z",
                then="?x ?p ?z",
            ),
        ),
        _rule(
            "prp-spo1",
            "What a narrower property says, its broader property says too.",
            "子属性成立则父属性亦成立。",
            Form(given="?p rdfs:subPropertyOf ?q", when="?x ?p ?y", then="?x ?q ?y"),
        ),
        _rule(
            "prp-spo2",
            "A chain of properties amounts to the property defined by the chain.",
            "属性链成立则其定义的属性成立。",
            Form(given="?p owl:propertyChainAxiom ?l", when="?x along ?l ?y", then="?x ?p ?y"),
        ),
        _rule(
            "prp-eqp1",
            "Equivalent properties hold together.",
            "等价属性同时成立。",
            Form(given="?p owl:equivalentProperty ?q", when="?x ?p ?y", then="?x ?q ?y"),
        ),
        _rule(
            "prp-eqp2",
            "Equivalent properties hold together.",
            "等价属性同时成立。",
            Form(given="?p owl:equivalentProperty ?q", when="?x ?q ?y", then="?x ?p ?y"),
        ),
        _rule(
            "prp-pdw",
            "Disjoint properties never relate the same two things.",
            "互斥属性不得联系同一对事物。",
            Form(given="?p owl:propertyDisjointWith ?q", when="?x ?p ?y . ?x ?q ?y"),
        ),
        _rule(
            "prp-adp",
            "Of properties listed as disjoint, no two relate the same two things.",
            "列为互斥的属性不得联系同一对事物。",
            Form(
                given="?g rdf:type owl:AllDisjointProperties . ?g owl:members ?l . ?l has ?p . ?l has ?q . ?p < ?q",
                when="?x ?p ?y . ?x ?q ?y",
            ),
        ),
        _rule(
            "prp-inv1",
            "A property and its inverse hold together, in opposite directions.",
            "属性与其逆属性方向相反而同时成立。",
            Form(given="?p owl:inverseOf ?q", when="?x ?p ?y", then="?y ?q ?x"),
        ),
        _rule(
            "prp-inv2",
            "A property and its inverse hold together, in opposite directions.",
            "属性与其逆属性方向相反而同时成立。",
            Form(given="?p owl:inverseOf ?q", when="?x ?q ?y", then="?y ?p ?x"),
        ),
        _rule(
            "prp-key",
            "Things of one class that agree in all keys are the same.",
            "同类事物若全部键值相同则同一。",
            Form(
                given="?c owl:hasKey ?l",
                when="?x rdf:type ?c . ?y rdf:type ?c . ?x agree ?l ?y",
                then="?x owl:sameAs ?y",
            ),
        ),
        _rule(
            "prp-npa1",
            "A statement that is asserted to be false does not hold.",
            "被断言为假的陈述不得成立。",
            Form(
                given="?g owl:sourceIndividual ?x . ?g owl:assertionProperty ?p . ?g owl:targetIndividual ?y",
                when="?x ?p ?y",
            ),
        ),
        _rule(
            "prp-npa2",
            "A value that is asserted not to be had is not had.",
            "被断言不具有的值不得具有。",
            Form(
                given="?g owl:sourceIndividual ?x . ?g owl:assertionProperty ?p . ?g owl:targetValue ?y",
                when="?x ?p ?y",
            ),
        ),
        _rule(
            "cls-nothing2",
            "Nothing belongs to the empty class.",
            "空类没有成员。",
            Form(when="?x rdf:type owl:Nothing"),
        ),
        _rule(
            "cls-int1",
            "Whatever belongs to all parts of an intersection belongs to it.",
            "属于各交集成分者属于该交集。",
            Form(given="?c owl:intersectionOf ?l", when="?x each ?l", then="?x rdf:type ?c"),
        ),
        _rule(
            "cls-int2",
            "Whatever belongs to an intersection belongs to each part of it.",
            "属于交集者属于其各成分。",
            Form(
                given="?c owl:intersectionOf ?l . ?l has ?d",
                when="?x rdf:type ?c",
                then="?x rdf:type ?d",
            ),
        ),
        _rule(
            "cls-uni",
            "Whatever belongs to a part of a union belongs to it.",
            "属于并集之一成分者属于该并集。",
            Form(
                given="?c owl:unionOf ?l . ?l has ?d", when="?x rdf:type ?d", then="?x rdf:type ?c"
            ),
        ),
        _rule(
            "cls-com",
            "Nothing belongs to a class and to its complement.",
            "不可能既属于某类又属于其补类。",
            Form(given="?c owl:complementOf ?d", when="?x rdf:type ?c . ?x rdf:type ?d"),
        ),
        _rule(
            "cls-svf1",
            "Whatever is related to a member of the class meets the condition.",
            "与该类成员相联系者满足条件。",
            Form(
                given="?c owl:someValuesFrom ?d . ?c owl:onProperty ?p",
                when="?x ?p ?y . ?y rdf:type ?d",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "cls-svf2",
            "Whatever has the property at all meets the condition.",
            "具有该属性者满足条件。",
            Form(
                given="?c owl:someValuesFrom owl:Thing . ?c owl:onProperty ?p",
                when="?x ?p ?y",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "cls-avf",
            "Whatever meets the condition has only values of the class.",
            "满足条件者之值皆属于该类。",
            Form(
                given="?c owl:allValuesFrom ?d . ?c owl:onProperty ?p",
                when="?x ?p ?y . ?x rdf:type ?c",
                then="?y rdf:type ?d",
            ),
        ),
        _rule(
            "cls-hv1",
            "Whatever meets the condition has the value.",
            "满足条件者具有该值。",
            Form(
                given="?c owl:hasValue ?v . ?c owl:onProperty ?p",
                when="?x rdf:type ?c",
                then="?x ?p ?v",
            ),
        ),
        _rule(
            "cls-hv2",
            "Whatever has the value meets the condition.",
            "具有该值者满足条件。",
            Form(
                given="?c owl:hasValue ?v . ?c owl:onProperty ?p",
                when="?x ?p ?v",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "cls-maxc1",
            "Whatever may have no value has none.",
            "不得有值者没有值。",
            Form(
                given="?c owl:maxCardinality 0 . ?c owl:onProperty ?p",
                when="?x ?p ?y . ?x rdf:type ?c",
            ),
        ),
        _rule(
            "cls-maxc2",
            "Whatever may have one value has one, so two values are the same thing.",
            "至多一值者若有两值则两值同一。",
            Form(
                given="?c owl:maxCardinality 1 . ?c owl:onProperty ?p",
                when="?x ?p ?y . ?x ?p ?z . ?x rdf:type ?c",
                then="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "cls-maxqc1",
            "Whatever may have no value of a class has none.",
            "不得有该类之值者没有该类之值。",
            Form(
                given="?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . ?c owl:onClass ?d",
                when="?x ?p ?y . ?x rdf:type ?c . ?y rdf:type ?d",
            ),
        ),
        _rule(
            "cls-maxqc2",
            "Whatever may have no value at all has none.",
            "不得有任何值者没有值。",
            Form(
                given="?c owl:maxQualifiedCardinality 0 . ?c owl:onProperty ?p . ?c owl:onClass owl:Thing",
                when="?x ?p ?y . ?x rdf:type ?c",
            ),
        ),
        _rule(
            "cls-maxqc3",
            "Whatever may have one value of a class has one, so two such values are the same thing.",
            "至多有该类一值者若有两值则两值同一。",
            Form(
                given="?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass ?d",
                when="?x ?p ?y . ?x ?p ?z . ?x rdf:type ?c . ?y rdf:type ?d . ?z rdf:type ?d",
                then="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "cls-maxqc4",
            "Whatever may have one value has one, so two values are the same thing.",
            "至多一值者若有两值则两值同一。",
            Form(
                given="?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass owl:Thing",
                when="?x ?p ?y . ?x ?p ?z . ?x rdf:type ?c",
                then="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "cls-oo",
            "Whatever is listed as a member of a class belongs to it.",
            "列举为成员者属于该类。",
            Form(given="?c owl:oneOf ?l . ?l has ?x", then="?x rdf:type ?c"),
        ),
        _rule(
            "cax-sco",
            "Members of a narrower class are members of the broader one.",
            "子类成员亦为父类成员。",
            Form(given="?c rdfs:subClassOf ?d", when="?x rdf:type ?c", then="?x rdf:type ?d"),
        ),
        _rule(
            "cax-eqc1",
            "Equivalent classes have the same members.",
            "等价类成员相同。",
            Form(given="?c owl:equivalentClass ?d", when="?x rdf:type ?c", then="?x rdf:type ?d"),
        ),
        _rule(
            "cax-eqc2",
            "Equivalent classes have the same members.",
            "等价类成员相同。",
            Form(given="?c owl:equivalentClass ?d", when="?x rdf:type ?d", then="?x rdf:type ?c"),
        ),
        _rule(
            "cax-dw",
            "Nothing belongs to two disjoint classes.",
            "不可能同属两个互斥类。",
            Form(given="?c owl:disjointWith ?d", when="?x rdf:type ?c . ?x rdf:type ?d"),
        ),
        _rule(
            "cax-adc",
            "Nothing belongs to two of the classes listed as disjoint.",
            "不可能同属列为互斥的两类。",
            Form(
                given="?g rdf:type owl:AllDisjointClasses . ?g owl:members ?l . ?l has ?c . ?l has ?d . ?c < ?d",
                when="?x rdf:type ?c . ?x rdf:type ?d",
            ),
        ),
        _rule(
            "dt-not-type",
            "A value that must be of a datatype lies outside of it.",
            "值须属某数据类型而实不属之。",
            finds_clash=True,
        ),
        _rule(
            "dt-diff",
            "Literals with different values are different, yet they would have to be the same.",
            "字面量之值不同则相异，而此处须同一。",
            finds_clash=True,
        ),
        _rule(
            "scm-sco",
            "A class within a class within a third is within the third.",
            "子类关系可传递。",
            Form(
                when="?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?e", then="?c rdfs:subClassOf ?e"
            ),
        ),
        _rule(
            "scm-eqc1",
            "Equivalent classes are within each other.",
            "等价类互为子类。",
            Form(when="?c owl:equivalentClass ?d", then="?c rdfs:subClassOf ?d"),
            Form(when="?c owl:equivalentClass ?d", then="?d rdfs:subClassOf ?c"),
        ),
        _rule(
            "scm-eqc2",
            "Classes within each other are equivalent.",
            "互为子类者等价。",
            Form(
                when="?c rdfs:subClassOf ?d . ?d rdfs:subClassOf ?c",
                then="?c owl:equivalentClass ?d",
            ),
        ),
        _rule(
            "scm-spo",
            "A property within a property within a third is within the third.",
            "子属性关系可传递。",
            Form(
                when="?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?r",
                then="?p rdfs:subPropertyOf ?r",
            ),
        ),
        _rule(
            "scm-eqp1",
            "Equivalent properties are within each other.",
            "等价属性互为子属性。",
            Form(when="?p owl:equivalentProperty ?q", then="?p rdfs:subPropertyOf ?q"),
            Form(when="?p owl:equivalentProperty ?q", then="?q rdfs:subPropertyOf ?p"),
        ),
        _rule(
            "scm-eqp2",
            "Properties within each other are equivalent.",
            "互为子属性者等价。",
            Form(
                when="?p rdfs:subPropertyOf ?q . ?q rdfs:subPropertyOf ?p",
                then="?p owl:equivalentProperty ?q",
            ),
        ),
        _rule(
            "scm-dom1",
            "What is in the domain of a property is in every broader class.",
            "属性之定义域亦含于其父类。",
            Form(when="?p rdfs:domain ?c . ?c rdfs:subClassOf ?d", then="?p rdfs:domain ?d"),
        ),
        _rule(
            "scm-dom2",
            "A narrower property has the domain of the broader one.",
            "子属性具有父属性之定义域。",
            Form(when="?q rdfs:domain ?c . ?p rdfs:subPropertyOf ?q", then="?p rdfs:domain ?c"),
        ),
        _rule(
            "scm-rng1",
            "What is in the range of a property is in every broader class.",
            "属性之值域亦含于其父类。",
            Form(when="?p rdfs:range ?c . ?c rdfs:subClassOf ?d", then="?p rdfs:range ?d"),
        ),
        _rule(
            "scm-rng2",
            "A narrower property has the range of the broader one.",
            "子属性具有父属性之值域。",
            Form(when="?q rdfs:range ?c . ?p rdfs:subPropertyOf ?q", then="?p rdfs:range ?c"),
        ),
        _rule(
            "scm-hv",
            "What has a value by a narrower property has it by the broader one.",
            "经子属性具有某值者，亦经父属性具有该值。",
            Form(
                when="?c owl:hasValue ?v . ?c owl:onProperty ?p . ?d owl:hasValue ?v . ?d owl:onProperty ?q . ?p rdfs:subPropertyOf ?q",
                then="?c rdfs:subClassOf ?d",
            ),
            Form(
                when="?c owl:hasValue ?v . ?c owl:onProperty ?p . ?d owl:hasValue ?v . ?d owl:onProperty ?p",
                then="?c rdfs:subClassOf ?d",
            ),
        ),
        _rule(
            "scm-svf1",
            "What is related to some of a narrower class is related to some of the broader.",
            "与子类成员相联系者，亦与父类成员相联系。",
            Form(
                when="?c owl:someValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?z . ?d owl:onProperty ?p . ?y rdfs:subClassOf ?z",
                then="?c rdfs:subClassOf ?d",
            ),
            Form(
                when="?c owl:someValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?y . ?d owl:onProperty ?p",
                then="?c rdfs:subClassOf ?d",
            ),
        ),
        _rule(
            "scm-svf2",
            "What has a narrower property to some of a class has the broader one too.",
            "经子属性与该类成员相联系者，亦经父属性相联系。",
            Form(
                when="?c owl:someValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:someValuesFrom ?y . ?d owl:onProperty ?q . ?p rdfs:subPropertyOf ?q",
                then="?c rdfs:subClassOf ?d",
            ),
        ),
        _rule(
            "scm-avf1",
            "What has only values of a narrower class has only values of the broader.",
            "其值皆属子类者，其值皆属父类。",
            Form(
                when="?c owl:allValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?z . ?d owl:onProperty ?p . ?y rdfs:subClassOf ?z",
                then="?c rdfs:subClassOf ?d",
            ),
            Form(
                when="?c owl:allValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?y . ?d owl:onProperty ?p",
                then="?c rdfs:subClassOf ?d",
            ),
        ),
        _rule(
            "scm-avf2",
            "What has only values of a class by the broader property has so by the narrower.",
            "父属性之值皆属该类者，子属性之值亦皆属该类。",
            Form(
                when="?c owl:allValuesFrom ?y . ?c owl:onProperty ?p . ?d owl:allValuesFrom ?y . ?d owl:onProperty ?q . ?p rdfs:subPropertyOf ?q",
                then="?d rdfs:subClassOf ?c",
            ),
        ),
        _rule(
            "scm-int",
            "An intersection is within each of its parts.",
            "交集是其各成分的子类。",
            Form(given="?c owl:intersectionOf ?l . ?l has ?d", then="?c rdfs:subClassOf ?d"),
        ),
        _rule(
            "scm-uni",
            "Each part of a union is within it.",
            "并集的各成分是其子类。",
            Form(given="?c owl:unionOf ?l . ?l has ?d", then="?d rdfs:subClassOf ?c"),
        ),
        _rule(
            "dl-min1",
            "Whatever has a value meets the condition of at least one.",
            "具有一值者满足至少一值之条件。",
            Form(
                given="?c owl:minCardinality 1 . ?c owl:onProperty ?p",
                when="?x ?p ?y",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "dl-minq1",
            "Whatever has a value of the class meets the condition of at least one.",
            "具有该类一值者满足至少一值之条件。",
            Form(
                given="?c owl:minQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass ?d",
                when="?x ?p ?y . ?y rdf:type ?d",
                then="?x rdf:type ?c",
            ),
            Form(
                given="?c owl:minQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onDataRange ?d",
                when="?x ?p ?y . ?y rdf:type ?d",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "dl-min2",
            "Whatever has two different values meets the condition of at least two.",
            "具有两个相异之值者满足至少两值之条件。",
            Form(
                given="?c owl:minCardinality 2 . ?c owl:onProperty ?p",
                when="?x ?p ?y . ?x ?p ?z . ?y owl:differentFrom ?z",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "dl-max2",
            "Whatever may have one value of a datatype has one.",
            "至多有该数据类型一值者只有一值。",
            Form(
                given="?c owl:maxQualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onDataRange ?d",
                when="?x ?p ?y . ?x ?p ?z . ?x rdf:type ?c . ?y rdf:type ?d . ?z rdf:type ?d",
                then="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "dl-exact0",
            "Whatever must have no value has none.",
            "须无值者没有值。",
            Form(
                given="?c owl:cardinality 0 . ?c owl:onProperty ?p",
                when="?x ?p ?y . ?x rdf:type ?c",
            ),
        ),
        _rule(
            "dl-exact1",
            "Whatever has exactly one value has one, so two values are the same thing.",
            "恰有一值者若有两值则两值同一。",
            Form(
                given="?c owl:cardinality 1 . ?c owl:onProperty ?p",
                when="?x ?p ?y . ?x ?p ?z . ?x rdf:type ?c",
                then="?y owl:sameAs ?z",
            ),
            Form(
                given="?c owl:qualifiedCardinality 1 . ?c owl:onProperty ?p . ?c owl:onClass ?d",
                when="?x ?p ?y . ?x ?p ?z . ?x rdf:type ?c . ?y rdf:type ?d . ?z rdf:type ?d",
                then="?y owl:sameAs ?z",
            ),
        ),
        _rule(
            "dl-self1",
            "Whatever is related to itself meets the condition.",
            "与自身相联系者满足条件。",
            Form(
                given="?c owl:hasSelf true . ?c owl:onProperty ?p",
                when="?x ?p ?x",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "dl-self2",
            "Whatever meets the condition is related to itself.",
            "满足条件者与自身相联系。",
            Form(
                given="?c owl:hasSelf true . ?c owl:onProperty ?p",
                when="?x rdf:type ?c",
                then="?x ?p ?x",
            ),
        ),
        _rule(
            "dl-different",
            "Things listed as different are different from each other, in both directions.",
            "列为相异者彼此相异，双向成立。",
            Form(
                given="?g rdf:type owl:AllDifferent . ?g owl:members ?l . ?l has ?y . ?l has ?z . ?y < ?z",
                then="?y owl:differentFrom ?z",
            ),
            Form(
                given="?g rdf:type owl:AllDifferent . ?g owl:distinctMembers ?l . ?l has ?y . ?l has ?z . ?y < ?z",
                then="?y owl:differentFrom ?z",
            ),
            Form(when="?y owl:differentFrom ?z", then="?z owl:differentFrom ?y"),
        ),
        _rule(
            "dl-union1",
            "Whatever belongs to a part of a disjoint union belongs to it.",
            "属于互斥并集之一成分者属于该并集。",
            Form(
                given="?c owl:disjointUnionOf ?l . ?l has ?d",
                when="?x rdf:type ?d",
                then="?x rdf:type ?c",
            ),
        ),
        _rule(
            "dl-union2",
            "Nothing belongs to two parts of a disjoint union.",
            "不可能同属互斥并集之两成分。",
            Form(
                given="?c owl:disjointUnionOf ?l . ?l has ?d . ?l has ?e . ?d < ?e",
                when="?x rdf:type ?d . ?x rdf:type ?e",
            ),
        ),
        _rule(
            "dl-negation",
            "Nothing is related by a property that is within the empty one.",
            "空属性不联系任何事物。",
            Form(when="?x owl:bottomObjectProperty ?y"),
            Form(when="?x owl:bottomDataProperty ?y"),
        ),
    )
}
"""The rules of OWL 2 RL, and beyond them those of OWL 2 DL that are sound on facts alone."""

RDFS: Final[dict[str, Rule]] = {
    rule.name: rule
    for rule in (
        *(RL[name] for name in ("prp-dom", "prp-rng", "scm-spo", "prp-spo1", "cax-sco", "scm-sco")),
        _rule(
            "rdf-property",
            "Whatever is used as a property is one.",
            "用作属性者即为属性。",
        ),
        _rule(
            "rdfs6",
            "A property is within itself.",
            "属性是其自身的子属性。",
            Form(when="?p rdf:type rdf:Property", then="?p rdfs:subPropertyOf ?p"),
        ),
        _rule(
            "rdfs8",
            "Whatever is a class is within the class of all resources.",
            "凡类皆为资源类之子类。",
            Form(when="?c rdf:type rdfs:Class", then="?c rdfs:subClassOf rdfs:Resource"),
        ),
        _rule(
            "rdfs10",
            "A class is within itself.",
            "类是其自身的子类。",
            Form(when="?c rdf:type rdfs:Class", then="?c rdfs:subClassOf ?c"),
        ),
        _rule(
            "rdfs12",
            "A container membership property is within rdfs:member.",
            "容器成员属性是 rdfs:member 的子属性。",
            Form(
                when="?p rdf:type rdfs:ContainerMembershipProperty",
                then="?p rdfs:subPropertyOf rdfs:member",
            ),
        ),
        _rule(
            "rdfs13",
            "A datatype is within the class of literals.",
            "数据类型是字面量类之子类。",
            Form(when="?d rdf:type rdfs:Datatype", then="?d rdfs:subClassOf rdfs:Literal"),
        ),
    )
}
"""The rules of RDF and RDFS entailment; rdfs2 to rdfs11 are those that OWL 2 RL has too."""

PROFILES: Final[dict[Profile, dict[str, Rule]]] = {"rl": RL, "rdfs": RDFS}
RULES: Final[dict[str, Rule]] = RL | RDFS
"""All rules by name."""

AXIOMATIC: Final[dict[Profile, str]] = {
    "rl": "",
    "rdfs": """
        rdf:type rdf:type rdf:Property . rdf:subject rdf:type rdf:Property .
        rdf:predicate rdf:type rdf:Property . rdf:object rdf:type rdf:Property .
        rdf:first rdf:type rdf:Property . rdf:rest rdf:type rdf:Property .
        rdf:value rdf:type rdf:Property . rdf:nil rdf:type rdf:List .
        rdf:type rdfs:range rdfs:Class . rdfs:domain rdfs:domain rdf:Property .
        rdfs:range rdfs:domain rdf:Property . rdfs:domain rdfs:range rdfs:Class .
        rdfs:range rdfs:range rdfs:Class . rdfs:subPropertyOf rdfs:domain rdf:Property .
        rdfs:subPropertyOf rdfs:range rdf:Property . rdfs:subClassOf rdfs:domain rdfs:Class .
        rdfs:subClassOf rdfs:range rdfs:Class . rdf:subject rdfs:domain rdf:Statement .
        rdf:predicate rdfs:domain rdf:Statement . rdf:object rdfs:domain rdf:Statement .
        rdf:first rdfs:domain rdf:List . rdf:rest rdfs:domain rdf:List .
        rdf:rest rdfs:range rdf:List . rdfs:isDefinedBy rdfs:subPropertyOf rdfs:seeAlso .
        rdfs:label rdfs:range rdfs:Literal . rdfs:comment rdfs:range rdfs:Literal .
        rdf:Alt rdfs:subClassOf rdfs:Container . rdf:Bag rdfs:subClassOf rdfs:Container .
        rdf:Seq rdfs:subClassOf rdfs:Container .
        rdfs:ContainerMembershipProperty rdfs:subClassOf rdf:Property .
        rdfs:Datatype rdfs:subClassOf rdfs:Class .
    """,
}
"""What holds from the start; of the axiomatic triples of RDFS those that speak of a resource or of
the class of all resources are left out, as everything is one."""

ABSENT: Final[dict[str, str]] = {
    "eq-ref": "Everything is the same as itself: true and without use.",
    "prp-ap": "That the annotation properties of OWL are annotation properties: true and without use.",
    "cls-thing, cls-nothing1": "That owl:Thing and owl:Nothing are classes: true and without use. A condition on owl:Thing is met by everything.",
    "dt-type1": "That the datatypes of OWL are datatypes: true and without use.",
    "dt-type2, dt-eq": "RDF has no literals as subjects. The engine knows the datatypes of each literal, and treats literals of the same value as one.",
    "rdfs1, rdfs4a, rdfs4b": "Every datatype in use is one, and everything is a resource: true and without use.",
    "scm-cls, scm-op, scm-dp": "Everything is within itself and owl:Thing: true and without use. Rules that could use it have a form of their own for it.",
}
"""Rules of the tables that are not applied, each with the reason."""
