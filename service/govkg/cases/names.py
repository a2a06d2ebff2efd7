"""Names for everything: labels and titles in the data first, then those of the ontology."""

from collections.abc import Iterable
from typing import Final

from pyoxigraph import Literal, Triple

from govkg.errors import Language
from govkg.ontology import LABEL, PREF_LABEL, TITLE, Ontology, Texts
from govkg.rdf import Node

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
        texts = self._texts.get(node)
        if texts:
            return texts.get(language) or texts.get("en") or next(iter(texts.values()))
        return self._ontology.label(node, language)

    def all(self, node: Node) -> Texts:
        """Return all labels that the data has for a node, by language."""
        return self._texts.get(node, {})
