"""Check a large submission a few cases at a time, in less memory, and find the same.

What no rule looks for beyond a case and the places and actors that it mentions can be checked case
by case. The shapes say which kinds of node are shared between cases (``gsh:isShared``) and which
rules compare cases (``gsh:acrossCases``): these are asked once, of what they mention only.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from pyoxigraph import NamedNode, Triple

from govkg.ontology import TYPE
from govkg.rdf import Node
from govkg.validation.background import as_text
from govkg.validation.dividing import Divided
from govkg.validation.engines import Engine
from govkg.validation.queries import mentioned
from govkg.validation.results import Result
from govkg.validation.setwise import SetWise, below
from govkg.validation.shapes import Shapes, declared_prefixes
from govkg.vocabulary import RDF, RDFS

Progress = Callable[[int, int], None]
"""Is told how many triples have been checked, and how many there are."""


def untold(done: int, total: int) -> None:
    """Tell nobody how far the checking is."""


SIZE: Final = 25_000
"""So many triples are checked together: about a hundred cases."""
_SUBCLASS: Final = NamedNode(RDFS + "subClassOf")


_TYPE_OF: Final = re.compile(r"\sa\s")
"""How queries ask for a class."""
_FEWEST: Final = 2


class Chunked:
    """Checks a submission in chunks, or as a whole if it is small or of one piece."""

    def __init__(
        self, engine: Engine, shapes: Shapes, background: Iterable[Triple], *, size: int = SIZE
    ) -> None:
        """Take what checks one chunk; ``size`` is the number of triples in it, roughly."""
        self._engine = engine
        self._size = size
        self._kinds = [triple for triple in background if triple.predicate == _SUBCLASS]
        above: defaultdict[Node, set[Node]] = defaultdict(set)
        for triple in self._kinds:
            above[triple.object].add(triple.subject)
        self._beside = as_text(self._kinds)
        self._shared = below(shapes.shared_classes, above)
        self._across = shapes.across_cases
        self._set_wise = SetWise(shapes.triples, self._kinds, only=self._across)
        prefixes = declared_prefixes(shapes.triples)
        queries = shapes.queries(self._across)
        self._asked = set[str]().union(*(mentioned(each, prefixes) for each in queries))
        if any(_TYPE_OF.search(query) for query in queries):
            self._asked.add(RDF + "type")
        self._compared_kinds = below(self._set_wise.classes, above)
        self._may_divide = bool(self._shared) and self._set_wise.shapes == self._across

    def results(self, data: Sequence[Triple], progress: Progress = untold) -> Iterator[Result]:
        """Yield what is found in a submission; of nodes beyond it, some results may be missing."""
        divided = Divided(data, self._shared, self._size) if self._divides(data) else None
        if divided is None or len(divided.chunks) < _FEWEST:
            yield from self._engine.results(data)
            return
        done = 0
        for number, chunk in enumerate(divided.chunks):
            for result in self._engine.results(chunk):
                if divided.home(result.focus) == number and result.shape not in self._across:
                    yield result
            done += len(chunk)
            progress(min(done, len(data)), len(data))
        yield from self._set_wise.results(list(self._compared(data)), self._beside)

    def _compared(self, data: Sequence[Triple]) -> Iterator[Triple]:
        """Yield what the rules across cases ask for."""
        for triple in data:
            predicate = triple.predicate
            if predicate.value in self._asked or (
                predicate == TYPE and triple.object in self._compared_kinds
            ):
                yield triple

    def _divides(self, data: Sequence[Triple]) -> bool:
        return self._may_divide and len(data) > self._size
