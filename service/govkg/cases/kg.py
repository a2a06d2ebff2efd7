"""The whole knowledge graph in one object: the store, the ontology, and what follows from them."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from govkg import __version__, bundle
from govkg.cases.assertions import Assertions
from govkg.cases.graphs import Graphs
from govkg.cases.names import NAMING, Names, StoredNames
from govkg.errors import NotFoundError
from govkg.ontology import TYPE, Ontology, Texts, read_files
from govkg.rdf import Node
from govkg.reasoning import (
    Closure,
    Origin,
    Proof,
    Teller,
    alternatives,
    contradictions_json,
    prove,
)
from govkg.store import Delta, Store
from govkg.store.embedded import EmbeddedStore, in_memory
from govkg.vocabulary import DCTERMS, GOV, PROV

Progress = Callable[[str], None]
"""Is told, in a few words, what is being done."""

CASE = NamedNode(GOV + "GovernanceCase")
_ATTRIBUTED = NamedNode(PROV + "wasAttributedTo")
_EVIDENCE = NamedNode(GOV + "basedOnEvidence")
_SOURCE = NamedNode(DCTERMS + "source")
_CREATOR = NamedNode(DCTERMS + "creator")
_PUBLISHER = NamedNode(DCTERMS + "publisher")
_LAYOUT = 3
"""Rises when graphs are laid out in the store in another way, so that old stores are refilled."""

DEFAULT_BASE = "https://w3id.org/govkg/"


@dataclass(frozen=True)
class Case:
    """One stored case: its name, and where it is kept."""

    id: str
    iri: NamedNode
    titles: Texts
    graph: NamedNode


class KG:
    """The ontology and the cases of one store, with their closure and names for everything."""

    def __init__(
        self,
        store: Store,
        base: str = DEFAULT_BASE,
        *,
        reasons: bool = True,
        closure: Closure | None = None,
        ontology: Ontology | None = None,
    ) -> None:
        """Read what the store holds and, if it ``reasons``, derive all that follows from it.

        A ``closure`` of what is asserted, and its ``ontology``, may be known already.
        """
        self.store = store
        self.quads = store if isinstance(store, EmbeddedStore) else in_memory(store)
        """What the store holds, in this process."""
        self.graphs = Graphs(base)
        store.hold_apart(self.graphs.inferred)
        if ontology is None:
            ontology = Ontology(self.quads.triples(self.graphs.ontology))
        self.ontology = ontology
        start = perf_counter()
        if closure is None:
            closure = Closure(self.asserted() if reasons else ())
        self.closure = closure
        self.reasoning_seconds = perf_counter() - start
        """How long deriving took, with the reading of what was asserted."""

    @cached_property
    def name(self) -> Names:
        """What gives everything a name."""
        return StoredNames(self.quads, self.graphs, self.ontology)

    @cached_property
    def teller(self) -> Teller:
        """What tells proofs in words."""
        return Teller(self.name)

    @classmethod
    def load(
        cls, store: Store, base: str = DEFAULT_BASE, *, progress: Progress = lambda _: None
    ) -> "KG":
        """Fill a store with the bundled ontology, mappings and examples, and open it.

        A store that holds this very bundle is left as it is; graphs that are not bundled are kept.
        """
        fill(store, base, progress=progress)
        progress("deriving what follows")
        return cls.derived(store, base)

    @classmethod
    def derived(
        cls,
        store: Store,
        base: str = DEFAULT_BASE,
        *,
        reasons: bool = True,
    ) -> "KG":
        """Open a store as it is, and put what follows into its graph of inferred triples."""
        kg = cls(store, base, reasons=reasons)
        inferred = set(kg.closure.inferred())
        if set(store.triples(kg.graphs.inferred)) != inferred:
            store.put(kg.graphs.inferred, inferred)
        return kg

    def prove(self, triple: Triple) -> Proof:
        """Return why a triple holds; raises NotEntailedError if it does not."""
        with self.closure.lock:
            return prove(self.closure, triple, self._origins, self.ontology.claim)

    def proofs(self, triple: Triple, most: int) -> list[Proof]:
        """Return several proofs of a triple, see ``reasoning.alternatives``."""
        with self.closure.lock:
            return alternatives(self.closure, triple, most, self._origins, self.ontology.claim)

    def consistency(self) -> dict[str, Any]:
        """Return the contradictions in all that is asserted, as JSON; see ``reasoning``."""
        found = self.closure.contradictions()
        claim = self.ontology.claim
        return contradictions_json(self.closure, found, self.teller, self._origins, claim)

    @cached_property
    def applied(self) -> Counter[str]:
        """How many of the published inferences each rule gave last, and clashes each rule found."""
        with self.closure.lock:
            steps = (self.closure.derivation(triple) for triple in self.closure.inferred())
            found = Counter(step.rule for step in steps if step)
            found.update(clash.rule for clash in self.closure.contradictions())
        return found

    def asserted(self) -> list[Triple]:
        """Return the asserted triples that are reasoned with; see ``assertions``."""
        return Assertions.of(self.quads, self.graphs).triples()

    def cases(self) -> Iterator[Case]:
        """Yield every stored case, by id."""
        stored = self.quads.matching(None, TYPE, CASE)
        cases = (case for quad in stored if (case := self._case(quad)))
        yield from sorted(cases, key=_place)

    def cases_after(self, before: tuple[Case, ...], delta: Delta) -> tuple[Case, ...]:
        """Return every stored case, by id, as ``cases``; only what a change touches is read."""
        named = {quad.subject for quad in delta.removed | delta.added if quad.predicate in NAMING}
        touched = {graph for graph in delta.graphs if graph and self.graphs.case_id(graph)}
        touched |= {case.graph for case in before if case.iri in named}
        stored = (q for g in touched for q in self.quads.matching(None, TYPE, CASE, g))
        new = [case for quad in stored if (case := self._case(quad))]
        kept = [case for case in before if case.graph not in touched]
        return tuple(sorted([*kept, *new], key=_place))

    def case(self, case_id: str) -> Case:
        """Return one case; raises NotFoundError if there is none with this id."""
        for quad in self.quads.matching(None, TYPE, CASE, self.graphs.case(case_id)):
            if case := self._case(quad):
                return case
        raise NotFoundError(what="case", name=case_id, hint="All cases are listed under /cases.")

    def _case(self, typed: Quad) -> Case | None:
        """Return the case that a quad gives its type, if it is in the graph of a case."""
        iri, graph = typed.subject, typed.graph_name
        if not isinstance(iri, NamedNode) or not isinstance(graph, NamedNode):
            return None
        case_id = self.graphs.case_id(graph)
        return Case(case_id, iri, self.name.all(iri), graph) if case_id else None

    def _origins(self, triple: Triple) -> tuple[Origin, ...]:
        """Return where a triple was asserted, which is never the graph of inferred ones."""
        found = (each for each in self.quads.graphs_with(triple) if each != self.graphs.inferred)
        origins = tuple(self._origin(triple, graph) for graph in found)
        return origins or (Origin(self.graphs.unnamed.value),)

    def _origin(self, triple: Triple, graph: NamedNode) -> Origin:
        """Return whose word a triple in the graph of a case is; elsewhere claims say so."""
        if self.graphs.case_id(graph) is None:
            return Origin(graph.value)
        return Origin(
            graph.value,
            submitters=self._submitters(graph),
            attributed=self._said(graph, triple.subject, _ATTRIBUTED),
            sources=self._said(graph, triple.subject, _EVIDENCE, _SOURCE),
        )

    def _submitters(self, graph: NamedNode) -> tuple[NamedNode, ...]:
        """Return who submitted the case that a graph holds."""
        cases = (quad.subject for quad in self.quads.matching(None, TYPE, CASE, graph))
        found = (agent for case in cases for agent in self._said(graph, case, _CREATOR, _PUBLISHER))
        return tuple(dict.fromkeys(found))

    def _said(self, graph: NamedNode, node: Node, *properties: NamedNode) -> tuple[NamedNode, ...]:
        """Return the named values that a graph gives a node for some properties, each once."""
        if not isinstance(node, NamedNode | BlankNode):
            return ()
        found = (q.object for p in properties for q in self.quads.matching(node, p, None, graph))
        named = {value: None for value in found if isinstance(value, NamedNode)}
        return tuple(sorted(named, key=str))


def _place(case: Case) -> tuple[str, str]:
    """Return what cases are sorted by."""
    return case.graph.value, case.iri.value


def fill(store: Store, base: str = DEFAULT_BASE, *, progress: Progress = lambda _: None) -> None:
    """Put the bundled graphs into a store, unless it holds this very bundle already."""
    graphs = Graphs(base)
    if not store.graphs_with(mark(graphs)):
        _fill(store, graphs, progress)


def _fill(store: Store, graphs: Graphs, progress: Progress) -> None:
    """Put the bundled graphs into the store, the mark of completion last."""
    progress("loading the ontology")
    core = [*bundle.ontology_modules(), *bundle.ontology_extensions()]
    store.put(graphs.ontology, read_files(core))
    store.put(graphs.alignments, read_files(bundle.alignments()))
    examples = bundle.example_cases()
    for number, path in enumerate(examples, 1):
        progress(f"loading the cases: {number} of {len(examples)}")
        store.put(graphs.case(path.stem), read_files([path]))
    store.put(graphs.bundle, [mark(graphs)])


def mark(graphs: Graphs) -> Triple:
    """Return the triple that says which bundle a store holds."""
    return Triple(graphs.bundle, NamedNode(GOV + "fingerprint"), Literal(_fingerprint()))


def _fingerprint() -> str:
    """Return a hash over all bundled files."""
    digest = sha256(f"{__version__} {_LAYOUT}".encode())
    files: list[Path] = [
        *bundle.ontology_modules(),
        *bundle.ontology_extensions(),
        *bundle.alignments(),
        *bundle.contexts(),
        *bundle.example_cases(),
    ]
    for path in files:
        digest.update(json.dumps(path.name).encode() + path.read_bytes())
    return digest.hexdigest()
