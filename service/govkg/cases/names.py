"""Names for everything: labels and titles in the data first, then those of the ontology."""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.cases.graphs import Graphs
from govkg.errors import Language
from govkg.ontology import LABEL, PREF_LABEL, TITLE, Ontology, Texts
from govkg.rdf import Node
from govkg.store.embedded import EmbeddedStore

NAMING: Final = (LABEL, PREF_LABEL, TITLE)
"""The properties by which the data names things."""


class Names:
    """Gives a label for any node in a language, else in English, else a short form of the node."""

    def __init__(self, triples: Iterable[Triple], ontology: Ontology) -> None:
        """Collect the labels and titles among the triples."""
        self._ontology = ontology
        self._texts: dict[Node, Texts] = {}
        for triple in triples:
            if triple.predicate in NAMING and isinstance(triple.object, Literal):
                texts = self._texts.setdefault(triple.subject, {})
                texts[triple.object.language or "en"] = triple.object.value

    def __call__(self, node: Node, language: Language = "en") -> str:
        """Return the label of a node."""
        texts = self.all(node)
        if texts:
            return texts.get(language) or texts.get("en") or next(iter(texts.values()))
        return self._ontology.label(node, language)

    def all(self, node: Node) -> Texts:
        """Return all labels that the data has for a node, by language."""
        return self._texts.get(node, {})


class StoredNames(Names):
    """The names that a store has, which does not change any more; each is read when asked for."""

    def __init__(self, quads: EmbeddedStore, graphs: Graphs, ontology: Ontology) -> None:
        """Take the store; nothing is read yet."""
        super().__init__((), ontology)
        self._quads = quads
        self._made = (graphs.inferred, graphs.description)

    def all(self, node: Node) -> Texts:
        """Return all labels that the data has for a node; those of later graphs hide others."""
        texts = self._texts.get(node)
        if texts is None:
            texts = self._texts[node] = self._read(node)
        return texts

    def _read(self, node: Node) -> Texts:
        if not isinstance(node, NamedNode | BlankNode):
            return {}
        found = [quad for each in NAMING for quad in self._quads.matching(node, each)]
        found.sort(key=lambda quad: str(quad.graph_name))
        return {
            quad.object.language or "en": quad.object.value
            for quad in found
            if quad.graph_name not in self._made and isinstance(quad.object, Literal)
        }
