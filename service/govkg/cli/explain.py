"""``govkg explain``: why a statement holds."""

from typing import Annotated

import typer
from pyoxigraph import Triple

from govkg.cases.hypotheses import with_missing
from govkg.cases.kg import KG
from govkg.cli import console
from govkg.cli.console import AsJson, Lang, bundled_graph, language_of, print_json
from govkg.errors import NotEntailedError
from govkg.rdf import expand, read_term
from govkg.reasoning import MOST

EXAMPLE = "govkg explain gc:slow-approval gov:isSymptomOf gc:management-crisis"


def explain(
    subject: Annotated[str, typer.Argument(metavar="S", help="An IRI, or prefix:name.")],
    predicate: Annotated[str, typer.Argument(metavar="P", help="An IRI, or prefix:name.")],
    value: Annotated[str, typer.Argument(metavar="O", help="An IRI, prefix:name, or a literal.")],
    lang: Lang = "en",
    number: Annotated[
        int,
        typer.Option("--alternatives", min=1, max=MOST, help="How many proofs, shortest first."),
    ] = 1,
    as_json: AsJson = False,
) -> None:
    """Say why a statement about the ontology or an example case holds."""
    kg = bundled_graph()
    triple = Triple(expand(subject), expand(predicate), read_term(value))
    try:
        proofs = kg.proofs(triple, number) if number > 1 else [kg.prove(triple)]
    except NotEntailedError as error:
        raise _explained(kg, triple, error) from None
    if as_json:
        print_json(kg.teller.all_json(proofs))
    else:
        told = (kg.teller.as_text(proof, language_of(lang)) for proof in proofs)
        typer.echo("\n".join(told), nl=False)


def _explained(kg: KG, triple: Triple, error: NotEntailedError) -> NotEntailedError:
    """Return the error with what is missing, if the statement is about a case or a part of it."""
    subject = getattr(triple.subject, "value", "").partition("#")[0]
    for case in kg.cases():
        if case.iri.value == subject:
            known = list(kg.store.triples(case.graph))
            return with_missing(error, console.checker().hypotheses.missing(known, triple))
    return error
