"""Open the store that the settings name: the embedded one, or an engine elsewhere."""

import json
from pathlib import Path
from typing import Final

import httpx2

from govkg.errors import NotReadyError, SettingError
from govkg.settings import Settings
from govkg.store import Store
from govkg.store.embedded import EmbeddedStore
from govkg.store.remote import Addresses, Limits, Login, RemoteStore, Token

STORE: Final = "store"
"""The folder of the embedded store, in the data folder or in one that was restored."""
POINTER: Final = "current"
"""The file that names the folder with the store that is used, and the one used before."""
ITSELF: Final = "."
"""The name there of the data folder itself."""


def live_folder(data_dir: Path) -> Path:
    """Return the folder that holds the store: the data folder, or what was restored into it."""
    return data_dir / pointed(data_dir)["current"]


def pointed(data_dir: Path) -> dict[str, str]:
    """Return what the pointer says; raises NotReadyError if it cannot be read."""
    path = data_dir / POINTER
    try:
        found = json.loads(path.read_text("utf-8"))
        return {"current": str(found["current"]), "before": str(found["before"])}
    except FileNotFoundError:
        return {"current": ITSELF, "before": ITSELF}
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = f"{path}, which names the folder of the store, cannot be read ({error})"
        raise NotReadyError(reason=reason, retry_after=60) from error


def open_store(settings: Settings) -> Store:
    """Open the store; raises NotReadyError or SettingError."""
    given = settings.store_query, settings.store_update, settings.store_data
    if not settings.is_remote:
        return EmbeddedStore(live_folder(settings.data_dir) / STORE)
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
