"""Cases go into tables and JSON and come back with not a statement more or less."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from govkg import bundle
from govkg.forms import Entity, Field, load_form
from govkg.forms.building import Filled
from govkg.forms.csv_reading import read_csv
from govkg.forms.csv_writing import write_csv
from govkg.forms.json_reading import load_json, read_json
from govkg.forms.json_writing import write_json
from govkg.forms.unbuilding import tables_of
from govkg.forms.xlsx_reading import read_xlsx
from govkg.forms.xlsx_writing import write_xlsx
from govkg.ontology import read_files
from govkg.vocabulary import GOV, RDF, XSD

FORM = load_form()
CASE = "https://w3id.org/govkg/case/"
FIXTURES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*fixtures/*.ttl"))

Write = Callable[[list[Triple]], bytes]
Read = Callable[[bytes], Filled]
FORMATS: dict[str, tuple[Write, Read]] = {
    "xlsx": (lambda t: write_xlsx(FORM, t), lambda d: read_xlsx(FORM, d)),
    "csv": (lambda t: write_csv(FORM, t), lambda d: read_csv(FORM, d)),
    "json": (lambda t: write_json(FORM, t), lambda d: read_json(FORM, load_json(d))),
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("count", [1, len(bundle.example_cases())])
def test_the_examples_lose_nothing(name: str, count: int) -> None:
    """One case, and all of them in one file; all their statements have a column."""
    write, read = FORMATS[name]
    triples = read_files([*bundle.example_cases()[:count], *FIXTURES])

    back = read(write(triples))

    assert tables_of(FORM, triples).statements == []
    assert set(back.triples) == set(triples)
    assert [p for p in back.problems if p.severity == "violation"] == []


WORDS = st.text(max_size=20)
NUMBERS = st.decimals(-1000, 1000, places=2).map(lambda n: f"{n.normalize() + Decimal(0):f}")
IRIS = ["https://e.org/a", "urn:x:1", "https://e.org/?a;b"]
PLAIN: dict[str, st.SearchStrategy[NamedNode | Literal]] = {
    "text": st.builds(
        lambda words, tag: Literal(words, language=tag), WORDS, st.sampled_from(["en", "zh", "fr"])
    ),
    "string": WORDS.map(Literal),
    "number": NUMBERS.map(lambda text: _typed(text, "decimal")),
    "date": st.dates().map(lambda day: _typed(day.isoformat(), "date"))
    | st.integers(1000, 2100).map(lambda year: _typed(str(year), "gYear")),
    "iri": st.sampled_from(IRIS).map(NamedNode),
}


def values_of(field: Field) -> st.SearchStrategy[NamedNode | Literal]:
    """Values that a field may hold, plain and strange."""
    if field.kind in PLAIN:
        return PLAIN[field.kind]
    if field.options:
        return st.sampled_from([NamedNode(option.iri) for option in field.options])
    target = FORM.by_key[field.targets[0]]
    return st.sampled_from("abc").map(lambda key: node_of(target, key, "one"))


def _typed(text: str, name: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + name))


def node_of(entity: Entity, key: str, case: str) -> NamedNode:
    """The node with this key."""
    return NamedNode(f"{entity.namespace}{key}" if entity.namespace else f"{CASE}{case}#{key}")


@st.composite
def documents(draw: st.DrawFn) -> list[Triple]:
    """Some nodes of some entities in two cases, each with some of its fields."""
    found = []
    for entity in draw(st.lists(st.sampled_from(FORM.entities), min_size=1, max_size=4)):
        case = draw(st.sampled_from(["one", "two"]))
        node = node_of(entity, case if entity is FORM.root else draw(st.sampled_from("abc")), case)
        kinds = st.lists(st.sampled_from(entity.types), min_size=1, max_size=2)
        found += [Triple(node, NamedNode(RDF + "type"), NamedNode(k.iri)) for k in draw(kinds)]
        for field in draw(st.lists(st.sampled_from(entity.fields), max_size=4)):
            values = draw(st.lists(values_of(field), max_size=3))
            found += [Triple(node, NamedNode(field.path), value) for value in values]
    return found


@pytest.mark.parametrize("name", ["csv", "json"])
@settings(max_examples=150, deadline=None)
@given(triples=documents())
def test_any_document_loses_nothing(name: str, triples: list[Triple]) -> None:
    """Text with any character, several languages, several values, parts without an owner."""
    write, read = FORMATS[name]

    assert set(read(write(triples)).triples) == set(triples)


def test_a_part_that_says_nothing_is_no_reference() -> None:
    """In JSON a part of which only the type is known keeps it."""
    profile, part = (node_of(FORM.by_key[key], key, "one") for key in ("profile", "assessment"))
    triples = [
        Triple(profile, NamedNode(RDF + "type"), NamedNode(GOV + "GovernanceProfile")),
        Triple(part, NamedNode(RDF + "type"), NamedNode(GOV + "AxisAssessment")),
        Triple(profile, NamedNode(GOV + "hasAssessment"), part),
    ]
    write, read = FORMATS["json"]

    assert set(read(write(triples)).triples) == set(triples)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(triples=documents())
def test_a_workbook_comes_back_the_same(triples: list[Triple]) -> None:
    """XLSX to RDF to XLSX: the same statements, and the same cells."""
    write, read = FORMATS["xlsx"]

    first = read(write(triples)).triples
    again = read(write(first)).triples

    assert set(first) == set(again) == set(triples)
    assert _rows(first) == _rows(triples)


def _rows(triples: list[Triple]) -> set[tuple[str, frozenset[str]]]:
    """The keys and columns of all rows."""
    tables = tables_of(FORM, triples)
    return {(row.iri, frozenset(row.cells)) for rows in tables.rows.values() for row in rows}
