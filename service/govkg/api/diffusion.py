"""``/diffusion``: who adopted an innovation from whom; ``/cases/{id}/similar``: what is alike.

Both tell what named sources claim, as the graph records it; they judge nobody.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from pyoxigraph import NamedNode
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import CSV, HTML, JSON
from govkg.api.pages import Page
from govkg.api.resources import subject
from govkg.cases.comparing import ASPECTS, Likeness, similar
from govkg.cases.diffusing import Way, adoptions, innovations, ways
from govkg.cases.kg import Case
from govkg.errors import NotFoundError
from govkg.rdf import Node
from govkg.vocabulary import GOV

router = APIRouter(tags=["cases"])
_OFFERED: Final = (JSON, CSV, HTML)
_ABOUT: Final = {
    "en": "What named sources claim, as recorded.",
    "zh": "以下为有名来源的说法，按记录列出。",
}


@router.get(
    "/diffusion",
    **operation(
        "getDiffusion",
        "Tell who adopted innovations from whom, and in how many steps",
        answers={JSON: {"ways": []}, CSV: "case,steps,origin,target,way\n", HTML: "…"},
        fails=(NotFoundError,),
    ),
)
def get_diffusion(
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
    innovation: Annotated[
        str,
        Query(
            max_length=500,
            description="The id of a case, or the IRI of a concept that measures are about; all if "
            "it is left out.",
        ),
    ] = "",
) -> Response:
    """Return every way from the origin of an innovation to those that adopted it.

    Of a concept: who adopted it when. From whom is not recorded there, and the order says nothing
    about it.
    """
    media = wanted.choose(_OFFERED)
    if "://" in innovation:
        return _adopted(innovation, known, media, page)
    cases = [_case(known, innovation)] if innovation else known.cases
    found = [way for case in cases for way in ways(known.kg, case)]
    if media == JSON:
        others = [] if innovation else innovations(known.kg)
        told = [_node_json(each, known) | {"adoptions": number} for each, number in others]
        ways_told = [_way_json(way, known) for way in found]
        return JSONResponse({"about": _ABOUT, "ways": ways_told, "innovations": told})
    if media == CSV:
        rows = (_way_row(way) for way in found)
        return _table(("case", "steps", "origin", "target", "way"), rows)
    grouped: dict[str, list[Way]] = {}
    for way in found:
        grouped.setdefault(way.case.id, []).append(way)
    others = [] if innovation else innovations(known.kg)
    return page.render("diffusion.html", grouped=grouped, others=others)


def _adopted(innovation: str, known: Knowledge, media: str, page: Page) -> Response:
    """Return who adopted an innovation when; raises NotFoundError if no measure is about it."""
    iri = subject(innovation)
    found = adoptions(known.kg, iri) if iri else []
    if iri is None or not found:
        hint = "Those that measures are about are listed under /diffusion."
        raise NotFoundError(what="innovation", name=innovation, hint=hint)
    if media == JSON:
        told = [
            {"place": _node_json(each.place, known), "date": each.date or None,
             "measure": each.measure.value}
            for each in found
        ]  # fmt: skip
        return JSONResponse(
            {"about": _ABOUT, "innovation": _node_json(iri, known), "adoptions": told}
        )
    if media == CSV:
        numbered = enumerate(found, 1)
        rows = ((iri.value, n, e.date, e.place.value, e.measure.value) for n, e in numbered)
        return _table(("innovation", "number", "date", "place", "measure"), rows)
    return page.render("adoptions.html", innovation=iri, adoptions=found)


@router.get(
    "/cases/{case_id}/similar",
    **operation(
        "getSimilar",
        "Tell which cases are similar to one, and in what",
        answers={JSON: {"similar": []}, CSV: "case,score,shared\n", HTML: "…"},
        fails=(NotFoundError,),
    ),
)
def get_similar(
    case_id: Annotated[str, Path(max_length=200, examples=["naga-city"])],
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return similar cases, the nearest first, with what they share and a score from 0 to 1.

    The score is the weighted mean of the Jaccard indexes of the aspects that either case has.
    """
    media, case = wanted.choose(_OFFERED), _case(known, case_id)
    found = similar(known.kg, case, known.cases)
    if media == JSON:
        told = [_likeness_json(each, known) for each in found]
        return JSONResponse({"about": _ABOUT, "weights": ASPECTS, "similar": told})
    if media == CSV:
        rows = ((e.case.iri.value, e.score, _flat(e.shared.values())) for e in found)
        return _table(("case", "score", "shared"), rows)
    shared = [
        (e, {NamedNode(GOV + name): nodes for name, nodes in e.shared.items()}) for e in found
    ]
    return page.render("similar.html", case=case, found=shared)


def _case(known: Knowledge, case_id: str) -> Case:
    found = next((case for case in known.cases if case.id == case_id), None)
    if found is None:
        raise NotFoundError(what="case", name=case_id, hint="All cases are listed under /cases.")
    return found


def _node_json(node: Node, known: Knowledge) -> dict[str, Any]:
    return {"iri": getattr(node, "value", str(node)), "label": known.kg.teller.label(node)}


def _way_json(way: Way, known: Knowledge) -> dict[str, Any]:
    return {
        "case": way.case.id,
        "steps": way.steps,
        "way": [_node_json(stop, known) for stop in way.stops],
        "events": [event.value if event else None for event in way.events],
    }


def _likeness_json(found: Likeness, known: Knowledge) -> dict[str, Any]:
    shared = {name: [_node_json(n, known) for n in nodes] for name, nodes in found.shared.items()}
    return {
        "case": found.case.id,
        "title": found.case.titles,
        "score": found.score,
        "shared": shared,
    }


def _way_row(way: Way) -> tuple[object, ...]:
    stops = [stop.value for stop in way.stops]
    return way.case.iri.value, way.steps, stops[0], stops[-1], " > ".join(stops)


def _flat(groups: Iterable[Sequence[Node]]) -> str:
    return " ".join(getattr(node, "value", str(node)) for nodes in groups for node in nodes)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Return rows as CSV (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return Response(text.getvalue(), media_type=CSV)
