"""Proofs in words: JSON values, plain sentences, and PROV-O."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from govkg.errors import Language
from govkg.ontology import Claim
from govkg.rdf import Node, shorten
from govkg.reasoning.proofs import ASSERTED, Proof
from govkg.reasoning.rules import RULES
from govkg.vocabulary import GC, GOV, OWL, PROV, RDF, RDFS, SKOS

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

_STRUCTURE = {OWL + name for name in ("onProperty", "hasValue", "someValuesFrom", "intersectionOf")}
"""Predicates that only spell out an expression; sentences leave them out."""


class Teller:
    """Puts proofs into words, with labels from a namer."""

    def __init__(self, name: Namer) -> None:
        """Take the function that names nodes."""
        self._name = name

    def statement(self, triple: Triple, language: Language) -> str:
        """Return a triple as a short sentence."""
        subject, value = self._name(triple.subject, language), self._name(triple.object, language)
        words = _PREDICATES.get(triple.predicate.value)
        verb = words[language] if words else self._name(triple.predicate, language)
        return f"{subject} {verb} {value}"

    def as_json(self, proof: Proof) -> dict[str, Any]:
        """Return a proof as nested JSON values; ``status`` is that of its weakest relation."""
        told: dict[str, Any] = {
            "statement": triple_json(proof.statement),
            "text": {
                language: self.statement(proof.statement, language) for language in _LANGUAGES
            },
            "rule": proof.rule,
            "inferred": proof.rule != ASSERTED,
            "status": proof.status,
        }
        if proof.rule != ASSERTED:
            told["meaning"] = RULES[proof.rule].meaning
            told["because"] = [self.as_json(premise) for premise in proof.premises]
        if proof.graphs:
            told["graphs"] = list(proof.graphs)
        if proof.claim:
            told["claim"] = _claim_json(proof.claim)
        return told

    def grounds_json(self, proof: Proof) -> list[dict[str, Any]]:
        """Return what a proof rests on, without the steps between: facts, and relations cited."""
        return [
            {
                "statement": triple_json(ground.statement),
                "text": {lang: self.statement(ground.statement, lang) for lang in _LANGUAGES},
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
        yield f"{lead}{self.statement(proof.statement, language)}{self._footing(proof, language)}"
        for premise in readable(proof.premises):
            yield from self._lines(premise, language, depth + 1)

    def _footing(self, proof: Proof, language: Language) -> str:
        """Return, in brackets, on what one step rests."""
        parts: list[str] = []
        if proof.rule != ASSERTED:
            parts.append(f"{proof.rule}: {RULES[proof.rule].meaning[language]}")
        elif proof.graphs:
            word = {"en": "asserted in", "zh": "断言于"}[language]
            parts.append(f"{word} {', '.join(shorten(graph) for graph in proof.graphs)}")
        if proof.claim:
            parts += _claim_words(proof, language)
        return f"  [{'; '.join(parts)}]" if parts else ""

    def as_prov(self, proof: Proof) -> list[Triple]:
        """Return a proof as PROV-O: each statement an entity, each rule application an activity."""
        triples: list[Triple] = []
        for step in proof.steps():
            triples += self._prov_step(step)
        return list(dict.fromkeys(triples))

    def _prov_step(self, step: Proof) -> Iterator[Triple]:
        entity = _node("statement", step.statement)
        yield Triple(entity, _TYPE, NamedNode(PROV + "Entity"))
        for name, part in zip(
            ("subject", "predicate", "object"), _parts(step.statement), strict=True
        ):
            yield Triple(entity, NamedNode(RDF + name), part)
        for language in _LANGUAGES:
            label = Literal(self.statement(step.statement, language), language=language)
            yield Triple(entity, NamedNode(RDFS + "label"), label)
        for graph in step.graphs:
            yield Triple(entity, NamedNode(PROV + "wasQuotedFrom"), NamedNode(graph))
        if step.claim:
            yield Triple(
                entity, NamedNode(GOV + "assertionStatus"), NamedNode(GC + step.claim.status)
            )
            for key, text in (("section", step.claim.section), ("quote", step.claim.quote)):
                if text:
                    yield Triple(entity, NamedNode(GOV + key), Literal(text))
        if step.premises:
            yield from _prov_activity(step, entity)


def readable(premises: tuple[Proof, ...]) -> list[Proof]:
    """Leave out the premises that only spell out a class expression."""
    return [premise for premise in premises if premise.statement.predicate.value not in _STRUCTURE]


def _prov_activity(step: Proof, entity: NamedNode) -> Iterator[Triple]:
    """Yield the application of a rule that made a statement of others."""
    activity = _node("application", step.statement)
    yield Triple(activity, _TYPE, NamedNode(PROV + "Activity"))
    yield Triple(activity, NamedNode(RDFS + "label"), Literal(step.rule))
    yield Triple(entity, NamedNode(PROV + "wasGeneratedBy"), activity)
    for premise in step.premises:
        used = _node("statement", premise.statement)
        yield Triple(activity, NamedNode(PROV + "used"), used)
        yield Triple(entity, NamedNode(PROV + "wasDerivedFrom"), used)


def _node(kind: str, triple: Triple) -> NamedNode:
    """Name a step by its content, so that the same step always has the same name."""
    return NamedNode(f"urn:govkg:{kind}:{sha256(str(triple).encode()).hexdigest()[:24]}")


def _parts(triple: Triple) -> tuple[Node, Node, Node]:
    return triple.subject, triple.predicate, triple.object


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
    words = [_STATUS.get(claim.status, {"en": claim.status, "zh": claim.status})[language]]
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
