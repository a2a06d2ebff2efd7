"""``govkg convert``: the same cases in another format."""

from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer
from pyoxigraph import serialize

from govkg import rdf
from govkg.cases.checking import Submission
from govkg.cli.console import (
    AT_FAULT,
    OK,
    Charset,
    Lang,
    Named,
    checker,
    chosen,
    content,
    format_of,
    language_of,
    save,
)
from govkg.errors import Language
from govkg.forms import load_form
from govkg.forms.formats import Document, Format, read_document, write_document
from govkg.forms.unbuilding import tables_of
from govkg.harvesting.services import draft
from govkg.rdf import used_prefixes
from govkg.validation import Report

CPSV_AP: Final = "cpsv-ap"
EXAMPLE = "govkg convert case.ttl -o case.xlsx"

Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]
Source = Annotated[
    str, typer.Option("--from", help=f"What the document is, if no cases: {CPSV_AP}.")
]
Target = Annotated[
    str, typer.Option("--to", help="Format of the output; its ending says it otherwise.")
]


def convert(
    file: Path,
    output: Output,
    format: Named = "",
    to: Target = "",
    encoding: Charset = "",
    lang: Lang = "en",
    source: Source = "",
) -> None:
    """Write the cases of a file in another format: csv xlsx json jsonld ttl nt nq trig rdf.

    Nothing is lost: statements for which a table has no column stand in it as N-Triples. What
    cannot be understood is told, and nothing is written then.

    With --from cpsv-ap each public service, and each change of organisations, becomes a draft of a
    case; what is not carried over is listed, and so is what a case still lacks. Exit code 1 then
    says that somebody has to complete them.
    """
    form = load_form()
    target = format_of(output, to)
    if source:
        chosen("--from", source, (CPSV_AP,))
        _draft(file, format, output, target, language_of(lang))
    base = file.absolute().as_uri()
    document = read_document(
        form, content(file), format_of(file, format), base=base, charset=encoding
    )
    report = Report(document.problems, 0)
    if report.findings:
        typer.echo(report.as_text(language_of(lang)), err=True, nl=False)
    if not report.conforms:
        raise typer.Exit(AT_FAULT)
    save(output, _written(document, target))
    if target.syntax is None and (left := len(tables_of(form, document.triples).statements)):
        typer.echo(f"{left} statement(s) have no column and stand as N-Triples.", err=True)
    raise typer.Exit(OK)


def _written(document: Document, target: Format) -> bytes:
    """Return a document in a format, with its named graphs where the format has them."""
    syntax = target.syntax.syntax if target.syntax else None
    if syntax is not None and syntax.supports_datasets:
        prefixes = used_prefixes(document.triples)
        return serialize(document.quads, format=syntax, prefixes=prefixes) or b""
    return write_document(load_form(), document.triples, target)


def _draft(file: Path, format: str, output: Path, target: Format, language: Language) -> NoReturn:
    """Write drafts of cases, and say what was left out and what they lack."""
    known = rdf.format_named(format) if format else rdf.format_of_file(file.name)
    drafts = draft(rdf.read(content(file), known, base=file.absolute().as_uri()))
    save(output, write_document(load_form(), drafts.triples, target))
    typer.echo(f"{output}: {len(drafts.cases)} draft case(s), {len(drafts.triples)} statements")
    for each in drafts.left_out:
        example = f", as of {each.example}" if each.example else ""
        typer.echo(f"left out: {each.property} of {each.kind or 'what has no class'}: "
                   f"{each.count}{example}")  # fmt: skip
    report = checker().validate(Submission(list(drafts.triples)), "minimal")
    if drafts.cases:
        typer.echo(report.as_text(language), nl=False)
    raise typer.Exit(OK if report.conforms else AT_FAULT)
