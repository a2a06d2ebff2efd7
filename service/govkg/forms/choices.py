"""Find what a text names: an option by key, IRI or label, in English or in Chinese."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from govkg.forms.model import LANGUAGES, Field, Option
from govkg.forms.problems import Problem, nearest

_PREFIX = re.compile(r"(?:gc|gov):(?=[A-Za-z])")
_QUOTES = str.maketrans("’‘“”", "''\"\"")


def normalised(text: str) -> str:
    """Return a text without differences of width, case, quotation marks and space."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold().split())


class Choices:
    """The options of one field, by every name that they have."""

    def __init__(self, options: Iterable[Option]) -> None:
        """Index the options by their names."""
        self._named: dict[str, set[str]] = {}
        self._shown: dict[str, str] = {}
        for option in options:
            labels = [option.labels[language] for language in LANGUAGES]
            for name in (option.key, option.iri, option.shown, *labels, *option.names):
                self._named.setdefault(normalised(name), set()).add(option.iri)
                self._shown.setdefault(normalised(name), name)
        for option in options:  # a key is never in doubt
            self._named[normalised(option.key)] = {option.iri}

    def find(self, text: str) -> str | Problem:
        """Return the IRI of the option that a text names."""
        name = normalised(_PREFIX.sub("", text.strip()))
        found = self._named.get(name, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            return Problem("F02", text, nearest=tuple(sorted(found)))
        close: dict[frozenset[str], str] = {}  # the likest name of each option
        for each in nearest(name, self._named, limit=9):
            close.setdefault(frozenset(self._named[each]), self._shown[each])
        return Problem("F02", text, nearest=tuple(close.values())[:3])

    def names(self, option: Option, text: str) -> bool:
        """Say whether a text names this option and no other."""
        return self.find(text) == option.iri


@lru_cache(maxsize=1024)
def choices_of(field: Field) -> Choices:
    """Return the choices of a field."""
    return Choices(field.options)
