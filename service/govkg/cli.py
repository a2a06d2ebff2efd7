"""The command line: the same code as the service, without a server.

Exit codes: 0 all is well; 1 the data is at fault; 2 the command was used wrongly; 3 the work
could not be done here and now.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn
from urllib.error import URLError
from urllib.request import urlopen

import typer
from pyoxigraph import Triple

from govkg import __version__, bundle
from govkg.access import SCOPES, Access
from govkg.cases.checking import REPORT_FORMATS, Checker, Submission, rendered
from govkg.cases.diagnosis import diagnosis_text
from govkg.cases.kg import KG
from govkg.errors import (
    BadInputError,
    DocumentSyntaxError,
    GovkgError,
    Language,
    NotFoundError,
    UnavailableError,
    UnsafeInputError,
)
from govkg.rdf import expand, format_of_file, read_term
from govkg.reasoning import deep_check
from govkg.settings import load_settings
from govkg.store import Query
from govkg.store.embedded import EmbeddedStore

OK, AT_FAULT, MISUSED, FAILED = 0, 1, 2, 3

app = typer.Typer(
    name="govkg",
    help="A knowledge graph on how local government changes: ontology, cases, reasons.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="Exit codes: 0 well, 1 data at fault, 2 used wrongly, 3 could not be done.",
)

Files = Annotated[list[Path], typer.Argument(help="RDF files: .ttl .jsonld .rdf .nt .nq .trig")]
Lang = Annotated[str, typer.Option("--lang", help="Language of messages: en or zh.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

TABLES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
}


def main() -> None:
    """Run the command line; an error that govkg foresees ends in a sentence, not in a trace."""
    with _sentences():
        app()


@app.command(epilog="Example: GOVKG_PORT=8123 govkg serve")
def serve() -> None:
    """Run the service on the embedded store, with ontology and example cases loaded."""
    import uvicorn  # noqa: PLC0415  # only this command needs a server

    from govkg.app import create_app  # noqa: PLC0415  # likewise

    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    typer.echo(
        f"govkg {__version__}  {address}/   try: /query  /validate  /concept/authority-crisis"
    )
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        access_log=False,
    )


@app.command(epilog="Example: govkg validate case.ttl --lang zh")
def validate(
    files: Files, lang: Lang = "en", as_json: AsJson = False, report: str = "text"
) -> None:
    """Check cases against the shapes, and say what to mend.

    --report is one of text, json, turtle, json-ld; --json is short for --report json.
    """
    form = "json" if as_json else _choice("--report", report, REPORT_FORMATS)
    checker = Checker()
    conforms = True
    for path in files:
        found = checker.validate(_read(checker, path))
        conforms = conforms and found.conforms
        if form == "json":
            _print_json({"file": path.name, **found.as_json()})
        else:
            text = rendered(found, form, _language(lang)).decode()
            typer.echo(f"{path.name}: {text}" if form == "text" else text, nl=False)
    raise typer.Exit(OK if conforms else AT_FAULT)


@app.command(epilog="Example: govkg diagnose case.ttl")
def diagnose(file: Path, lang: Lang = "en", as_json: AsJson = False) -> None:
    """Validate a case, and say what it suggests: crises, positions, candidate remedies, and why."""
    checker = Checker()
    found = checker.diagnose(_read(checker, file))
    if as_json:
        _print_json(found)
    else:
        typer.echo(diagnosis_text(found, _language(lang)), nl=False)
    raise typer.Exit(OK if found["validation"]["conforms"] else AT_FAULT)


@app.command(epilog="Example: govkg query question.rq --format csv")
def query(
    file: Annotated[Path, typer.Argument(help="A SPARQL query; - reads standard input.")],
    format: Annotated[str, typer.Option(help="csv, tsv, json or xml.")] = "csv",
    infer: Annotated[bool, typer.Option(help="See inferred triples too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Answer a SPARQL query over the ontology and the example cases."""
    kg = _graph()
    table = TABLES["json" if as_json else _choice("--format", format, TABLES)]
    left_out = () if infer else (kg.graphs.inferred.value,)
    formats: Any = {"solutions": table, "boolean": table, "graph": "text/turtle"}
    text = sys.stdin.read() if str(file) == "-" else _bytes(file).decode()
    answer = kg.store.query(Query(text, formats=formats, without_graphs=left_out))
    typer.echo(answer.body.decode(), nl=False)


