"""``govkg token``: the tokens of those who may write over HTTP."""

from typing import Annotated

import typer

from govkg.access import SCOPES, Access
from govkg.cli.console import AsJson, chosen, print_json
from govkg.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Tokens of those who may write over HTTP.")


@app.command("create", epilog="Example: govkg token create --name lab --scope write")
def create_token(
    name: Annotated[str, typer.Option(help="Whose token it is, or what for.")],
    scope: Annotated[list[str], typer.Option(help=f"One of {', '.join(SCOPES)}; may be repeated.")],
    as_json: AsJson = False,
) -> None:
    """Make a token and print it; its secret cannot be shown again."""
    scopes = tuple(dict.fromkeys(chosen("--scope", each, SCOPES) for each in scope))
    made, secret = _access().create(name, scopes)
    if as_json:
        print_json({"id": made.id, "name": name, "scopes": scopes, "token": secret})
    else:
        typer.echo(secret)
        typer.echo(f"Keep it: it is not shown again. Its id is {made.id}.", err=True)


@app.command("list", epilog="Example: govkg token list")
def list_tokens(as_json: AsJson = False) -> None:
    """List all tokens, without their secrets."""
    rows = [
        {"id": t.id, "name": t.name, "scopes": t.scopes, "created": t.created, "revoked": t.revoked}
        for t in _access().tokens()
    ]
    if as_json:
        print_json(rows)
        return
    for t in _access().tokens():
        state = f"revoked {t.revoked}" if t.revoked else "good"
        typer.echo(f"{t.id}  {', '.join(t.scopes)}  created {t.created}  {state}  {t.name}")


@app.command("revoke", epilog="Example: govkg token revoke 1a2b3c4d")
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The id that token list shows.")],
) -> None:
    """Make a token useless, at once and for good."""
    typer.echo(f"{_access().revoke(token_id).id} is revoked")


def _access() -> Access:
    return Access(load_settings().tokens_path)
