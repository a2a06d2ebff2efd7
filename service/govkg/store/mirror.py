"""A store with what it holds at hand in this process, as new as the last look at it."""

import logging
from typing import Final

from pyoxigraph import NamedNode, Triple

from govkg.errors import GovkgError, OutdatedError
from govkg.store import Store
from govkg.store.deltas import Delta
from govkg.store.embedded import EmbeddedStore
from govkg.store.remote import RemoteStore

_LOOKS: Final = 5
"""How often to read again what others change while it is read."""

_log = logging.getLogger("govkg.store")


class Mirror:
    """A store, and its data to read from without a request.

    The embedded store is its own mirror. Of an engine elsewhere there is a copy in memory, and only
    the graphs that have changed are read again.
    """

    def __init__(self, store: Store) -> None:
        """Take the store; nothing is read yet."""
        self.store = store
        self.present = store if isinstance(store, EmbeddedStore) else EmbeddedStore()
        """What the store held at the last look; to be read, and changed by ``apply`` alone."""
        self._version: str | None = None
        self._tokens: dict[NamedNode | None, str] = {}
        self._wrote = True

    def apply(self, delta: Delta) -> None:
        """Carry out a change that was worked out from what is ``present``; it is kept for good.

        Raises OutdatedError, and changes nothing, if others have changed the store since then.
        """
        if isinstance(self.store, EmbeddedStore):
            self.store.apply(delta)
        elif delta:
            self._version = self.store.apply(delta, self._version)
            self.present.apply(delta)
            self._wrote = True
            for graph in delta.graphs:
                self._tokens[graph] = self._version

    def refresh(self) -> Delta:
        """Look at the store again; return what others have changed. OutdatedError if they go on."""
        if not isinstance(self.store, RemoteStore):
            return Delta()
        version = self.store.version()
        for _ in range(_LOOKS):
            if version == self._version:
                return Delta()
            tokens = self.store.tokens()
            delta = self._difference(tokens, self.store)
            read, version = version, self.store.version()
            if read == version:
                self.present.apply(delta)
                self._version, self._tokens = version, tokens
                return delta
        raise OutdatedError(retry_after=1)

    def keep_inferred(self, inferred: NamedNode, triples: list[Triple]) -> None:
        """Give an engine elsewhere what follows from the data, for those who query it there.

        Only after a change by this process, since whoever writes does the same. No error is raised:
        govkg itself does not read what is kept so.
        """
        if self.store is self.present or not self._wrote:
            return
        try:
            if set(self.store.triples(inferred)) != set(triples):
                self.store.put(inferred, triples)
            self._wrote = False
        except GovkgError:
            _log.exception("the engine has not got what follows; trying again after the next write")

    def _difference(self, tokens: dict[NamedNode | None, str], store: RemoteStore) -> Delta:
        """Read the graphs whose token is new, and return what is different."""
        delta = Delta(dropped=frozenset(g for g in self.present.graphs() if g not in tokens))
        for graph, token in tokens.items():
            if self._tokens.get(graph) != token:
                triples = store.unnamed() if graph is None else store.triples(graph)
                delta = delta.then(self.present.replacing(graph, triples))
        return delta
