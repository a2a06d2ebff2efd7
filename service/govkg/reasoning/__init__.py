"""What follows from the facts, and why: closure, proofs, and proofs in words.

For whoever builds on top, from the outside inwards:

- ``Closure`` holds triples and all that follows. ``change`` and ``become`` keep it so when triples
  come and go, ``supposing`` tries some for a while, and ``contradictions`` tells what clashes.
- ``Closure.derivation`` gives one step of a proof that ends in assertions; ``derivations`` gives
  every way in which a triple follows in one step, circular ones included.
- ``RULES`` gives for each rule its name, its meaning in English and Chinese, its W3C ``table``, its
  ``forms`` as triple patterns, and the ``terms`` of RDF, RDFS and OWL that it uses.
- Inside, a ``Clause`` (``clauses.py``) is a rule with its axioms put in. ``Program.concluding``
  yields the clauses that could conclude a fact, whether or not it holds, and ``Program.search``
  finds the ways to meet the patterns of one. To ask what is missing for a fact, take the clauses of
  ``concluding`` and look which patterns of their bodies nothing meets.
"""

from govkg.reasoning.abduction import Bounds, missing
from govkg.reasoning.alternatives import MOST, alternatives
from govkg.reasoning.closure import Changed, Closure, Contradiction, Derived
from govkg.reasoning.consistency import contradictions_json
from govkg.reasoning.deep import DeepCheck, HermiT, deep_check
from govkg.reasoning.proofs import ASSERTED, Origin, Proof, prove
from govkg.reasoning.routes import Parts, Routes, Supposable, parts
from govkg.reasoning.rules import ABSENT, PROFILES, RULES, Profile, Rule
from govkg.reasoning.telling import Teller, triple_json

__all__ = [
    "ABSENT",
    "ASSERTED",
    "MOST",
    "PROFILES",
    "RULES",
    "Bounds",
    "Changed",
    "Closure",
    "Contradiction",
    "DeepCheck",
    "Derived",
    "HermiT",
    "Origin",
    "Parts",
    "Profile",
    "Proof",
    "Routes",
    "Rule",
    "Supposable",
    "Teller",
    "alternatives",
    "contradictions_json",
    "deep_check",
    "missing",
    "parts",
    "prove",
    "triple_json",
]
