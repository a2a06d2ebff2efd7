"""Check submitted data against the SHACL shapes, and say in plain words what to mend."""

from govkg.validation.engines import EngineName
from govkg.validation.findings import Finding, Report, Severity
from govkg.validation.places import Place, Places
from govkg.validation.reporting import report_triples
from govkg.validation.results import Path
from govkg.validation.validator import Validator

__all__ = [
    "EngineName",
    "Finding",
    "Path",
    "Place",
    "Places",
    "Report",
    "Severity",
    "Validator",
    "report_triples",
]
