"""A checker of proofs that shares no code with the reasoner: the W3C rules written down again.

Source: OWL 2 Web Ontology Language Profiles (second edition), section 4.3, tables 4 to 9. A step is
right if a form of its rule can be met by its premises, all of them, and by lists among the
assertions, and gives the statement. Rules outside the tables come with what they are to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Triple

from govkg.reasoning import ASSERTED, Proof

SPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
}
TABLES = """
eq-sym | ?x owl:sameAs ?y | ?y owl:sameAs ?x
eq-trans | ?x owl:sameAs ?y, ?y owl:sameAs ?z | ?x owl:sameAs ?z
eq-rep-s | ?s owl:sameAs ?t, ?s ?p ?o | ?t ?p ?o
eq-rep-p | ?p owl:sameAs ?q, ?s ?p ?o | ?s ?q ?o
eq-rep-o | ?o owl:sameAs ?q, ?s ?p ?o | ?s ?p ?q
prp-dom | ?p rdfs:domain ?c, ?x ?p ?y | ?x rdf:type ?c
prp-rng | ?p rdfs:range ?c, ?x ?p ?y | ?y rdf:type ?c
prp-fp | ?p rdf:type owl:FunctionalProperty, ?x ?p ?y, ?x ?p ?z | ?y owl:sameAs ?z
prp-ifp | ?p rdf:type owl:InverseFunctionalProperty, ?x ?p ?z, ?y ?p ?z | ?x owl:sameAs ?y
prp-symp | ?p rdf:type owl:SymmetricProperty, ?x ?p ?y | ?y ?p ?x
prp-trp | ?p rdf:type owl:TransitiveProperty, ?x ?p ?y, ?y ?p ?z | ?x ?p ?z
prp-spo1 | ?p rdfs:subPropertyOf ?q, ?x ?p ?y | ?x ?q ?y
prp-eqp1 | ?p owl:equivalentProperty ?q, ?x ?p ?y | ?x ?q ?y
prp-eqp2 | ?p owl:equivalentProperty ?q, ?x ?q ?y | ?x ?p ?y
prp-inv1 | ?p owl:inverseOf ?q, ?x ?p ?y | ?y ?q ?x
prp-inv2 | ?p owl:inverseOf ?q, ?x ?q ?y | ?y ?p ?x
cls-svf1 | ?c owl:someValuesFrom ?d, ?c owl:onProperty ?p, ?x ?p ?y, ?y rdf:type ?d | ?x rdf:type ?c
cls-avf | ?c owl:allValuesFrom ?d, ?c owl:onProperty ?p, ?x rdf:type ?c, ?x ?p ?y | ?y rdf:type ?d
cls-hv1 | ?c owl:hasValue ?v, ?c owl:onProperty ?p, ?x rdf:type ?c | ?x ?p ?v
cls-hv2 | ?c owl:hasValue ?v, ?c owl:onProperty ?p, ?x ?p ?v | ?x rdf:type ?c
cax-sco | ?c rdfs:subClassOf ?d, ?x rdf:type ?c | ?x rdf:type ?d
cax-eqc1 | ?c owl:equivalentClass ?d, ?x rdf:type ?c | ?x rdf:type ?d
cax-eqc2 | ?c owl:equivalentClass ?d, ?x rdf:type ?d | ?x rdf:type ?c
scm-sco | ?c rdfs:subClassOf ?d, ?d rdfs:subClassOf ?e | ?c rdfs:subClassOf ?e
scm-eqc1 | ?c owl:equivalentClass ?d | ?c rdfs:subClassOf ?d
scm-eqc1 | ?c owl:equivalentClass ?d | ?d rdfs:subClassOf ?c
scm-eqc2 | ?c rdfs:subClassOf ?d, ?d rdfs:subClassOf ?c | ?c owl:equivalentClass ?d
scm-spo | ?p rdfs:subPropertyOf ?q, ?q rdfs:subPropertyOf ?r | ?p rdfs:subPropertyOf ?r
scm-eqp1 | ?p owl:equivalentProperty ?q | ?p rdfs:subPropertyOf ?q
scm-eqp1 | ?p owl:equivalentProperty ?q | ?q rdfs:subPropertyOf ?p
scm-eqp2 | ?p rdfs:subPropertyOf ?q, ?q rdfs:subPropertyOf ?p | ?p owl:equivalentProperty ?q
scm-dom1 | ?p rdfs:domain ?c, ?c rdfs:subClassOf ?d | ?p rdfs:domain ?d
scm-dom2 | ?q rdfs:domain ?c, ?p rdfs:subPropertyOf ?q | ?p rdfs:domain ?c
scm-rng1 | ?p rdfs:range ?c, ?c rdfs:subClassOf ?d | ?p rdfs:range ?d
scm-rng2 | ?q rdfs:range ?c, ?p rdfs:subPropertyOf ?q | ?p rdfs:range ?c
cls-int2 | ?c owl:intersectionOf (?d), ?x rdf:type ?c | ?x rdf:type ?d
cls-uni | ?c owl:unionOf (?d), ?x rdf:type ?d | ?x rdf:type ?c
scm-int | ?c owl:intersectionOf (?d) | ?c rdfs:subClassOf ?d
scm-uni | ?c owl:unionOf (?d) | ?d rdfs:subClassOf ?c
dl-different |?g rdf:type owl:AllDifferent, ?g owl:distinctMembers (?x ?y) | ?x owl:differentFrom ?y
dl-different |?g rdf:type owl:AllDifferent, ?g owl:members (?x ?y) | ?x owl:differentFrom ?y
dl-different | ?x owl:differentFrom ?y | ?y owl:differentFrom ?x
"""
Pattern = tuple[str, str, str]
Binding = dict[str, object]


@dataclass
class Form:
    """One row of the tables: what it needs, what it takes from a list, what it concludes."""

    needs: list[Pattern]
    members: list[str] = field(default_factory=list)
    """Variables that stand for different members of the list ``?list``."""
    then: Pattern = ("", "", "")


def read_tables() -> dict[str, list[Form]]:
    """Return the forms of each rule."""
    forms: dict[str, list[Form]] = {}
    for line in TABLES.strip().splitlines():
        name, needs, then = (part.strip() for part in line.split("|"))
        form = Form([])
        for need in needs.split(", "):
            head, bracket, listed = need.partition("(")
            words = [*head.split(), "?list"] if bracket else head.split()
            form.needs.append((words[0], words[1], words[2]))
            form.members += listed.strip(")").split()
        subject, predicate, value = then.split()
        form.then = (subject, predicate, value)
        forms.setdefault(name, []).append(form)
    return forms


FORMS = read_tables()


class ProofChecker:
    """Holds each step of a proof to the tables."""

    def __init__(self, asserted: frozenset[Triple]) -> None:
        """Take all that was asserted, in which lists are looked up too."""
        self._asserted = asserted
        self._first = {t.subject: t.object for t in asserted if t.predicate == iri("rdf:first")}
        self._rest = {t.subject: t.object for t in asserted if t.predicate == iri("rdf:rest")}

    def check(self, proof: Proof) -> None:
        """Fail for the first step of a proof that is not right."""
        assert proof.statement not in {s.statement for p in proof.premises for s in p.steps()}
        if proof.rule == ASSERTED:
            assert not proof.premises
            assert proof.statement in self._asserted, f"nobody said {proof.statement}"
            return
        premises = [premise.statement for premise in proof.premises]
        assert self.follows(proof.rule, premises, proof.statement), (proof.rule, proof.statement)
        for premise in proof.premises:
            self.check(premise)

    def follows(self, rule: str, premises: list[Triple], conclusion: Triple) -> bool:
        """Say whether a rule makes a conclusion of exactly these premises."""
        if rule == "prp-spo2":
            return self._chain(premises, conclusion)
        if rule == "cls-int1":
            return self._intersection(premises, conclusion)
        return any(self._met(form, premises, conclusion) for form in FORMS.get(rule, ()))

    def _met(self, form: Form, premises: list[Triple], conclusion: Triple) -> bool:
        start = matched(form.then, conclusion, {})
        if start is None:
            return False
        return any(
            used == set(premises) and self._listed(form, binding)
            for binding, used in meetings(form.needs, premises, start, set())
        )

    def _listed(self, form: Form, binding: Binding) -> bool:
        if not form.members:
            return True
        members = self.members(binding["?list"])
        values = [binding[variable] for variable in form.members]
        return len(set(values)) == len(values) and set(values) <= set(members)

    def _chain(self, premises: list[Triple], conclusion: Triple) -> bool:
        """Check prp-spo2, whose chain may have any length: the links are in order."""
        for axiom in premises:
            if axiom.predicate != iri("owl:propertyChainAxiom"):
                continue
            if axiom.subject != conclusion.predicate:
                continue
            ends = {conclusion.subject}
            for link in self.members(axiom.object):
                ends = {t.object for t in premises if t.predicate == link and t.subject in ends}
            if conclusion.object in ends:
                return True
        return False

    def _intersection(self, premises: list[Triple], conclusion: Triple) -> bool:
        """Check cls-int1, whose list may have any length: one premise for each member."""
        for axiom in premises:
            if axiom.predicate == iri("owl:intersectionOf") and axiom.subject == conclusion.object:
                kinds = [t.object for t in premises if t.predicate == iri("rdf:type")]
                same = all(t.subject == conclusion.subject for t in premises if t != axiom)
                return same and set(kinds) == set(self.members(axiom.object))
        return False

    def members(self, head: object) -> list[object]:
        """Return the members of an RDF list among the assertions."""
        found: list[object] = []
        while head in self._first:
            found.append(self._first[head])  # type: ignore[index]
            head = self._rest[head]  # type: ignore[index]
        return found


def iri(name: str) -> NamedNode:
    """Return the IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return NamedNode(SPACES[prefix] + local)


def matched(pattern: Pattern, triple: Triple, binding: Binding) -> Binding | None:
    """Return a binding under which a pattern is a triple, or None."""
    found = dict(binding)
    for word, node in zip(pattern, (triple.subject, triple.predicate, triple.object), strict=True):
        if not word.startswith("?"):
            if node != iri(word):
                return None
        elif found.setdefault(word, node) != node:
            return None
    return found


def meetings(
    needs: list[Pattern], premises: list[Triple], binding: Binding, used: set[Triple]
) -> Iterator[tuple[Binding, set[Triple]]]:
    """Yield every way in which premises meet patterns, with the premises used."""
    if not needs:
        yield binding, used
        return
    for premise in premises:
        found = matched(needs[0], premise, binding)
        if found is not None:
            yield from meetings(needs[1:], premises, found, used | {premise})
