"""Say what the rules find in the words of those who filled in a form.

The messages of the shapes are written for authors of RDF: they name properties, classes and
concepts. Here each name becomes what stands before the submitter, such as the label of a column. A
sentence that only an author of RDF can follow is left out, and the form itself, which was read from
the same shapes, says what to do: see decision 33.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from pyoxigraph import NamedNode, Triple

from govkg.errors import Language
from govkg.forms.keys import local_name
from govkg.forms.model import LANGUAGES, Entity, Field, Form, Words
from govkg.forms.naming import TABLES, Medium, Names
from govkg.ontology import TYPE
from govkg.rdf import Node
from govkg.validation import Finding, Path, Places, Report
from govkg.validation.expecting import kind
from govkg.validation.shapes import text_of
from govkg.vocabulary import GC, GOV, PREFIXES

_MASK: Final = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands for what the submitter wrote, which is not reworded."""
_TERM: Final = re.compile(
    r"(?:“(?P<label>[^”“]*)” \()?"
    r"(?:\b(?P<short>[a-z]+:[A-Za-z][\w-]*)|<?(?P<iri>https?://[^\s<>“”，。；、（）()]*[\w/#])>?)"
    r"(?(label)\))",
    re.ASCII,
)
"""A name of RDF, perhaps with its label before it."""
_TYPED: Final = re.compile(r'"([^"]*)"(?:@[a-z]{2}\b|\^\^xsd:\w+)?')
_SCHEME: Final = "https://w3id.org/govkg/scheme/"
_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z<“\"\ufffc])|(?<=[。！？])(?=.)")
_SPACED: Final = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_AN: Final = re.compile(r"\b([Aa]) (?=object of|entry under|“[aeiouAEIOU])")
_ADDED: Final = re.compile(r"(?<!described as )(?:\b(?:an?|one)|添加|一个) ?$")
"""What stands before a class of which something is to be added."""
_GAP: Final[Words] = {"en": " ", "zh": ""}
_GLOSSARY: Final[dict[Language, tuple[tuple[str, str], ...]]] = {
    "en": (
        (r"\bclass\b", "type"),
        (r"\ban IRI\b", "a {name}"),
        (r"\bAn IRI\b", "A {name}"),
        (r"(?<!:)\bIRI\b", "{name}"),
    ),
    "zh": (("(?<!:)IRI", "{name}"),),
}
"""Words of RDF for which a form has a word of its own."""
_NAME: Final[dict[bool, Words]] = {
    True: {"en": "web address", "zh": "网址"},
    False: {"en": "key", "zh": "键"},
}
"""What a form has in the place of IRIs, by whether a field asks for an address."""
_ONLY_RDF: Final[dict[Language, re.Pattern[str]]] = {
    "en": re.compile(
        r"\b(?:IRIs?|nodes?|subclass(?:es)?|reasoners?|concepts?|ontology|namespace|language tag"
        r"|blank|quotes|string|docs|README|RDF|OWL)\b|\b[a-z]+:[A-Za-z]|\^\^|<\w|\w@\w|https?:"
    ),
    "zh": re.compile(
        r"IRI|节点|推理机|本体|命名空间|语言标签|空白|尖括号|引号|字符串|子类|[为等该]类|docs|README|RDF|OWL"
        r"|\b[a-z]+:[A-Za-z]|\^\^|<\w|\w@\w|https?:",
        re.ASCII,
    ),
}
"""What only an author of RDF can make sense of."""


@dataclass(frozen=True)
class _Seat:
    """What a finding is about, in terms of the form."""

    entity: Entity | None
    field: Field | None
    value: str
    """The value to blame, as the submitter wrote it; nothing if there is none."""


