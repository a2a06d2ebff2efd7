"""Finding SERVICE in SPARQL text."""

import pytest

from govkg.store.scanning import calls_out, tokens


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { service silent ?e { ?s ?p ?o } }",
        "SELECT * { ?s ?p ?o.SERVICE<http://x/>{ ?s ?p ?o } }",
        "SELECT * { ?s ?p 1SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 1.5e3SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p trueSERVICESILENT<http://x/> { ?s ?p ?o } }",
        "SELECT * { SERVICEex:name { ?s ?p ?o } }",
        "SELECT * { ?s ?p '#' SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { # <\n SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p '''it's''' SERVICE <http://x/> { ?s ?p ?o } }",
    ],
)
def test_sees_service_wherever_the_engine_would(text: str) -> None:
    """A call to another endpoint is seen, however it is written."""
    assert calls_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { gc:public-service ?p ?o }",
        "SELECT * { gc:service gov:a.service ?service }",
        "SELECT * { GRAPH service:graph { ?s ?p ?o } }",
        "SELECT * { ?s ?p 'SERVICE <http://x/> { }' } # SERVICE",
        "SELECT * { ?s ?p <http://x/SERVICE>, 'x'@service, $SERVICE }",
    ],
)
def test_takes_names_and_texts_for_what_they_are(text: str) -> None:
    """The word in a name, a variable, a text, an IRI or a comment is no call."""
    assert not calls_out(text)


def test_tokens_cover_the_text() -> None:
    """Every token stands where it says, and nothing but space and comments lies between."""
    text = "PREFIX ex: <http://x/#> # <'\nSELECT * { ?a ex:b.c 'd\\'e'@en-GB . FILTER(?x<1.5) }"

    found = list(tokens(text))

    assert [text[token.start : token.end] for token in found] == [token.text for token in found]
    assert " ".join(token.text for token in found) == (
        "PREFIX ex: <http://x/#> SELECT * { ?a ex:b.c 'd\\'e' @en-GB . FILTER ( ?x < 1.5 ) }"
    )
