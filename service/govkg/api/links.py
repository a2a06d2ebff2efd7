"""Where an IRI leads on this server."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from govkg.cases.kg import DEFAULT_BASE


def local_path(iri: str, base: str) -> str | None:
    """Return the path at which this server describes an IRI, or None if it is not ours."""
    for prefix in dict.fromkeys((base, DEFAULT_BASE)):
        if iri.startswith(prefix):
            return "/" + iri.removeprefix(prefix)
    return None


def href(iri: str, base: str) -> str | None:
    """Return what to link an IRI to: our page, the web, or None for what is no address."""
    path = local_path(iri, base)
    if path is not None:
        return quote(path, safe="/#:@!$&'()*+,;=-._~%")
    return iri if iri.startswith(("http://", "https://")) else None


def with_query(path: str, parameters: Mapping[str, str]) -> str:
    """Return a path with more parameters, put before its fragment."""
    if not parameters:
        return path
    bare, hash_sign, fragment = path.partition("#")
    return f"{bare}{'&' if '?' in bare else '?'}{urlencode(parameters)}{hash_sign}{fragment}"
