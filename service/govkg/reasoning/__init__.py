"""What follows from the facts, and why: closure, proofs, and proofs in words."""

from govkg.reasoning.closure import Closure, Contradiction, Derived
from govkg.reasoning.proofs import ASSERTED, Proof, prove
from govkg.reasoning.rules import ABSENT, RULES, Rule
from govkg.reasoning.telling import Teller, triple_json

__all__ = [
    "ABSENT",
    "ASSERTED",
    "RULES",
    "Closure",
    "Contradiction",
    "Derived",
    "Proof",
    "Rule",
    "Teller",
    "prove",
    "triple_json",
]
