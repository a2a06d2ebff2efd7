"""``/releases``: frozen versions of the data, how to cite them, and what differs between them."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import PageDep, ServiceDep, WantedDep
from govkg.api.describing import operation
from govkg.api.giving import file_in
from govkg.api.knowledge import address_of
from govkg.api.middleware import FOR_GOOD
from govkg.api.negotiation import HTML, JSON
from govkg.errors import NotFoundError, ParameterError
from govkg.publishing.differences import difference
from govkg.publishing.references import STYLES, of_release
from govkg.publishing.releases import FACTS, Release, release_named, releases

router = APIRouter(tags=["data"])
_EXAMPLE = {"version": "2027.1", "created": "2027-01-15"}
Version = Annotated[str, Path(examples=["2027.1"])]


@router.get(
    "/releases",
    **operation("listReleases", "List all releases", answers={JSON: {"releases": [_EXAMPLE]},
                HTML: "…"}),
)  # fmt: skip
async def list_releases(
    request: Request, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return every version of the data that was frozen, the newest first."""
    found = await asyncio.to_thread(releases, service.settings.data_dir)
    if wanted.choose((JSON, HTML)) == HTML:
        return page.render("releases.html", releases=found, styles=tuple(STYLES))
    return JSONResponse({"releases": [_brief(each, address_of(request)) for each in found]})


@router.get(
    "/releases/{version}",
    **operation("getRelease", "Describe a release", answers={JSON: _EXAMPLE},
                fails=(NotFoundError,)),
)  # fmt: skip
async def get_release(
    version: Version, request: Request, service: ServiceDep, wanted: WantedDep
) -> Response:
    """Return what a release holds: graphs, licences, versions, and files with checksums."""
    wanted.choose((JSON,))
    release = await _release(service, version)
    return JSONResponse(_brief(release, address_of(request)) | release.as_json())


@router.get(
    "/releases/{version}/cite",
    **operation("citeRelease", "Cite a release",
                answers={media: "…" for _, media, _ in STYLES.values()}, fails=(NotFoundError,)),
)  # fmt: skip
async def cite_release(
    version: Version,
    request: Request,
    service: ServiceDep,
    style: Annotated[str, Query(description=f"One of: {', '.join(STYLES)}.")] = "bibtex",
) -> Response:
    """Return the reference for a list of literature."""
    release = await _release(service, version)
    if style not in STYLES:
        raise ParameterError(
            name="style",
            reason=f"“{style}” is unknown",
            remedy=f"Use one of: {', '.join(STYLES)}.",
        )
    _, media, write = STYLES[style]
    found = of_release(release, _url(release, address_of(request)))
    return Response(write(found), media_type=media)


@router.get(
    "/releases/{version}/diff/{other}",
    **operation("compareReleases", "Compare two releases",
                answers={JSON: {"from": "2027.1", "to": "2027.2"}, HTML: "…"},
                fails=(NotFoundError,)),
)  # fmt: skip
async def compare_releases(
    version: Version, other: Version, service: ServiceDep, wanted: WantedDep, page: PageDep
) -> Response:
    """Return which terms, cases and triples the second has and the first has not, and vice versa.

    At most a thousand triples of each kind are listed; all are counted.
    """
    media = wanted.choose((JSON, HTML))
    old, new = [await _release(service, each) for each in (version, other)]
    async with service.comparing:  # one at a time: it may take a second
        found = await asyncio.to_thread(difference, old, new)
    if media == HTML:
        return page.render("release_changes.html", found=found, old=old, new=new)
    return JSONResponse(found, headers={"Cache-Control": FOR_GOOD})


@router.get(
    "/releases/{version}/{name}",
    **operation("getReleaseFile", "Return a file of a release",
                answers={"application/gzip": "…", "text/turtle": "…", JSON: {}},
                fails=(NotFoundError,)),
)  # fmt: skip
async def get_release_file(
    version: Version, name: Annotated[str, Path(examples=["LICENCES.txt"])], service: ServiceDep
) -> Response:
    """Return a file as it was when the release was made; it never changes."""
    release = await _release(service, version)
    if name == FACTS:
        return JSONResponse({"version": release.version, "created": release.created})
    response = await asyncio.to_thread(file_in, release.folder, release.dump, name)
    response.headers["Cache-Control"] = FOR_GOOD
    return response


async def _release(service: ServiceDep, version: str) -> Release:
    return await asyncio.to_thread(release_named, service.settings.data_dir, version)


def _url(release: Release, address: str) -> str:
    return f"{address}/releases/{release.version}"


def _brief(release: Release, address: str) -> dict[str, object]:
    """Return the addresses of a release."""
    url = _url(release, address)
    return {
        "version": release.version,
        "created": release.created,
        "url": url,
        "quads": release.dump.quads,
        "query": f"{address}/sparql?release={release.version}&query={{query}}",
        "cite": {style: f"{url}/cite?style={style}" for style in STYLES},
    }
