"""Statements of somebody else's RDF, and which of them were made use of."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from govkg.rdf import Node, shorten
from govkg.vocabulary import RDF

Thing = NamedNode | BlankNode
_TYPE = NamedNode(RDF + "type")


@dataclass(frozen=True)
class LeftOut:
    """A kind of statement that was not carried over."""

    kind: str
    """The class of what is spoken of, as ``prefix:name``; empty if nobody says it."""
    property: str
    count: int
    example: str
    """One of the things of which it is said; empty if none has a name."""


class Statements:
    """Says what a document states, and takes note of what was asked for and used."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        """Index the statements; named graphs are merged."""
        self._said: defaultdict[Thing, dict[Triple, None]] = defaultdict(dict)
        self._about: defaultdict[Node, list[Triple]] = defaultdict(list)
        for quad in quads:
            if isinstance(quad.subject, Thing):
                self._said[quad.subject][quad.triple] = None
                self._about[quad.object].append(quad.triple)
        self._used: set[Triple] = set()

    def instances(self, *kinds: str) -> list[Thing]:
        """Return what has one of these classes, in a fixed order; the class counts as used."""
        found: set[Thing] = set()
        for kind in kinds:
            found.update(self.subjects(_TYPE.value, NamedNode(kind)))
        return sorted(found, key=self.rank)

    def rank(self, this: Thing) -> tuple[bool, str, list[str]]:
        """Return what things are sorted by: names first, then what is said of those without."""
        if isinstance(this, NamedNode):
            return False, this.value, []
        literals = (str(t.object) for t in self._said[this] if isinstance(t.object, Literal))
        return True, "", sorted(literals)

    def literals(self, this: Thing, *properties: str, of: Collection[str] = ()) -> list[Literal]:
        """Return the literals of the first property that has any, sorted, as used.

        With ``of`` only those of some datatypes.
        """
        for name in properties:
            found = [v for v in self.peek(this, name) if isinstance(v, Literal)]
            kept = [v for v in found if not of or v.datatype.value in of]
            if kept:
                self._use(this, name, kept)
                return kept
        return []

    def things(self, this: Thing, *properties: str) -> list[Thing]:
        """Return the things that these properties have as values, sorted, as used."""
        found: dict[Thing, None] = {}
        for name in properties:
            values = [v for v in self.peek(this, name) if isinstance(v, Thing)]
            self._use(this, name, values)
            found |= dict.fromkeys(values)
        return list(found)

    def known(self, this: Thing, property: str, iris: Collection[str]) -> list[str]:
        """Return those values of a property that are among known IRIs, as used; no others are."""
        found = [
            v for v in self.peek(this, property) if isinstance(v, NamedNode) and v.value in iris
        ]
        self._use(this, property, found)
        return [each.value for each in found]

    def peek(self, this: Thing, property: str) -> list[Node]:
        """Return the values of a property, sorted, without using them."""
        said = self._said.get(this, ())
        return sorted((t.object for t in said if t.predicate.value == property), key=str)

    def subjects(self, property: str, value: Node) -> list[Thing]:
        """Return of what a value is said, sorted, as used."""
        found = [t for t in self._about[value] if t.predicate.value == property]
        self._used.update(found)
        return sorted((t.subject for t in found if isinstance(t.subject, Thing)), key=self.rank)

    def left_out(self) -> tuple[LeftOut, ...]:
        """Return what nobody made use of, by class and property."""
        kinds: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for this, said in self._said.items():
            kinds_of = (v.value for v in self.peek(this, RDF + "type") if isinstance(v, NamedNode))
            kind = min(map(shorten, kinds_of), default="")
            for triple in said.keys() - self._used:
                name = this.value if isinstance(this, NamedNode) else ""
                kinds[kind, shorten(triple.predicate.value)].append(name)
        return tuple(LeftOut(*key, len(found), min(found)) for key, found in sorted(kinds.items()))

    def _use(self, this: Thing, property: str, values: Iterable[Node]) -> None:
        predicate = NamedNode(property)
        self._used.update(Triple(this, predicate, value) for value in values)
