"""What a submitted case suggests: crises, axis positions and candidate remedies, each with why.

Nothing is stored; the facts are supposed for a moment on top of the ontology.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pyoxigraph import NamedNode, Triple

from govkg.cases.hypotheses import Hypotheses
from govkg.cases.names import Names
from govkg.errors import Language
from govkg.ontology import TYPE, Ontology
from govkg.rdf import Node
from govkg.reasoning import Bounds, Closure, Proof, Teller, prove
from govkg.validation import Report
from govkg.vocabulary import GC, GOV

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
class Near:
    """A conclusion that does not follow, though part of what it needs is there."""

    statement: Triple
    missing: list[dict[str, Any]]
    """The smallest sets of facts that would make it follow."""


@dataclass(frozen=True)
class CaseDiagnosis:
    """All that follows for one case."""

    case: NamedNode
    classes: tuple[Conclusion, ...]
    """Derived classes, such as *evidenced management crisis case*."""
    crises: tuple[Conclusion, ...]
    problems: tuple[Conclusion, ...]
    indicated: tuple[Conclusion, ...]
    """Remedies for what is reported or shown."""
    candidates: tuple[Conclusion, ...]
    """Further remedies, for causes that nobody reported but that the condition may have."""
    positions: tuple[Conclusion, ...]
    """For each profile the poles it holds."""
    profile_classes: tuple[Conclusion, ...]
    rights: tuple[Conclusion, ...]
    unassessed: tuple[NamedNode, ...]
    """The axes of which no profile says anything."""
    near: tuple[Near, ...]
    """Conclusions for which part of the evidence is there."""


class Diagnostician:
    """Draws conclusions for cases from the ontology."""

    def __init__(self, ontology: Ontology, closure: Closure, hypotheses: Hypotheses) -> None:
        """Take the closure of the ontology, which serves every diagnosis."""
        self._ontology = ontology
        self._closure = closure
        self._hypotheses = hypotheses
        self._proofs: dict[Triple, Proof] = {}

    def diagnose(self, triples: list[Triple]) -> list[CaseDiagnosis]:
        """Return what follows for each case among the triples."""
        with self._closure.supposing(triples):
            self._proofs = {}
            return [self._case(case, triples) for case in _cases(triples)]

    def _case(self, case: NamedNode, triples: list[Triple]) -> CaseDiagnosis:
        conditions = self._conclusions(case, _gov("suggestsCondition"))
        crises = {c.value for c in conditions if self._holds(c.value, CRISIS)}
        indicated = self._conclusions(case, _gov("hasIndicatedRemedy"))
        candidates = self._conclusions(case, _gov("hasCandidateRemedy"))
        profiles = self._nodes(case, _gov("recordsProfile"))
        positions = [c for p in profiles for c in self._conclusions(p, _gov("hasPole"))]
        return CaseDiagnosis(
            case=case,
            classes=self._classes(case),
            crises=tuple(c for c in conditions if c.value in crises),
            problems=tuple(c for c in conditions if c.value not in crises),
            indicated=indicated,
            candidates=tuple(c for c in candidates if c.value not in {i.value for i in indicated}),
            positions=tuple(positions),
            profile_classes=tuple(c for p in profiles for c in self._classes(p)),
            rights=tuple(c for p in profiles for c in self._conclusions(p, _gov("supportsRight"))),
            unassessed=self._unassessed(c.value for c in positions),
            near=tuple(self._near(case, profiles, triples)),
        )

    def _near(
        self, case: NamedNode, profiles: list[NamedNode], triples: list[Triple]
    ) -> Iterator[Near]:
        """Yield the kinds of case and profile of which part is there, and less than all missing.

        What lacks more parts than things may be new is not near.
        """
        statable = self._hypotheses.statable(triples)
        for subject, names in ((case, _CASE_AIMS), *((p, _PROFILE_AIMS) for p in profiles)):
            for name, needs in names.items():
                goal = Triple(subject, TYPE, _gov(name))
                parts = self._hypotheses.parts(statable, goal)
                if not parts.held or parts.lacking > _BOUNDS.things:
                    continue
                sets = self._hypotheses.sets(statable, goal, _BOUNDS)
                near = [each for each in sets if _terms(each) < needs]
                if near:
                    yield Near(goal, self._hypotheses.sets_json(triples, near))

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
        proof = prove(self._closure, triple, lambda _: (), self._ontology.claim, self._proofs)
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


def _terms(facts: Iterable[Triple]) -> int:
    """Count the facts that name a concept: those that say something beyond linking parts."""
    return sum(isinstance(t.object, NamedNode) and t.object.value.startswith(GC) for t in facts)


_BOUNDS: Final = Bounds(sets=3, facts=6, things=3, seconds=0.3)
_CASE_AIMS: Final = {"EvidencedAuthorityCrisisCase": 2, "EvidencedManagementCrisisCase": 2}
_PROFILE_AIMS: Final = {"ModernProfile": 5, "TraditionalProfile": 5}
"""Kinds that need several pieces of evidence at once, with how many of them: a symptom and a cause,
a pole on each axis."""


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

    def label(node: Node) -> dict[Language, str]:
        return {"en": name(node, "en"), "zh": name(node, "zh")}

    def told(conclusion: Conclusion) -> dict[str, Any]:
        return {
            "subject": _iri(conclusion.subject),
            "subjectLabel": label(conclusion.subject),
            "value": _iri(conclusion.value),
            "label": label(conclusion.value),
            "status": conclusion.proof.status,
            "grounds": teller.grounds_json(conclusion.proof),
            "why": teller.as_json(conclusion.proof),
        }

    def case(found: CaseDiagnosis) -> dict[str, Any]:
        lists = {key: [told(c) for c in getattr(found, field)] for key, field in _LISTS.items()}
        axes = [{"axis": axis.value, "label": label(axis)} for axis in found.unassessed]
        near = [
            {**teller.statement_json(each.statement), "label": teller.label(each.statement.object)}
            | {"subjectLabel": label(each.statement.subject), "missing": each.missing}
            for each in found.near
        ]
        return {
            "case": found.case.value,
            "caseLabel": label(found.case),
            **lists,
            "unassessedAxes": axes,
            "near": near,
        }

    return {"validation": report.as_json(), "cases": [case(found) for found in diagnoses]}


_LISTS: Final = {
    "classes": "classes",
    "crises": "crises",
    "problems": "problems",
    "indicatedRemedies": "indicated",
    "candidateRemedies": "candidates",
    "axisPositions": "positions",
    "profileClasses": "profile_classes",
    "supportedRights": "rights",
}
"""The lists of conclusions in the JSON of a diagnosis, each with its field of CaseDiagnosis."""

HEADINGS: Final[dict[str, dict[Language, str]]] = {
    "classes": {"en": "Kinds of case", "zh": "案例类别"},
    "crises": {"en": "Crises suggested", "zh": "提示的危机"},
    "problems": {"en": "Problems suggested", "zh": "提示的问题"},
    "indicatedRemedies": {"en": "Indicated remedies", "zh": "有据对策"},
    "candidateRemedies": {
        "en": "Other candidate remedies, if their cause were found",
        "zh": "其他候选对策（若发现相应原因）",
    },
    "axisPositions": {"en": "Positions on the axes", "zh": "转型轴位置"},
    "profileClasses": {"en": "Kinds of profile", "zh": "画像类别"},
    "supportedRights": {"en": "Rights supported", "zh": "支持的权利"},
    "unassessedAxes": {"en": "Axes that nobody has assessed", "zh": "尚未评估的轴"},
}
"""What people call the lists of a diagnosis."""

NEAR: Final[dict[str, dict[Language, str]]] = {
    "title": {
        "en": "What is missing for conclusions that are near",
        "zh": "接近成立的结论所缺",
    },
    "if": {"en": "it would follow if", "zh": "若补充则成立："},
    "or": {"en": "or if", "zh": "或补充："},
}
"""How what is missing is told."""


def diagnosis_text(found: dict[str, Any], language: Language) -> str:
    """Return a diagnosis as lines: what follows, on which footing, and on what it rests."""
    lines: list[str] = []
    for case in found["cases"]:
        lines += ["", case["caseLabel"][language]]
        for key, heading in HEADINGS.items():
            if case[key]:
                lines += ["", f"{heading[language]}:"]
            for conclusion in case[key]:
                lines += _conclusion_lines(conclusion, language)
        lines += _near_lines(case["near"], language)
    return "\n".join(lines[1:]) + "\n"


def _near_lines(near: list[dict[str, Any]], language: Language) -> Iterator[str]:
    """Yield what is missing for the conclusions that are near."""
    if near:
        yield from ("", f"{NEAR['title'][language]}:")
    for each in near:
        yield f"- {each['text'][language]}"
        for number, found in enumerate(each["missing"]):
            facts = "; ".join(fact["text"][language] for fact in found["facts"])
            yield f"    {NEAR['or' if number else 'if'][language]} {facts}"


def _conclusion_lines(conclusion: dict[str, Any], language: Language) -> Iterator[str]:
    status = f"  [{conclusion['status']}]" if "status" in conclusion else ""
    yield f"- {conclusion['label'][language]}{status}"
    for ground in conclusion.get("grounds", []):
        claim = ground["claim"]
        cited = (
            f"  (§{claim['section']}: {claim['quote'] or claim['justification']})" if claim else ""
        )
        yield f"    {ground['text'][language]}{cited}"


def _iri(node: Node) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)
