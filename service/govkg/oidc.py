"""Tokens of an OpenID Connect issuer: JSON Web Tokens that it has signed (RFC 9068, RFC 7519)."""

import time
from collections.abc import Mapping
from importlib.util import find_spec
from threading import Lock
from typing import Any, Final

import httpx2

from govkg.access import SCOPES, Caller
from govkg.errors import NotReadyError, SettingError
from govkg.settings import Settings

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
"""Signatures by a key that only the issuer has; none by a secret that is shared."""
PREFIX: Final = "govkg:"
_FRESH: Final = 600.0  # seconds for which keys are kept
_PAUSE: Final = 15.0  # seconds before the issuer is asked again, whatever tokens are sent
_SECONDS: Final = 5.0
_LEEWAY: Final = 30  # seconds by which clocks may differ


class Verifier:
    """Knows whom the issuer has given a token. May be called from any thread."""

    def __init__(self, issuer: str, audience: str, claim: str) -> None:
        """Take the address of the issuer, for whom tokens must be, and the claim with scopes."""
        self._issuer, self._audience, self._claim = issuer, audience, claim
        self._lock = Lock()
        self._keys: Mapping[str, Any] = {}
        self._asked = -_FRESH

    def __call__(self, token: str) -> Caller | None:
        """Return whom a token stands for, or None if it is not good.

        Raises NotReadyError if the issuer has to be asked for its keys and does not answer.
        """
        import jwt  # noqa: PLC0415 # an optional dependency

        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "sub", "aud", "iss"]},
            )
        except jwt.PyJWTError:
            return None
        return self._caller(claims)

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        subject = str(claims["sub"])
        given = claims.get(self._claim, "")
        words = given.split() if isinstance(given, str) else [str(each) for each in given or ()]
        named = (word.removeprefix(PREFIX) for word in words if word.startswith(PREFIX))
        scopes = tuple(dict.fromkeys(scope for scope in named if scope in SCOPES))
        name = str(claims.get("name") or claims.get("preferred_username") or subject)
        return Caller(f"{self._issuer}#{subject}", name[:200], scopes)

    def _key(self, key_id: str) -> Any:
        """Return the key of the issuer with an id, or None; the issuer is asked now and then."""
        with self._lock:
            age = time.monotonic() - self._asked
            if age > _FRESH or (key_id not in self._keys and age > _PAUSE):
                self._asked = time.monotonic()
                self._keys = self._fetched()
            return self._keys.get(key_id)

    def _check(self, described: Mapping[str, Any]) -> None:
        if str(described["issuer"]).rstrip("/") != self._issuer:
            raise ValueError(f"it calls itself {described['issuer']}")

    def _fetched(self) -> dict[str, Any]:
        import jwt  # noqa: PLC0415 # an optional dependency

        try:
            with httpx2.Client(timeout=_SECONDS) as client:
                about = client.get(f"{self._issuer}/.well-known/openid-configuration")
                described = about.raise_for_status().json()
                self._check(described)
                keys = client.get(described["jwks_uri"]).raise_for_status().json()
            found = jwt.PyJWKSet.from_dict(keys).keys
        except (httpx2.HTTPError, jwt.PyJWTError, ValueError, KeyError, TypeError) as error:
            reason = f"the issuer {self._issuer} gives no keys ({error})"
            raise NotReadyError(reason=reason, retry_after=int(_PAUSE)) from error
        return {str(key.key_id or ""): key for key in found if key.public_key_use in (None, "sig")}


def verifier(settings: Settings) -> Verifier | None:
    """Return what knows the tokens of the issuer in the settings, or None without one.

    Raises SettingError if the package for it is not installed.
    """
    if not settings.oidc_issuer:
        return None
    if find_spec("jwt") is None:
        remedy = "Run: pip install govkg[oidc]"
        raise SettingError(name="GOVKG_OIDC_ISSUER", reason="PyJWT is missing", remedy=remedy)
    return Verifier(settings.oidc_issuer, settings.oidc_audience, settings.oidc_scopes_claim)
