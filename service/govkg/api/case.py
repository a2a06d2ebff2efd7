"""``/case/{id}``: one local reform: what was asserted, part by part, and what follows."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Path
from pyoxigraph import NamedNode, Triple
from starlette.responses import Response

from govkg.api.dependencies import HeldDep, PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import published
from govkg.api.facts import TYPE, Fact
from govkg.api.knowledge import Service, address_of
from govkg.api.looking import Held
from govkg.api.negotiation import HTML, RDF
from govkg.cases.kg import Case
from govkg.errors import GoneError, NotFoundError
from govkg.ontology import LABEL, TITLE, Ontology, Texts
from govkg.publishing.references import STYLES, of_case, tags
from govkg.rdf import Node
from govkg.vocabulary import DCTERMS, GOV

router = APIRouter(tags=["cases"])
PARTS: Final = (
    "SituationReport", "CrisisEpisode", "InnovationMeasure", "OutcomeAssessment", "IndicatorValue",
    "GovernanceProfile", "AxisAssessment", "PolicyExperiment", "ExperimentStage", "AdoptionEvent",
    "RegionalArrangement", "DisclosureRestriction", "Participation", "EvidenceItem",
)  # fmt: skip
"""The classes of the parts of a case, in the order of docs/case-model.md."""
_NOT_SHOWN = (LABEL, TITLE, NamedNode(DCTERMS + "description"))


@dataclass
class Part:
    """One part of a case, with what is said about it."""

    iri: NamedNode
    kind: NamedNode | None
    rows: dict[NamedNode, list[Triple]] = field(default_factory=dict)
    """What was asserted, by property."""
    inferred: dict[NamedNode, list[Triple]] = field(default_factory=dict)
    """What follows, by property."""

    @property
    def anchor(self) -> str:
        """Return the fragment of the part's IRI, or the last step of what is no part."""
        return self.iri.value.partition("#")[2] or self.iri.value.rpartition("/")[2]


@router.get(
    "/case/{case_id}",
    **operation(
        "getCase",
        "Describe a case",
        answers=dict.fromkeys((*RDF, HTML), "…"),
        fails=(NotFoundError, GoneError),
    ),
)
def get_case(
    case_id: Annotated[str, Path(examples=["porto-alegre-pb"])],
    known: HeldDep,
    wanted: WantedDep,
    page: PageDep,
    service: ServiceDep,
) -> Response:
    """Return what was asserted about a case; the page also shows what follows, and why."""
    case = next((c for c in known.cases if c.id == case_id), None)
    if case is None:
        raise missing(service, case_id)
    return published(
        wanted,
        lambda: known.kg.store.triples(case.graph),
        lambda: _page(page, case, known, service),
    )


def missing(service: Service, case_id: str) -> NotFoundError:
    """Return the error for a case that is not public: its tombstone, if it was once."""
    if service.journal and service.journal.holds(case_id):
        record = service.journal.record(case_id)
        if record.withdrawn and record.public:
            return service.journal.gone(record)
    return NotFoundError(what="case", name=case_id, hint="All cases are listed under /cases.")


def _page(page: PageDep, case: Case, known: Held, service: Service) -> Response:
    triples = known.kg.store.triples(case.graph)
    reading = read(case.iri, triples, known.facts.about)
    url = f"{address_of(page.request)}/case/{case.id}"
    found = of_case(known.kg, case, url)
    return page.render(
        "case.html",
        headers={"Link": _signposts(case, url)},
        case=case,
        tags=tags(found),
        references={name: (title, write(found)) for name, (title, _, write) in STYLES.items()},
        in_journal=service.journal is not None and service.journal.holds(case.id),
        **vars(reading),
    )


def _signposts(case: Case, url: str) -> str:
    """Return where programs find how to cite a page, and its data (https://signposting.org/)."""
    cited = (f'<{url}/cite?style={name}>; rel="describedby"; type="{media}"'
             for name, (_, media, _) in STYLES.items())  # fmt: skip
    data = (f'<{url}>; rel="describedby"; type="{media}"' for media in RDF)
    return ", ".join((f'<{case.iri.value}>; rel="cite-as"', *cited, *data))


@dataclass(frozen=True)
class Reading:
    """What a case says, as a page tells it."""

    head: Part
    """What is said of the case itself."""
    description: Texts
    groups: dict[str, list[Part]]
    """Its parts by the name of their class, in order."""
    others: list[NamedNode]
    """The places and actors that it describes beside."""


def read(
    iri: NamedNode, triples: Collection[Triple], about: Callable[[NamedNode], Iterable[Fact]]
) -> Reading:
    """Sort what the triples of a case describe; ``about`` tells what is said of each node."""
    own = {t.subject for t in triples if isinstance(t.subject, NamedNode)}
    parts = [_part(each, about) for each in own if each.value.startswith(iri.value + "#")]
    grouped = {
        kind: [p for p in sorted(parts, key=_order) if _kind(p) == kind] for kind in (*PARTS, "")
    }
    others = (each for each in own if "#" not in each.value and each != iri)
    return Reading(
        _part(iri, about),
        Ontology(triples).texts(iri, _NOT_SHOWN[2]),
        {kind: found for kind, found in grouped.items() if found},
        sorted(others, key=lambda each: each.value),
    )


def read_alone(iri: NamedNode, triples: Collection[Triple]) -> tuple[Reading, list[Part]]:
    """Read a case of which nothing is in the graph; returns what it describes beside as parts."""
    said: dict[Node, list[Fact]] = {}
    for triple in triples:
        said.setdefault(triple.subject, []).append(Fact(triple, iri, inferred=False))
    reading = read(iri, triples, lambda node: said.get(node, ()))
    return reading, [_part(node, lambda node: said.get(node, ())) for node in reading.others]


def _part(iri: NamedNode, about: Callable[[NamedNode], Iterable[Fact]]) -> Part:
    """Collect what is said about a part."""
    part = Part(iri, None)
    for fact in about(iri):
        triple = fact.triple
        if triple.predicate == TYPE and not fact.inferred:
            part.kind = triple.object if isinstance(triple.object, NamedNode) else None
        elif not fact.inferred and triple.predicate not in _NOT_SHOWN:
            part.rows.setdefault(triple.predicate, []).append(triple)
        elif _is_telling(fact):
            part.inferred.setdefault(triple.predicate, []).append(triple)
    return part


def _is_telling(fact: Fact) -> bool:
    """Say whether a derived fact tells a reader something: it uses a term of the ontology."""
    predicate, value = fact.triple.predicate, fact.triple.object
    if predicate == TYPE:
        return fact.inferred and isinstance(value, NamedNode) and value.value.startswith(GOV)
    return fact.inferred and predicate.value.startswith(GOV)


def _kind(part: Part) -> str:
    name = part.kind.value.removeprefix(GOV) if part.kind else ""
    return name if name in PARTS else ""


def _order(part: Part) -> tuple[int, str]:
    """Sort parts by their names, numbers within them by value."""
    digits = "".join(c for c in part.anchor if c.isdigit())
    return int(digits or 0), part.anchor
