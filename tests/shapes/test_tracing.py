"""What breaks a shape within a shape is told itself, the same by both engines."""

from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple

from govkg import bundle
from govkg.cases.checking import triples_of
from govkg.forms.formats import format_named
from govkg.ontology import load_ontology, read_files
from govkg.validation import EngineName, Finding, Report, Validator, report_triples
from govkg.validation.engines import make_engine
from govkg.validation.results import read_results
from govkg.validation.shapes import Shapes
from govkg.vocabulary import GC, GOV, SH

ENGINES: tuple[EngineName, ...] = ("fast", "reference")
PREFIXES = """
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    @prefix ex: <urn:ex:> .
"""
ADDRESS = """
    ex:Address a sh:NodeShape ; sh:property
        [ sh:path ex:zip ; sh:minCount 1 ; sh:name "zip code"@en , "邮编"@zh ] ,
        [ sh:path ex:city ; sh:node ex:City ] .
    ex:City sh:property [ sh:path ex:name ; sh:maxLength 3 ] ; sh:class ex:Town .
"""


@cache
def parsed(turtle: str) -> tuple[Triple, ...]:
    """The triples of a Turtle text."""
    return tuple(triples_of((PREFIXES + turtle).encode(), format_named("turtle")))


def report(shapes: str, data: str, engine: EngineName) -> Report:
    """What one engine finds of data by somebody's own shapes."""
    return Validator(parsed(shapes), engine=engine, strict=True).validate(parsed(data))


def brief(finding: Finding) -> tuple[str, str, str, str]:
    """Where a finding is, and what it misses."""
    path = finding.path.text if finding.path else ""
    value = getattr(finding.value, "value", "")
    component = finding.component.removeprefix(SH).removesuffix("ConstraintComponent")
    return str(getattr(finding.focus, "value", "")), path, value, component


@pytest.mark.parametrize("engine", ENGINES)
def test_leaf_of_a_node_shape_is_told(engine: EngineName) -> None:
    """What a shape two levels below misses is told of the node and the property that miss it."""
    shapes = (
        ADDRESS + "ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:home ; sh:node ex:Address ] ."
    )
    data = "ex:a ex:home ex:h . ex:h ex:city ex:c . ex:c a ex:Town ; ex:name 'Berlin' ."

    found = report(shapes, data, engine)

    assert [brief(each) for each in found.findings] == [
        ("urn:ex:c", "urn:ex:name", "Berlin", "MaxLength"),
        ("urn:ex:h", "urn:ex:zip", "", "MinCount"),
    ]
    assert found.findings[1].name == {"en": "zip code", "zh": "邮编"}
    assert {brief(each.outermost) for each in found.findings} == {
        ("urn:ex:a", "urn:ex:home", "urn:ex:h", "Node")
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_amiss_with_a_value_is_told_of_its_property(engine: EngineName) -> None:
    """A literal is no place in a document: the property that holds it is."""
    shapes = """
        ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:node [ sh:node ex:Short ] ] .
        ex:Short sh:maxLength 2 .
    """

    [found] = report(shapes, "ex:a ex:p 'long' .", engine).findings

    assert brief(found) == ("urn:ex:a", "urn:ex:p", "long", "MaxLength")
    assert found.message["en"] == "Expected is: at most 2 character(s). Found is: long."


@pytest.mark.parametrize("engine", ENGINES)
def test_each_of_all_is_told(engine: EngineName) -> None:
    """Of shapes that must all hold, each that does not is told, and only these."""
    shapes = """
        ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ;
            sh:and ( [ sh:minLength 3 ] [ sh:pattern "^a" ] [ sh:maxLength 9 ] ) ] .
    """

    found = report(shapes, "ex:a ex:p 'b' .", engine).findings

    assert [brief(each)[-1] for each in found] == ["MinLength", "Pattern"]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_sh_node_has_its_own_causes(engine: EngineName) -> None:
    """Two shapes that one property asks for are two results, with one cause each."""
    shapes = """
        ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:node ex:X , ex:Y ] .
        ex:X sh:minLength 3 . ex:Y sh:pattern "^a" .
    """

    found = report(shapes, "ex:a ex:p 'b' .", engine)

    assert [brief(each)[-1] for each in found.findings] == ["MinLength", "Pattern"]
    results = [t for t in report_triples(found) if t.predicate.value == SH + "result"]
    details = [t for t in report_triples(found) if t.predicate.value == SH + "detail"]
    assert len(results) == len(details) == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_alternatives_are_told_with_what_each_misses(engine: EngineName) -> None:
    """Where one of several shapes is enough, one finding says what each of them misses."""
    shapes = (
        ADDRESS
        + """
        ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ;
            sh:or ( [ sh:datatype xsd:integer ] [ sh:node ex:Address ] ) ] .
    """
    )

    [found] = report(shapes, "ex:a ex:p 'b' .", engine).findings

    assert found.message["en"] == (
        "Expected is: one or more of these: (1) a value of type xsd:integer;"
        " (2) zip code: at least 1 value(s). Found is: b."
    )
    assert found.message["zh"] == (
        "应为：至少符合以下之一：（1）类型为 xsd:integer 的值；（2）邮编: 至少 1 个值。实际为：b。"
    )
    assert [[brief(each)[-1] for each in way] for way in found.alternatives] == [
        ["Datatype"],
        ["MinCount"],
    ]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("constraint", "value", "message"),
    [
        ('sh:not [ sh:pattern "^x" ]', "'xy'", "nothing of this kind: text that matches ^x."),
        (
            "sh:xone ( [ sh:minLength 1 ] [ sh:maxLength 5 ] )",
            "'xy'",
            "just one of these: (1) at least 1 character(s); (2) at most 5 character(s).",
        ),
        (
            "sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ sh:class ex:T ]",
            "ex:b",
            "at least 1 value(s) of this kind: something of class <urn:ex:T>."
            " Not so is: “<urn:ex:b>” (something of class <urn:ex:T>).",
        ),
        (
            "sh:qualifiedMaxCount 0 ; sh:qualifiedValueShape [ sh:nodeKind sh:IRI ]",
            "ex:b",
            "at most 0 value(s) of this kind: a value of kind sh:IRI.",
        ),
    ],
)
def test_inner_shapes_are_described(
    constraint: str, value: str, message: str, engine: EngineName
) -> None:
    """What an inner shape asks for is said where nothing within is broken, or not enough holds."""
    shapes = f"ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; {constraint} ] ."

    [found] = report(shapes, f"ex:a ex:p {value} .", engine).findings

    assert found.message["en"].startswith(f"Expected is: {message}")
    assert "shape" not in found.message["en"]
    assert found.remedy["zh"]


