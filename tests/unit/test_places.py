"""Findings are placed by line and column, or by JSON pointer."""

import pytest
from pyoxigraph import BlankNode, NamedNode, Triple

from govkg.validation.places import WHOLE, Place, above, place_of, places_in

TURTLE = '''# a comment: <https://example.org/no>
@base <https://example.org/> .
PREFIX : <https://example.org/case#>
@prefix gov: <https://example.org/gov#> .

<case> a gov:Case ;
    gov:note """a long "note" .
of two lines ;""" ;   gov:part :one , [ gov:inner :two ; gov:more ( 1 2 ) ] ;
    gov:last "x"@en .
:one gov:note 'it.' .
'''
NODE = "https://example.org/case"
GOV = "https://example.org/gov#"


@pytest.mark.parametrize(
    ("node", "prop", "line", "column"),
    [
        (NODE, WHOLE, 6, 1),
        (NODE, GOV + "note", 7, 5),
        (NODE, GOV + "part", 8, 23),
        (NODE, GOV + "last", 9, 5),
        (NODE + "#one", WHOLE, 10, 1),
        (NODE + "#one", GOV + "note", 10, 6),
    ],
)
def test_turtle(node: str, prop: str, line: int, column: int) -> None:
    """Comments, long strings, prefixes, the base and nested nodes lead nobody astray."""
    assert places_in(TURTLE.encode(), "turtle", None, {})[node, prop] == Place(line, column)


def test_nameless_nodes_are_where_they_are_referred_to() -> None:
    """A finding about a node in brackets, however deep, points at the statement that holds it."""
    outer, inner = BlankNode("outer"), BlankNode("inner")
    part, more = NamedNode(GOV + "part"), NamedNode(GOV + "more")
    known = above([Triple(NamedNode(NODE), part, outer), Triple(outer, more, inner)])
    places = places_in(TURTLE.encode(), "turtle", None, {})

    assert place_of(inner, GOV + "note", places, known) == Place(8, 23)
    assert place_of(BlankNode("alone"), WHOLE, places, known) is None


def test_nameless_nodes_that_refer_to_each_other_have_no_place() -> None:
    """A circle of nameless nodes ends the search."""
    one, two, leads = BlankNode("one"), BlankNode("two"), NamedNode(GOV + "part")
    known = above([Triple(one, leads, two), Triple(two, leads, one)])

    assert place_of(one, WHOLE, {}, known) is None


def test_nested_nodes_have_no_place_of_their_own() -> None:
    """What stands within brackets belongs to a nameless node."""
    places = places_in(TURTLE.encode(), "turtle", None, {})

    assert not [key for key in places if key[1] == GOV + "inner"]


def test_json_ld() -> None:
    """An object with an IRI is found by its JSON pointer, written as RFC 6901 has it."""
    text = '{"@graph": [{"id": "case:a", "x/y": {"@id": "#b"}}]}'

    places = places_in(text.encode(), "json-ld", "https://e.org/d", {"case": "https://e.org/case/"})

    assert places["https://e.org/case/a", WHOLE].pointer == "/@graph/0"
    assert places["https://e.org/d#b", WHOLE].pointer == "/@graph/0/x~1y"


@pytest.mark.parametrize("text", ["", "{", "<", '"""', "@prefix", "[[[", "\x00", "a b c ; ; ."])
@pytest.mark.parametrize("name", ["turtle", "json-ld", "rdf-xml"])
def test_anything_is_read_without_an_error(text: str, name: str) -> None:
    """A document that cannot be followed gives no places, and no error either."""
    assert places_in(text.encode(), name, None, {}) is not None


def test_places_speak_both_languages() -> None:
    """A reader of tables names sheet, row and column."""
    place = Place(sheet="cases", row=14, column=3)

    assert place.as_text("en") == "sheet cases, row 14, column C"
    assert place.as_text("zh") == "工作表 cases, 第 14 行, 第 C 列"
    assert place.as_json() == {"sheet": "cases", "row": 14, "column": 3}
