"""The work that is done in worker processes, on data and queries from anybody.

Everything a job needs is loaded by ``prepare``: a worker cannot open a file or a connection.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import msgspec
from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from govkg.annotating import FORMATS as MARKS
from govkg.annotating import Annotated, Annotator, written
from govkg.annotating.names import NAMING
from govkg.annotating.showing import summary
from govkg.cases.checking import REPORT_FORMATS, Checker, Submission, rendered
from govkg.cases.drafts import drafted
from govkg.cases.graphs import Graphs, is_id
from govkg.cases.submitting import pieces
from govkg.errors import Language, NotFoundError, ParameterError, ResultTooLargeError
from govkg.forms.formats import FORMATS, XLSX, Format, format_named, write_document
from govkg.ontology import Ontology, load_ontology
from govkg.rdf import published_contexts
from govkg.store import jobs
from govkg.store.deltas import Delta
from govkg.store.view import View
from govkg.validation import EngineName
from govkg.vocabulary import CASE_CONTEXT

Header = dict[str, Any]
Job = Callable[["State", Header, bytes], tuple[Header, bytes]]


@dataclass(frozen=True, kw_only=True)
class State(jobs.State):
    """What a worker holds in memory."""

    checker: Checker
    graphs: Graphs
    annotator: Annotator

    def published(self, case_id: str) -> list[Triple]:
        """Return the triples of a stored case; raises NotFoundError if there is none."""
        found = self.view.triples(self.graphs.case(case_id)) if is_id(case_id) else []
        if not found:
            raise NotFoundError(what="case", name=case_id, hint="All cases are listed at /cases.")
        return found


@cache
def bundled_annotator() -> Annotator:
    """Compile the names of the bundled ontology."""
    return Annotator(load_ontology())


@cache
def warm_up(shacl_engine: EngineName) -> Checker:
    """Load the shapes and the ontology, and run everything once, so that workers need no file."""
    published_contexts()
    view, graphs = View(b""), Graphs(_BASE)
    state = State(view, checker=Checker(shacl_engine), graphs=graphs, annotator=bundled_annotator())
    empty = {"format": "turtle", "base": None, "limit": 1000, "report": "text", "language": "en"}
    validate(state, empty, b"")
    for report in REPORT_FORMATS:
        validate(state, empty | {"report": report}, _WARM_UP)
    book = write_document(state.checker.form, [], XLSX)
    validate(state, empty | {"format": "xlsx", "report": "xlsx", "limit": None}, book)
    convert(state, empty | {"to": "turtle"}, _WARM_UP)
    diagnose(state, empty, _WARM_UP)
    submit(state, empty | {"root": _BASE, "only": ""}, _WARM_UP)
    question = {"case": {"text": _WARM_UP.decode()}, "add": [["#x", "gov:ofType", "gc:x"]]}
    consistency(state, empty | {"dl": True}, _WARM_UP)
    for form in (*MARKS, "html"):
        annotate(state, _MARKING | {"form": form}, b"crisis of authority")
    for form in _DRAFTS:
        annotate(state, _MARKING | {"form": form, "as": "case"}, b"crisis of authority")
    what_if(state, {"base": "urn:x", "limit": 1000}, _json(question))
    for known in FORMATS:
        state.checker.read(_empty(state, known), known)
    return state.checker


def prepare(argument: str) -> State:
    """Load a snapshot of the store.

    The argument is that of ``store.jobs.prepare``, with the ``base`` IRI of the graphs and the
    ``shacl_engine``.
    """
    given = json.loads(argument)
    graphs = Graphs(given["base"])
    view = jobs.view(argument, [graphs.inferred])
    checker = warm_up(given["shacl_engine"])
    annotator = annotator_of(view.triples(graphs.ontology))
    generation = jobs.generation(argument)
    return State(view, generation, checker=checker, graphs=graphs, annotator=annotator)


def advance(state: State, header: Header, body: bytes) -> State:
    """Go over to another generation of the data, see ``store.jobs.advance``."""
    later = jobs.advance(state, header, body)
    if state.graphs.ontology not in Delta.unpacked(header["delta"], body).graphs:
        return later
    return replace(later, annotator=annotator_of(later.view.triples(state.graphs.ontology)))


def annotator_of(triples: list[Triple]) -> Annotator:
    """Return what finds the concepts of an ontology; that of the bundled one is there already."""
    if _naming(triples) == _naming(load_ontology().triples):
        return bundled_annotator()
    return Annotator(Ontology(triples))


def _naming(triples: list[Triple]) -> set[Triple]:
    """Return what says how terms are called."""
    return {
        triple
        for triple in triples
        if triple.predicate in NAMING and isinstance(triple.subject, NamedNode)
    }


def validate(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Validate a document and return the report in the form that the header names."""
    sent = _submission(state, header, body)
    report = state.checker.validate(sent, header.get("profile", "standard"))
    summary: Header = {"conforms": report.conforms}
    language = header["language"]
    return summary, rendered(report, header["report"], language, workbook=sent.workbook)


