"""``govkg validate``: check cases against the shapes."""

import typer

from govkg.cases.checking import REPORT_FORMATS, Checker, rendered
from govkg.cli.console import (
    AT_FAULT,
    OK,
    AsJson,
    Files,
    Lang,
    chosen,
    language_of,
    print_json,
    submission,
)

EXAMPLE = "govkg validate case.ttl --lang zh"


def validate(
    files: Files, lang: Lang = "en", as_json: AsJson = False, report: str = "text"
) -> None:
    """Check cases against the shapes, and say what to mend.

    --report is one of text, json, turtle, json-ld; --json is short for --report json.
    """
    form = "json" if as_json else chosen("--report", report, REPORT_FORMATS)
    checker = Checker()
    conforms = True
    for path in files:
        found = checker.validate(submission(checker, path))
        conforms = conforms and found.conforms
        if form == "json":
            print_json({"file": path.name, **found.as_json()})
        else:
            text = rendered(found, form, language_of(lang)).decode()
            typer.echo(f"{path.name}: {text}" if form == "text" else text, nl=False)
    raise typer.Exit(OK if conforms else AT_FAULT)