@pytest.mark.parametrize("engine", ENGINES)
def test_no_term_of_the_ontology_is_blamed(engine: EngineName) -> None:
    """If a shape asks more of a concept than the ontology says, the case that uses it is blamed."""
    shapes = """
        ex:S sh:targetSubjectsOf <https://w3id.org/govkg/ontology#hasGovernmentLevel> ;
            sh:property [ sh:path <https://w3id.org/govkg/ontology#hasGovernmentLevel> ;
                sh:node [ sh:property [ sh:path ex:weight ; sh:minCount 1 ] ] ] .
    """
    level = Triple(
        NamedNode("urn:ex:case"),
        NamedNode(GOV + "hasGovernmentLevel"),
        NamedNode(GC + "county-level"),
    )
    validator = Validator(parsed(shapes), load_ontology().triples, engine=engine)

    [found] = validator.validate([level]).findings

    assert brief(found) == (
        "urn:ex:case",
        GOV + "hasGovernmentLevel",
        GC + "county-level",
        "Node",
    )
    assert "<urn:ex:weight>: at least 1 value(s)" in found.message["en"]


@pytest.mark.parametrize("engine", ENGINES)
def test_terms_of_other_vocabularies_are_never_blamed(engine: EngineName) -> None:
    """Naming terms of imported vocabularies brings no finding about these terms."""
    case = NamedNode("https://example.org/c")
    data = [
        Triple(case, NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), each)
        for each in map(NamedNode, [GOV + "GovernanceCase", "http://www.w3.org/ns/prov#Plan"])
    ]
    data.append(Triple(case, NamedNode("http://purl.org/dc/terms/title"), Literal("x")))
    terms = {t.subject for t in load_ontology().triples}

    found = Validator(read_files(bundle.shapes()), load_ontology().triples, engine=engine).validate(
        data
    )

    assert found.findings
    assert {each.focus for each in found.findings} == {case}
    assert not {each.focus for each in found.findings} & terms


