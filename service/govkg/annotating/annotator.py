"""Mark the concepts of an ontology in texts."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final, Literal, get_args

from pyoxigraph import NamedNode

from govkg.annotating.choosing import Chosen, chosen
from govkg.annotating.gazetteer import Gazetteer
from govkg.annotating.names import Kind, names_of
from govkg.annotating.patterns import Fit
from govkg.annotating.tokens import sentences
from govkg.errors import Language, ParameterError
from govkg.ontology import TYPE, Ontology, Texts
from govkg.rdf import expand
from govkg.vocabulary import GOV

TextLanguage = Literal["en", "zh", "auto"]
"""In which language concepts are looked for: in one, or in both."""

LEAST: Final = 0.5
"""The least score of what is marked, unless one is given."""
_AROUND: Final = 32  # code points of a prefix or suffix


@dataclass(frozen=True)
class Concept:
    """What a mark says of the concept that it means."""

    iri: str
    labels: Texts
    kind: str
    """The IRI of its class."""
    kind_labels: Texts

    @property
    def slug(self) -> str:
        """Return the last part of the IRI."""
        return self.iri.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Annotation:
    """A place in a text that names a concept."""

    start: int
    """The first code point, from 0."""
    end: int
    """The code point after the last."""
    exact: str
    prefix: str
    suffix: str
    concept: Concept
    score: float
    """From 0 to 1, how surely the concept is meant."""
    name: str
    """The name that was found."""
    name_kind: Kind
    fit: Fit
    """How the name stands in the text."""

    def as_json(self) -> dict[str, Any]:
        """Return the mark as JSON values."""
        return {
            "start": self.start,
            "end": self.end,
            "exact": self.exact,
            "concept": self.concept.iri,
            "label": self.concept.labels,
            "kind": {"iri": self.concept.kind, "label": self.concept.kind_labels},
            "score": self.score,
            "name": {"text": self.name, "kind": self.name_kind},
            "fit": self.fit,
        }


@dataclass(frozen=True)
class Annotated:
    """A text with the places in it that name concepts."""

    text: str
    language: str
    """In which language names were looked for: en, zh or auto."""
    least: float
    annotations: tuple[Annotation, ...]
    source: str = ""
    """The IRI of the text, if it is known; otherwise it is made of the text."""

    @property
    def iri(self) -> str:
        """Return the IRI of the text: as given, or by its hash (RFC 6920)."""
        digest = urlsafe_b64encode(sha256(self.text.encode()).digest()).decode().rstrip("=")
        return self.source or f"ni:///sha-256;{digest}"

    def as_json(self) -> dict[str, Any]:
        """Return what was found as JSON values."""
        return {
            "source": self.iri,
            "language": self.language,
            "least": self.least,
            "length": len(self.text),
            "annotations": [each.as_json() for each in self.annotations],
        }


class Annotator:
    """The names of the concepts of one ontology, ready to be found in texts."""

    def __init__(self, ontology: Ontology) -> None:
        """Compile the names; that takes some tenths of a second."""
        names = names_of(ontology)
        self._gazetteer = Gazetteer(names)
        self._concepts = {
            iri: _concept(ontology, NamedNode(iri)) for iri in sorted({n.concept for n in names})
        }

    def annotate(
        self, text: str, language: str = "auto", least: float = LEAST, source: str = ""
    ) -> Annotated:
        """Return the places that name concepts, in their order and without overlaps.

        ``least`` is the least score, from 0 to 1; ``source`` the IRI of the text, if it has one.
        The time grows in line with the text. Raises ParameterError for a language that is not
        known, a score out of range, or what is no IRI.
        """
        wanted = _languages(language)
        if not 0 <= least <= 1:
            raise ParameterError(
                name="least", reason=f"“{least}” is out of range", remedy="Use 0 to 1, as in 0.5."
            )
        if source:
            source = expand(source).value
        names = (
            each for sentence in sentences(text) for each in self._gazetteer.find(sentence, wanted)
        )
        found = tuple(self._annotation(text, each) for each in chosen(names, least))
        return Annotated(text, language, least, found, source)

    def _annotation(self, text: str, each: Chosen) -> Annotation:
        found, name = each.found, each.found.name
        if name is None:
            raise TypeError("what is chosen has a name")
        return Annotation(
            start=found.start,
            end=found.end,
            exact=text[found.start : found.end],
            prefix=text[max(0, found.start - _AROUND) : found.start],
            suffix=text[found.end : found.end + _AROUND],
            concept=self._concepts[name.concept],
            score=round(each.score, 2),
            name=name.text,
            name_kind=name.kind,
            fit=found.fit,
        )


def _concept(ontology: Ontology, iri: NamedNode) -> Concept:
    """Return what is said of a concept, with its class in the ontology."""
    types = [t for t in ontology.values(iri, TYPE) if isinstance(t, NamedNode)]
    kind = next((t for t in types if t.value.startswith(GOV)), NamedNode(GOV + "Concept"))
    term, kind_term = ontology.term(iri), ontology.term(kind)
    labels: Mapping[str, str] = term.labels if term else {}
    kinds: Mapping[str, str] = kind_term.labels if kind_term else {}
    return Concept(iri.value, dict(labels), kind.value, dict(kinds))


@cache
def _languages(language: str) -> frozenset[Language]:
    if language not in get_args(TextLanguage):
        raise ParameterError(
            name="language", reason=f"“{language}” is unknown", remedy="Use en, zh or auto."
        )
    known: tuple[Language, ...] = ("en", "zh")
    return frozenset(each for each in known if language in (each, "auto"))