@app.command(epilog="Example: govkg explain gc:slow-approval gov:isSymptomOf gc:management-crisis")
def explain(
    subject: Annotated[str, typer.Argument(metavar="S", help="An IRI, or prefix:name.")],
    predicate: Annotated[str, typer.Argument(metavar="P", help="An IRI, or prefix:name.")],
    value: Annotated[str, typer.Argument(metavar="O", help="An IRI, prefix:name, or a literal.")],
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Say why a statement about the ontology or an example case holds."""
    kg = _graph()
    proof = kg.prove(Triple(expand(subject), expand(predicate), read_term(value)))
    if as_json:
        _print_json(kg.teller.as_json(proof))
    else:
        typer.echo(kg.teller.as_text(proof, _language(lang)), nl=False)


@app.command(epilog="Example: govkg check")
def check(
    dl: Annotated[
        bool, typer.Option("--dl", help="Check OWL 2 DL consistency by HermiT too; needs Java.")
    ] = False,
    seconds: Annotated[float, typer.Option(help="The deadline of --dl, in seconds.")] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Check the bundle: every example conforms, every inference has a proof, nothing clashes."""
    kg = _graph()
    checker = Checker()
    invalid = [
        path.name
        for path in bundle.example_cases()
        if not checker.validate(_read(checker, path)).conforms
    ]
    inferred = list(kg.closure.inferred())
    for triple in inferred:
        kg.prove(triple)
    clashes = [clash.rule for clash in kg.closure.contradictions()]
    found: dict[str, Any] = {
        "triples": len(kg.store) - len(inferred),
        "inferred": len(inferred),
        "cases": len(list(kg.cases())),
        "invalidExamples": invalid,
        "contradictions": clashes,
    }
    sound = not invalid and not clashes
    if dl:
        deep = deep_check(kg.asserted(), seconds)
        found |= {"consistent": deep.consistent, "unsatisfiable": list(deep.unsatisfiable)}
        sound = sound and deep.consistent and not deep.unsatisfiable
    if as_json:
        _print_json(found)
    else:
        for key, value in found.items():
            typer.echo(f"{key}: {value}")
    raise typer.Exit(OK if sound else AT_FAULT)


@app.command(epilog="Example: govkg healthcheck")
def healthcheck() -> None:
    """Ask a running service whether it is ready; for containers and monitors."""
    settings = load_settings()
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    try:
        with urlopen(f"http://{host}:{settings.port}/readyz", timeout=5) as response:
            typer.echo(response.read().decode())
    except (URLError, OSError) as error:
        typer.echo(f"not ready: {error}", err=True)
        raise typer.Exit(FAILED) from error


token = typer.Typer(no_args_is_help=True, help="Tokens of those who may write over HTTP.")
app.add_typer(token, name="token")


@token.command("create", epilog="Example: govkg token create --name lab --scope write")
def create_token(
    name: Annotated[str, typer.Option(help="Whose token it is, or what for.")],
    scope: Annotated[list[str], typer.Option(help=f"One of {', '.join(SCOPES)}; may be repeated.")],
    as_json: AsJson = False,
) -> None:
    """Make a token and print it; its secret cannot be shown again."""
    scopes = tuple(dict.fromkeys(_choice("--scope", each, SCOPES) for each in scope))
    made, secret = _access().create(name, scopes)
    if as_json:
        _print_json({"id": made.id, "name": name, "scopes": scopes, "token": secret})
    else:
        typer.echo(secret)
        typer.echo(f"Keep it: it is not shown again. Its id is {made.id}.", err=True)


@token.command("list", epilog="Example: govkg token list")
def list_tokens(as_json: AsJson = False) -> None:
    """List all tokens, without their secrets."""
    rows = [
        {"id": t.id, "name": t.name, "scopes": t.scopes, "created": t.created, "revoked": t.revoked}
        for t in _access().tokens()
    ]
    if as_json:
        _print_json(rows)
        return
    for t in _access().tokens():
        state = f"revoked {t.revoked}" if t.revoked else "good"
        typer.echo(f"{t.id}  {', '.join(t.scopes)}  created {t.created}  {state}  {t.name}")


@token.command("revoke", epilog="Example: govkg token revoke 1a2b3c4d")
def revoke_token(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The id that token list shows.")],
) -> None:
    """Make a token useless, at once and for good."""
    typer.echo(f"{_access().revoke(token_id).id} is revoked")


def _access() -> Access:
    return Access(load_settings().tokens_path)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"govkg {__version__}")


def _graph() -> KG:
    """Load the bundled graph into memory, telling what is done if somebody is watching."""

    def progress(what: str) -> None:
        if sys.stderr.isatty():
            typer.echo(f"\r\033[K{what} …", err=True, nl=False)

    kg = KG.load(EmbeddedStore(), progress=progress)
    if sys.stderr.isatty():
        typer.echo("\r\033[K", err=True, nl=False)
    return kg


def _read(checker: Checker, path: Path) -> Submission:
    """Read a submission from a file, its name in front of any error."""
    return checker.read(_bytes(path), format_of_file(path.name), base=path.absolute().as_uri())


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotFoundError(what="file", name=str(path), hint=str(error.strerror)) from error


def _choice(name: str, given: str, known: dict[str, str]) -> str:
    if given not in known:
        raise typer.BadParameter(f"“{given}” is none of: {', '.join(known)}", param_hint=name)
    return given


def _language(given: str) -> Language:
    if given not in {"en", "zh"}:
        raise typer.BadParameter(f"“{given}” is none of: en, zh", param_hint="--lang")
    return "zh" if given == "zh" else "en"


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn the errors that govkg foresees into a sentence and an exit code."""
    try:
        yield
    except GovkgError as error:
        typer.echo(f"govkg: {error}", err=True)
        _exit(error)


def _exit(error: GovkgError) -> NoReturn:
    at_fault = (DocumentSyntaxError, UnsafeInputError, NotFoundError)
    if isinstance(error, UnavailableError):
        sys.exit(FAILED)
    sys.exit(
        AT_FAULT if isinstance(error, at_fault) or not isinstance(error, BadInputError) else MISUSED
    )
