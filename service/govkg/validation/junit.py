"""Reports as JUnit XML, which continuous integration shows as test results.

A file is a test suite and a rule a test case; violations are failures, the rest is output.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from govkg.errors import Language
from govkg.validation.findings import Finding, Report, did_you_mean
from govkg.validation.sarif import rule_of

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(reports: Sequence[tuple[str, Report]], language: Language) -> bytes:
    """Return one document; each report comes with the name of its file."""
    root = Element("testsuites", name="govkg validate")
    total = [_suite(root, file, report, language) for file, report in reports]
    root.set("tests", str(sum(tests for tests, _ in total)))
    root.set("failures", str(sum(failures for _, failures in total)))
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n".encode()


def _suite(root: Element, file: str, report: Report, language: Language) -> tuple[int, int]:
    """Add the suite of one file, and return how many cases and failures it has."""
    by_rule: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[rule_of(finding)].append(finding)
    names = sorted({*by_rule, *report.rules}) or ["conforms"]
    suite = SubElement(root, "testsuite", name=_clean(file), errors="0", skipped="0")
    failures = [_case(suite, file, name, by_rule[name], language, report.strict) for name in names]
    suite.set("tests", str(len(names)))
    suite.set("failures", str(sum(failures)))
    return len(names), sum(failures)


def _case(
    suite: Element, file: str, rule: str, findings: list[Finding], language: Language, strict: bool
) -> bool:
    """Add one rule, and say whether it failed."""
    case = SubElement(suite, "testcase", classname=_clean(file), name=rule)
    grave = [each for each in findings if strict or each.severity == "violation"]
    mild = [each for each in findings if each not in grave]
    if grave:
        first = _clean(grave[0].message[language])
        failure = SubElement(case, "failure", message=first, type=grave[0].severity)
        failure.text = _lines(grave, language)
    if mild:
        SubElement(case, "system-out").text = _lines(mild, language)
    return bool(grave)


def _lines(findings: list[Finding], language: Language) -> str:
    """Return a line for each finding."""
    lines = []
    for finding in findings:
        place = f" ({finding.place.as_text(language)})" if finding.place else ""
        meant = did_you_mean(finding, language)
        text = f"{finding.subject}{place}: {finding.message[language]} {meant}".rstrip()
        lines.append(_clean(f"{finding.severity}: {text}"))
    return "\n".join(lines)


def _clean(text: str) -> str:
    """Replace what XML 1.0 cannot hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
