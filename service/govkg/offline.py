"""The knowledge graph for Python programs, without a service."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from pyoxigraph import Triple

from govkg.annotating import LEAST, Annotator
from govkg.answers import Report, Table
from govkg.cases import kg as graph
from govkg.cases.checking import Checker
from govkg.cases.drafts import drafted
from govkg.errors import NotFoundError
from govkg.forms.formats import format_named, format_of_file
from govkg.rdf import expand, read_term
from govkg.store import Query
from govkg.store.embedded import EmbeddedStore
from govkg.vocabulary import PREFIXES

Document = str | Path | bytes
"""A path, or the bytes of a document."""


class KG:
    """The ontology and the example cases in memory: query, validate, diagnose and explain.

    Errors are those of ``govkg.errors``.
    """

    def __init__(self, known: graph.KG) -> None:
        """Take a graph; use ``load`` instead."""
        self._known = known

    @classmethod
    def load(cls, *, progress: Callable[[str], None] = lambda _: None) -> "KG":
        """Load what comes with the package; that takes some seconds."""
        return cls(graph.KG.load(EmbeddedStore(), progress=progress))

    def query(self, sparql: str, *, infer: bool = True) -> Table | bool | str:
        """Answer a SPARQL query: a Table, the answer to ASK, or a graph as Turtle.

        Without ``infer`` it sees what was asserted only.
        """
        hidden = () if infer else (self._known.graphs.inferred.value,)
        results = "application/sparql-results+json"
        answer = self._known.store.query(
            Query(
                sparql,
                formats={"solutions": results, "boolean": results, "graph": "text/turtle"},
                without_graphs=hidden,
            )
        )
        if answer.media_type == "text/turtle":
            return answer.body.decode()
        return Table.of_json(answer.body)

    def validate(
        self, document: Document, *, format: str = "", profile: str = "standard"
    ) -> Report:
        """Check cases against the shapes; ``format`` is needed for bytes."""
        report = self._checker.validate(self._read(document, format), profile)
        return Report.of_json(report.as_json())

    def diagnose(self, document: Document, *, format: str = "") -> dict[str, Any]:
        """Return the report, what a case suggests, and why, as ``POST /diagnose`` gives it."""
        return self._checker.diagnose(self._read(document, format))

    def explain(self, subject: str, predicate: str, value: str) -> dict[str, Any]:
        """Return why a statement holds; NotEntailedError if it does not.

        Terms are IRIs or prefixed names, the value may be a literal as in Turtle.
        """
        triple = Triple(expand(subject), expand(predicate), read_term(value))
        return self._known.teller.as_json(self._known.prove(triple))

    def annotate(
        self, text: str, *, language: str = "auto", least: float = LEAST, source: str = ""
    ) -> dict[str, Any]:
        """Return the places of a text that name concepts, as ``POST /annotate`` gives them in JSON.

        Offsets count code points, so that ``text[start:end]`` is what stands there.
        """
        return self._annotator.annotate(text, language, least, source).as_json()

    def draft(
        self, text: str, *, language: str = "auto", least: float = LEAST, source: str = ""
    ) -> dict[str, Any]:
        """Return also a draft of a case that says what the text names, and what it still lacks."""
        found = self._annotator.annotate(text, language, least, source)
        return found.as_json() | {"draft": drafted(found, self._checker).as_json()}

    def cases(self) -> dict[str, str]:
        """Return the titles of all cases, in English where there is one, by id."""
        found = self._known.cases()
        return {c.id: c.titles.get("en") or next(iter(c.titles.values()), "") for c in found}

    @cached_property
    def _annotator(self) -> Annotator:
        return Annotator(self._known.ontology)

    @cached_property
    def _checker(self) -> Checker:
        return Checker()

    def _read(self, document: Document, named: str) -> Any:
        if isinstance(document, bytes):
            base = PREFIXES["case"] + "submitted"
            return self._checker.read(document, format_named(named or "turtle"), base=base)
        path = Path(document)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise NotFoundError(what="file", name=str(path), hint=str(error.strerror)) from error
        known = format_named(named) if named else format_of_file(path.name)
        return self._checker.read(data, known, base=path.absolute().as_uri())
