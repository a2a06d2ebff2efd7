"""Reports as a page that stands alone, to be sent or kept."""

from collections.abc import Sequence
from typing import Final

from jinja2 import Environment, PackageLoader

from govkg.errors import Language
from govkg.validation.findings import SEVERITY_WORDS, Report, did_you_mean

_WORDS: Final[dict[Language, dict[str, str]]] = {
    "en": {"title": "Validation report", "expected": "Expected", "value": "Found"},
    "zh": {"title": "校验报告", "expected": "应为", "value": "实际"},
}
_TEMPLATES: Final = Environment(
    loader=PackageLoader("govkg"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def page(reports: Sequence[tuple[str, Report]], language: Language) -> str:
    """Return HTML with its own style and nothing to fetch; each report has its file's name."""
    return _TEMPLATES.get_template("report.html").render(
        reports=reports,
        language=language,
        words=_WORDS[language],
        severities=SEVERITY_WORDS[language],
        did_you_mean=did_you_mean,
    )
