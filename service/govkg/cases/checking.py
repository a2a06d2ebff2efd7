"""Check and diagnose a submitted document: read, validate, draw conclusions, store nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import msgspec
from pyoxigraph import NamedNode, Triple

from govkg import bundle
from govkg.cases import asking
from govkg.cases.diagnosis import Diagnostician, diagnosis_json
from govkg.cases.hypotheses import Hypotheses
from govkg.cases.located import jurisdictions
from govkg.cases.stating import Fields
from govkg.errors import Language, UnsafeInputError
from govkg.forms import load_form
from govkg.forms.annotating import annotated
from govkg.forms.formats import (
    CSV,
    JSON,
    XLSX,
    Document,
    Format,
    format_named,
    format_of_file,
    read_document,
)
from govkg.forms.naming import Medium
from govkg.forms.problems import MAX_PROBLEMS
from govkg.forms.rewording import Rewording
from govkg.ontology import TYPE, Ontology, load_ontology, read_files
from govkg.rdf import Node, shorten, write
from govkg.rdf import format_named as rdf_format_named
from govkg.reasoning import Closure
from govkg.validation import EngineName, Finding, Report, Validator, report_triples
from govkg.validation.chunking import Progress, untold
from govkg.validation.junit import junit
from govkg.validation.page import page
from govkg.validation.places import Places, places_in
from govkg.validation.sarif import sarif
from govkg.validation.tables import table
from govkg.vocabulary import GC, GOV, GS, GSH, PREFIXES

REPORT_FORMATS: dict[str, str] = {
    "json": "application/json",
    "text": "text/plain",
    "turtle": "text/turtle",
    "json-ld": "application/ld+json",
    "csv": "text/csv",
    "html": "text/html",
    "sarif": "application/sarif+json",
    "junit": "application/junit+xml",
    "xlsx": XLSX.media_type,
}
"""The forms of a validation report, by the name of ``?format=``; JSON is the default."""


@dataclass(frozen=True)
class Submission:
    """The triples of a document that somebody sent."""

    triples: list[Triple]
    places: Places = field(default_factory=dict)
    """Where in the document its nodes are described, as far as that is known."""
    problems: tuple[Finding, ...] = ()
    """What could not be understood of it."""
    workbook: bytes | None = None
    """The document, if it is a workbook, to be given back with its problems."""
    medium: Medium | None = None
    """How a form was filled in, if the document is one; findings are told in its words."""


Published = Callable[[str], list[Triple]]
"""Returns the triples of a published case by its id."""


class Checker:
    """The shapes and the ontology, ready to check documents one after the other."""

    def __init__(self, engine: EngineName = "fast") -> None:
        """Load the bundled shapes and ontology; an ``engine`` of SHACL will check."""
        self.ontology = load_ontology()
        self.form = load_form()
        self._validator = Validator(
            read_files(bundle.shapes()), self.ontology.triples, engine=engine
        )
        closure = Closure(self.ontology.triples)
        fields = Fields(Ontology(read_files(bundle.shapes())))
        self.hypotheses = Hypotheses(self.ontology, closure, fields)
        self._diagnostician = Diagnostician(self.ontology, closure, self.hypotheses)

    def read(
        self,
        data: bytes,
        format: Format,
        *,
        base: str | None = None,
        limit: int | None = None,
        charset: str = "",
    ) -> Submission:
        """Read a document; see ``forms.formats`` for what is raised. Named graphs are merged.

        Raises UnsafeInputError for statements about the ontology's terms or about statements.
        """
        document = read_document(self.form, data, format, base=base, limit=limit, charset=charset)
        triples = _plain(document)
        _refuse_own_terms(triples)
        places = document.places
        if places is None:
            places = places_in(
                data, "json-ld" if format.name == "json" else format.name, base, PREFIXES
            )
        medium = _medium(format, document)
        book = data if format == XLSX else None
        return Submission(triples, places, document.problems, book, medium)

    def validate(
        self, submission: Submission, profile: str = "standard", progress: Progress = untold
    ) -> Report:
        """Return what could not be understood, then what the shapes find; tell the progress.

        A document with very many problems is not held against the shapes. Raises ParameterError
        if there is no such profile.
        """
        problems = submission.problems
        if len(problems) >= MAX_PROBLEMS:
            return Report(problems, len(_cases_among(submission.triples)))
        report = self._validator.validate(submission.triples, profile, progress)
        report = self._told(report.placed(submission.places, submission.triples), submission)
        grave = (each for each in problems if each.severity == "violation")
        told = {(each.focus, each.path.text) for each in grave if each.path}
        new = (
            each
            for each in report.findings
            if (each.focus, each.path.text if each.path else "") not in told
        )
        return replace(report, findings=(*problems, *new))

    def _told(self, report: Report, submission: Submission) -> Report:
        """Return a report in the words of the one who sent the document."""
        if submission.medium is None:
            return report
        words = Rewording(self.form, submission.medium, submission.triples)
        return words.report(report, submission.places)

    def diagnose(self, submission: Submission, profile: str = "standard") -> dict[str, Any]:
        """Return the validation and all that follows, each conclusion with its proof, as JSON."""
        report = self.validate(submission, profile)
        found = self._diagnostician.diagnose(submission.triples)
        return diagnosis_json(found, report, self.ontology, submission.triples) | {
            "jurisdictions": jurisdictions(submission.triples)
        }

    def what_if(
        self, body: bytes, published: Published, base: str, limit: int | None = None
    ) -> dict[str, Any]:
        """Answer a question of the form ``{case, add, remove}``; see ``asking`` for its parts."""
        question = asking.asked(body, {"case", "add", "remove"})
        read = self._reader(limit)
        case = asking.case_of(question.get("case"), read, published, base)
        name = asking.name_of(case, base)
        add, remove = (
            asking.facts_of(each, question.get(each), read, name) for each in ("add", "remove")
        )
        return self.hypotheses.what_if(case, add, remove)

    def missing(
        self, body: bytes, published: Published, base: str, limit: int | None = None
    ) -> dict[str, Any]:
        """Tell what is missing, asked as ``{case, conclusion}``; see ``asking`` for its parts."""
        question = asking.asked(body, {"case", "conclusion"})
        case = asking.case_of(question.get("case"), self._reader(limit), published, base)
        name = asking.name_of(case, base)
        goal = asking.triple_of("conclusion", question.get("conclusion"), name)
        return self.hypotheses.missing(case, goal)

    def _reader(self, limit: int | None) -> asking.Read:
        """Return what parses a part of a question as a submission."""

        def read(data: bytes, format: str, base: str) -> list[Triple]:
            return self.read(data, format_named(format), base=base, limit=limit).triples

        return read


def _medium(format: Format, document: Document) -> Medium | None:
    """Return how a form was filled in, or nothing if the document is RDF."""
    if document.places is None:
        return None
    return _MEDIA[format]


_MEDIA: Final[dict[Format, Medium]] = {XLSX: "xlsx", CSV: "csv", JSON: "json"}


def triples_of(
    data: bytes, format: Format, *, base: str | None = None, limit: int | None = None
) -> list[Triple]:
    """Read a document to be validated; see ``forms.formats`` for what is raised.

    Named graphs are merged. Raises UnsafeInputError for the triple terms of RDF 1.2, of which
    SHACL 1.0 says nothing.
    """
    return _plain(read_document(load_form(), data, format, base=base, limit=limit))


def _plain(document: Document) -> list[Triple]:
    """Return the triples of a document, unless they speak of triples."""
    triples = document.triples
    if any(isinstance(triple.object, Triple) for triple in triples):
        raise UnsafeInputError(
            what="a statement about a statement",
            remedy="Describe it by a node of its own, as the case model does.",
        )
    return triples


def _refuse_own_terms(triples: list[Triple]) -> None:
    """Refuse statements about the ontology's terms, with which a case could bend the rules."""
    for triple in triples:
        if isinstance(triple.subject, NamedNode) and triple.subject.value.startswith(_RESERVED):
            raise UnsafeInputError(
                what=f"a statement about {shorten(triple.subject.value)}, a term of the ontology",
                remedy="Describe cases, places and actors only, and propose new terms apart.",
            )


