"""``/explain``: why a statement holds, down to what was asserted and to the words of the source."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from govkg.api.dependencies import KnowledgeDep, LanguageDep, PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import as_rdf
from govkg.api.knowledge import Knowledge, Service
from govkg.api.negotiation import HTML, JSON, RDF, TEXT, TURTLE
from govkg.api.whatif import missing_for
from govkg.cases.hypotheses import with_missing
from govkg.errors import DocumentSyntaxError, Language, NotEntailedError, ParameterError
from govkg.rdf import expand, read_term
from govkg.reasoning import MOST, RULES, Proof
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

Number = Annotated[
    int,
    Query(
        alias="alternatives",
        ge=1,
        le=MOST,
        description="How many proofs, the shortest first, none resting on all of another.",
    ),
]


@dataclass(frozen=True)
class Asked:
    """A statement as it stands in the parameters of a request."""

    s: str
    p: str
    o: str

    def statement(self) -> Triple:
        """Read the three terms; raises ParameterError if one is missing or unreadable."""
        for name, text in (("s", self.s), ("p", self.p), ("o", self.o)):
            if not text.strip():
                raise ParameterError(
                    name=name,
                    reason="it is missing",
                    remedy="Give s, p and o, as in s=gc:authority-crisis.",
                )
        value = read_term(self.o)
        if not isinstance(value, NamedNode | BlankNode | Literal):
            remedy = "Give an IRI or a literal."
            raise ParameterError(name="o", reason="it is a triple", remedy=remedy)
        return Triple(expand(self.s), expand(self.p), value)


async def _asked(s: Term = "", p: Predicate = "", o: Value = "") -> Asked:
    return Asked(s, p, o)


AskedDep = Annotated[Asked, Depends(_asked)]
"""The statement that a request is about."""


@router.get(
    "/explain",
    **operation(
        "explain",
        "Explain why a statement holds",
        answers={JSON: _EXAMPLE, **dict.fromkeys((*RDF, TEXT, HTML), "…")},
        fails=(NotEntailedError, DocumentSyntaxError),
    ),
)
async def explain(  # noqa: PLR0913, PLR0917 # each is a part of the request
    request: Request,
    service: ServiceDep,
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
    language: LanguageDep,
    asked: AskedDep,
    number: Number = 1,
) -> Response:
    """Return the proof of the statement s p o: as a tree, as PROV-O, as sentences, as a page.

    With alternatives=N up to N proofs come, the shortest first, none resting on all of another.
    """
    media = wanted.choose(_OFFERED)
    if media == HTML and not (asked.s or asked.p or asked.o):
        return _page(page, asked, number=number, proofs=(), samples=_samples(known))
    triple = asked.statement()
    try:
        proofs = await run_in_threadpool(_proofs, known, triple, number)
    except NotEntailedError as error:
        raise await _explained(request, service, known, triple, error) from None
    if media == HTML:
        return _page(page, asked, number=number, proofs=proofs, samples=())
    return _told(proofs, known, media, language)


def _proofs(known: Knowledge, triple: Triple, number: int) -> list[Proof]:
    return known.kg.proofs(triple, number) if number > 1 else [known.kg.prove(triple)]


async def _explained(
    request: Request, service: Service, known: Knowledge, triple: Triple, error: NotEntailedError
) -> NotEntailedError:
    """Return the error with what is missing, if the statement is about a case or a part of it."""
    subject = triple.subject.value if isinstance(triple.subject, NamedNode) else ""
    case = next((c for c in known.cases if c.iri.value == subject.partition("#")[0]), None)
    if case is None or isinstance(triple.object, BlankNode):
        return error
    terms = [subject, triple.predicate.value, str(triple.object)]
    return with_missing(error, json.loads(await missing_for(request, service, case.id, terms)))


def _told(proofs: Sequence[Proof], known: Knowledge, media: str, language: Language) -> Response:
    """Return proofs as JSON, as sentences or as PROV-O."""
    teller = known.kg.teller
    if media == JSON:
        return JSONResponse(teller.all_json(proofs))
    if media == TEXT:
        return PlainTextResponse("\n".join(teller.as_text(proof, language) for proof in proofs))
    triples = dict.fromkeys(triple for proof in proofs for triple in teller.as_prov(proof))
    return as_rdf(triples, media or TURTLE)


def _page(page: PageDep, asked: Asked, **shown: Any) -> Response:
    terms: dict[str, Any] = {"s": asked.s, "p": asked.p, "o": asked.o}
    return page.render("explain.html", rules=RULES, readable=readable, **terms, **shown)


def _samples(known: Knowledge) -> list[Triple]:
    """Return some inferred statements about cases, one of each kind, to start from."""
    found: list[Triple] = []
    for name in ("suggestsCondition", "hasCandidateRemedy", "adoptsRemedy", "hasPole"):
        found += known.facts.inferred(NamedNode(GOV + name))[:2]
    return found
