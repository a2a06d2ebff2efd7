"""``/rules/{id}``: one rule of the shapes: what it asks, how grave it is, what it says."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pyoxigraph import Literal, NamedNode
from starlette.responses import JSONResponse, Response

from govkg.api.dependencies import KnowledgeDep, PageDep, WantedDep
from govkg.api.describing import operation
from govkg.api.negotiation import HTML, JSON
from govkg.errors import NotFoundError
from govkg.ontology import Ontology, Texts
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
    "/rules/{rule}",
    **operation(
        "getRule",
        "Describe a rule of the shapes",
        answers={JSON: {"rule": "C05", "shapes": []}, HTML: "…"},
        fails=(NotFoundError,),
    ),
)
def get_rule(
    rule: Annotated[str, Path(examples=["C05"])],
    known: KnowledgeDep,
    wanted: WantedDep,
    page: PageDep,
) -> Response:
    """Return every shape with this rule number, in both languages."""
    shapes = [shape for shape in read_rules(known.shapes) if shape.rule == rule]
    if not shapes:
        raise NotFoundError(what="rule", name=rule, hint="All rules are listed under /shapes.")
    if wanted.choose((JSON, HTML)) == JSON:
        return JSONResponse({"rule": rule, "shapes": [shape.as_json() for shape in shapes]})
    return page.render("rule.html", rule=rule, shapes=shapes)


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
