"""Turn triples into rows of a form, so that reading the rows gives the triples again.

Whatever has no place in the form, or would be read back as anything else, becomes a statement in
N-Triples: nothing is lost, and this is checked value by value while the rows are written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from govkg.forms.keys import iri_of, key_of
from govkg.forms.model import Entity, Field, Form, Link
from govkg.forms.records import Cell
from govkg.forms.values import SEPARATOR, Values
from govkg.rdf import Node
from govkg.validation import Place
from govkg.vocabulary import RDF

_NOWHERE = Place()
_LONGEST = 32_000  # characters of a cell; a spreadsheet holds 32,767


@dataclass(frozen=True)
class WrittenRow:
    """One node as a row: the text of its cells by column."""

    iri: str
    entity: Entity
    cells: dict[str, str]
    options: frozenset[str] = frozenset()
    """The columns whose text is the key of an option."""
    case: str = ""
    """The IRI of the case whose parts its keys name, if they need one."""
    parents: tuple[str, ...] = ()
    """The IRIs of the nodes on which it hangs."""


@dataclass
class Tables:
    """A whole document as rows of each entity, and the statements that fit in no row."""

    rows: dict[str, list[WrittenRow]] = field(default_factory=dict)
    statements: list[Triple] = field(default_factory=list)
    languages: tuple[str, ...] = ()


def tables_of(form: Form, triples: Iterable[Triple]) -> Tables:
    """Return triples as rows of a form."""
    return _Unbuilder(form, list(dict.fromkeys(triples))).tables()


class _Unbuilder:
    """Writes the rows of one document."""

    def __init__(self, form: Form, triples: list[Triple]) -> None:
        self._form = form
        self._values = Values()
        self._left = dict.fromkeys(triples)
        self._of: defaultdict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        self._above: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                self._of[triple.subject.value][triple.predicate.value].append(triple.object)
                if isinstance(triple.object, NamedNode):
                    key = (triple.object.value, triple.predicate.value)
                    self._above[key].append(triple.subject.value)

    def tables(self) -> Tables:
        """Write all rows, then the statements that are left."""
        found = Tables({entity.key: [] for entity in self._form.entities})
        for iri in self._of:
            entity = self._entity(iri)
            if entity:
                found.rows[entity.key].append(self._row(iri, entity))
        tags = {c.partition("@")[2] for rows in found.rows.values() for r in rows for c in r.cells}
        found.languages = tuple(sorted(tags - {""}))
        found.statements = list(self._left)
        return found

    def _entity(self, iri: str) -> Entity | None:
        kinds = self._of[iri].get(RDF + "type", ()) if iri in self._of else ()
        known = (self._form.by_type.get(k.value) for k in kinds if isinstance(k, NamedNode))
        return next((entity for entity in known if entity), None)

    def _row(self, iri: str, entity: Entity) -> WrittenRow:
        """Write one row, and take from the statements what it says."""
        cells: dict[str, str] = {}
        options: set[str] = {"type"} if len(entity.types) > 1 else set()
        case, parents = self._write_parents(iri, entity, cells)
        self._write_key(iri, entity, cells, case)
        self._write_types(iri, entity, cells)
        for each in entity.cells:
            self._write_field(iri, each, cells, case)
            if each.options and each.key in cells:
                options.add(each.key)
        return WrittenRow(iri, entity, cells, frozenset(options), case, parents)

    def _write_parents(
        self, iri: str, entity: Entity, cells: dict[str, str]
    ) -> tuple[str, tuple[str, ...]]:
        """Name what a node hangs on; return the case whose parts its keys name, and the parents."""
        root, link = self._form.root, self._form.parents.get(entity.key)
        if entity.namespace:
            return (iri if entity is root else ""), ()
        own = iri.partition("#")[0]
        key = key_of(own, root, self._form, "")
        described = self._entity(own) is root
        if not described or own in {iri, key} or (link and link.entity is root):
            own = ""
        else:
            cells[root.key] = key
        if link is None:
            return own, ()
        parents = self._name_parents(iri, link, cells, own)
        if link.entity is root:
            own = parents[0] if parents else ""
        return own, parents

    def _name_parents(
        self, iri: str, link: Link, cells: dict[str, str], case: str
    ) -> tuple[str, ...]:
        """Write the column that names the nodes above, those of the node's own case first."""
        above = dict.fromkeys(self._above[iri, link.field.path])
        own = iri.partition("#")[0]
        nodes = [each for each in above if self._entity(each) is link.entity]
        named: dict[str, str] = {}
        for node in sorted(nodes, key=lambda each: (each != own, each)):
            key = key_of(node, link.entity, self._form, case)
            if iri_of(key, link.entity, self._form, case) == node and _is_one(key):
                named[node] = key
                self._take(node, link.field.path, NamedNode(iri))
        if named:
            cells[link.entity.key] = SEPARATOR.join(named.values())
        return tuple(named)

    def _write_key(self, iri: str, entity: Entity, cells: dict[str, str], case: str) -> None:
        cells["key"] = key_of(iri, entity, self._form, case)

    def _write_types(self, iri: str, entity: Entity, cells: dict[str, str]) -> None:
        known = {option.iri: option for option in entity.types}
        kinds = [k for k in self._of[iri].get(RDF + "type", ()) if isinstance(k, NamedNode)]
        found = [known[kind.value] for kind in kinds if kind.value in known]
        if len(entity.types) > 1:
            cells["type"] = SEPARATOR.join(option.key for option in found)
        for option in found:
            self._take(iri, RDF + "type", NamedNode(option.iri))

    def _write_field(self, iri: str, field: Field, cells: dict[str, str], case: str) -> None:
        values = self._of[iri].get(field.path, [])
        if field.kind in {"text", "string"}:
            self._write_words(iri, field, values, cells)
            return
        texts = []
        for value in values:
            text = self._text(field, value, case)
            if text is not None:
                texts.append(text)
                self._take(iri, field.path, value)
        if texts:
            cells[field.key] = SEPARATOR.join(texts)

    def _write_words(
        self, iri: str, field: Field, values: list[Node], cells: dict[str, str]
    ) -> None:
        """Write words into a column for each language; a second value in one is a statement."""
        for value in values:
            if not isinstance(value, Literal):
                continue
            column = f"{field.key}@{value.language}" if value.language else field.key
            same = list(self._values.read(field, Cell(value.value, _NOWHERE), value.language or ""))
            if column not in cells and same == [value] and is_plain(value.value):
                cells[column] = value.value
                self._take(iri, field.path, value)

    def _text(self, field: Field, value: Node, case: str) -> str | None:
        """Return the text of one value, if it is read back as that value."""
        if field.kind == "reference":
            target = self._form.by_key[field.targets[0]]
            if not isinstance(value, NamedNode):
                return None
            key = key_of(value.value, target, self._form, case)
            return (
                key
                if iri_of(key, target, self._form, case) == value.value and _is_one(key)
                else None
            )
        if isinstance(value, Triple | BlankNode):
            return None
        text = next((o.key for o in field.options if o.iri == value.value), value.value)
        read = list(self._values.read(field, Cell(text, _NOWHERE)))
        return text if read == [value] and is_plain(text) else None

    def _take(self, subject: str, path: str, value: Node) -> None:
        """Take a statement off those that are left."""
        self._left.pop(Triple(NamedNode(subject), NamedNode(path), value), None)


def _is_one(key: str) -> bool:
    """Say whether a key would be read as one name."""
    return not any(each in key for each in ";；\n ")


def is_plain(text: str) -> bool:
    """Say whether every table keeps a text as it is: no control characters, not too long."""
    plain = all(
        each in "\n\t" or (ord(each) >= 32 and each not in "\x7f\ufffe\uffff") for each in text
    )
    return plain and len(text) <= _LONGEST and "_x" not in text and not any(
        0xD800 <= ord(each) <= 0xDFFF or 0x7F <= ord(each) < 0xA0 for each in text
    )  # fmt: skip


def statement_of(triple: Triple) -> str:
    """Return a statement in N-Triples, with nothing in it that a table could change."""
    text = f"{triple} ."
    found = "".join(each if each.isprintable() else _escaped(each) for each in text)
    return found.replace("_x", "\\u005Fx")


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def chunks(text: str) -> Iterator[str]:
    """Yield a text in pieces that a cell can hold."""
    for start in range(0, len(text), _LONGEST):
        yield text[start : start + _LONGEST]
