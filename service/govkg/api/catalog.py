"""``/catalog``: what is given away, in DCAT-AP 3, for harvesters of open-data portals."""

import asyncio
import json
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from govkg.api.dependencies import PageDep, ReleaseDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.documents import as_rdf
from govkg.api.giving import catalogue_of, where
from govkg.api.negotiation import HTML, RDF
from govkg.errors import DeadlineError, NotFoundError
from govkg.publishing.catalogue import TOLD
from govkg.publishing.licences import licence_named
from govkg.publishing.markup import dataset_markup
from govkg.rdf import FORMATS

router = APIRouter(tags=["data"])
_ENDINGS: Final = {
    ending: known.media_type for known in FORMATS for ending in known.extensions
    if known.media_type in RDF
}  # fmt: skip


@router.get(
    "/catalog",
    **operation("getCatalog", "Describe the datasets in DCAT-AP",
                answers=dict.fromkeys((*RDF, HTML), "…"), fails=(NotFoundError, DeadlineError)),
)  # fmt: skip
async def get_catalog(
    request: Request,
    service: ServiceDep,
    wanted: WantedDep,
    page: PageDep,
    release: ReleaseDep,
) -> Response:
    """Return every dataset with its licence, files and checksums, and the services."""
    media = wanted.choose((*RDF, HTML))
    dump, catalogue = await catalogue_of(request, service, release)
    if media != HTML:
        return await asyncio.to_thread(lambda: as_rdf(catalogue.triples(), media))
    markup = json.dumps(dataset_markup(dump, where(request, release), service.settings))
    return page.render(
        "catalog.html",
        dump=dump,
        told=TOLD,
        licence=licence_named,
        markup=markup.replace("<", "\\u003c"),
    )


@router.get(
    "/catalog{ending}",
    **operation("getCatalogFile", "Describe the datasets in DCAT-AP, by the ending of a file",
                answers=dict.fromkeys(RDF, "…"), fails=(NotFoundError, DeadlineError)),
)  # fmt: skip
async def get_catalog_file(
    request: Request,
    service: ServiceDep,
    ending: Annotated[str, Path(examples=[".ttl"])],
    release: ReleaseDep,
) -> Response:
    """Return the catalogue as Turtle (.ttl), JSON-LD (.jsonld), RDF/XML (.rdf) or N-Triples."""
    if ending not in _ENDINGS:
        hint = f"There are: {', '.join('catalog' + each for each in _ENDINGS)}."
        raise NotFoundError(what="file", name=f"catalog{ending}", hint=hint)
    _, catalogue = await catalogue_of(request, service, release)
    return await asyncio.to_thread(lambda: as_rdf(catalogue.triples(), _ENDINGS[ending]))
