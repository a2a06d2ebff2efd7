"""What pages about terms and cases are looked up in: the data as it is, or as it was."""

from dataclasses import dataclass

from govkg.api.facts import Facts
from govkg.cases import KG
from govkg.cases.kg import Case
from govkg.ontology import Term


@dataclass(frozen=True)
class Held:
    """One state of the data, held in this process; it never changes once it is loaded."""

    kg: KG
    facts: Facts
    cases: tuple[Case, ...]
    terms: tuple[Term, ...]
