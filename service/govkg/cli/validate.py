"""``govkg validate``: check cases against the shapes, or any data against shapes of one's own."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from govkg.cases.checking import REPORT_FORMATS, TOGETHER, rendered, triples_of, with_shapes
from govkg.cli import console
from govkg.cli.console import (
    AT_FAULT,
    OK,
    AsJson,
    Files,
    Lang,
    chosen,
    content,
    language_of,
    print_json,
    submission,
)
from govkg.errors import Language
from govkg.rdf import format_of_file
from govkg.settings import load_settings
from govkg.validation import Report

EXAMPLE = "govkg validate case.ttl --lang zh"
_PROFILE = "How much is asked of a case: minimal, standard or research-grade."
_SHAPES = "A file of SHACL shapes to use in place of ours; may be given several times."


def validate(
    files: Files,
    lang: Lang = "en",
    as_json: AsJson = False,
    report: str = "text",
    profile: Annotated[str, typer.Option(help=_PROFILE)] = "standard",
    shapes: Annotated[list[Path] | None, typer.Option(help=_SHAPES)] = None,
) -> None:
    """Check cases against the shapes, and say what to mend.

    --report is one of text, json, turtle, json-ld, csv, html, sarif, junit; --json is short for
    --report json. For continuous integration: --report junit, or sarif, which names the lines.

    With --shapes any data is checked, of the files alone, and any finding counts against it.
    """
    form = "json" if as_json else chosen("--report", report, REPORT_FORMATS)
    check = _check(shapes or (), profile)
    language = language_of(lang)
    found = ((path, check(path)) for path in files)
    if form in TOGETHER:
        reports = [(path.as_posix(), report) for path, report in found]
        typer.echo(TOGETHER[form](reports, language).decode(), nl=False)
        conforms = [report.conforms for _, report in reports]
    else:
        conforms = [_printed(path, report, form, language) for path, report in found]
    raise typer.Exit(OK if all(conforms) else AT_FAULT)


def _printed(path: Path, report: Report, form: str, language: Language) -> bool:
    """Print the report on one file, and say whether it conforms."""
    if form == "json":
        print_json({"file": path.name, **report.as_json()})
    else:
        text = rendered(report, form, language).decode()
        typer.echo(f"{path.name}: {text}" if form == "text" else text, nl=False)
    return report.conforms


def _check(shapes: Sequence[Path], profile: str) -> Callable[[Path], Report]:
    """Return what checks a file: against our shapes, or against others."""
    if not shapes:
        checker = console.checker()
        return lambda path: checker.validate(submission(checker, path), profile)
    for path in shapes:
        content(path)
    validator = with_shapes(shapes, load_settings().shacl_engine)

    def check(path: Path) -> Report:
        base = path.absolute().as_uri()
        return validator.validate(triples_of(content(path), format_of_file(path.name), base=base))

    return check
