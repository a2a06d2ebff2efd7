"""Tokens: who may write, and what.

A token is 32 random bytes that are shown once. The file keeps only their SHA-256, which is enough
for a secret that nobody can guess.
"""

import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from govkg.errors import ForbiddenError, NotFoundError, NotReadyError, UnauthorizedError

SCOPES: Final = {
    "submit": "hand in cases, and change or withdraw one's own",
    "review": "read, publish, return and withdraw what anybody handed in",
    "write": "SPARQL Update and the graph store: change any graph",
    "admin": "everything",
}
"""What a token can be good for. Whoever may do everything needs no other scope."""
_DOTS: Final = 2  # in a JSON Web Token; ours have none
_MARK: Final = "govkg_"  # so that a token that leaked can be found by a search


@dataclass(frozen=True)
class Token:
    """A token as it is kept: without its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created: str
    digest: str
    revoked: str | None = None
    """When it was revoked, or None while it is good."""

    @property
    def caller(self) -> "Caller":
        """Return who it stands for."""
        return Caller(self.id, self.name, self.scopes)


@dataclass(frozen=True)
class Caller:
    """Somebody who has shown who it is, by a token of ours or of an OIDC issuer."""

    id: str
    name: str
    scopes: tuple[str, ...]

    def allows(self, scope: str) -> bool:
        """Say whether the caller may do what a scope is for."""
        return scope in self.scopes or "admin" in self.scopes


Verify = Callable[[str], Caller | None]
"""Says who a token of somebody else stands for, or None."""


class Access:
    """The tokens in one file; a change of the file is seen at once."""

    def __init__(self, path: Path, verify: Verify | None = None) -> None:
        """Take the file, which need not exist, and what else knows tokens."""
        self._path = path
        self._verify = verify
        self._read_at: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    @property
    def enabled(self) -> bool:
        """Say whether anybody may write at all."""
        return self._verify is not None or any(token.revoked is None for token in self.tokens())

    def tokens(self) -> tuple[Token, ...]:
        """Return all tokens, revoked ones too; raises NotReadyError if the file is damaged."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return ()
        version = (status.st_ino, status.st_mtime_ns, status.st_size)
        if version != self._read_at:
            self._tokens = _loaded(self._path)
            self._read_at = version
        return self._tokens

    def create(self, name: str, scopes: tuple[str, ...]) -> tuple[Token, str]:
        """Make a token; returns it and its secret, which is kept nowhere."""
        secret = _MARK + secrets.token_urlsafe(32)
        token = Token(secrets.token_hex(4), name, scopes, _now(), _digest(secret))
        with self._locked():
            self._save((*self.tokens(), token))
        return token, secret

    def revoke(self, token_id: str) -> Token:
        """Make a token useless for good; raises NotFoundError if there is none with this id."""
        with self._locked():
            tokens = {token.id: token for token in self.tokens()}
            if token_id not in tokens:
                hint = "`govkg token list` lists all tokens."
                raise NotFoundError(what="token", name=token_id, hint=hint)
            revoked = replace(tokens[token_id], revoked=tokens[token_id].revoked or _now())
            self._save((tokens | {token_id: revoked}).values())
        return revoked

    def adopt(self, others: Iterable[Token]) -> None:
        """Add tokens that were kept elsewhere; one that was revoked here or there stays revoked.

        A damaged file is set aside first: it could not be used anyway.
        """
        with self._locked():
            try:
                ours = self.tokens()
            except NotReadyError:
                self._path.replace(self._path.with_suffix(".damaged"))
                ours = ()
            theirs = {token.digest: token for token in others}
            both = theirs | {token.digest: token for token in ours}
            for digest in theirs.keys() & {token.digest for token in ours}:
                revoked = both[digest].revoked or theirs[digest].revoked
                both[digest] = replace(both[digest], revoked=revoked)
            self._save(both.values())

    def require(self, authorization: str, scope: str, action: str) -> Caller:
        """Return who sends an Authorization header, if that is good for the scope.

        Raises ForbiddenError if there are no tokens or this one is for something else, and
        UnauthorizedError if the header has none that is known.
        """
        if not self.enabled:
            remedy = f"Whoever runs it can allow it: govkg token create --name lab --scope {scope}"
            raise ForbiddenError(action=action, remedy=remedy)
        if not _secret_in(authorization):
            raise UnauthorizedError(reason="The request has no token", scope=scope)
        caller = self.identify(authorization)
        if caller is None:
            raise UnauthorizedError(reason="The token is unknown or was revoked", scope=scope)
        if not caller.allows(scope):
            held = ", ".join(caller.scopes)
            remedy = f"This token is for: {held}. Use one with the scope “{scope}”."
            raise ForbiddenError(action=action, remedy=remedy)
        return caller

    def identify(self, authorization: str) -> Caller | None:
        """Return who sends an Authorization header, or None if nobody can tell."""
        secret = _secret_in(authorization)
        if self._verify and secret.count(".") == _DOTS:
            return self._verify(secret)
        token = self._find(secret) if secret else None
        return token.caller if token else None

    def _find(self, secret: str) -> Token | None:
        """Return the token with this secret, in a time that tells nothing of the secret."""
        digest = _digest(secret)
        found = [
            token
            for token in self.tokens()
            if hmac.compare_digest(token.digest, digest) and token.revoked is None
        ]
        return found[0] if found else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time change the file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            flock(descriptor, LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _save(self, tokens: Any) -> None:
        """Write the file anew, readable for its owner alone, at once or not at all."""
        unfinished = self._path.with_suffix(".new")
        descriptor = os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"tokens": [asdict(token) for token in tokens]}, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)


def tokens_in(data: bytes) -> tuple[Token, ...]:
    """Return the tokens in the bytes of a file; raises ValueError if it is no such file."""
    try:
        entries = json.loads(data)["tokens"]
        tokens = tuple(Token(**each | {"scopes": tuple(each["scopes"])}) for each in entries)
        texts = [(t.id, t.name, *t.scopes, t.created, t.digest, t.revoked or "") for t in tokens]
        if not all(isinstance(text, str) for each in texts for text in each):
            raise ValueError("a text is missing")
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    return tokens


def _secret_in(authorization: str) -> str:
    """Return the bearer token of an Authorization header, or nothing."""
    kind, _, secret = authorization.strip().partition(" ")
    return secret.strip() if kind.lower() == "bearer" else ""


def _loaded(path: Path) -> tuple[Token, ...]:
    try:
        return tokens_in(path.read_bytes())
    except (OSError, ValueError) as error:
        reason = f"the tokens in {path} cannot be read ({error})"
        raise NotReadyError(reason=reason, retry_after=60) from error


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
