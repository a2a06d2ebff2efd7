"""``govkg validate``: check cases against the shapes, or any data against shapes of one's own."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from govkg.cases.checking import (
    REPORT_FORMATS,
    TOGETHER,
    Submission,
    rendered,
    triples_of,
    with_shapes,
)
from govkg.cli import console
from govkg.cli.console import (
    AT_FAULT,
    OK,
    AsJson,
    Charset,
    Files,
    Lang,
    Named,
    chosen,
    content,
    format_of,
    language_of,
    print_json,
    save,
    submission,
)
from govkg.errors import Language
from govkg.settings import load_settings
from govkg.validation import Report

EXAMPLE = "govkg validate case.ttl --lang zh"
_PROFILE = "How much is asked of a case: minimal, standard or research-grade."
_SHAPES = "A file of SHACL shapes to use in place of ours; may be given several times."


def validate(  # noqa: PLR0913, PLR0917 # each is an option of the command
    files: Files,
    lang: Lang = "en",
    as_json: AsJson = False,
    report: str = "text",
    profile: Annotated[str, typer.Option(help=_PROFILE)] = "standard",
    format: Named = "",
    encoding: Charset = "",
    shapes: Annotated[list[Path] | None, typer.Option(help=_SHAPES)] = None,
) -> None:
    """Check cases against the shapes, and say what to mend.

    --report is one of text, json, turtle, json-ld, csv, html, sarif, junit, xlsx; --json is
    short for --report json. With xlsx a workbook is written again beside the first, with its
    problems shown in it. For continuous integration: --report junit, or sarif, which names
    the lines.

    With --shapes any data is checked, of the files alone, and any finding counts against it.
    """
    form = "json" if as_json else chosen("--report", report, REPORT_FORMATS)
    language = language_of(lang)
    check = _check(shapes or (), profile, format, encoding, language)
    found = ((path, check(path)) for path in files)
    if form in TOGETHER:
        reports = [(path.as_posix(), report) for path, (_, report) in found]
        typer.echo(TOGETHER[form](reports, language).decode(), nl=False)
        conforms = [report.conforms for _, report in reports]
    else:
        conforms = [_printed(path, *checked, form, language) for path, checked in found]
    raise typer.Exit(OK if all(conforms) else AT_FAULT)


def _printed(path: Path, sent: Submission, report: Report, form: str, language: Language) -> bool:
    """Print the report on one file, and say whether it conforms."""
    if form == "xlsx":
        target = path.with_name(f"{path.stem}.problems.xlsx")
        save(target, rendered(report, form, language, workbook=sent.workbook))
        typer.echo(f"{path.name}: {report.verdict(language)} {target.name}")
    elif form == "json":
        print_json({"file": path.name, **report.as_json()})
    else:
        text = rendered(report, form, language).decode()
        typer.echo(f"{path.name}: {text}" if form == "text" else text, nl=False)
    return report.conforms


def _show(name: str, language: Language, done: int, total: int) -> None:
    """Show how far the checking of a large document is, where somebody is watching."""
    console.progress(_CHECKED[language].format(name, done / total))


_CHECKED: Final[dict[Language, str]] = {"en": "{}: {:.0%} checked", "zh": "{}：已校验 {:.0%}"}


def _check(
    shapes: Sequence[Path], profile: str, format: str, encoding: str, language: Language
) -> Callable[[Path], tuple[Submission, Report]]:
    """Return what reads and checks a file: against our shapes, or against others."""
    if not shapes:
        checker = console.checker()

        def check_case(path: Path) -> tuple[Submission, Report]:
            sent = submission(checker, path, format, encoding)
            report = checker.validate(sent, profile, partial(_show, path.name, language))
            console.progress("")
            return sent, report

        return check_case
    for path in shapes:
        content(path)
    validator = with_shapes(shapes, load_settings().shacl_engine)

    def check(path: Path) -> tuple[Submission, Report]:
        base = path.absolute().as_uri()
        triples = triples_of(content(path), format_of(path, format), base=base)
        return Submission(triples), validator.validate(triples)

    return check
