"""What the dataset says of itself, in VoID (https://www.w3.org/TR/void/)."""

from collections.abc import Iterable, Mapping
from functools import cached_property, partial
from typing import Final

from pyoxigraph import BlankNode, NamedNode, Triple

from govkg.cases.graphs import Graphs
from govkg.cases.kg import KG
from govkg.cases.questions import describe_questions
from govkg.cases.statements import Statements, Value
from govkg.cases.statistics import PropertyUse, Statistics
from govkg.cases.totals import Totals
from govkg.ontology import Texts
from govkg.vocabulary import ENTAILMENT, FORMATS, PREFIXES

Counted = dict[NamedNode, tuple[object, Statistics]]
"""Numbers of graphs, each with the mark of what was counted."""
Uses = Mapping[NamedNode, Mapping[NamedNode, PropertyUse]]

RESULTS: Final = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
)  # fmt: skip
SYNTAXES: Final = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")
"""The names of formats at http://www.w3.org/ns/formats/."""

SIMPLE: Final = NamedNode(ENTAILMENT + "Simple")
_LICENCE: Final = NamedNode("https://creativecommons.org/licenses/by/4.0/")
_TITLE: Final = {
    "en": "govkg: a knowledge graph of how local government changes",
    "zh": "govkg：地方政府变革知识图谱",
}
_COUNTED: Final = {
    "en": "The numbers are those of all graphs but the one that holds this description and the "
    "registers of jurisdictions, which are counted each by itself.",
    "zh": "各项数字统计除本描述所在图和行政区划名录之外的所有图；名录各自单独统计。",
}
_GRAPHS: Final[Mapping[str, Texts]] = {
    "ontology": {
        "en": "The ontology, with the axioms beyond its core that the service reasons with.",
        "zh": "本体，以及服务推理时所用的核心之外的公理。",
    },
    "alignments": {"en": "Mappings to other vocabularies.", "zh": "与其他词汇表的映射。"},
    "inferred": {
        "en": "What follows from the other graphs by the rules of OWL 2 RL that /rules lists, "
        "derived beforehand by the service and asserted in no other graph.",
        "zh": "由服务按 /rules 所列 OWL 2 RL 规则预先从其他图推出、未在其他图中断言的内容。",
    },
    "bundle": {
        "en": "The mark of the data that the store was filled with.",
        "zh": "存储初始数据的标记。",
    },
    "description": {
        "en": "The description of the dataset: its numbers, its prefixes and example queries.",
        "zh": "数据集的描述：统计数字、前缀与示例查询。",
    },
}
"""What each graph that the service makes holds, by the last word of its name."""


def is_counted(graphs: Graphs, graph: NamedNode | None) -> bool:
    """Say whether a graph counts in the sums: all but registers and the description itself."""
    return graph is None or (graph != graphs.description and graphs.register_id(graph) is None)


