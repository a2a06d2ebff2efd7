"""Releases whose pages can be shown: what is looked up in each, held in this process."""

import asyncio
from collections import OrderedDict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from govkg.api.facts import Facts
from govkg.api.looking import Held
from govkg.cases import KG
from govkg.errors import NotFoundError
from govkg.publishing.releases import Release, unpack
from govkg.rdf import format_named
from govkg.settings import Settings
from govkg.store.embedded import EmbeddedStore

_QUADS: Final = format_named("n-quads")


class Frozen:
    """The releases that are held; the least recently used gives way. Belongs to one event loop.

    At most GOVKG_RELEASES_AT_ONCE are held. One is loaded when somebody first asks for its pages,
    which takes a second or more; one is loaded at a time. Nothing is derived again.
    """

    def __init__(self, settings: Settings) -> None:
        """Take the settings, which say how many may be held."""
        self._most = settings.releases_at_once
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._loading = asyncio.Lock()

    async def of(self, release: Release) -> Held:
        """Return what can be looked up in a release; raises NotFoundError if none may be held."""
        if not self._most:
            hint = "Set GOVKG_RELEASES_AT_ONCE; its files are under /releases."
            raise NotFoundError(what="release to show", name=release.version, hint=hint)
        async with self._loading:
            if release.version not in self._held:
                while len(self._held) >= self._most:
                    self._held.popitem(last=False)
                self._held[release.version] = await asyncio.to_thread(_load, release)
            self._held.move_to_end(release.version)
            return self._held[release.version]


def _load(release: Release) -> Held:
    """Load a release as it was, with what followed from it then."""
    store = EmbeddedStore()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "release.nq"
        unpack(release, path)
        store.load(path, _QUADS)
    kg = KG(store, release.dump.base, reasons=False)
    return Held(kg, Facts(kg), tuple(kg.cases()), tuple(kg.ontology.terms()))
