"""The dump of the data that readers see, for those who ask for it or for the catalogue."""

import asyncio
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.responses import FileResponse, Response

from govkg.api.knowledge import Service, address_of
from govkg.api.negotiation import CSV
from govkg.errors import NotFoundError, NotReadyError
from govkg.publishing.cases import safe_for_spreadsheets
from govkg.publishing.catalogue import Catalogue, Where
from govkg.publishing.dumping import LICENCES, MANIFEST, SUMS, Dump, File
from govkg.publishing.releases import Release

_PLAIN: Final = {MANIFEST: "application/json", LICENCES: "text/plain", SUMS: "text/plain"}
_EXCEL: Final = 'attachment; filename="cases-for-spreadsheets.csv"'


async def dump_of(service: Service, release: Release | None = None) -> tuple[Path, Dump]:
    """Return the dump of the data that readers see, or that of a release.

    The first is made if need be. See ``Dumps.of``.
    """
    if release:
        return release.folder, release.dump
    service.known()
    if service.made is None:
        raise NotReadyError(reason=service.reason, retry_after=2)
    return await service.dumps.of(service.made.number)


async def catalogue_of(
    request: Request, service: Service, release: Release | None = None
) -> tuple[Dump, Catalogue]:
    """Return the catalogue; a dataset without our data has none (NotFoundError)."""
    if not service.settings.bundle:
        hint = "Start with GOVKG_BUNDLE=true; /dumps has the files."
        raise NotFoundError(what="catalogue of", name="a plain dataset", hint=hint)
    _, dump = await dump_of(service, release)
    return dump, Catalogue(dump, where(request, release), service.settings)


def where(request: Request, release: Release | None) -> Where:
    """Return at which addresses there is what belongs to a dump."""
    return Where(address_of(request), release.version if release else "")


async def file_of(
    service: Service, name: str, release: Release | None = None, *, excel: bool = False
) -> Response:
    """Return a file of the dump; raises NotFoundError if there is none of this name."""
    folder, dump = await dump_of(service, release)
    return await asyncio.to_thread(file_in, folder, dump, name, excel=excel)


def file_in(folder: Path, dump: Dump, name: str, *, excel: bool = False) -> Response:
    """Return a file of a dump in a folder, or a part of it (Range)."""
    file = dump.file(name)
    if name in _PLAIN:
        return Response((folder / name).read_bytes(), media_type=_PLAIN[name])
    if file is None:
        names = ", ".join(each.name for each in dump.files)
        raise NotFoundError(what="file", name=name, hint=f"There are: {names}.")
    if excel and file.media_type == CSV:
        data = safe_for_spreadsheets((folder / name).read_bytes())
        return Response(data, media_type=CSV, headers={"Content-Disposition": _EXCEL})
    return FileResponse(folder / name, media_type=_sent_as(file), headers=_headers(file))


def _sent_as(file: File) -> str:
    return "application/gzip" if file.is_packed else file.media_type


def _headers(file: File) -> dict[str, str]:
    """Name the bytes by their hash, so that a download can be carried on with If-Range."""
    headers = {"ETag": f'"{file.sha256[:32]}"'}
    if file.is_packed or file.media_type == CSV:
        headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return headers
