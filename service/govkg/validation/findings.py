"""What a validation finds, as data."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from typing import Literal as OneOf

from pyoxigraph import Literal, Triple

from govkg.errors import Language
from govkg.rdf import Node, shorten
from govkg.validation.completeness import Completeness
from govkg.validation.places import WHOLE, Above, Place, Places, above, place_of
from govkg.validation.results import Path
from govkg.validation.shapes import Words, text_of
from govkg.validation.suggesting import Suggestion
from govkg.vocabulary import RULES, SH

Severity = OneOf["violation", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")
"""The gravest first."""


@dataclass(frozen=True)
class Finding:
    """One thing to mend, or to know."""

    rule: str
    """The rule id, such as ``C05``."""
    shape: Node | None
    """The shape that is broken: in ours it has an IRI."""
    component: str
    """The IRI of the constraint component that is not satisfied."""
    severity: Severity
    severity_iri: str
    focus: Node
    """The node that the finding is about."""
    focus_label: str
    path: Path | None
    """The property concerned, if there is one."""
    value: Node | None
    """The value found, if one is to blame."""
    name: Words
    """The field, in plain words."""
    message: Words
    """What was found, what is expected, and how to mend it."""
    expected: Words
    """What the constraint asks for."""
    remedy: Words
    """How to mend it: the end of the message."""
    suggestions: tuple[Suggestion, ...] = ()
    """The nearest allowed values, the nearest first."""
    place: Place | None = None
    """Where in the document it is, as far as its reader knows."""
    within: "Finding | None" = None
    """What an engine reports in its stead: that a node does not conform to an inner shape."""
    alternatives: tuple[tuple["Finding", ...], ...] = ()
    """If the value meets none of several shapes, what is amiss with each; one is to be mended."""

    @property
    def outermost(self) -> "Finding":
        """Return the finding as an engine reports it, in which this one lies."""
        return self if self.within is None else self.within.outermost

    @property
    def subject(self) -> str:
        """Return what people call the node, or its short name."""
        return self.focus_label or shorten(text_of(self.focus))

    @property
    def page(self) -> str | None:
        """Return the address of the rule's page, if the finding rests on a rule of SHACL."""
        return RULES + self.rule if self.rule and self.component.startswith(SH) else None

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "rule": self.rule,
            "rulePage": self.page,
            "severity": self.severity,
            "focus": text_of(self.focus),
            "focusLabel": self.focus_label,
            "place": self.place.as_json() if self.place else None,
            "path": self.path.text if self.path else None,
            "value": text_of(self.value) if self.value is not None else None,
            "field": self.name,
            "message": self.message,
            "expected": self.expected,
            "remedy": self.remedy,
            "suggestions": [each.as_json() for each in self.suggestions],
            "shape": None if self.shape is None else text_of(self.shape),
            "within": None if self.within is None else self.within.as_json(),
            "alternatives": [[each.as_json() for each in way] for way in self.alternatives],
        }

    def placed(self, places: Places, above: Above) -> "Finding":
        """Return the finding with its place: that of the property, or else that of the node.

        What lies within another finding is at least where that is.
        """
        path = self.path.text if self.path else WHOLE
        place = place_of(self.focus, path, places, above)
        if place is None and self.within is not None:
            place = self.within.placed(places, above).place
        ways = tuple(tuple(each.placed(places, above) for each in way) for way in self.alternatives)
        return replace(self, place=place, alternatives=ways)


