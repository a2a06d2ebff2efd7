"""Drafts of cases from texts, with what a reviewer has still to add."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import Triple

from govkg.annotating import Annotated, draft_case
from govkg.cases.checking import Checker, Submission
from govkg.errors import Language
from govkg.forms.formats import format_named, write_document
from govkg.forms.json_reading import read_json
from govkg.validation import Report

NOTICE: Final[dict[Language, str]] = {
    "en": "A draft that a program made of the words of a text. Somebody who knows the case has to "
    "read it, correct it and fill in the rest.",
    "zh": "本草稿由程序根据文本用词生成。须由了解该案例的人审读、更正并补全。",
}
"""What every draft says of itself."""
PROFILE: Final = "standard"


@dataclass(frozen=True)
class Draft:
    """A case that says what a text names, and no more."""

    document: dict[str, Any]
    """In plain JSON, as the form reads it."""
    triples: list[Triple]
    report: Report
    """What the shapes miss in it."""

    def as_json(self) -> dict[str, Any]:
        """Return the draft and the report as JSON values."""
        return {"notice": NOTICE, "document": self.document, "report": self.report.as_json()}

    def written(self, checker: Checker, form: str, language: Language) -> bytes:
        """Return the case in a format of documents; Turtle says above it what is missing."""
        data = write_document(checker.form, self.triples, format_named(form))
        if form != "turtle":
            return data
        lines = [NOTICE[language], *self._missing(language)]
        return "".join(f"# {line}\n" for line in lines).encode() + b"\n" + data

    def _missing(self, language: Language) -> Iterator[str]:
        """Yield the lines of the report, without the blank ones."""
        yield from filter(None, map(str.strip, self.report.as_text(language).splitlines()))


def drafted(found: Annotated, checker: Checker) -> Draft:
    """Make a draft of what was found in a text, and hold it against the shapes."""
    document = draft_case(found, checker.form)
    filled = read_json(checker.form, document)
    report = checker.validate(Submission(filled.triples, filled.places, filled.problems), PROFILE)
    return Draft(document, filled.triples, report)
