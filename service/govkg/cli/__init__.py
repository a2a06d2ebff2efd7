"""The command line: the same code as the service, without a server.

Each command is a file. Exit codes: 0 all is well; 1 the data is at fault; 2 the command was used
wrongly; 3 the work could not be done here and now.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import NoReturn

import typer

from govkg.cli import (
    annotate,
    audit,
    backup,
    cases,
    check,
    convert,
    diagnose,
    dump,
    explain,
    export,
    harvest,
    healthcheck,
    load,
    query,
    reason,
    register,
    release,
    restore,
    serve,
    submit,
    template,
    token,
    validate,
    version,
    whatif,
)
from govkg.cli.console import AT_FAULT, FAILED, MISUSED
from govkg.errors import (
    ArchiveError,
    BadInputError,
    DocumentSyntaxError,
    GovkgError,
    NotFoundError,
    UnavailableError,
    UnsafeInputError,
    WorkbookError,
)

COMMANDS = (
    serve,
    load,
    validate,
    diagnose,
    whatif,
    annotate,
    template,
    convert,
    query,
    explain,
    reason,
    check,
    submit,
    cases,
    healthcheck,
    token,
    audit,
    backup,
    restore,
    dump,
    export,
    release,
    register,
    harvest,
    version,
)
"""Every file of commands, in the order of the help: it holds a function of its own name, or an app
with commands under that name."""

app = typer.Typer(
    name="govkg",
    help="A knowledge graph on how local government changes: ontology, cases, reasons.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Exit codes: 0 well, 1 data at fault, 2 used wrongly, 3 could not be done.",
)


def _add(module: ModuleType) -> None:
    """Add the command, or the group of commands, that a file holds."""
    name = module.__name__.rpartition(".")[2]
    if hasattr(module, "app"):
        app.add_typer(module.app, name=name)
        return
    command: Callable[..., None] = getattr(module, name)
    app.command(name, epilog=f"Example: {module.EXAMPLE}")(command)


for _each in COMMANDS:
    _add(_each)


def main() -> None:
    """Run the command line; an error that govkg foresees ends in a sentence, not in a trace."""
    with _sentences():
        app()


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn the errors that govkg foresees into a sentence and an exit code."""
    try:
        yield
    except GovkgError as error:
        typer.echo(f"govkg: {error}", err=True)
        _exit(error)


def _exit(error: GovkgError) -> NoReturn:
    at_fault = (
        ArchiveError,
        DocumentSyntaxError,
        WorkbookError,
        UnsafeInputError,
        NotFoundError,
    )
    if isinstance(error, UnavailableError):
        sys.exit(FAILED)
    sys.exit(
        AT_FAULT if isinstance(error, at_fault) or not isinstance(error, BadInputError) else MISUSED
    )
