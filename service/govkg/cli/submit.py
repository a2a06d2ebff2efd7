"""``govkg submit``: hand in cases to a service."""

from pathlib import Path
from typing import Annotated

import typer

from govkg.cli.console import AT_FAULT, OK, AsJson, client_at, print_json, progress
from govkg.cli.console import At as To
from govkg.cli.console import TokenFile as Token
from govkg.client import Client, Receipt
from govkg.errors import NotConformingError

EXAMPLE = "govkg submit case.ttl --to https://govkg.example.org --token-file token"


def submit(
    files: Annotated[list[Path], typer.Argument(help="Cases in any format that validate reads.")],
    to: To,
    token_file: Token,
    draft: Annotated[bool, typer.Option(help="Keep drafts, which need not conform.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say what would happen.")] = False,
    message: Annotated[str, typer.Option(help="Why; it is kept in the history.")] = "",
    as_json: AsJson = False,
) -> None:
    """Hand in cases to be reviewed; one file after the other, each as a whole or not at all.

    Sending it again after a broken connection is done by itself, and harmless. The exit code is 1
    if a file does not conform; the others are handed in all the same.
    """
    conforms = True
    with client_at(to, token_file) as client:
        for number, path in enumerate(files, 1):
            progress(f"sending {path.name}, {number} of {len(files)}")
            told, good = _one(client, path, draft, dry_run, message)
            progress("")
            conforms = conforms and good
            if as_json:
                print_json({"file": path.name, **told})
            else:
                _print(path.name, told)
    raise typer.Exit(OK if conforms else AT_FAULT)


def _one(
    client: Client, path: Path, draft: bool, dry_run: bool, message: str
) -> tuple[dict[str, object], bool]:
    """Hand in a file; return what the service says, and whether the file conforms."""
    try:
        answer = client.submit(path, draft=draft, dry_run=dry_run, message=message)
    except NotConformingError as error:
        return dict(error.report.raw), False
    if isinstance(answer, Receipt):
        return answer.raw, True
    return dict(answer.raw), answer.conforms


def _print(name: str, told: dict[str, object]) -> None:
    cases = told["cases"]
    if isinstance(cases, list):
        for case in cases:
            typer.echo(f"{name}: {case['id']} version {case['version']} {case['state']}")
            typer.echo(f"    {case['address']}")
        return
    typer.echo(f"{name}: {'it conforms' if told['conforms'] else 'it does not conform'}")
    findings = told["findings"]
    for finding in findings if isinstance(findings, list) else []:
        if finding["severity"] == "violation":
            typer.echo(f"    {finding['field']['en']}: {finding['message']['en']}")
