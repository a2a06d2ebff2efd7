"""``govkg cases``: the cases of a service, and what became of those that one handed in."""

from typing import Annotated

import typer

from govkg.cli.console import AsJson, At, OptionalTokenFile, TokenFile, client_at, print_json

app = typer.Typer(no_args_is_help=True, help="The cases of a service, and what became of them.")
CaseId = Annotated[str, typer.Argument(metavar="ID", help="The id of a case.")]


@app.command("list", epilog="Example: govkg cases list --at http://127.0.0.1:8000")
def list_cases(at: At, token_file: OptionalTokenFile = None, as_json: AsJson = False) -> None:
    """List the published cases, or with a token those that were handed in with it."""
    with client_at(at, token_file) as client:
        if token_file:
            rows = [(c["id"], c["state"], c["title"]) for c in client.submissions()]
        else:
            rows = [(name, "published", title) for name, title in client.cases().items()]
    if as_json:
        print_json([dict(zip(("id", "state", "title"), row, strict=True)) for row in rows])
    else:
        for row in rows:
            typer.echo("  ".join(row))


@app.command("show", epilog="Example: govkg cases show town --at http://127.0.0.1:8000")
def show(case_id: CaseId, at: At, token_file: OptionalTokenFile = None) -> None:
    """Print a case with its state and versions, as JSON."""
    with client_at(at, token_file) as client:
        print_json(client.case(case_id))


@app.command("history", epilog="Example: govkg cases history town --at http://127.0.0.1:8000")
def history(
    case_id: CaseId, at: At, token_file: OptionalTokenFile = None, as_json: AsJson = False
) -> None:
    """Say who did what with a case, when, and why."""
    with client_at(at, token_file) as client:
        events = client.history(case_id)
    if as_json:
        print_json(events)
        return
    for e in events:
        why = f": {e['message']}" if e["message"] else ""
        typer.echo(f"{e['at']}  version {e['version']}  {e['state']}  {e['by']}{why}")


@app.command("withdraw", epilog="Example: govkg cases withdraw town --at URL --token-file token")
def withdraw(
    case_id: CaseId,
    at: At,
    token_file: TokenFile,
    message: Annotated[str, typer.Option(help="Why; everybody can read it.")] = "",
) -> None:
    """Withdraw a case for good; its history is kept, and its id is not used again."""
    with client_at(at, token_file) as client:
        client.withdraw(case_id, message)
    typer.echo(f"{case_id} is withdrawn")
