"""Dumps: files that hold all of the data, the same bytes for the same data.

Blank nodes are named by RDFC-1.0 (https://www.w3.org/TR/rdf-canon/), lines are sorted, nothing has
a time of its own. Data under no open licence is left out unless the caller asks for it, and each
dump says what it holds and what it leaves out, under which licences.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    serialize,
)

from govkg import __version__, bundle
from govkg.cases.kg import KG
from govkg.errors import ParameterError
from govkg.ontology import read_files
from govkg.publishing import cases
from govkg.publishing.exchange import FORMS
from govkg.publishing.holdings import (
    CASES,
    INFERRED,
    OTHERS,
    SHAPES,
    WHOLE,
    Holding,
    Stock,
    in_graph,
)  # fmt: skip
from govkg.publishing.licences import licence_named
from govkg.rdf import used_prefixes
from govkg.store.embedded import EmbeddedStore

FORMAT: Final = "govkg-dump"
VERSION: Final = 1
MANIFEST, LICENCES, SUMS = "manifest.json", "LICENCES.txt", "SHA256SUMS"
FORMATS: Final = ("nq", "ttl", "jsonld", "csv", *FORMS)
"""What ``--format`` may say."""

_MEDIA: Final = {
    ".nq.gz": "application/n-quads",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv",
    ".json": "application/csvm+json",
}


@dataclass(frozen=True)
class File:
    """One file of a dump."""

    name: str
    dataset: str
    media_type: str
    """What it holds, once it is unpacked."""
    bytes: int
    sha256: str

    @property
    def is_packed(self) -> bool:
        """Say whether it is compressed by gzip."""
        return self.name.endswith(".gz")


@dataclass(frozen=True)
class Dump:
    """What a folder of files holds: its manifest."""

    base: str
    ontology: str
    """The version of the ontology in it."""
    modified: str
    """The latest day on which anything in it was modified, or nothing."""
    quads: int
    restricted: bool
    """Whether data under no open licence was to be included."""
    holdings: tuple[Holding, ...]
    """Each graph, those left out too."""
    files: tuple[File, ...]
    govkg: str = __version__
    left_out: tuple[str, ...] = field(default=())
    """The graphs that are left out; the unnamed graph is the empty name."""

    def datasets(self) -> list[str]:
        """Return the names of the datasets in it, the whole first."""
        return list(dict.fromkeys(each.dataset for each in self.files))

    def included(self, dataset: str = WHOLE) -> list[Holding]:
        """Return what of a dataset is in it."""
        there = [each for each in self.holdings if (each.graph or "") not in self.left_out]
        everything = dataset in (WHOLE, INFERRED)
        return [each for each in there if everything or each.dataset == dataset]

    def licences(self, dataset: str = WHOLE) -> list[str]:
        """Return the IRIs of the licences of what is included, sorted."""
        return sorted({iri for each in self.included(dataset) for iri in each.licences})

    def file(self, name: str) -> File | None:
        """Return a file by its name."""
        return next((each for each in self.files if each.name == name), None)

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as JSON values."""
        return {
            "format": FORMAT,
            "formatVersion": VERSION,
            "govkg": self.govkg,
            "ontology": self.ontology,
            "modified": self.modified,
            "base": self.base,
            "quads": self.quads,
            "restrictedIncluded": self.restricted,
            "leftOut": list(self.left_out),
            "holdings": [each.as_json() for each in self.holdings],
            "files": [
                {
                    "name": each.name, "dataset": each.dataset, "mediaType": each.media_type,
                    "bytes": each.bytes, "sha256": each.sha256,
                }
                for each in self.files
            ],
        }  # fmt: skip

    @classmethod
    def read(cls, folder: Path) -> "Dump":
        """Read the manifest of a folder that ``write_dump`` wrote."""
        given = json.loads((folder / MANIFEST).read_text("utf-8"))
        return cls(
            base=given["base"],
            ontology=given["ontology"],
            modified=given["modified"],
            quads=given["quads"],
            restricted=given["restrictedIncluded"],
            holdings=tuple(_holding(each) for each in given["holdings"]),
            files=tuple(
                File(f["name"], f["dataset"], f["mediaType"], f["bytes"], f["sha256"])
                for f in given["files"]
            ),
            govkg=given["govkg"],
            left_out=tuple(given["leftOut"]),
        )


def _holding(given: dict[str, Any]) -> Holding:
    lists = {"licences": tuple(given["licences"]), "sources": tuple(given["sources"])}
    return Holding(**{key: each for key, each in given.items() if key != "open"} | lists)


def write_dump(
    stock: Stock,
    folder: Path,
    *,
    formats: Sequence[str] = FORMATS,
    restricted: bool = False,
    bundled: bool = True,
) -> Dump:
    """Write files in some formats to a new or empty folder, and return what is in it.

    ``bundled`` adds the shapes. Raises ParameterError if the folder has something in it.
    """
    _be_empty(folder)
    chosen = [each for each in stock.holdings if restricted or each.is_open]
    writing = _Writing(folder, formats)
    quads = stock.quads(chosen)
    writing.rdf(WHOLE, quads)
    for dataset in sorted({each.dataset for each in chosen} - {OTHERS}):
        writing.rdf(dataset, stock.quads(each for each in chosen if each.dataset == dataset))
    if bundled:
        writing.rdf(SHAPES, map(in_graph, read_files(bundle.shapes())))
    inferred = stock.inferred()
    if inferred and len(chosen) == len(stock.holdings):  # else it may rest on what is left out
        writing.rdf(INFERRED, inferred)
    if any(each.dataset == CASES for each in chosen):
        writing.cases(_knowledge(quads, stock))
    left_out = [each.graph or "" for each in stock.holdings if each not in chosen]
    dump = Dump(
        base=stock.graphs.base,
        ontology=stock.ontology_version,
        modified=stock.modified,
        quads=len(quads),
        restricted=restricted,
        holdings=tuple(stock.holdings),
        files=tuple(writing.files),
        left_out=tuple(left_out),
    )
    _finish(folder, dump)
    return dump


