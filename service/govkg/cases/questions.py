"""The example queries: each a question in English and Chinese with its SPARQL."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from pyoxigraph import Literal, NamedNode

from govkg import bundle
from govkg.cases.graphs import Graphs
from govkg.cases.statements import Statements
from govkg.store.querying import bare
from govkg.vocabulary import PREFIXES, XSD

_FORM: Final = re.compile(r"\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_EXECUTABLE: Final = {
    "select": "sh:SPARQLSelectExecutable",
    "ask": "sh:SPARQLAskExecutable",
    "construct": "sh:SPARQLConstructExecutable",
}
"""The class for each form; there is none for DESCRIBE (SHACL, section 5.1)."""
_IRI: Final = NamedNode(XSD + "anyURI")


@dataclass(frozen=True)
class Example:
    """A question with its query."""

    name: str
    title: dict[str, str]
    text: str

    @property
    def form(self) -> str:
        """The form of the query, in lower case."""
        found = _FORM.search(bare(self.text))
        return found[1].lower() if found else "select"


@cache
def examples() -> tuple[Example, ...]:
    """Return the questions of examples/queries; the first comment of each file is its title."""
    return tuple(_example(path.stem, path.read_text("utf-8")) for path in bundle.example_queries())


def _example(name: str, text: str) -> Example:
    comments = [_untitled(line) for line in text.splitlines() if line.startswith("#")]
    english = next(iter(comments), name)
    chinese = next((line for line in comments[:3] if any("一" <= c <= "龥" for c in line)), english)
    return Example(name, {"en": english, "zh": chinese}, text.strip())


def _untitled(comment: str) -> str:
    """Return the words of a comment, without the “Question:” before them."""
    return comment.lstrip("# ").removeprefix("Question:").removeprefix("问题：").strip()


def describe_questions(statements: Statements, graphs: Graphs, endpoint: NamedNode) -> None:
    """Write down the prefixes and the examples, in the form that query editors look for.

    That is sh:SPARQLExecutable with a text, a comment and a target, and sh:declare.
    """
    prefixes = NamedNode(f"{graphs.description.value}#prefixes")
    statements.say(prefixes, "rdf:type", "owl:Ontology")
    for prefix, namespace in PREFIXES.items():
        pair = {"sh:prefix": Literal(prefix), "sh:namespace": Literal(namespace, datatype=_IRI)}
        statements.part(prefixes, "sh:declare", pair)
    for each in examples():
        iri = NamedNode(f"{graphs.description.value}#{each.name}")
        kinds = ["sh:SPARQLExecutable"] + [_EXECUTABLE[each.form]] * (each.form in _EXECUTABLE)
        statements.say(iri, "rdf:type", *kinds)
        statements.say(iri, f"sh:{each.form}", Literal(each.text))
        statements.say(iri, "rdfs:label", each.title)
        statements.say(iri, "rdfs:comment", each.title)
        statements.say(iri, "sh:prefixes", prefixes)
        statements.say(iri, "schema:target", endpoint)
