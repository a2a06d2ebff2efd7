"""``govkg check``: whether the bundle is sound."""

from typing import Annotated, Any

import typer

from govkg import bundle
from govkg.cli import console
from govkg.cli.console import AT_FAULT, OK, AsJson, bundled_graph, print_json, submission
from govkg.reasoning import deep_check

EXAMPLE = "govkg check"


def check(
    dl: Annotated[
        bool, typer.Option("--dl", help="Check OWL 2 DL consistency by HermiT too; needs Java.")
    ] = False,
    seconds: Annotated[float, typer.Option(help="The deadline of --dl, in seconds.")] = 120.0,
    as_json: AsJson = False,
) -> None:
    """Check the bundle: every example conforms, every inference has a proof, nothing clashes."""
    kg = bundled_graph()
    checker = console.checker()
    invalid = [
        path.name
        for path in bundle.example_cases()
        if not checker.validate(submission(checker, path)).conforms
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
        print_json(found)
    else:
        for key, value in found.items():
            typer.echo(f"{key}: {value}")
    raise typer.Exit(OK if sound else AT_FAULT)
