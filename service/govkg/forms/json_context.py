"""The JSON-LD context of a form: what each key means, for tools that read JSON-LD."""

from typing import Any

from govkg.forms.model import Field, Form
from govkg.vocabulary import GOV, PREFIXES, XSD

_USED = ("gov", "gc", "case", "place", "agent", "dcterms", "dcat", "prov", "rdfs", "skos", "xsd")


def json_context(form: Form) -> dict[str, Any]:
    """Return a context with a term for each field.

    Dates are left as text, since a context cannot tell a year from a day; plain JSON read by govkg
    gives them their datatype.
    """
    terms: dict[str, Any] = {"@version": 1.1, "@vocab": GOV, "id": "@id", "type": "@type"}
    terms |= {prefix: PREFIXES[prefix] for prefix in _USED}
    for entity in form.entities:
        for field in entity.fields:
            terms[field.key] = term_of(field)
    return {"@context": terms}


def term_of(field: Field) -> Any:
    """Return the definition of a field's term."""
    if field.kind == "text":
        return {"@id": field.path, "@container": "@language"}
    if field.kind in {"concept", "reference", "part", "iri"}:
        return {"@id": field.path, "@type": "@id"}
    if field.kind == "number":
        return {"@id": field.path, "@type": XSD + "decimal"}
    return field.path
