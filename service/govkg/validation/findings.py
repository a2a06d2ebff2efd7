"""What a validation finds, as data."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from pyoxigraph import Triple

from govkg.errors import Language
from govkg.rdf import Node, shorten
from govkg.validation.results import Path
from govkg.validation.shapes import Words

Severity = Literal["violation", "warning", "info"]

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

    @property
    def subject(self) -> str:
        """Return what people call the node, or its short name."""
        return self.focus_label or shorten(_text(self.focus))

    def as_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "focus": _text(self.focus),
            "focusLabel": self.focus_label,
            "path": self.path.text if self.path else None,
            "value": _text(self.value) if self.value is not None else None,
            "field": self.name,
            "message": self.message,
            "shape": None if self.shape is None else _text(self.shape),
        }


def _text(node: Node) -> str:
    """Return an IRI, a blank node's label or a literal's text."""
    return node.value if not isinstance(node, Triple) else str(node)


@dataclass(frozen=True)
class Report:
    """All findings about one submission."""

    findings: tuple[Finding, ...]
    cases: int
    """How many cases the submission holds."""
    strict: bool = False
    """Whether warnings and notes count against it too, as in SHACL itself (section 3.6.1)."""

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

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "conforms": self.conforms,
            "cases": self.cases,
            "counts": self.count(),
            "findings": [finding.as_json() for finding in self.findings],
        }

    def as_text(self, language: Language = "en") -> str:
        """Return the report as plain lines in one language, the gravest findings first."""
        counts = self.count()
        head = _HEAD[language].format(cases=self.cases, **counts)
        verdict = _VERDICT[language][self.conforms]
        lines = [f"{verdict} {head}"]
        for (mark, message), alike in self._alike(language).items():
            places = "; ".join(dict.fromkeys(finding.subject for finding in alike))
            lines.append(f"{mark}  {alike[0].name[language]}: {places}")
            lines.append(f"    {message}")
        return "\n".join(lines) + "\n"

    def _alike(self, language: Language) -> dict[tuple[str, str], list[Finding]]:
        """Group the findings that say the same thing of several places."""
        groups: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.findings:
            mark = f"{_SEVERITY[language][finding.severity]} {finding.rule}"
            groups.setdefault((mark, finding.message[language]), []).append(finding)
        return groups


_HEAD: dict[Language, str] = {
    "en": "{cases} case(s): {violation} violation(s), {warning} warning(s), {info} note(s).",
    "zh": "{cases} 个案例：{violation} 个错误，{warning} 个警告，{info} 个提示。",
}
_VERDICT: dict[Language, dict[bool, str]] = {
    "en": {True: "Conforms.", False: "Does not conform."},
    "zh": {True: "符合要求。", False: "不符合要求。"},
}
_SEVERITY: dict[Language, dict[Severity, str]] = {
    "en": {"violation": "VIOLATION", "warning": "WARNING", "info": "NOTE"},
    "zh": {"violation": "错误", "warning": "警告", "info": "提示"},
}
