"""Make findings of results: who is blamed, where, and in which words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import NamedNode, Triple

from govkg.ontology import TYPE, Ontology
from govkg.rdf import Node
from govkg.validation.completeness import Gap
from govkg.validation.expecting import kind
from govkg.validation.findings import SEVERITIES, Finding
from govkg.validation.results import Result
from govkg.validation.shapes import Shapes, unnamed
from govkg.validation.suggesting import Suggester, by_class
from govkg.validation.tracing import groups, leaves
from govkg.validation.wording import Wording
from govkg.vocabulary import DCTERMS, GOV, RDFS, SH

_CASE = NamedNode(GOV + "GovernanceCase")
_TITLES = (DCTERMS + "title", RDFS + "label")


@dataclass(frozen=True)
class Submitted:
    """What is known of those nodes of a submission of which something is to be told."""

    own: frozenset[Node]
    """Those that it describes."""
    cases: tuple[Node, ...]
    titles: dict[Node, str]
    """What it calls them."""
    classes: dict[Node, Sequence[Node]]
    """All its nodes by their class, if any result is about a class."""

    @classmethod
    def of(cls, triples: Sequence[Triple], results: Sequence[Result]) -> "Submitted":
        """Gather it from the triples of a submission and what was found in them."""
        told = [leaf for result in results for leaf in (result, *leaves(result))]
        told += [each for result in told for way in groups(result) for each in way]
        foci = {result.focus for result in told}
        subjects, cases = set[Node](), set[Node]()
        for triple in triples:
            if triple.subject in foci:
                subjects.add(triple.subject)
            if triple.object == _CASE and triple.predicate == TYPE:
                cases.add(triple.subject)
        ask_of_classes = any(kind(result.component) == "Class" for result in told)
        return cls(
            frozenset(subjects),
            tuple(sorted(cases, key=str)),
            _titles(triples, foci | cases),
            by_class(triples) if ask_of_classes else {},
        )


class Teller:
    """Puts results into words."""

    def __init__(self, shapes: Shapes, background: Ontology) -> None:
        """Take the shapes, which have words, and the background, which has labels."""
        self._shapes = shapes
        self._wording = Wording(shapes, background)
        self._suggester = Suggester(shapes, background)

    def gap(self, result: Result) -> Gap:
        """Put into words what would make a case more complete."""
        weight = self._shapes.weight(result.shape)
        message = self._wording.message(result)
        return Gap(result.focus, weight, self._wording.field(result), message)

    def findings(self, result: Result, sent: Submitted, *, anybody: bool) -> Iterator[Finding]:
        """Yield what is to be mended about one result: its causes, if it has some.

        Unless ``anybody`` may be blamed, only the submission's own nodes are; so where a cause lies
        in what others describe, the result itself is told, with the cause in its words.
        """
        outer, told = self.finding(result, sent), list(leaves(result))
        if told == [result] or not (anybody or all(leaf.focus in sent.own for leaf in told)):
            yield outer
        else:
            yield from (self._within(leaf, outer, sent) for leaf in told)

    def _within(self, leaf: Result, outer: Finding, sent: Submitted) -> Finding:
        """Return a cause as grave as what it is the cause of, and under its rule or one above."""
        found = self.finding(leaf, sent)
        return replace(
            found,
            rule=found.rule or outer.rule,
            severity=outer.severity,
            severity_iri=outer.severity_iri,
            within=outer,
        )

    def finding(self, result: Result, sent: Submitted) -> Finding:
        """Put one result into words, with those of the shape that it breaks."""
        severity = result.severity.removeprefix(SH).lower()
        message = self._wording.message(result)
        return Finding(
            rule=self._shapes.rule(result.shape),
            shape=None if result.shape is None else unnamed(result.shape),
            component=result.component,
            severity=next((known for known in SEVERITIES if known == severity), "violation"),
            severity_iri=result.severity,
            focus=result.focus,
            focus_label=sent.titles.get(result.focus, ""),
            path=result.path,
            value=result.value,
            name=self._wording.field(result),
            message=message,
            expected=self._wording.expected(result),
            remedy=self._wording.remedy(result, message),
            suggestions=self._suggester.suggest(result, sent.classes),
            alternatives=tuple(
                tuple(self.finding(leaf, sent) for leaf in way) for way in groups(result)
            ),
        )


def _titles(submitted: Iterable[Triple], wanted: set[Node]) -> dict[Node, str]:
    """Return what the submission calls its nodes: the first title by alphabet, or label."""
    texts: dict[str, dict[Node, list[str]]] = {predicate: {} for predicate in _TITLES}
    for triple in submitted:
        if triple.predicate.value in texts and triple.subject in wanted:
            known = texts[triple.predicate.value].setdefault(triple.subject, [])
            known.append(getattr(triple.object, "value", ""))
    found: dict[Node, str] = {}
    for predicate in reversed(_TITLES):
        found |= {node: min(values) for node, values in texts[predicate].items()}
    return found