@dataclass(frozen=True)
class Report:
    """All findings about one submission."""

    findings: tuple[Finding, ...]
    cases: int
    """How many cases the submission holds."""
    rules: tuple[str, ...] = ()
    """The rules that were asked for."""
    strict: bool = False
    """Whether warnings and notes count against it too, as in SHACL itself (section 3.6.1)."""
    profile: str = "standard"
    """How much was asked of the submission."""
    completeness: tuple[Completeness, ...] = ()
    """How complete each case is, the least complete first."""

    @property
    def conforms(self) -> bool:
        """Say whether nothing stands against the submission."""
        if self.strict:
            return not self.findings
        return not any(finding.severity == "violation" for finding in self.findings)

    def count(self) -> dict[Severity, int]:
        """Return the number of findings of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    def placed(self, places: Places, triples: Iterable[Triple] = ()) -> "Report":
        """Return the report with the places that the reader of the document knows.

        By the triples of the document, a nameless node is placed where it is referred to.
        """
        if not places:
            return self
        found = above(triples)
        return replace(self, findings=tuple(each.placed(places, found) for each in self.findings))

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "conforms": self.conforms,
            "cases": self.cases,
            "profile": self.profile,
            "counts": self.count(),
            "completeness": [each.as_json() for each in self.completeness],
            "findings": [finding.as_json() for finding in self.findings],
        }

    def as_text(self, language: Language = "en") -> str:
        """Return the report as plain lines in one language, the gravest findings first."""
        lines = [self.verdict(language)]
        for (mark, message, meant), alike in self._alike(language).items():
            places = list(dict.fromkeys(_where(finding, language) for finding in alike))
            lines.append(f"{mark}  {alike[0].name[language]}: {_few(places, language)}")
            lines.append(f"    {message}")
            lines += [f"    {meant}"] if meant else []
        lines += [each.as_text(language) for each in self.completeness]
        return "\n".join(lines) + "\n"

    def verdict(self, language: Language) -> str:
        """Return in one line whether all is well, and how much was found."""
        head = _HEAD[language].format(cases=self.cases, **self.count())
        return f"{_VERDICT[language][self.conforms]} {head}"

    def _alike(self, language: Language) -> dict[tuple[str, str, str], list[Finding]]:
        """Group the findings that say the same thing of several places."""
        groups: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in self.findings:
            mark = f"{SEVERITY_WORDS[language][finding.severity]} {finding.rule}"
            key = mark, finding.message[language], did_you_mean(finding, language)
            groups.setdefault(key, []).append(finding)
        return groups


def _where(finding: Finding, language: Language) -> str:
    """Return the node, and the place in the document if it is known."""
    if finding.place is None:
        return finding.subject
    return f"{finding.subject} ({finding.place.as_text(language)})"


def _few(places: list[str], language: Language) -> str:
    """Return the first places, and how many there are beside."""
    more = len(places) - _SHOWN_PLACES
    if more <= 0:
        return "; ".join(places)
    return "; ".join(places[:_SHOWN_PLACES]) + _MORE_PLACES[language].format(more)


_SHOWN_PLACES = 3
_MORE_PLACES: dict[Language, str] = {"en": "; and {} more", "zh": "；另有 {} 处"}


def did_you_mean(finding: Finding, language: Language) -> str:
    """Return the nearest allowed values as a question, or nothing."""
    if not finding.suggestions:
        return ""
    values = [_shown(each, language) for each in finding.suggestions]
    return _MEANT[language].format(("、" if language == "zh" else ", ").join(values))


def _shown(suggestion: Suggestion, language: Language) -> str:
    """Return a suggestion for people; what is plain text has no other name."""
    label = suggestion.label[language]
    if isinstance(suggestion.value, Literal):
        return label
    return f"{label} ({shorten(text_of(suggestion.value))})"


_MEANT: dict[Language, str] = {"en": "Did you mean: {}?", "zh": "您是否想用：{}？"}
_HEAD: dict[Language, str] = {
    "en": "{cases} case(s): {violation} violation(s), {warning} warning(s), {info} note(s).",
    "zh": "{cases} 个案例：{violation} 个错误，{warning} 个警告，{info} 个提示。",
}
_VERDICT: dict[Language, dict[bool, str]] = {
    "en": {True: "Conforms.", False: "Does not conform."},
    "zh": {True: "符合要求。", False: "不符合要求。"},
}
SEVERITY_WORDS: dict[Language, dict[Severity, str]] = {
    "en": {"violation": "VIOLATION", "warning": "WARNING", "info": "NOTE"},
    "zh": {"violation": "错误", "warning": "警告", "info": "提示"},
}
