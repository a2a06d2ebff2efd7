"""Check submitted data against the SHACL shapes, and say in plain words what to mend."""

from govkg.validation.findings import Finding, Report, Severity
from govkg.validation.reporting import report_triples
from govkg.validation.shacl import Validator

__all__ = ["Finding", "Report", "Severity", "Validator", "report_triples"]
