"""The seam to the SHACL engines: triples go in, validation results come out."""

import importlib.util
import logging
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

from pyoxigraph import Triple

from govkg.validation.results import Result

EngineName = Literal["fast", "reference"]

_log = logging.getLogger("govkg.validation")


class Engine(Protocol):
    """Shapes and background knowledge, ready to validate one submission after the other.

    It need not be safe to share between threads.
    """

    def results(self, data: Sequence[Triple]) -> list[Result]:
        """Validate data together with the background; return what is found.

        Blank nodes of the data keep their labels; messages may lack their language. Raises
        UnsafeInputError for data that the engine cannot take in.
        """
        ...

    def with_shapes(self, shapes: Sequence[Triple]) -> "Engine":
        """Return an engine with the same background for copies of some of the shapes."""
        ...


def make_engine(name: EngineName, shapes: Iterable[Triple], background: Iterable[Triple]) -> Engine:
    """Return the engine with this name; the reference stands in where the fast one is missing."""
    if name == "fast" and importlib.util.find_spec("shacl"):
        from govkg.validation.fast import FastEngine  # noqa: PLC0415 # there is no wheel for all

        return FastEngine(shapes, background)
    if name == "fast":
        _log.warning("The fast SHACL engine is not installed; pyshacl validates in its place.")
    from govkg.validation.reference import ReferenceEngine  # noqa: PLC0415 # a second to import

    return ReferenceEngine(shapes, background)
