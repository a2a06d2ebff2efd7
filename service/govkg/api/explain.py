"""``/explain``: why a statement holds, down to what was asserted and to the words of the source."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from starlette.responses import JSONResponse, PlainTextResponse, Response

from govkg.api.dependencies import KnowledgeDep, LanguageDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import as_rdf
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import HTML, JSON, RDF, TEXT, TURTLE
from govkg.errors import DocumentSyntaxError, NotEntailedError, ParameterError
from govkg.rdf import expand, read_term
from govkg.reasoning import RULES
from govkg.reasoning.telling import readable
from govkg.vocabulary import GOV

router = APIRouter(tags=["reasoning"])
_OFFERED = (JSON, *RDF, TEXT, HTML)
_EXAMPLE = {"statement": {}, "rule": "asserted", "inferred": False, "status": "stated"}
_TERM = "An IRI or a prefixed name"
Term = Annotated[
    str, Query(max_length=2000, description=f"{_TERM}.", examples=["gc:authority-crisis"])
]
Predicate = Annotated[
    str, Query(max_length=2000, description=f"{_TERM}.", examples=["gov:hasCause"])
]
Value = Annotated[
    str,
    Query(
        max_length=5000,
        description=f"{_TERM}, or a literal as in Turtle.",
        examples=["gc:legacy-dysfunction"],
    ),
]


@router.get(
    "/explain",
    **operation(
        "explain",
        "Explain why a statement holds",
        answers={JSON: _EXAMPLE, **dict.fromkeys((*RDF, TEXT, HTML), "…")},
        fails=(NotEntailedError, DocumentSyntaxError),
    ),
)
def explain(
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
    language: LanguageDep,
    s: Term = "",
    p: Predicate = "",
    o: Value = "",
) -> Response:
    """Return the proof of the statement s p o: as a tree, as PROV-O, as sentences, as a page."""
    media = wanted.choose(_OFFERED)
    if media == HTML and not (s or p or o):
        return _page(page, s=s, p=p, o=o, proof=None, samples=_samples(known))
    proof = known.kg.prove(_statement(s, p, o))
    if media == HTML:
        return _page(page, s=s, p=p, o=o, proof=proof, samples=())
    if media == JSON:
        return JSONResponse(known.kg.teller.as_json(proof))
    if media == TEXT:
        return PlainTextResponse(known.kg.teller.as_text(proof, language))
    return as_rdf(known.kg.teller.as_prov(proof), media or TURTLE)


def _page(page: PageDep, **shown: Any) -> Response:
    return page.render("explain.html", rules=RULES, readable=readable, **shown)


def _samples(known: Knowledge) -> list[Triple]:
    """Return some inferred statements about cases, one of each kind, to start from."""
    found: list[Triple] = []
    for name in ("suggestsCondition", "hasCandidateRemedy", "adoptsRemedy", "hasPole"):
        found += known.facts.inferred(NamedNode(GOV + name))[:2]
    return found


def _statement(s: str, p: str, o: str) -> Triple:
    """Read the three terms; raises ParameterError if one is missing or unreadable."""
    for name, text in (("s", s), ("p", p), ("o", o)):
        if not text.strip():
            raise ParameterError(
                name=name,
                reason="it is missing",
                remedy="Give s, p and o, as in s=gc:authority-crisis.",
            )
    value = read_term(o)
    if not isinstance(value, NamedNode | BlankNode | Literal):
        raise ParameterError(name="o", reason="it is a triple", remedy="Give an IRI or a literal.")
    return Triple(expand(s), expand(p), value)
