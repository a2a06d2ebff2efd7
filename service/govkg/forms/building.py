"""Make triples of records, remember where each came from, and tell what cannot be understood."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, Triple

from govkg.errors import GovkgError
from govkg.forms.choices import Choices, normalised
from govkg.forms.keys import iri_of, local_name, suggested
from govkg.forms.model import LANGUAGES, Entity, Field, Form, Words
from govkg.forms.places import Columns, FormPlaces
from govkg.forms.problems import MAX_PROBLEMS, Problem, finding, nearest
from govkg.forms.records import Cell, Record
from govkg.forms.values import Values, text_of
from govkg.rdf import Node, format_named, read
from govkg.validation import Finding, Place
from govkg.vocabulary import RDF

_SPLIT = re.compile(r"\s*[;；\n]\s*")


@dataclass(frozen=True)
class Filled:
    """What a filled-in form says."""

    triples: list[Triple]
    places: FormPlaces
    problems: tuple[Finding, ...]


class TooManyProblemsError(Exception):
    """So much is wrong that reading on would help nobody."""


@dataclass(frozen=True)
class _Reference:
    """A name that may turn out to be the key or the label of a row."""

    focus: str
    """The IRI of the node in whose row it stands."""
    field: Field
    targets: tuple[str, ...]
    token: str
    iri: str
    """What it means if it is a key; nothing if it cannot be one."""
    place: Place
    upward: bool = False
    """Whether the row hangs on what is named, instead of naming it."""

    def triple(self, iri: str) -> Triple:
        """Return the statement that the reference makes if it means a node."""
        ends = (iri, self.focus) if self.upward else (self.focus, iri)
        return Triple(NamedNode(ends[0]), NamedNode(self.field.path), NamedNode(ends[1]))


class Builder:
    """Takes records one after the other, and gives the triples at the end."""

    def __init__(self, form: Form) -> None:
        """Begin an empty document of a form."""
        self._form = form
        self._values = Values()
        self._types = {entity.key: Choices(entity.types) for entity in form.entities}
        self._triples: dict[Triple, None] = {}
        self._places = FormPlaces()
        self._problems: list[Finding] = []
        self._references: list[_Reference] = []
        self._rows: dict[str, Entity] = {}
        self._labels: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
        self._columns: dict[str, Columns] = {}
        self._statements: list[tuple[str, Place]] = []
        self._case = ""

    # --- what readers of formats call

    def add(self, record: Record, columns: Columns | None = None) -> str:
        """Take a record and return the IRI of its node; raises TooManyProblemsError."""
        entity = record.entity
        case = self._case_of(record)
        iri = self._iri(record, case)
        if iri in self._rows and not record.continues:
            self.problem(Problem("F09", iri), self._at(record, "key"), iri)
        first = iri not in self._rows
        self._rows.setdefault(iri, entity)
        self._places.remember(iri, record.place, columns or {})
        if entity is self._form.root:
            self._case = iri
        self._add_types(record, iri, first=first)
        self._add_parents(record, iri, case)
        for column, cells in record.cells.items():
            key, _, language = column.partition("@")
            field = entity.by_key.get(key)
            if field:
                for cell in cells:
                    self._add(iri, field, cell, language, case)
        return iri

    def link(self, parent: str, field: Field, iri: str) -> None:
        """Hang a node on the one above it."""
        self._triple(parent, field.path, NamedNode(iri))

    def statement(self, text: str, place: Place) -> None:
        """Take a statement in N-Triples for which the form has no field."""
        self._statements.append((text, place))

    def problem(
        self,
        problem: Problem,
        place: Place,
        focus: str,
        field: Field | None = None,
        entity: Entity | None = None,
        *,
        lenient: bool = False,
    ) -> None:
        """Take note of a problem; raises TooManyProblemsError when there are too many."""
        name = entity.labels if entity else None
        found = finding(problem, place, focus, field, name)
        self._problems.append(replace(found, severity="warning") if lenient else found)
        if len(self._problems) >= MAX_PROBLEMS:
            most = Problem("F10", f"{MAX_PROBLEMS:,}")
            self._problems.append(finding(most, place, focus, None))
            raise TooManyProblemsError

    def finish(self) -> Filled:
        """Look all references up, and return what the document says."""
        known = set(self._rows)
        with suppress(TooManyProblemsError):
            for reference in self._references:
                self._resolve(reference, known)
            self._read_statements()
        return self.filled()

    def filled(self) -> Filled:
        """Return what was understood so far."""
        return Filled(list(self._triples), self._places, tuple(self._problems))

    def _read_statements(self) -> None:
        """Read all statements together, since they may share blank nodes; else one by one."""
        try:
            found = _parsed("\n".join(text for text, _ in self._statements))
        except GovkgError:
            found = []
            for text, place in self._statements:
                try:
                    found += _parsed(text)
                except GovkgError as error:
                    wrong = Problem("F13", text, expected=_expected(error))
                    self.problem(wrong, place, self._form.root.namespace)
        self._triples.update(dict.fromkeys(found))

    # --- one record

    def _case_of(self, record: Record) -> str:
        """Return the case that a record belongs to, whose parts its plain keys name."""
        if record.entity is self._form.root:
            return ""
        for cell in record.cells.get(self._form.root.key, ()):
            for token in split(cell):
                found = iri_of(token, self._form.root, self._form, "")
                if isinstance(found, str):
                    return found.partition("#")[0]
        return self._case

    def _iri(self, record: Record, case: str) -> str:
        """Return the IRI of a record's node; a row without a usable key gets one of its number."""
        entity = record.entity
        cells = record.cells.get("key", ())
        texts = [(text_of(cell).strip(), cell) for cell in cells if text_of(cell).strip()]
        stand_in = (case or self._form.root.namespace + "unnamed") + "#" + record.key
        if entity.namespace:
            stand_in = entity.namespace + record.key
        if not texts:
            if entity.namespace:
                hint = tuple(filter(None, [self._suggested(record)]))
                missing = Problem("F08", "", nearest=hint)
                self.problem(missing, self._at(record, "key"), stand_in, entity=entity)
            return stand_in
        text, cell = texts[0]
        found = iri_of(text, entity, self._form, case)
        if isinstance(found, str):
            return found
        self.problem(found, cell.place, stand_in, entity=entity)
        return stand_in

    def _suggested(self, record: Record) -> str:
        """Return a key made of a record's English name."""
        named = (cells for column, cells in record.cells.items() if column.endswith("@en"))
        return next((suggested(text_of(cells[0])) for cells in named if cells), "")

    def _at(self, record: Record, column: str) -> Place:
        cells = record.cells.get(column)
        return cells[0].place if cells else record.place

    def _add_types(self, record: Record, iri: str, *, first: bool) -> None:
        entity = record.entity
        wanted = [(t, cell) for cell in record.cells.get("type", ()) for t in split(cell)]
        found = False
        for text, cell in wanted:
            kind = self._types[entity.key].find(text)
            if isinstance(kind, str):
                self._triple(iri, RDF + "type", NamedNode(kind))
                found = True
            else:
                self.problem(kind, cell.place, iri, entity=entity)
        if first and not found:
            self._triple(iri, RDF + "type", NamedNode(entity.target))

    def _add_parents(self, record: Record, iri: str, case: str) -> None:
        """Hang a record's node on those that its columns, the document or the only case name."""
        link = self._form.parents.get(record.entity.key)
        if link is None:
            return
        cells = [c for c in record.cells.get(link.entity.key, ()) if text_of(c).strip()]
        for cell in cells:
            for token in split(cell):
                self._refer(
                    iri, link.field, (link.entity.key,), token, cell.place, case, upward=True
                )
        alone = link.entity is self._form.root and not record.nested and not cells
        if alone and case and iri.partition("#")[0] == case and not self._is_qualified(record):
            self.link(case, link.field, iri)

    def _is_qualified(self, record: Record) -> bool:
        """Say whether a key names its case itself, so that nothing is added to it."""
        texts = [text_of(cell) for cell in record.cells.get("key", ())]
        return any("#" in text or ":" in text for text in texts)

    # --- one value

    def _add(self, iri: str, field: Field, cell: Cell, language: str, case: str) -> None:
        if field.kind in {"reference", "part"}:
            for token in split(cell):
                self._refer(iri, field, field.targets, token, cell.place, case)
            return
        for value in self._values.read(field, cell, language):
            if isinstance(value, Problem):
                self.problem(value, cell.place, iri, field)
            else:
                self._triple(iri, field.path, value)
                if field.kind == "text" and isinstance(value, Literal):
                    self._label(iri, value.value)

    def _label(self, iri: str, words: str) -> None:
        """Remember a name by which other rows may refer to this one."""
        if len(words) <= 200:
            entity = self._rows[iri]
            self._labels[entity.key].setdefault(normalised(words), set()).add(iri)

    def _refer(
        self,
        iri: str,
        field: Field,
        targets: tuple[str, ...],
        token: str,
        place: Place,
        case: str,
        *,
        upward: bool = False,
    ) -> None:
        """Take a reference; what is no key may be a label, which is known at the end."""
        found = iri_of(token, self._form.by_key[targets[0]], self._form, case)
        meant = found if isinstance(found, str) else ""
        reference = _Reference(iri, field, targets, token, meant, place, upward)
        if meant:
            self._triples[reference.triple(meant)] = None
        if not token.startswith(("http", "urn")):
            self._references.append(reference)

    def _resolve(self, reference: _Reference, known: set[str]) -> None:
        """Find the row that a reference means, or tell that there is none."""
        if reference.iri in known:
            return
        labelled: set[str] = set()
        for each in reference.targets:
            labelled |= self._labels[each].get(normalised(reference.token), set())
        if len(labelled) == 1:
            if reference.iri:
                self._triples.pop(reference.triple(reference.iri), None)
            self._triples[reference.triple(labelled.pop())] = None
            return
        close = nearest(reference.token, self._names(reference.targets))
        target = self._form.by_key[reference.targets[0]]
        problem = Problem("F06", reference.token, close)
        shared = bool(reference.iri and target.namespace)  # it may be described elsewhere
        field = None if reference.upward else reference.field
        self.problem(problem, reference.place, reference.focus, field, target, lenient=shared)

    def _names(self, targets: tuple[str, ...]) -> Iterator[str]:
        """Yield the keys of the rows of some entities."""
        for iri, entity in self._rows.items():
            if entity.key in targets:
                yield local_name(iri)

    def _triple(self, subject: str, path: str, value: Node) -> None:
        self._triples[Triple(NamedNode(subject), NamedNode(path), value)] = None


def _parsed(text: str) -> list[Triple]:
    """Read N-Triples."""
    quads = read(text.encode(), format_named("n-triples"))
    return [Triple(quad.subject, quad.predicate, quad.object) for quad in quads]


def _expected(error: GovkgError) -> Words:
    return {language: error.text(language) for language in LANGUAGES}


def split(cell: Cell) -> list[str]:
    """Return the names in a cell of keys."""
    return [token for token in _SPLIT.split(text_of(cell).strip()) if token]
