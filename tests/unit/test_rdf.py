"""Reading and writing RDF, and refusing what could do harm."""

import json

import pytest
from pyoxigraph import Literal, NamedNode

from govkg.errors import (
    DocumentSyntaxError,
    ParameterError,
    TooLargeError,
    UnsafeInputError,
    UnsupportedMediaTypeError,
)
from govkg.rdf import (
    FORMATS,
    expand,
    format_named,
    format_of_file,
    format_of_media_type,
    read,
    read_term,
    shorten,
    write,
)
from govkg.vocabulary import CASE_CONTEXT

TURTLE = format_named("turtle")
JSON_LD = format_named("json-ld")
RDF_XML = format_named("rdf-xml")
SAMPLE = b'<http://example.org/a> <http://example.org/p> "x"@en .'


@pytest.mark.parametrize("name", [known.name for known in FORMATS])
def test_what_is_written_reads_back(name: str) -> None:
    """Every syntax that govkg writes, it reads to the same triples."""
    given = [quad.triple for quad in read(SAMPLE, TURTLE)]

    written = write(given, format_named(name))

    assert [quad.triple for quad in read(written, format_named(name))] == given


def test_a_syntax_error_names_its_place() -> None:
    """A broken document is refused with line and column, so that an editor can point there."""
    with pytest.raises(DocumentSyntaxError) as caught:
        read(b"<http://example.org/a> <http://example.org/p> 1 .\n<b> .", TURTLE)

    assert caught.value.facts["line"] == 2
    assert caught.value.facts["format"] == "turtle"


@pytest.mark.parametrize(
    ("document", "syntax", "what"),
    [
        (b"(" * 300, TURTLE, "nested"),
        (b"<< " * 100, TURTLE, "operators"),
        (b"[" * 5000, JSON_LD, "nested"),
        (b'<!DOCTYPE r [<!ENTITY a "b">]><r/>', RDF_XML, "document type"),
        (b'{"@context": "https://example.org/context"}', JSON_LD, "remote context"),
        (b'{"@context": "file:///etc/passwd"}', JSON_LD, "remote context"),
        (b'{"@context": {"@import": "https://example.org/c"}}', JSON_LD, "imported context"),
        (b'[{"x": {"@context": ["https://example.org/c"]}}]', JSON_LD, "remote context"),
    ],
)
def test_harmful_input_is_refused_before_parsing(document: bytes, syntax, what: str) -> None:  # type: ignore[no-untyped-def]
    """Bombs and outward references never reach a parser."""
    with pytest.raises(UnsafeInputError, match=what):
        read(document, syntax)


def test_a_document_over_the_limit_is_refused() -> None:
    """The size is checked before anything else."""
    with pytest.raises(TooLargeError, match="the limit is 10"):
        read(SAMPLE, TURTLE, limit=10)


@pytest.mark.parametrize("document", [b"{", b"\xff\xfe\x00", b'{"@id": 3}', b""])
def test_broken_json_is_a_syntax_error(document: bytes) -> None:
    """JSON that is no JSON-LD gets a sentence, not a trace."""
    with pytest.raises(DocumentSyntaxError):
        read(document, JSON_LD)


def test_the_published_context_is_read_without_the_network() -> None:
    """A document may name our context by its address; it is found in the bundle."""
    document = {"@context": CASE_CONTEXT, "id": "case:x", "type": "GovernanceCase"}

    quads = read(json.dumps(document).encode(), JSON_LD)

    assert quads[0].subject == NamedNode("https://w3id.org/govkg/case/x")
    assert quads[0].object == NamedNode("https://w3id.org/govkg/ontology#GovernanceCase")


def test_a_plain_json_case_is_given_the_context() -> None:
    """Whoever knows no JSON-LD may leave the context out."""
    quads = read(b'{"id": "case:x", "type": "GovernanceCase", "title": {"en": "X"}}', JSON_LD)

    assert {quad.object for quad in quads} == {
        NamedNode("https://w3id.org/govkg/ontology#GovernanceCase"),
        Literal("X", language="en"),
    }


def test_a_literal_parameter_is_one_literal() -> None:
    """Nothing can be slipped in behind a literal."""
    with pytest.raises((ParameterError, DocumentSyntaxError)):
        read_term('"a" . <urn:a> <urn:b> "c"')


def test_short_names_go_both_ways() -> None:
    """An IRI under a known prefix is shortened, and the short form means that IRI."""
    iri = "https://w3id.org/govkg/concept/authority-crisis"

    assert shorten(iri) == "gc:authority-crisis"
    assert expand("gc:authority-crisis") == NamedNode(iri)
    assert expand(f"<{iri}>") == NamedNode(iri)
    assert shorten("https://example.org/x y") == "<https://example.org/x y>"


@pytest.mark.parametrize("text", ["", "no iri", "<a b>", "nope"])
def test_what_is_no_iri_is_refused_with_a_remedy(text: str) -> None:
    """A mistyped name is answered with how to write it."""
    with pytest.raises(ParameterError, match="gc:authority-crisis"):
        expand(text)


def test_a_literal_is_read_as_in_n_triples() -> None:
    """Parameters can name literals with language or datatype."""
    assert read_term('"权威危机"@zh') == Literal("权威危机", language="zh")


def test_unknown_types_and_endings_name_the_known_ones() -> None:
    """Whoever sends something else is told what is read here."""
    with pytest.raises(UnsupportedMediaTypeError, match="text/turtle"):
        format_of_media_type("image/png")
    with pytest.raises(UnsupportedMediaTypeError, match=r"\.ttl"):
        format_of_file("case.doc")
    with pytest.raises(ParameterError, match="turtle"):
        format_named("docx")