class Rewording:
    """Rewords what is found in one document that was filled in as a form."""

    def __init__(self, form: Form, medium: Medium, triples: Iterable[Triple]) -> None:
        """Take the form, how it was filled in, and what the document says."""
        self._names = Names(form, medium)
        self._kinds: dict[Node, Entity] = {}
        self._held: dict[tuple[Node, Node], str] = {}
        self._said: dict[tuple[str, str, str, Language], str] = {}
        for triple in triples:
            self._held[triple.subject, triple.object] = triple.predicate.value
            if triple.predicate == TYPE and isinstance(triple.object, NamedNode):
                kind_of = form.by_type.get(triple.object.value)
                if kind_of:
                    self._kinds[triple.subject] = kind_of

    def report(self, report: Report, places: Places) -> Report:
        """Return a report in which every finding and every hint is reworded."""
        found = tuple(self.finding(each, places) for each in report.findings)
        scores = tuple(
            replace(
                score,
                label=score.label or local_name(text_of(score.case)),
                gaps=tuple(replace(gap, message=self._hint(gap.message)) for gap in score.gaps),
            )
            for score in report.completeness
        )
        return replace(report, findings=found, completeness=scores)

    def _hint(self, words: Words) -> Words:
        seat = _Seat(self._names.form.root, None, "")
        return {each: self._named(words[each], seat, each) for each in LANGUAGES}

    def finding(self, found: Finding, places: Places) -> Finding:
        """Return a finding in the words of the form, at the place of its field."""
        seat = self._seat(found)
        label = found.focus_label or local_name(text_of(found.focus))
        expected: Words = {each: self._expected(found, seat, each) for each in LANGUAGES}
        told = {each: self._told(found, seat, expected[each], each) for each in LANGUAGES}
        place = places.get((text_of(found.focus), seat.field.path)) if seat.field else None
        return replace(
            found,
            focus_label=label,
            name=seat.field.labels if seat.field else self._plain_name(found, seat),
            message={each: _GAP[each].join(told[each]) for each in LANGUAGES},
            remedy={each: _GAP[each].join(told[each][1:]) for each in LANGUAGES},
            expected=expected,
            place=place or found.place,
        )

    def _plain_name(self, found: Finding, seat: _Seat) -> Words:
        return {each: self._named(found.name[each], seat, each) for each in LANGUAGES}

    # --- what it is about

    def _seat(self, found: Finding) -> _Seat:
        entity = self._kinds.get(found.focus)
        value = "" if found.value is None else text_of(found.value)
        return _Seat(entity, self._field(found, entity), self._key(value) or value)

    def _key(self, iri: str) -> str:
        """Return the key by which the form names a node, if it is one of its parts."""
        for entity in self._names.form.entities:
            if entity.namespace and iri.startswith(entity.namespace):
                return iri.removeprefix(entity.namespace).rpartition("#")[2]
        return local_name(iri) if "#" in iri and NamedNode(iri) in self._kinds else ""

    def _field(self, found: Finding, entity: Entity | None) -> Field | None:
        """Return the field that a finding is about: by its path, or by the value that is there."""
        if found.path is None or entity is None:
            return None
        paths = _plain_paths(found.path)
        fields = [each for each in entity.fields if each.path in paths]
        if len(fields) != 1 and found.value is not None:
            held = self._held.get((found.focus, found.value))
            fields = [each for each in entity.fields if each.path == held]
        return fields[0] if len(fields) == 1 else None

    # --- in which words

    def _told(self, found: Finding, seat: _Seat, expected: str, language: Language) -> list[str]:
        """Return the sentences that say what is amiss and what to do."""
        own = text_of(found.value) if found.value is not None and not self._is_named(found) else ""
        first, *rest = _SENTENCES.split(_masked(found.message[language], own))
        told = [self._sentence(first, seat, language)]
        told[0] = told[0] or self._amiss(found, seat, expected, language)
        kept = [said for each in rest if (said := self._sentence(each, seat, language))]
        is_told = any(self._names.choices(language) in each for each in kept)
        if seat.field and (len(kept) < len(rest) or not rest) and not is_told:
            kept.append(self._mend(found, seat.field, seat, language))
        return [_AN.sub(r"\1n ", each).replace(_MASK, own) for each in (*told, *kept)]

    def _is_named(self, found: Finding) -> bool:
        """Say whether a value is called by a key or a label, instead of being shown as it is."""
        value = found.value
        ours = isinstance(value, NamedNode) and value.value.startswith((GOV, GC))
        return ours or bool(self._key(text_of(value) if value is not None else ""))

    def _sentence(self, text: str, seat: _Seat, language: Language) -> str:
        """Return a sentence in the words of the form, or nothing if only RDF has words for it."""
        entity, kind_of = (
            seat.entity.key if seat.entity else "",
            seat.field.kind if seat.field else "",
        )
        key = (text, entity, kind_of, language)
        if key not in self._said:
            said = self._named(text, seat, language)
            foreign = self._is_foreign(text) or _ONLY_RDF[language].search(said)
            self._said[key] = "" if foreign else said
        return self._said[key]

    def _is_foreign(self, text: str) -> bool:
        """Say whether a text names what a form has no name for.

        A table has no column for the properties that lead to parts, but a sheet; and a class of
        parts has a name only where a part is to be added.
        """
        for found in _TERM.finditer(text):
            iri, before = _iri(found), text[: found.start()]
            if self._names.medium in TABLES and iri in self._names.part_paths:
                return True
            if iri in self._names.part_classes and not _ADDED.search(before):
                return True
        return False

    def _named(self, text: str, seat: _Seat, language: Language) -> str:
        """Return a text with the names and words of the form."""
        text = _TYPED.sub(r"“\1”", text)
        text = _TERM.sub(lambda found: self._term(found, seat, language), text)
        address = seat.field is not None and seat.field.kind == "iri"
        for word, instead in _GLOSSARY[language]:
            text = re.sub(word, instead.format(name=_NAME[address][language]), text)
        return _SPACED.sub("", text) if language == "zh" else text

    def _term(self, found: re.Match[str], seat: _Seat, language: Language) -> str:
        iri = _iri(found)
        if found["label"]:
            return self._names.term(iri, seat.entity, language) or f"“{found['label']}”"
        if iri.startswith(_SCHEME):
            return self._names.choices(language)
        if key := self._key(iri):
            return f"“{key}”"
        return self._names.term(iri, seat.entity, language) or found.group()

    def _amiss(self, found: Finding, seat: _Seat, expected: str, language: Language) -> str:
        """Return what is wrong, where the message says it in terms of RDF only."""
        field, asked = seat.field, kind(found.component)
        if asked == "QualifiedMinCount" or (field is None and asked not in _COUNTS):
            return expected
        if field is None or seat.entity is None:
            return self._whole(found, seat, language)
        template = "value" if seat.value else _AMISS.get(asked, "missing")
        if template == "value" and field.targets:
            template = "key"
        return _SAID[template][language].format(
            field=self._names.field(seat.entity, field, language),
            value=seat.value,
            row=self._row(field, language),
        )

    def _mend(self, found: Finding, field: Field, seat: _Seat, language: Language) -> str:
        """Return what to do about a field, by what it holds."""
        if seat.entity is None:
            return ""
        needed: str = "one" if kind(found.component) in _AMISS else field.kind
        if found.value is not None and field.targets:
            needed = "key"
        return _MEND[needed][language].format(
            field=self._names.field(seat.entity, field, language),
            row=self._row(field, language),
            part=self._names.part(field, language) if field.targets else "",
            choices=self._names.choices(language),
        )

    def _row(self, field: Field, language: Language) -> str:
        targets = field.targets[:1]
        return next((self._names.row(self._names.form.by_key[t], language) for t in targets), "")

    def _expected(self, found: Finding, seat: _Seat, language: Language) -> str:
        """Return what is asked for: as the shape says it, or else as the form does."""
        said = self._sentence(found.expected[language], seat, language)
        if seat.field and (not said or kind(found.component) in _FORMAL):
            return self._mend(found, seat.field, seat, language)
        return said or self._whole(found, seat, language)

    def _whole(self, found: Finding, seat: _Seat, language: Language) -> str:
        """Return that something is wrong with a part, of which the form has no word for."""
        row = self._names.row(seat.entity or self._names.form.root, language)
        name = self._sentence(found.name[language], seat, language)
        return _SAID["rule" if name else "row"][language].format(row=row, rule=name)