LEAVES = [
    "sh:minLength 3",
    "sh:nodeKind sh:IRI",
    "sh:datatype xsd:integer",
    "sh:class ex:T",
    "sh:property [ sh:path ex:q ; sh:minCount 1 ]",
    "sh:property [ sh:path ( ex:p ex:q ) ; sh:maxLength 1 ]",
]


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Shapes around others."""
    several = st.lists(inner, min_size=1, max_size=3).map(
        lambda each: " ".join(f"[ {one} ]" for one in each)
    )
    return st.one_of(
        st.tuples(st.sampled_from(["and", "or", "xone"]), several).map(
            lambda each: f"sh:{each[0]} ( {each[1]} )"
        ),
        st.tuples(st.sampled_from(["node", "not"]), inner).map(
            lambda each: f"sh:{each[0]} [ {each[1]} ]"
        ),
        inner.map(lambda each: f"sh:property [ sh:path ex:p ; sh:node [ {each} ] ]"),
        inner.map(
            lambda each: (
                "sh:property [ sh:path ex:p ; sh:qualifiedMinCount 2 ;"
                f" sh:qualifiedValueShape [ {each} ] ]"
            )
        ),
    )


SHAPES = st.recursive(st.sampled_from(LEAVES), nested, max_leaves=6)
NODES = st.sampled_from(["ex:a", "ex:b", "_:c", "'lit'", "7"])
STATEMENTS = st.tuples(
    st.sampled_from(["ex:a", "ex:b", "_:c"]), st.sampled_from(["ex:p", "ex:q"]), NODES
) | st.just(("ex:b", "a", "ex:T"))


def told(finding: Finding) -> tuple[object, ...]:
    """All that a finding says."""
    ways = tuple(tuple(map(told, way)) for way in finding.alternatives)
    words = (*finding.message.values(), *finding.name.values())
    return brief(finding), str(finding.focus), str(finding.shape), words, ways


def agree(shape: str, statements: list[tuple[str, str, str]]) -> None:
    """Check that both engines tell the same, and that their reports keep the engine's results."""
    shapes = parsed(f"ex:S sh:targetNode ex:a , ex:b ; {shape} .")
    data = parsed("\n".join(f"{s} {p} {o} ." for s, p, o in statements))
    reports = {e: Validator(shapes, engine=e, strict=True).validate(data) for e in ENGINES}

    fast, reference = (Counter(told(each) for each in reports[e].findings) for e in ENGINES)

    assert fast == reference
    plain = make_engine("fast", Shapes(shapes).triples, []).results(data)
    assert len(read_results(report_triples(reports["fast"]))) == len(plain)
    for each in reports["fast"].findings:
        assert all(each.message.values())
        assert brief(each)[-1] not in {"Node", "And"}
        assert "urn:x-govkg" not in "".join(each.message.values())


@pytest.mark.parametrize("depth", [2, 4, 6])
def test_engines_agree_on_cycles(depth: int) -> None:
    """Data that leads back to itself, which asks one question by several ways, is no matter."""
    shape = "sh:minLength 3"
    for _ in range(depth):
        shape = f"""sh:property [ sh:path ex:p ; sh:qualifiedMinCount 2 ;
            sh:qualifiedValueShape [ {shape} ] ]"""

    agree(shape, [(each, "ex:p", value) for each in ("ex:a", "ex:b") for value in ("ex:b", "_:c")])


SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}


@settings(max_examples=25, derandomize=True, **SLOW)  # type: ignore[arg-type]
@given(SHAPES, st.lists(STATEMENTS, max_size=8))
def test_engines_agree_on_shapes_within_shapes(
    shape: str, statements: list[tuple[str, str, str]]
) -> None:
    """However shapes lie within each other, both engines lead to the same leaves."""
    agree(shape, statements)


@pytest.mark.soak
@settings(max_examples=500, **SLOW)  # type: ignore[arg-type]
@given(SHAPES, st.lists(STATEMENTS, max_size=8))
def test_engines_agree_on_many_shapes_within_shapes(
    shape: str, statements: list[tuple[str, str, str]]
) -> None:
    """The same, on new shapes in each run."""
    agree(shape, statements)
