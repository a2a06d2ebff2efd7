"""What there is to give away: each graph with its licence and its source, told apart by it.

The licence of a graph is what it says of itself, of the cases in it, or of the ontology in it, by
dcterms:license. A graph that says nothing has an unknown licence, unless the operator named one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from govkg.cases.graphs import Graphs
from govkg.cases.kg import CASE
from govkg.ontology import TITLE, TYPE
from govkg.publishing.licences import licence_named
from govkg.rdf import Node
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import DCTERMS, OWL, SCHEMA
from govkg.vocabulary import ONTOLOGY as ONTOLOGY_IRI

WHOLE: Final = "govkg"
ONTOLOGY, SHAPES, CASES, OTHERS, INFERRED = "ontology", "shapes", "cases", "others", "inferred"
REGISTER: Final = "register-"
"""How the name of a dataset begins that is a register."""

_LICENCE: Final = NamedNode(DCTERMS + "license")
_SOURCE: Final = NamedNode(DCTERMS + "source")
_PUBLISHER: Final = NamedNode(DCTERMS + "publisher")
_MODIFIED: Final = NamedNode(DCTERMS + "modified")
_VERSION: Final = NamedNode(SCHEMA + "version")
_OWL_VERSION: Final = NamedNode(OWL + "versionInfo")
_ONTOLOGY: Final = NamedNode(OWL + "Ontology")


@dataclass(frozen=True)
class Holding:
    """One graph, and under which terms it may be passed on."""

    graph: str | None
    """Its name; None is the unnamed graph."""
    dataset: str
    """The dataset that it belongs to."""
    quads: int
    licences: tuple[str, ...] = ()
    """The IRIs of the licences in it; none means that nobody knows."""
    sources: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    publisher: str = ""
    version: str = ""

    @property
    def is_open(self) -> bool:
        """Say whether anybody may use all of it for any purpose."""
        found = [licence_named(iri) for iri in self.licences]
        return bool(found) and all(each is not None and each.open for each in found)

    def as_json(self) -> dict[str, Any]:
        """Return the holding as JSON values."""
        return asdict(self) | {"open": self.is_open}


class Stock:
    """All that a store holds, graph by graph."""

    def __init__(self, store: EmbeddedStore, base: str, licence: str = "") -> None:
        """Look through a store; ``licence`` is that of graphs that name none."""
        self.store = store
        self.graphs = Graphs(base)
        self._licence = licence

    @cached_property
    def holdings(self) -> list[Holding]:
        """Every graph that somebody asserted, by name, the unnamed graph last."""
        made = (self.graphs.bundle, self.graphs.description, self.graphs.inferred)
        sizes = self.store.sizes()
        unnamed = len(self.store) - sum(sizes.values())
        found = [self._holding(g, size) for g, size in sizes.items() if size and g not in made]
        found.sort(key=lambda each: each.graph or "")
        terms = (self._licence,) if self._licence else ()
        return [*found, *([Holding(None, OTHERS, unnamed, terms)] if unnamed else [])]

    def quads(self, holdings: Iterable[Holding]) -> list[Quad]:
        """Return the quads of some graphs."""
        return [quad for each in holdings for quad in self._in(each.graph)]

    def inferred(self) -> list[Quad]:
        """Return what was derived from all graphs."""
        return self._in(self.graphs.inferred.value)

    def _in(self, graph: str | None) -> list[Quad]:
        if graph is None:
            return [in_graph(triple) for triple in self.store.unnamed()]
        name = NamedNode(graph)
        return [in_graph(triple, name) for triple in self.store.triples(name)]

    def _holding(self, graph: NamedNode, size: int) -> Holding:
        about = self._described(graph)
        licences = sorted({_text(v) for each in about for v in self._values(graph, each, _LICENCE)})
        speakers = [graph, *(each for each in about if not self._is_case(graph, each))]
        sources = sorted({_text(v) for each in speakers for v in self._sources(graph, each)})
        return Holding(
            graph=graph.value,
            dataset=self.dataset_of(graph),
            quads=size,
            licences=tuple(licences) or ((self._licence,) if self._licence else ()),
            sources=tuple(sources),
            titles=self._titles(graph, about),
            publisher=self._one(graph, graph, _PUBLISHER),
            version=self._one(graph, graph, _VERSION),
        )

    def dataset_of(self, graph: NamedNode) -> str:
        """Return the dataset that a graph belongs to."""
        if graph in (self.graphs.ontology, self.graphs.alignments):
            return ONTOLOGY
        if self.graphs.case_id(graph):
            return CASES
        name = self.graphs.register_id(graph) or ""
        known = name.isascii() and name.replace("-", "").isalnum()
        return REGISTER + name if known else OTHERS

    def _described(self, graph: NamedNode) -> list[Node]:
        """Return what speaks for a graph: itself, or else each case or ontology in it."""
        if self._values(graph, graph, _LICENCE):
            return [graph]
        things = [*self._typed(graph, CASE), *self._typed(graph, _ONTOLOGY)]
        return things if self._all_speak(graph, things) else []

    def _all_speak(self, graph: NamedNode, things: Sequence[Node]) -> bool:
        """Say whether each case has a licence; a module of the ontology may rely on another's."""
        cases = [each for each in things if self._is_case(graph, each)]
        return all(self._values(graph, each, _LICENCE) for each in cases)

    def _is_case(self, graph: NamedNode, node: Node) -> bool:
        return CASE in self._values(graph, node, TYPE)

    def _sources(self, graph: NamedNode, node: Node) -> list[NamedNode]:
        found = self._values(graph, node, _SOURCE)
        return [each for each in found if isinstance(each, NamedNode)]

    def _typed(self, graph: NamedNode, kind: NamedNode) -> list[Node]:
        found = (quad.subject for quad in self.store.matching(None, TYPE, kind, graph))
        return sorted(found, key=str)

    def _titles(self, graph: NamedNode, about: Sequence[Node]) -> dict[str, str]:
        if len(about) != 1:
            return {}
        values = self._values(graph, about[0], TITLE)
        texts = {v.language or "en": v.value for v in values if isinstance(v, Literal)}
        return dict(sorted(texts.items()))

    def _one(self, graph: NamedNode, node: Node, predicate: NamedNode) -> str:
        return min((_text(value) for value in self._values(graph, node, predicate)), default="")

    def _values(self, graph: NamedNode, node: Node, predicate: NamedNode) -> list[Node]:
        if not isinstance(node, NamedNode | BlankNode):
            return []
        return [quad.object for quad in self.store.matching(node, predicate, None, graph)]

    @cached_property
    def modified(self) -> str:
        """The latest day on which anything says that it was modified."""
        found = self.store.matching(None, _MODIFIED)
        dates = (_text(quad.object)[:10] for quad in found)
        return max((date for date in dates if date[:4].isdigit() and len(date) == 10), default="")

    @cached_property
    def ontology_version(self) -> str:
        """The version of the ontology in it."""
        return self._one(self.graphs.ontology, NamedNode(ONTOLOGY_IRI), _OWL_VERSION)


def in_graph(triple: Triple, graph: NamedNode | None = None) -> Quad:
    """Return a triple as a quad of a graph, or of the unnamed one."""
    return Quad(triple.subject, triple.predicate, triple.object, graph or DefaultGraph())


def _text(node: Node) -> str:
    return node.value if isinstance(node, NamedNode | Literal) else str(node)