def _iri(found: re.Match[str]) -> str:
    """Return the IRI that a name stands for, if its prefix is known."""
    prefix, _, local = (found["short"] or "").partition(":")
    return PREFIXES[prefix] + local if prefix in PREFIXES else found["iri"] or ""


def _masked(text: str, own: str) -> str:
    """Return a text in which what the submitter wrote is hidden from rewording."""
    if len(own) < _SHORTEST:
        return text
    return re.sub(rf"(?<![\w:/#-]){re.escape(own)}(?![\w:/#-])", _MASK, text)


def _plain_paths(path: Path) -> set[str]:
    """Return the properties that a path may consist of alone."""
    text = f"<{path.text}>" if isinstance(path.node, NamedNode) else path.text
    while (inner := re.sub(r"(?<=.)\([^()|]*\)", "", text)) != text:
        text = inner
    return set(re.findall(r"<([^<>]+)>", text))


_SHORTEST: Final = 3
"""How long what was written must be to be hidden: less could be a part of any word."""
_COUNTS: Final = {"MinCount", "MaxCount", "QualifiedMaxCount", "UniqueLang"}
_FORMAL: Final = {"Class", "Pattern", "Datatype", "NodeKind"}
"""Components of which the parameter says little to those who do not write RDF."""
_AMISS: Final = {"MaxCount": "many", "UniqueLang": "languages", "QualifiedMaxCount": "many"}
_SAID: Final[dict[str, Words]] = {
    "missing": {"en": "Something is missing in {field}.", "zh": "{field}缺少所需内容。"},
    "many": {"en": "There is more than one value in {field}.", "zh": "{field}有多于一个值。"},
    "languages": {
        "en": "Two values of {field} are in the same language.",
        "zh": "{field}有两个值使用同一语言。",
    },
    "value": {"en": "“{value}” does not fit {field}.", "zh": "“{value}”不适合{field}。"},
    "key": {
        "en": "“{value}” in {field} is not the key of any {row}.",
        "zh": "{field}填写的“{value}”不是{row}的键。",
    },
    "rule": {
        "en": "This {row} does not follow the rule “{rule}”.",
        "zh": "{row}不符合规则“{rule}”。",
    },
    "row": {"en": "This {row} does not follow the rules.", "zh": "{row}不符合规则。"},
}
"""What is amiss, as the form says it."""
_MEND: Final[dict[str, Words]] = {
    "part": {
        "en": "Fill in at least one {row}.",
        "zh": "请在{part}中至少填写一项。",
    },
    "reference": {
        "en": "Write into {field} the key of a {row}.",
        "zh": "请在{field}填写{row}的键。",
    },
    "concept": {
        "en": "Choose a value for {field} from {choices}.",
        "zh": "请从{choices}中为{field}选择一个值。",
    },
    "date": {
        "en": "Write a date into {field}, as 2014, 2014-05 or 2014-05-01.",
        "zh": "请在{field}填写日期，例如 2014、2014-05 或 2014-05-01。",
    },
    "number": {
        "en": "Write one number into {field}, as 0.5 or 12.",
        "zh": "请在{field}填写一个数，例如 0.5 或 12。",
    },
    "iri": {
        "en": "Write a web address into {field}, in full.",
        "zh": "请在{field}填写完整的网址。",
    },
    "text": {"en": "Fill in {field}.", "zh": "请填写{field}。"},
    "string": {"en": "Fill in {field}.", "zh": "请填写{field}。"},
    "key": {
        "en": "Correct the key, or add a {row} with this key.",
        "zh": "请改正该键，或为该键添加{row}。",
    },
    "one": {"en": "Keep one value in {field}.", "zh": "{field}请只保留一个值。"},
}
"""What to do, by the kind of a field, or because there is too much in it."""
