"""Registers of jurisdictions: which places there were, under which names and codes, and when.

A register becomes one named graph, made from a file of its publisher and a mapping that says in
data, not in code, what the file's columns or properties mean (``mappings/``).
"""

from govkg.registers.importing import Imported, prepare
from govkg.registers.mapping import Mapping, bundled_mappings, read_mapping
from govkg.registers.registry import Kept, Register, Registry
from govkg.registers.resolving import Candidate, Resolver
from govkg.registers.unit import Period, Unit

__all__ = [
    "Candidate",
    "Imported",
    "Kept",
    "Mapping",
    "Period",
    "Register",
    "Registry",
    "Resolver",
    "Unit",
    "bundled_mappings",
    "prepare",
    "read_mapping",
]
