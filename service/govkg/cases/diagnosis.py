"""What a submitted case suggests: crises, axis positions and candidate remedies, each with why.

Nothing is stored; the facts are supposed for a moment on top of the ontology.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, Triple

from govkg.cases.names import Names
from govkg.ontology import TYPE, Ontology
from govkg.rdf import Node
from govkg.reasoning import Closure, Proof, Teller, prove
from govkg.validation import Report
from govkg.vocabulary import GOV

CASE = NamedNode(GOV + "GovernanceCase")
CRISIS = NamedNode(GOV + "CrisisType")


def _gov(name: str) -> NamedNode:
    return NamedNode(GOV + name)


@dataclass(frozen=True)
class Conclusion:
    """One thing that follows for a case, with the reason."""

    subject: Node
    value: Node
    proof: Proof


@dataclass(frozen=True)
class CaseDiagnosis:
    """All that follows for one case."""

    case: NamedNode
    classes: tuple[Conclusion, ...]
    """Derived classes, such as *evidenced management crisis case*."""
    crises: tuple[Conclusion, ...]
    problems: tuple[Conclusion, ...]
    remedies: tuple[Conclusion, ...]
    positions: tuple[Conclusion, ...]
    """For each profile the poles it holds."""
    profile_classes: tuple[Conclusion, ...]
    rights: tuple[Conclusion, ...]
    unassessed: tuple[NamedNode, ...]
    """The axes of which no profile says anything."""


class Diagnostician:
    """Draws conclusions for cases from the ontology."""

    def __init__(self, ontology: Ontology) -> None:
        """Close the ontology once; it serves every diagnosis."""
        self._ontology = ontology
        self._closure = Closure(ontology.triples)

    def diagnose(self, triples: list[Triple]) -> list[CaseDiagnosis]:
        """Return what follows for each case among the triples."""
        with self._closure.supposing(triples):
            return [self._case(case) for case in _cases(triples)]

    def _case(self, case: NamedNode) -> CaseDiagnosis:
        conditions = self._conclusions(case, _gov("suggestsCondition"))
        crises = {c.value for c in conditions if self._holds(c.value, CRISIS)}
        profiles = self._nodes(case, _gov("recordsProfile"))
        positions = [c for p in profiles for c in self._conclusions(p, _gov("hasPole"))]
        return CaseDiagnosis(
            case=case,
            classes=self._classes(case),
            crises=tuple(c for c in conditions if c.value in crises),
            problems=tuple(c for c in conditions if c.value not in crises),
            remedies=self._conclusions(case, _gov("hasCandidateRemedy")),
            positions=tuple(positions),
            profile_classes=tuple(c for p in profiles for c in self._classes(p)),
            rights=tuple(c for p in profiles for c in self._conclusions(p, _gov("supportsRight"))),
            unassessed=self._unassessed(c.value for c in positions),
        )

    def _conclusions(self, subject: NamedNode, predicate: NamedNode) -> tuple[Conclusion, ...]:
        """Return the values of a property, each proved, in the order of their labels."""
        values = self._nodes(subject, predicate)
        return tuple(self._conclusion(Triple(subject, predicate, value)) for value in values)

    def _classes(self, subject: NamedNode) -> tuple[Conclusion, ...]:
        """Return the classes of our own that were derived for a subject, but not its base class."""
        found = []
        for value in self._nodes(subject, TYPE):
            triple = Triple(subject, TYPE, value)
            if value.value.startswith(GOV) and self._closure.derivation(triple):
                found.append(self._conclusion(triple))
        return tuple(found)

    def _conclusion(self, triple: Triple) -> Conclusion:
        proof = prove(self._closure, triple, lambda _: (), self._ontology.claim)
        return Conclusion(triple.subject, triple.object, proof)

    def _nodes(self, subject: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        values = self._closure.objects(subject, predicate)
        named = [value for value in values if isinstance(value, NamedNode)]
        return sorted(named, key=self._ontology.label)

    def _holds(self, node: Node, class_iri: NamedNode) -> bool:
        return isinstance(node, NamedNode) and Triple(node, TYPE, class_iri) in self._closure

    def _unassessed(self, poles: Iterable[Node]) -> tuple[NamedNode, ...]:
        assessed = {
            axis
            for pole in poles
            if isinstance(pole, NamedNode)
            for axis in self._closure.objects(pole, _gov("isPoleOf"))
        }
        axes = self._ontology.members(_gov("TransformationAxis"))
        return tuple(axis for axis in axes if axis not in assessed)


def _cases(triples: list[Triple]) -> list[NamedNode]:
    """Return the cases among the triples, in order."""
    found = (t.subject for t in triples if t.predicate == TYPE and t.object == CASE)
    return [case for case in dict.fromkeys(found) if isinstance(case, NamedNode)]


def diagnosis_json(
    diagnoses: list[CaseDiagnosis], report: Report, ontology: Ontology, triples: list[Triple]
) -> dict[str, Any]:
    """Return a diagnosis as JSON: labels in both languages, each conclusion with its proof."""
    name = Names(triples, ontology)
    teller = Teller(name)

    def told(conclusion: Conclusion) -> dict[str, Any]:
        return {
            "subject": _iri(conclusion.subject),
            "value": _iri(conclusion.value),
            "label": {"en": name(conclusion.value, "en"), "zh": name(conclusion.value, "zh")},
            "status": conclusion.proof.status,
            "why": teller.as_json(conclusion.proof),
        }

    return {
        "validation": report.as_json(),
        "cases": [
            {
                "case": found.case.value,
                "classes": [told(c) for c in found.classes],
                "crises": [told(c) for c in found.crises],
                "problems": [told(c) for c in found.problems],
                "candidateRemedies": [told(c) for c in found.remedies],
                "axisPositions": [told(c) for c in found.positions],
                "profileClasses": [told(c) for c in found.profile_classes],
                "supportedRights": [told(c) for c in found.rights],
                "unassessedAxes": [
                    {"axis": axis.value, "label": ontology.label(axis)} for axis in found.unassessed
                ],
            }
            for found in diagnoses
        ],
    }


def _iri(node: Node) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)
