"""Proofs in words: JSON values, plain sentences, and PROV-O."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from govkg.errors import Language
from govkg.ontology import Claim
from govkg.rdf import Node, shorten
from govkg.reasoning.proofs import ASSERTED, Origin, Proof
from govkg.reasoning.rules import RULES
from govkg.vocabulary import GC, GOV, OWL, PROV, RDF, RDFS, SKOS
from govkg.vocabulary import RULES as RULE_PAGES

Namer = Callable[[Node, Language], str]
"""Gives a label for any node in a language."""

_LANGUAGES: tuple[Language, ...] = ("en", "zh")
_TYPE = NamedNode(RDF + "type")
_STATUS: dict[str, dict[Language, str]] = {
    "stated": {"en": "stated by the source", "zh": "来源明示"},
    "editor-inferred": {"en": "inferred by an editor", "zh": "编者推断"},
    "external-evidence": {"en": "drawn from outside evidence", "zh": "外部证据"},
}
_PREDICATES: dict[str, dict[Language, str]] = {
    RDF + "type": {"en": "is of the kind", "zh": "属于"},
    RDFS + "subClassOf": {"en": "is a kind of", "zh": "是一种"},
    RDFS + "subPropertyOf": {"en": "implies", "zh": "蕴含"},
    RDFS + "domain": {"en": "is said only of the kind", "zh": "主体必为"},
    RDFS + "range": {"en": "points only to the kind", "zh": "客体必为"},
    SKOS + "broader": {"en": "is narrower than", "zh": "的上位概念为"},
    SKOS + "related": {"en": "is related to", "zh": "相关于"},
    OWL + "equivalentClass": {"en": "means", "zh": "即"},
    OWL + "inverseOf": {"en": "is the inverse of", "zh": "的逆为"},
    OWL + "propertyChainAxiom": {"en": "follows from", "zh": "得自"},
}
"""Words for the predicates of the logic itself."""

_ORIGIN: dict[str, dict[Language, str]] = {
    "graph": {"en": "asserted in", "zh": "断言于"},
    "attributedTo": {"en": "according to", "zh": "据"},
    "sources": {"en": "source", "zh": "来源"},
    "submitters": {"en": "submitted by", "zh": "提交者"},
}
_COMMA: dict[Language, str] = {"en": ", ", "zh": "，"}

_STRUCTURE = {OWL + name for name in ("onProperty", "hasValue", "someValuesFrom", "intersectionOf")}
"""Predicates that only spell out an expression; sentences leave them out."""


class Teller:
    """Puts proofs into words, with labels from a namer."""

    def __init__(self, name: Namer) -> None:
        """Take the function that names nodes; what was told once is told alike again."""
        self._name = name
        self._statements: dict[Triple, dict[str, Any]] = {}
        self._told: dict[int, tuple[Proof, dict[str, Any]]] = {}

    def statement(self, triple: Triple, language: Language) -> str:
        """Return a triple as a short sentence."""
        subject, value = self._name(triple.subject, language), self._name(triple.object, language)
        words = _PREDICATES.get(triple.predicate.value)
        verb = words[language] if words else self._name(triple.predicate, language)
        return f"{subject} {verb} {value}"

    def as_json(self, proof: Proof) -> dict[str, Any]:
        """Return a proof as nested JSON values; ``status`` is that of its weakest relation.

        The values are not to be changed: where proofs share a step, they share its values.
        """
        if id(proof) not in self._told:
            self._told[id(proof)] = proof, self._proof_json(proof)
        return self._told[id(proof)][1]

    def _proof_json(self, proof: Proof) -> dict[str, Any]:
        told: dict[str, Any] = {
            **self.statement_json(proof.statement),
            "rule": proof.rule,
            "inferred": proof.rule != ASSERTED,
            "status": proof.status,
        }
        if proof.rule != ASSERTED:
            told["meaning"] = RULES[proof.rule].meaning
            told["because"] = [self.as_json(premise) for premise in proof.premises]
        if proof.origins:
            told["graphs"] = list(proof.graphs)
            told["origins"] = [self._origin_json(origin) for origin in proof.origins]
        if proof.claim:
            told["claim"] = _claim_json(proof.claim)
        return told

    def all_json(self, proofs: Sequence[Proof]) -> dict[str, Any]:
        """Return the first proof as JSON values, and further ones as its ``alternatives``."""
        told = self.as_json(proofs[0])
        if len(proofs) == 1:
            return told
        return told | {"alternatives": [self.as_json(proof) for proof in proofs[1:]]}

    def statement_json(self, triple: Triple) -> dict[str, Any]:
        """Return a statement as JSON values, with a sentence in each language."""
        told = self._statements.get(triple)
        if told is None:
            text = {language: self.statement(triple, language) for language in _LANGUAGES}
            told = self._statements[triple] = {"statement": triple_json(triple), "text": text}
        return told

    def label(self, node: Node) -> dict[Language, str]:
        """Return what a node is called in each language."""
        return {language: self._name(node, language) for language in _LANGUAGES}

    def _origin_json(self, origin: Origin) -> dict[str, Any]:
        """Return an origin as JSON values; what is not known is left out."""
        told: dict[str, Any] = {"graph": origin.graph}
        for key, nodes in _parts_of(origin).items():
            if nodes:
                told[key] = [{"iri": node.value, "label": self.label(node)} for node in nodes]
        return told

    def grounds_json(self, proof: Proof) -> list[dict[str, Any]]:
        """Return what a proof rests on, without the steps between: facts, and relations cited."""
        return [
            {
                **self.statement_json(ground.statement),
                "claim": _claim_json(ground.claim) if ground.claim else None,
            }
            for ground in proof.grounds()
        ]

    def as_text(self, proof: Proof, language: Language = "en") -> str:
        """Return a proof as indented sentences."""
        return "\n".join(self._lines(proof, language, 0)) + "\n"

    def _lines(self, proof: Proof, language: Language, depth: int) -> Iterator[str]:
        because = {"en": "because", "zh": "因为"}[language]
        lead = "  " * depth + (f"{because} " if depth else "")
        footing = self._footing(proof, language, graded=not depth)
        yield f"{lead}{self.statement(proof.statement, language)}{footing}"
        for premise in readable(proof.premises):
            yield from self._lines(premise, language, depth + 1)

    def _footing(self, proof: Proof, language: Language, *, graded: bool) -> str:
        """Return, in brackets, on what one step rests, and the grade of the whole if wanted."""
        parts: list[str] = []
        if proof.rule != ASSERTED:
            parts.append(f"{proof.rule}: {RULES[proof.rule].meaning[language]}")
            if graded:
                parts.append(grade(proof.status, language))
        parts += [self._origin_words(origin, language) for origin in proof.origins]
        if proof.claim:
            parts += _claim_words(proof, language)
        return f"  [{'; '.join(parts)}]" if parts else ""

    def _origin_words(self, origin: Origin, language: Language) -> str:
        """Return an origin in words: the graph, the word of whom, the evidence."""
        words = [f"{_ORIGIN['graph'][language]} {shorten(origin.graph)}"]
        for key, nodes in _parts_of(origin).items():
            if nodes:
                names = ", ".join(self._name(node, language) for node in nodes)
                words.append(f"{_ORIGIN[key][language]} {names}")
        return _COMMA[language].join(words)

    def as_prov(self, proof: Proof) -> list[Triple]:
        """Return a proof as PROV-O: each statement an entity, each rule application an activity."""
        triples: list[Triple] = []
        for step in proof.steps():
            triples += self._prov_step(step)
        return list(dict.fromkeys(triples))

    def _prov_step(self, step: Proof) -> Iterator[Triple]:
        entity = _node("statement", step.statement)
        yield Triple(entity, _TYPE, _prov("Entity"))
        parts = (step.statement.subject, step.statement.predicate, step.statement.object)
        for name, part in zip(("subject", "predicate", "object"), parts, strict=True):
            yield Triple(entity, NamedNode(RDF + name), part)
        for language in _LANGUAGES:
            label = Literal(self.statement(step.statement, language), language=language)
            yield Triple(entity, NamedNode(RDFS + "label"), label)
        for origin in step.origins:
            yield from _prov_origin(entity, origin)
        if step.claim:
            yield Triple(
                entity, NamedNode(GOV + "assertionStatus"), NamedNode(GC + step.claim.status)
            )
            for key, text in (("section", step.claim.section), ("quote", step.claim.quote)):
                if text:
                    yield Triple(entity, NamedNode(GOV + key), Literal(text))
        if step.rule != ASSERTED:
            yield from _prov_activity(step, entity)


def readable(premises: tuple[Proof, ...]) -> list[Proof]:
    """Leave out the premises that only spell out a class expression."""
    return [premise for premise in premises if premise.statement.predicate.value not in _STRUCTURE]


def _prov_origin(entity: NamedNode, origin: Origin) -> Iterator[Triple]:
    """Yield where a statement was asserted: graphs and evidence are entities, people agents."""
    graph = NamedNode(origin.graph)
    yield Triple(graph, _TYPE, _prov("Entity"))
    yield Triple(entity, _prov("wasQuotedFrom"), graph)
    for agent in origin.submitters:
        yield Triple(graph, _prov("wasAttributedTo"), agent)
    for agent in origin.attributed:
        yield Triple(entity, _prov("wasAttributedTo"), agent)
    for agent in (*origin.submitters, *origin.attributed):
        yield Triple(agent, _TYPE, _prov("Agent"))
    for source in origin.sources:
        yield Triple(source, _TYPE, _prov("Entity"))
        yield Triple(entity, _prov("hadPrimarySource"), source)


def _prov_activity(step: Proof, entity: NamedNode) -> Iterator[Triple]:
    """Yield the application of a rule that made a statement of others (PROV-O, section 3.3)."""
    activity, association = _node("application", step.statement), _node("role", step.statement)
    rule = NamedNode(RULE_PAGES + step.rule)
    yield Triple(activity, _TYPE, _prov("Activity"))
    yield Triple(activity, NamedNode(RDFS + "label"), Literal(step.rule))
    yield Triple(activity, _prov("wasAssociatedWith"), _REASONER)
    yield Triple(activity, _prov("qualifiedAssociation"), association)
    yield Triple(association, _TYPE, _prov("Association"))
    yield Triple(association, _prov("agent"), _REASONER)
    yield Triple(association, _prov("hadPlan"), rule)
    yield Triple(_REASONER, _TYPE, _prov("SoftwareAgent"))
    yield Triple(rule, _TYPE, _prov("Plan"))
    yield Triple(entity, _prov("wasGeneratedBy"), activity)
    for premise in step.premises:
        used = _node("statement", premise.statement)
        derivation = _node("derivation", step.statement, premise.statement)
        yield Triple(activity, _prov("used"), used)
        yield Triple(entity, _prov("wasDerivedFrom"), used)
        yield Triple(entity, _prov("qualifiedDerivation"), derivation)
        yield Triple(derivation, _TYPE, _prov("Derivation"))
        yield Triple(derivation, _prov("entity"), used)
        yield Triple(derivation, _prov("hadActivity"), activity)


def _prov(name: str) -> NamedNode:
    return NamedNode(PROV + name)


_REASONER = NamedNode("urn:govkg:reasoner")


def _node(kind: str, *triples: Triple) -> NamedNode:
    """Name a step by its content, so that the same step always has the same name."""
    text = " ".join(map(str, triples))
    return NamedNode(f"urn:govkg:{kind}:{sha256(text.encode()).hexdigest()[:24]}")


def _parts_of(origin: Origin) -> dict[str, tuple[NamedNode, ...]]:
    """Return the nodes of an origin by their keys in JSON."""
    return {
        "attributedTo": origin.attributed,
        "sources": origin.sources,
        "submitters": origin.submitters,
    }


def grade(status: str, language: Language) -> str:
    """Return the grade of a conclusion in words, such as ``weakest step: stated by the source``."""
    lead = {"en": "weakest step: ", "zh": "最弱一步："}[language]
    return lead + status_words(status)[language]


def status_words(status: str) -> dict[Language, str]:
    """Return an assertion status in words."""
    return _STATUS.get(status, {"en": status, "zh": status})


def _claim_json(claim: Claim) -> dict[str, str | None]:
    """Return a claim as JSON values."""
    return {
        "status": claim.status,
        "section": claim.section or None,
        "quote": claim.quote or None,
        "justification": claim.justification or None,
    }


def _claim_words(proof: Proof, language: Language) -> list[str]:
    """Return the footing of a relation or axiom in words: status, section, quote or reason."""
    claim = proof.claim
    if claim is None:
        return []
    words = [status_words(claim.status)[language]]
    if claim.section:
        words.append(f"§{claim.section}")
    if claim.quote:
        words.append(f"“{claim.quote}”")
    elif claim.justification:
        words.append(claim.justification)
    return words


def triple_json(triple: Triple) -> dict[str, str]:
    """Return a triple as strings: IRIs bare, literals in N-Triples form."""

    def text(node: Node) -> str:
        return node.value if isinstance(node, NamedNode) else str(node)

    return {
        "subject": text(triple.subject),
        "predicate": text(triple.predicate),
        "object": text(triple.object),
    }
