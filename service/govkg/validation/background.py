"""What is known beside a submission, as N-Triples, no more of it than a submission leads to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from govkg.ontology import TYPE
from govkg.rdf import Node

FORMAT: Final = RdfFormat.N_TRIPLES


def as_text(triples: Iterable[Triple]) -> str:
    """Return triples as N-Triples."""
    return (serialize(triples, format=FORMAT) or b"").decode()


class Background:
    """Background knowledge, indexed once for all that ask for some of it."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Index the triples."""
        self.about: defaultdict[Node, list[Triple]] = defaultdict(list)
        """What is known of each node."""
        for triple in triples:
            self.about[triple.subject].append(triple)

    def asked_by(self, properties: AbstractSet[str]) -> "Asked":
        """Return what may be asked for by naming some properties, by their IRIs."""
        return Asked(self, properties)


class Asked:
    """The part of the background that some shapes can ask for, by what leads to it.

    Links between the terms that it describes may be followed either way, so they always go along.
    Of the rest, which is most of it, only what the data leads to can be asked for: literals,
    classes, links to what it does not describe, and expressions without a name.
    """

    def __init__(self, background: Background, properties: AbstractSet[str]) -> None:
        """Sort out what the shapes ask for by naming ``properties``."""
        self._about, self._properties = background.about, properties
        told: defaultdict[Node, list[Triple]] = defaultdict(list)
        self._beyond: defaultdict[Node, list[Node]] = defaultdict(list)
        always: list[Triple] = []
        for node, about in background.about.items():
            for triple in about:
                if triple.predicate.value in properties:
                    goes_along = triple.predicate != TYPE and self._is_link(triple)
                    (always if goes_along else told[node]).append(triple)
                    if not isinstance(triple.object, Literal):
                        self._beyond[node].append(triple.object)
        self._always = as_text(always)
        self._told = {node: as_text(about) for node, about in told.items()}
        self._leading = self._beyond.keys() | self._told.keys()

    def _is_link(self, triple: Triple) -> bool:
        """Say whether a triple is between two named nodes that are described."""
        ends = triple.subject, triple.object
        return all(isinstance(end, NamedNode) and end in self._about for end in ends)

    def text(self, data: Sequence[Triple]) -> str:
        """Return what shapes can ask for when they hold for some data, as N-Triples."""
        return "".join((self._always, *self._said(data), as_text(self._aside(data))))

    def _aside(self, data: Iterable[Triple]) -> Iterator[Triple]:
        """Yield what no shape asks for by name, of the subjects of some data."""
        for subject in {triple.subject for triple in data} & self._about.keys():
            for triple in self._about[subject]:
                if triple.predicate.value not in self._properties:
                    yield triple

    def _said(self, data: Iterable[Triple]) -> Iterator[str]:
        """Yield what is told of each node that the data leads to."""
        seen = {node for t in data for node in (t.subject, t.predicate, t.object)} & self._leading
        queue = list(seen)
        while queue:
            node = queue.pop()
            yield self._told.get(node, "")
            for other in self._beyond.get(node, ()):
                if other not in seen:
                    seen.add(other)
                    queue.append(other)
