"""``govkg convert``: the same cases in another format."""

from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import serialize

from govkg.cli.console import (
    AT_FAULT,
    OK,
    Charset,
    Lang,
    Named,
    content,
    format_of,
    language_of,
    save,
)
from govkg.forms import load_form
from govkg.forms.formats import Document, Format, read_document, write_document
from govkg.forms.unbuilding import tables_of
from govkg.rdf import used_prefixes
from govkg.validation import Report

EXAMPLE = "govkg convert case.ttl -o case.xlsx"

Output = Annotated[Path, typer.Option("--output", "-o", help="The file to write.")]
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
) -> None:
    """Write the cases of a file in another format: csv xlsx json jsonld ttl nt nq trig rdf.

    Nothing is lost: statements for which a table has no column stand in it as N-Triples. What
    cannot be understood is told, and nothing is written then.
    """
    form = load_form()
    target = format_of(output, to)
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
