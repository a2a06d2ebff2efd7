"""Tokens: making, revoking, checking, and how they are kept."""

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from govkg import cli
from govkg.access import Access
from govkg.errors import ForbiddenError, NotFoundError, NotReadyError, UnauthorizedError


@pytest.fixture
def access(tmp_path: Path) -> Access:
    """Return the tokens of a new folder."""
    return Access(tmp_path / "new" / "tokens.json")


def test_without_tokens_nobody_may_write(access: Access) -> None:
    """The refusal says how to make a token."""
    assert not access.enabled
    with pytest.raises(ForbiddenError, match="govkg token create"):
        access.require("Bearer x", "write", "writing")


@pytest.mark.parametrize("scopes", [("write",), ("submit", "write"), ("admin",)])
def test_a_token_with_the_scope_is_good(access: Access, scopes: tuple[str, ...]) -> None:
    """The scope itself will do, among others too, and so will admin."""
    token, secret = access.create("lab", scopes)

    assert access.require(f"Bearer {secret}", "write", "writing") == token.caller
    assert access.require(f"bearer  {secret} ", "write", "writing") == token.caller


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic {}", "{}"])
def test_an_unknown_token_is_unauthorized(access: Access, header: str) -> None:
    """No header, another scheme and a wrong secret are all the same."""
    _, secret = access.create("lab", ("write",))

    with pytest.raises(UnauthorizedError):
        access.require(header.format(secret), "write", "writing")


def test_another_scope_is_forbidden(access: Access) -> None:
    """A token for something else is known, but will not do; the answer says what it is for."""
    _, secret = access.create("lab", ("submit", "review"))

    with pytest.raises(ForbiddenError, match="submit, review"):
        access.require(f"Bearer {secret}", "write", "writing")


def test_a_revoked_token_is_useless_at_once(access: Access, tmp_path: Path) -> None:
    """Another process may revoke it."""
    token, secret = access.create("lab", ("write",))
    access.create("other", ("write",))
    assert access.require(f"Bearer {secret}", "write", "writing")

    Access(tmp_path / "new" / "tokens.json").revoke(token.id)

    with pytest.raises(UnauthorizedError, match="revoked"):
        access.require(f"Bearer {secret}", "write", "writing")


def test_an_unknown_id_cannot_be_revoked(access: Access) -> None:
    """A wrong id is said to be one."""
    with pytest.raises(NotFoundError, match="token list"):
        access.revoke("nonsense")


def test_the_secret_is_kept_nowhere(access: Access, tmp_path: Path) -> None:
    """The file holds a hash, and only its owner can read it."""
    _, secret = access.create("lab", ("write",))
    file = tmp_path / "new" / "tokens.json"

    assert secret not in file.read_text()
    assert secret.removeprefix("govkg_") not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"tokens": [{"scopes": []}]})])
def test_a_damaged_file_lets_nobody_in(access: Access, tmp_path: Path, text: str) -> None:
    """A file that cannot be read is an error, not an empty list."""
    access.create("lab", ("write",))
    (tmp_path / "new" / "tokens.json").write_text(text)

    with pytest.raises(NotReadyError, match="cannot be read"):
        access.require("Bearer x", "write", "writing")


def test_the_command_line_makes_lists_and_revokes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A token made by the command is good until it is revoked."""
    monkeypatch.setenv("GOVKG_TOKENS_FILE", str(tmp_path / "t.json"))
    run = CliRunner().invoke

    made = json.loads(
        run(cli.app, ["token", "create", "--name", "a", "--scope", "write", "--json"]).stdout
    )
    plain = run(cli.app, ["token", "create", "--name", "b", "--scope", "submit"])
    access = Access(tmp_path / "t.json")

    assert access.require(f"Bearer {made['token']}", "write", "writing").id == made["id"]
    assert plain.stdout.startswith("govkg_")
    assert made["id"] in run(cli.app, ["token", "list"]).stdout
    assert len(json.loads(run(cli.app, ["token", "list", "--json"]).stdout)) == 2
    assert "is revoked" in run(cli.app, ["token", "revoke", made["id"]]).stdout
    assert "revoked" in run(cli.app, ["token", "list"]).stdout
    with pytest.raises(UnauthorizedError):
        access.require(f"Bearer {made['token']}", "write", "writing")


def test_an_unknown_scope_is_misuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command names the scopes that there are."""
    monkeypatch.setenv("GOVKG_DATA_DIR", str(tmp_path))

    done = CliRunner().invoke(cli.app, ["token", "create", "--name", "a", "--scope", "all"])

    assert done.exit_code == 2
    assert not (tmp_path / "tokens.json").exists()
