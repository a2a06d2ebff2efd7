"""``govkg explain``: why a statement holds."""

from typing import Annotated

import typer
from pyoxigraph import Triple

from govkg.cli.console import AsJson, Lang, bundled_graph, language_of, print_json
from govkg.rdf import expand, read_term

EXAMPLE = "govkg explain gc:slow-approval gov:isSymptomOf gc:management-crisis"


def explain(
    subject: Annotated[str, typer.Argument(metavar="S", help="An IRI, or prefix:name.")],
    predicate: Annotated[str, typer.Argument(metavar="P", help="An IRI, or prefix:name.")],
    value: Annotated[str, typer.Argument(metavar="O", help="An IRI, prefix:name, or a literal.")],
    lang: Lang = "en",
    as_json: AsJson = False,
) -> None:
    """Say why a statement about the ontology or an example case holds."""
    kg = bundled_graph()
    proof = kg.prove(Triple(expand(subject), expand(predicate), read_term(value)))
    if as_json:
        print_json(kg.teller.as_json(proof))
    else:
        typer.echo(kg.teller.as_text(proof, language_of(lang)), nl=False)
