"""Check submitted data against the SHACL shapes, and say in plain words what to mend."""

from govkg.validation.engines import EngineName
from govkg.validation.findings import Finding, Report, Severity
from govkg.validation.reporting import report_triples
from govkg.validation.validator import Validator

__all__ = ["EngineName", "Finding", "Report", "Severity", "Validator", "report_triples"]