class Description:
    """The numbers of one generation of the data; they are counted once, when first asked for."""

    def __init__(
        self,
        kg: KG,
        titles: Mapping[NamedNode, Texts],
        marks: Mapping[NamedNode, object],
        *,
        bundled: bool,
        counted: Counted,
        totals: Totals | None = None,
    ) -> None:
        """Describe what a store holds, apart from its description; ``titles`` are of graphs.

        The ``totals`` are taken as they are now; without them, they are counted when asked for.

        ``counted`` are numbers of graphs that are known already, if they have the same mark.
        """
        self.graphs = kg.graphs
        self.bundled = bundled
        self.titles = titles
        self._marks = marks
        self._quads = kg.quads
        self._named = [graph for graph in kg.quads.graphs() if graph != kg.graphs.description]
        self._known = counted
        self._whole = (totals.statistics(), totals.uses()) if totals else None

    @property
    def whole(self) -> Statistics:
        """The numbers of the merge of all graphs."""
        return self._counted[0]

    @property
    def uses(self) -> Uses:
        """How the instances of each class use properties."""
        return self._counted[1]

    @property
    def parts(self) -> Mapping[NamedNode, Statistics]:
        """The numbers of each named graph."""
        return self._counted[2]

    @cached_property
    def _counted(self) -> tuple[Statistics, Uses, Mapping[NamedNode, Statistics]]:
        """All numbers; a graph is counted by itself only if it has changed."""
        parts = {graph: self._part(graph) for graph in self._named}
        for graph in self._known.keys() - parts.keys():
            del self._known[graph]
        if self._whole is None:
            totals = Totals(self._quads, partial(is_counted, self.graphs))
            self._whole = totals.statistics(), totals.uses()
        return *self._whole, parts

    def _part(self, graph: NamedNode) -> Statistics:
        """Count a graph, unless it was counted as it is."""
        known, mark = self._known.get(graph), self._marks.get(graph)
        if known is None or mark is None or known[0] is not mark:
            known = self._known[graph] = (mark, Statistics.of_graph(self._quads, graph))
        return known[1]

    @cached_property
    def dataset(self) -> NamedNode:
        """The name of the dataset."""
        return NamedNode(f"{self.graphs.description.value}#dataset")

    def stored(self, address: str) -> list[Triple]:
        """Return what the graph of the description holds, for a service at an address."""
        statements = Statements("description")
        self.describe(statements, address)
        self.describe_uses(statements)
        if self.bundled:
            describe_questions(statements, self.graphs, NamedNode(f"{address}/sparql"))
        own = self.describe_graph(statements, self.graphs.description)
        size = len(set(statements.triples)) + 1  # with the next line
        statements.say(own, "void:triples", size)
        return statements.triples

    def document(self, address: str) -> list[Triple]:
        """Return the VoID document, which has the partitions of each graph as well."""
        statements = Statements("void")
        this = NamedNode(f"{address}/.well-known/void")
        statements.say(this, "rdf:type", "void:DatasetDescription")
        statements.say(this, "void:inDataset", self.dataset)
        nodes = self.describe(statements, address)
        self.describe_uses(statements)
        for graph, node in nodes.items():
            _describe_partitions(statements, node, self.parts[graph])
        return statements.triples

    def describe(self, statements: Statements, address: str) -> dict[NamedNode, BlankNode]:
        """Write down the dataset, its numbers and its graphs; return the node of each graph."""
        this = self.dataset
        statements.say(this, "rdf:type", "void:Dataset", "sd:Dataset")
        if self.bundled:
            statements.say(this, "dcterms:title", _TITLE)
            statements.say(this, "dcterms:description", _COUNTED)
            statements.say(this, "dcterms:license", _LICENCE)
        statements.say(this, "void:sparqlEndpoint", NamedNode(f"{address}/sparql"))
        statements.say(this, "void:feature", *(NamedNode(FORMATS + name) for name in SYNTAXES))
        statements.say(this, "void:vocabulary", *self._vocabularies())
        _describe_numbers(statements, this, self.whole)
        _describe_properties(statements, this, self.whole)
        nodes: dict[NamedNode, BlankNode] = {}
        for graph, numbers in self.parts.items():
            nodes[graph] = self.describe_graph(statements, graph)
            _describe_numbers(statements, nodes[graph], numbers)
        return nodes

    def describe_graph(self, statements: Statements, graph: NamedNode) -> BlankNode:
        """Write down what a named graph is, and return its node."""
        node = statements.part(self.dataset, "sd:namedGraph", {"sd:name": graph})
        statements.say(self.dataset, "void:subset", node)
        statements.say(node, "rdf:type", "sd:NamedGraph", "void:Dataset")
        statements.say(node, "sd:entailmentRegime", SIMPLE)
        if graph in self.titles:
            statements.say(node, "dcterms:title", self.titles[graph])
        word = graph.value.removeprefix(f"{self.graphs.base}graph/")
        if self.bundled and word in _GRAPHS:
            statements.say(node, "dcterms:description", _GRAPHS[word])
        return node

    def describe_uses(self, statements: Statements) -> None:
        """Write down the partitions by class, with the properties of each and where they lead."""
        for kind, count in self.whole.classes.items():
            part = _describe_class(statements, self.dataset, kind, count)
            for name, use in self.uses.get(kind, {}).items():
                _describe_use(statements, part, name, use)

    def _vocabularies(self) -> Iterable[NamedNode]:
        """Return the namespaces whose properties or classes are used."""
        used = [node.value for node in (*self.whole.properties, *self.whole.classes)]
        known = (iri for iri in PREFIXES.values() if any(each.startswith(iri) for each in used))
        return [NamedNode(iri) for iri in known]


def _describe_numbers(
    statements: Statements, node: NamedNode | BlankNode, numbers: Statistics
) -> None:
    statements.say(node, "void:triples", numbers.triples)
    statements.say(node, "void:entities", numbers.entities)
    statements.say(node, "void:distinctSubjects", numbers.subjects)
    statements.say(node, "void:distinctObjects", numbers.objects)
    statements.say(node, "void:classes", len(numbers.classes))
    statements.say(node, "void:properties", len(numbers.properties))


def _describe_partitions(
    statements: Statements, node: NamedNode | BlankNode, numbers: Statistics
) -> None:
    for kind, count in numbers.classes.items():
        _describe_class(statements, node, kind, count)
    _describe_properties(statements, node, numbers)


def _describe_class(
    statements: Statements, node: NamedNode | BlankNode, kind: NamedNode, count: int
) -> BlankNode:
    return statements.part(
        node, "void:classPartition", {"void:class": kind, "void:entities": count}
    )


def _describe_properties(
    statements: Statements, node: NamedNode | BlankNode, numbers: Statistics
) -> None:
    for name, count in numbers.properties.items():
        statements.part(
            node,
            "void:propertyPartition",
            {
                "void:property": name,
                "void:triples": count.triples,
                "void:distinctSubjects": count.subjects,
                "void:distinctObjects": count.objects,
            },
        )


def _describe_use(
    statements: Statements, node: BlankNode, name: NamedNode, use: PropertyUse
) -> None:
    """Write down how instances of a class use a property (void-ext: http://ldf.fi/void-ext)."""
    values: dict[str, Value] = {"void:property": name, "void:triples": use.triples}
    part = statements.part(node, "void:propertyPartition", values)
    for kind in use.classes:
        statements.part(part, "void:classPartition", {"void:class": kind})
    for kind in use.datatypes:
        statements.part(part, "void-ext:datatypePartition", {"void-ext:datatype": kind})
