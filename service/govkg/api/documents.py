"""Documents that are published as RDF and as a page under one address."""

from collections.abc import Callable, Iterable

from pyoxigraph import Triple
from starlette.responses import Response

from govkg.api.negotiation import HTML, RDF, Wanted
from govkg.rdf import format_of_media_type, write


def published(
    wanted: Wanted, triples: Callable[[], Iterable[Triple]], page: Callable[[], Response]
) -> Response:
    """Return a description in the form that the client wants; only that form is made."""
    media = wanted.choose((*RDF, HTML))
    return page() if media == HTML else as_rdf(triples(), media)


def as_rdf(triples: Iterable[Triple], media: str) -> Response:
    """Return triples in one of the RDF media types."""
    return Response(write(triples, format_of_media_type(media)), media_type=media)
