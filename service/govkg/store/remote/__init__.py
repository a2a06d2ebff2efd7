"""The remote store: any engine that speaks SPARQL 1.1: query, update and graph store protocol.

``connection`` talks to the engine, and ``logins`` tells it who asks. ``graphs`` says what is kept
there, and ``blank_nodes`` how a blank node is. ``queries`` and ``results`` carry a query over and
its answer back. ``staging`` brings in what a change needs, and ``operations`` words the update that
carries it out. ``store`` is made of all these.
"""

from govkg.store.remote.connection import Addresses, Limits
from govkg.store.remote.logins import Login, Token
from govkg.store.remote.store import RemoteStore

__all__ = ["Addresses", "Limits", "Login", "RemoteStore", "Token"]
