"""What goes along with data to be checked is all that shapes can ask for, and no more."""

from pyoxigraph import RdfFormat, Triple, parse

from govkg.validation.background import Background

E = "https://example.org/"
PREFIXES = f"@prefix : <{E}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> ."
ASKED = {
    E + "broader",
    E + "label",
    E + "source",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
}


def parsed(text: str) -> list[Triple]:
    """The triples of a text in Turtle."""
    return [quad.triple for quad in parse(f"{PREFIXES} {text}", format=RdfFormat.TURTLE)]


KNOWN = Background(
    parsed(
        """
        :river a :Concept ; :label "river" ; :broader :water ; :source <urn:atlas> ; :note "n" .
        :water a :Concept ; :label "water" ; :source <urn:atlas> .
        :hill a :Concept ; :label "hill" ; :broader :land .
        :land a :Concept ; :label "land" .
        :Concept :label "concept" ; :broader [ :broader :land ] .
        """
    ),
    ASKED,
)


def text(data: str) -> list[Triple]:
    """What goes along with some data."""
    return [q.triple for q in parse(KNOWN.text(parsed(data)), format=RdfFormat.N_TRIPLES)]


def test_what_the_data_leads_to_goes_along() -> None:
    """The words of what is mentioned, of what that leads to, and so on."""
    assert {*parsed(':river a :Concept ; :label "river" ; :source <urn:atlas> .')} <= {
        *text(":a :b :river .")
    }
    assert {*parsed(':water a :Concept ; :label "water" .')} <= {*text(":a :b :river .")}
    assert parsed(':Concept :label "concept" .')[0] in text(":a a :Concept .")


def test_links_between_terms_always_go_along() -> None:
    """A query may go from a term to those below it, of which the data says nothing."""
    assert {*parsed(":river :broader :water . :hill :broader :land .")} <= {*text(":a :b 1 .")}


def test_nothing_else_goes_along() -> None:
    """Neither words nor kinds of what the data does not lead to, nor what nobody asks for."""
    assert {*text(":a :b 1 .")} == {*parsed(":river :broader :water . :hill :broader :land .")}
    assert not {*parsed(':hill a :Concept ; :label "hill" .')} & {*text(":a :b :river .")}
    assert not {*parsed(':river :note "n" .')} & {*text(":a :b :river .")}


def test_what_data_says_of_a_term_meets_all_that_is_known_of_it() -> None:
    """A pattern with any property may start at the subjects of the data."""
    assert parsed(':river :note "n" .')[0] in text(':river :label "fleuve" .')


def test_expressions_without_a_name_follow_the_data() -> None:
    """They are reached from a term only."""
    assert any("_:" in str(triple) for triple in text(":a a :Concept ."))
    assert not any("_:" in str(triple) for triple in text(":a :b 1 ."))
