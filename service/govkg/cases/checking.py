"""Check and diagnose a submitted document: read, validate, draw conclusions, store nothing."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pyoxigraph import NamedNode, Triple

from govkg import bundle
from govkg.cases.diagnosis import Diagnostician, diagnosis_json
from govkg.errors import Language, UnsafeInputError
from govkg.ontology import load_ontology, read_files
from govkg.rdf import Format, format_of_file, read, shorten, write
from govkg.rdf import format_named as rdf_format_named
from govkg.validation import EngineName, Report, Validator, report_triples
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
}
"""The forms of a validation report, by the name of ``?format=``; JSON is the default."""


@dataclass(frozen=True)
class Submission:
    """The triples of a document that somebody sent."""

    triples: list[Triple]
    places: Places = field(default_factory=dict)
    """Where in the document its nodes are described, as far as that is known."""


class Checker:
    """The shapes and the ontology, ready to check documents one after the other."""

    def __init__(self, engine: EngineName = "fast") -> None:
        """Load the bundled shapes and ontology; an ``engine`` of SHACL will check."""
        self.ontology = load_ontology()
        self._validator = Validator(
            read_files(bundle.shapes()), self.ontology.triples, engine=engine
        )
        self._diagnostician = Diagnostician(self.ontology)

    def read(
        self,
        data: bytes,
        format: Format,
        *,
        base: str | None = None,
        limit: int | None = None,
    ) -> Submission:
        """Parse a document; see ``rdf.read`` for what is raised. Named graphs are merged.

        Raises UnsafeInputError for statements about the ontology's terms or about statements.
        """
        triples = triples_of(data, format, base=base, limit=limit)
        _refuse_own_terms(triples)
        return Submission(triples, places_in(data, format.name, base, PREFIXES))

    def validate(self, submission: Submission, profile: str = "standard") -> Report:
        """Return what the shapes find; raises ParameterError if there is no such profile."""
        report = self._validator.validate(submission.triples, profile)
        return report.placed(submission.places)

    def diagnose(self, submission: Submission) -> dict[str, Any]:
        """Return the validation and all that follows, each conclusion with its proof, as JSON."""
        report = self.validate(submission)
        found = self._diagnostician.diagnose(submission.triples)
        return diagnosis_json(found, report, self.ontology, submission.triples)


def triples_of(
    data: bytes, format: Format, *, base: str | None = None, limit: int | None = None
) -> list[Triple]:
    """Parse a document to be validated; see ``rdf.read`` for what is raised.

    Named graphs are merged. Raises UnsafeInputError for the triple terms of RDF 1.2, of which
    SHACL 1.0 says nothing.
    """
    quads = read(data, format, base=base, limit=limit)
    triples = [Triple(q.subject, q.predicate, q.object) for q in quads]
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


def rendered(report: Report, form: str, language: Language, name: str = "document") -> bytes:
    """Return a report in one of REPORT_FORMATS; the name is that of the document."""
    if form == "json":
        return _json(report.as_json())
    if form == "text":
        return report.as_text(language).encode()
    if form in TOGETHER:
        return TOGETHER[form]([(name, report)], language)
    return write(report_triples(report), rdf_format_named(form))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


Writer = Callable[[Sequence[tuple[str, Report]], Language], bytes]

TOGETHER: Final[dict[str, Writer]] = {
    "csv": lambda reports, language: table(reports, language).encode(),
    "html": lambda reports, language: page(reports, language).encode(),
    "sarif": lambda reports, language: _json(sarif(reports, language)),
    "junit": junit,
}
"""The forms in which the reports on several documents are one document."""
