"""Accept header, or ``?format=``, to media type (RFC 9110 section 12.5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from govkg.errors import NotAcceptableError, ParameterError

HTML: Final = "text/html"
JSON: Final = "application/json"
TEXT: Final = "text/plain"
TURTLE: Final = "text/turtle"
JSON_LD: Final = "application/ld+json"
RDF_XML: Final = "application/rdf+xml"
N_TRIPLES: Final = "application/n-triples"
CSV: Final = "text/csv"
SARIF: Final = "application/sarif+json"
JUNIT: Final = "application/junit+xml"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RDF: Final = (TURTLE, JSON_LD, RDF_XML, N_TRIPLES)
"""The syntaxes of every RDF document, the default first."""

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "html": (HTML,),
    "json": ("application/sparql-results+json", JSON, JSON_LD),
    "xml": ("application/sparql-results+xml", RDF_XML),
    "csv": ("text/csv",),
    "xlsx": (XLSX,),
    "tsv": ("text/tab-separated-values",),
    "text": (TEXT,),
    "sarif": (SARIF,),
    "junit": (JUNIT,),
    "turtle": (TURTLE,),
    "json-ld": (JSON_LD,),
    "rdf-xml": (RDF_XML,),
    "n-triples": (N_TRIPLES,),
}
"""What ``?format=`` may say, with the media types that each name can mean."""

_SPELLINGS: Final[Mapping[str, str]] = {
    "n3": "turtle",
    "ttl": "turtle",
    "jsonld": "json-ld",
    "rdf+xml": "rdf-xml",
    "nt": "n-triples",
    "ntriples": "n-triples",
}
"""What SPARQLWrapper and other clients call some of these."""

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "application/sparql-results+json": (JSON,),
    "application/sparql-results+xml": ("application/xml", "text/xml"),
    RDF_XML: ("application/xml", "text/xml"),
    JSON_LD: (JSON,),
    N_TRIPLES: (TEXT,),
    TURTLE: ("application/x-turtle",),
    HTML: ("application/xhtml+xml",),
}
"""Broader types by which clients also ask for a type, if it is not offered itself."""


@dataclass(frozen=True)
class Wanted:
    """What the client wants back."""

    accept: str = "*/*"
    """The Accept header."""
    name: str | None = None
    """The value of ``?format=``, which overrides the header."""

    def choose(self, offered: Sequence[str]) -> str:
        """Return the best of the media types offered; the server likes the first one best.

        Raises NotAcceptableError if none fits and ParameterError for an unknown name.
        """
        found = self.find(offered)
        if found is None:
            raise NotAcceptableError(accept=self.name or self.accept, offered=", ".join(offered))
        return found

    def find(self, offered: Sequence[str]) -> str | None:
        """Return the best of the media types offered, or None if none fits."""
        if self.name is not None:
            return next((media for media in _named(self.name) if media in offered), None)
        ranges = _ranges(self.accept)
        graded = [(_quality(media, ranges, offered), media) for media in offered]
        best = max(graded, key=lambda each: each[0], default=(0.0, ""))
        return best[1] if best[0] > 0 else None

    def page(self) -> bool:
        """Say whether the client is a browser: one that would rather have HTML than data."""
        return self.name in (None, "html") and self.find((JSON, *RDF, TEXT, HTML)) == HTML


def _named(name: str) -> tuple[str, ...]:
    known = _SPELLINGS.get(name, name)
    if known not in NAMES:
        raise ParameterError(
            name="format", reason=f"“{name}” is unknown", remedy=f"Use one of: {', '.join(NAMES)}."
        )
    return NAMES[known]


def _ranges(accept: str) -> dict[str, float]:
    """Return the quality of each media range of an Accept header."""
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media:
            ranges[media] = max(ranges.get(media, 0.0), _weight(parameters))
    return ranges or {"*/*": 1.0}


def _weight(parameters: Sequence[str]) -> float:
    """Return the q among the parameters of a range; nonsense counts as 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        number = value.strip()
        if name.strip() == "q" and number.replace(".", "", 1).isdigit():
            return min(float(number), 1.0)
    return 1.0


def _quality(media: str, ranges: Mapping[str, float], offered: Sequence[str]) -> float:
    """Return how much the client likes a media type, by the most exact range that covers it."""
    aliases = [alias for alias in _ALIASES.get(media, ()) if alias not in offered]
    for exact in (media, *aliases):
        if exact in ranges:
            return ranges[exact]
    return ranges.get(media.split("/", maxsplit=1)[0] + "/*", ranges.get("*/*", 0.0))
