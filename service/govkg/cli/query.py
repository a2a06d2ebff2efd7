"""``govkg query``: answer a SPARQL query."""

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from govkg.cli.console import AsJson, bundled_graph, chosen, content
from govkg.store import Query

TABLES: Final = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
}

EXAMPLE = "govkg query question.rq --format csv"


def query(
    file: Annotated[Path, typer.Argument(help="A SPARQL query; - reads standard input.")],
    format: Annotated[str, typer.Option(help="csv, tsv, json or xml.")] = "csv",
    infer: Annotated[bool, typer.Option(help="See inferred triples too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Answer a SPARQL query over the ontology and the example cases."""
    kg = bundled_graph()
    table = TABLES["json" if as_json else chosen("--format", format, TABLES)]
    left_out = () if infer else (kg.graphs.inferred.value,)
    formats: Any = {"solutions": table, "boolean": table, "graph": "text/turtle"}
    text = sys.stdin.read() if str(file) == "-" else content(file).decode()
    answer = kg.store.query(Query(text, formats=formats, without_graphs=left_out))
    typer.echo(answer.body.decode(), nl=False)
