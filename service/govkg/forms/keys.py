"""Keys: the short names by which rows of a form speak of each other, and the IRIs behind them."""

import re
import unicodedata

from pyoxigraph import NamedNode

from govkg.forms.model import Entity, Form
from govkg.forms.problems import Problem
from govkg.vocabulary import PREFIXES

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SCHEME = re.compile(r"(?:https?://|urn:)\S+")
_SHORT = {name: PREFIXES[name] for name in ("case", "place", "agent")}


def iri_of(text: str, entity: Entity, form: Form, case: str) -> str | Problem:
    """Return the IRI that a key means for a kind of part.

    A key may be an IRI, ``prefix:name``, ``case#part``, or a plain name: of a place, an actor or a
    case in their own namespace, otherwise of a part of ``case``, the IRI of the case at hand.
    """
    name = text.strip()
    if _SCHEME.fullmatch(name):
        return name if is_iri(name) else Problem("F05", text)
    prefix, colon, local = name.partition(":")
    if colon and prefix in _SHORT and _is_path(local):
        return _SHORT[prefix] + local
    if "#" in name and _is_path(name):
        return form.root.namespace + name
    if not _KEY.fullmatch(name):
        return Problem("F05", text, nearest=tuple(filter(None, [suggested(text)])))
    if entity.namespace:
        return entity.namespace + name
    return f"{case}#{name}" if case else Problem("F05", text)


def key_of(iri: str, entity: Entity, form: Form, case: str) -> str:
    """Return the shortest key that ``iri_of`` turns into this IRI."""
    starts = (entity.namespace, f"{case}#" if case and not entity.namespace else "")
    candidates = [iri.removeprefix(start) for start in starts if start and iri.startswith(start)]
    if iri.startswith(form.root.namespace):
        candidates.append(iri.removeprefix(form.root.namespace))
    for candidate in candidates:
        if iri_of(candidate, entity, form, case) == iri:
            return candidate
    return iri


def suggested(text: str) -> str:
    """Return a key made of any text: its Latin letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text)
    return "-".join(re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode().lower()))[:60]


def local_name(iri: str) -> str:
    """Return the last part of an IRI."""
    return iri.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def is_iri(text: str) -> bool:
    """Say whether a text is an absolute IRI."""
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


def _is_path(text: str) -> bool:
    return all(_KEY.fullmatch(part) for part in text.split("#")) and text.count("#") <= 1
