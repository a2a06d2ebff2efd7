"""Check data against shapes, and put what an engine finds into plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pyoxigraph import NamedNode, Triple

from govkg.errors import ParameterError
from govkg.ontology import Ontology
from govkg.rdf import Node
from govkg.validation.completeness import SEVERITY, Gap, scored
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

    @property
    def profiles(self) -> tuple[str, ...]:
        """Return the names of the profiles."""
        return tuple(self._shapes.profiles)

    def validate(self, triples: Iterable[Triple], profile: str = "standard") -> Report:
        """Check the triples of a submission by a profile.

        Raises UnsafeInputError for what no engine reads, and ParameterError for no profile.
        """
        severities = self._severities(profile)
        submitted = list(triples)
        titles, classes = _titles(submitted), by_class(submitted)
        own = {triple.subject for triple in submitted}
        found, gaps = [], []
        for result in read_results(self._engine.report(submitted)):
            if result.severity == SEVERITY and not self._strict:
                gaps.append(self._gap(result))
            elif self._strict or result.focus in own:
                severity = severities.get(result.shape or result.focus, result.severity)
                found.append(self._finding(replace(result, severity=severity), titles, classes))
        cases = sorted(set(classes.get(_CASE, ())), key=str)
        return Report(
            tuple(sorted(found, key=_order)),
            len(cases),
            rules=self._shapes.rules,
            strict=self._strict,
            profile=profile,
            completeness=() if self._strict else scored(cases, gaps, titles),
        )

    def _severities(self, profile: str) -> dict[Node, str]:
        """Return the severities that a profile changes."""
        if profile not in self._shapes.profiles:
            raise ParameterError(
                name="profile",
                reason=f"“{profile}” is unknown",
                remedy=f"Use one of: {', '.join(self.profiles)}.",
            )
        return self._shapes.profiles[profile]

    def _gap(self, result: Result) -> Gap:
        """Put into words what would make a case more complete."""
        weight = self._shapes.weight(result.shape)
        message = self._wording.message(result)
        return Gap(result.focus, weight, self._wording.field(result), message)

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
