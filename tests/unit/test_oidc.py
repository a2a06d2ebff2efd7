"""Tokens of an OpenID Connect issuer, against one on loopback with keys of its own."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from govkg.access import Access
from govkg.errors import ForbiddenError, NotReadyError, UnauthorizedError
from govkg.oidc import Verifier


@dataclass
class Issuer:
    """An issuer: its address, its keys, and how often it was asked."""

    address: str = ""
    keys: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    name: str = ""
    """What it calls itself, if that is not its address."""

    def token(self, key: str = "one", **claims: Any) -> str:
        """Return a token that is good for five minutes, unless the claims say otherwise."""
        usual = {
            "iss": self.address, "aud": "govkg", "sub": "alice", "name": "Alice",
            "exp": time.time() + 300, "scope": "openid govkg:submit admin",
        }  # fmt: skip
        private = self.keys[key]
        algorithm = "ES256" if isinstance(private, ec.EllipticCurvePrivateKey) else "RS256"
        return jwt.encode(usual | claims, private, algorithm, headers={"kid": key})

    def document(self, path: str) -> dict[str, Any]:
        """Return what it says at an address."""
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.name or self.address, "jwks_uri": f"{self.address}/keys"}
        self.asked += 1
        kinds = {ec.EllipticCurvePrivateKey: jwt.algorithms.ECAlgorithm}
        found = []
        for name, key in self.keys.items():
            kind = next((v for k, v in kinds.items() if isinstance(key, k)), None)
            told = (kind or jwt.algorithms.RSAAlgorithm).to_jwk(key.public_key(), as_dict=True)
            found.append({**told, "kid": name, "use": "sig"})
        return {"keys": found}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Run an issuer with two keys."""
    keys = {
        "one": rsa.generate_private_key(65537, 2048),
        "two": ec.generate_private_key(ec.SECP256R1()),
    }
    issuer = Issuer(keys=keys)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(issuer.document(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield issuer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def access(issuer: Issuer, tmp_path: Path) -> Access:
    """Return what knows our tokens and those of the issuer."""
    verify = Verifier(issuer.address, "govkg", "scope")
    return Access(tmp_path / "tokens.json", verify)


@pytest.mark.parametrize("key", ["one", "two"])
def test_a_good_token(access: Access, issuer: Issuer, key: str) -> None:
    """The caller has the scopes that are meant for us, and no others."""
    caller = access.require(f"Bearer {issuer.token(key)}", "submit", "handing in")

    assert (caller.name, caller.scopes) == ("Alice", ("submit",))
    assert caller.id == f"{issuer.address}#alice"
    with pytest.raises(ForbiddenError):
        access.require(f"Bearer {issuer.token(key)}", "review", "reviewing")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1000},
        {"aud": "somebody-else"},
        {"iss": "https://example.org"},
        {"nbf": time.time() + 10_000},
    ],
    ids=["expired", "audience", "issuer", "not yet"],
)
def test_a_bad_token(access: Access, issuer: Issuer, claims: dict[str, Any]) -> None:
    """A token that is old, for others or from others is unknown."""
    with pytest.raises(UnauthorizedError):
        access.require(f"Bearer {issuer.token(**claims)}", "submit", "handing in")


def test_forged_tokens(access: Access, issuer: Issuer) -> None:
    """Neither no signature, nor a shared secret, nor another key, nor a changed claim will do."""
    good = issuer.token()
    head, body, _ = good.split(".")
    claims = jwt.decode(good, options={"verify_signature": False})
    other = rsa.generate_private_key(65537, 2048)
    forged = [
        f"{head}.{body}.",
        jwt.encode(claims, None, "none", headers={"kid": "one"}),
        jwt.encode(claims, "x" * 64, "HS256", headers={"kid": "one"}),
        jwt.encode(claims, other, "RS256", headers={"kid": "one"}),
        jwt.encode(claims, other, "RS256", headers={"kid": "none of them"}),
        "a.b.c",
    ]

    assert [access.identify(f"Bearer {token}") for token in forged] == [None] * len(forged)


def test_the_issuer_is_asked_seldom(access: Access, issuer: Issuer) -> None:
    """Its keys are kept, and made-up key ids do not make it be asked again and again."""
    other = rsa.generate_private_key(65537, 2048)
    for number in range(20):
        token = jwt.encode({"sub": "x"}, other, "RS256", headers={"kid": f"made up {number}"})
        assert access.identify(f"Bearer {token}") is None
        assert access.identify(f"Bearer {issuer.token()}")

    assert issuer.asked == 1


def test_an_issuer_that_is_another_or_not_there(issuer: Issuer) -> None:
    """One that calls itself otherwise is not believed; if it is away that is said."""
    issuer.name = "https://example.org"
    with pytest.raises(NotReadyError, match="calls itself"):
        Verifier(issuer.address, "govkg", "scope")(issuer.token())
    with pytest.raises(NotReadyError, match="gives no keys"):
        Verifier("http://127.0.0.1:9", "govkg", "scope")(issuer.token())
