"""Check data against shapes, and put what an engine finds into plain words."""

from collections.abc import Iterable, Sequence

from pyoxigraph import NamedNode, Triple

from govkg.ontology import Ontology
from govkg.rdf import Node
from govkg.validation.engines import EngineName, make_engine
from govkg.validation.findings import SEVERITIES, Finding, Report, Severity
from govkg.validation.results import Result, read_results
from govkg.validation.shapes import Shapes, unnamed
from govkg.validation.suggesting import Suggester, by_class
from govkg.validation.wording import Wording
from govkg.vocabulary import DCTERMS, GOV, RDFS, SH

_CASE = NamedNode(GOV + "GovernanceCase")
_TITLES = (DCTERMS + "title", RDFS + "label")


class Validator:
    """Shapes and background knowledge, loaded once; it may not be shared between threads."""

    def __init__(
        self,
        shapes: Iterable[Triple],
        background: Iterable[Triple] = (),
        *,
        engine: EngineName = "fast",
        strict: bool = False,
    ) -> None:
        """Take the shapes, and the ontology as background knowledge about concepts.

        If ``strict``, findings speak of any node, and any finding is one too many, as SHACL has it;
        otherwise they speak of the submission's own subjects, and only violations matter.
        """
        background = list(background)
        self._shapes = Shapes(shapes)
        self._engine = make_engine(engine, self._shapes.triples, background)
        known = Ontology(background)
        self._wording = Wording(self._shapes, known)
        self._suggester = Suggester(self._shapes, known)
        self._strict = strict

    def validate(self, triples: Iterable[Triple]) -> Report:
        """Check the triples of a submission; raises UnsafeInputError for what no engine reads."""
        submitted = list(triples)
        own = {triple.subject for triple in submitted}
        results = read_results(self._engine.report(submitted))
        titles, classes = _titles(submitted), by_class(submitted)
        findings = [
            self._finding(result, titles, classes)
            for result in results
            if self._strict or result.focus in own
        ]
        cases = set(classes.get(_CASE, ()))
        found = tuple(sorted(findings, key=_order))
        return Report(found, len(cases), self._shapes.rules, self._strict)

    def _finding(
        self, result: Result, titles: dict[Node, str], classes: dict[Node, Sequence[Node]]
    ) -> Finding:
        """Put one result into words, with those of the shape that it breaks."""
        shape = None if result.shape is None else unnamed(result.shape)
        severity = result.severity.removeprefix(SH).lower()
        message = self._wording.message(result)
        return Finding(
            rule=self._shapes.rule(result.shape),
            shape=shape,
            component=result.component,
            severity=next((known for known in SEVERITIES if known == severity), "violation"),
            severity_iri=result.severity,
            focus=result.focus,
            focus_label=titles.get(result.focus, ""),
            path=result.path,
            value=result.value,
            name=self._wording.field(result),
            message=message,
            expected=self._wording.expected(result),
            remedy=self._wording.remedy(result, message),
            suggestions=self._suggester.suggest(result, classes),
        )


def _titles(submitted: Sequence[Triple]) -> dict[Node, str]:
    """Return what the submission calls its nodes: the first title by alphabet, or label."""
    found: dict[Node, str] = {}
    for predicate in reversed(_TITLES):
        texts: dict[Node, list[str]] = {}
        for triple in submitted:
            if triple.predicate.value == predicate:
                texts.setdefault(triple.subject, []).append(getattr(triple.object, "value", ""))
        found |= {node: min(values) for node, values in texts.items()}
    return found


def _order(finding: Finding) -> tuple[int, str, str, str]:
    """Sort the gravest first, then by rule and place."""
    path = finding.path.text if finding.path else ""
    return SEVERITIES.index(finding.severity), finding.rule, str(finding.focus), path


__all__ = ["Severity", "Validator"]
