"""What the commands share: exit codes, options, reading files, printing."""

import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import Triple

from govkg.backups import copied
from govkg.cases import asking
from govkg.cases.checking import Checker, Submission
from govkg.cases.kg import KG
from govkg.client import Client
from govkg.errors import Language, NotFoundError
from govkg.forms.formats import Format, format_named, format_of_file
from govkg.settings import Settings, load_settings
from govkg.store.embedded import EmbeddedStore

OK, AT_FAULT, MISUSED, FAILED = 0, 1, 2, 3

Files = Annotated[
    list[Path], typer.Argument(help="Files: .ttl .jsonld .rdf .nt .nq .trig .json .csv .xlsx")
]
Lang = Annotated[str, typer.Option("--lang", help="Language of messages: en or zh.")]
Named = Annotated[
    str, typer.Option("--format", help="Format of the input; its ending says it otherwise.")
]
Charset = Annotated[str, typer.Option("--encoding", help="Encoding of a CSV file, as in gb18030.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def progress(what: str) -> None:
    """Say in one line what is being done, if somebody is watching; nothing wipes the line."""
    if sys.stderr.isatty():
        typer.echo(f"\r\033[K{what} …" if what else "\r\033[K", err=True, nl=False)


def bundled_graph() -> KG:
    """Load the bundled graph into memory, telling what is done meanwhile."""
    kg = KG.load(EmbeddedStore(), progress=progress)
    progress("")
    return kg


def stored_graph(settings: Settings) -> KG:
    """Load into memory what the data folder holds, whether a service runs on it or not.

    Where there is nothing yet, that is the bundled graph.
    """
    try:
        with copied(settings) as store:
            progress("deriving what follows")
            kg = KG.derived(store.copy(), settings.base_iri, reasons=settings.bundle)
    except NotFoundError:
        kg = KG.load(EmbeddedStore(), settings.base_iri, progress=progress)
    progress("")
    return kg


def checker() -> Checker:
    """Return what checks documents, by the engine that the settings name."""
    return Checker(load_settings().shacl_engine)


def submission(checker: Checker, path: Path, named: str = "", charset: str = "") -> Submission:
    """Read a submission from a file; raises what reading raises."""
    base = path.absolute().as_uri()
    return checker.read(content(path), format_of(path, named), base=base, charset=charset)


def format_of(path: Path, named: str) -> Format:
    """Return the format that was named, otherwise the one that a file's ending means."""
    return format_named(named) if named else format_of_file(path.name)


def client_at(address: str, token_file: Path | None) -> Client:
    """Return a client of a service, with the token in a file, if one is named."""
    token = content(token_file).decode("utf-8", "replace").strip() if token_file else ""
    return Client(address, token=token)


At = Annotated[str, typer.Option("--at", "--to", help="The address of a service.")]
TokenFile = Annotated[Path, typer.Option(help="A file that holds your token.")]
OptionalTokenFile = Annotated[Path | None, typer.Option(help="A file that holds your token.")]


def save(path: Path, data: bytes) -> None:
    """Write a file; raises NotFoundError with the system's reason."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise NotFoundError(what="file", name=str(path), hint=str(error.strerror)) from error


def facts(checker: Checker, path: Path, case: str) -> list[Triple]:
    """Read facts about a case from a file; in Turtle our prefixes are declared."""
    known = format_of_file(path.name)

    def read(data: bytes, format: str, base: str) -> list[Triple]:
        return checker.read(data, format_named(format), base=base).triples

    if known.name == "turtle":
        return asking.facts_of(path.name, content(path).decode("utf-8", "replace"), read, case)
    return read(content(path), known.name, case)


def content(path: Path) -> bytes:
    """Return the bytes of a file; raises NotFoundError with the system's reason."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(what="file", name=str(path), hint=str(error.strerror)) from error


def chosen(name: str, given: str, known: Collection[str]) -> str:
    """Return what was given, if it is one of what is known; or refuse it."""
    if given not in known:
        raise typer.BadParameter(f"“{given}” is none of: {', '.join(known)}", param_hint=name)
    return given


def language_of(given: str) -> Language:
    """Return the language of messages, or refuse what is none."""
    if given not in {"en", "zh"}:
        raise typer.BadParameter(f"“{given}” is none of: en, zh", param_hint="--lang")
    return "zh" if given == "zh" else "en"


def print_json(value: object) -> None:
    """Print JSON for programs, with Chinese as it is."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
