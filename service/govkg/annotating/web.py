"""Marks as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), in JSON-LD and as RDF."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast
from uuid import NAMESPACE_URL, uuid5

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg import __version__
from govkg.annotating.annotator import Annotated, Annotation, Concept
from govkg.rdf import Node
from govkg.vocabulary import AS, FOAF, GOV, OA, RDF, RDFS, SKOS, XSD

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
"""The context of the recommendation, which every document names."""
MEDIA_TYPE: Final = f'application/ld+json; profile="{CONTEXT}"'
_SOFTWARE: Final = "https://w3id.org/govkg/"
_SOFTWARE_NODE: Final = NamedNode(_SOFTWARE)
_OWN: Final[Mapping[str, Any]] = {
    "confidence": {"@id": GOV + "confidence", "@type": XSD + "decimal"},
    "comment": RDFS + "comment",
    "prefLabel": {"@id": SKOS + "prefLabel", "@container": "@language"},
    "kind": {"@id": RDF + "type", "@type": "@id"},
}
"""What our documents say beside the terms of the recommendation."""
_A: Final = NamedNode(RDF + "type")
_COUNT: Final = NamedNode(XSD + "nonNegativeInteger")
_DECIMAL: Final = NamedNode(XSD + "decimal")
_PURPOSES: Final = ("identifying", "tagging")


def annotation_page(found: Annotated) -> dict[str, Any]:
    """Return what was found in a text as an AnnotationPage.

    Its IRIs are made of the text and the marks, so that the same text gives the same page.
    """
    return {
        "@context": [CONTEXT, dict(_OWN)],
        "id": _urn(found.iri, "page", found.language, str(found.least)),
        "type": "AnnotationPage",
        "startIndex": 0,
        "items": [_item(found.iri, each) for each in found.annotations],
    }


def annotation_triples(found: Annotated) -> list[Triple]:
    """Return what the page says as triples."""
    page = annotation_page(found)
    node = NamedNode(page["id"])
    told = [_say(node, _A, NamedNode(AS + "OrderedCollectionPage"))]
    told.append(_say(node, NamedNode(AS + "startIndex"), Literal("0", datatype=_COUNT)))
    told += _listed(node, [NamedNode(each["id"]) for each in page["items"]])
    told.append(_say(_SOFTWARE_NODE, _A, NamedNode(AS + "Application")))
    told.append(_say(_SOFTWARE_NODE, NamedNode(FOAF + "name"), Literal(f"govkg {__version__}")))
    for number, item in enumerate(page["items"]):
        told += _item_triples(item, number)
    return list(dict.fromkeys(told))


def _listed(node: NamedNode, items: list[NamedNode]) -> Iterator[Triple]:
    """Yield the items of a page as an RDF list."""
    heads: list[Node] = [BlankNode(f"i{number}") for number in range(len(items))]
    heads.append(NamedNode(RDF + "nil"))
    yield _say(node, NamedNode(AS + "items"), heads[0])
    for number, item in enumerate(items):
        yield _say(heads[number], NamedNode(RDF + "first"), item)
        yield _say(heads[number], NamedNode(RDF + "rest"), heads[number + 1])


def _item_triples(item: dict[str, Any], number: int) -> Iterator[Triple]:
    """Yield what one annotation says."""
    node, body, target = NamedNode(item["id"]), BlankNode(f"b{number}"), BlankNode(f"t{number}")
    source = item["body"]["source"]
    concept = NamedNode(source["id"])
    yield _say(node, _A, NamedNode(OA + "Annotation"))
    for purpose in _PURPOSES:
        yield _say(node, NamedNode(OA + "motivatedBy"), NamedNode(OA + purpose))
        yield _say(body, NamedNode(OA + "hasPurpose"), NamedNode(OA + purpose))
    yield _say(node, NamedNode(AS + "generator"), _SOFTWARE_NODE)
    confidence = Literal(item["confidence"], datatype=_DECIMAL)
    yield _say(node, NamedNode(GOV + "confidence"), confidence)
    yield _say(node, NamedNode(RDFS + "comment"), Literal(item["comment"]))
    for name, part, of in (("Body", body, concept), ("Target", target, None)):
        yield _say(node, NamedNode(OA + f"has{name}"), part)
        yield _say(part, _A, NamedNode(OA + "SpecificResource"))
        yield _say(part, NamedNode(OA + "hasSource"), of or NamedNode(item["target"]["source"]))
    yield _say(concept, _A, NamedNode(source["kind"]))
    for tag, label in source["prefLabel"].items():
        yield _say(concept, NamedNode(SKOS + "prefLabel"), Literal(label, language=tag))
    for place, selector in enumerate(item["target"]["selector"]):
        chooser = BlankNode(f"s{number}x{place}")
        yield _say(target, NamedNode(OA + "hasSelector"), chooser)
        yield from _selector_triples(chooser, selector)


def _selector_triples(node: BlankNode, selector: dict[str, Any]) -> Iterator[Triple]:
    """Yield what a selector says."""
    yield _say(node, _A, NamedNode(OA + selector["type"]))
    for key, value in selector.items():
        if key != "type":
            literal = (
                Literal(str(value), datatype=_COUNT) if isinstance(value, int) else Literal(value)
            )
            yield _say(node, NamedNode(OA + key), literal)


def _say(subject: Node, predicate: NamedNode, value: Node) -> Triple:
    return Triple(cast("NamedNode | BlankNode", subject), predicate, value)


def _item(source: str, each: Annotation) -> dict[str, Any]:
    return {
        "id": _urn(source, each.concept.iri, str(each.start), str(each.end)),
        "type": "Annotation",
        "motivation": list(_PURPOSES),
        "generator": {"id": _SOFTWARE, "type": "Software", "name": f"govkg {__version__}"},
        "confidence": f"{each.score:.2f}",
        "comment": f"{each.name_kind} “{each.name}”, {each.fit}",
        "body": _body(each.concept),
        "target": {
            "type": "SpecificResource",
            "source": source,
            "selector": _selectors(each),
        },
    }


def _body(concept: Concept) -> dict[str, Any]:
    """Return the concept that an annotation identifies."""
    said = {"id": concept.iri, "kind": concept.kind, "prefLabel": concept.labels}
    return {"type": "SpecificResource", "purpose": list(_PURPOSES), "source": said}


def _selectors(each: Annotation) -> list[dict[str, Any]]:
    """Return the place in the text twice: by position, and by what stands there and around it."""
    around = {"exact": each.exact, "prefix": each.prefix, "suffix": each.suffix}
    return [
        {"type": "TextPositionSelector", "start": each.start, "end": each.end},
        {"type": "TextQuoteSelector", **around},
    ]


def _urn(*parts: str) -> str:
    return uuid5(NAMESPACE_URL, "\n".join(parts)).urn
