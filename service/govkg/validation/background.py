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
    """Background knowledge, by what leads to it.

    Links between the terms that it describes may be followed either way, so they always go along.
    Of the rest, which is most of it, only what the data leads to can be asked for: literals,
    classes, links to what it does not describe, and expressions without a name.
    """

    def __init__(self, triples: Iterable[Triple], asked: AbstractSet[str]) -> None:
        """Index the triples; ``asked`` are the IRIs of the properties that shapes ask for."""
        self._asked = asked
        self._about: defaultdict[Node, list[Triple]] = defaultdict(list)
        for triple in triples:
            self._about[triple.subject].append(triple)
        told: defaultdict[Node, list[Triple]] = defaultdict(list)
        self._beyond: defaultdict[Node, list[Node]] = defaultdict(list)
        always: list[Triple] = []
        for node, about in self._about.items():
            for triple in about:
                if triple.predicate.value in asked:
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
                if triple.predicate.value not in self._asked:
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
