"""What follows from the facts, and why: closure, proofs, and proofs in words."""

from govkg.reasoning.alternatives import MOST, alternatives
from govkg.reasoning.closure import Changed, Closure, Contradiction, Derived
from govkg.reasoning.deep import DeepCheck, deep_check
from govkg.reasoning.proofs import ASSERTED, Origin, Proof, prove
from govkg.reasoning.rules import ABSENT, PROFILES, RULES, Profile, Rule
from govkg.reasoning.telling import Teller, triple_json

__all__ = [
    "ABSENT",
    "ASSERTED",
    "MOST",
    "PROFILES",
    "RULES",
    "Changed",
    "Closure",
    "Contradiction",
    "DeepCheck",
    "Derived",
    "Origin",
    "Profile",
    "Proof",
    "Rule",
    "Teller",
    "alternatives",
    "deep_check",
    "prove",
    "triple_json",
]
