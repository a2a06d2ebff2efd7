"""``/rules``: the rules of the reasoner, and those of the shapes; ``/rules/{id}``: one of either.

The rules of the reasoner have the names of the W3C tables, such as ``prp-spo2``, those of the
shapes a letter and a number, such as ``C05``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pyoxigraph import Literal, NamedNode
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.knowledge import Knowledge
from govkg.api.negotiation import HTML, JSON
from govkg.errors import NotFoundError
from govkg.ontology import Ontology, Texts
from govkg.reasoning import ABSENT, RULES, Rule
from govkg.vocabulary import GOV, SH

router = APIRouter(tags=["validation"])
_RULE_ID = NamedNode(GOV + "ruleId")


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


@dataclass(frozen=True)
class RuleShape:
    """One shape that carries a rule number; several may share one."""

    rule: str
    iri: NamedNode
    name: Texts
    description: Texts
    message: Texts
    severity: str

    @property
    def anchor(self) -> str:
        """Return the last part of the shape's IRI."""
        return self.iri.value.rsplit("#", 1)[-1]

    def as_json(self) -> dict[str, Any]:
        """Return the shape as JSON values."""
        return {
            "shape": self.iri.value,
            "name": self.name,
            "description": self.description,
            "severity": self.severity,
            "message": self.message,
        }


@router.get(
    "/rules",
    **operation(
        "listRules",
        "List the rules of the reasoner and of the shapes",
        answers={JSON: {"reasoning": [], "shapes": []}, HTML: "…"},
    ),
)
def list_rules(known: KnowledgeDep, wanted: WantedDep, page: PageDep) -> Response:
    """Return what each rule of the reasoner says and how often it was applied, and the shapes'."""
    media, shapes = wanted.choose((JSON, HTML)), read_rules(known.shapes)
    if media == HTML:
        kinds: dict[str, list[Rule]] = {"derives": [], "clash": []}
        for rule in RULES.values():
            kinds["clash" if rule.finds_clash else "derives"].append(rule)
        names = {shape.rule: shape.name for shape in reversed(shapes)}
        applied = known.kg.applied
        return page.render(
            "rules.html", kinds=kinds, applied=applied, shapes=dict(sorted(names.items()))
        )
    reasoning = [reasoning_json(rule, known) for rule in RULES.values()]
    numbers = dict.fromkeys(shape.rule for shape in shapes)
    return JSONResponse(
        {
            "reasoning": reasoning,
            "notApplied": ABSENT,
            "shapes": [_shapes_json(number, shapes) for number in numbers],
        }
    )


@router.get(
    "/rules/{rule}",
    **operation(
        "getRule",
        "Describe a rule",
        answers={JSON: {"rule": "C05", "shapes": []}, HTML: "…"},
        fails=(NotFoundError,),
    ),
)
def get_rule(
    rule: Annotated[str, Path(examples=["C05", "prp-spo2"])],
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return a rule of the reasoner, or every shape with this rule number; in both languages."""
    media = wanted.choose((JSON, HTML))
    if rule in RULES:
        if media == JSON:
            return JSONResponse(reasoning_json(RULES[rule], known))
        return page.render("reasoning_rule.html", rule=RULES[rule], applied=known.kg.applied)
    shapes = [shape for shape in read_rules(known.shapes) if shape.rule == rule]
    if not shapes:
        raise NotFoundError(what="rule", name=rule, hint="All rules are listed under /rules.")
    if media == JSON:
        return JSONResponse(_shapes_json(rule, shapes))
    return page.render("rule.html", rule=rule, shapes=shapes)


def reasoning_json(rule: Rule, known: Knowledge) -> dict[str, Any]:
    """Return a rule of the reasoner as JSON values, with how often it was applied."""
    forms = [{"given": f.given, "when": f.when, "then": f.then or None} for f in rule.forms]
    return {
        "rule": rule.name,
        "meaning": rule.meaning,
        "source": rule.table,
        "findsClash": rule.finds_clash,
        "forms": forms,
        "terms": list(rule.terms()),
        "applied": known.kg.applied.get(rule.name, 0),
    }


def _shapes_json(number: str, shapes: Sequence[RuleShape]) -> dict[str, Any]:
    return {"rule": number, "shapes": [s.as_json() for s in shapes if s.rule == number]}


def read_rules(shapes: Ontology) -> list[RuleShape]:
    """Return every named shape that carries a rule number, by rule and name."""
    numbered = [t for t in shapes.triples if t.predicate == _RULE_ID]
    found = [
        _rule(shapes, t.subject, t.object.value)
        for t in numbered
        if isinstance(t.subject, NamedNode) and isinstance(t.object, Literal)
    ]
    return sorted(found, key=lambda shape: (shape.rule, shape.iri.value))


def _rule(shapes: Ontology, iri: NamedNode, number: str) -> RuleShape:
    message = shapes.texts(iri, _sh("message"))
    for constraint in shapes.values(iri, _sh("sparql")):
        message = message or shapes.texts(constraint, _sh("message"))
    severity = next(iter(shapes.values(iri, _sh("severity"))), _sh("Violation"))
    return RuleShape(
        rule=number,
        iri=iri,
        name=shapes.texts(iri, _sh("name")),
        description=shapes.texts(iri, _sh("description")),
        message=message,
        severity=str(getattr(severity, "value", "")).removeprefix(SH).lower(),
    )
