"""Check data against shapes, and put what an engine finds into plain words."""

from collections.abc import Iterable
from dataclasses import replace

from pyoxigraph import NamedNode, Triple

from govkg.errors import ParameterError
from govkg.ontology import Ontology
from govkg.rdf import Node
from govkg.validation.completeness import SEVERITY, scored
from govkg.validation.engines import EngineName, make_engine
from govkg.validation.findings import SEVERITIES, Finding, Report, Severity
from govkg.validation.results import read_results
from govkg.validation.shapes import Shapes
from govkg.validation.suggesting import Suggester
from govkg.validation.telling import Submitted, Teller
from govkg.validation.tracing import Tracer
from govkg.validation.wording import Wording
from govkg.vocabulary import GOV

_CASE = NamedNode(GOV + "GovernanceCase")


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
        self._tracer = Tracer(
            self._shapes,
            lambda some, data: make_engine(engine, some, background).report(data),
            even_worded=strict,
        )
        known = Ontology(background)
        self._teller = Teller(
            self._shapes, Wording(self._shapes, known), Suggester(self._shapes, known)
        )
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
        sent = Submitted.of(submitted)
        gaps, results = [], []
        for result in read_results(self._engine.report(submitted)):
            if result.severity == SEVERITY and not self._strict:
                gaps.append(self._teller.gap(result))
            elif self._strict or result.focus in sent.own:
                severity = severities.get(result.shape or result.focus, result.severity)
                results.append(replace(result, severity=severity))
        found = [
            finding
            for result in self._tracer.traced(results, submitted)
            for finding in self._teller.findings(result, sent, anybody=self._strict)
        ]
        cases = sorted(set(sent.classes.get(_CASE, ())), key=str)
        return Report(
            tuple(sorted(found, key=_order)),
            len(cases),
            rules=self._shapes.rules,
            strict=self._strict,
            profile=profile,
            completeness=() if self._strict else scored(cases, gaps, sent.titles),
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


def _order(finding: Finding) -> tuple[int, str, str, str, str, str]:
    """Sort the gravest first, then by rule and place."""
    path = finding.path.text if finding.path else ""
    grave, value = SEVERITIES.index(finding.severity), str(finding.value)
    return grave, finding.rule, str(finding.focus), path, finding.component, value


__all__ = ["Severity", "Validator"]
