"""What would be: what some facts more or less would change, and which facts are missing.

Nothing is stored; a case is supposed for a moment on top of the ontology, and nothing else is known
of: conclusions that need other cases as well are not drawn here.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from govkg.cases.names import Names
from govkg.cases.stating import Fields, Statable, choices
from govkg.errors import Language, NotEntailedError
from govkg.ontology import LABEL, TYPE, Ontology
from govkg.rdf import Node
from govkg.reasoning import (
    Bounds,
    Closure,
    Parts,
    Proof,
    Routes,
    Teller,
    contradictions_json,
    missing,
    parts,
    prove,
)
from govkg.vocabulary import GOV, OWL

CASE: Final = NamedNode(GOV + "GovernanceCase")
_THING: Final = NamedNode(OWL + "Thing")
_NEW: Final[dict[Language, str]] = {"en": "a new {kind}", "zh": "新的{kind}"}
_PART: Final[dict[Language, str]] = {"en": "part of the case", "zh": "案例部分"}


class Hypotheses:
    """Answers what-if questions about one case at a time."""

    def __init__(self, ontology: Ontology, closure: Closure, fields: Fields) -> None:
        """Take the ontology with its closure, and the fields that a case can have."""
        self._ontology = ontology
        self._closure = closure
        self._fields = fields
        self._choices = choices(ontology, closure)
        self._routes = Routes()

    def what_if(
        self, case: Sequence[Triple], add: Sequence[Triple], remove: Sequence[Triple]
    ) -> dict[str, Any]:
        """Return the conclusions gained and lost if facts were added and removed, as JSON.

        Each comes with its proof; a gained one says which added facts it uses, a lost one which
        removed facts it needed. Facts to be removed that the case does not hold are told.
        """
        gone = set(remove)
        after = [triple for triple in dict.fromkeys((*case, *add)) if triple not in gone]
        teller = Teller(Names([*case, *add], self._ontology))
        before_proofs, after_proofs = self._conclusions(case), self._conclusions(after)
        gained = [p for t, p in after_proofs.items() if t not in before_proofs]
        lost = [p for t, p in before_proofs.items() if t not in after_proofs]
        added = set(add) - set(case)
        return {
            "gained": [_told(teller, proof, "uses", added) for proof in gained],
            "lost": [_told(teller, proof, "needed", gone) for proof in lost],
            "notFound": [teller.statement_json(t) for t in remove if t not in set(case)],
        }

    def consistency(self, case: Sequence[Triple]) -> dict[str, Any]:
        """Return the contradictions of a document with the ontology, as JSON."""
        teller, claim = Teller(Names(case, self._ontology)), self._ontology.claim
        with self._closure.supposing(case):
            found = self._closure.contradictions()
            return contradictions_json(self._closure, found, teller, lambda _: (), claim)

    def missing(
        self, case: Sequence[Triple], goal: Triple, bounds: Bounds | None = None
    ) -> dict[str, Any]:
        """Return the smallest sets of facts that would make a statement follow, as JSON."""
        with self._closure.supposing(case):
            holds = goal in self._closure
            sets = self.sets(self.statable(case), goal, bounds)
        teller = Teller(Names([*case, *self._names(case, sets)], self._ontology))
        conclusion = teller.statement_json(goal)
        told = [self._set_json(teller, each) for each in sets]
        return {"conclusion": conclusion, "follows": holds, "missing": told}

    def parts(self, statable: Statable, goal: Triple) -> Parts:
        """Return how much of what a kind asks is there; the case must be supposed."""
        return parts(self._closure, goal, statable, self._routes)

    def sets(
        self, statable: Statable, goal: Triple, bounds: Bounds | None = None
    ) -> list[tuple[Triple, ...]]:
        """Return the sets of ``missing``; the case must be supposed."""
        return missing(self._closure, goal, statable, bounds, self._routes)

    def sets_json(
        self, case: Sequence[Triple], sets: Iterable[tuple[Triple, ...]]
    ) -> list[dict[str, Any]]:
        """Return sets of facts about a case as JSON."""
        found = list(sets)
        teller = Teller(Names([*case, *self._names(case, found)], self._ontology))
        return [self._set_json(teller, each) for each in found]

    def _conclusions(self, triples: Sequence[Triple]) -> dict[Triple, Proof]:
        """Return what follows from a case, in an order for people, each with its proof."""
        given = set(triples)
        with self._closure.supposing(triples) as new:
            found = sorted((t for t in new if t not in given and _says_something(t)), key=_order)
            return {t: prove(self._closure, t, lambda _: (), self._ontology.claim) for t in found}

    def statable(self, case: Sequence[Triple]) -> Statable:
        """Return what could be stated of a case beyond its triples."""
        cases = [t.subject for t in case if t.predicate == TYPE and t.object == CASE]
        named = [each.value for each in cases if isinstance(each, NamedNode)]
        name = named[0] if named else "https://w3id.org/govkg/case/submitted"
        return Statable(self._fields, self._choices, self._closure, name)

    def _set_json(self, teller: Teller, facts: tuple[Triple, ...]) -> dict[str, Any]:
        """Return a set of facts: each in words, with the name of its field, and as Turtle."""
        told = []
        for triple in facts:
            known = self._fields.fields.get(triple.predicate)
            field = {"field": known.name} if known else {}
            told.append(teller.statement_json(triple) | field)
        text = serialize(facts, format=RdfFormat.N_TRIPLES) or b""
        return {"facts": told, "turtle": text.decode()}

    def _names(self, case: Sequence[Triple], sets: Sequence[tuple[Triple, ...]]) -> list[Triple]:
        """Return labels for the new parts in some sets, such as *a new situation report*."""
        statable = self.statable(case)
        kinds: dict[Node, Node | None] = {}
        for triple in (triple for facts in sets for triple in facts):
            if statable.is_new(triple.subject):
                of_type = triple.object if triple.predicate == TYPE else None
                kind = of_type or statable.kind(triple.subject, triple.predicate)
                kinds[triple.subject] = kinds.get(triple.subject) or kind
            if statable.is_new(triple.object):
                kinds.setdefault(triple.object, None)
        several = len(kinds) > 1
        return [
            label
            for number, node in enumerate(sorted(kinds, key=str), 1)
            for label in self._labels(node, kinds[node], f" {number}" if several else "")
        ]

    def _labels(self, node: Node, kind: Node | None, number: str) -> list[Triple]:
        texts: dict[Language, str] = {}
        for language, words in _NEW.items():
            label = self._ontology.label(kind, language) if kind else _PART[language]
            texts[language] = words.format(kind=label) + number
        return [
            Triple(node, LABEL, Literal(text, language=language))
            for language, text in texts.items()
            if isinstance(node, NamedNode)
        ]


def with_missing(error: NotEntailedError, found: dict[str, Any]) -> NotEntailedError:
    """Return an error that also says what would make its statement follow."""
    if not found["missing"]:
        return error
    hint: dict[str, str] = {}
    for language, words in _HINT.items():
        each = [
            words["and"].join(fact["text"][language] for fact in found_set["facts"])
            for found_set in found["missing"]
        ]
        hint[language] = words["lead"] + words["or"].join(each) + words["end"]
    return NotEntailedError(**error.facts | {"hint": hint, "missing": found["missing"]})


_HINT: Final[dict[Language, dict[str, str]]] = {
    "en": {"lead": "It would follow if: ", "and": ", and ", "or": "; or if: ", "end": "."},
    "zh": {"lead": "若补充以下陈述则成立：", "and": "，且", "or": "；或：", "end": "。"},
}


def _says_something(triple: Triple) -> bool:
    """Say whether a conclusion is about named things and not what holds of everything."""
    parts = (triple.subject, triple.predicate, triple.object)
    return not any(isinstance(part, BlankNode) for part in parts) and triple.object != _THING


def _order(triple: Triple) -> tuple[bool, bool, str]:
    """Sort conclusions: relations of our own first, then kinds of our own."""
    is_kind = triple.predicate == TYPE
    own = triple.object if is_kind else triple.predicate
    foreign = not (isinstance(own, NamedNode) and own.value.startswith(GOV))
    return foreign, is_kind, str(triple)


def _told(teller: Teller, proof: Proof, key: str, facts: Collection[Triple]) -> dict[str, Any]:
    """Return a conclusion with the facts among some that its proof rests on."""
    used = sorted((leaf for leaf in proof.leaves() if leaf in facts), key=str)
    return {
        **teller.statement_json(proof.statement),
        "status": proof.status,
        key: [teller.statement_json(triple) for triple in used],
        "why": teller.as_json(proof),
    }
