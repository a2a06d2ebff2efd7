"""Check data against shapes, and put what an engine finds into plain words."""

from collections.abc import Iterable
from dataclasses import replace

from pyoxigraph import Triple

from govkg.errors import ParameterError
from govkg.ontology import Ontology
from govkg.rdf import Node
from govkg.validation.chunking import SIZE, Chunked, Progress, untold
from govkg.validation.completeness import SEVERITY, scored
from govkg.validation.engines import EngineName, make_engine
from govkg.validation.findings import SEVERITIES, Finding, Report, Severity
from govkg.validation.results import Result
from govkg.validation.shapes import Shapes
from govkg.validation.telling import Submitted, Teller
from govkg.validation.tracing import Tracer


class Validator:
    """Shapes and background knowledge, loaded once; it may not be shared between threads."""

    def __init__(
        self,
        shapes: Iterable[Triple],
        background: Iterable[Triple] = (),
        *,
        engine: EngineName = "fast",
        strict: bool = False,
        chunk_size: int = SIZE,
    ) -> None:
        """Take the shapes, and the ontology as background knowledge about concepts.

        A submission of more triples than ``chunk_size`` is checked in parts, with the same result.

        If ``strict``, findings speak of any node, and any finding is one too many, as SHACL has it;
        otherwise they speak of the submission's own subjects, and only violations matter.
        """
        background = list(background)
        self._shapes = Shapes(shapes)
        whole = make_engine(engine, self._shapes.triples, background)
        self._chunked = Chunked(whole, self._shapes, background, size=chunk_size)
        self._tracer = Tracer(
            self._shapes,
            lambda some, data: whole.with_shapes(some).results(data),
            even_worded=strict,
        )
        self._teller = Teller(self._shapes, Ontology(background))
        self._strict = strict

    @property
    def profiles(self) -> tuple[str, ...]:
        """Return the names of the profiles."""
        return tuple(self._shapes.profiles)

    def validate(
        self,
        triples: Iterable[Triple],
        profile: str = "standard",
        progress: Progress = untold,
    ) -> Report:
        """Check the triples of a submission by a profile, and tell the progress of large ones.

        Raises UnsafeInputError for what no engine reads, and ParameterError for no profile.
        """
        severities = self._severities(profile)
        submitted = list(triples)
        reported = list(self._chunked.results(submitted, progress))
        traced = self._tracer.traced(reported, submitted)
        sent = Submitted.of(submitted, traced)
        gaps = [self._teller.gap(each) for each in traced if self._is_gap(each)]
        found = [
            finding
            for each in traced
            if not self._is_gap(each) and (self._strict or each.focus in sent.own)
            for finding in self._teller.findings(
                _graded(each, severities.get(each.shape or each.focus)),
                sent,
                anybody=self._strict,
            )
        ]
        return Report(
            tuple(sorted(found, key=_order)),
            len(sent.cases),
            rules=self._shapes.rules,
            strict=self._strict,
            profile=profile,
            completeness=() if self._strict else scored(sent.cases, gaps, sent.titles),
        )

    def _is_gap(self, result: Result) -> bool:
        """Say whether a result counts towards completeness only."""
        return result.severity == SEVERITY and not self._strict

    def _severities(self, profile: str) -> dict[Node, str]:
        """Return the severities that a profile changes."""
        if profile not in self._shapes.profiles:
            raise ParameterError(
                name="profile",
                reason=f"“{profile}” is unknown",
                remedy=f"Use one of: {', '.join(self.profiles)}.",
            )
        return self._shapes.profiles[profile]


def _graded(result: Result, severity: str | None) -> Result:
    """Return a result with the severity that a profile gives it, if it gives one."""
    return replace(result, severity=severity) if severity else result


def _order(finding: Finding) -> tuple[int, str, str, str, str, str]:
    """Sort the gravest first, then by rule and place."""
    path = finding.path.text if finding.path else ""
    grave, value = SEVERITIES.index(finding.severity), str(finding.value)
    return grave, finding.rule, str(finding.focus), path, finding.component, value


__all__ = ["Severity", "Validator"]
