"""Reports as SARIF 2.1.0, which code hosts and editors show beside the lines of a file."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import quote

from govkg import __version__
from govkg.errors import Language
from govkg.rdf import shorten
from govkg.validation.findings import Finding, Report, Severity, did_you_mean
from govkg.validation.shapes import text_of

_LEVEL: Final[dict[Severity, str]] = {"violation": "error", "warning": "warning", "info": "note"}


def sarif(reports: Sequence[tuple[str, Report]], language: Language) -> dict[str, Any]:
    """Return one log with one run; each report comes with the name of its file."""
    findings = [(file, finding) for file, report in reports for finding in report.findings]
    rules = {rule_of(finding): finding for _, finding in reversed(findings)}
    order = sorted(rules)
    driver = {
        "name": "govkg",
        "version": __version__,
        "informationUri": "https://w3id.org/govkg/",
        "rules": [_rule(name, rules[name], language) for name in order],
    }
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "language": language,
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": {"uri": _uri(file)}} for file, _ in reports],
                "results": [
                    _result(file, finding, order.index(rule_of(finding)), language)
                    for file, finding in findings
                ],
            }
        ],
    }


def rule_of(finding: Finding) -> str:
    """Return the rule id, or what stands for it where the shapes have none."""
    return finding.rule or shorten(finding.component)


def _rule(name: str, finding: Finding, language: Language) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "id": name,
        "shortDescription": {"text": finding.name[language] or name},
        "fullDescription": {"text": finding.expected[language] or name},
    }
    return rule | ({"helpUri": finding.page} if finding.page else {})


def _result(file: str, finding: Finding, index: int, language: Language) -> dict[str, Any]:
    texts = [finding.message[language], did_you_mean(finding, language)]
    return {
        "ruleId": rule_of(finding),
        "ruleIndex": index,
        "level": _LEVEL[finding.severity],
        "message": {"text": " ".join(_present(texts)) or rule_of(finding)},
        "locations": [_location(file, finding)],
        "properties": {
            "field": finding.name[language],
            "expected": finding.expected[language],
            "remedy": finding.remedy[language],
            "value": None if finding.value is None else text_of(finding.value),
        },
    }


def _location(file: str, finding: Finding) -> dict[str, Any]:
    """Return the file with line and column, if they are known, and the node."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    place = finding.place
    line = None if place is None else (place.line or place.row)
    if place is not None and line is not None:
        physical["region"] = {"startLine": line}
        if place.column is not None:
            physical["region"]["startColumn"] = place.column
    node = {"name": finding.subject, "fullyQualifiedName": text_of(finding.focus)}
    return {"physicalLocation": physical, "logicalLocations": [node | {"kind": "object"}]}


def _uri(file: str) -> str:
    """Return a file's name as a relative reference (RFC 3986)."""
    return quote(file.replace("\\", "/"))


def _present(texts: Iterable[str]) -> Iterable[str]:
    return (text for text in texts if text)