def convert(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return what is understood of a document in the format that ``to`` in the header names."""
    sent = _submission(state, header, body)
    return {}, write_document(state.checker.form, sent.triples, format_named(header["to"]))


def diagnose(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Validate a document and return what follows from it, as a JSON object.

    The header of the answer has the ``jurisdictions`` too, so that nobody need read the rest.
    """
    sent = _submission(state, header, body)
    diagnosis = state.checker.diagnose(sent, header.get("profile", "standard"))
    told = {"conforms": diagnosis["validation"]["conforms"]}
    return told | {"jurisdictions": diagnosis["jurisdictions"]}, _json(diagnosis)


def submit(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Validate a document, and take it apart into its cases, to be kept.

    ``only`` in the header is the id of the one case that is wanted, ``root`` the base of our IRIs.
    The answer is the report as ``validate`` gives it, and then the content of each case; the
    header tells how long each of them is.
    """
    sent = _submission(state, header, body)
    summary, report = validate(state, header, body)
    try:
        found = pieces(sent.triples, header["root"], only=header["only"])
    except ParameterError:
        if summary["conforms"]:
            raise
        found = []  # the report says why there is none
    contents = [piece.canonical() for piece in found]
    told = [
        {"id": piece.case_id, "iri": piece.iri, "title": piece.title, "bytes": len(content)}
        for piece, content in zip(found, contents, strict=True)
    ]
    return summary | {"report_bytes": len(report), "cases": told}, report + b"".join(contents)


def consistency(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return the contradictions of a document as JSON, and then its triples for a deep check."""
    triples = _submission(state, header, body).triples
    found = _json(state.checker.hypotheses.consistency(triples))
    plain = serialize(triples, format=RdfFormat.N_TRIPLES) if header.get("dl") else b""
    return {"bytes": len(found)}, found + (plain or b"")


def what_if(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return what some facts more or less would change for a case, as JSON."""
    found = state.checker.what_if(body, state.published, header["base"], header["limit"])
    return {}, _json(found)


def missing(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Return what is missing for a conclusion about a case, as JSON."""
    found = state.checker.missing(body, state.published, header["base"], header["limit"])
    return {}, _json(found)


def annotate(state: State, header: Header, body: bytes) -> tuple[Header, bytes]:
    """Mark the concepts in a text, or draft a case of them, in the form that the header names.

    The form ``html`` is what the page shows, as JSON. Raises ResultTooLargeError.
    """
    form, language = header["form"], header["language"]
    found = state.annotator.annotate(
        body.decode(), header["text_language"], header["least"], header["source"]
    )
    if len(found.annotations) * _MARK_BYTES > header["most"]:
        raise ResultTooLargeError(limit=header["most"], unit="bytes")
    if header["as"] == "case":
        return _drafted(state, found, form, language)
    return {}, _json(summary(found)) if form == "html" else written(found, form, language)


def _drafted(state: State, found: Annotated, form: str, language: Language) -> tuple[Header, bytes]:
    """Return a draft of a case in a form; JSON and the page get the marks and the report too."""
    draft = drafted(found, state.checker)
    told: Header = {"conforms": draft.report.conforms}
    if form not in ("json", "html"):
        return told, draft.written(state.checker, form, language)
    shown = summary(found) if form == "html" else found.as_json()
    return told, _json(shown | {"draft": draft.as_json()})


def _submission(state: State, header: Header, body: bytes) -> Submission:
    sent = state.checker.read(
        body,
        format_named(header["format"]),
        base=header["base"],
        limit=header["limit"],
        charset=header.get("charset", ""),
    )
    return replace(sent, medium="form") if header.get("is_form") else sent


def _empty(state: State, known: Format) -> bytes:
    """Return an empty document, so that all that reading and writing needs is loaded."""
    if known.name in _EMPTY or known.syntax:
        return _EMPTY.get(known.name, b"")
    return write_document(state.checker.form, [], known)


def _json(value: object) -> bytes:
    return msgspec.json.encode(value)


JOBS: Final[Mapping[str, Job]] = {
    **jobs.JOBS,
    "validate": validate,
    "convert": convert,
    "diagnose": diagnose,
    "submit": submit,
    "what_if": what_if,
    "consistency": consistency,
    "missing": missing,
    "annotate": annotate,
}
"""Every job by its name."""

_EMPTY = {
    "rdf-xml": b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    "json-ld": json.dumps({"@context": CASE_CONTEXT}).encode(),  # so that the context is read
}
_MARKING: Final[Header] = {
    "as": "annotations", "language": "en", "text_language": "auto", "least": 0.5, "source": "",
    "most": 1_000_000,
}  # fmt: skip
_MARK_BYTES: Final = 1000  # that a mark takes in JSON-LD, about
_DRAFTS: Final = ("turtle", "json", "json-ld", "xlsx", "html")
_BASE: Final = "https://w3id.org/govkg/"
"""The base of the graphs while everything is run for the first time."""
_WARM_UP = (
    b"<https://w3id.org/govkg/case/warm-up> a <https://w3id.org/govkg/ontology#GovernanceCase> ."
)
