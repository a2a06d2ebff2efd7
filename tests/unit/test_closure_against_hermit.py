"""Our closure and HermiT give individuals the same types, where OWL 2 RL is complete.

Axioms are drawn from the syntax of OWL 2 RL, for which its rules find every type (OWL 2 Profiles,
theorem PR1). Many small ontologies with names of their own are asked about in one run of Java.
"""

import json
import shutil
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from govkg.reasoning import Closure

BASE = "http://example.org/"
PREFIXES = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RESTRICTION = "[ a owl:Restriction ; owl:onProperty {p} ; owl:{word} {c} ]"

HERMIT = """
import io, json, sys, owlready2
world = owlready2.World()
loaded = world.get_ontology("http://example.org/all").load(fileobj=io.BytesIO(sys.stdin.buffer.read()))
with loaded:
    owlready2.sync_reasoner_hermit(world, debug=0)
types = {i.iri: sorted(c.iri for c in i.INDIRECT_is_a if isinstance(c, owlready2.ThingClass))
         for i in world.individuals()}
print("@" + json.dumps(types))
"""

individuals = st.sampled_from([f":i{n}" for n in range(4)])
classes = st.sampled_from([f":C{n}" for n in range(4)])
properties = st.sampled_from([f":p{n}" for n in range(3)])
narrow = st.one_of(
    classes,
    st.tuples(properties, classes).map(
        lambda t: RESTRICTION.format(p=t[0], word="someValuesFrom", c=t[1])
    ),
    st.tuples(properties, individuals).map(
        lambda t: RESTRICTION.format(p=t[0], word="hasValue", c=t[1])
    ),
    st.tuples(classes, classes).map(
        lambda t: f"[ a owl:Class ; owl:intersectionOf ( {t[0]} {t[1]} ) ]"
    ),
    st.tuples(classes, classes).map(lambda t: f"[ a owl:Class ; owl:unionOf ( {t[0]} {t[1]} ) ]"),
)
"""What OWL 2 RL allows on the narrower side of rdfs:subClassOf."""
broad = st.one_of(
    classes,
    st.tuples(properties, classes).map(
        lambda t: RESTRICTION.format(p=t[0], word="allValuesFrom", c=t[1])
    ),
    st.tuples(properties, individuals).map(
        lambda t: RESTRICTION.format(p=t[0], word="hasValue", c=t[1])
    ),
)
"""What OWL 2 RL allows on the broader side."""
axioms = st.one_of(
    st.tuples(narrow, broad).map(lambda t: f"{t[0]} rdfs:subClassOf {t[1]} ."),
    st.tuples(properties, properties).map(lambda t: f"{t[0]} rdfs:subPropertyOf {t[1]} ."),
    st.tuples(properties, properties).map(lambda t: f"{t[0]} owl:inverseOf {t[1]} ."),
    st.tuples(properties, classes).map(lambda t: f"{t[0]} rdfs:domain {t[1]} ."),
    st.tuples(properties, classes).map(lambda t: f"{t[0]} rdfs:range {t[1]} ."),
    properties.map(lambda p: f"{p} a owl:SymmetricProperty ."),
    properties.map(lambda p: f"{p} a owl:TransitiveProperty ."),
)
facts = st.one_of(
    st.tuples(individuals, classes).map(lambda t: f"{t[0]} a {t[1]} ."),
    st.tuples(individuals, properties, individuals).map(lambda t: f"{t[0]} {t[1]} {t[2]} ."),
)
ontologies = st.tuples(
    st.lists(axioms, min_size=2, max_size=7), st.lists(facts, min_size=2, max_size=7)
)
DECLARED = [
    *(f":C{n} a owl:Class ." for n in range(4)),
    *(f":p{n} a owl:ObjectProperty ." for n in range(3)),
    *(f":i{n} a owl:NamedIndividual ." for n in range(4)),
]


def triples(number: int, ontology: tuple[list[str], list[str]]) -> list[Triple]:
    """Return one ontology, with names that no other has."""
    prefix = f"@prefix : <{BASE}{number}/> .\n"
    text = prefix + PREFIXES + "\n".join((*DECLARED, *ontology[0], *ontology[1]))
    quads = parse(text.encode(), RdfFormat.TURTLE, rename_blank_nodes=True)
    return [quad.triple for quad in quads]


def ours(given: list[Triple]) -> set[tuple[str, str]]:
    """Return the types that our closure gives."""
    return {
        (triple.subject.value, triple.object.value)
        for triple in Closure(given).entailed()
        if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode)
    }


def theirs(given: list[Triple]) -> set[tuple[str, str]]:
    """Return the types that HermiT gives."""
    done = subprocess.run(
        [sys.executable, "-c", HERMIT],
        input=serialize(given, format=RdfFormat.N_TRIPLES),
        capture_output=True,
        timeout=240,
        check=True,
    )
    told = json.loads(done.stdout.decode().rpartition("@")[2])
    return {(name, kind) for name, kinds in told.items() for kind in kinds}


def agree(drawn: list[tuple[list[str], list[str]]]) -> None:
    """Hold both to the same types of the individuals."""
    given = [t for number, ontology in enumerate(drawn) for t in triples(number, ontology)]

    def told(types: set[tuple[str, str]]) -> set[tuple[str, str]]:
        return {(name, kind) for name, kind in types if "/i" in name and kind.startswith(BASE)}

    assert told(ours(given)) == told(theirs(given))


needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java")


@needs_java
@settings(max_examples=3, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ontologies, min_size=8, max_size=8))
def test_types_agree_with_hermit(drawn: list[tuple[list[str], list[str]]]) -> None:
    """Whatever the axioms and facts, both engines give the same types."""
    agree(drawn)


@needs_java
@pytest.mark.soak
@settings(max_examples=30, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ontologies, min_size=8, max_size=8))
def test_types_agree_with_hermit_at_length(drawn: list[tuple[list[str], list[str]]]) -> None:
    """The same, over many more ontologies."""
    agree(drawn)
