"""Where an IRI leads on this server."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlencode

from govkg.cases.kg import DEFAULT_BASE

_RELEASED: Final = re.compile(
    r"/(?:case|concept|scheme|place|agent)/[^/]+|/(?:cases|query|sparql|dumps|catalog)(?:[./].+)?"
)


def has_releases(path: str) -> bool:
    """Say whether an address takes ``?release=``; what is below a case is about the present."""
    bare = path.partition("#")[0].partition("?")[0]
    return bool(_RELEASED.fullmatch(bare)) and not bare.startswith("/cases/")


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
