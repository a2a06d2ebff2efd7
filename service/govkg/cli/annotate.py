"""``govkg annotate``: which concepts a text names, and a draft of a case from them."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from govkg.annotating import FORMATS, LEAST, Annotator, written
from govkg.annotating import Annotated as Marked
from govkg.cases.drafts import drafted
from govkg.cli import console
from govkg.cli.console import Lang, chosen, content, language_of
from govkg.errors import DocumentSyntaxError, Language
from govkg.ontology import load_ontology

EXAMPLE = "govkg annotate article.txt --format case"
_CASES = {"case": "turtle", "case-json": "json"}
_FILES = "Text files; - is the standard input."
_FORMAT = f"One of {', '.join((*FORMATS, *_CASES))}."
_LANGUAGE = "Language of the text: en, zh, or auto for both."
_LEAST = "The least score of what is told, from 0 to 1."
_SOURCE = "The IRI of the text, if it has one."

Texts = Annotated[list[str], typer.Argument(help=_FILES)]


def annotate(
    files: Texts,
    lang: Lang = "en",
    format: Annotated[str, typer.Option(help=_FORMAT)] = "text",
    language: Annotated[str, typer.Option(help=_LANGUAGE)] = "auto",
    least: Annotated[float, typer.Option(help=_LEAST)] = LEAST,
    source: Annotated[str, typer.Option(help=_SOURCE)] = "",
    encoding: Annotated[str, typer.Option(help="Encoding of the files, as in gb18030.")] = "utf-8",
) -> None:
    """Say which concepts of the ontology a text names, where, and how surely.

    The formats json-ld and turtle are W3C Web Annotations; case and case-json draft a case of the
    symptoms, causes, obstacles, drivers, crises and measures that are named, each with its sentence
    as evidence, and say what is still missing. A draft needs somebody who reads it.
    """
    form = chosen("--format", format, (*FORMATS, *_CASES))
    words = language_of(lang)
    annotator = Annotator(load_ontology())
    for name in files:
        found = annotator.annotate(_read(name, encoding), language, least, source)
        if form == "text" and len(files) > 1:
            typer.echo(f"{name}: ", nl=False)
        typer.echo(_told(found, form, words).decode().rstrip("\n"))


def _told(found: Marked, form: str, language: Language) -> bytes:
    """Return what was found in a form, or the draft of a case."""
    if form not in _CASES:
        return written(found, form, language)
    checker = console.checker()
    draft = drafted(found, checker)
    if form == "case-json":
        typer.echo(draft.report.as_text(language), err=True, nl=False)
    return draft.written(checker, _CASES[form], language)


def _read(name: str, encoding: str) -> str:
    """Return a text; raises DocumentSyntaxError if it is not in the encoding."""
    data = sys.stdin.buffer.read() if name == "-" else content(Path(name))
    try:
        return data.decode(encoding)
    except LookupError as error:
        reason = f"“{encoding}” is no encoding"
        raise typer.BadParameter(reason, param_hint="--encoding") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentSyntaxError(
            line=line,
            column=1,
            expected=f"byte {error.start} is not {encoding}",
            hint="Name the encoding by --encoding, as in gb18030.",
            format="text",
        ) from error
