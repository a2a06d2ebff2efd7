"""Read a form from SHACL: the form shapes say what is asked, the rules what a field may hold.

A field comes from a property shape of a form, or of a rule that targets one class alone; so a rule
with a new property brings a new field. Rules over several classes only refine the fields there are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from govkg import bundle
from govkg.errors import NotFoundError
from govkg.forms.model import LANGUAGES, Entity, Field, Form, Group, Kind, Level, Option, Words
from govkg.ontology import (
    ALT_LABEL,
    EXAMPLE,
    LABEL,
    PREF_LABEL,
    TYPE,
    Ontology,
    load_ontology,
    read_files,
)
from govkg.rdf import Node
from govkg.vocabulary import DASH, DATES, GC, GOV, GSH, RDF, RDFS, SH, XSD

_SUBCLASS = NamedNode(RDFS + "subClassOf")
_PART_EDITOR = NamedNode(DASH + "DetailsEditor")
_URI_START = NamedNode(DASH + "uriStart")
_EDITOR = NamedNode(DASH + "editor")
_LEAST = NamedNode(GSH + "Profile-minimal")
_AS_WARNING = NamedNode(GSH + "asWarning")
_NUMBERS = {XSD + name for name in ("decimal", "integer", "double")}


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


@cache
def load_form(name: str = "cases") -> Form:
    """Read the form of this name from the bundled shapes; raises NotFoundError if there is none."""
    for path in bundle.forms():
        if path.stem == name:
            return read_form(name, read_files([*bundle.shapes(), path]), load_ontology())
    names = ", ".join(path.stem for path in bundle.forms())
    raise NotFoundError(what="form", name=name, hint=f"There are: {names}.")


def read_form(name: str, shapes: Iterable[Triple], ontology: Ontology) -> Form:
    """Read a form from the shapes of its rules and its fields."""
    return _Reader(Ontology(shapes), ontology).form(name)


@dataclass
class _Gathered:
    """What the shapes say of one path of one class."""

    path: str
    own: list[Node] = field(default_factory=list)
    """Property shapes with this very path, those of the form first."""
    mixed: list[Node] = field(default_factory=list)
    """Property shapes that have the path among alternatives, or target several classes."""

    @property
    def all(self) -> list[Node]:
        return self.own + self.mixed


class _Reader:
    """Reads one form."""

    def __init__(self, shapes: Ontology, ontology: Ontology) -> None:
        self._shapes = shapes
        self._ontology = ontology
        targets = [t for t in shapes.triples if t.predicate == _sh("targetClass")]
        self._targeting: dict[Node, list[Node]] = {}
        for triple in targets:
            self._targeting.setdefault(triple.object, []).append(triple.subject)
        coded = (t for t in targets if shapes.values(t.subject, _sh("codeIdentifier")))
        self._forms = {t.object: t.subject for t in coded if isinstance(t.object, NamedNode)}
        self._derived = set(self._derived_classes())
        self._softened = set(shapes.values(_LEAST, _AS_WARNING))

    def form(self, name: str) -> Form:
        """Read all entities, and the groups of their fields."""
        entities = [self._entity(target, shape) for target, shape in self._forms.items()]
        groups = [
            Group(_local(node), self._words(node, LABEL), self._order(node))
            for node in self._shapes.members(_sh("PropertyGroup"))
        ]
        return Form(name, tuple(sorted(entities, key=_rank)), tuple(sorted(groups, key=_rank)))

    def _entity(self, target: NamedNode, shape: Node) -> Entity:
        gathered = self._gather(target, shape)
        fields = [self._field(each) for each in gathered.values() if each.own]
        example = self._shapes.values(shape, EXAMPLE)
        kinds = [each for node in example if (each := self._shapes.values(node, TYPE))]
        return Entity(
            key=self._text(shape, "codeIdentifier"),
            target=target.value,
            labels=self._words(shape, _sh("name")),
            descriptions=self._words(shape, _sh("description")),
            order=self._order(shape),
            namespace=_value(self._shapes.values(shape, _URI_START)),
            example=_value(example),
            example_type=next(map(_value, kinds), target.value),
            types=tuple(self._option(each) for each in self._kinds_of(target)),
            fields=tuple(sorted(fields, key=_rank)),
        )

    # --- which shapes speak of a field

    def _gather(self, target: NamedNode, form: Node) -> dict[str, _Gathered]:
        """Collect the property shapes of a class by path."""
        found: dict[str, _Gathered] = {}
        for broader in self._broader(target):
            shapes = self._targeting.get(broader, [])
            for holder in sorted(shapes, key=lambda each: (each != form, str(each))):
                alone = len(self._shapes.values(holder, _sh("targetClass"))) == 1
                for shape in self._property_shapes(holder):
                    self._sort_in(found, shape, own=alone and broader == target)
        return found

    def _sort_in(self, found: dict[str, _Gathered], shape: Node, *, own: bool) -> None:
        for path in self._paths(shape):
            each = found.setdefault(path, _Gathered(path))
            simple = self._simple_path(shape) == path
            (each.own if own and simple else each.mixed).append(shape)

    def _property_shapes(self, holder: Node) -> Iterator[Node]:
        if self._shapes.values(holder, _sh("path")):
            yield holder
        yield from self._shapes.values(holder, _sh("property"))

    def _simple_path(self, shape: Node) -> str:
        path = self._shapes.values(shape, _sh("path"))
        return path[0].value if path and isinstance(path[0], NamedNode) else ""

    def _paths(self, shape: Node) -> list[str]:
        """Return the path of a property shape, or its plain alternatives; never rdf:type."""
        found: list[Node] = []
        for path in self._shapes.values(shape, _sh("path")):
            heads = self._shapes.values(path, _sh("alternativePath"))
            found += [each for head in heads for each in self._shapes.members_of(head)]
            found += [] if heads else [path]
        iris = (each.value for each in found if isinstance(each, NamedNode))
        return [iri for iri in iris if iri != RDF + "type"]

    # --- what a field is

    def _field(self, gathered: _Gathered) -> Field:
        head = gathered.own[0]
        options, targets = self._choices(gathered)
        return Field(
            key=self._text(head, "codeIdentifier") or _local(NamedNode(gathered.path)),
            path=gathered.path,
            shape=head.value if isinstance(head, NamedNode) else "",
            kind=self._kind(gathered, options, targets),
            labels=self._words(head, _sh("name")),
            descriptions=self._words(head, _sh("description")),
            group=_local_of(self._shapes.values(head, _sh("group"))),
            order=self._order(head),
            level=self._level(gathered),
            many="1" not in self._texts(gathered.own, "maxCount"),
            options=options,
            targets=targets,
            examples=tuple(self._shapes.values(head, EXAMPLE)),
            rules=self._rules(gathered),
            is_basic=self._is_basic(gathered),
            minimum=_number(self._texts(gathered.own, "minInclusive")),
            maximum=_number(self._texts(gathered.own, "maxInclusive")),
            pattern=next(iter(self._texts(gathered.own, "pattern")), ""),
        )

    def _kind(
        self, gathered: _Gathered, options: tuple[Option, ...], targets: tuple[str, ...]
    ) -> Kind:
        editors = [e for shape in gathered.own for e in self._shapes.values(shape, _EDITOR)]
        if targets:
            return "part" if _PART_EDITOR in editors else "reference"
        if options:
            return "concept"
        kinds = self._datatypes(gathered.own) or self._datatypes(gathered.mixed)
        if kinds & _NUMBERS:
            return "number"
        if kinds & set(DATES):
            return "date"
        if RDF + "langString" in kinds:
            return "text"
        return "iri" if SH + "IRI" in self._texts(gathered.own, "nodeKind") else "string"

    def _datatypes(self, shapes: Iterable[Node]) -> set[str]:
        """Return the datatypes that shapes ask for, or let one choose from."""
        found: set[str] = set()
        for shape in shapes:
            found |= set(self._texts([shape], "datatype"))
            for head in self._shapes.values(shape, _sh("or")):
                found |= set(self._texts(self._shapes.members_of(head), "datatype"))
        return found

    def _level(self, gathered: _Gathered) -> Level:
        """Return how much a field is wanted: by the gravest rule that asks for one value."""
        level: Level = "optional"
        for shape in gathered.all:
            wanted = [*self._texts([shape], "minCount"), *self._texts([shape], "qualifiedMinCount")]
            if not any(int(number) > 0 for number in wanted):
                continue
            if self._demands(shape) and self._simple_path(shape) == gathered.path:
                return "required"
            level = "recommended"
        return level

    def _is_basic(self, gathered: _Gathered) -> bool:
        """Say whether a shape that the least profile takes for grave asks for one value."""
        strict = (shape for shape in gathered.all if shape not in self._softened)
        return any(self._demands(each) and gathered.path in self._paths(each) for each in strict)

    def _demands(self, shape: Node) -> bool:
        """Say whether it is grave to give no value of what a shape is about."""
        least = self._texts([shape], "minCount")
        return SH + "Violation" in self._texts([shape], "severity") and any(map(int, least))

    def _rules(self, gathered: _Gathered) -> tuple[str, ...]:
        rule = NamedNode(GOV + "ruleId")
        found = (r for s in gathered.all for r in self._shapes.values(s, rule))
        return tuple(sorted({each.value for each in found if isinstance(each, Literal)}))

    # --- options

    def _choices(self, gathered: _Gathered) -> tuple[tuple[Option, ...], tuple[str, ...]]:
        """Return the options of a field, or the keys of the entities that it refers to."""
        for shape in gathered.all:
            for head in self._shapes.values(shape, _sh("in")):
                members = self._shapes.members_of(head)
                nodes = [each for each in members if isinstance(each, NamedNode)]
                return tuple(self._option(each) for each in nodes), ()
        classes = {c for shape in gathered.all for c in self._shapes.values(shape, _sh("class"))}
        targets = {key for each in classes for key in self._entities_of(each)}
        if targets:
            return (), tuple(sorted(targets))
        concepts = {m for each in classes for m in self._members(each)}
        return tuple(self._option(each) for each in sorted(concepts, key=str)), ()

    def _entities_of(self, kind: Node) -> Iterator[str]:
        """Yield the entities of which some or all nodes are of a class."""
        for target, shape in self._forms.items():
            if target in self._broader(kind) or kind in self._broader(target):
                yield self._text(shape, "codeIdentifier")

    def _members(self, kind: Node) -> Iterator[NamedNode]:
        """Yield the concepts of a class and its narrower ones."""
        for narrower in self._narrower(kind):
            if isinstance(narrower, NamedNode):
                for member in self._ontology.members(narrower):
                    if member.value.startswith(GC):
                        yield member

    def _option(self, iri: NamedNode) -> Option:
        labels = self._ontology.texts(iri, PREF_LABEL) or self._shapes.texts(iri, LABEL)
        others = self._ontology.values(iri, ALT_LABEL)
        key = _local(iri) if self._ontology.values(iri, TYPE) else iri.value
        words = _both(labels, key)
        return Option(
            iri.value, key, words, tuple(n.value for n in others if isinstance(n, Literal))
        )

    def _kinds_of(self, target: NamedNode) -> list[NamedNode]:
        """Return the classes that a node of an entity may have, the plain one first."""
        narrower = (each for each in self._narrower(target) if each not in self._derived)
        named = {each for each in narrower if isinstance(each, NamedNode)} - {target}
        return [target, *sorted(named, key=str)]

    def _derived_classes(self) -> Iterator[Node]:
        """Yield the classes that a rule forbids to write by hand."""
        for triple in self._shapes.triples:
            if triple.predicate == _sh("path") and triple.object == TYPE:
                for banned in self._shapes.values(triple.subject, _sh("not")):
                    for head in self._shapes.values(banned, _sh("in")):
                        yield from self._shapes.members_of(head)

    def _broader(self, kind: Node) -> list[Node]:
        """Return a class and those above it, the class itself first."""
        found = [kind]
        for each in found:
            above = self._ontology.values(each, _SUBCLASS)
            found += [n for n in above if n not in found and isinstance(n, NamedNode)]
        return found

    def _narrower(self, kind: Node) -> list[Node]:
        """Return a class and those below it."""
        return [kind, *(t for t in self._classes() if t != kind and kind in self._broader(t))]

    def _classes(self) -> list[Node]:
        found = (t.subject for t in self._ontology.triples if t.predicate == _SUBCLASS)
        return list(dict.fromkeys(each for each in found if isinstance(each, NamedNode)))

    # --- words and numbers

    def _words(self, node: Node, predicate: NamedNode) -> Words:
        return _both(self._shapes.texts(node, predicate), _local(node))

    def _text(self, node: Node, name: str) -> str:
        return next(iter(self._texts([node], name)), "")

    def _texts(self, nodes: Iterable[Node], name: str) -> list[str]:
        values = (v for node in nodes for v in self._shapes.values(node, _sh(name)))
        return [value.value for value in values if isinstance(value, NamedNode | Literal)]

    def _order(self, node: Node) -> int:
        return int(self._text(node, "order") or 1000)


def _both(texts: dict[str, str], fallback: str) -> Words:
    """Return words for each of our languages; English stands in for a missing one."""
    english = texts.get("en") or next(iter(texts.values()), fallback)
    return {language: texts.get(language, english) for language in LANGUAGES}


def _rank(item: Entity | Field | Group) -> tuple[int, str]:
    return item.order, item.key


def _value(nodes: list[Node]) -> str:
    return next((n.value for n in nodes if isinstance(n, NamedNode | Literal)), "")


def _number(texts: list[str]) -> Decimal | None:
    return Decimal(texts[0]) if texts else None


def _local(node: Node) -> str:
    text = node.value if isinstance(node, NamedNode) else str(node)
    return text.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def _local_of(nodes: list[Node]) -> str:
    return _local(nodes[0]) if nodes else ""
