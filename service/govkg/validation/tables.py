"""Reports as CSV (RFC 4180): a line for each finding, for spreadsheets and scripts."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from govkg.errors import Language
from govkg.rdf import shorten
from govkg.validation.findings import Finding, Report
from govkg.validation.shapes import text_of

COLUMNS: Final = (
    *("file", "severity", "rule", "rule_page", "focus", "focus_label", "sheet", "row", "line"),
    *("column", "pointer", "field", "value", "message", "expected", "remedy", "suggestions"),
    *("path", "shape"),
)


def table(reports: Sequence[tuple[str, Report]], language: Language) -> str:
    """Return a table with a header; each report comes with the name of its file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="", extrasaction="ignore")
    writer.writeheader()
    for file, report in reports:
        for finding in report.findings:
            writer.writerow(_row(file, finding, language))
    return text.getvalue()


def _row(file: str, finding: Finding, language: Language) -> dict[str, object]:
    meant = (shorten(text_of(each.value)) for each in finding.suggestions)
    return {
        "file": file,
        "severity": finding.severity,
        "rule": finding.rule,
        "rule_page": finding.page or "",
        "focus": text_of(finding.focus),
        "focus_label": finding.focus_label,
        **(finding.place.as_json() if finding.place else {}),
        "field": finding.name[language],
        "value": "" if finding.value is None else text_of(finding.value),
        "message": finding.message[language],
        "expected": finding.expected[language],
        "remedy": finding.remedy[language],
        "suggestions": " ".join(meant),
        "path": finding.path.text if finding.path else "",
        "shape": "" if finding.shape is None else text_of(finding.shape),
    }
