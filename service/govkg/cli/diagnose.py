"""``govkg diagnose``: what a case suggests, and why."""

from pathlib import Path

import typer

from govkg.cases.diagnosis import diagnosis_text
from govkg.cli import console
from govkg.cli.console import (
    AT_FAULT,
    OK,
    AsJson,
    Charset,
    Lang,
    Named,
    language_of,
    print_json,
    submission,
)

EXAMPLE = "govkg diagnose case.ttl"


def diagnose(
    file: Path,
    lang: Lang = "en",
    as_json: AsJson = False,
    format: Named = "",
    encoding: Charset = "",
) -> None:
    """Validate a case, and say what it suggests: crises, positions, candidate remedies, and why."""
    checker = console.checker()
    found = checker.diagnose(submission(checker, file, format, encoding))
    if as_json:
        print_json(found)
    else:
        typer.echo(diagnosis_text(found, language_of(lang)), nl=False)
    raise typer.Exit(OK if found["validation"]["conforms"] else AT_FAULT)
