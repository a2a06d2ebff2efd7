"""Read what somebody asks about a case: the case, facts to add and remove, a conclusion.

Each is JSON. A *case* is the id of a published case, ``{"format": "turtle", "text": "…"}``, or
JSON-LD. *Facts* are Turtle in a string, JSON-LD in an object, or a list of triples, each a list of
three terms as in ``/explain``. In Turtle our prefixes are declared, ``:`` stands for the parts of
the case, and relative IRIs are resolved against it.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.errors import DocumentSyntaxError, ParameterError
from govkg.ontology import TYPE
from govkg.rdf import check_nesting, expand, format_named, read_term
from govkg.vocabulary import GOV, PREFIXES

Read = Callable[[bytes, str, str], list[Triple]]
"""Parses a document, given its format and its base."""

CASE: Final = NamedNode(GOV + "GovernanceCase")
_FORMS: Final = "Give an id, JSON-LD, or an object with “format” and “text”."
_FACTS: Final = "Give Turtle as a string, JSON-LD as an object, or a list of [s, p, o]."


def asked(data: bytes, known: set[str]) -> dict[str, Any]:
    """Parse the body of a question; raises for what is no JSON object of known members."""
    check_nesting(data)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise DocumentSyntaxError(
            line=getattr(error, "lineno", 1),
            column=getattr(error, "colno", 1),
            expected=str(getattr(error, "msg", error)),
            hint="The question must be a JSON object in UTF-8.",
            format="json",
        ) from error
    names = ", ".join(sorted(known))
    if not isinstance(found, dict):
        raise _wrong("body", "it is no JSON object", f"Its members are: {names}.")
    for name in found:
        if name not in known:
            raise _wrong(name, "it is unknown", f"Use: {names}.")
    return found


def case_of(
    given: Any, read: Read, published: Callable[[str], list[Triple]], base: str
) -> list[Triple]:
    """Return the triples of the case that a question is about."""
    if isinstance(given, str) and given:
        return published(given)
    if isinstance(given, dict) and isinstance(given.get("text"), str):
        name = given.get("format", "turtle")
        if not isinstance(name, str):
            raise _wrong("format", "it is no name of a format", _FORMS)
        return read(given["text"].encode(), format_named(name).name, base)
    if isinstance(given, dict) and given:
        return read(json.dumps(given).encode(), "json-ld", base)
    raise _wrong("case", "it is missing or of a form that is not known", _FORMS)


def name_of(case: list[Triple], base: str) -> str:
    """Return the IRI of the case that some triples describe, or what stands for it."""
    found = (t.subject for t in case if t.predicate == TYPE and t.object == CASE)
    return next((each.value for each in found if isinstance(each, NamedNode)), base)


def facts_of(name: str, given: Any, read: Read, case: str) -> list[Triple]:
    """Return the facts of a member such as ``add``; none if it is not given."""
    if given is None:
        return []
    if isinstance(given, str):
        return _turtle(given, read, case)
    if isinstance(given, dict):
        return read(json.dumps(given).encode(), "json-ld", case)
    if isinstance(given, list):
        return [triple_of(name, each, case) for each in given]
    raise _wrong(name, "it is of a form that is not known", _FACTS)


def triple_of(name: str, given: Any, case: str) -> Triple:
    """Read three terms; ``#part`` is a part of the case."""
    if not isinstance(given, list) or len(given) != 3 or not all(isinstance(t, str) for t in given):
        raise _wrong(name, "it is no list of three strings", 'Write ["case:x", "gov:p", "gc:y"].')
    subject, predicate, value = (case + t if t.startswith("#") else t for t in given)
    read = read_term(value)
    if not isinstance(read, NamedNode | BlankNode | Literal):
        raise _wrong(name, "its value is a triple", "Give an IRI or a literal.")
    return Triple(expand(subject), expand(predicate), read)


def _turtle(text: str, read: Read, case: str) -> list[Triple]:
    """Read Turtle with our prefixes, which stand on a line of their own before it."""
    prefixes = {**PREFIXES, "": f"{case}#"}
    head = " ".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in prefixes.items())
    try:
        return read(f"{head}\n{text}".encode(), "turtle", case)
    except DocumentSyntaxError as error:
        line = error.facts["line"]
        raise DocumentSyntaxError(**error.facts | {"line": line and line - 1}) from error


def _wrong(name: str, reason: str, remedy: str) -> ParameterError:
    return ParameterError(name=name, reason=reason, remedy=remedy)
