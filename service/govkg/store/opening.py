"""Open the store that the settings name: the embedded one, or an engine elsewhere."""

import httpx2

from govkg.errors import SettingError
from govkg.settings import Settings
from govkg.store import Store
from govkg.store.embedded import EmbeddedStore
from govkg.store.remote import Addresses, Limits, Login, RemoteStore, Token


def open_store(settings: Settings) -> Store:
    """Open the store; raises NotReadyError or SettingError."""
    given = settings.store_query, settings.store_update, settings.store_data
    if not settings.store and not any(given):
        return EmbeddedStore(settings.data_dir / "store")
    if not settings.store and not all(given):
        raise SettingError(
            name="GOVKG_STORE",
            reason="it is empty, and not all of GOVKG_STORE_QUERY, _UPDATE and _DATA are set",
            remedy="Set it, or all three. See docs/operations/remote-store.md.",
        )
    usual = Addresses.under(settings.store)
    addresses = Addresses(*(mine or its for mine, its in zip(given, usual, strict=True)))
    return RemoteStore(addresses, _auth(settings), Limits(settings.store_seconds))


def _auth(settings: Settings) -> httpx2.Auth | None:
    """Return how to log in to the engine."""
    if token := settings.store_token.get_secret_value():
        return Token(token)
    if settings.store_user:
        return Login(settings.store_user, settings.store_password.get_secret_value())
    return None
