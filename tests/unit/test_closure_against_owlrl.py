"""Our closure and that of owlrl agree on random ontologies and data."""

import owlrl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from rdflib import BNode, Graph, URIRef

from govkg.reasoning import Closure

BASE = "http://example.org/"
OWL = "http://www.w3.org/2002/07/owl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"

ONE = '"1"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>'

individuals = st.sampled_from([f"<{BASE}i{n}>" for n in range(4)])
classes = st.sampled_from([f"<{BASE}C{n}>" for n in range(4)])
properties = st.sampled_from([f"<{BASE}p{n}>" for n in range(3)])

axioms = st.one_of(
    st.tuples(classes, classes).map(lambda t: f"{t[0]} <{RDFS}subClassOf> {t[1]} ."),
    st.tuples(classes, classes).map(lambda t: f"{t[0]} <{OWL}equivalentClass> {t[1]} ."),
    st.tuples(properties, properties).map(lambda t: f"{t[0]} <{RDFS}subPropertyOf> {t[1]} ."),
    st.tuples(properties, properties).map(lambda t: f"{t[0]} <{OWL}inverseOf> {t[1]} ."),
    st.tuples(properties, classes).map(lambda t: f"{t[0]} <{RDFS}domain> {t[1]} ."),
    st.tuples(properties, classes).map(lambda t: f"{t[0]} <{RDFS}range> {t[1]} ."),
    properties.map(lambda p: f"{p} a <{OWL}TransitiveProperty> ."),
    properties.map(lambda p: f"{p} a <{OWL}SymmetricProperty> ."),
    properties.map(lambda p: f"{p} a <{OWL}FunctionalProperty> ."),
    st.tuples(properties, properties, properties).map(
        lambda t: f"{t[0]} <{OWL}propertyChainAxiom> ( {t[1]} {t[2]} ) ."
    ),
    st.tuples(classes, classes, classes).map(
        lambda t: f"{t[0]} <{OWL}intersectionOf> ( {t[1]} {t[2]} ) ."
    ),
    st.tuples(classes, classes, classes).map(
        lambda t: f"{t[0]} <{OWL}unionOf> ( {t[1]} {t[2]} ) ."
    ),
    st.tuples(classes, properties, classes).map(
        lambda t: f"{t[0]} <{OWL}onProperty> {t[1]} ; <{OWL}someValuesFrom> {t[2]} ."
    ),
    st.tuples(classes, properties, individuals).map(
        lambda t: f"{t[0]} <{OWL}onProperty> {t[1]} ; <{OWL}hasValue> {t[2]} ."
    ),
    st.tuples(classes, properties, classes).map(
        lambda t: f"{t[0]} <{OWL}onProperty> {t[1]} ; <{OWL}allValuesFrom> {t[2]} ."
    ),
    st.tuples(classes, properties).map(
        lambda t: f"{t[0]} <{OWL}onProperty> {t[1]} ; <{OWL}maxCardinality> {ONE} ."
    ),
    st.tuples(classes, properties, classes).map(
        lambda t: (
            f"{t[0]} <{OWL}onProperty> {t[1]} ; <{OWL}onClass> {t[2]} ; "
            f"<{OWL}maxQualifiedCardinality> {ONE} ."
        )
    ),
    st.tuples(properties, properties).map(lambda t: f"{t[0]} <{OWL}equivalentProperty> {t[1]} ."),
    properties.map(lambda p: f"{p} a <{OWL}InverseFunctionalProperty> ."),
    st.tuples(classes, properties, properties).map(  # owlrl does not look at the last of a key
        lambda t: f"{t[0]} <{OWL}hasKey> ( {t[1]} {t[2]} {t[2]} ) ."
    ),
    st.tuples(classes, individuals, individuals).map(
        lambda t: f"{t[0]} <{OWL}oneOf> ( {t[1]} {t[2]} ) ."
    ),
)
facts = st.one_of(
    st.tuples(individuals, classes).map(lambda t: f"{t[0]} a {t[1]} ."),
    st.tuples(individuals, properties, individuals).map(lambda t: f"{t[0]} {t[1]} {t[2]} ."),
    st.tuples(individuals, individuals).map(lambda t: f"{t[0]} <{OWL}sameAs> {t[1]} ."),
)


def ours(turtle: str) -> set[tuple[str, str, str]]:
    """Return what our closure says of the individuals."""
    quads = parse(turtle.encode(), RdfFormat.TURTLE)
    given = [Triple(q.subject, q.predicate, q.object) for q in quads]
    return about_individuals(
        (t.subject.value, t.predicate.value, t.object.value)
        for t in (*given, *Closure(given).inferred())
        if isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode)
    )


def theirs(turtle: str) -> set[tuple[str, str, str]]:
    """Return what the closure of owlrl says of the individuals."""
    graph = Graph().parse(data=turtle, format="turtle")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return about_individuals(
        (str(s), str(p), str(o))
        for s, p, o in graph
        if isinstance(s, URIRef) and isinstance(o, URIRef) and not isinstance(p, BNode)
    )


def about_individuals(statements: object) -> set[tuple[str, str, str]]:
    """Keep what is said of individuals, leaving out what is true of everything."""
    return {
        (s, p, o)
        for s, p, o in statements  # type: ignore[attr-defined]
        if s.startswith(BASE + "i")
        and o != OWL + "Thing"
        and not (p == OWL + "sameAs" and s == o)
        and (o.startswith(BASE))
        and (p.startswith(BASE) or p in {RDF + "type", OWL + "sameAs"})
    }


DECLARED = [
    *(f"<{BASE}C{n}> a <{OWL}Class> ." for n in range(4)),
    *(f"<{BASE}p{n}> a <{OWL}ObjectProperty> ." for n in range(3)),
]
"""Without these owlrl does not know that a class is within itself."""


def agree(schema: list[str], data: list[str]) -> None:
    """Hold both engines to the same statements about individuals."""
    turtle = "\n".join((*DECLARED, *schema, *data))

    assert ours(turtle) == theirs(turtle)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(axioms, max_size=6), st.lists(facts, min_size=1, max_size=8))
@pytest.mark.filterwarnings("ignore")
def test_closure_agrees_with_owlrl(schema: list[str], data: list[str]) -> None:
    """Whatever the axioms and facts, both engines say the same of the individuals."""
    agree(schema, data)


@pytest.mark.soak
@settings(max_examples=2500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(axioms, max_size=8), st.lists(facts, min_size=1, max_size=10))
@pytest.mark.filterwarnings("ignore")
def test_closure_agrees_with_owlrl_at_length(schema: list[str], data: list[str]) -> None:
    """The same, over many more and larger ontologies."""
    agree(schema, data)