def _be_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        remedy = "Name a folder that is empty or does not exist."
        raise ParameterError(name=str(folder), reason="there is something in it", remedy=remedy)


def _knowledge(quads: Iterable[Quad], stock: Stock) -> KG:
    """Return what is given away as a graph of its own, so that nothing else can show through."""
    store = EmbeddedStore()
    store.extend(quads)
    return KG(store, stock.graphs.base, reasons=False)


def _finish(folder: Path, dump: Dump) -> None:
    """Write what speaks of the other files."""
    manifest = json.dumps(dump.as_json(), ensure_ascii=False, indent=2) + "\n"
    (folder / LICENCES).write_text(licence_text(dump), "utf-8")
    sums = {each.name: each.sha256 for each in dump.files}
    for name in (LICENCES,):
        sums[name] = sha256((folder / name).read_bytes()).hexdigest()
    lines = (f"{digest}  {name}\n" for name, digest in sorted(sums.items()))
    (folder / SUMS).write_text("".join(lines), "utf-8")
    (folder / MANIFEST).write_text(manifest, "utf-8")


class _Writing:
    """A folder that files are being written to."""

    def __init__(self, folder: Path, formats: Sequence[str]) -> None:
        self._folder = folder
        self._formats = formats
        self.files: list[File] = []

    def rdf(self, dataset: str, quads: Iterable[Quad]) -> None:
        """Write a dataset in each RDF format."""
        quads = canonical(quads)
        makers: dict[str, tuple[str, Callable[[], bytes]]] = {
            "nq": (".nq.gz", lambda: gzip.compress(n_quads(quads), 6, mtime=0)),
            "ttl": (".ttl", lambda: turtle(quads)),
            "jsonld": (".jsonld", lambda: serialize(quads, format=RdfFormat.JSON_LD) or b""),
        }
        for name, (ending, make) in makers.items():
            if name in self._formats:
                self._write(dataset, dataset + ending, _MEDIA[ending], make())

    def cases(self, kg: KG) -> None:
        """Write the table of cases with its description, and the forms of others."""
        if "csv" in self._formats:
            self._write(CASES, cases.NAME, _MEDIA[".csv"], cases.table(kg))
            described = json.dumps(cases.metadata(), ensure_ascii=False, indent=2) + "\n"
            self._write(CASES, cases.METADATA, _MEDIA[".json"], described.encode())
        for form, (name, media_type, make) in FORMS.items():
            if form in self._formats:
                self._write(CASES, name, media_type, make(kg))

    def _write(self, dataset: str, name: str, media_type: str, data: bytes) -> None:
        (self._folder / name).write_bytes(data)
        digest = sha256(data).hexdigest()
        self.files.append(File(name, dataset, media_type, len(data), digest))


def canonical(quads: Iterable[Quad]) -> list[Quad]:
    """Return quads sorted, with names for blank nodes that depend on nothing but the data."""
    quads = list(quads)
    if any(isinstance(q.subject, BlankNode) or isinstance(q.object, BlankNode) for q in quads):
        dataset = Dataset(quads)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        quads = list(dataset)
    return sorted(quads, key=str)


def n_quads(quads: Iterable[Quad]) -> bytes:
    """Return quads as N-Quads, in their order."""
    return serialize(quads, format=RdfFormat.N_QUADS) or b""


def turtle(quads: Iterable[Quad]) -> bytes:
    """Return what quads say in any graph as Turtle, each triple once."""
    merged = dict.fromkeys(quad.triple for quad in quads)
    return serialize(merged, format=RdfFormat.TURTLE, prefixes=used_prefixes(merged)) or b""


def licence_text(dump: Dump) -> str:
    """Return in words what a dump holds and leaves out, and under which licences."""
    return "\n".join(_told(dump)) + "\n"


def _told(dump: Dump) -> Iterator[str]:
    yield f"Licences of this dump of govkg, {dump.quads:,} quads."
    yield "Each graph stays under its own licence; putting them into one file changes none of them."
    for iri in dump.licences():
        known = licence_named(iri)
        yield ""
        yield f"{known.title} ({known.id})" if known else "A licence that govkg does not know"
        yield f"  {iri}"
        yield f"  asks: {', '.join(known.terms) or 'nothing'}" if known else "  asks: read it"
        yield from (_line(each) for each in dump.included() if iri in each.licences)
    unknown = [each for each in dump.included() if not each.licences]
    if unknown:
        yield "\nNo licence is stated: do not pass these on before you have asked."
        yield from map(_line, unknown)
    if dump.left_out:
        yield "\nLeft out, because they are under no open licence or nobody says under which:"
        yield from (f"  - {graph or 'the unnamed graph'}" for graph in dump.left_out)
    if any(each.dataset == SHAPES for each in dump.files):
        yield "\nThe shapes are under CC BY 4.0: https://creativecommons.org/licenses/by/4.0/"


def _line(holding: Holding) -> str:
    title = holding.titles.get("en") or next(iter(holding.titles.values()), "")
    words = [f"  - {holding.graph or 'the unnamed graph'}", title, holding.publisher]
    return ": ".join(filter(None, [words[0], ", ".join(filter(None, words[1:]))])) + (
        f" <{' '.join(holding.sources)}>" if holding.sources else ""
    )
