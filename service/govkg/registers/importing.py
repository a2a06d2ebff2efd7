"""From the file of a register to its named graph, and what that changes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Triple

from govkg.cases.graphs import Graphs
from govkg.registers.mapping import Mapping
from govkg.registers.objects import read_geojson, read_popolo
from govkg.registers.reading import Remark
from govkg.registers.skos import read_skos
from govkg.registers.table import read_table
from govkg.registers.unit import Government, Unit
from govkg.registers.writing import describe_government, describe_register, describe_unit

_READERS = {
    "table": read_table, "skos": read_skos, "popolo": read_popolo, "geojson": read_geojson,
}  # fmt: skip


@dataclass(frozen=True)
class Differences:
    """What an import changes, as names of units."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    @classmethod
    def between(cls, before: Iterable[Triple], after: Iterable[Triple]) -> "Differences":
        """Compare two states of a graph, by what each says about each subject."""
        old, new = _by_subject(before), _by_subject(after)
        both = old.keys() & new.keys()
        changed = sorted(name for name in both if old[name] != new[name])
        return cls(
            added=tuple(sorted(new.keys() - old.keys())),
            changed=tuple(changed),
            removed=tuple(sorted(old.keys() - new.keys())),
            unchanged=len(both) - len(changed),
        )


def _by_subject(triples: Iterable[Triple]) -> dict[str, set[Triple]]:
    found: defaultdict[str, set[Triple]] = defaultdict(set)
    for triple in triples:
        found[str(triple.subject)].add(triple)
    return dict(found)


@dataclass(frozen=True)
class Imported:
    """A register, read and ready to be put into its graph."""

    graph: NamedNode
    mapping: Mapping
    version: str
    units: tuple[Unit, ...]
    remarks: tuple[Remark, ...]
    governments: tuple[Government, ...] = ()

    @property
    def triples(self) -> list[Triple]:
        """What the graph is to hold; the same file always gives the same triples."""
        source = self.mapping.register_
        said = describe_register(self.graph, source, self.version)
        said += [t for unit in self.units for t in describe_unit(self.graph, source, unit)]
        return said + [
            t for each in self.governments for t in describe_government(self.graph, each)
        ]

    def report(self, before: Iterable[Triple]) -> dict[str, Any]:
        """Return, as JSON values, what the import changes and what was wrong with the source."""
        differences = Differences.between(before, self.triples)
        return {
            "register": self.mapping.register_.id,
            "graph": self.graph.value,
            "version": self.version,
            "units": len(self.units),
            "governments": len(self.governments),
            "added": list(differences.added),
            "changed": list(differences.changed),
            "removed": list(differences.removed),
            "unchanged": differences.unchanged,
            "remarks": [vars(remark) for remark in self.remarks],
        }


def prepare(
    path: Path, mapping: Mapping, base: str, version: str = "", known: Iterable[Unit] = ()
) -> Imported:
    """Read the file of a register.

    ``base`` is the IRI under which graphs are named. Without a ``version`` the file's hash is it.
    ``known`` are the units of the register in which the mapping says that parents are.
    Raises MappingError, NotFoundError and, but for tables, DocumentSyntaxError and
    UnsafeInputError.
    """
    reading = _READERS[mapping.form](path, mapping, known)
    graph = Graphs(base).register(mapping.register_.id)
    version = version or "sha256:" + sha256(path.read_bytes()).hexdigest()[:16]
    return Imported(
        graph, mapping, version, tuple(reading.units), tuple(reading.remarks),
        tuple(reading.governments),
    )  # fmt: skip
