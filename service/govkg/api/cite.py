"""``/case/{id}/cite``: how to cite the record of a case."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from govkg.api.case import missing
from govkg.api.dependencies import KnowledgeDep, ServiceDep
from govkg.api.describing import operation
from govkg.api.knowledge import address_of
from govkg.errors import GoneError, NotFoundError, ParameterError
from govkg.publishing.references import STYLES, of_case

router = APIRouter(tags=["cases"])


@router.get(
    "/case/{case_id}/cite",
    **operation(
        "citeCase",
        "Cite the record of a case",
        answers={media: "…" for _, media, _ in STYLES.values()},
        fails=(NotFoundError, GoneError),
    ),
)
def cite_case(
    request: Request,
    case_id: Annotated[str, Path(max_length=200, examples=["porto-alegre-pb"])],
    known: KnowledgeDep,
    service: ServiceDep,
    style: Annotated[
        str, Query(description=f"One of: {', '.join(STYLES)}.", examples=["ris"])
    ] = "bibtex",
) -> Response:
    """Return the reference for a list of literature; it names whoever made the record."""
    case = next((each for each in known.cases if each.id == case_id), None)
    if case is None:
        raise missing(service, case_id)
    if style not in STYLES:
        remedy = f"Use one of: {', '.join(STYLES)}."
        raise ParameterError(name="style", reason=f"“{style}” is unknown", remedy=remedy)
    _, media, write = STYLES[style]
    found = of_case(known.kg, case, f"{address_of(request)}/case/{case_id}")
    ending = {"bibtex": "bib", "ris": "ris", "csl": "json"}[style]
    name = {"Content-Disposition": f'attachment; filename="{case_id}.{ending}"'}
    return Response(write(found), media_type=media, headers=name)
