"""Every format in which cases come and go: RDF, and the tables and JSON of a form."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad, Triple

from govkg import rdf
from govkg.errors import ParameterError, TooLargeError, UnsupportedMediaTypeError
from govkg.forms.building import Filled
from govkg.forms.csv_reading import read_csv
from govkg.forms.csv_writing import write_csv
from govkg.forms.json_reading import is_linked, load_json, read_json
from govkg.forms.json_writing import write_json
from govkg.forms.model import Form
from govkg.forms.xlsx_reading import read_xlsx
from govkg.forms.xlsx_writing import write_xlsx
from govkg.validation import Finding, Places


@dataclass(frozen=True)
class Format:
    """A format that govkg reads and writes."""

    name: str
    """The short name, as in ``?format=``."""
    media_type: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    """Other media types by which clients name the format."""
    syntax: rdf.Format | None = None
    """Its RDF syntax, if it is one."""

    @property
    def is_text(self) -> bool:
        """Say whether people could type it."""
        return self != XLSX


XLSX: Final = Format(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    (".xlsx", ".xlsm"),
    ("application/vnd.ms-excel.sheet.macroenabled.12",),
)
CSV: Final = Format("csv", "text/csv", (".csv", ".tsv"), ("text/tab-separated-values",))
JSON: Final = Format("json", "application/json", (".json",))


def _of_syntax(known: rdf.Format) -> Format:
    """Return an RDF syntax as a format; plain JSON is a format of its own."""
    extensions = tuple(each for each in known.extensions if each not in JSON.extensions)
    aliases = tuple(each for each in known.aliases if each != JSON.media_type)
    return Format(known.name, known.media_type, extensions, aliases, known)


FORMATS: Final = (*map(_of_syntax, rdf.FORMATS), JSON, CSV, XLSX)
"""All formats, the one that people like best first."""


@dataclass(frozen=True)
class Document:
    """What a document says, where each thing stands, and what could not be understood."""

    quads: list[Quad]
    places: Places | None = None
    """Where in a form each thing stands; None if it is no form."""
    problems: tuple[Finding, ...] = ()

    @property
    def triples(self) -> list[Triple]:
        """Return the statements, with named graphs merged."""
        return list(dict.fromkeys(Triple(q.subject, q.predicate, q.object) for q in self.quads))


def format_named(name: str) -> Format:
    """Return the format with this short name or ending, or raise ParameterError."""
    for known in FORMATS:
        if name == known.name or f".{name}" in known.extensions:
            return known
    names = ", ".join(known.name for known in FORMATS)
    remedy = f"Use one of: {names}."
    raise ParameterError(name="format", reason=f"“{name}” is unknown", remedy=remedy)


def format_of_media_type(media_type: str) -> Format:
    """Return the format that a Content-Type names, or raise UnsupportedMediaTypeError."""
    bare = media_type.split(";", maxsplit=1)[0].strip().lower()
    for known in FORMATS:
        if bare == known.media_type or bare in known.aliases:
            return known
    accepted = ", ".join(known.media_type for known in FORMATS)
    raise UnsupportedMediaTypeError(given=bare or "(none)", accepted=accepted)


def format_of_file(name: str) -> Format:
    """Return the format that a file name's ending means, or raise UnsupportedMediaTypeError."""
    for known in FORMATS:
        if name.lower().endswith(known.extensions):
            return known
    endings = ", ".join(ending for known in FORMATS for ending in known.extensions)
    raise UnsupportedMediaTypeError(given=name, accepted=endings)


def read_document(
    form: Form,
    data: bytes,
    format: Format,
    *,
    base: str | None = None,
    limit: int | None = None,
    charset: str = "",
) -> Document:
    """Read a document that anybody may have written, in any format.

    ``limit`` is the largest size in bytes, ``charset`` the encoding that a sender declared for CSV.
    Raises what ``rdf.read`` raises, and WorkbookError for a table that is no form. Values that are
    not understood raise nothing: they are among the problems, with their places.
    """
    if limit is not None and len(data) > limit:
        raise TooLargeError(what="document", size=len(data), limit=limit, unit="bytes")
    if format.syntax:
        return Document(rdf.read(data, format.syntax, base=base))
    if format == XLSX:
        return _of_form(read_xlsx(form, data))
    if format == CSV:
        return _of_form(read_csv(form, data, charset))
    values = load_json(data)
    if is_linked(values):
        return Document(rdf.read(data, rdf.format_named("json-ld"), base=base))
    return _of_form(read_json(form, values))


def _of_form(filled: Filled) -> Document:
    quads = [Quad(t.subject, t.predicate, t.object) for t in filled.triples]
    return Document(quads, filled.places, filled.problems)


def write_document(form: Form, triples: Iterable[Triple], format: Format) -> bytes:
    """Write the triples of one graph in any format."""
    if format.syntax:
        return rdf.write(triples, format.syntax)
    writers = {XLSX.name: write_xlsx, CSV.name: write_csv, JSON.name: write_json}
    return writers[format.name](form, triples)
