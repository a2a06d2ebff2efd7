"""Contradictions: the facts and axioms that cannot all hold, in words."""

from collections.abc import Sequence
from typing import Any

from pyoxigraph import Triple

from govkg.reasoning.closure import Closure, Contradiction
from govkg.reasoning.proofs import Claims, Proof, Sources, prove
from govkg.reasoning.rules import RULES
from govkg.reasoning.telling import Teller


def contradictions_json(
    closure: Closure,
    found: Sequence[Contradiction],
    teller: Teller,
    sources: Sources,
    claims: Claims,
) -> dict[str, Any]:
    """Return contradictions as JSON: the rule, and the proof of each statement that clashes."""
    told = [_told(closure, each, teller, sources, claims) for each in found]
    return {"consistent": not told, "contradictions": told}


def _told(
    closure: Closure, found: Contradiction, teller: Teller, sources: Sources, claims: Claims
) -> dict[str, Any]:
    proofs = [_proof(closure, triple, sources, claims) for triple in found.premises]
    leaves = dict.fromkeys(leaf for proof in proofs for leaf in sorted(proof.leaves(), key=str))
    return {
        "rule": found.rule,
        "meaning": RULES[found.rule].meaning,
        "clash": [teller.as_json(proof) for proof in proofs],
        "restsOn": [teller.statement_json(leaf) for leaf in leaves],
    }


def _proof(closure: Closure, triple: Triple, sources: Sources, claims: Claims) -> Proof:
    """Return the proof of a statement that clashes; an axiom that holds by itself has none."""
    if triple in closure:
        return prove(closure, triple, sources, claims)
    return Proof(triple, "asserted", (), (), claims(triple))
