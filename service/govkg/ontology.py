"""Look up the terms of the ontology: labels, definitions, passages, claims and relations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg import bundle
from govkg.errors import Language
from govkg.rdf import Node, format_of_file, read, shorten
from govkg.vocabulary import DCTERMS, GC, GOV, OWL, RDF, RDFS, SKOS

TYPE = NamedNode(RDF + "type")
LABEL = NamedNode(RDFS + "label")
PREF_LABEL = NamedNode(SKOS + "prefLabel")
ALT_LABEL = NamedNode(SKOS + "altLabel")
HIDDEN_LABEL = NamedNode(SKOS + "hiddenLabel")
DEFINITION = NamedNode(SKOS + "definition")
SCOPE_NOTE = NamedNode(SKOS + "scopeNote")
EXAMPLE = NamedNode(SKOS + "example")
EDITORIAL_NOTE = NamedNode(SKOS + "editorialNote")
IDENTIFIER = NamedNode(DCTERMS + "identifier")
TITLE = NamedNode(DCTERMS + "title")
SECTION = NamedNode(GOV + "section")
QUOTE = NamedNode(GOV + "quote")
STATUS = NamedNode(GOV + "assertionStatus")
JUSTIFICATION = NamedNode(GOV + "justification")
_AXIOM_SOURCE = NamedNode(OWL + "annotatedSource")
_AXIOM_PROPERTY = NamedNode(OWL + "annotatedProperty")
_AXIOM_TARGET = NamedNode(OWL + "annotatedTarget")
_ON_PROPERTY = NamedNode(OWL + "onProperty")
_HAS_VALUE = NamedNode(OWL + "hasValue")
_SOME = NamedNode(OWL + "someValuesFrom")
_INTERSECTION = NamedNode(OWL + "intersectionOf")
_AXIOM_PREDICATES = {
    RDF + "type",
    RDFS + "subClassOf",
    RDFS + "subPropertyOf",
    OWL + "equivalentClass",
    OWL + "propertyChainAxiom",
}
_FIRST = NamedNode(RDF + "first")
_REST = NamedNode(RDF + "rest")
_AND: dict[Language, str] = {"en": " and ", "zh": "且"}

STRENGTH = {"stated": 3, "external-evidence": 2, "editor-inferred": 1}
"""How firm each assertion status is; a conclusion is as firm as its weakest claim."""

Texts = dict[str, str]
"""One text for each language tag."""


@dataclass(frozen=True)
class Claim:
    """On what footing a relation or an axiom of the ontology stands."""

    status: str
    """``stated``, ``editor-inferred`` or ``external-evidence``."""
    section: str = ""
    """Section of the source, such as ``3.2``."""
    quote: str = ""
    """The exact words of the source."""
    justification: str = ""
    """Why the editors hold it, in their words."""


@dataclass(frozen=True)
class Relation:
    """One statement between two terms, with its footing."""

    triple: Triple
    claim: Claim | None


@dataclass
class Term:
    """All that the ontology says of one class, property or concept."""

    iri: NamedNode
    types: list[NamedNode] = field(default_factory=list)
    labels: Texts = field(default_factory=dict)
    definition: str = ""
    identifier: str = ""
    section: str = ""
    quote: str = ""
    other_names: list[Literal] = field(default_factory=list)
    hidden_names: list[Literal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """Return the last part of the IRI, as it stands in addresses."""
        return self.iri.value.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


class Ontology:
    """The ontology, indexed by subject; it never changes once it is loaded."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Index the triples of the ontology's modules."""
        self.triples = list(triples)
        self._about: defaultdict[Node, list[Triple]] = defaultdict(list)
        self._towards: defaultdict[Node, list[Triple]] = defaultdict(list)
        for triple in self.triples:
            self._about[triple.subject].append(triple)
            if not isinstance(triple.object, Literal):
                self._towards[triple.object].append(triple)
        self._claims = dict(self._read_claims())
        self._labels: dict[tuple[Node, Language], str] = {}

    def about(self, subject: Node) -> list[Triple]:
        """Return all that is asserted of a subject."""
        return list(self._about.get(subject, ()))

    def values(self, subject: Node, predicate: NamedNode) -> list[Node]:
        """Return the asserted values of a property of a subject."""
        return [t.object for t in self._about.get(subject, ()) if t.predicate == predicate]

    def texts(self, subject: Node, predicate: NamedNode) -> Texts:
        """Return the literals of a property, one for each language."""
        values = self.values(subject, predicate)
        return {value.language or "": value.value for value in values if isinstance(value, Literal)}

    def label(self, node: Node, language: Language = "en") -> str:
        """Return a label in the language, else in English, else a short form of the node itself."""
        if isinstance(node, Literal):
            return node.value
        if node in self._about:
            if (node, language) not in self._labels:
                self._labels[node, language] = self._label(node, language)
            return self._labels[node, language]
        return self._label(node, language)

    def _label(self, node: Node, language: Language) -> str:
        """Find the label of a node that is no literal."""
        if isinstance(node, BlankNode):
            return self._described(node, language)
        labels = self.texts(node, PREF_LABEL) or self.texts(node, LABEL)
        found = labels.get(language) or labels.get("en")
        return found or (shorten(node.value) if isinstance(node, NamedNode) else str(node))

    def claim(self, triple: Triple) -> Claim | None:
        """Return the footing of a relation, or of the axiom that a class or property carries."""
        known = self._claims.get(triple)
        if known or triple.predicate.value not in _AXIOM_PREDICATES:
            return known
        if triple.predicate == TYPE and not str(triple.object).startswith(f"<{OWL}"):
            return None
        bearer = triple.object if isinstance(triple.subject, BlankNode) else triple.subject
        return self._claim_on(bearer)

    def term(self, iri: NamedNode) -> Term | None:
        """Return all that is said of a term, or None if the ontology does not define it."""
        if iri not in self._about or not self.values(iri, PREF_LABEL):
            return None
        return Term(
            iri=iri,
            types=[t for t in self.values(iri, TYPE) if isinstance(t, NamedNode)],
            labels=self.texts(iri, PREF_LABEL),
            definition=self.texts(iri, DEFINITION).get("en", ""),
            identifier=self.texts(iri, IDENTIFIER).get("", ""),
            section=self.texts(iri, SECTION).get("", ""),
            quote=self.texts(iri, QUOTE).get("en", ""),
            other_names=self._literals(iri, ALT_LABEL),
            hidden_names=self._literals(iri, HIDDEN_LABEL),
            notes=[n.value for p in (SCOPE_NOTE, EDITORIAL_NOTE) for n in self._literals(iri, p)],
            examples=[example.value for example in self._literals(iri, EXAMPLE)],
        )

    def terms(self) -> Iterator[Term]:
        """Yield every class, property and concept that has a label, in the order of their IRIs."""
        for node in sorted((n for n in self._about if isinstance(n, NamedNode)), key=str):
            if node.value.startswith((GOV, GC)):
                term = self.term(node)
                if term:
                    yield term

    def relations(self, iri: NamedNode) -> list[Relation]:
        """Return the relations of a term to other concepts, outgoing first."""
        out = [t for t in self._about.get(iri, ()) if self._is_relation(t)]
        into = [t for t in self._towards.get(iri, ()) if self._is_relation(t)]
        return [Relation(triple, self.claim(triple)) for triple in (*out, *into)]

    def subjects(self, predicate: NamedNode, value: Node) -> list[Node]:
        """Return the subjects of which a property has this value."""
        return [t.subject for t in self._towards.get(value, ()) if t.predicate == predicate]

    def members(self, class_iri: NamedNode) -> list[NamedNode]:
        """Return the terms that have a class as their asserted type."""
        found = (t.subject for t in self._towards.get(class_iri, ()) if t.predicate == TYPE)
        return sorted((s for s in found if isinstance(s, NamedNode)), key=str)

    def subclasses(self, class_iri: NamedNode) -> set[NamedNode]:
        """Return a class and all that are said to be below it."""
        found, waiting = {class_iri}, [class_iri]
        while waiting:
            for each in self.subjects(NamedNode(RDFS + "subClassOf"), waiting.pop()):
                if isinstance(each, NamedNode) and each not in found:
                    found.add(each)
                    waiting.append(each)
        return found

    def _described(self, node: BlankNode, language: Language) -> str:
        """Return words for a nameless class expression or list of an axiom."""
        on = self.values(node, _ON_PROPERTY)
        for filler in (*self.values(node, _HAS_VALUE), *self.values(node, _SOME)):
            if on:
                words = f"{self.label(on[0], language)} {self.label(filler, language)}"
                return f"“{words}”"
        for head in self.values(node, _INTERSECTION):
            return _AND[language].join(self.label(part, language) for part in self.members_of(head))
        members = self.members_of(node)
        return " ∘ ".join(self.label(member, language) for member in members) or "…"

    def concepts(self) -> list[NamedNode]:
        """Return everything that something is said of under the names of concepts."""
        return [n for n in self._about if isinstance(n, NamedNode) and n.value.startswith(GC)]

    def members_of(self, head: Node) -> list[Node]:
        """Return the members of an RDF list."""
        members: list[Node] = []
        while self.values(head, _FIRST) and len(members) < 1000:
            members.append(self.values(head, _FIRST)[0])
            rest = self.values(head, _REST)
            if not rest:
                break
            head = rest[0]
        return members

    def _literals(self, subject: Node, predicate: NamedNode) -> list[Literal]:
        return [value for value in self.values(subject, predicate) if isinstance(value, Literal)]

    def _is_relation(self, triple: Triple) -> bool:
        """Say whether a triple relates two concepts by a property of the ontology or by SKOS."""
        if not isinstance(triple.subject, NamedNode) or not isinstance(triple.object, NamedNode):
            return False
        if triple.predicate.value == GOV + "accordingTo":
            return False
        return triple in self._claims or (
            triple.predicate.value.startswith((GOV, SKOS))
            and triple.object.value.startswith((GC, GOV))
        )

    def _read_claims(self) -> Iterator[tuple[Triple, Claim]]:
        """Yield each relation that an owl:Axiom annotates, with the annotation."""
        for node in [t.subject for t in self.triples if t.predicate == _AXIOM_SOURCE]:
            predicates, targets = (self.values(node, p) for p in (_AXIOM_PROPERTY, _AXIOM_TARGET))
            if not predicates or not targets:  # somebody left it unfinished
                continue
            subject = self.values(node, _AXIOM_SOURCE)[0]
            predicate, target = predicates[0], targets[0]
            claim = self._claim_on(node)
            if claim and isinstance(predicate, NamedNode) and isinstance(subject, NamedNode):
                yield Triple(subject, predicate, target), claim

    def _claim_on(self, node: Node) -> Claim | None:
        """Return the footing that is written on a node, if any."""
        statuses = self.values(node, STATUS)
        if not statuses:
            return None
        status = statuses[0].value if isinstance(statuses[0], NamedNode) else ""
        return Claim(
            status=status.removeprefix(GC),
            section=self.texts(node, SECTION).get("", ""),
            quote=self.texts(node, QUOTE).get("en", ""),
            justification=self.texts(node, JUSTIFICATION).get("en", ""),
        )


def read_files(paths: Iterable[Path]) -> list[Triple]:
    """Read RDF files of our own into triples."""
    return [
        Triple(quad.subject, quad.predicate, quad.object)
        for path in paths
        for quad in read(path.read_bytes(), format_of_file(path.name))
    ]


@cache
def load_ontology() -> Ontology:
    """Load the bundled ontology: its core, and the axioms that the service reasons with."""
    return Ontology(read_files([*bundle.ontology_modules(), *bundle.ontology_extensions()]))
