"""How a request shows an engine who sends it: a password, or a bearer token."""

from collections.abc import Generator

import httpx2


class Login(httpx2.Auth):
    """A user's name and password, given in the way the engine asks for: Basic or Digest."""

    def __init__(self, user: str, password: str) -> None:
        """Keep both."""
        self._basic = httpx2.BasicAuth(user, password)
        self._digest = httpx2.DigestAuth(user, password)
        self._chosen: httpx2.Auth | None = None

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request, and again with the password once the engine has said how."""
        if self._chosen is None:
            response = yield request
            if response.status_code != httpx2.codes.UNAUTHORIZED:
                return
            asked = response.headers.get("www-authenticate", "").lower()
            self._chosen = self._digest if asked.startswith("digest") else self._basic
        yield from self._chosen.auth_flow(request)


class Token(httpx2.Auth):
    """A bearer token."""

    def __init__(self, token: str) -> None:
        """Keep it."""
        self._header = f"Bearer {token}"

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """Send the request with the token."""
        request.headers["Authorization"] = self._header
        yield request