_CASE = NamedNode(GOV + "GovernanceCase")
_RESERVED = (GOV, GC, GS, GSH)


def with_shapes(paths: Iterable[Path], engine: EngineName = "fast") -> Validator:
    """Return what checks any data against the shapes in files, and against nothing else.

    Raises DocumentSyntaxError or ShapesError.
    """
    shapes = [
        triple
        for path in paths
        for triple in triples_of(
            path.read_bytes(), format_of_file(path.name), base=path.absolute().as_uri()
        )
    ]
    return Validator(shapes, engine=engine, strict=True)


def _cases_among(triples: list[Triple]) -> set[Node]:
    """Return the cases that a document describes."""
    return {t.subject for t in triples if t.predicate == TYPE and t.object == _CASE}


def rendered(
    report: Report,
    form: str,
    language: Language,
    name: str = "document",
    workbook: bytes | None = None,
) -> bytes:
    """Return a report in one of REPORT_FORMATS; the name is that of the document.

    As a workbook it is the one that was sent with its cells coloured, or else a list of problems.
    """
    if form == "xlsx":
        return annotated(report, workbook)
    if form == "json":
        return _json(report.as_json())
    if form == "text":
        return report.as_text(language).encode()
    if form in TOGETHER:
        return TOGETHER[form]([(name, report)], language)
    return write(report_triples(report), rdf_format_named(form))


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


Writer = Callable[[Sequence[tuple[str, Report]], Language], bytes]

TOGETHER: Final[dict[str, Writer]] = {
    "csv": lambda reports, language: table(reports, language).encode(),
    "html": lambda reports, language: page(reports, language).encode(),
    "sarif": lambda reports, language: _json(sarif(reports, language)),
    "junit": junit,
}
"""The forms in which the reports on several documents are one document."""
