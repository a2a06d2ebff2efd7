"""From a clean table to triples by a mapping in RML, and from these to records."""

import csv
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from govkg.errors import RecipeError
from govkg.harvesting.cleaning import Row
from govkg.harvesting.engine import run_engine
from govkg.harvesting.recipe import Recipe, Source
from govkg.settings import Settings
from govkg.vocabulary import DCAT, DCTERMS, GOV, RDF

_TYPE = NamedNode(RDF + "type")
_CASE = NamedNode(GOV + "GovernanceCase")
_RML = "http://w3id.org/rml/"
_TERMS = """
baseIRI child childMap class column compression condition constant datatype datatypeMap encoding
field fieldName function functionExecution functionMap gather gatherAs graph graphMap innerJoin
input inputValue inputValueMap iterator join joinCondition language languageMap leftJoin
logicalSource logicalTarget logicalView null object objectMap onLogicalView parameter parameterMap
parent parentMap parentTriplesMap path predicate predicateMap predicateObjectMap query
quotedTriplesMap reference referenceFormulation return returnMap root source strategy subject
subjectMap template termType viewOn
"""
"""The properties of RML: https://kg-construct.github.io/rml-resources/ontology/"""
Node = NamedNode | BlankNode
_TABLE = "clean.csv"
"""What a mapping calls the clean table."""


@dataclass(frozen=True)
class Harvest:
    """What a mapping made of a table."""

    triples: tuple[Triple, ...]
    kind: NamedNode = _CASE
    """The class of the records."""

    @cached_property
    def records(self) -> tuple[NamedNode, ...]:
        """The records, usually cases, by IRI."""
        found = {t.subject for t in self.triples if t.predicate == _TYPE and t.object == self.kind}
        return tuple(sorted((s for s in found if isinstance(s, NamedNode)), key=str))

    @cached_property
    def nodes(self) -> dict[NamedNode, set[Node]]:
        """What each record leads to: itself, its parts, and what is shared, but no other record."""
        return {record: self._reached(record) for record in self.records}

    @cached_property
    def stray(self) -> tuple[str, ...]:
        """What is described and no record leads to: a sign that the mapping lacks a link."""
        reached = set[Node]().union(*self.nodes.values())
        return tuple(sorted({str(t.subject) for t in self.triples if t.subject not in reached}))

    def leading_to(self, node: object) -> list[NamedNode]:
        """Return the records that lead to a node."""
        return self._leading.get(node, [])

    def without(self, records: Collection[NamedNode]) -> list[Triple]:
        """Return the triples of all records but some, each once."""
        kept = set[Node]().union(*(n for record, n in self.nodes.items() if record not in records))
        return [triple for triple in self.triples if triple.subject in kept]

    @cached_property
    def _leading(self) -> dict[object, list[NamedNode]]:
        """The records by what they lead to."""
        leading: defaultdict[object, list[NamedNode]] = defaultdict(list)
        for record, nodes in self.nodes.items():
            for node in nodes:
                leading[node].append(record)
        return dict(leading)

    @cached_property
    def _record_set(self) -> frozenset[NamedNode]:
        """The records, to look them up."""
        return frozenset(self.records)

    @cached_property
    def _values(self) -> dict[Node, list[Node]]:
        """The nodes that are said of each node."""
        values: defaultdict[Node, list[Node]] = defaultdict(list)
        for t in self.triples:
            if isinstance(t.subject, Node) and isinstance(t.object, Node):
                values[t.subject].append(t.object)
        return dict(values)

    def _reached(self, start: NamedNode) -> set[Node]:
        """Return what a record leads to."""
        waiting: list[Node] = [start]
        seen: set[Node] = {start}
        while waiting:
            for value in self._values.get(waiting.pop(), ()):
                if value not in seen and value not in self._record_set:
                    seen.add(value)
                    waiting.append(value)
        return seen


def describe_source(source: Source) -> list[Triple]:
    """Return what is to be said of the graph in which the records are: its origin and licence.

    Data whose licence is not known to be open stays out of open dumps by it.
    """
    if not source.graph:
        return []
    said: list[tuple[str, NamedNode | Literal]] = [
        (RDF + "type", NamedNode(DCAT + "Dataset")),
        (DCTERMS + "title", Literal(source.title, language="en")),
        (DCTERMS + "publisher", Literal(source.publisher)),
        (DCTERMS + "source", NamedNode(source.homepage)),
        (DCTERMS + "license", NamedNode(source.licence)),
    ]
    this = NamedNode(source.graph)
    return [Triple(this, NamedNode(name), value) for name, value in said]


def harvest(rows: Iterable[Row], recipe: Recipe, folder: Path, settings: Settings) -> Harvest:
    """Carry out the mapping of a recipe that lies in a folder; raises what ``run_engine`` does."""
    mapping = folder / recipe.mapping
    if not mapping.is_file():
        raise RecipeError(file=recipe.mapping, entry="mapping", reason="there is no such file")
    if mapping.suffix == ".ttl":
        _check(mapping)
    with TemporaryDirectory() as name:
        place = Path(name)
        _write_table(place / _TABLE, rows, recipe)
        copy = "mapping" + "".join(mapping.suffixes)
        shutil.copyfile(mapping, place / copy)
        made = run_engine(place, copy, _TABLE, settings)
    try:
        triples = {quad.triple for quad in parse(made, format=RdfFormat.N_QUADS)}
    except (SyntaxError, ValueError) as error:
        reason = f"what it makes is no RDF: {error}"
        raise RecipeError(file=recipe.mapping, entry="mapping", reason=reason) from error
    return Harvest(tuple(sorted(triples, key=str)), NamedNode(GOV + recipe.makes))


def _check(mapping: Path) -> None:
    """Refuse Turtle that does not parse, or misspells a term of RML, more clearly than engines."""
    try:
        quads = list(parse(mapping.read_bytes(), format=RdfFormat.TURTLE, base_iri=_RML))
    except SyntaxError as error:
        raise RecipeError(file=mapping.name, entry="mapping", reason=str(error)) from error
    used, known = {quad.predicate.value for quad in quads}, _TERMS.split()
    for term in sorted(each.removeprefix(_RML) for each in used if each.startswith(_RML)):
        if term not in known:
            near = get_close_matches(term, known, n=1)
            meant = f"; rml:{near[0]} was probably meant" if near else ""
            reason = f"there is no property rml:{term}{meant}"
            raise RecipeError(file=mapping.name, entry="mapping", reason=reason)


def _write_table(path: Path, rows: Iterable[Row], recipe: Recipe) -> None:
    """Write the clean table for the engine."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, recipe.clean_columns)
        writer.writeheader()
        writer.writerows(rows)
